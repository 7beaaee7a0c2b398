"""R16: targets and stages of every township, with all versions of the targets (DX-08, DX-18, C18, C19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.checks import all_stages
from canbao_county.reports.lapsed import lapsed_persons
from canbao_county.reports.model import SHORT_SIGNATURES, SIGNATURES, ReportFile
from canbao_county.targets.versions import in_force
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_county.reports.model import Context
    from canbao_county.targets.stages import StageResult
    from canbao_county.targets.unit_rates import UnitRate

_RATE = "完成率"


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
    columns = [
        TableColumn("乡镇(街道)", width=14),
        TableColumn("目标版本", width=14),
        TableColumn("目标数(人)", CellType.COUNT, 11),
        TableColumn("自缴(人)", CellType.COUNT, 11),
        TableColumn("财政代缴(人)", CellType.COUNT, 12),
        TableColumn("合计(人)", CellType.COUNT, 11),
        TableColumn(_RATE, CellType.RATE, 11),
        TableColumn("还差(人)", CellType.COUNT, 11),
        TableColumn("断保(人)", CellType.COUNT, 10),
        TableColumn("新参保(人)", CellType.COUNT, 10),
    ]
    rows: list[list[object]] = []
    for entry in progress:
        is_county = entry is progress[-1]
        rows.append([
            f"{entry.unit}合计" if is_county else entry.unit,
            version.name if version else "应保人数" if entry.whole is not None else "待定",
            entry.whole,
            entry.self_paid,
            entry.government,
            entry.enrolled,
            entry.main.shown,
            None if entry.whole is None else max(0, entry.whole - entry.part),
            None if lapsed is None else (lapsed.height if is_county else gone.get(entry.unit, 0)),
            sum(new.values()) if is_county else new.get(entry.unit, 0),
        ])  # fmt: skip
    notes = [f"合计含财政代缴。完成率：{progress[-1].basis}，向下取两位小数。"]
    if lapsed is None:
        notes.append("没有导入上年参保名单，断保人数不知道。")
    return TableSheet(
        "进度",
        f"{context.title}目标任务进度表（截至 {context.as_of}）",
        columns,
        table_frame(rows, columns),
        notes=notes,
        freeze=1,
        total_row=True,
        footer=SIGNATURES,
    )


def _new_persons(context: Context) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in context.filling_parts:
        new = part_rows(context.merge, part).filter(
            pl.col("counts") & pl.col("enrolled") & (pl.col("enrol_type") == "新参保")
        )
        for place, count in new["place"].value_counts().iter_rows():
            counts[place] = counts.get(place, 0) + count
    return counts


def _by_township(persons: pl.DataFrame) -> dict[str, int]:
    return {str(place): count for place, count in persons["township"].value_counts().iter_rows()}


def _stage_sheet(context: Context, stages: Sequence[StageResult]) -> TableSheet:
    columns = [
        TableColumn("阶段", width=9),
        TableColumn("截止日期", CellType.CENTRED, 12),
        TableColumn("乡镇(街道)", width=14),
        TableColumn("目标版本", width=14),
        TableColumn("目标数(人)", CellType.COUNT, 11),
        TableColumn("当时完成(人)", CellType.COUNT, 12),
        TableColumn("完成率", CellType.RATE, 10),
        TableColumn("目标", width=12),
        TableColumn("结论", CellType.CENTRED, 10),
        TableColumn("还差(人)", CellType.COUNT, 10),
        TableColumn("说明", CellType.WRAPPED, 24),
    ]
    rows: list[list[object]] = []
    for result in stages:
        verdict = ("达到" if result.reached else "未达到") if result.come else "未到期"
        said = "" if result.binding else "该版本在截止日之后生效，供对照"
        rows.append([
            result.stage, str(result.by), result.unit, result.version, result.rate.whole, result.rate.part,
            result.rate.shown, result.target, verdict, result.gap, said,
        ])  # fmt: skip
    notes = ["按截止日当天有效的目标判断；其后下达的目标一并列出。截止日之后缴的费不算在内。"]
    if not rows:
        notes.append("通知没有分阶段的目标，或者还没有目标任务数。")
    title = f"{context.title}分阶段目标（截至 {context.as_of}）"
    return TableSheet("阶段", title, columns, table_frame(rows, columns), notes=notes, footer=SIGNATURES)


def _versions(context: Context) -> TableSheet:
    columns = [
        TableColumn("目标版本", width=18),
        TableColumn("生效日期", CellType.CENTRED, 14),
        TableColumn("乡镇(街道)", width=18),
        TableColumn("目标数(人)", CellType.COUNT, 14),
    ]
    rows = [
        [version.name, str(version.since or "自始"), unit, target]
        for version in context.versions
        for unit, target in version.targets.items()
    ]
    base = context.policy.targets.base
    notes = [f"基数：{base.definition}；{base.replaced_by or '—'}下达后以其为准。"] if base else []
    title = f"{context.title}目标任务数"
    frame = table_frame(rows, columns)
    return TableSheet("目标版本", title, columns, frame, notes=notes, footer=SHORT_SIGNATURES, portrait=True)
