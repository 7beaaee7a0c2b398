"""V29: how much cash an agent holds, and how long (SC-32, whichever comes first)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.money import format_yuan, to_fen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_rulebook.findings import Finding
    from canbao_validators.money.ledger import Ledger

_NEVER = 10**9  # the day of a deposit that is not known


def check_holding(ledger: Ledger) -> Iterator[Finding]:
    """Return what breaks the limits of sum and days, and what the dates of a batch contradict."""
    agent = ledger.agent
    if agent is None or ledger.payments.is_empty():
        return
    held = with_deposit_day(ledger)
    if agent.max_hold_amount is not None:
        yield from _too_much(ledger, held, to_fen(agent.max_hold_amount))
    if agent.max_hold_days is not None and not agent.remit_same_day:
        yield from _too_long(ledger, held, agent.max_hold_days)
        yield from _still_held(ledger, held, agent.max_hold_days)
    yield from _first_days(ledger, held)
    yield from _deposited_before(ledger, held)


def with_deposit_day(ledger: Ledger) -> pl.DataFrame:
    """Return the cash payments with ``deposited``, the day on which their batch was deposited, null where unknown."""
    days = ledger.batches.select(
        "batch", deposited="day", stated_first="first_day", slip_day="day", slip_row="row", slip_roster="roster"
    )
    return ledger.cash.join(days, on="batch", how="left", maintain_order="left")


def running_cash(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the fen that one agent holds right after each row; rows stand in the order of ``in_order``.

    Money leaves with the deposit that its row names: at the beginning of that day, or, where more of the batch was
    collected on the very day, after the last of it. So nobody is accused who may have kept within the limit.
    """
    days = [row["day"] for row in rows]
    last = {row["batch"]: index for index, row in enumerate(rows) if row["day"] == row["deposited"]}
    leaving: defaultdict[int, int] = defaultdict(int)  # fen by the index of the row before which they go
    for row in rows:
        if row["deposited"] is not None:
            leaving[last[row["batch"]] + 1 if row["batch"] in last else bisect_left(days, row["deposited"])] += row[
                "fen"
            ]
    held, sums = 0, []
    for index, row in enumerate(rows):
        held += row["fen"] - leaving[index]
        sums.append(held)
    return sums


def in_order(held: pl.DataFrame) -> pl.DataFrame:
    """Return the payments that were ever held, day by day; of one day first what was deposited first."""
    possible = held.filter(pl.col("day").is_not_null() & ~(pl.col("deposited") < pl.col("day")).fill_null(value=False))
    return possible.sort("day", pl.col("deposited").fill_null(_NEVER), "batch", "roster", "row", maintain_order=True)


def _too_much(ledger: Ledger, held: pl.DataFrame, limit: int) -> Iterator[Finding]:
    """V29.amount at the row whose money makes it too much; once until the agent is within the limit again."""
    for own in in_order(held).partition_by("village", "agent", maintain_order=True):
        rows = own.to_dicts()
        before = 0
        for row, cash in zip(rows, running_cash(rows), strict=True):
            if before <= limit < cash:
                told = {"found": format_yuan(cash), "limit": format_yuan(limit), "name": row["agent"]}
                yield ledger.say("V29.amount", row, "self_paid", value=format_yuan(row["fen"]), **told)
            before = cash


def _too_long(ledger: Ledger, held: pl.DataFrame, limit: int) -> Iterator[Finding]:
    """V29.late for batches whose row in the deposits does not show it: that one was judged by its own rule."""
    shown = (pl.col("slip_day") - pl.col("stated_first") > limit).fill_null(value=False)
    late = held.filter((pl.col("deposited") - pl.col("day") > limit) & ~shown)
    for batch in (
        late.sort("day", "row").group_by("batch", maintain_order=True).agg(pl.all(), **_SUMS).iter_rows(named=True)
    ):
        first = {name: batch[name][0] for name in ("roster", "row")}
        days = batch["deposited"][0] - batch["day"][0]
        told = {**_told(batch), "expected": show_day(batch["deposited"][0]), "stated": days, "limit": limit}
        yield ledger.say("V29.late", first, "pay_date", value=show_day(batch["day"][0]), **told)


def _still_held(ledger: Ledger, held: pl.DataFrame, limit: int) -> Iterator[Finding]:
    """V29.held for money without a deposit, where the workbook itself tells of a day that is too late."""
    until = ledger.last_day
    if until is None:
        return
    kept = held.filter(pl.col("deposited").is_null() & (until - pl.col("day") > limit))
    groups = kept.sort("day", "row").group_by("village", "agent", maintain_order=True).agg(pl.all(), **_SUMS)
    for agent in groups.iter_rows(named=True):
        first = {name: agent[name][0] for name in ("roster", "row")}
        days = until - agent["day"][0]
        told = {**_told(agent), "name": agent["agent"], "last": show_day(until), "stated": days, "limit": limit}
        yield ledger.say("V29.held", first, "pay_date", value=show_day(agent["day"][0]), **told)


def _first_days(ledger: Ledger, held: pl.DataFrame) -> Iterator[Finding]:
    """V29.first_date: the first day that a deposit states is not that of its persons."""
    firsts = held.filter(pl.col("day").is_not_null() & pl.col("stated_first").is_not_null())
    table = firsts.group_by("batch", maintain_order=True).agg(
        pl.col("slip_row", "slip_roster", "stated_first", "slip_day").first(), first=pl.col("day").min()
    )
    limit = (ledger.agent.max_hold_days if ledger.agent else None) or 0
    in_time = pl.col("slip_day") - pl.col("first") <= limit
    for entry in table.filter((pl.col("first") != pl.col("stated_first")) & in_time).iter_rows(named=True):
        slip = {"roster": entry["slip_roster"], "row": entry["slip_row"]}
        told = {"expected": show_day(entry["first"])}
        yield ledger.say("V29.first_date", slip, "first_date", value=show_day(entry["stated_first"]), **told)


def _deposited_before(ledger: Ledger, held: pl.DataFrame) -> Iterator[Finding]:
    """V29.later: money that was collected after the deposit that is said to hold it."""
    wrong = held.filter(pl.col("deposited") < pl.col("day")).sort("row")
    for batch in wrong.group_by("batch", maintain_order=True).agg(pl.all(), **_SUMS).iter_rows(named=True):
        first = {name: batch[name][0] for name in ("roster", "row")}
        told = {**_told(batch), "expected": show_day(batch["deposited"][0])}
        yield ledger.say("V29.later", first, "pay_date", value=show_day(batch["day"][0]), **told)


_SUMS = {"persons": pl.len(), "sum": pl.col("fen").sum()}


def _told(group: Mapping[str, Any]) -> dict[str, Any]:
    return {"count": group["persons"], "amount": format_yuan(group["sum"]), "batch": group["batch"]}


def show_day(serial: int) -> str:
    """Return a serial as an ISO date."""
    return from_serial(serial).isoformat()
