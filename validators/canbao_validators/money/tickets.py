"""V32 over many rows: a receipt given twice, receipts used and persons who paid, one month and the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Severity
from canbao_validators.money.ledger import receipt_of_agents
from canbao_validators.money.months import month_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_validators.money.ledger import Ledger

_HOLDER = ("ticket_kind", "village", "agent")


def demands_tickets(policy: Policy) -> bool:
    """Tell whether every payer gets a receipt of his own."""
    receipts = policy.collection.receipts
    return receipts is not None and (receipts.one_person_one_ticket or receipts.agent_cash is not None)


def ticket_source(policy: Policy) -> str:
    """Return the article about receipts."""
    receipts = policy.collection.receipts
    return policy.article(receipts.ref) if receipts else ""


def check_tickets(ledger: Ledger) -> Iterator[Finding]:
    """Return receipts used twice, months that differ from the persons who paid, openings that differ from closings."""
    if not demands_tickets(ledger.policy):
        return
    source = ticket_source(ledger.policy)
    yield from _twice(ledger, source)
    yield from _used(ledger, source)
    yield from _openings(ledger, source)


def severity_of(kind: str, policy: Policy) -> Severity:
    """Agents' receipts are numbered once in a county; banks and apps number theirs as they like."""
    return Severity.ERROR if kind == receipt_of_agents(policy) else Severity.WARNING


def _twice(ledger: Ledger, source: str) -> Iterator[Finding]:
    """V32.twice at every later person with a receipt, naming the first one."""
    given = ledger.payments.filter(pl.col("receipt") != "")
    shared = given.filter(pl.struct("receipt_kind", "receipt").is_duplicated())
    for group in shared.partition_by("receipt_kind", "receipt", maintain_order=True):
        first, *others = group.to_dicts()
        sheet = ledger.rosters[first["roster"]].sheet
        severity = severity_of(first["receipt_kind"], ledger.policy)
        for entry in others:
            told = {"other_row": first["row"], "other_name": first["name"], "other_sheet": sheet, "severity": severity}
            yield ledger.say("V32.twice", entry, "receipt_no", value=entry["receipt"], source=source, **told)


def compare_months(ledger: Ledger) -> pl.DataFrame:
    """Return ``ticket_kind, month, used, payers`` up to the last month that tickets tell of, and a kind's first row."""
    tickets = ledger.tickets.filter(pl.col("month").is_not_null() & pl.col("used").is_not_null())
    kinds = tickets.group_by("ticket_kind", maintain_order=True).agg(
        pl.col("roster").first(), kind_row=pl.col("row").first(), until=pl.col("month").max()
    )
    used = tickets.group_by("ticket_kind", "month", maintain_order=True).agg(
        pl.col("used").sum(), row=pl.col("row").first()
    )
    months = ledger.payments.filter(pl.col("day").is_not_null()).with_columns(month=month_of(pl.col("day")))
    payers = months.group_by(ticket_kind="receipt_kind", month="month").agg(payers=pl.len())
    both = used.join(payers, on=["ticket_kind", "month"], how="full", coalesce=True, maintain_order="left_right")
    both = both.join(kinds, on="ticket_kind", how="inner", maintain_order="left").filter(
        pl.col("month") <= pl.col("until")
    )
    return both.with_columns(pl.col("used", "payers").fill_null(0), row=pl.coalesce("row", "kind_row"))


def _used(ledger: Ledger, source: str) -> Iterator[Finding]:
    """V32.used: kind by kind and month by month, one receipt for one payer."""
    if ledger.tickets.is_empty():
        return
    for entry in compare_months(ledger).filter(pl.col("used") != pl.col("payers")).iter_rows(named=True):
        told = {
            "kind": entry["ticket_kind"],
            "column": str(entry["month"]),
            "count": entry["payers"],
            "used": entry["used"],
        }
        yield ledger.say("V32.used", entry, "used", value=str(entry["used"]), source=source, **told)


def _openings(ledger: Ledger, source: str) -> Iterator[Finding]:
    """V32.opening: what a holder begins a month with is what the month before ended with."""
    known = ledger.tickets.filter(pl.col("month").is_not_null()).sort(*_HOLDER, "month", "row", maintain_order=True)
    before = {f"last_{name}": pl.col(name).shift().over(_HOLDER) for name in ("closing", "month")}
    for entry in known.with_columns(**before).iter_rows(named=True):
        last, opening = entry["last_closing"], entry["opening"]
        if last is not None and opening is not None and last != opening:
            told = {"expected": last, "last": str(entry["last_month"]), "kind": entry["ticket_kind"]}
            yield ledger.say("V32.opening", entry, "opening", value=str(opening), source=source, **told)
