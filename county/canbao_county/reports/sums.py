"""Sums of money in reports: what is known of them, and how many persons are missing in it."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan


class Sum(NamedTuple):
    """A sum of fen. ``fen`` is None where nothing of it is known, ``unknown`` counts the persons that it lacks."""

    fen: int | None
    unknown: int = 0

    def __str__(self) -> str:
        """Return the sum in yuan as people write it, with what is missing in it."""
        return self._say("")

    @property
    def in_words(self) -> str:
        """The same with the unit, for sentences."""
        return self._say(" 元")

    def _say(self, unit: str) -> str:
        missing = f"{UNKNOWN_TEXT} {self.unknown} 人"
        if self.fen is None:
            return missing
        return f"{format_yuan(self.fen)}{unit}" + (f"（不含{missing}）" if self.unknown else "")


def sum_up(rows: pl.DataFrame, name: str) -> Sum:
    """Return the sum of a column of fen, null where unknown."""
    unknown = rows[name].null_count()
    return Sum(None if rows.height and unknown == rows.height else int(rows[name].sum() or 0), unknown)


def known_sum(name: str) -> pl.Expr:
    """Return the sum of the known values of a column, null where none is known."""
    return pl.when(pl.col(name).is_not_null().any() | (pl.len() == 0)).then(pl.col(name).sum())
