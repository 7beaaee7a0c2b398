"""What holds a payment back, in words: the settlement has codes of it."""

from __future__ import annotations

import polars as pl

from canbao_rulebook.vocabulary import load_lists
from canbao_validators.settlement.withhold import JOINT


def say_withheld(codes: pl.Expr) -> pl.Expr:
    """Return in words what holds a payment back, from codes joined by 、."""
    return _say(codes, "withheld_words", JOINT)


def say_remedies(codes: pl.Expr) -> pl.Expr:
    """Return what is to be done about it."""
    return _say(codes, "withheld_remedies", "；")


def _say(codes: pl.Expr, name: str, joint: str) -> pl.Expr:
    words: dict[str, str] = load_lists()[name]

    def say(column: pl.Series) -> pl.Series:
        """Many rows are held back by few things: each of these is said once."""
        told = {
            one: joint.join(words.get(code, code) for code in one.split(JOINT))
            for one in column.unique().drop_nulls().to_list()
        }
        return column.replace_strict(told, return_dtype=pl.String)

    return codes.map_batches(say, return_dtype=pl.String)
