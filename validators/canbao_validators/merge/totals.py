"""Totals of townships and county, and the goals of the policy held against them (V36)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import floor_percent, floor_rate, format_yuan
from canbao_rulebook.names import load_lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import Threshold

MONEY = ("premium", "self_due", "self_paid", "gov_direct", "rebate_due")


@dataclass(frozen=True)
class Totals:
    """Figures of one unit: persons, and money in fen."""

    unit: str
    should_enrol: int = 0
    enrolled: int = 0
    premium: int = 0
    self_due: int = 0
    self_paid: int = 0
    gov_direct: int = 0
    rebate_due: int = 0
    errors: int = 0
    warnings: int = 0

    @property
    def rate(self) -> str:
        """Enrolled over should-enrol, rounded down to two decimals of percent (rules.md C29)."""
        return floor_rate(self.enrolled, self.should_enrol)

    @property
    def fund_income(self) -> int:
        """What reaches the fund: paid by persons and by government, in fen."""
        return self.self_paid + self.gov_direct

    def as_dict(self) -> dict[str, object]:
        """Return the totals of the contract: money as decimal strings in yuan, rate as a decimal string."""
        money = {name: format_yuan(getattr(self, name)) for name in MONEY}
        return {
            "unit": self.unit,
            "should_enrol": self.should_enrol,
            "enrolled": self.enrolled,
            "rate": self.rate,
            **money,
            "fund_income": format_yuan(self.fund_income),
            "errors": self.errors,
            "warnings": self.warnings,
        }


@dataclass(frozen=True)
class GoalResult:
    """One goal of the policy for one township: persons counted, persons who fulfil it, and whether that is enough."""

    unit: str
    goal: str
    metric: str
    remedy: str
    part: int
    whole: int
    target: str
    reached: bool
    gap: int
    source: str

    @property
    def rate(self) -> str:
        """The part of the whole, rounded down to two decimals of percent."""
        return floor_rate(self.part, self.whole)


def mark_counting(people: pl.DataFrame, rejected: set[int]) -> pl.DataFrame:
    """Add ``counts``: rows of persons who should enrol here, once each."""
    return people.with_columns(
        counts=pl.col("enrolment") & ~pl.col("forbidden") & ~pl.col("person").is_in(sorted(rejected))
    )


def township_totals(
    people: pl.DataFrame, units: Sequence[str], findings: Mapping[str, Sequence[Finding]]
) -> list[Totals]:
    """Return the totals of every township, in the order given; ``findings`` by unit.

    Money that a person paid is counted where it was paid, also for rows that do not count: it is there until refunded.
    """
    counting = pl.col("counts")
    fen = {
        name: ((pl.col(name) * 100).round(0).cast(pl.Int64) * (counting if name != "self_paid" else pl.lit(1))).sum()
        for name in MONEY
    }
    table = people.group_by("place").agg(
        should_enrol=counting.sum(), enrolled=(counting & pl.col("enrolled")).sum(), **fen
    )
    rows = {row["place"]: row for row in table.iter_rows(named=True)}
    return [_totals(unit, rows.get(unit, {}), findings.get(unit, ())) for unit in units]


def _totals(unit: str, sums: Mapping[str, int], findings: Sequence[Finding]) -> Totals:
    severities = [finding.severity for finding in findings]
    return Totals(
        unit,
        should_enrol=sums.get("should_enrol", 0),
        enrolled=sums.get("enrolled", 0),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        **{name: sums.get(name, 0) for name in MONEY},
    )


def county_totals(county: str, townships: Sequence[Totals], findings: Sequence[Finding]) -> Totals:
    """Return the sum of the townships; ``findings`` are those of all files, departments' included."""
    names = [name for name in Totals.__dataclass_fields__ if name not in {"unit", "errors", "warnings"}]
    sums = {name: sum(getattr(total, name) for total in townships) for name in names}
    return _totals(county, sums, findings)


def rank_townships(townships: Sequence[Totals]) -> dict[str, int]:
    """Return the rank of every township by its exact rate; equal rates share a rank."""
    rates = {total.unit: Fraction(total.enrolled, total.should_enrol or 1) for total in townships}
    return {unit: 1 + sum(other > rate for other in rates.values()) for unit, rate in rates.items()}


def judge_goals(people: pl.DataFrame, policy: Policy, units: Sequence[str], wrong: set[int]) -> list[GoalResult]:
    """Return every goal of the policy for every township, where there is somebody to count (HN-30 to HN-35).

    ``wrong``: persons with an error in their row. A goal about data entry waits until the county has entered data.
    """
    entered = bool((people["serial"] != "").any()) if people.height else False
    table = people.filter(pl.col("counts")).with_columns(
        correct=~pl.col("person").is_in(sorted(wrong)), entered=pl.col("serial") != ""
    )
    results = []
    for threshold in policy.targets.thresholds:
        if threshold.metric == "data_entry_rate" and not entered:
            continue
        counted, good = _goal(threshold.metric, threshold.group)
        sums = table.group_by("place").agg(whole=counted.sum(), part=(counted & good).sum())
        found = {row["place"]: (row["part"], row["whole"]) for row in sums.iter_rows(named=True)}
        for unit in units:
            part, whole = found.get(unit, (0, 0))
            if whole:
                results.append(_judge(unit, threshold, part, whole, policy.article(threshold.ref)))
    return results


def _goal(metric: str, group: str | None) -> tuple[pl.Expr, pl.Expr]:
    counted = pl.col("groups").list.contains(group) if group else pl.col("counts")
    match metric:
        case "card_account_rate":
            return pl.col("rebate_due") > 0, pl.col("account") != ""
        case "data_entry_rate":
            return pl.col("enrolled"), pl.col("entered")
        case "data_accuracy_rate":
            return counted, pl.col("correct")
        case _:
            return counted, pl.col("enrolled")


def _label(metric: str, group: str | None) -> str:
    lists = load_lists()
    who = lists["target_groups"].get(group, group) if group else ""
    return f"{who}{lists['metrics'].get(metric, metric)}"


def _judge(unit: str, threshold: Threshold, part: int, whole: int, source: str) -> GoalResult:
    rate, limit, operator = Fraction(part, whole), Fraction(threshold.value), str(threshold.op)
    reached = {"gt": rate > limit, "ge": rate >= limit, "eq": rate == limit}[operator]
    needed = {"gt": floor(limit * whole) + 1, "ge": ceil(limit * whole), "eq": ceil(limit * whole)}[operator]
    lists = load_lists()
    return GoalResult(
        unit=unit,
        goal=threshold.id,
        metric=_label(threshold.metric, threshold.group),
        remedy=lists["metric_remedies"].get(threshold.metric, ""),
        part=part,
        whole=whole,
        target=f"{lists['operators'][operator]}{_percent(limit)}",
        reached=reached,
        gap=max(0, min(needed, whole) - part),
        source=source,
    )


def _percent(value: Fraction) -> str:
    return f"{float(value * 100):.2f}".rstrip("0").rstrip(".") + "%"


def goal_findings(goals: Sequence[GoalResult], files: Mapping[str, str], *, lang: str = "zh") -> list[Finding]:
    """V36: a goal that a township has not reached."""
    return [
        build_finding(
            "V36.below",
            Place(files.get(goal.unit, goal.unit)),
            value=f"{goal.part}/{goal.whole}",
            lang=lang,
            source=goal.source,
            unit=goal.unit,
            metric=goal.metric,
            rate=floor_percent(goal.part, goal.whole),
            target=goal.target,
            gap=goal.gap,
            remedy=goal.remedy,
        )
        for goal in goals
        if not goal.reached
    ]
