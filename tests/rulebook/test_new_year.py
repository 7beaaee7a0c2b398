"""A new policy year from an earlier one: dates by the calendar, everything to be confirmed, comments as they were."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.policy import PolicyError, check_policy, parse_policy
from canbao_rulebook.policy.new_year import make_new_year
from canbao_rulebook.policy.report import walk
from canbao_templates import read_text

DATA = Path(__file__).parents[1] / "data"
SHIPPED = ["huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"]
FILES = {
    **{name: read_text(f"policies/{name}.yaml") for name in SHIPPED},
    "qingshan-2023": (DATA / "fifth-county.yaml").read_text(encoding="utf-8"),
    "chunshui-2026": (DATA / "seventh-county.yaml").read_text(encoding="utf-8"),
    "liuhe-2025": (DATA / "sixth-county.yaml").read_text(encoding="utf-8"),
    "guoyuan-2024": (DATA / "orchard-county.yaml").read_text(encoding="utf-8"),
}


def following(name: str) -> str:
    stem, _, year = name.rpartition("-")
    return f"{stem}-{int(year) + 1}"


def confirmed(text: str) -> str:
    """The file once everything has been held against the notice."""
    return text[: text.index("\nconfirm:")] + "\nconfirm: []\n"


@pytest.mark.parametrize("name", FILES)
def test_only_what_is_to_be_confirmed_stands_in_the_way(name):
    made = make_new_year(FILES[name].encode(), following(name))
    policy = parse_policy(made.text.encode())
    assert policy.meta.id == following(name)
    wrong = {issue.key for issue in check_policy(policy) if issue.severity is Severity.ERROR}
    assert wrong <= {"V40.unconfirmed_amount"}
    assert policy.confirm == tuple(made.confirm)
    assert [issue for issue in check_policy(policy) if issue.key == "P05.confirm"] == []
    known = {
        spot.keys
        for spot in walk(policy)
        if "amount" in spot.keys[-1] and isinstance(spot.value, str | Decimal) and str(spot.value) != "0.00"
    }
    assert {".".join(keys) for keys in known} <= set(made.confirm)
    after = check_policy(parse_policy(confirmed(made.text).encode()))
    assert [issue.key for issue in after if issue.severity is Severity.ERROR] == []


@pytest.mark.parametrize("name", FILES)
def test_rosters_gaps_categories_and_amounts_are_carried_over(name):
    old, new = (
        parse_policy(FILES[name].encode()),
        parse_policy(make_new_year(FILES[name].encode(), following(name)).text.encode()),
    )
    assert new.rosters == old.rosters
    assert new.subsidy == old.subsidy
    assert new.premium.standard == old.premium.standard
    assert new.supersedes == ()
    gaps = [gap.path for gap in old.unknown if not gap.path.startswith("legal.")]
    assert [gap.path for gap in new.unknown if not gap.path.startswith("legal.")] == gaps


@pytest.mark.parametrize("name", FILES)
def test_every_date_is_a_year_on(name):
    old, new = (
        parse_policy(FILES[name].encode()),
        parse_policy(make_new_year(FILES[name].encode(), following(name)).text.encode()),
    )
    days = [
        {spot.keys: spot.value for spot in walk(policy) if isinstance(spot.value, date) and spot.keys[0] != "legal"}
        for policy in (old, new)
    ]
    assert days[0].keys() == days[1].keys()
    for keys, day in days[0].items():
        assert days[1][keys].year == day.year + 1
        assert (days[1][keys].month, days[1][keys].day) == (day.month, day.day)


def test_the_old_notice_stays_as_history():
    made = make_new_year(FILES["huining-2021"].encode(), "huining-2022")
    legal = parse_policy(made.text.encode()).legal
    assert (legal["L1"].doc_no, legal["L1"].role) == (None, "primary")
    assert "2022年" in legal["L1"].title
    assert (legal["L1_2021"].doc_no, legal["L1_2021"].role) == ("会政办发〔2020〕115号", "history")
    assert "legal.L1" in made.confirm
    assert {"legal.L2", "legal.L3"} <= made.confirm.keys(), "they may have been renewed, too"
    assert "legal.L1_2021" not in made.confirm
    lines = {
        line.split("#")[0].strip(): line.split("#")[1].strip() for line in made.text.splitlines() if "- legal." in line
    }
    assert lines == {
        "- legal.L1": "写文号、标题和日期",
        "- legal.L2": "今年还适用的不改；有新文件的改写文号、标题和日期",
        "- legal.L3": "今年还适用的不改；有新文件的改写文号、标题和日期",
    }


def test_comments_and_quotes_survive():
    made = make_new_year(FILES["huining-2021"].encode(), "huining-2022").text
    for comment in (
        "# 先缴费、后资助、不缴费、不资助",
        "# 九(四) 身份核实认定",
        "# 与专用票据同样有效",
        "# 1985 年起",
        "# R7：现金交款单",
    ):
        assert comment in FILES["huining-2021"]
        assert comment in made
    assert 'gb2260: "620422"' in made
    assert "会宁县 2022 年度。L1 = （待写文号）" in made.splitlines()[0]


def test_words_with_a_year_move_along():
    huining = make_new_year(FILES["huining-2021"].encode(), "huining-2022")
    assert "stated: 2021年12月中下旬" in huining.text
    assert "calendar.milestones.LEDGERS.stated" in huining.confirm
    shangcai = make_new_year(FILES["shangcai-2020"].encode(), "shangcai-2021")
    assert "上蔡县2021年度城乡居民医疗基本保险代征收据" in shangcai.text


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [("2020-02-29", 1, "2021-02-28"), ("2021-02-28", 3, "2024-02-29"), ("2020-12-10", 2, "2022-12-10")],
)
def test_the_last_day_of_a_month_stays_the_last_day(day, years, moved):
    text = FILES["huining-2021"].replace("due: 2020-12-10", f"due: {day}", 1)
    new = parse_policy(make_new_year(text.encode(), f"huining-{2021 + years}").text.encode())
    assert new.calendar.milestones[1].due == date.fromisoformat(moved)


def test_the_slips_of_an_autumn_are_refused():
    """2022 as an official makes it: a premium of 320 with last year's full amounts, then last year's benefit dates."""
    made = confirmed(make_new_year(FILES["huining-2021"].encode(), "huining-2022").text)
    made = made.replace('standard: {amount: "280.00"', 'standard: {amount: "320.00"', 1)
    wrong = [issue for issue in check_policy(parse_policy(made.encode())) if issue.severity is Severity.ERROR]
    assert [(issue.key, issue.path) for issue in wrong] == [
        ("P08.full", f"subsidy.categories[{i}].amount") for i in range(5)
    ]
    made = made.replace('amount: "280.00"', "amount: premium")
    assert [issue for issue in check_policy(parse_policy(made.encode())) if issue.severity is Severity.ERROR] == []
    made = made.replace(
        "default: {start: 2022-01-01, end: 2022-12-31", "default: {start: 2021-01-01, end: 2021-12-31", 1
    )
    made = made.replace("born_from: 2021-10-01, born_to: 2021-12-31", "born_from: 2020-10-01, born_to: 2020-12-31", 1)
    wrong = [issue for issue in check_policy(parse_policy(made.encode())) if issue.severity is Severity.ERROR]
    lines = made.splitlines()
    assert {lines[issue.line - 1].split(":")[0].strip() for issue in wrong} == {"default", "newborn_q4"}


def test_a_span_of_years_moves_as_a_whole():
    text = FILES["huining-2021"].replace("stated: 2020年12月中下旬", "stated: 2020-2021年度征缴期")
    assert "stated: 2021-2022年度征缴期" in make_new_year(text.encode(), "huining-2022").text


def test_words_of_a_list_are_confirmed_as_one_value():
    text = FILES["huining-2021"].replace("aliases: [五保户,", "aliases: [2020年五保户,", 1)
    made = make_new_year(text.encode(), "huining-2022")
    assert "2021年五保户" in made.text
    assert made.confirm["subsidy.categories.F3.aliases"] == "2021年五保户"
    assert [issue for issue in check_policy(parse_policy(made.text.encode())) if issue.key == "P05.confirm"] == []


def test_a_file_without_gaps_is_carried_over():
    text = FILES["huining-2021"]
    made = make_new_year(f"{text[: text.index('unknown:')]}unknown: none\n".encode(), "huining-2022")
    assert parse_policy(made.text.encode()).unknown == ()


def test_a_file_without_its_own_notice_is_refused():
    text = FILES["huining-2021"].replace("role: primary", "role: upper")
    with pytest.raises(PolicyError) as refused:
        make_new_year(text.encode(), "huining-2022")
    assert [issue.key for issue in refused.value.issues] == ["P04.primary"]
