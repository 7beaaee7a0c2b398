"""Targets and stages of townships (R16), with all versions of the targets (DX-08, DX-18, C18, C19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.checks import all_stages
from canbao_county.reports.lapsed import lapsed_persons
from canbao_county.reports.model import ReportFile
from canbao_county.targets.versions import in_force
from canbao_rulebook.phrases import SHEET_LANG, say
from canbao_rulebook.vocabulary import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_county.reports.model import Context
    from canbao_county.targets.stages import StageResult
    from canbao_county.targets.unit_rates import UnitRate
    from canbao_rulebook.tables import TableSheet


def make_target_table(context: Context) -> Iterator[ReportFile]:
    """Yield the county's table of targets."""
    progress, county = context.rates, context.county_rate()
    stages = all_stages(context)
    sheets = [_table(context, [*progress, county]), _stage_sheet(context, stages), _versions(context)]
    facts = [
        ("目标数合计(人)", "待定" if county.whole is None else str(county.whole)),
        ("完成合计(人)", str(county.enrolled)),
        ("性质", _finality(context)),
    ]
    yield ReportFile(sheets, unit=context.policy.meta.county, rows=len(progress), facts=facts, receivers=_to(context))


def _finality(context: Context) -> str:
    """Figures are provisional while the window is open: the summary begins before it ends (C18)."""
    ends = [window.end for window in context.policy.calendar.windows if window.counts_for_rate]
    if ends and context.as_of <= max(ends):
        return f"暂定：缴费到 {max(ends)} 结束，此前的数还会变"
    return "最终"


def _to(context: Context) -> str:
    names = [name for entry in context.policy.calendar.milestones if "R16" in entry.deliverables for name in entry.to]
    return "、".join(names) or "各乡镇(街道)"


def _table(context: Context, progress: Sequence[UnitRate]) -> TableSheet:
    version = in_force(context.versions, context.as_of)
    new, lapsed = _new_persons(context), lapsed_persons(context)
    gone: Mapping[str, int] = {} if lapsed is None else _by_township(lapsed)
    rows: list[dict[str, object]] = []
    for entry in progress:
        is_county = entry is progress[-1]
        rows.append(
            {
                "township": f"{entry.unit}合计" if is_county else entry.unit,
                "target_version": version.name if version else "应保人数" if entry.whole is not None else "待定",
                "target_persons": entry.whole,
                "self_payers": entry.self_paid,
                "government": entry.government,
                "persons": entry.enrolled,
                "rate": entry.main.shown,
                "missing_persons": None if entry.whole is None else max(0, entry.whole - entry.part),
                "lapsed": None if lapsed is None else (lapsed.height if is_county else gone.get(entry.unit, 0)),
                "new": sum(new.values()) if is_county else new.get(entry.unit, 0),
            }
        )
    notes = [f"合计含财政代缴。完成率：{say(progress[-1].basis, SHEET_LANG)}，向下取两位小数。"]
    if lapsed is None:
        notes.append("没有导入上年参保名单，断保人数不知道。")
    return context.table("target_progress", rows, notes)


def _new_persons(context: Context) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in context.filling_parts:
        new = part_rows(context.merge, part).filter(
            pl.col("counts") & pl.col("enrolled") & (pl.col("enrol_type") == word("enrol_types", "new"))
        )
        for place, count in new["township"].value_counts().iter_rows():
            counts[place] = counts.get(place, 0) + count
    return counts


def _by_township(persons: pl.DataFrame) -> dict[str, int]:
    return {str(place): count for place, count in persons["township"].value_counts().iter_rows()}


def _stage_sheet(context: Context, stages: Sequence[StageResult]) -> TableSheet:
    rows = [
        {
            "stage": result.stage,
            "last_day": str(result.by),
            "township": result.unit,
            "target_version": result.version,
            "target_persons": result.rate.whole,
            "done": result.rate.part,
            "rate": result.rate.shown,
            "goal": result.target,
            "verdict": ("达到" if result.reached else "未达到") if result.come else "未到期",
            "missing_persons": result.gap,
            "remark": "" if result.binding else "该版本在截止日之后生效，供对照",
        }
        for result in stages
    ]
    notes = [] if rows else ["通知没有分阶段的目标，或者还没有目标任务数。"]
    return context.table("target_stages", rows, notes)


def _versions(context: Context) -> TableSheet:
    rows = [
        {
            "target_version": version.name,
            "since": str(version.since or "自始"),
            "township": unit,
            "target_persons": target,
        }
        for version in context.versions
        for unit, target in version.targets.items()
    ]
    base = context.policy.targets.base
    notes = [f"基数：{base.definition}；{base.replaced_by or '—'}下达后以其为准。"] if base else []
    return context.table("target_versions", rows, notes)
