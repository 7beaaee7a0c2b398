"""Defined names of a book and of its sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from canbao_addin.hosts.libreoffice.addresses import quote_sheet, split_sheet
from canbao_addin.hosts.libreoffice.bridge import uno_exception
from canbao_addin.hosts.libreoffice.errors import OfficeError
from canbao_addin.hosts.libreoffice.formula_syntax import Place, Translator
from canbao_addin.hosts.libreoffice.plain_errors import plain_errors

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.books import Book
    from canbao_addin.hosts.libreoffice.ranges import Range
    from canbao_addin.hosts.libreoffice.sheets import Sheet


_BUILT_IN = "_xlnm."  # before print areas and the like in files; Excel's own names for them are without


@plain_errors
class Names(base_classes.Names):
    """Names of a book, those of its sheets included and written ``Sheet!name``; or, with ``sheet``, of that sheet."""

    def __init__(self, book: Book, sheet: Sheet | None = None) -> None:
        self.book = book
        self.sheet = sheet

    @property
    def api(self) -> Any:
        return (self.sheet or self.book).api.NamedRanges

    def all(self) -> list[Name]:
        """Names of the book, then sheet by sheet."""
        found = [Name(self.book, self.sheet, name) for name in self.api.ElementNames]
        if self.sheet is None:
            for sheet in self.book.sheets:
                found += [Name(self.book, sheet, name) for name in sheet.api.NamedRanges.ElementNames]
        return found

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name.name, name) for name in self.all()]

    def __len__(self) -> int:
        return len(self.all())

    def __call__(self, key: str | int) -> Name:
        """By name, whatever its case, or by number from 1."""
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return found

    def contains(self, key: str | int) -> bool:
        return self._find(key) is not None

    def _find(self, key: str | int) -> Name | None:
        if isinstance(key, int):
            names = self.all()
            return names[key - 1] if 1 <= key <= len(names) else None
        sheet_name, wanted = split_sheet(key)
        sheet = self.sheet if sheet_name is None else self.book.sheets(sheet_name)
        names = (sheet or self.book).api.NamedRanges.ElementNames
        spellings = (wanted.lower(), f"{_BUILT_IN}{wanted}".lower())
        spelled = next((name for name in names if name.lower() in spellings), None)
        return None if spelled is None else Name(self.book, sheet, spelled)

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name, or define it anew: cells, a constant or a formula in Excel's syntax."""
        sheet_name, name = split_sheet(name)
        sheet = self.sheet if sheet_name is None else self.book.sheets(sheet_name)
        names = (sheet or self.book).api.NamedRanges
        place = Place(sheet.index - 1 if sheet else 0, 1, 1)
        content = Translator(self.book.api).to_office(refers_to.removeprefix("="), place)
        if names.hasByName(name):
            names.removeByName(name)
        try:
            names.addNewByName(name, content, place.address(), 0)
        except uno_exception() as error:
            raise OfficeError(f"{name!r} cannot be a name.") from error
        return Name(self.book, sheet, name)


@plain_errors
class Name(base_classes.Name):
    """One name; ``sheet`` is the sheet that it belongs to, None for the book."""

    def __init__(self, book: Book, sheet: Sheet | None, name: str) -> None:
        self.book = book
        self.sheet = sheet
        self._name = name

    @property
    def api(self) -> Any:
        return (self.sheet or self.book).api.NamedRanges.getByName(self._name)

    @property
    def name(self) -> str:
        name = self._name.removeprefix(_BUILT_IN)
        return f"{quote_sheet(self.sheet.name)}!{name}" if self.sheet else name

    @name.setter
    def name(self, value: str) -> None:
        value = split_sheet(value)[1]
        self.api.setName(value)
        self._name = value

    @property
    def refers_to(self) -> str:
        """In Excel's syntax with "="; relative references as seen from the name's own position."""
        position = self.api.ReferencePosition
        place = Place(position.Sheet, position.Row + 1, position.Column + 1)
        return "=" + Translator(self.book.api).to_excel(self.api.Content, place)

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        position = self.api.ReferencePosition
        place = Place(position.Sheet, position.Row + 1, position.Column + 1)
        self.api.setContent(Translator(self.book.api).to_office(value.removeprefix("="), place))

    def referred_cells(self) -> Range | None:
        """The cells, or None for a constant or a formula."""
        cells = self.api.getReferredCells()
        return None if cells is None else self.book.sheets.range_of(cells.RangeAddress)

    @property
    def refers_to_range(self) -> Range:
        cells = self.referred_cells()
        if cells is None:
            raise OfficeError(f"The name {self.name} does not stand for cells.")
        return cells

    def delete(self) -> None:
        (self.sheet or self.book).api.NamedRanges.removeByName(self._name)
