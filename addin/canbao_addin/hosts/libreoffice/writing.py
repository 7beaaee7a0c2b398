"""Putting values into cells as Excel does, in one block.

A text in a General cell is taken as if typed (see ``typed``); in a text cell (format ``@``) everything becomes text:
numbers with up to 15 digits, dates as 2020/1/2, TRUE and FALSE in English, and a formula stays the text that it is.
Formulas have the syntax of Excel in English. A single value fills all cells; relative references of a formula move.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice import guard
from canbao_addin.hosts.libreoffice.bridge import struct
from canbao_addin.hosts.libreoffice.cell_errors import ERROR_TEXTS
from canbao_addin.hosts.libreoffice.formula_cells import fill_formula, write_formulas
from canbao_addin.hosts.libreoffice.number_formats import Kind
from canbao_addin.hosts.libreoffice.typed import STARTS_AN_ENTRY, date_text, number_text, serial, type_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_addin.hosts.libreoffice.addresses import Area
    from canbao_addin.hosts.libreoffice.ranges import Range

_FEW_CELLS = 1000
_DATE, _DATE_TIME, _BOOLEAN = "yyyy/m/d", "yyyy/m/d h:mm", "BOOLEAN"


class _Block:
    """What a block of values becomes: plain data, formulas, and formats for cells that were General."""

    def __init__(self) -> None:
        self.formulas: dict[int, list[tuple[int, str]]] = defaultdict(list)  # column → row and formula
        self.raw_formulas: list[tuple[int, int, str]] = []  # in LibreOffice's own syntax: constants that need one
        self.formats: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def entry(self, row: int, column: int, value: Any, kind: Kind) -> str | float:
        """The plain data of one cell; what it needs besides is noted."""
        if isinstance(value, str):
            return self._text(row, column, value, kind)
        if kind is Kind.TEXT:
            return _as_text(value)
        if isinstance(value, bool):
            return self._boolean(row, column, value, kind)
        if isinstance(value, dt.date):
            code = _DATE_TIME if isinstance(value, dt.datetime) and value.time() != dt.time() else _DATE
            return self._formatted(row, column, serial(value), code, kind)
        if value is None:
            return ""
        return float(value)

    def _text(self, row: int, column: int, text: str, kind: Kind) -> str | float:
        if kind is Kind.TEXT or text[:1] not in STARTS_AN_ENTRY:
            return text
        if len(text) > 1 and text[0] == "=":
            self.formulas[column].append((row, text))
            return ""
        value, code = type_in(text)
        if isinstance(value, str):
            return value
        if type(value) is int:
            self.raw_formulas.append((row, column, f"={ERROR_TEXTS[value]}"))
            return ""
        if code:
            return self._formatted(row, column, float(value), code, kind)
        return self.entry(row, column, value, kind)

    def _boolean(self, row: int, column: int, value: bool, kind: Kind) -> str | float:
        if kind in (Kind.GENERAL, Kind.LOGICAL):
            return self._formatted(row, column, float(value), _BOOLEAN, kind)
        self.raw_formulas.append((row, column, f"={value!s}()".upper()))
        return ""

    def _formatted(self, row: int, column: int, value: float, code: str, kind: Kind) -> float:
        if kind is Kind.GENERAL:
            self.formats[code].append((row, column))
        return value


def write_block(cells: Range, value: Any) -> None:
    """Write one value into all cells, or rows of values of the range's shape; nothing when one cell is locked.

    Rows of large blocks keep their height.
    """
    guard.require_unlocked(cells)
    document = cells.book.api
    fitting = bool(document.IsAdjustHeightEnabled)
    if len(cells) > _FEW_CELLS:  # fitting rows to their text costs ten times the writing
        document.IsAdjustHeightEnabled = False
    try:
        _write(cells, value)
    finally:
        document.IsAdjustHeightEnabled = fitting


def _write(cells: Range, value: Any) -> None:
    height, width = cells.shape
    if not isinstance(value, list | tuple):
        if isinstance(value, str) and len(value) > 1 and value[0] == "=" and (height, width) != (1, 1):
            _fill(cells, value)
            return
        value = [[value] * width] * height
    if len(value) != height or any(len(row) != width for row in value):
        raise ValueError(f"{cells.area.text()} takes {height} rows of {width} values.")
    kinds = _kinds(cells)
    block = _Block()
    data = [
        tuple(
            [
                item if type(item) is float and kind is not Kind.TEXT else block.entry(number, place, item, kind)
                for place, (item, kind) in enumerate(zip(row, row_kinds, strict=True))
            ]
        )
        for number, (row, row_kinds) in enumerate(zip(value, kinds, strict=True))
    ]
    cells.api.setDataArray(tuple(data))
    _finish(cells, block)


def _fill(cells: Range, formula: str) -> None:
    """A formula into all cells; where cells are text it is only text."""
    for kind, area in list(cells.book.formats.areas(cells.api)):
        part = cells.part(area)
        if kind is Kind.TEXT:
            height, width = area.shape
            part.api.setDataArray(((formula,) * width,) * height)
        else:
            fill_formula(part, formula, cells.area)


def _kinds(cells: Range) -> Sequence[Sequence[Kind]]:
    """The kind of number format of each cell. Shared between rows, not to be changed."""
    height, width = cells.shape
    areas = list(cells.book.formats.areas(cells.api))
    if len({kind for kind, _ in areas}) == 1:
        return [[areas[0][0]] * width] * height
    kinds = [[Kind.GENERAL] * width for _ in range(height)]
    for kind, area in areas:
        down, across = area.within(cells.area)
        for row in kinds[down]:
            row[across] = [kind] * area.shape[1]
    return kinds


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.date):
        return date_text(value)
    return number_text(float(value))


def _finish(cells: Range, block: _Block) -> None:
    write_formulas(cells, block.formulas)
    for row, column, formula in block.raw_formulas:
        cells.api.getCellByPosition(column, row).setFormula(formula)
    for code, places in block.formats.items():
        ranges = cells.book.api.createInstance("com.sun.star.sheet.SheetCellRanges")
        ranges.addRangeAddresses(tuple(_addresses(cells, places)), True)
        ranges.NumberFormat = cells.book.formats.key(code)


def _addresses(cells: Range, places: list[tuple[int, int]]) -> list[Any]:
    """Cells, given by row and column within the range, as UNO addresses of vertical strips."""
    sheet, area, found = cells.sheet.index - 1, cells.area, []
    start = previous = None
    for column, row in sorted((column, row) for row, column in places):
        if previous != (column, row - 1):
            if start and previous:
                found.append(_strip(sheet, area, start, previous))
            start = (column, row)
        previous = (column, row)
    if start and previous:
        found.append(_strip(sheet, area, start, previous))
    return found


def _strip(sheet: int, area: Area, first: tuple[int, int], last: tuple[int, int]) -> Any:
    column = area.column - 1 + first[0]
    return struct("table.CellRangeAddress", sheet, column, area.row - 1 + first[1], column, area.row - 1 + last[1])
