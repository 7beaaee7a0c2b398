"""Values of cells, as Excel on Windows hands them out: numbers as float, dates, bool, text, errors as Excel's numbers.

LibreOffice keeps dates and booleans as numbers; the number format tells them. Two limits follow: a formula in a General
cell whose result LibreOffice takes for a date comes back as a date, and TRUE as a constant in a cell with a number
format (other than text) as 1.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice.cell_errors import error_number
from canbao_addin.hosts.libreoffice.number_formats import Kind
from canbao_addin.hosts.libreoffice.typed import from_serial

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.addresses import Area
    from canbao_addin.hosts.libreoffice.ranges import Range

BOOLEAN_FORMULAS = {"=TRUE()": True, "=FALSE()": False}  # how LibreOffice keeps a boolean constant of an Excel file


def read_block(cells: Range) -> list[list[Any]]:
    """The values, row by row. Blank cells and empty texts are both ""."""
    rows = [list(row) for row in cells.api.getDataArray()]  # computes what is out of date, which may set formats
    if any(None in row for row in rows):
        _put_errors(cells, rows)
    for kind, area in cells.book.formats.areas(cells.api):
        if kind is Kind.DATE:
            _change(rows, area, cells.area, from_serial)
        elif kind is Kind.LOGICAL:
            _change(rows, area, cells.area, bool)
        elif kind is Kind.TEXT:
            _put_booleans(cells, rows, area)
    return rows


def _change(rows: list[list[Any]], area: Area, outer: Area, convert: Any) -> None:
    down, across = area.within(outer)
    for row in rows[down]:
        row[across] = [convert(value) if isinstance(value, float) else value for value in row[across]]


def _put_errors(cells: Range, rows: list[list[Any]]) -> None:
    """Errors come as None; the sequences made for charts know how all cells of a range are shown, in one call."""
    provider = cells.book.api.createInstance("com.sun.star.chart2.data.DataProvider")
    provider.IncludeHiddenCells = True
    shown = provider.createDataSequenceByRangeRepresentation(cells.api.AbsoluteName).getTextualData()
    height, width = cells.shape
    for number, row in enumerate(rows):
        if None in row:
            for place in range(width):
                if row[place] is None:
                    row[place] = error_number(shown[place * height + number])


def _put_booleans(cells: Range, rows: list[list[Any]], area: Area) -> None:
    """A boolean in a text cell is a number, which text cells hardly ever hold otherwise."""
    down, across = area.within(cells.area)
    if not any(value in (0.0, 1.0) for row in rows[down] for value in row[across] if isinstance(value, float)):
        return
    formulas = cells.part(area).api.getFormulaArray()
    for row, texts in zip(rows[down], formulas, strict=True):
        row[across] = [BOOLEAN_FORMULAS.get(text, value) for value, text in zip(row[across], texts, strict=True)]
