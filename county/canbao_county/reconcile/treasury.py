"""Treasury: what the tax office, the treasury and the bank say came in, day by day (PT-50)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.matter import AGREES, DIFFERS
from canbao_county.reconcile.model import Result
from canbao_rulebook.list_kinds import load_list_kinds

if TYPE_CHECKING:
    from canbao_county.reconcile.matter import Matter

SIDES = ("tax", "treasury", "bank")


def reconcile_treasury(matter: Matter) -> Result:
    """Return the three sides day by day; they agree only when all three were imported and no day differs."""
    entries = matter.entries
    lists = {"tax": entries.people("tax"), "treasury": entries.read("treasury"), "bank": entries.statement()}
    known = {side: _by_day(frame, side) for side, frame in lists.items() if frame is not None}
    missing = tuple(side for side in SIDES if side not in known)
    if "tax" not in known or len(known) < len(SIDES) - 1:
        return Result(matter.id, "treasury", missing=missing)
    table = _compare(known)
    names = "、".join(load_list_kinds()[side].name for side in missing)
    notes = (f"没有导入{names}，本表只有两方；三方都对上才算相符。",) if missing else ()
    return Result(
        matter.id,
        "treasury",
        [matter.table("treasury", table, notes)],
        missing=missing,
        differences=table.filter(pl.col("verdict") == DIFFERS).height,
        sums={side: int(table[side].sum() or 0) for side in SIDES if side in known},
    )


def _by_day(frame: pl.DataFrame, side: str) -> pl.DataFrame:
    return frame.group_by("day").agg(pl.len().cast(pl.Int64).alias(f"{side}_rows"), pl.col("fen").sum().alias(side))


def _compare(known: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the days of all sides; the figures of a side that was not imported are blank."""
    days = pl.concat([frame.select("day") for frame in known.values()]).unique()
    for side in SIDES:
        if side in known:
            days = days.join(known[side], on="day", how="left", nulls_equal=True)
            days = days.with_columns(pl.col(f"{side}_rows", side).fill_null(0))
        else:
            days = days.with_columns(pl.lit(None, pl.Int64).alias(name) for name in (f"{side}_rows", side))
    gaps = days.with_columns(treasury_gap=pl.col("treasury") - pl.col("tax"), bank_gap=pl.col("bank") - pl.col("tax"))
    agrees = (pl.col("treasury_gap").fill_null(0) == 0) & (pl.col("bank_gap").fill_null(0) == 0)
    verdict = pl.when(agrees).then(pl.lit(AGREES)).otherwise(pl.lit(DIFFERS))
    return gaps.with_columns(verdict=verdict).sort("day", nulls_last=True)
