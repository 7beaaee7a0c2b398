"""Accounts of a day: what an agent brought from the day before, collected, deposited, and may still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.matter import who
from canbao_validators.money.holding import with_deposit_day
from canbao_validators.money.same_day import with_due_days

if TYPE_CHECKING:
    from canbao_validators.money.ledger import Ledger

KEYS = ("day", "village", "agent")
_AGENT = ("village", "agent")
DAY_SCHEMA: dict[str, type[pl.DataType]] = {
    "day": pl.Int64,
    "village": pl.String,
    "agent": pl.String,
    **dict.fromkeys(("brought", "collected", "deposited", "allowed", "gap"), pl.Int64),
}


def cash_with_dates(ledger: Ledger) -> pl.DataFrame:
    """Return the cash payments with the day of their deposit and the last day that it was due on."""
    agent = ledger.agent
    cash = who(with_deposit_day(ledger))
    if agent is None:
        return cash.with_columns(due_last=pl.col("day"))
    if agent.remit_same_day:
        return with_due_days(cash, agent)
    return cash.with_columns(due_last=pl.col("day") + (agent.max_hold_days or 0))


def agent_days(ledger: Ledger) -> pl.DataFrame:
    """Return a row for every day on which an agent collected or deposited.

    ``brought`` + ``collected`` − ``deposited`` − ``allowed`` = ``gap``: what should be in the bank and is not, or, when
    it is negative, what was deposited and never collected. ``allowed`` is cash whose deposit is not due yet.
    """
    cash = cash_with_dates(ledger).filter(pl.col("day").is_not_null())
    deposits = who(ledger.deposits).filter(pl.col("day").is_not_null())
    collected = cash.group_by(*KEYS).agg(collected=pl.col("fen").sum())
    deposited = deposits.group_by(*KEYS).agg(deposited=pl.col("fen").sum())
    both = collected.join(deposited, on=KEYS, how="full", coalesce=True).with_columns(
        pl.col("collected", "deposited").fill_null(0)
    )
    ordered = both.sort("village", "agent", "day").with_columns(
        ended=(pl.col("collected") - pl.col("deposited")).cum_sum().over(_AGENT)
    )
    ordered = ordered.with_columns(brought=pl.col("ended").shift(fill_value=0).over(_AGENT))
    allowed = _allowed(ordered.select(*KEYS), cash)
    table = ordered.join(allowed, on=KEYS, how="left").with_columns(pl.col("allowed").fill_null(0))
    return table.with_columns(gap=pl.col("ended") - pl.col("allowed")).select(*DAY_SCHEMA).sort(*KEYS)


def _allowed(days: pl.DataFrame, cash: pl.DataFrame) -> pl.DataFrame:
    """Return the cash of each day's evening that is not deposited and whose deposit is due on a later day only."""
    waiting = cash.filter(pl.col("due_last") > pl.col("day")).select(
        *_AGENT, "fen", "deposited", since="day", due="due_last"
    )
    open_ = days.join(waiting, on=_AGENT, how="inner").filter(
        (pl.col("since") <= pl.col("day"))
        & (pl.col("due") > pl.col("day"))
        & ((pl.col("deposited") > pl.col("day")) | pl.col("deposited").is_null())
    )
    return open_.group_by(*KEYS).agg(allowed=pl.col("fen").sum())
