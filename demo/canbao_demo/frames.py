"""Typed rows as a sheet and as a frame, the way the reader of workbooks would give them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import CellKind, ColumnType, Filler
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_validators.frames import RosterFrame, build_frame
from canbao_validators.normalise.cells import gather_cells, value_series
from canbao_validators.normalise.display import show_cells
from canbao_validators.reading.raw import ColumnBuilder, RawCell, RawSheet

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from canbao_demo.model import Row, Value
    from canbao_rulebook.roster import Roster


def rows_to_frame(roster: Roster, rows: Sequence[Row]) -> pl.DataFrame:
    """Return the frame of docs/architecture.md for rows of header -> value, every cell as it was typed.

    Nothing is normalised and no row is left out: row 5 + index holds the row at ``index``.
    """
    sheet = rows_to_sheet(roster, rows)
    numbers = np.arange(FIRST_ROW, FIRST_ROW + len(rows), dtype=np.int64)
    series = [pl.Series("row", numbers)]
    for number, column in enumerate(roster.sheet_columns, start=1):
        if column.filler is Filler.PRINT:
            continue
        cells = gather_cells(sheet.columns[number], numbers)
        series += [
            value_series(column, cells).alias(column.field),
            pl.Series(f"{column.field}.kind", cells.kinds, dtype=pl.UInt8),
            show_cells(cells, as_dates=column.type is ColumnType.DATE).alias(f"{column.field}.raw"),
        ]
    return pl.DataFrame(series)


def read_rows(
    roster: Roster, rows: Sequence[Row], *, lists: Mapping[str, Collection[str]] | None = None
) -> RosterFrame:
    """Return the normalised frame and the findings about values, as if the rows had come from a workbook."""
    return build_frame(rows_to_sheet(roster, rows), roster, lists=lists)


def rows_to_sheet(roster: Roster, rows: Sequence[Row]) -> RawSheet:
    """Return the rows as a worksheet with its headers, the first person in row 5."""
    sheet = RawSheet(roster.sheet, max_row=FIRST_ROW + len(rows) - 1)
    for number, column in enumerate(roster.sheet_columns, start=1):
        stored = ColumnBuilder()
        stored.add(HEADER_ROW, _as_cell(column.header))
        for row, values in enumerate(rows, start=FIRST_ROW):
            value = values.get(column.header)
            if value is not None:
                stored.add(row, _as_cell(value))
        sheet.columns[number] = stored.build()
    return sheet


def _as_cell(value: Value) -> RawCell:
    if isinstance(value, str):
        return RawCell(CellKind.TEXT, 0.0, value, formula=False)
    if isinstance(value, bool):
        return RawCell(CellKind.BOOL, float(value), "", formula=False)
    if isinstance(value, date):
        return RawCell(CellKind.NUMBER, float(to_serial(value)), "", formula=False)
    return RawCell(CellKind.NUMBER, float(value or 0), "", formula=False)
