"""The cells of one column, used rows only, as parallel arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind
from canbao_validators.normalise.text import BLANK_ONLY

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in any cell, not even a formula without a result."""
        return not self.kinds.any() and not self.formulas.any()

    def take(self, keep: NDArray[np.bool_]) -> Cells:
        """Return the cells of some rows only."""
        return Cells(self.kinds[keep], self.numbers[keep], self.texts.filter(pl.Series(keep)), self.formulas[keep])

    def without_formulas(self) -> Cells:
        """Return the cells with every formula blank."""
        if not self.formulas.any():
            return self
        if self.formulas.all():
            return replace(blank_cells(len(self.kinds)), formulas=self.formulas)
        kinds = np.where(self.formulas, CellKind.BLANK, self.kinds).astype(np.uint8)
        texts = self.texts.zip_with(pl.Series(~self.formulas), pl.Series([""], dtype=pl.String))
        return Cells(kinds, np.where(self.formulas, 0.0, self.numbers), texts, self.formulas)


def blank_cells(count: int) -> Cells:
    """Return so many cells in which nothing stands."""
    texts = pl.Series([""], dtype=pl.String).new_from_index(0, count)
    return Cells(np.zeros(count, dtype=np.uint8), np.zeros(count), texts, np.zeros(count, dtype=np.bool_))


def join_cells(parts: Sequence[Cells]) -> Cells:
    """Return the cells of one column in several sheets, one below the other."""
    if len(parts) == 1:
        return parts[0]
    if all(part.is_blank for part in parts):
        return blank_cells(sum(len(part.kinds) for part in parts))
    return Cells(
        np.concatenate([part.kinds for part in parts]),
        np.concatenate([part.numbers for part in parts]),
        pl.concat([part.texts for part in parts], rechunk=True),
        np.concatenate([part.formulas for part in parts]),
    )


def gather_cells(raw: RawColumn | None, rows: NDArray[np.int64], blank: Cells | None = None) -> Cells:
    """Return the cells of a column in the given rows (ascending); a row that holds nothing is BLANK.

    ``blank`` are as many blank cells, which may stand for a column that holds nothing there.
    """
    count = len(rows)
    if raw is None or count == 0 or len(raw.rows) == 0 or raw.rows.max() < rows[0]:
        return blank_cells(count) if blank is None else blank
    start = _start_of(raw, rows)
    if start is not None:
        span = slice(start, start + count)
        return Cells(raw.kinds[span], raw.numbers[span], raw.texts[span], raw.formulas[span])
    source = _places(raw, rows)
    found = source >= 0
    texts = raw.texts.gather(np.where(found, source, 0))
    return Cells(
        np.where(found, raw.kinds[source], 0).astype(np.uint8),
        np.where(found, raw.numbers[source], 0.0),
        texts.zip_with(pl.Series(found), pl.Series([""], dtype=pl.String)),
        found & raw.formulas[source],
    )


def _start_of(raw: RawColumn, rows: NDArray[np.int64]) -> int | None:
    """Return where a column without gaps has the given rows one after another, None when it has not."""
    if not raw.ascending:
        return None
    start = int(raw.rows.searchsorted(rows[0]))
    return start if np.array_equal(raw.rows[start : start + len(rows)], rows) else None


def _places(raw: RawColumn, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where the cells of the given rows stand in a column, -1 for none."""
    place = np.full(max(int(rows[-1]), int(raw.rows.max())) + 1, -1, dtype=np.int64)
    place[raw.rows] = np.arange(len(raw.rows))
    return place[rows]


def mark_filled(raw: RawColumn, first_row: int, filled: NDArray[np.bool_]) -> None:
    """Set, in a mask by row number, the rows from ``first_row`` on in which a column holds something but blanks.

    Rows that are set already are not looked at.
    """
    cells = np.flatnonzero((raw.rows >= first_row) & ~filled[raw.rows])
    if len(cells) == 0:
        return
    kinds = raw.kinds[cells]
    holds = (kinds != CellKind.BLANK) | raw.formulas[cells]
    texts = np.flatnonzero(kinds == CellKind.TEXT)
    if len(texts):
        holds[texts] &= ~raw.texts.gather(cells[texts]).str.contains(BLANK_ONLY).to_numpy()
    filled[raw.rows[cells[holds]]] = True


def value_series(column: Column, cells: Cells) -> pl.Series:
    """Return the frame's value column: text, or number with NaN for none, or truth; null where the cell is an error."""
    errors = cells.kinds == CellKind.ERROR
    if column.type.is_number:
        values = pl.Series(np.where(cells.kinds == CellKind.NUMBER, cells.numbers, np.nan))
    elif column.type == "bool":
        values = pl.Series((cells.kinds == CellKind.BOOL) & (cells.numbers != 0))
    else:
        values = cells.texts
    return values.set(pl.Series(errors), None) if errors.any() else values
