"""Sums of money in reports: where a part is unknown, so is the sum."""

from __future__ import annotations

import polars as pl

from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan, to_yuan


def known_sum(name: str) -> pl.Expr:
    """Return the sum of a column, null where a value of it is null."""
    return pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum())


def sum_fen(rows: pl.DataFrame, name: str) -> int | None:
    """Return the sum of amounts in yuan (NaN or null where unknown) as fen, None where one of them is unknown."""
    if rows.is_empty():
        return 0
    amounts = rows.select((pl.col(name).fill_nan(None) * 100).round(0).cast(pl.Int64))
    fen: int | None = amounts.select(known_sum(name)).item()
    return fen


def sum_yuan(rows: pl.DataFrame, name: str) -> float | None:
    """Return the same in yuan, for a cell."""
    fen = sum_fen(rows, name)
    return None if fen is None else to_yuan(fen)


def say_fen(fen: int | None) -> str:
    """Return fen as people write them in yuan, 待定 for an unknown sum."""
    return UNKNOWN_TEXT if fen is None else format_yuan(fen)
