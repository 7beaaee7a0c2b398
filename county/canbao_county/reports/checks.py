"""Checks of reports: rows without a final state, stages not reached, totals (V35 to V37)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.targets.goals import goal_findings, judge_goals
from canbao_county.targets.stages import judge_stages
from canbao_rulebook.findings import Place
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import build_finding
from canbao_rulebook.names import population_of
from canbao_rulebook.phrases import MORE, Phrases, row_phrase
from canbao_rulebook.policy.measures import Base, rate_measure
from canbao_rulebook.policy.words import Metric
from canbao_rulebook.vocabulary import list_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from canbao_county.merge.parts import Part
    from canbao_county.reports.model import Context
    from canbao_county.targets.goals import GoalResult
    from canbao_county.targets.stages import StageResult
    from canbao_rulebook.findings import Finding

_OPEN = list_words("open_states")
_SHOWN = 3


def report_findings(context: Context) -> list[Finding]:
    """Return the findings that reports are made with."""
    return [*_open_rows(context), *_goals(context), *_stages(context), *_totals(context), *_no_targets(context)]


def _open_rows(context: Context) -> Iterator[Finding]:
    """V35: whoever has no final state when his own time of payment is over, and that of his roster (HN-26, PT-42)."""
    for part in context.filling_parts:
        rows = part_rows(context.merge, part)
        over = (pl.col("window_end").fill_nan(None) <= to_serial(context.as_of)).fill_null(value=True)
        rows = rows.filter(pl.col("counts") & pl.col("final_state").is_in(_OPEN) & over)
        for (code, sheet), own in rows.partition_by("roster", "sheet", as_dict=True).items():
            end = _end_of(context, str(code))
            if end is not None and context.as_of >= end:
                yield _open_finding(part, str(sheet), own, end)


def _end_of(context: Context, code: str) -> date | None:
    population = population_of(context.policy, code)
    window = context.policy.window("pay", population.code) if population else None
    return window.end if window else None


def _open_finding(part: Part, sheet: str, rows: pl.DataFrame, end: date) -> Finding:
    numbers = rows["row"].to_list()
    rows_named = Phrases([row_phrase(row) for row in numbers[:_SHOWN]], "、")
    places = Phrases((rows_named, MORE if len(numbers) > _SHOWN else ""))
    place = Place(sheet, numbers[0], file=part.file)
    count = len(numbers)
    return build_finding("V35.open", place, value=str(count), count=count, limit=end, places=places)


def day_goals(context: Context) -> list[GoalResult]:
    """Return the goals as of the day of the report; accuracy is the merge's, which knows the rows with errors."""
    policy = context.policy
    accuracy = {goal.id for goal in policy.targets.thresholds if goal.metric is Metric.DATA_ACCURACY_RATE}
    judged = judge_goals(
        context.merge.people,
        policy,
        context.townships,
        set(),
        county=policy.meta.county,
        evidence=context.evidence,
        versions=context.versions,
        listed=context.list_frame("owner"),
    )
    own = [goal for goal in judged if goal.goal not in accuracy]
    return own + [goal for goal in context.merge.goals if goal.goal in accuracy]


def _goals(context: Context) -> list[Finding]:
    """V36 for the day of the report: the merge judges all that was ever paid, the report what was paid by then."""
    files = {part.unit.name: part.file for part in context.merge.parts if part.unit}
    return goal_findings(day_goals(context), files)


def all_stages(context: Context) -> list[StageResult]:
    """Return every stage of the policy for every township."""
    return judge_stages(context.merge.people, context.policy, context.townships, context.versions, context.evidence)


def _stages(context: Context) -> Iterator[Finding]:
    for result in all_stages(context):
        if result.come and result.binding and not result.reached:
            yield build_finding(
                "V36.stage",
                Place(file=result.unit),
                value=f"{result.rate.part}/{result.rate.whole}",
                source=result.source,
                unit=result.unit,
                limit=result.by,
                rate=result.rate.percent,
                version=result.version,
                target=result.target,
                gap=result.gap,
            )


def _totals(context: Context) -> Iterator[Finding]:
    stated = context.policy.targets.headcount_total_stated
    for version in context.versions[:1]:
        if stated is not None and stated != version.total:
            place = Place(file=context.words["names"]["R19"])
            told: dict[str, Any] = {"stated": stated, "found": version.total, "count": abs(stated - version.total)}
            yield build_finding("V37.total", place, value=str(stated), **told)


def _no_targets(context: Context) -> Iterator[Finding]:
    denominator = rate_measure(context.policy.targets).denominator
    if denominator is None or denominator.base is Base.ROSTERS:
        return
    known = {unit for version in context.versions for unit in version.targets}
    missing = [unit for unit in context.townships if unit not in known]
    if missing or not known:
        place = Place(file=context.words["names"]["R16"])
        yield build_finding("V40.target", place, count=len(missing), places=_names(missing), value=str(len(missing)))


def _names(units: Sequence[str]) -> str:
    return "、".join(units[:_SHOWN]) + ("等" if len(units) > _SHOWN else "")
