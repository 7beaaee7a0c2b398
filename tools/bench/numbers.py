"""Invented numbers that pass every check, whole columns at a time: citizen numbers and bank accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.functions.identity import CHECK_CHARACTERS, WEIGHTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# For women; men have the odd number that follows. 600 and the like may end in 000, which looks like a damaged number.
_SEQUENCES = [number for number in range(600, 1000, 2) if number % 100]
_BANK_PREFIX, _ACCOUNT_DIGITS = "623012", 12
_ZERO = ord("0")


def citizen_numbers(people: pl.DataFrame) -> pl.Series:
    """Return a citizen number for every row of ``prefix`` (six digits), ``birth`` (a date) and ``male``, each once.

    Raises ValueError when a day has more births than there are numbers.
    """
    turn = pl.int_range(pl.len()).over("prefix", "birth", "male")
    numbered = people.select("prefix", "birth", "male", turn=turn)
    if (numbered["turn"] >= len(_SEQUENCES)).any():
        raise ValueError("more people were born on one day than there are numbers")
    free = pl.Series(_SEQUENCES).gather(numbered["turn"])
    sequence = free + pl.col("male").cast(pl.Int64)
    first17 = numbered.select(
        pl.concat_str("prefix", pl.col("birth").dt.strftime("%Y%m%d"), sequence.cast(pl.String)).alias("number")
    )["number"]
    remainders = _digits(first17, len(WEIGHTS)) @ np.array(WEIGHTS, dtype=np.int64) % 11
    return first17 + pl.Series(list(CHECK_CHARACTERS), dtype=pl.String).gather(remainders)


def wrong_check_digit(number: str) -> str:
    """Return a citizen number whose last character is not the right one."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def accounts(count: int) -> pl.Series:
    """Return different bank accounts of 19 digits with a right check digit."""
    order = pl.Series(np.arange(count) * 7 % 10**_ACCOUNT_DIGITS).cast(pl.String).str.zfill(_ACCOUNT_DIGITS)
    body = _BANK_PREFIX + order
    digits = _digits(body, len(_BANK_PREFIX) + _ACCOUNT_DIGITS)
    doubled = digits[:, ::-2] * 2
    total = (doubled - 9 * (doubled > 9)).sum(axis=1) + digits[:, -2::-2].sum(axis=1)
    return body + pl.Series(-total % 10).cast(pl.String)


def _digits(texts: pl.Series, length: int) -> NDArray[np.int64]:
    joined = np.frombuffer("".join(texts.to_list()).encode(), dtype=np.uint8)
    return joined.reshape(-1, length).astype(np.int64) - _ZERO
