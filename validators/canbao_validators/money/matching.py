"""V31: the persons of a deposit and the money of the deposit are the same money (SC-41, SC-45, HN-60, HN-63)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.money import format_yuan
from canbao_rulebook.phrases import Phrase
from canbao_validators.money.same_day import with_due_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.roster import Roster
    from canbao_validators.money.ledger import Ledger

_SUMS = {"persons": pl.len(), "sum": pl.col("fen").sum()}


def check_matching(ledger: Ledger) -> Iterator[Finding]:
    """Return every deposit that differs from its persons, one by one: two opposite differences are two findings."""
    if ledger.agent is None:
        return
    cash = ledger.cash
    if ledger.deposits.is_empty():
        yield from _no_deposits(ledger, cash)
        return
    yield from _differing(ledger)
    yield from _unknown(ledger)
    yield from _without_batch(ledger, cash)
    yield from _other_agents(ledger, cash)


def _no_deposits(ledger: Ledger, cash: pl.DataFrame) -> Iterator[Finding]:
    """V31.no_deposits, where the roster asks every row for its deposit: nothing can be compared."""
    for code, rows in cash.group_by("roster", maintain_order=True):
        if _asks(ledger.rosters[str(code[0])]):
            told: dict[str, Any] = {"count": rows.height, "amount": format_yuan(int(rows["fen"].sum()))}
            yield ledger.say("V31.no_deposits", rows.row(0, named=True), "deposit_id", **told)


def compare_batches(ledger: Ledger) -> pl.DataFrame:
    """Return every batch number of deposits and persons: ``fen, slips`` deposited, ``sum, persons`` in the rosters."""
    deposits = ledger.batches.with_columns(slips=pl.lit(1))
    persons = (
        ledger.cash.filter(pl.col("batch") != "")
        .group_by("batch", maintain_order=True)
        .agg(pl.col("roster", "row", "village", "agent").first().name.prefix("first_"), **_SUMS)
    )
    joined = deposits.join(persons, on="batch", how="full", coalesce=True, maintain_order="left_right")
    return joined.with_columns(pl.col("persons", "sum").fill_null(0))


def _differing(ledger: Ledger) -> Iterator[Finding]:
    premium = ledger.policy.premium_fen()
    for batch in compare_batches(ledger).filter(pl.col("slips").is_not_null()).iter_rows(named=True):
        paid, deposited = batch["sum"], batch["fen"]
        if deposited is None or paid == deposited:
            continue
        told = {
            "batch": batch["batch"],
            "count": batch["persons"],
            "amount": format_yuan(paid),
            "found": format_yuan(abs(deposited - paid)),
            "gap": describe_persons(deposited - paid, premium),
            "what": _MORE if deposited > paid else _LESS,
        }
        key = "V31.sum" if batch["persons"] else "V31.no_persons"
        yield ledger.say(key, batch, "amount", value=format_yuan(deposited), **told)


_MORE, _LESS = Phrase({"zh": "多存", "en": "more"}), Phrase({"zh": "少存", "en": "less"})
_PREMIUMS = {"zh": "（{count}人）", "en": " ({count} premiums)"}


def describe_persons(fen: int, premium: int | None) -> Text:
    """Return how many premiums a difference makes, in brackets, or nothing where it is no whole number of them."""
    if not premium or fen % premium:
        return ""
    return Phrase(_PREMIUMS, {"count": abs(fen) // premium})


def _unknown(ledger: Ledger) -> Iterator[Finding]:
    """V31.unknown_batch at the first person of a batch that is in no deposit."""
    for batch in compare_batches(ledger).filter(pl.col("slips").is_null()).iter_rows(named=True):
        first = {"roster": batch["first_roster"], "row": batch["first_row"]}
        told = {"count": batch["persons"], "amount": format_yuan(batch["sum"])}
        yield ledger.say("V31.unknown_batch", first, "deposit_id", value=batch["batch"], **told)


def _without_batch(ledger: Ledger, cash: pl.DataFrame) -> Iterator[Finding]:
    """V31.no_batch, agent by agent, where the roster does not ask every row for its deposit anyway."""
    optional = [code for code, roster in ledger.rosters.items() if not _asks(roster)]
    blank = cash.filter((pl.col("batch") == "") & pl.col("roster").is_in(optional) & ~_is_overdue(ledger, cash))
    for group in blank.group_by("village", "agent", maintain_order=True).agg(pl.all(), **_SUMS).iter_rows(named=True):
        first = {"roster": group["roster"][0], "row": group["row"][0]}
        told = {"count": group["persons"], "amount": format_yuan(group["sum"]), "name": group["agent"]}
        yield ledger.say("V31.no_batch", first, "deposit_id", **told)


def _is_overdue(ledger: Ledger, cash: pl.DataFrame) -> pl.Series:
    """Tell which payments V30.missing speaks of already."""
    agent, until = ledger.agent, ledger.last_day
    if agent is None or until is None or not agent.remit_same_day:
        return pl.Series([False] * cash.height, dtype=pl.Boolean)
    return (with_due_days(cash, agent)["due_last"] < until).fill_null(value=False)


def _asks(roster: Roster) -> bool:
    return "deposit_id" in roster.by_field and roster.by_field["deposit_id"].required


def _other_agents(ledger: Ledger, cash: pl.DataFrame) -> Iterator[Finding]:
    """V31.other_agent: the collector of a row is not the one who deposited its money (SC-40, SC-71)."""
    owners = ledger.batches.select("batch", owner="agent", owner_village="village", slip_row="row")
    rows = cash.join(owners, on="batch", how="inner", maintain_order="left")
    differs = pl.col("agent") != pl.col("owner")
    wrong = rows.filter(differs & (pl.col("agent") != "") & (pl.col("owner") != ""))
    for group in (
        wrong.group_by("batch", "agent", "village", maintain_order=True).agg(pl.all(), **_SUMS).iter_rows(named=True)
    ):
        first = {"roster": group["roster"][0], "row": group["row"][0]}
        told = {
            "count": group["persons"],
            "amount": format_yuan(group["sum"]),
            "batch": group["batch"],
            "name": f"{group['village']} {group['agent']}",
            "other_name": f"{group['owner_village'][0]} {group['owner'][0]}",
        }
        yield ledger.say("V31.other_agent", first, "agent", value=group["agent"], **told)
