"""Sheets of a book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlwings as xw
from xlwings import base_classes

from canbao_addin.hosts.libreoffice import guard
from canbao_addin.hosts.libreoffice.addresses import Area
from canbao_addin.hosts.libreoffice.errors import OfficeError
from canbao_addin.hosts.libreoffice.names import Names
from canbao_addin.hosts.libreoffice.plain_errors import plain_errors
from canbao_addin.hosts.libreoffice.ranges import ALL, ALL_FORMATS, CONTENTS, Range, find_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_addin.hosts.libreoffice.books import Book


@plain_errors
class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.api.Sheets

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return iter([Sheet(self.book, self.api.getByIndex(index)) for index in range(len(self))])

    def __call__(self, key: str | int) -> Sheet:
        """By name, whatever its case, or by number from 1."""
        if isinstance(key, int):
            if 1 <= key <= len(self):
                return Sheet(self.book, self.api.getByIndex(key - 1))
        elif name := {name.lower(): name for name in self.api.ElementNames}.get(key.lower()):
            return Sheet(self.book, self.api.getByName(name))
        raise xw.NoSuchObjectError(f"{self.book.name} has no sheet {key!r}.")

    @property
    def active(self) -> Sheet:
        controller = self.book.api.getCurrentController()
        return Sheet(self.book, controller.getActiveSheet()) if controller else self(1)

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new sheet, before the active one unless said otherwise, as in Excel; it becomes the active one."""
        guard.require_open_structure(self.book)
        place = before.index - 1 if before else after.index if after else self.active.index - 1
        taken = {name.lower() for name in self.api.ElementNames}
        number = 1
        while f"sheet{number}" in taken:
            number += 1
        name = name or f"Sheet{number}"
        _require_sheet_name(name)
        self.api.insertNewByName(name, place)
        sheet = self(name)
        sheet.activate()
        return sheet

    def range_of(self, address: Any) -> Range:
        """The range of a UNO ``CellRangeAddress``."""
        return Range(self(address.Sheet + 1), Area.of(address))


@plain_errors
class Sheet(base_classes.Sheet):
    def __init__(self, book: Book, api: Any) -> None:
        self._book = book
        self._api = api

    @property
    def book(self) -> Book:
        return self._book

    @property
    def api(self) -> Any:
        return self._api

    @property
    def name(self) -> str:
        return str(self._api.Name)

    @name.setter
    def name(self, value: str) -> None:
        guard.require_open_structure(self.book)
        _require_sheet_name(value)
        self._api.setName(value)

    @property
    def index(self) -> int:
        return int(self._api.RangeAddress.Sheet) + 1

    @property
    def names(self) -> Names:
        return Names(self.book, self)

    @property
    def visible(self) -> bool:
        """LibreOffice does not tell very hidden from hidden."""
        return bool(self._api.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        guard.require_open_structure(self.book)
        others = [sheet for sheet in self.book.sheets if sheet.visible and sheet.index != self.index]
        if not value and not others:
            raise OfficeError("The last visible sheet of a book cannot be hidden.")
        self._api.IsVisible = bool(value)

    @property
    def protected(self) -> bool:
        return bool(self._api.isProtected())

    def range(self, first: Any, second: Any = None) -> Range:
        """Cells by address or name, by (row, column), by (row, column, rows, columns), or from one cell to another."""
        sheet, area = find_area(self, first)
        if second is None:
            return Range(sheet, area)
        other, other_area = find_area(self, second)
        if other.index != sheet.index:
            raise OfficeError("A range is on one sheet.")
        return Range(sheet, area.around(other_area))

    @property
    def cells(self) -> Range:
        return Range(self, Area(1, 1, int(self._api.Rows.Count), int(self._api.Columns.Count)))

    @property
    def used_range(self) -> Range:
        """From the first to the last cell with content or format; A1 of an empty sheet."""
        cursor = self._api.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return Range(self, Area.of(cursor.RangeAddress))

    def activate(self) -> None:
        """Show this sheet. Raises OfficeError when it is hidden."""
        if not self.visible:
            raise OfficeError(f"The sheet {self.name} is hidden and cannot be activated.")
        controller = self.book.api.getCurrentController()
        if controller:
            controller.setActiveSheet(self._api)

    select = activate

    def clear_contents(self) -> None:
        guard.require_open_sheet(self)
        self._api.clearContents(CONTENTS)

    def clear_formats(self) -> None:
        guard.require_open_sheet(self)
        self._api.clearContents(ALL_FORMATS)

    def clear(self) -> None:
        guard.require_open_sheet(self)
        self._api.clearContents(ALL)

    def autofit(self, axis: str | None = None) -> None:
        self.used_range.autofit(axis)

    def delete(self) -> None:
        guard.require_open_structure(self.book)
        if len(self.book.sheets) == 1:
            raise OfficeError("The last sheet of a book cannot be deleted.")
        self.book.api.Sheets.removeByName(self.name)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """A copy in the same book. Raises OfficeError for another book."""
        place = _place(self, before, after)
        taken = set(self.book.api.Sheets.ElementNames)
        number = 2
        while f"{self.name} ({number})" in taken:
            number += 1
        self.book.api.Sheets.copyByName(self.name, f"{self.name} ({number})", place)

    def move(self, before: Sheet | None, after: Sheet | None) -> None:
        self.book.api.Sheets.moveByName(self.name, _place(self, before, after))


def _require_sheet_name(name: str) -> None:
    """What Excel does not take; other forbidden characters xlwings finds itself."""
    if ":" in name or name.startswith("'") or name.endswith("'"):
        raise OfficeError(f"A sheet cannot be called {name!r}.")


def _place(sheet: Sheet, before: Sheet | None, after: Sheet | None) -> int:
    """The index from 0 that a sheet is to have."""
    guard.require_open_structure(sheet.book)
    target = before or after
    if target is None:
        return len(sheet.book.sheets)
    if target.book.fullname != sheet.book.fullname:
        raise OfficeError("Sheets are copied and moved within one book only.")
    return target.index - 1 if before else target.index
