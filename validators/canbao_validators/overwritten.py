"""Computed cells that hold something else than their formula gives: typed over, pasted over, or never recalculated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind, ColumnType, Filler

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from canbao_rulebook.roster import Column, Roster

_HALF_A_FEN = 0.005


def overwritten_rows(roster: Roster, frame: pl.DataFrame) -> Iterator[tuple[str, list[int]]]:
    """Yield the letters of locked computed columns with the rows that differ from what a computed frame says."""
    for column in roster.computed_columns:
        if column.filler is Filler.FORMULA and not column.hidden:
            rows = differing_rows(column, frame).tolist()
            if rows:
                yield roster.letters[column.header], sorted(rows)


def differing_rows(column: Column, frame: pl.DataFrame) -> NDArray[np.int64]:
    """Return the rows in which a computed column holds something else than a computed frame says."""
    return frame.filter(_differs(column))["row"].to_numpy()


def _differs(column: Column) -> pl.Expr:
    """Tell whether the cell as found says otherwise; a program that never computed leaves it blank."""
    found, computed = pl.col(column.field), pl.col(f"{column.field}.computed")
    kind, raw = pl.col(f"{column.field}.kind"), pl.col(f"{column.field}.raw")
    untouched = (kind == int(CellKind.BLANK)) | (raw.str.strip_chars() == "")
    if column.type is ColumnType.BOOL:
        differs = found.ne_missing(computed)
    elif column.type.is_number:
        apart = (found.fill_nan(None) - computed.fill_nan(None)).abs() >= _HALF_A_FEN
        differs = (found.is_nan() != computed.is_nan()) | apart.fill_null(value=False)
    else:
        differs = found.ne_missing(computed)
    unknown = computed.is_null() & (raw == UNKNOWN_TEXT)
    return ~untouched & ~unknown & differs.fill_null(value=True)
