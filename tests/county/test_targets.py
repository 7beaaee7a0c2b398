"""Targets by kind, stages with versions, ranks with ties and money: the cases of cases/targets.yaml."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from canbao_county.targets.counting import Evidence
from canbao_county.targets.goals import GoalResult, judge_goals
from canbao_county.targets.ranking import award_totals, rank_units, simulate_rewards
from canbao_county.targets.rates import Rate
from canbao_county.targets.stages import judge_stages
from canbao_county.targets.versions import in_force, target_versions
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.money import format_yuan
from canbao_rulebook.policy import Policy, load_policy
from canbao_rulebook.policy.measures import (
    Base,
    Counted,
    UnknownMeasureError,
    parse_denominator,
    parse_numerator,
    rate_measure,
)
from canbao_rulebook.yaml_text import parse_yaml
from support.people import county_of, in_group, persons

CASES = parse_yaml((Path(__file__).parents[1] / "cases" / "targets.yaml").read_text(encoding="utf-8"))


def about(subject: str) -> Any:
    cases = [case for case in CASES["cases"] if case["about"] == subject]
    return pytest.mark.parametrize("case", cases, ids=lambda case: case["name"])


def people_of(case: dict[str, Any]) -> pl.DataFrame:
    place = {"unit": case["unit"], "township": case["unit"]}
    if "posted" in case:
        retail = float(to_serial(date(2019, 11, 15)))
        return county_of(
            persons(case["posted"], roster="R6", posted=True, **place),
            persons(case.get("retail", 0), roster="R6", posted=True, pay_date=retail, **place),
            persons(10, roster="R6", posted=False, **place),
        )
    enrolled = persons(case["part"], **place)
    missing = persons(case["whole"] - case["part"], enrolled=False, **place)
    return in_group(county_of(enrolled, missing), case.get("group"))


def goal_of(results: list[GoalResult], goal: str, unit: str) -> GoalResult:
    return next(entry for entry in results if (entry.goal, entry.unit) == (goal, unit))


@about("goal")
def test_goals_at_their_borders(case: dict[str, Any]) -> None:
    policy = load_policy(case["policy"])
    found = goal_of(judge_goals(people_of(case), policy, [case["unit"]], set()), case["goal"], case["unit"])
    assert (found.reached, found.gap, found.whole) == (case["reached"], case["gap"], case["whole"])
    assert Rate(found.part, found.whole).percent == case["percent"]


@about("county")
def test_the_county_is_shown_with_both_totals(case: dict[str, Any]) -> None:
    policy = load_policy("shangcai-2020")
    posted = county_of(persons(case["posted"], township="重阳", unit="重阳", roster="R6", posted=True))
    results = judge_goals(posted, policy, [], set(), county=policy.meta.county)
    without = [entry for entry in results if entry.goal == "RATE_ALL" and "不含" in entry.metric]
    assert [entry.whole for entry in without] == [1_510_380, 1_510_379]
    assert [entry.reached for entry in without] == case["reached"]
    assert [entry.metric for entry in without] == [
        "征收率(不含财政资助，按各乡镇合计)", "征收率(不含财政资助，按载明合计)",
    ]  # fmt: skip


def test_where_the_notice_is_silent_both_ways_are_shown_and_posting_is_waited_for() -> None:
    policy = load_policy("shangcai-2020")
    paid = persons(10, township="杨屯", unit="杨屯", roster="R6")
    government = persons(5, township="杨屯", unit="民政", roster="R8", central=True, gov_direct=25000, self_due=0)
    assert judge_goals(county_of(paid, government), policy, ["杨屯"], set()) == []  # nobody has told what was posted
    results = judge_goals(county_of(paid.with_columns(posted=pl.lit(value=True)), government), policy, ["杨屯"], set())
    assert [(entry.metric, entry.part) for entry in results] == [
        ("征收率(不含财政资助)", 10), ("征收率(含财政资助)", 15),
    ]  # fmt: skip


def test_what_was_posted_comes_from_a_list_too_and_remedial_payments_do_not_count() -> None:
    policy = load_policy("shangcai-2020")
    frame = county_of(
        *(persons(1, township="杨屯", unit="杨屯", roster="R6", cert=f"K{number}") for number in range(4))
    )
    evidence = Evidence(posted=pl.Series(["K0", "K1", "K2"]), remedial=pl.Series(["K2"]))
    first = judge_goals(frame, policy, ["杨屯"], set(), evidence=evidence)[0]
    assert first.part == 2
    counted = policy.model_copy(update={"targets": policy.targets.model_copy(update={"remedial_counts": True})})
    assert judge_goals(frame, counted, ["杨屯"], set(), evidence=evidence)[0].part == 3


def dongxing() -> tuple[Policy, pl.DataFrame]:
    versions = [
        {"township": "甲镇"} | entry | {"since": float(to_serial(entry["since"])), "target": float(entry["target"])}
        for entry in CASES["versions"]
    ]
    return load_policy("dongxing-2022"), pl.DataFrame(versions)


@about("stage")
def test_stages_are_held_against_the_target_in_force(case: dict[str, Any]) -> None:
    policy, headcounts = dongxing()
    before, after = (float(to_serial(day)) for day in (date(2021, 12, 31), date(2022, 1, 1)))
    frame = county_of(
        persons(case["self_paid"], roster="R10", pay_date=before),
        persons(case["government_paid"], roster="R15", central=True),
        persons(case["later"], roster="R10", pay_date=after),
    )
    versions = target_versions(policy, headcounts)
    results = judge_stages(frame, policy, ["甲镇"], versions, Evidence(as_of=date(2022, 3, 31)))
    mine = [entry for entry in results if entry.stage == case["stage"]]
    assert [entry.reached for entry in mine] == case["reached"]
    assert [entry.rate.percent for entry in mine] == case["percents"]
    assert [entry.binding for entry in mine] == [True] + [False] * (len(mine) - 1)


def test_before_a_stage_has_come_it_is_the_state_so_far() -> None:
    policy, headcounts = dongxing()
    frame = county_of(persons(10, roster="R10", pay_date=float(to_serial(date(2021, 9, 2)))))
    results = judge_stages(frame, policy, ["甲镇"], target_versions(policy, headcounts), Evidence(date(2021, 10, 1)))
    assert {entry.come for entry in results} == {False}
    assert judge_stages(frame, policy, ["甲镇"], target_versions(policy), Evidence(date(2021, 10, 1))) == []


@pytest.mark.parametrize(("as_of", "come"), [(date(2021, 12, 30), False), (date(2021, 12, 31), True), (None, True)])
def test_a_stage_has_come_on_its_day(as_of: date | None, *, come: bool) -> None:
    policy, headcounts = dongxing()
    frame = county_of(persons(10, roster="R10", pay_date=float(to_serial(date(2021, 9, 2)))))
    results = judge_stages(frame, policy, ["甲镇"], target_versions(policy, headcounts), Evidence(as_of))
    assert {entry.come for entry in results if entry.stage == "S90"} == {come}


def test_versions_in_force() -> None:
    policy, headcounts = dongxing()
    versions = target_versions(policy, headcounts)
    assert [version.name for version in versions] == ["基数", "市级目标"]
    assert in_force(versions, date(2021, 8, 29)) is None
    assert in_force(versions, date(2022, 1, 14)) == versions[0]
    assert in_force(versions, date(2022, 1, 15)) == versions[1]
    shangcai = target_versions(load_policy("shangcai-2020"))
    assert [(version.since, version.total) for version in shangcai] == [(None, 1_510_380)]
    assert target_versions(load_policy("huining-2021")) == []


@about("ranking")
def test_ranks_prizes_and_cuts(case: dict[str, Any]) -> None:
    targets = load_policy("shangcai-2020").targets
    ranking = targets.ranking
    assert ranking is not None
    targets = targets.model_copy(
        update={"ranking": ranking.model_copy(update={"tie_break": case.get("tie_break", "unknown")})}
    )
    equal = case.get("equal", [])
    scores = {place: 1000 - (min(equal) if place in equal else place) for place in range(1, case["units"] + 1)}
    rates = {str(place): Rate(score, 1000) for place, score in scores.items()}
    dates = {unit: date(2019, 10, 1) for unit in rates} | {"2": date(2019, 9, 30)}
    ranked = rank_units(rates, dates if case.get("tie_break") == "earlier_date" else None)
    money = {entry.unit: entry.amount for entry in simulate_rewards(ranked, targets)}
    found = {unit: None if amount is None else format_yuan(amount) for unit, amount in money.items()}
    assert found == {str(place): amount for place, amount in case["amounts"].items()}


def test_totals_of_prizes_and_cuts() -> None:
    assert award_totals(load_policy("shangcai-2020").targets) == (20_000_000, 3_000_000, 10_000_000)


def test_units_without_a_rate_are_not_ranked_and_equal_ones_share_a_place() -> None:
    ranked = rank_units({"甲": Rate(1, 2), "乙": Rate(2, 4), "丙": Rate(3, 4), "丁": Rate(0, None)})
    assert [(entry.unit, entry.first, entry.last) for entry in ranked] == [("丙", 1, 1), ("甲", 2, 3), ("乙", 2, 3)]


def test_fewer_units_than_prizes() -> None:
    targets = load_policy("shangcai-2020").targets
    ranked = rank_units({name: Rate(9 - number, 10) for number, name in enumerate("甲乙丙")})
    assert [(entry.unit, entry.amount) for entry in simulate_rewards(ranked, targets)] == [
        ("甲", 3_000_000), ("乙", 2_000_000), ("丙", -2_000_000),
    ]  # fmt: skip


def test_words_of_measures() -> None:
    assert parse_denominator("R1.should_enrol + R2.should_enrol").rosters == ("R1", "R2")
    assert parse_denominator("org.townships[].target").base is Base.TOWNSHIPS
    assert parse_numerator("self_paid + government_paid") == (Counted.SELF_PAID, Counted.GOVERNMENT_PAID)
    with pytest.raises(UnknownMeasureError, match=r"R2\.residents"):
        parse_denominator("R1.should_enrol + R2.residents")
    assert len(rate_measure(load_policy("shangcai-2020").targets).variants) == 2
    assert len(rate_measure(load_policy("dongxing-2022").targets).variants) == 1
