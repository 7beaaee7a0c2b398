"""R14: what villages pay on top once a payment has arrived: the notice suggests it, no more (PT-38, PT-38a)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.money_cells import to_yuan_cell
from canbao_county.reports.model import SIGNATURES, ReportFile
from canbao_county.reports.sums import sum_up
from canbao_generator.tables import CellType, TableColumn, TableSheet
from canbao_rulebook.functions.dates import to_serial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context

_COLUMNS = {
    "number": TableColumn("序号", CellType.COUNT, 6),
    "spot": TableColumn("村(社区)", width=14),
    "name": TableColumn("姓名", width=11),
    "key": TableColumn("证件号码", width=21),
    "paid_on": TableColumn("到账日期", CellType.DATE, 12),
    "village_standard": TableColumn("补助标准(元)", CellType.MONEY, 12),
    "village_due": TableColumn("补助金额(元)", CellType.OWED, 12),
    "account": TableColumn("收款账号", width=22),
    "signature": TableColumn("签字", CellType.CENTRED, 12),
}
_ARRIVED = "通知建议缴费到账以后再发；各社区（村）按本区域实际情况办理。"


def make_village_money(context: Context) -> Iterator[ReportFile]:
    """Yield one workbook for every township that has such persons, as of the day."""
    for part in context.filling_parts:
        rows = part_rows(context.merge, part).filter(pl.col("counts") & _claims(context)).with_columns(
            paid_on=pl.coalesce(pl.col("arrived_on").fill_nan(None), pl.col("pay_date").fill_nan(None))
        )  # fmt: skip
        if rows.is_empty():
            continue
        assert part.unit is not None
        unit = part.unit.name
        arrived, waiting = rows.filter(_came(context)), rows.filter(~_came(context))
        title = f"{unit}{context.policy.meta.policy_year}年度城乡居民医保村级补助"
        nothing = waiting.with_columns(village_due=pl.lit(0, pl.Int64), paid_on=pl.lit(None, pl.Float64))
        yield ReportFile(
            [
                _sheet("发放", f"{title}发放表（截至 {context.as_of}）", arrived, f"缴费已经到账的人。{_ARRIVED}"),
                _sheet(
                    "未到账", f"{title}：还没有到账（截至 {context.as_of}）", nothing, f"还没有到账的人。{_ARRIVED}"
                ),
            ],
            name=unit,
            unit=unit,
            rows=arrived.height,
            facts=[("补助合计(元)", str(sum_up(arrived, "village_due"))), ("未到账(人)", str(waiting.height))],
            parts=[part],
            receivers="社区（村）",
        )


def _claims(context: Context) -> pl.Expr:
    """Whom a village pays for: by a standard, by a claim, or by an amount that nobody has stated yet."""
    stackable = [category.code for category in context.policy.subsidy.categories if category.stackable]
    claimed = pl.col("claims").cast(pl.List(pl.String)).list.eval(pl.element().is_in(stackable)).list.any()
    return (pl.col("village_standard") > 0).fill_null(value=False) | claimed | pl.col("village_due").is_null()


def _came(context: Context) -> pl.Expr:
    """Payments that had arrived by the day."""
    by_then = (pl.col("paid_on") <= to_serial(context.as_of)).fill_null(value=True)
    return pl.col("arrived").fill_null(value=False) & by_then


def _sheet(name: str, title: str, rows: pl.DataFrame, note: str) -> TableSheet:
    shown = rows.with_columns(
        to_yuan_cell("village_due"), number=pl.int_range(1, rows.height + 1, dtype=pl.Int64), signature=pl.lit("")
    ).select(*_COLUMNS)
    return TableSheet(name, title, list(_COLUMNS.values()), shown, notes=[note], footer=SIGNATURES, row_height=22)
