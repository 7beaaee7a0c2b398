"""What all reports are made of: sums that lack somebody, names of sheets, days that are left."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from canbao_county.reports import catalogue, chase, evaluation, late_entries, publicity, refunds
from canbao_county.reports.naming import sheet_names
from canbao_county.reports.sums import Sum, known_sum, sum_up
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.policy import load_policy
from canbao_rulebook.policy.measures import Base
from canbao_rulebook.tables import MAX_SHEET_NAME


@pytest.mark.parametrize(
    ("values", "fen", "unknown", "said", "in_words"),
    [
        ([100, 250], 350, 0, "3.50", "3.50 元"),
        ([100, None], 100, 1, "1.00（不含待定 1 人）", "1.00 元（不含待定 1 人）"),
        ([0, None], 0, 1, "0.00（不含待定 1 人）", "0.00 元（不含待定 1 人）"),
        ([None, None], None, 2, "待定 2 人", "待定 2 人"),
        ([], 0, 0, "0.00", "0.00 元"),
        ([0], 0, 0, "0.00", "0.00 元"),
    ],
)
def test_a_sum_says_what_it_lacks(
    values: list[int | None], fen: int | None, unknown: int, said: str, in_words: str
) -> None:
    frame = pl.DataFrame({"x": values}, schema={"x": pl.Int64})
    found = sum_up(frame, "x")
    assert found == Sum(fen, unknown)
    assert (str(found), found.in_words) == (said, in_words)
    assert frame.select(known_sum("x")).item() == fen


LONG = "很" * MAX_SHEET_NAME


@pytest.mark.parametrize(
    ("names", "taken", "expected"),
    [
        (["甲镇", "乙镇"], [], ["甲镇", "乙镇"]),
        (["甲镇", "甲镇", "甲镇"], [], ["甲镇", "甲镇(2)", "甲镇(3)"]),
        (["甲镇"], ["甲镇"], ["甲镇(2)"]),
        (["Ab", "aB"], [], ["Ab", "aB(2)"]),
        (["a/b:c*d?e[f]g\\h"], [], ["a_b_c_d_e_f_g_h"]),
        (["'甲' ", "", "' '"], [], ["甲", "_", "_(2)"]),
        ([LONG, LONG + "长"], [], [LONG, LONG[:-5] + "(2)"]),
    ],
)
def test_names_of_sheets_fit_and_are_each_another(names: list[str], taken: list[str], expected: list[str]) -> None:
    found = sheet_names(names, taken)
    assert found == expected
    assert max(map(len, found)) <= MAX_SHEET_NAME


# --- who is chased ----------------------------------------------------------------------------------------------------

AS_OF = date(2020, 11, 30)
BEFORE, AFTER = (float(to_serial(AS_OF + timedelta(days=days))) for days in (0, 1))
PERSON: dict[str, Any] = {
    "counts": True, "enrolled": False, "central": False, "registered_on": None, "mib_review": "", "mib_serial": "",
    "enrol_type": "", "arrival": "", "contract": "", "channel": "", "unproven": 0, "returnable": 0, "accepted": 0,
    "state": "due", "cert": "620422194803079511", "self_due": 28000, "place_or_class": "一村", "pay_date": BEFORE,
    "arrived_on": None,
    "name": "田守义", "row": 5,
}  # fmt: skip
FAILED = {"arrival": "未到账", "contract": "是"}
CHASED: dict[str, tuple[dict[str, Any], str]] = {
    "never heard of": ({}, "未登记"),
    "registered": ({"registered_on": 1.0}, "已登记未缴"),
    "reviewed": ({"mib_review": "通过"}, "已登记未缴"),
    "has a serial": ({"mib_serial": "M1"}, "已登记未缴"),
    "insured last year": ({"enrol_type": "续保"}, "已登记未缴"),
    "a new one": ({"enrol_type": "新参保"}, "未登记"),
    "refuses": ({"state": "refused", "registered_on": 1.0}, "不愿参保"),
    "the bank could not take it": (FAILED, "扣款失败"),
    "the bank could not take it, refuses": (FAILED | {"state": "refused"}, "扣款失败"),
    "nothing arrived, without a contract": ({"arrival": "未到账"}, "未登记"),
    "a contract, not told": ({"contract": "是"}, "未登记"),
    "pending": (FAILED | {"state": "pending"}, "待裁定"),
    "paid, accepted": ({"accepted": 28000, "state": "pending"}, "已缴待到账"),
    "paid, to be settled": ({"returnable": 1, "accepted": 28000}, "缴费未计入"),
    "paid, unproven": ({"unproven": 1, "returnable": 1}, "缴费无凭据"),
    "paid, unproven, a day later": ({"unproven": 28000, "pay_date": AFTER}, "未登记"),
    "enrolled": ({"enrolled": True}, ""),
    "enrolled a day later": ({"enrolled": True, "pay_date": AFTER, "accepted": 28000}, "未登记"),
    "enrolled, nobody knows when": ({"enrolled": True, "pay_date": None}, ""),
    "does not count": ({"counts": False}, ""),
    "paid for in one sum": ({"central": True}, ""),
}


def chased(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]) -> pl.DataFrame:
    frame = pl.DataFrame(
        [PERSON | row for row in rows],
        schema_overrides={"registered_on": pl.Float64, "pay_date": pl.Float64, "arrived_on": pl.Float64},
    )
    monkeypatch.setattr(chase, "part_rows", lambda *_: frame)
    context = SimpleNamespace(merge=None, as_of=AS_OF, policy=load_policy("putuo-2022"))
    return chase.chase_rows(cast("Any", context), cast("Any", None))


@pytest.mark.parametrize("case", CHASED)
def test_who_is_chased_and_as_what(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row, state = CHASED[case]
    assert chased(monkeypatch, row)["state"].to_list() == ([state] if state else [])


def test_those_who_are_chased_stand_by_their_villages(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chased(
        monkeypatch,
        {"place_or_class": "二村"},
        {"place_or_class": "", "name": "甲"},
        {"place_or_class": "一村"},
        {"place_or_class": "二村", "name": "乙"},
    )
    assert found["place_or_class"].to_list() == sorted(["二村", "未填村(班)", "一村", "二村"])
    assert found.filter(pl.col("place_or_class") == "二村")["name"].to_list() == ["田守义", "乙"]
    assert all("********" in masked for masked in found["masked"])
    assert found["due"].to_list() == [28000] * 4


# --- newborns and newly identified persons ----------------------------------------------------------------------------

ENTRY: dict[str, Any] = {
    "counts": True, "newborn": True, "newly_identified": False, "enrolled": False, "pay_date": None,
    "arrived_on": None,
    "window_end": BEFORE, "registered_on": None, "township": "甲镇", "place_or_class": "一村", "name": "田小",
    "cert": "", "birth": BEFORE - 60,
    "identified_on": BEFORE - 30, "guardian_name": "", "head_name": "田守义", "reason": "",
    "benefit_start": BEFORE - 60,
    "benefit_end": BEFORE + 31, "category": "", "on_top": "",
}  # fmt: skip
ENTRIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the last day": ({}, {"late": "未缴", "left": 0, "last_day": "2020-11-30", "paid_on": "", "benefit_start": ""}),
    "the day before": ({"window_end": BEFORE + 1}, {"late": "未缴", "left": 1}),
    "the day after": ({"window_end": BEFORE - 1}, {"late": "逾期", "left": None}),
    "no last day": ({"window_end": None}, {"late": "未缴", "left": None, "last_day": "待定"}),
    "paid": (
        {"enrolled": True, "pay_date": BEFORE},
        {
            "late": "否",
            "left": None,
            "paid_on": "2020-11-30",
            "benefit_start": "2020-10-01",
            "benefit_end": "2020-12-31",
        },
    ),
    "paid a day later": ({"enrolled": True, "pay_date": AFTER}, {"late": "未缴", "left": 0, "paid_on": "2020-12-01"}),
    "paid, no day in the notice": ({"enrolled": True, "benefit_start": None}, {"benefit_start": "待定"}),
    "paid too late": ({"reason": "late", "window_end": BEFORE + 9}, {"late": "逾期", "left": 9}),
    "registered": ({"registered_on": BEFORE - 2}, {"paid_on": "2020-11-28"}),
    "a newborn": ({}, {"type": "新生儿", "since": "2020-10-01", "guardian": "田守义"}),
    "with a guardian": ({"guardian_name": "田母"}, {"guardian": "田母"}),
    "newly identified": (
        {"newborn": False, "newly_identified": True},
        {"type": "新识别", "since": "2020-10-31", "number": 1},
    ),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_the_last_day_and_what_is_left_of_it(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row, expected = ENTRIES[case]
    (found,), _ = entries(monkeypatch, row)
    assert {name: found[name] for name in expected} == expected


def test_only_who_counts_and_came_late_into_the_year_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, facts = entries(
        monkeypatch, {}, {"counts": False}, {"newborn": False}, {"newborn": False, "newly_identified": True},
        {"window_end": BEFORE - 1},
    )  # fmt: skip
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert facts == [("未缴(人)", "2"), ("逾期(人)", "1")]


def entries(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]) -> tuple[list[dict[str, Any]], Any]:
    frame = pl.DataFrame(
        [ENTRY | row for row in rows],
        schema_overrides=dict.fromkeys(
            ("pay_date", "arrived_on", "registered_on", "window_end", "benefit_start"), pl.Float64
        ),
    )
    monkeypatch.setattr(late_entries, "part_rows", lambda *_: frame)
    made: list[Any] = []
    context = SimpleNamespace(
        merge=None, as_of=AS_OF, policy=load_policy("huining-2021"), filling_parts=[None],
        table=lambda _name, rows, _notes: made.append(rows) or SimpleNamespace(frame=None),
    )  # fmt: skip
    (file,) = late_entries.make_late_entries(cast("Any", context))
    return made[0], file.facts


# --- evaluation, and who died -----------------------------------------------------------------------------------------


def test_a_township_that_nobody_paid_in_has_paid_nothing() -> None:
    rate = SimpleNamespace(shown=None)
    known = [SimpleNamespace(unit=unit, whole=2, enrolled=1, main=rate) for unit in ("甲镇", "乙镇")]
    paid = {"township": ["甲镇", "甲镇"], "pay_date": [float(BEFORE), float(AFTER)], "accepted": [28000, 28000]}
    people = pl.DataFrame(paid).with_columns(arrived_on=pl.lit(None, dtype=pl.Float64))
    made: list[Any] = []
    context = SimpleNamespace(
        merge=SimpleNamespace(people=people), as_of=AS_OF, policy=load_policy("putuo-2022"), rates=known,
        list_frame=lambda _: None, county_rate=lambda: SimpleNamespace(basis=""),
        table=lambda _name, rows, _notes: made.extend(rows),
    )  # fmt: skip
    (file,) = evaluation.make_evaluation(cast("Any", context))
    assert [(row["township"], row["paid_fen"]) for row in made] == [("甲镇", 28000), ("乙镇", 0)]
    assert file.rows == 2


@pytest.mark.parametrize(
    ("start", "expected"), [(date(2021, 1, 1), ["1"]), (None, []), ("enrolment_date", []), (date(2020, 1, 1), [])]
)
def test_who_died_before_benefits_began_where_it_is_known_when_they_begin(start: Any, expected: list[str]) -> None:
    deaths = pl.DataFrame(
        {"cert_no": ["1", "2"], "died_on": [to_serial(date(2020, 12, 31)), to_serial(date(2021, 1, 1))]}
    )
    policy = SimpleNamespace(benefit=SimpleNamespace(default=SimpleNamespace(start=start)))
    for known, told in ((deaths, expected), (None, [])):
        context = SimpleNamespace(list_frame=lambda _, known=known: known, policy=policy)
        assert refunds._dead_before_benefits(cast("Any", context)).to_list() == told


# --- public boards ----------------------------------------------------------------------------------------------------


def test_a_village_that_is_called_as_the_cover_has_a_sheet_of_its_own() -> None:
    rows = pl.DataFrame({"place_or_class": ["封面", "一村"], "name": ["甲", "乙"]}).with_columns(
        pl.lit("").alias(name) for name in ("group", "head_name", "masked")
    )
    context = SimpleNamespace(table=lambda _spec, own, _notes, **words: (words["sheet"], own["name"].to_list()))
    made = publicity._sheets(cast("Any", context), "甲镇", rows, is_school=False, time=(None, None))
    assert made == [("一村", ["乙"]), ("封面(2)", ["甲"])]


# --- which reports a policy asks for ----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("holds", [False, True])
@pytest.mark.parametrize("code", ["R5", "R12", "R13", "R14", "R16", "R21", "R22"])
def test_a_report_is_made_where_it_is_asked_for_or_has_somebody(
    code: str, holds: bool, asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice asks, or the policy has what the report is about; R5 is made always, R22 where it is asked for."""
    base = Base.ROSTERS if code == "R12" else Base.HEADCOUNTS
    denominator = SimpleNamespace(base=base) if holds else None
    monkeypatch.setattr(catalogue, "asks_for", lambda _policy, name: asked and name == code)
    monkeypatch.setattr(catalogue, "_has_kind", lambda *_: holds)
    monkeypatch.setattr(catalogue, "rate_measure", lambda _: SimpleNamespace(denominator=denominator))
    policy = SimpleNamespace(
        publicity=SimpleNamespace(required=holds),
        late_entry=SimpleNamespace(newborn=None, newly_identified="一个月" if holds else None),
        targets=SimpleNamespace(stages=(), inputs_for_evaluation=()),
    )
    expected = {"R5": True, "R22": asked}.get(code, asked or holds)
    assert catalogue.KINDS[code].wanted(cast("Any", policy)) is expected
