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
    return codes.str.split(JOINT).list.eval(pl.element().replace(words)).list.join(joint)
