"""Masked numbers (canbao_rulebook.masking) for whole columns."""

from __future__ import annotations

import polars as pl

from canbao_rulebook.masking import CARD, CARD_ENDS, ENDS


def mask_number(number: pl.Expr) -> pl.Expr:
    """Return document numbers with stars in the place of what others may not see."""
    length = number.str.len_chars()
    masked = pl.lit(None, pl.String)
    for least, front, behind in reversed(ENDS):
        masked = pl.when(length >= least).then(_between(number, front, behind)).otherwise(masked)
    return pl.when(number.str.contains(CARD)).then(_between(number, *CARD_ENDS)).otherwise(masked)


def _between(number: pl.Expr, front: int, behind: int) -> pl.Expr:
    hidden = (number.str.len_chars().cast(pl.Int64) - front - behind).clip(0)
    return number.str.head(front) + pl.lit("*").repeat_by(hidden).list.join("") + number.str.tail(behind)
