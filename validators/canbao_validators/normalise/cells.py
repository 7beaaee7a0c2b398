"""The cells of one column, used rows only, as parallel arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind
from canbao_validators.normalise.text import BLANK_ONLY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_rulebook.roster import Column
    from canbao_validators.reading.raw import RawColumn


@dataclass(frozen=True, slots=True)
class Cells:
    """Kinds, numbers (0 unless NUMBER or BOOL), texts ("" unless TEXT or ERROR) and which cells hold a formula."""

    kinds: NDArray[np.uint8]
    numbers: NDArray[np.float64]
    texts: pl.Series
    formulas: NDArray[np.bool_]

    def take(self, keep: NDArray[np.bool_]) -> Cells:
        """Return the cells of some rows only."""
        return Cells(self.kinds[keep], self.numbers[keep], self.texts.filter(pl.Series(keep)), self.formulas[keep])

    def without_formulas(self) -> Cells:
        """Return the cells with every formula blank."""
        if not self.formulas.any():
            return self
        kinds = np.where(self.formulas, CellKind.BLANK, self.kinds).astype(np.uint8)
        texts = self.texts.zip_with(pl.Series(~self.formulas), pl.Series([""], dtype=pl.String))
        return Cells(kinds, np.where(self.formulas, 0.0, self.numbers), texts, self.formulas)


def gather_cells(raw: RawColumn | None, rows: NDArray[np.int64]) -> Cells:
    """Return the cells of a column in the given rows (ascending); a row that holds nothing is BLANK."""
    count = len(rows)
    if raw is None or count == 0 or len(raw.rows) == 0:
        blank = np.zeros(count, dtype=np.uint8)
        texts = pl.repeat("", count, dtype=pl.String, eager=True)
        return Cells(blank, np.zeros(count), texts, np.zeros(count, dtype=np.bool_))
    stored = np.asarray(raw.rows, dtype=np.int64)
    place = np.full(max(int(rows[-1]), int(stored.max())) + 1, -1, dtype=np.int64)
    place[stored] = np.arange(len(stored))
    source = place[rows]
    found = source >= 0
    texts = pl.Series(raw.texts, dtype=pl.String).gather(pl.Series(source[found]))
    if not found.all():
        spread = pl.Series(np.where(found, np.cumsum(found) - 1, 0))
        texts = texts.gather(spread).set(pl.Series(~found), "") if found.any() else pl.Series([""] * count)
    return Cells(
        np.where(found, np.frombuffer(raw.kinds, dtype=np.uint8)[source], 0).astype(np.uint8),
        np.where(found, np.asarray(raw.numbers)[source], 0.0),
        texts,
        found & (np.frombuffer(raw.formulas, dtype=np.uint8)[source] != 0),
    )


def filled_rows(raw: RawColumn, first_row: int) -> NDArray[np.int64]:
    """Return the rows from ``first_row`` on in which a column holds something other than blanks."""
    rows = np.asarray(raw.rows, dtype=np.int64)
    kinds = np.frombuffer(raw.kinds, dtype=np.uint8)
    empty = pl.Series(raw.texts, dtype=pl.String).str.contains(BLANK_ONLY).to_numpy() & (kinds == CellKind.TEXT)
    formulas = np.frombuffer(raw.formulas, dtype=np.uint8) != 0
    filled = ((kinds != CellKind.BLANK) | formulas) & ~empty
    wanted: NDArray[np.int64] = rows[filled & (rows >= first_row)]
    return wanted


def value_series(column: Column, cells: Cells) -> pl.Series:
    """Return the frame's value column: text, or number with NaN for none, or truth; null where the cell is an error."""
    error = pl.Series(cells.kinds == CellKind.ERROR)
    if column.type.is_number:
        values = pl.Series(np.where(cells.kinds == CellKind.NUMBER, cells.numbers, np.nan))
    elif column.type == "bool":
        values = pl.Series((cells.kinds == CellKind.BOOL) & (cells.numbers != 0))
    else:
        values = cells.texts.set(pl.Series(cells.kinds != CellKind.TEXT), "")
    return values.set(error, None) if error.any() else values
