"""R12: who has not paid yet, for every township and school, village by village (PT-17, PT-37, PT-39, HN-78)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.money_cells import to_yuan_cell
from canbao_county.reports.masking import mask_number
from canbao_county.reports.model import SIGNATURES, ReportFile
from canbao_county.reports.naming import sheet_names
from canbao_county.reports.sums import sum_up
from canbao_county.targets.counting import paid_by
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.names import channel_label
from canbao_rulebook.units import SCHOOL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.merge.parts import Part
    from canbao_county.reports.model import Context

UNREGISTERED, UNPAID, FAILED, REFUSING = "未登记", "已登记未缴", "扣款失败", "不愿参保"
UNPROVEN, UNSETTLED, AWAITED, UNDECIDED = "缴费无凭据", "缴费未计入", "已缴待到账", "待裁定"
_STATES = (UNREGISTERED, UNPAID, FAILED, REFUSING, UNPROVEN, UNSETTLED, AWAITED, UNDECIDED)
_HAVE_PAID = [UNPROVEN, UNSETTLED, AWAITED]
_COLUMNS = {
    "number": TableColumn("序号", CellType.COUNT, 6),
    "group": TableColumn("组", width=8),
    "head_name": TableColumn("户主", width=10),
    "name": TableColumn("姓名", width=10),
    "masked": TableColumn("证件号码", width=20),
    "phone": TableColumn("联系电话", width=15),
    "due": TableColumn("应缴(元)", CellType.OWED, 10),
    "state": TableColumn("状态", CellType.CENTRED, 11),
    "channel": TableColumn("缴费方式", width=12),
    "owner_cadre": TableColumn("责任人", width=9),
    "first": TableColumn("第一次催缴", CellType.CENTRED, 11),
    "second": TableColumn("第二次催缴", CellType.CENTRED, 11),
    "third": TableColumn("第三次催缴", CellType.CENTRED, 11),
    "result": TableColumn("结果", CellType.CENTRED, 12),
}
_SCHOOL = {name: column for name, column in _COLUMNS.items() if name != "group"}
_SCHOOL["head_name"] = TableColumn("监护人", width=10)
_HEIGHT = 22


def make_chase_lists(context: Context) -> Iterator[ReportFile]:
    """Yield one workbook for every township and school with somebody to chase, or with nobody, which it says."""
    for part in context.filling_parts:
        rows = chase_rows(context, part)
        assert part.unit is not None
        yield ReportFile(
            _sheets(context, part, rows),
            name=part.unit.name,
            unit=part.unit.name,
            rows=rows.height,
            facts=[*_facts(rows), ("应缴合计(元)", str(sum_up(rows, "self_due")))],
            parts=[part],
            receivers=part.unit.name,
        )


def chase_rows(context: Context, part: Part) -> pl.DataFrame:
    """Return everybody of a workbook who should enrol and has not by the day of the report, with ``state``.

    Persons paid for by a department in one sum stand in no township's workbook, so nobody is sent to them.
    """
    rows = part_rows(context.merge, part)
    open_rows = rows.filter(pl.col("counts") & ~(pl.col("enrolled") & paid_by(context.as_of)) & ~pl.col("central"))
    batch = [channel_label("bank_batch_deduct"), channel_label("bank_deduct")]
    registered = (
        pl.col("registered_on").is_not_null()
        | (pl.col("mib_review") == "通过")
        | (pl.col("serial") != "")
        | (pl.col("enrol_type") == "续保")
    )
    came = paid_by(context.as_of)
    failed = (pl.col("arrival") == "未到账") & ((pl.col("contract") == "是") | pl.col("channel").is_in(batch))
    state = (
        pl.when((pl.col("unproven") > 0) & came)
        .then(pl.lit(UNPROVEN))
        .when((pl.col("returnable") > 0) & came)
        .then(pl.lit(UNSETTLED))
        .when((pl.col("accepted") > 0) & came)
        .then(pl.lit(AWAITED))
        .when(pl.col("state") == "pending")
        .then(pl.lit(UNDECIDED))
        .when(failed)
        .then(pl.lit(FAILED))
        .when(pl.col("state") == "refused")
        .then(pl.lit(REFUSING))
        .when(registered)
        .then(pl.lit(UNPAID))
        .otherwise(pl.lit(UNREGISTERED))
    )
    chosen = open_rows.with_columns(
        state=state,
        masked=mask_number(pl.col("key")),
        due=to_yuan_cell("self_due"),
        spot=pl.when(pl.col("spot") == "").then(pl.lit("未填村(班)")).otherwise("spot"),
    )
    return chosen.sort("spot", maintain_order=True)


def _facts(rows: pl.DataFrame) -> list[tuple[str, str]]:
    counts = dict(rows["state"].value_counts().iter_rows())
    return [(f"{state}(人)", str(counts.get(state, 0))) for state in _STATES]


def _sheets(context: Context, part: Part, rows: pl.DataFrame) -> list[TableSheet]:
    assert part.unit is not None
    is_school = part.unit.kind == SCHOOL
    spots = rows["spot"].unique(maintain_order=True).to_list()
    sheets = [_overview(context, part.unit.name, rows, spots, "班级" if is_school else "村(社区)")]
    names = sheet_names(spots, taken=["封面", "汇总", "签约未到账"])
    for spot, name in zip(spots, names, strict=True):
        sheets.append(_spot(context, part.unit.name, spot, name, rows.filter(pl.col("spot") == spot), is_school))
    contracted = rows.filter(pl.col("contract") == "是")
    if contracted.height:
        sheets.append(_contracted(context, part.unit.name, contracted))
    return sheets


def _overview(context: Context, unit: str, rows: pl.DataFrame, spots: list[str], header: str) -> TableSheet:
    columns = [
        TableColumn(header, width=22),
        *(TableColumn(f"{state}(人)", CellType.COUNT, 11) for state in _STATES),
        TableColumn("合计(人)", CellType.COUNT, 12),
        TableColumn("应缴(元)", CellType.OWED, 14),
    ]
    table = []
    for spot in [*spots, "合计"]:
        own = rows if spot == "合计" else rows.filter(pl.col("spot") == spot)
        counts = dict(own["state"].value_counts().iter_rows())
        table.append([spot, *(counts.get(state, 0) for state in _STATES), own.height, sum_up(own, "self_due").yuan])
    title = f"{unit}催缴名单汇总（截至 {context.as_of}）"
    notes = [] if rows.height else ["截至当日，没有应参保未缴费的人。"]
    if unknown := rows["self_due"].null_count():
        notes.append(f"应缴金额不含待定 {unknown} 人。")
    if rows["state"].is_in(_HAVE_PAID).any():
        notes.append(f"{'、'.join(_HAVE_PAID)}的已经交过钱：先查凭据、到账和「核销和退费清单」，不要重复收。")
    return TableSheet(
        "汇总", title, columns, table_frame(table, columns), notes=notes, total_row=True, footer=SIGNATURES
    )


def _spot(
    context: Context,
    unit: str,
    spot: str,
    name: str,
    rows: pl.DataFrame,
    is_school: bool,
) -> TableSheet:
    columns = _SCHOOL if is_school else _COLUMNS
    shown = rows.with_columns(
        number=pl.int_range(1, rows.height + 1, dtype=pl.Int64),
        head_name=pl.col("guardian_name") if is_school else pl.col("head_name"),
        **{name: pl.lit("") for name in ("first", "second", "third", "result")},
    ).select(*columns)
    said = f"截至 {context.as_of}，应参保、未缴费（未到账）{rows.height}人。"
    notes = [f"{said}每次催缴填写日期；结果填：{context.words['chase_results']}。"]
    title = f"{unit} {spot} {context.policy.meta.policy_year}年度城乡居民医保催缴名单"
    return TableSheet(
        name, title, list(columns.values()), shown, notes=notes, freeze=4, footer=SIGNATURES, row_height=_HEIGHT
    )


def _contracted(context: Context, unit: str, rows: pl.DataFrame) -> TableSheet:
    """PT-37: whom the bank reminds to keep the balance."""
    columns = [
        TableColumn("签约银行", width=18),
        TableColumn("村(社区)", width=16),
        TableColumn("姓名", width=12),
        TableColumn("证件号码", width=22),
        TableColumn("联系电话", width=16),
        TableColumn("应缴(元)", CellType.MONEY, 12),
        TableColumn("状态", CellType.CENTRED, 14),
    ]
    shown = rows.sort("bank", "spot", maintain_order=True).select(
        "bank", "spot", "name", "masked", "phone", "due", "state"
    )
    notes = ["已签订批量扣款协议、还没有到账的人，请银行提醒存足应缴的医保费。"]
    title = f"{unit}签约未到账提醒名单（截至 {context.as_of}）"
    return TableSheet("签约未到账", title, columns, shown, notes=notes, freeze=3, footer=SIGNATURES)
