"""The goals of a policy held against what was counted (V36)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import floor_percent, floor_rate
from canbao_rulebook.names import load_lists
from canbao_rulebook.policy.measures import Base, rate_measure
from canbao_rulebook.policy.words import Metric, Scope
from canbao_validators.targets.counting import Evidence, count_variants, count_whole, paid_by
from canbao_validators.targets.rates import Rate, describe_goal, needed, reaches
from canbao_validators.targets.versions import in_force, target_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import Threshold
    from canbao_validators.targets.versions import TargetVersion

_RATES = frozenset({Metric.COLLECTION_RATE, Metric.ENROLMENT_RATE})
Counts = dict[str, tuple[int, int]]  # part and whole by unit


@dataclass(frozen=True)
class GoalResult:
    """One goal of the policy for one unit: persons counted, persons who fulfil it, and whether that is enough."""

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


def judge_goals(
    people: pl.DataFrame,
    policy: Policy,
    units: Sequence[str],
    wrong: set[int],
    *,
    county: str = "",
    evidence: Evidence | None = None,
    versions: Sequence[TargetVersion] | None = None,
) -> list[GoalResult]:
    """Return every goal of the policy for every unit, where there is somebody to count (HN-30 to HN-35, SC-02).

    ``wrong``: persons with an error in their row; ``county``: its name, where its own goals are wanted. A goal about
    data entry waits until the county has entered data, and a goal about posting until results are known.
    """
    evidence = evidence or Evidence()
    entered = bool((people["serial"] != "").any()) if people.height else False
    table = people.with_columns(
        correct=~pl.col("person").is_in(sorted(wrong)),
        entered=pl.col("serial") != "",
        paid_in_time=pl.col("enrolled") & paid_by(evidence.as_of),
    )
    known = target_versions(policy) if versions is None else versions
    results = []
    for threshold in policy.targets.thresholds:
        if threshold.metric == Metric.DATA_ENTRY_RATE and not entered:
            continue
        for label, counts, total in _count(threshold, table, policy, evidence, known):
            results += _judge_units(threshold, label, counts, units, policy)
            if county and threshold.scope != Scope.TOWNSHIP:
                results += _judge_county(threshold, label, counts, total, county, policy)
    return results


def _count(
    threshold: Threshold, people: pl.DataFrame, policy: Policy, evidence: Evidence, versions: Sequence[TargetVersion]
) -> list[tuple[str, Counts, int | None]]:
    """Return label, part and whole by unit, and the county's whole where it is more than the sum of these."""
    if threshold.metric in _RATES and not threshold.group and rate_measure(policy.targets).denominator:
        return _count_rate(people, policy, evidence, versions)
    counted, good = _goal(threshold.metric, threshold.group)
    sums = people.filter(pl.col("counts")).group_by("place").agg(whole=counted.sum(), part=(counted & good).sum())
    return [("", {str(row["place"]): (row["part"], row["whole"]) for row in sums.iter_rows(named=True)}, None)]


def _count_rate(
    people: pl.DataFrame, policy: Policy, evidence: Evidence, versions: Sequence[TargetVersion]
) -> list[tuple[str, Counts, int | None]]:
    denominator = rate_measure(policy.targets).denominator
    assert denominator is not None
    if denominator.base is Base.ROSTERS:
        wholes, total = count_whole(people, denominator), None
    else:
        version = in_force(versions, evidence.as_of) if evidence.as_of else next(iter(reversed(versions)), None)
        if version is None:
            return []
        wholes, total = dict(version.targets), version.total
    return [
        (label, {unit: (parts.get(unit, 0), whole) for unit, whole in wholes.items()}, total)
        for label, parts in count_variants(people, policy, evidence)
    ]


def _goal(metric: str, group: str | None) -> tuple[pl.Expr, pl.Expr]:
    counted = pl.col("groups").list.contains(group) if group else pl.col("counts")
    match metric:
        case Metric.CARD_ACCOUNT_RATE:
            return pl.col("rebate_due") > 0, pl.col("account") != ""
        case Metric.DATA_ENTRY_RATE:
            return pl.col("enrolled"), pl.col("entered")
        case Metric.DATA_ACCURACY_RATE:
            return counted, pl.col("correct")
        case _:
            return counted, pl.col("paid_in_time")


def _judge_units(
    threshold: Threshold, label: str, counts: Counts, units: Sequence[str], policy: Policy
) -> list[GoalResult]:
    if threshold.scope == Scope.COUNTY:
        return []
    found = [(unit, *counts.get(unit, (0, 0))) for unit in units]
    return [_judge(unit, threshold, label, part, whole, policy) for unit, part, whole in found if whole]


def _judge_county(
    threshold: Threshold, label: str, counts: Counts, total: int | None, county: str, policy: Policy
) -> list[GoalResult]:
    """The county as the sum of its units, and as the notice states its total where that differs (C1)."""
    part, summed = sum(part for part, _ in counts.values()), sum(whole for _, whole in counts.values())
    whole = summed if total is None else total
    stated = policy.targets.headcount_total_stated if total is not None else None
    if not whole:
        return []
    if stated is None or stated == whole:
        return [_judge(county, threshold, label, part, whole, policy)]
    return [
        _judge(county, threshold, "，".join(filter(None, (label, "按各乡镇合计"))), part, whole, policy),
        _judge(county, threshold, "，".join(filter(None, (label, "按载明合计"))), part, stated, policy),
    ]


def metric_label(metric: str, group: str | None = None) -> str:
    """Return a measure as reports print it, like 建档立卡贫困人口参保率."""
    lists = load_lists()
    who = lists["target_groups"].get(group, group) if group else ""
    return f"{who}{lists['metrics'].get(metric, metric)}"


def _judge(unit: str, threshold: Threshold, label: str, part: int, whole: int, policy: Policy) -> GoalResult:
    reached = reaches(Rate(part, whole), threshold.op, threshold.value)
    wanted = needed(whole, threshold.op, threshold.value)
    name = metric_label(threshold.metric, threshold.group)
    return GoalResult(
        unit=unit,
        goal=threshold.id,
        metric=f"{name}({label})" if label else name,
        remedy=load_lists()["metric_remedies"].get(threshold.metric, ""),
        part=part,
        whole=whole,
        target=describe_goal(threshold.op, threshold.value),
        reached=reached,
        gap=max(0, min(wanted, whole) - part),
        source=policy.article(threshold.ref),
    )


def goal_findings(goals: Sequence[GoalResult], files: Mapping[str, str], *, lang: str = "zh") -> list[Finding]:
    """V36: a goal that a unit has not reached."""
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
