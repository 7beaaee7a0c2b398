"""Village deposits: what was registered and what its agents deposited, batch by batch (SC-41, SC-45)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.matter import AGREES, DIFFERS, who
from canbao_county.reconcile.model import Result
from canbao_validators.money.matching import compare_batches

if TYPE_CHECKING:
    from canbao_county.reconcile.books import Unit
    from canbao_county.reconcile.matter import Matter

NO_BATCH = "（未填批次）"


def reconcile_village(matter: Matter) -> Result:
    """Return villages and agents with what they registered and deposited, and every batch that differs."""
    parts = [batches_of(unit) for unit in matter.books if unit.ledger.agent is not None]
    table = pl.concat([part for part in parts if part.height] or [batches_schema()])
    if table.is_empty() or table["slips"].sum() == 0:
        return Result(matter.id, "village", missing=("deposit",) if table.height else ())
    wrong = table.filter(pl.col("gap") != 0).sort("unit", "village", "agent", "batch")
    villages, agents = (_sum_up(table, keys) for keys in (["unit", "village"], ["unit", "village", "agent"]))
    sheets = [
        matter.table("village_deposits", villages),
        matter.table("agent_deposits", agents),
        matter.table("village_deposits_detail", wrong),
    ]
    figures = ("persons", "sum", "slips", "fen", "short", "over")
    total = {name: int(villages[name].sum() or 0) for name in figures}
    sums = {
        "persons": total["persons"],
        "registered": total["sum"],
        "deposit_rows": total["slips"],
        "deposited": total["fen"],
        "short": total["short"],
        "over": total["over"],
    }
    return Result(matter.id, "village", sheets, differences=wrong.height, sums=sums)


def batches_schema() -> pl.DataFrame:
    """Return the table of batches without rows."""
    texts = dict.fromkeys(("unit", "village", "agent", "batch", "reason"), pl.String)
    numbers = dict.fromkeys(("persons", "sum", "slips", "fen", "gap"), pl.Int64)
    return pl.DataFrame(schema={**texts, **numbers})


def batches_of(unit: Unit) -> pl.DataFrame:
    """Return every batch of a unit with its persons and its money; cash without a batch is one for each agent."""
    ledger = unit.ledger
    batches = compare_batches(ledger).filter(pl.col("slips").is_not_null())
    batches = batches.select(
        "batch",
        "village",
        "agent",
        pl.col("persons", "sum", "slips").cast(pl.Int64),
        fen=pl.col("fen").fill_null(0),
    )
    known = pl.col("batch").is_in(ledger.batches["batch"].implode())
    label = pl.when(pl.col("batch") == "").then(pl.lit(NO_BATCH)).otherwise("batch")
    groups = ledger.cash.filter(~known).group_by("village", "agent", batch=label, maintain_order=True)
    loose = groups.agg(persons=pl.len().cast(pl.Int64), sum=pl.col("fen").sum()).with_columns(
        slips=pl.lit(0, pl.Int64), fen=pl.lit(0, pl.Int64)
    )
    unnamed = ledger.deposits.filter(pl.col("batch") == "").select(
        "village", "agent", batch=pl.lit(NO_BATCH), persons=pl.lit(0, pl.Int64), sum=pl.lit(0, pl.Int64),
        slips=pl.lit(1, pl.Int64), fen=pl.col("fen").fill_null(0),
    )  # fmt: skip
    table = pl.concat([batches, loose.select(batches.columns), unnamed.select(batches.columns)])
    gap = pl.col("fen") - pl.col("sum")
    reason = (
        pl.when(pl.col("batch") == NO_BATCH)
        .then(pl.lit("没有写解缴批次"))
        .when(pl.col("slips") == 0)
        .then(pl.lit("存款登记里没有这个批次"))
        .when(pl.col("persons") == 0)
        .then(pl.lit("登记表里没有这个批次的人"))
        .when(gap > 0)
        .then(pl.lit("存款多于登记"))
        .when(gap < 0)
        .then(pl.lit("存款少于登记"))
        .otherwise(pl.lit(""))
    )
    return who(table).with_columns(unit=pl.lit(unit.name), gap=gap, reason=reason).select(batches_schema().columns)


def _sum_up(table: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return (
        table.group_by(keys)
        .agg(
            pl.col("persons", "sum", "slips", "fen").sum(),
            short=(-pl.col("gap")).clip(lower_bound=0).sum(),
            over=pl.col("gap").clip(lower_bound=0).sum(),
            wrong=(pl.col("gap") != 0).sum().cast(pl.Int64),
        )
        .with_columns(verdict=pl.when(pl.col("wrong") == 0).then(pl.lit(AGREES)).otherwise(pl.lit(DIFFERS)))
        .sort(keys)
    )
