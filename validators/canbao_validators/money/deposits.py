"""V28 over many rows: one batch number or one slip number for two deposits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.findings import Finding
    from canbao_validators.money.ledger import Ledger

_NUMBERS = {"batch": ("deposit_id", "V28.batch_twice"), "slip": ("slip_no", "V28.slip_twice")}


def check_deposits(ledger: Ledger) -> Iterator[Finding]:
    """Every later row of a number that stands twice names the first one."""
    if ledger.agent is None:
        return
    for column, (field, key) in _NUMBERS.items():
        used = ledger.deposits.filter(pl.col(column) != "")
        later = used.with_columns(
            first=pl.col("row").first().over(column), first_agent=pl.col("agent").first().over(column)
        ).filter(pl.col("row") != pl.col("first"))
        for entry in later.iter_rows(named=True):
            told = {"other_row": entry["first"], "other_name": entry["first_agent"]}
            yield ledger.say(key, entry, field, value=entry[column], **told)
