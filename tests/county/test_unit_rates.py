"""Part, whole and rate of a unit: what is counted over what in each policy year, and to which day."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from canbao_county.merge.totals import Totals
from canbao_county.targets.counting import Evidence
from canbao_county.targets.goals import goal_findings, judge_goals
from canbao_county.targets.progress import cumulative_deposits, cumulative_payments, reached_dates
from canbao_county.targets.ranking import main_ranks
from canbao_county.targets.unit_rates import county_rate, measure_rates
from canbao_county.targets.versions import TargetVersion, issued_findings, target_versions, village_versions
from canbao_rulebook.findings import Severity
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import render
from canbao_rulebook.phrases import say
from canbao_rulebook.policy import load_policy
from canbao_rulebook.units import SCHOOL, Unit
from canbao_rulebook.yaml_text import parse_yaml
from support.people import county_of, in_group, persons

CASES = parse_yaml((Path(__file__).parents[1] / "cases" / "targets.yaml").read_text(encoding="utf-8"))
HN, SC, PT, DX = (load_policy(name) for name in ("huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"))
SINCE = float(to_serial(date(2022, 1, 15)))


@pytest.mark.parametrize(
    "case", [case for case in CASES["cases"] if case["about"] == "rate"], ids=lambda case: case["name"]
)
def test_part_whole_rate_and_words(case: dict[str, Any]) -> None:
    policy, unit = load_policy(case["policy"]), case["unit"]
    values = {"township": unit, "unit": unit, "roster": case["roster"], "posted": case.get("posted")}
    people = county_of(
        persons(case["enrolled"], **values),
        persons(case["rows"] - case["enrolled"], enrolled=False, **values),
    )
    versions = target_versions(policy, None, [Unit(unit, target=case.get("issued"))])
    found = measure_rates(people, policy, [unit], versions, Evidence())[unit]
    assert (found.part, found.whole, say(found.basis, "zh")) == (case["part"], case["whole"], case["basis"])
    assert found.provisional == case.get("provisional", False)
    total = Totals(unit, rated=found)
    assert (total.rate, total.denominator, say(total.rate_basis, "zh")) == (case["rate"], case["whole"], case["basis"])
    assert main_ranks([found], people, policy.targets) == ({} if case["rate"] is None else {unit: 1})


def test_each_township_of_the_notice_has_its_own_target() -> None:
    own = {unit.name: unit.target for unit in SC.org.townships}
    assert own == {name: target for name, (target, _) in CASES["notice"].items()}
    for name, (target, needed) in CASES["notice"].items():
        for posted, reached in ((needed, True), (needed - 1, False)):
            people = county_of(persons(posted, township=name, unit=name, roster="R6", posted=True))
            goal = judge_goals(people, SC, [name], set())[0]
            assert (goal.part, goal.whole, goal.reached) == (posted, target, reached)


def test_both_ways_where_the_notice_is_silent_and_the_first_is_the_main_one() -> None:
    people = county_of(
        persons(10, township="杨屯", unit="杨屯", roster="R6", posted=True),
        persons(5, township="杨屯", unit="民政", roster="R8", central=True, gov_direct=25000, self_due=0),
    )
    found = measure_rates(people, SC, ["杨屯"], target_versions(SC), Evidence())["杨屯"]
    assert {label: rate.part for label, rate in found.rates.items()} == {"不含财政资助": 10, "含财政资助": 15}
    assert {label: say(basis, "zh") for label, basis in found.bases.items()} == {
        "不含财政资助": "已入库÷目标任务数",
        "含财政资助": "已入库＋政府代缴÷目标任务数",
    }
    assert (found.part, found.self_paid, found.government, found.posted) == (10, 10, 5, 10)
    unknown = replace(found, unit="乙镇", posted=None)
    assert county_rate("上蔡县", {"杨屯": found, "乙镇": unknown}).posted == 10
    assert county_rate("上蔡县", {"乙镇": unknown}).posted is None
    english = measure_rates(people, SC, ["杨屯"], target_versions(SC), Evidence())["杨屯"]
    assert say(english.basis, "en") == "posted to the treasury÷target"


def test_retail_payments_do_not_count_before_posting_either() -> None:
    retail = float(to_serial(date(2019, 11, 15)))
    people = county_of(
        persons(2, township="杨屯", roster="R6"), persons(3, township="杨屯", roster="R6", pay_date=retail)
    )
    assert measure_rates(people, SC, ["杨屯"], target_versions(SC), Evidence())["杨屯"].part == 2
    counted = SC.model_copy(update={"targets": SC.targets.model_copy(update={"remedial_counts": True})})
    assert measure_rates(people, counted, ["杨屯"], target_versions(SC), Evidence())["杨屯"].part == 5


def test_how_far_a_township_had_come_is_told_by_who_is_enrolled_and_counts() -> None:
    first, second, last = date(2020, 10, 5), date(2020, 10, 6), date(2020, 10, 7)
    days = {day: float(to_serial(day)) for day in (first, second, last)}
    people = county_of(
        persons(2, pay_date=days[first]), persons(1, arrived_on=days[second]), persons(1, township="乙镇"),
        persons(4, pay_date=days[last], enrolled=False), persons(8, pay_date=days[last], counts=False),
    )  # fmt: skip
    assert cumulative_payments(people, [first, second, last]) == {"甲镇": [2, 3, 3], "乙镇": [1, 1, 1]}
    assert reached_dates(people) == {"甲镇": second}


def test_deposits_are_added_up_and_what_was_given_back_goes_off_on_the_last_day() -> None:
    first, second = date(2020, 10, 5), date(2020, 10, 6)
    rows = [("甲镇", first, 500), ("甲镇", second, 70), ("乙镇", second, 9), ("丙镇", date(2020, 10, 7), 4)]
    deposits = pl.DataFrame(
        [(place, to_serial(day), fen) for place, day, fen in rows], schema=["township", "day", "fen"], orient="row"
    )
    found = cumulative_deposits(deposits, {"甲镇": 60, "丁镇": 1}, [first, second])
    assert found == {"甲镇": [500, 510], "乙镇": [0, 9]}
    assert cumulative_deposits(deposits, {"甲镇": 60}, []) == {}


@pytest.mark.parametrize(("day", "part"), [(date(2020, 10, 4), 1), (date(2020, 10, 5), 3), (date(2020, 10, 6), 3)])
def test_what_was_paid_on_the_day_counts_and_what_came_after_does_not(day: date, part: int) -> None:
    paid = float(to_serial(date(2020, 10, 5)))
    people = county_of(persons(1), persons(1, pay_date=paid), persons(1, arrived_on=paid))
    assert measure_rates(people, HN, ["甲镇"], (), Evidence(day))["甲镇"].part == part


@pytest.mark.parametrize(
    ("values", "government"),
    [
        ({"gov_direct": None, "self_due": None, "received": 0}, 1),  # the notice leaves the amount open
        ({"gov_direct": None, "self_due": None, "received": 25000}, 0),
        ({"gov_direct": 0, "self_due": None, "received": 0}, 0),  # Putuo's premium is open
        ({"gov_direct": 32000, "self_due": 0}, 1),
        ({"gov_direct": 10000, "self_due": 22000, "received": 22000}, 0),
    ],
)
def test_unknown_amounts_lose_nobody(values: dict[str, Any], government: int) -> None:
    people = county_of(persons(1, roster="R10", **values))
    found = measure_rates(people, DX, ["甲镇"], (), Evidence())["甲镇"]
    assert (found.government, found.self_paid, found.part) == (government, 1 - government, 1)


def test_schools_stand_beside_the_rate_of_the_county() -> None:
    people = county_of(
        persons(3, roster="R10"),
        persons(1, roster="R10", enrolled=False),
        persons(5, township="普陀中学", roster="R11"),
    )
    rates = measure_rates(people, PT, ["甲镇", "普陀中学"], (), Evidence(), schools=["普陀中学"])
    assert [(entry.part, entry.whole, entry.beside) for entry in rates.values()] == [(3, 4, False), (5, 5, True)]
    county = county_rate("普陀区", rates)
    assert (county.part, county.whole, say(county.basis, "zh")) == (3, 4, "已参保÷应保人数")
    assert main_ranks(rates.values(), people, PT.targets) == {"甲镇": 1}
    targets = [TargetVersion("下达", None, {"甲镇": 8})]
    elsewhere = measure_rates(people, DX, ["甲镇", "普陀中学"], targets, Evidence(), schools=["普陀中学"])
    assert [(entry.part, entry.whole) for entry in elsewhere.values()] == [(3, 8), (5, 5)]


def test_the_county_has_the_targets_of_all_its_townships_and_counts_nobody_without_one() -> None:
    people = county_of(persons(2, roster="R10"), persons(3, roster="R10", township="丙镇"))
    versions = [TargetVersion("市级目标", None, {"甲镇": 4, "乙镇": 6})]
    rates = measure_rates(people, DX, ["甲镇", "丙镇"], versions, Evidence())
    county = county_rate("东兴区", rates, versions[0])
    assert (county.part, county.whole, county.self_paid) == (2, 10, 5)
    unknown = county_rate("东兴区", measure_rates(people, DX, ["甲镇", "丙镇"], (), Evidence()))
    assert (unknown.part, unknown.whole, unknown.main.exact) == (5, None, None)


def test_equal_rates_share_a_rank_and_units_without_a_rate_have_none() -> None:
    people = county_of(
        persons(1), persons(1, enrolled=False), persons(2, township="乙镇"),
        persons(2, township="乙镇", enrolled=False), persons(1, township="丙镇", enrolled=False),
        persons(1, township="丁镇"),
    )  # fmt: skip
    rates = measure_rates(people, HN, ["甲镇", "乙镇", "丙镇", "丁镇", "戊镇"], (), Evidence())
    assert main_ranks(rates.values(), people, HN.targets) == {"丁镇": 1, "甲镇": 2, "乙镇": 2, "丙镇": 4}


def headcounts(*rows: tuple[str, float | None, int]) -> pl.DataFrame:
    table = [{"township": "甲镇", "version": name, "since": since, "target": target} for name, since, target in rows]
    return pl.DataFrame(table, schema_overrides={"since": pl.Float64()})


def test_an_imported_list_is_newer_than_what_the_workbooks_say() -> None:
    units = [Unit("甲镇", target=4), Unit("中学", target=9, body=SCHOOL), Unit("一村", target=3, parent=Unit("甲镇"))]
    assert target_versions(DX, None, units) == [TargetVersion("下达", None, {"甲镇": 4})]
    versions = target_versions(DX, headcounts(("B", SINCE, 6), ("1", None, 5)), units)
    assert [(version.name, version.targets["甲镇"]) for version in versions] == [("下达", 4), ("1", 5), ("B", 6)]
    people = county_of(persons(2, roster="R10"))
    wholes = [
        measure_rates(people, DX, ["甲镇"], versions, Evidence(day))["甲镇"].whole
        for day in (date(2022, 1, 14), date(2022, 1, 15), None)
    ]
    assert wholes == [5, 6, 6]
    assert target_versions(HN, None, units) == []


def test_villages_have_their_own_targets_and_never_a_township_s() -> None:
    villages = [Unit("杨屯", target=9, parent=Unit("东洪")), Unit("一村", parent=Unit("东洪"))]
    versions = village_versions(villages)
    rates = measure_rates(county_of(persons(1, township="杨屯")), SC, ["杨屯", "一村"], versions, Evidence())
    assert [entry.whole for entry in rates.values()] == [9, None]
    assert village_versions(villages[1:]) == []


def test_a_target_in_a_workbook_that_is_not_the_policy_s_is_told_with_both() -> None:
    units = [
        ("杨屯.xlsx", Unit("杨屯", target=31_433)),
        ("东洪.xlsx", Unit("东洪", target=86_258)),
        ("丙.xlsx", Unit("丙")),
    ]
    (finding,) = issued_findings(SC, units)
    assert (finding.code, finding.severity, finding.file, finding.value) == (
        "V37",
        Severity.WARNING,
        "杨屯.xlsx",
        "31433",
    )
    assert "31433人" in render(finding).message
    assert "31432人" in render(finding).message
    assert issued_findings(HN, [("甲镇.xlsx", Unit("甲镇", target=5))]) == []
    assert target_versions(SC, None, [units[0][1]])[0].targets["杨屯"] == 31_432


def exempt(count: int, reason: str, proof: str = "证1", **values: Any) -> pl.DataFrame:
    """Rows of R3."""
    usual = {"roster": "R3", "enrolment": False, "enrolled": False, "counts": False, "status": reason, "proof": proof}
    return persons(count, **(usual | values))


def test_who_is_insured_elsewhere_is_in_no_rate_but_in_one_that_shows_them() -> None:
    people = county_of(
        persons(96), persons(4, enrolled=False),
        exempt(20, "职工医保"), exempt(7, "职工医保", proof=""), exempt(5, "参军"),
        exempt(1, "职工医保", cert="K1"), exempt(1, "职工医保", cert="K1"), persons(1, cert="K2"),
        exempt(1, "职工医保", cert="K2"),
    )  # fmt: skip
    goals = [goal for goal in judge_goals(people, HN, ["甲镇"], set()) if goal.goal == "RATE_ALL"]
    assert [(goal.metric, goal.part, goal.whole, goal.aside) for goal in goals] == [
        ("参保率", 97, 101, False), ("参保率(含异地参保)", 118, 122, True),
    ]  # fmt: skip
    told = goal_findings(goals, {})
    assert [finding.value for finding in told] == ["97/101"]  # nobody is judged by the second rate


LISTED = pl.DataFrame({"cert_no": ["K1", "K2", "K9"], "category": ["建档立卡贫困人口", "建档立卡贫困人口", "孤儿"]})


@pytest.mark.parametrize(("base", "found"), [("insured_anywhere", (3, 4)), ("enrolled_here", (2, 3))])
def test_a_group_covers_who_is_insured_anywhere_with_proof(base: str, found: tuple[int, int]) -> None:
    policy = HN.model_copy(update={"targets": HN.targets.model_copy(update={"group_base": base})})
    poor = in_group(county_of(persons(2), persons(1, enrolled=False)), "G_POOR").drop("person")
    others = [exempt(1, "职工医保", cert="K1"), exempt(1, "参军", cert="K2"), exempt(1, "职工医保", cert="K9")]
    people = county_of(poor, *others)
    goals = {goal.goal: goal for goal in judge_goals(people, policy, ["甲镇"], set(), listed=LISTED)}
    assert (goals["RATE_POOR"].part, goals["RATE_POOR"].whole) == found
    unlisted = {goal.goal: goal for goal in judge_goals(people, policy, ["甲镇"], set())}
    assert (unlisted["RATE_POOR"].part, unlisted["RATE_POOR"].whole) == (2, 3)


def test_usable_accounts_count_of_whoever_may_be_due_a_rebate() -> None:
    due = county_of(
        persons(1, rebate_due=20000, account_ok=True), persons(1, rebate_due=None, account_ok=False),
        persons(1, rebate_due=20000, account="6230", account_ok=False), persons(1, rebate_due=0, account_ok=False),
    )  # fmt: skip
    goal = next(goal for goal in judge_goals(due, HN, ["甲镇"], set()) if goal.goal == "CARD")
    assert (goal.part, goal.whole, goal.gap) == (1, 3, 2)
    assert say(goal.basis, "zh") == "有可用账号的÷应返资助的"
    whole = judge_goals(due.filter("account_ok"), HN, ["甲镇"], set())
    assert next(goal.reached for goal in whole if goal.goal == "CARD")
