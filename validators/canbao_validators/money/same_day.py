"""V30: cash goes to the bank on the day it was collected, after the cut-off on the next one (HN-43, HN-44)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.money import format_yuan
from canbao_validators.money.holding import show_day, with_deposit_day
from canbao_validators.money.times import due_days, read_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy.funds import Agent
    from canbao_validators.money.ledger import Ledger

_SUMS = {"persons": pl.len(), "sum": pl.col("fen").sum()}


def check_same_day(ledger: Ledger) -> Iterator[Finding]:
    """Return deposits that came too late, and times without which that cannot be told."""
    agent = ledger.agent
    if agent is None or not agent.remit_same_day or ledger.cash.is_empty():
        return
    cash = with_due_days(with_deposit_day(ledger), agent)
    if agent.cutoff_time:
        yield from _unreadable(ledger, cash)
    if ledger.deposits.is_empty():
        return
    yield from _late(ledger, cash)
    yield from _unclear(ledger, cash)
    yield from _missing(ledger, cash)


def with_due_days(cash: pl.DataFrame, agent: Agent) -> pl.DataFrame:
    """Add ``due`` and ``due_last``, the first and the last day that the deposit may be due on; null without a day."""
    pairs = cash.select("day", "time").filter(pl.col("day").is_not_null()).unique(maintain_order=True)
    due = [due_days(day, time, agent) for day, time in pairs.iter_rows()]
    known = pairs.with_columns(
        due=pl.Series([first for first, _ in due], dtype=pl.Int64),
        due_last=pl.Series([last for _, last in due], dtype=pl.Int64),
    )
    return cash.join(known, on=["day", "time"], how="left", maintain_order="left")


def _unreadable(ledger: Ledger, cash: pl.DataFrame) -> Iterator[Finding]:
    wrong = [text for text in cash["time"].unique().to_list() if text and read_time(text) is None]
    for entry in cash.filter(pl.col("time").is_in(wrong)).iter_rows(named=True):
        yield ledger.say("V30.unreadable", entry, "collect_time", value=entry["time"])


def _late(ledger: Ledger, cash: pl.DataFrame) -> Iterator[Finding]:
    """V30.late at the slip: how much of its money should have come earlier."""
    late = cash.filter(pl.col("deposited") > pl.col("due_last")).sort("due_last", "row")
    for batch in late.group_by("batch", maintain_order=True).agg(pl.all(), **_SUMS).iter_rows(named=True):
        slip = {"roster": batch["slip_roster"][0], "row": batch["slip_row"][0]}
        due, came = batch["due_last"][0], batch["deposited"][0]
        told = {**_told(batch), "batch": batch["batch"], "due": show_day(due), "stated": came - due}
        yield ledger.say("V30.late", slip, "deposit_date", value=show_day(came), **told)


def _unclear(ledger: Ledger, cash: pl.DataFrame) -> Iterator[Finding]:
    """V30.no_time: whether the deposit was late hangs on a time that is not there."""
    unclear = cash.filter((pl.col("deposited") > pl.col("due")) & (pl.col("deposited") <= pl.col("due_last")))
    unclear = unclear.filter(pl.col("time") == "").sort("row")
    for batch in unclear.group_by("batch", maintain_order=True).agg(pl.all(), **_SUMS).iter_rows(named=True):
        first = {"roster": batch["roster"][0], "row": batch["row"][0]}
        told = {**_told(batch), "batch": batch["batch"], "due": show_day(batch["due"][0])}
        cutoff = ledger.agent.cutoff_time if ledger.agent else ""
        yield ledger.say(
            "V30.no_time", first, "collect_time", limit=cutoff, found=show_day(batch["deposited"][0]), **told
        )


def _missing(ledger: Ledger, cash: pl.DataFrame) -> Iterator[Finding]:
    """V30.missing: cash that names no deposit, when the workbook tells of a later day than its deposit was due on."""
    until = ledger.last_day
    if until is None:
        return
    open_ = cash.filter((pl.col("batch") == "") & (pl.col("due_last") < until)).sort("due_last", "row")
    groups = open_.group_by("village", "agent", "due_last", maintain_order=True).agg(pl.all(), **_SUMS)
    for group in groups.iter_rows(named=True):
        first = {"roster": group["roster"][0], "row": group["row"][0]}
        told = {**_told(group), "name": group["agent"], "due": show_day(group["due_last"])}
        yield ledger.say("V30.missing", first, "deposit_id", **told)


def _told(group: dict[str, Any]) -> dict[str, Any]:
    return {"count": group["persons"], "amount": format_yuan(group["sum"])}
