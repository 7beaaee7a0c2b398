"""Goals by a date on the way (DX-18), against the target in force on that date and against those that came after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from canbao_county.targets.counting import Evidence, count_part, count_whole, knows_posting
from canbao_county.targets.rates import Rate, describe_goal, needed, reaches
from canbao_county.targets.versions import in_force, in_force_or_later
from canbao_rulebook.policy.measures import Base, parse_numerator, rate_measure
from canbao_rulebook.policy.words import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    import polars as pl

    from canbao_county.targets.versions import TargetVersion
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import Stage
    from canbao_rulebook.policy.measures import Denominator

ROSTER_BASE = "应保人数"  # what stands in the place of a version where rosters are counted


@dataclass(frozen=True)
class StageResult:
    """One stage for one unit. ``binding``: the version in force on the day; others are shown beside it.

    ``come`` tells whether the day was past when the report was made: before it, what is counted is the state so far.
    """

    unit: str
    stage: str
    by: date
    version: str
    binding: bool
    rate: Rate
    target: str
    reached: bool
    gap: int
    come: bool
    source: str


def judge_stages(
    people: pl.DataFrame, policy: Policy, units: Sequence[str], versions: Sequence[TargetVersion], evidence: Evidence
) -> list[StageResult]:
    """Return every stage for every unit, and for the county where the stage is its own.

    What was paid after the stage's day does not count for it. Without a target for a unit nothing is said about it.
    """
    denominator = rate_measure(policy.targets).denominator
    if denominator is None:
        return []
    results: list[StageResult] = []
    for stage in policy.targets.stages:
        words = parse_numerator(stage.numerator)
        day = min(stage.by, evidence.as_of) if evidence.as_of else stage.by
        then = replace(evidence, as_of=day)
        if "posted_to_treasury_from_township_account" in words and not knows_posting(people, then):
            continue
        parts = count_part(people, policy, words, denominator, then)
        for name, wholes, binding in _wholes(people, denominator, versions, stage.by):
            results += _judge_stage(stage, name, binding, parts, wholes, units, policy, evidence)
    return results


def _wholes(
    people: pl.DataFrame, denominator: Denominator, versions: Sequence[TargetVersion], day: date
) -> Iterator[tuple[str, Mapping[str, int], bool]]:
    if denominator.base is Base.ROSTERS:
        yield ROSTER_BASE, count_whole(people, denominator), True
        return
    current = in_force(versions, day)
    for version in in_force_or_later(versions, day):
        yield version.name, version.targets, version is current


def _judge_stage(
    stage: Stage,
    version: str,
    binding: bool,
    parts: Mapping[str, int],
    wholes: Mapping[str, int],
    units: Sequence[str],
    policy: Policy,
    evidence: Evidence,
) -> Iterator[StageResult]:
    rates: list[tuple[str, Rate]] = []
    if stage.scope != Scope.COUNTY:
        rates += [(unit, Rate(parts.get(unit, 0), wholes[unit])) for unit in units if wholes.get(unit)]
    if stage.scope != Scope.TOWNSHIP and wholes:
        rates.append((policy.meta.county, Rate(sum(parts.get(unit, 0) for unit in wholes), sum(wholes.values()))))
    for unit, rate in rates:
        yield StageResult(
            unit=unit,
            stage=stage.id,
            by=stage.by,
            version=version,
            binding=binding,
            rate=rate,
            target=describe_goal(stage.op, stage.value),
            reached=reaches(rate, stage.op, stage.value),
            gap=max(0, needed(rate.whole or 0, stage.op, stage.value) - rate.part),
            come=evidence.as_of is None or evidence.as_of >= stage.by,
            source=policy.article(stage.ref),
        )
