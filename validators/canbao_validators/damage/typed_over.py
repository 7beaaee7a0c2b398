"""Computed cells that hold a value instead of their formula: which say something else than it gives, which do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind, Filler
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_validators.damage.structure import VALUE
from canbao_validators.overwritten import differing_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.damage.structure import SheetStructure
    from canbao_validators.reading.raw import RawColumn, RawSheet


class TypedOver(NamedTuple):
    """A computed column, where it stands, and its rows without formula: those that say otherwise, and the others."""

    column: Column
    place: int
    differing: list[int]
    agreeing: list[int]


def typed_over(
    roster: Roster,
    frame: pl.DataFrame,
    sheet: RawSheet,
    structure: SheetStructure,
    last: int,
) -> Iterator[TypedOver]:
    """Yield the locked columns of a roster whose formulas were overwritten, up to row ``last`` of a computed sheet."""
    headers = {cell.value: column for (row, column), cell in structure.cells.items() if row == HEADER_ROW}
    for column in roster.computed_columns:
        place = headers.get(column.header, 0)
        data, cells = structure.data.get(place), sheet.columns.get(place)
        if data is None or column.filler is not Filler.FORMULA or column.hidden:
            continue
        states = np.frombuffer(bytes(data.states[: last - FIRST_ROW + 1]), dtype=np.uint8)
        rows = np.flatnonzero(states == VALUE) + FIRST_ROW
        if len(rows):
            says = np.intersect1d(rows, _filled_rows(cells))
            part = frame.filter(pl.col("row").is_in(says))
            differing = differing_rows(column, part)
            says = np.setdiff1d(says, np.setdiff1d(part["row"].to_numpy(), differing))
            yield TypedOver(column, place, says.tolist(), np.setdiff1d(rows, says).tolist())


def _filled_rows(cells: RawColumn | None) -> NDArray[np.int64]:
    """Return the rows of a column that hold more than an empty text."""
    if cells is None:
        return np.zeros(0, dtype=np.int64)
    blank = (cells.kinds == CellKind.TEXT) & (cells.texts.str.strip_chars() == "").to_numpy()
    rows: NDArray[np.int64] = cells.rows[(cells.kinds != CellKind.BLANK) & ~blank]
    return rows
