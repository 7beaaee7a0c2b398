"""Values that rosters do not have: day and clock in one cell, words for yes and no, directions of a statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.list_kinds import load_list_words
from canbao_rulebook.nothing import NOTHING
from canbao_validators.normalise.cells import Cells
from canbao_validators.normalise.choices import NO, YES, fold_choice
from canbao_validators.normalise.dates import (
    FIRST_SERIAL,
    FIRST_YEAR,
    LAST_SERIAL,
    LAST_YEAR,
    SHIFT_1904,
    normalise_date,
    serial_to_date,
)
from canbao_validators.normalise.text import squeeze_blanks, to_half_width

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CLOCK = re.compile(r"(?:^|[ T])?([01]?\d|2[0-3])[:时点]([0-5]\d)(?:[:分]([0-5]\d)(?:\.\d+)?秒?)?分?$")
_COMPACT = re.compile(r"(\d{8})[ T]?([01]\d|2[0-3])([0-5]\d)([0-5]\d)$")
_DAY_SECONDS = 86_400


def read_times(found: Cells, *, date1904: bool = False) -> tuple[pl.Series, list[int]]:
    """Return days with their clock as serials with a fraction, and which texts are none.

    A clock alone is a fraction below 1, as spreadsheet programs store it.
    """
    shift = SHIFT_1904 if date1904 else 0
    numbers: NDArray[np.float64] = np.where(found.kinds == CellKind.NUMBER, found.numbers, np.nan)
    numbers = np.where(numbers >= 1, numbers + shift, numbers)
    like_years = (found.numbers >= FIRST_YEAR) & (found.numbers < LAST_YEAR + 1) & ~np.isnan(numbers)
    wrong = np.flatnonzero((numbers < 0) | (numbers > LAST_SERIAL + 1) | like_years).tolist()
    numbers[wrong] = np.nan
    for index in np.flatnonzero(found.kinds == CellKind.TEXT).tolist():
        text = squeeze_blanks(to_half_width(str(found.texts[index])))
        if text in NOTHING:
            continue
        value = _parse_time(text) if text else None
        if value is not None:
            numbers[index] = value
        elif text:
            wrong.append(index)
    return pl.Series(numbers).fill_nan(None), sorted(wrong)


def _parse_time(text: str) -> float | None:
    compact = _COMPACT.match(text)
    if compact:
        text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4]}"
    clock = _CLOCK.search(text)
    fraction = 0.0
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        fraction = (hours * 3600 + minutes * 60 + seconds) / _DAY_SECONDS
        text = text[: clock.start()]
    if not text.strip():
        return fraction if clock else None
    day = normalise_date(text).value
    return day + fraction if isinstance(day, float) else None


def show_time(serial: float | None) -> str:
    """Return a serial with a fraction as ``2019-09-25 16:40:00``, a fraction alone as its clock."""
    if serial is None:
        return ""
    days, seconds = divmod(round(serial * _DAY_SECONDS), _DAY_SECONDS)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{serial_to_date(days).isoformat()} {clock}" if days >= FIRST_SERIAL else clock


def translate_yes_no(found: Cells) -> Cells:
    """Return cells in which the words of others for yes and no are 是 and 否."""
    yes, no = load_list_words("yes_no")
    words = {fold_choice(word): YES for word in yes} | {fold_choice(word): NO for word in no}
    texts = {str(text) for text in found.texts.unique()}
    known = {text: words[fold_choice(text)] for text in texts if fold_choice(text) in words}
    return Cells(found.kinds, found.numbers, found.texts.replace(known), found.formulas) if known else found


def settle_statement(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a bank statement with amount, direction and time, from whichever columns it has."""
    ours, theirs = load_list_words("directions")
    words = {fold_choice(word): ours[0] for word in ours} | {fold_choice(word): theirs[0] for word in theirs}
    texts = frame["direction"].unique().to_list()
    said = {text: words[fold_choice(text)] for text in texts if fold_choice(text) in words}
    credit, debit = (_positive(name) for name in ("credit", "debit"))
    clock_only = (pl.col("time") < 1) | pl.col("time").is_null()
    return frame.with_columns(
        amount=pl.coalesce(pl.col("amount").abs(), credit, debit),
        direction=pl.when(pl.col("direction") != "")
        .then(pl.col("direction").replace(said))
        .when(pl.col("amount").is_null() & credit.is_not_null())
        .then(pl.lit(ours[0]))
        .when((pl.col("amount").is_null() & debit.is_not_null()) | (pl.col("amount") < 0))
        .then(pl.lit(theirs[0]))
        .otherwise(pl.lit("")),
        time=pl.when(clock_only & pl.col("day").is_not_null())
        .then(pl.col("day") + pl.col("time").fill_null(0.0))
        .otherwise("time"),
    )


def _positive(name: str) -> pl.Expr:
    """Return the amounts of a column, null where there is none or nothing."""
    return pl.when(pl.col(name).abs() > 0).then(pl.col(name).abs())
