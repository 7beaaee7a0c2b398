"""Ranges of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlwings as xw
from xlwings import base_classes, utils

from canbao_addin.hosts.libreoffice import guard, layout
from canbao_addin.hosts.libreoffice.addresses import Area, parse_address, quote_sheet, split_sheet
from canbao_addin.hosts.libreoffice.bridge import enum
from canbao_addin.hosts.libreoffice.errors import OfficeError
from canbao_addin.hosts.libreoffice.formula_cells import read_formulas, write_array_formula
from canbao_addin.hosts.libreoffice.links import add_hyperlink, read_hyperlink
from canbao_addin.hosts.libreoffice.looks import Font, Note, rgb, rgb_number, uniform
from canbao_addin.hosts.libreoffice.pdf import write_pdf
from canbao_addin.hosts.libreoffice.plain_errors import plain_errors
from canbao_addin.hosts.libreoffice.reading import read_block
from canbao_addin.hosts.libreoffice.writing import write_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_addin.hosts.libreoffice.books import Book
    from canbao_addin.hosts.libreoffice.names import Name
    from canbao_addin.hosts.libreoffice.sheets import Sheet

CONTENTS = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: VALUE, DATETIME, STRING, FORMULA
NOTES = 8
ALL_FORMATS = 32 | 64 | 256  # HARDATTR, STYLES, EDITATTR
ALL = 1023
_SHIFTS = {"down": "DOWN", "right": "RIGHT", "up": "UP", "left": "LEFT"}


def find_area(sheet: Sheet, cells: Any) -> tuple[Sheet, Area]:
    """What a caller calls a range: another range, row and column with or without a size, an address or a name."""
    if isinstance(cells, Range):
        return cells.sheet, cells.area
    if isinstance(cells, tuple):
        row, column, *size = cells
        rows, columns = size or (1, 1)
        return sheet, Area(row, column, row + rows - 1, column + columns - 1)
    name, address = split_sheet(cells)
    if name is not None:
        sheet = sheet.book.sheets(name)
    area = parse_address(address)
    if area is not None:
        return sheet, area
    for names in (sheet.names, sheet.book.names):
        if names.contains(address):
            found = names(address).refers_to_range
            return found.sheet, found.area
    raise xw.NoSuchObjectError(f"The address or named range {cells!r} doesn't exist.")


@plain_errors
class Range(base_classes.Range):
    """One rectangle of cells; an empty one (no rows or no columns) has no cells and no UNO object."""

    max_cells_per_read = None  # one block is fastest
    max_cells_per_write = None

    def __init__(self, sheet: Sheet, area: Area) -> None:
        self.sheet = sheet
        self.area = area
        self.options: dict[str, Any] = {}
        self._api: Any = None

    @property
    def api(self) -> Any:
        if self._api is None and 0 not in self.shape:
            area = self.area
            first, last = (area.column - 1, area.row - 1), (area.last_column - 1, area.last_row - 1)
            self._api = self.sheet.api.getCellRangeByPosition(*first, *last)
        return self._api

    @property
    def book(self) -> Book:
        book: Book = self.sheet.book
        return book

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        return self.sheet.api, self.row, self.column, *self.shape

    @property
    def row(self) -> int:
        return self.area.row

    @property
    def column(self) -> int:
        return self.area.column

    @property
    def shape(self) -> tuple[int, int]:
        return self.area.shape

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, *place: int) -> Range:
        """A cell by row and column in the range, or by its number in reading order; from 1, may lie outside."""
        if len(place) == 1:
            row, column = divmod(place[0] - 1, self.shape[1])
        else:
            row, column = place[0] - 1, place[1] - 1
        return self.part(Area(self.row + row, self.column + column, self.row + row, self.column + column))

    def part(self, area: Area) -> Range:
        """Other cells of the same sheet."""
        return Range(self.sheet, area)

    @property
    def rows(self) -> Range:
        return self

    @property
    def columns(self) -> Range:
        return self

    # values and formulas

    @property
    def raw_value(self) -> Any:
        """Values as Excel's COM hands them out: one value, or a tuple of rows; errors as numbers."""
        if self.api is None:
            return None
        rows = read_block(self)
        return rows[0][0] if len(self) == 1 else tuple(map(tuple, rows))

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        if self.api is not None:
            write_block(self, value)

    @property
    def formula(self) -> Any:
        """Formulas in Excel's English syntax: one text, or a tuple of rows."""
        if self.api is None:
            return None
        rows = read_formulas(self)
        return rows[0][0] if len(self) == 1 else tuple(map(tuple, rows))

    @formula.setter
    def formula(self, value: Any) -> None:
        if self.api is not None:
            write_block(self, value)

    formula2 = formula

    @property
    def formula_array(self) -> str | None:
        """The array formula that the cells share, or None."""
        shared: str = self.api.getArrayFormula()
        return str(read_formulas(self(1, 1))[0][0]) if shared else None

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        guard.require_unlocked(self)
        write_array_formula(self, value)

    @property
    def has_array(self) -> bool:
        return bool(self.api is not None and self.api.getArrayFormula())

    def clear_contents(self) -> None:
        if self.api is not None:
            guard.require_unlocked(self)
            self.api.clearContents(CONTENTS)

    def clear_formats(self) -> None:
        guard.require_open_sheet(self.sheet, "formatCells")
        self.api.clearContents(ALL_FORMATS)

    def clear(self) -> None:
        guard.require_open_sheet(self.sheet)
        self.api.clearContents(ALL)

    # places

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        text = self.area.text(row_absolute, col_absolute)
        return f"{quote_sheet(f'[{self.book.name}]{self.sheet.name}')}!{text}" if external else text

    @property
    def address(self) -> str:
        if 0 in self.shape:
            rows, columns = self.shape
            return f"${utils.col_name(self.column)}${self.row}{{{rows}x{columns}}}"
        return self.area.text()

    def end(self, direction: str) -> Range:
        """Where Ctrl and an arrow lead from the first cell: "up", "down", "left" or "right"."""
        return self.part(layout.end_of(self, direction))

    @property
    def current_region(self) -> Range:
        cursor = self.sheet.api.createCursorByRange(self(1, 1).api)
        cursor.collapseToCurrentRegion()
        return self.part(Area.of(cursor.RangeAddress))

    def select(self) -> None:
        """Select the cells. Raises OfficeError when their sheet is hidden; shows the sheet."""
        self.sheet.activate()
        controller = self.book.api.getCurrentController()
        if controller:
            controller.select(self.api)

    @property
    def name(self) -> Name | None:
        """The name of just these cells, if they have one."""
        for name in self.book.names.all():
            cells = name.referred_cells()
            if cells is not None and (cells.sheet.index, cells.area) == (self.sheet.index, self.area):
                return name
        return None

    @name.setter
    def name(self, value: str) -> None:
        self.book.names.add(value, f"={quote_sheet(self.sheet.name)}!{self.area.text()}")

    # looks

    @property
    def font(self) -> Font:
        return Font(self)

    @property
    def number_format(self) -> str | None:
        """Excel's code; None when the cells differ."""
        key = uniform(self, "NumberFormat")
        return None if key is None else self.book.formats.code(key)

    @number_format.setter
    def number_format(self, value: str) -> None:
        guard.require_open_sheet(self.sheet, "formatCells")
        self.api.NumberFormat = self.book.formats.key(value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The fill; None without one, or when the cells differ."""
        number = uniform(self, "CellBackColor")
        return None if number in (None, -1) else rgb(number)

    @color.setter
    def color(self, value: Any) -> None:
        guard.require_open_sheet(self.sheet, "formatCells")
        self.api.CellBackColor = -1 if value is None else rgb_number(value)

    def set_colors(self, colors: Sequence[Sequence[Any]]) -> None:
        for row, line in enumerate(colors, 1):
            for column, color in enumerate(line, 1):
                if color is not ...:
                    self(row, column).color = color

    @property
    def wrap_text(self) -> bool | None:
        wrapped: bool | None = uniform(self, "IsTextWrapped")
        return wrapped

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        guard.require_open_sheet(self.sheet, "formatCells")
        self.api.IsTextWrapped = bool(value)

    @property
    def column_width(self) -> float | None:
        """In characters; None when the columns differ."""
        return layout.column_width(self)

    @column_width.setter
    def column_width(self, value: float) -> None:
        guard.require_open_sheet(self.sheet, "formatColumns")
        layout.set_column_width(self, value)

    @property
    def row_height(self) -> float | None:
        """In points; None when the rows differ."""
        return layout.row_height(self)

    @row_height.setter
    def row_height(self, value: float) -> None:
        guard.require_open_sheet(self.sheet, "formatRows")
        layout.set_row_height(self, value)

    @property
    def row_hidden(self) -> bool | None:
        return layout.hidden(self, "Rows")

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        guard.require_open_sheet(self.sheet, "formatRows")
        self.api.Rows.IsVisible = not value

    @property
    def column_hidden(self) -> bool | None:
        return layout.hidden(self, "Columns")

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        guard.require_open_sheet(self.sheet, "formatColumns")
        self.api.Columns.IsVisible = not value

    def autofit(self, axis: str | None = None) -> None:
        """Columns ("c", "columns") and rows ("r", "rows") as wide and high as what they show."""
        if axis in (None, "c", "columns"):
            guard.require_open_sheet(self.sheet, "formatColumns")
            self.api.Columns.OptimalWidth = True
        if axis in (None, "r", "rows"):
            guard.require_open_sheet(self.sheet, "formatRows")
            self.api.Rows.OptimalHeight = True

    @property
    def left(self) -> float:
        """Points from the left edge of the sheet, as are ``top``, ``width`` and ``height``."""
        return layout.points(self.api.Position.X)

    @property
    def top(self) -> float:
        return layout.points(self.api.Position.Y)

    @property
    def width(self) -> float:
        return layout.points(self.api.Size.Width)

    @property
    def height(self) -> float:
        return layout.points(self.api.Size.Height)

    # merged cells, notes, links

    @property
    def merge_area(self) -> Range:
        return self.part(layout.merge_area(self))

    @property
    def merge_cells(self) -> bool | None:
        """True or False for all cells, None for some."""
        return layout.merge_cells(self)

    def merge(self, across: bool) -> None:
        guard.require_open_sheet(self.sheet)
        area = self.area
        rows = range(area.row, area.last_row + 1)
        lines = [Area(row, area.column, row, area.last_column) for row in rows] if across else [area]
        for line in lines:
            self.part(line).api.merge(True)

    def unmerge(self) -> None:
        guard.require_open_sheet(self.sheet)
        self.api.merge(False)

    @property
    def note(self) -> Note | None:
        note = Note(self(1, 1))
        return note if note.text else None

    def add_note(self, text: str) -> Note:
        note = Note(self(1, 1))
        note.text = text
        return note

    @property
    def hyperlink(self) -> str:
        return read_hyperlink(self)

    def add_hyperlink(self, address: str, text_to_display: str | None = None, screen_tip: Any = None) -> None:  # noqa: ARG002
        """LibreOffice keeps no screen tip."""
        guard.require_open_sheet(self.sheet, "insertHyperlinks")
        guard.require_unlocked(self)
        add_hyperlink(self, address, text_to_display or address)

    # moving cells

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:  # noqa: ARG002 - from above
        """Insert cells; whole rows and columns where the range is that."""
        guard.require_open_sheet(self.sheet, self._freedom("insert"))
        mode = self._whole() or _SHIFTS[shift or "down"]
        self.sheet.api.insertCells(self.api.RangeAddress, enum("sheet.CellInsertMode", mode))

    def delete(self, shift: str | None = None) -> None:
        guard.require_open_sheet(self.sheet, self._freedom("delete"))
        mode = self._whole() or _SHIFTS[shift or "up"]
        self.sheet.api.removeRange(self.api.RangeAddress, enum("sheet.CellDeleteMode", mode))

    def _whole(self) -> str:
        everything = self.sheet.cells.shape
        return "ROWS" if self.shape[1] == everything[1] else "COLUMNS" if self.shape[0] == everything[0] else ""

    def _freedom(self, action: str) -> str:
        return {"ROWS": f"{action}Rows", "COLUMNS": f"{action}Columns"}.get(self._whole(), "")

    def copy(self, destination: xw.Range | None = None) -> None:
        """Copy contents and formats to the place that begins at ``destination``."""
        if destination is None:
            raise OfficeError("Cells are copied to a destination here, not to the clipboard.")
        target: Range = destination.impl
        height, width = self.shape
        place = Area(target.row, target.column, target.row + height - 1, target.column + width - 1)
        guard.require_unlocked(target.part(place))
        guard.require_open_sheet(target.sheet, "formatCells")
        self.sheet.api.copyRange(target.api.getCellByPosition(0, 0).getCellAddress(), self.api.RangeAddress)

    def to_pdf(self, path: str, quality: str | None = None) -> None:  # noqa: ARG002 - one quality
        write_pdf(self.book.api, path, self.api)

    @property
    def table(self) -> None:
        """LibreOffice's database ranges are no tables."""
        return
