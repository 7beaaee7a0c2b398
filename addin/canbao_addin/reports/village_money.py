"""R14: what villages pay on top, to those only whose payment has arrived (PT-38)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.reports.model import SIGNATURES, ReportFile
from canbao_generator.tables import CellType, TableColumn, TableSheet
from canbao_rulebook.money import format_yuan
from canbao_validators.merge.rows import part_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_addin.reports.model import Context

_COLUMNS = {
    "number": TableColumn("序号", CellType.COUNT, 6),
    "spot": TableColumn("村(社区)", width=14),
    "name": TableColumn("姓名", width=11),
    "key": TableColumn("证件号码", width=21),
    "arrived": TableColumn("到账日期", CellType.DATE, 12),
    "village_standard": TableColumn("补助标准(元)", CellType.MONEY, 12),
    "village_due": TableColumn("补助金额(元)", CellType.MONEY, 12),
    "account": TableColumn("收款账号", width=22),
    "signature": TableColumn("签字", CellType.CENTRED, 12),
}


def make_village_money(context: Context) -> Iterator[ReportFile]:
    """Yield one workbook for every township that has such persons."""
    for part in context.filling_parts:
        rows = part_rows(context.merge, part).filter(pl.col("counts") & (pl.col("village_standard") > 0))
        if rows.is_empty():
            continue
        assert part.unit is not None
        unit = part.unit.name
        arrived = rows.filter((pl.col("arrival") == "已到账") & (pl.col("village_due") > 0))
        waiting = rows.filter(~pl.col("person").is_in(arrived["person"].implode()))
        fen = int((arrived["village_due"] * 100).round(0).cast(pl.Int64).sum())
        title = f"{unit}{context.policy.meta.policy_year}年度城乡居民医保村级补助"
        nothing = waiting.with_columns(village_due=pl.lit(0.0))
        sheets = [
            _sheet("发放", f"{title}发放表", arrived, "只发给缴费已经到账的人。"),
            _sheet("未到账", f"{title}：未到账，暂不发放", nothing, "到账以后再发。"),
        ]
        yield ReportFile(
            sheets,
            name=unit,
            unit=unit,
            rows=arrived.height,
            facts=[("补助合计(元)", format_yuan(fen)), ("未到账(人)", str(waiting.height))],
            parts=[part],
            receivers="社区（村）",
        )


def _sheet(name: str, title: str, rows: pl.DataFrame, note: str) -> TableSheet:
    shown = rows.with_columns(
        number=pl.int_range(1, rows.height + 1, dtype=pl.Int64),
        arrived=pl.coalesce(pl.col("arrived_on").fill_nan(None), pl.col("pay_date").fill_nan(None)),
        signature=pl.lit(""),
    ).select(*_COLUMNS)
    return TableSheet(name, title, list(_COLUMNS.values()), shown, notes=[note], footer=SIGNATURES, row_height=22)
