"""Goals and ranks at their borders: the notice's operators, exact fractions, nobody to count (HN-30 to HN-35, C29)."""

import polars as pl
import pytest

from canbao_county.merge.totals import Counts, Totals, county_totals
from canbao_county.targets.goals import goal_findings, judge_goals
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from support.people import county_of, persons

POLICY = load_policy("huining-2021")


def people(enrolled: int, whole: int, **extra: object) -> pl.DataFrame:
    """A township of ``whole`` persons of whom ``enrolled`` are enrolled."""
    return county_of(persons(enrolled, **extra), persons(whole - enrolled, enrolled=False, **extra))


def goal(frame: pl.DataFrame, name: str) -> tuple[bool, int]:
    found = next(entry for entry in judge_goals(frame, POLICY, ["甲镇"], set()) if entry.goal == name)
    return found.reached, found.gap


BORDERS = [(97, 100, False, 1), (98, 100, True, 0), (970, 1000, False, 1), (971, 1000, True, 0), (2, 2, True, 0)]


@pytest.mark.parametrize(("enrolled", "whole", "reached", "gap"), BORDERS)
def test_the_rate_must_be_above_97_percent(enrolled: int, whole: int, reached: bool, gap: int) -> None:
    assert goal(people(enrolled, whole), "RATE_ALL") == (reached, gap)


@pytest.mark.parametrize(
    ("group", "name"), [("G_POOR", "RATE_POOR"), ("G_SPECIAL", "RATE_SPECIAL"), ("G_MONITOR", "RATE_MONITOR")]
)
def test_groups_must_be_complete(group: str, name: str) -> None:
    assert goal(people(1599, 1600, groups=[group]), name) == (False, 1)
    assert goal(people(1600, 1600, groups=[group]), name) == (True, 0)
    missed = judge_goals(people(1599, 1600, groups=[group]), POLICY, ["甲镇"], set(), county="会宁县")
    assert {entry.unit: entry.aside for entry in missed if entry.goal == name} == {"甲镇": False}
    said = [finding for finding in goal_findings(missed, {}) if "1599/1600" in finding.value]
    assert len(said) == 1


def test_a_row_with_an_error_is_not_accurate() -> None:
    results = judge_goals(people(10, 10), POLICY, ["甲镇"], {3})
    accuracy = next(entry for entry in results if entry.goal == "ACCURACY")
    assert (accuracy.part, accuracy.whole, accuracy.reached) == (9, 10, False)


def test_where_there_is_nobody_there_is_no_goal() -> None:
    assert [entry.goal for entry in judge_goals(people(1, 1), POLICY, ["甲镇"], set())] == ["RATE_ALL", "ACCURACY"]
    assert judge_goals(people(0, 0), POLICY, ["甲镇"], set()) == []


def test_data_entry_waits_until_the_county_has_entered_data() -> None:
    entered = people(4, 4).with_columns(
        mib_serial=pl.when(pl.col("person") > 0).then(pl.lit("YB1")).otherwise(pl.lit(""))
    )
    assert goal(entered, "ENTRY") == (False, 1)


def test_a_missed_goal_is_a_finding_with_its_article_and_remedy() -> None:
    results = judge_goals(people(96_999, 100_000), POLICY, ["甲镇"], set())
    finding = goal_findings(results, {"甲镇": "甲镇.xlsx"})[0]
    assert (finding.code, finding.file) == ("V36", "甲镇.xlsx")
    assert "96.99%" in render(finding).message  # never rounded up to 97.00 %
    assert "会政办发〔2020〕115号 六" in finding.source
    assert "2人" in render(finding).fix


def test_a_total_without_a_rate_says_so_and_not_zero() -> None:
    totals = [Totals("甲", Counts(200, 100)), Totals("乙", Counts(100, 50)), Totals("丁")]
    county = county_totals("县", totals, [])
    assert (county.should_enrol, county.enrolled) == (300, 150)
    assert (county.rate, county.denominator, county.rate_basis) == (None, None, "")
