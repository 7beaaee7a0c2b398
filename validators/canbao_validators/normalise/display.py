"""What a cell shows: the text people see when they look for the value that a finding quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind
from canbao_validators.normalise.dates import (
    DAYS_OF_1900,
    FIRST_SERIAL,
    FIRST_YEAR,
    LAST_SERIAL,
    LAST_YEAR,
    SHIFT_1904,
    serial_to_date,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_rulebook.phrases import Text
    from canbao_validators.normalise.cells import Cells

PLAIN_LIMIT = 1e15
QUOTE_LIMIT = 60


def format_number(number: float) -> str:
    """Return a number as Excel shows it: plain up to 15 digits, beyond that in scientific form."""
    if number.is_integer():
        return str(int(number)) if abs(number) < PLAIN_LIMIT else repr(number)
    return f"{number:.15g}"


def format_serial(serial: float) -> str:
    """Return a date serial as ``2020-09-01``, a number that is none as a number."""
    return serial_to_date(serial).isoformat() if FIRST_SERIAL <= serial < LAST_SERIAL + 1 else format_number(serial)


def show_cells(cells: Cells, *, as_dates: bool = False, date1904: bool = False) -> pl.Series:
    """Return what every cell shows; blank cells show nothing. ``as_dates`` reads numbers as date serials."""
    numeric = cells.kinds == CellKind.NUMBER
    truth = cells.kinds == CellKind.BOOL
    if not numeric.any() and not truth.any():
        return cells.texts
    numbers = np.where(numeric, cells.numbers, 0.0)
    shown = _show_dates(numbers, date1904=date1904) if as_dates else _show_numbers(numbers)
    shown = shown.zip_with(pl.Series(numeric), cells.texts)
    if not truth.any():
        return shown
    truths = pl.Series(["FALSE", "TRUE"]).gather((cells.numbers != 0).astype(np.uint8))
    return truths.zip_with(pl.Series(truth), shown)


def _show_numbers(numbers: NDArray[np.float64]) -> pl.Series:
    whole = (numbers == np.floor(numbers)) & (np.abs(numbers) < PLAIN_LIMIT)
    if whole.all():
        return pl.Series(numbers.astype(np.int64)).cast(pl.String)
    return pl.Series([format_number(number) for number in numbers.tolist()], dtype=pl.String)


def _show_dates(numbers: NDArray[np.float64], *, date1904: bool) -> pl.Series:
    shift = SHIFT_1904 if date1904 else 0
    distinct, back = np.unique(numbers, return_inverse=True)
    is_date = (distinct + shift >= FIRST_SERIAL) & (distinct + shift < LAST_SERIAL + 1)
    is_date &= (distinct < FIRST_YEAR) | (distinct >= LAST_YEAR + 1)  # shown as it was typed: it may be a year
    is_date &= (distinct >= DAYS_OF_1900) | (distinct == np.floor(distinct))  # 10.1: a month and a day
    shown = [
        format_serial(number + shift) if dated else format_number(number)
        for number, dated in zip(distinct.tolist(), is_date.tolist(), strict=True)
    ]
    return pl.Series(shown, dtype=pl.String).gather(back)


def shorten(text: str) -> str:
    """Return text at a length that can be quoted in a sentence."""
    return text if len(text) <= QUOTE_LIMIT else text[: QUOTE_LIMIT - 1] + "…"


def shorten_said(text: Text) -> Text:
    """Return the same of what is said in the reader's language; phrases are short."""
    return shorten(text) if isinstance(text, str) else text
