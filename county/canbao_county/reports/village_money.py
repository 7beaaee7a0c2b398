"""Village subsidies (R14): paid on top once a payment has arrived, as the notice suggests (PT-38, PT-38a)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.model import ReportFile
from canbao_county.reports.sums import sum_up
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.policy.words import SubsidyKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context


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
        nothing = waiting.with_columns(village_due=pl.lit(0, pl.Int64), paid_on=pl.lit(None, pl.Float64))
        yield ReportFile(
            [
                context.table(
                    "village_money", arrived, sheet="发放", unit=unit, what="发放表", which="缴费已经到账的人"
                ),
                context.table(
                    "village_money", nothing, sheet="未到账", unit=unit, what="：还没有到账", which="还没有到账的人"
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
    village = SubsidyKind.VILLAGE_AFTER_SUCCESS
    stackable = [category.code for category in context.policy.subsidy.categories if category.kind is village]
    claimed = pl.col("claims").cast(pl.List(pl.String)).list.eval(pl.element().is_in(stackable)).list.any()
    return (pl.col("village_standard") > 0).fill_null(value=False) | claimed | pl.col("village_due").is_null()


def _came(context: Context) -> pl.Expr:
    """Payments that had arrived by the day."""
    by_then = (pl.col("paid_on") <= to_serial(context.as_of)).fill_null(value=True)
    return pl.col("arrived").fill_null(value=False) & by_then
