"""Refunds: money of persons who should not have paid here, for the county to decide (R20; SC-23, PT-55, C24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.model import Result
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from canbao_county.reconcile.matter import Matter


def list_refunds(matter: Matter) -> Result:
    """Return every payment that is to be settled, as the settlement gives it."""
    people = matter.books.returnable
    if matter.books.as_of is not None:
        people = people.filter(pl.col("day").is_null() | (pl.col("day") <= matter.books.as_of))
    words = load_lists()
    found = people.with_columns(
        reason=pl.col("reason").replace_strict(words["money_reasons"], default="", return_dtype=pl.String),
        type=pl.col("way").replace_strict(words["money_ways"], default="", return_dtype=pl.String),
    )
    table = found.with_columns(fen="returnable", unit="township").sort("unit", "village", "file", "row")
    sheet = matter.table("refunds", table, [_note(matter)])
    sums = {"persons": table.height, "amount": int(table["fen"].sum() or 0)}
    return Result("REFUNDS", "refunds", [sheet], differences=table.height, sums=sums)


def _note(matter: Matter) -> str:
    refunds = matter.policy.refunds
    about = matter.policy.article(refunds.ref) if refunds else ""
    rule = f"退费条件见{about}。" if about else "退费条件通知没有规定，由县里逐人核定。"
    return f"{rule}核定以前，这些钱仍在基金里，参保人数和资金的差额如实列出。"
