"""CALENDAR of a county where nobody has handed in: every stage and every hand-over of the notice on its days."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from canbao_county.merge.merging import combine
from canbao_county.reports.model import Context
from canbao_county.reports.timetable import make_timetable
from canbao_rulebook.yaml_text import parse_yaml
from support.decks import shared_book

FIGURES = parse_yaml((Path(__file__).parents[1] / "data" / "notice_figures.yaml").read_text(encoding="utf-8"))


def dated(policy: str, kind: str) -> dict[str, dict[str, Any]]:
    """The windows or milestones of a notice by their id, with their days."""
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for figures in FIGURES[policy].values():
        for path, value in figures.items():
            if path.startswith(f"calendar.{kind}."):
                _, _, name, field = path.split(".")
                found[name][field] = value
    return found


def rows_of(policy: str, day: date, sheet: int = 0) -> list[tuple[Any, ...]]:
    """The rows of CALENDAR on a day."""
    (file,) = make_timetable(Context(combine(shared_book(policy), []), day))
    return file.sheets[sheet].frame.rows()


@pytest.mark.parametrize("policy", FIGURES)
def test_every_stage_and_every_hand_over_stands_on_its_days(policy: str) -> None:
    rows = rows_of(policy, date(2019, 1, 1))
    stages = {row[0] for row in rows if row[1].startswith("阶段")}
    due = {row[0] for row in rows if row[1].split("（")[0] in {"报送期限", "存款期限", "公示期限"}}
    windows = [one for one in dated(policy, "windows").values() if "end" in one]
    assert windows
    assert {f"{one.get('start', '未写明')} 至 {one['end']}" for one in windows} <= stages
    assert {f"{one.get('stated', one['due'])}" for one in dated(policy, "milestones").values()} <= due


def test_money_that_is_paid_in_and_lists_that_are_hung_up_are_not_called_reports() -> None:
    rows = rows_of("shangcai-2020", date(2019, 1, 1))
    assert [row[1] for row in rows if row[3] == "待解户"] == ["存款期限"]
    assert [row[1] for row in rows if row[3] == "群众"] == ["公示期限"]
    assert "报送期限" in {row[1] for row in rows}


DAY = timedelta(days=1)
FIRST, LAST = date(2020, 9, 1), date(2020, 12, 10)


@pytest.mark.parametrize(
    ("day", "state"),
    [(FIRST - 2 * DAY, "还有2天"), (FIRST - DAY, "还有1天"), (FIRST, "进行中"), (LAST, "进行中"), (LAST + DAY, "已过")],
)
def test_a_stage_runs_from_its_first_day_to_its_last(day: date, state: str) -> None:
    assert [row[5] for row in rows_of("huining-2021", day) if row[0] == f"{FIRST} 至 {LAST}"] == [state]


@pytest.mark.parametrize(("day", "state"), [(LAST - DAY, "还有1天"), (LAST, "今天"), (LAST + DAY, "已过")])
def test_a_hand_over_is_due_on_its_day(day: date, state: str) -> None:
    assert [row[5] for row in rows_of("huining-2021", day) if row[:2] == (f"{LAST}", "报送期限（暂定）")] == [state]


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2020, 9, 10), "下一次 2020-09-10"), (date(2020, 9, 11), "下一次 2020-09-20"), (date(2022, 1, 1), "已结束")],
)
def test_what_comes_back_is_said_with_its_next_day(day: date, state: str) -> None:
    assert rows_of("huining-2021", day, sheet=1)[0][5] == state


def test_a_board_hangs_by_population_and_a_soft_end_is_said() -> None:
    rows = rows_of("putuo-2022", date(2021, 1, 1))
    assert [row[0] for row in rows if row[1] == "公示"] == ["2021-10-26 起", "2021-12-01 起"]
    assert [row[0] for row in rows if row[1].endswith("（到期可以顺延）")] == [
        "2021-11-01 至 2021-12-15",
        "2021-11-01 至 2021-11-30",
    ]
