"""Spreadsheet documents as xlwings books."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from canbao_addin.hosts.libreoffice import files, saved_protection
from canbao_addin.hosts.libreoffice.bridge import file_path, uno_exception
from canbao_addin.hosts.libreoffice.errors import OfficeError
from canbao_addin.hosts.libreoffice.names import Names
from canbao_addin.hosts.libreoffice.number_formats import NumberFormats
from canbao_addin.hosts.libreoffice.pdf import write_pdf
from canbao_addin.hosts.libreoffice.plain_errors import plain_errors
from canbao_addin.hosts.libreoffice.sheets import Sheets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_addin.hosts.libreoffice.apps import App
    from canbao_addin.hosts.libreoffice.ranges import Range

_SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"


def is_spreadsheet(component: Any) -> bool:
    """Not everything that LibreOffice counts as a component is a document (the Basic editor is one)."""
    return hasattr(component, "supportsService") and bool(component.supportsService(_SPREADSHEET))


def stands_for(one: Any, other: Any) -> bool:
    """Whether two UNO references are one document."""
    return one is not None and other is not None and bool(one.RuntimeUID == other.RuntimeUID)


@plain_errors
class Books(base_classes.Books):
    """The open spreadsheets of an office, the one opened first in front."""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def api(self) -> Any:
        return self.app.desktop.Components

    def __iter__(self) -> Iterator[Book]:
        components = self.app.desktop.Components.createEnumeration()
        found = []
        while components.hasMoreElements():
            component = components.nextElement()
            if is_spreadsheet(component):
                found.append(Book(self.app, component))
        return iter(sorted(found, key=lambda book: int(book.api.RuntimeUID)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def active(self) -> Book | None:
        """The book in front; without windows the one opened or activated last."""
        current = self.app.desktop.getCurrentComponent()
        if is_spreadsheet(current):
            return Book(self.app, current)
        if self.app.current is not None:
            return Book(self.app, self.app.current)
        return next(iter(self), None)

    def __call__(self, key: str | int) -> Book:
        books = list(self)
        if isinstance(key, int):
            if 1 <= key <= len(books):
                return books[key - 1]
            raise KeyError(key)
        for book in books:
            if key.lower() in (book.name.lower(), book.fullname.lower()):
                return book
        raise KeyError(key)

    def add(self) -> Book:
        return self._adopt(files.new_document(self.app))

    def open(
        self,
        fullname: str,
        update_links: bool | None = None,  # noqa: ARG002 - links are never updated unasked
        read_only: bool | None = None,
        format: Any = None,  # noqa: A002, ARG002 - xlwings' name
        password: str | None = None,
        *_others: Any,
    ) -> Book:
        """Open a file. Raises FileNotFoundError, or OfficeError saying why it is not a book that can be opened."""
        return self._adopt(files.open_document(self.app, Path(fullname), bool(read_only), password))

    def _adopt(self, document: Any) -> Book:
        self.app.adopt(document)
        return Book(self.app, document)


@plain_errors
class Book(base_classes.Book):
    """One document. Its identity for what is remembered about it is ``RuntimeUID``."""

    def __init__(self, app: App, document: Any) -> None:
        self._app = app
        self._document = document
        self.formats = NumberFormats(document)

    @property
    def api(self) -> Any:
        return self._document

    @property
    def app(self) -> App:
        return self._app

    @property
    def name(self) -> str:
        return Path(self.fullname).name

    @property
    def fullname(self) -> str:
        """The path; of a book that was never saved its title."""
        url: str = self._document.URL
        return file_path(url) if url else str(self._document.Title)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    def frame(self) -> Any:
        """The frame of the window, or None."""
        controller = self._document.getCurrentController()
        return controller and controller.Frame

    def window(self) -> Any:
        frame = self.frame()
        return frame and frame.ContainerWindow

    def activate(self) -> None:
        """Bring the book to the front, as Excel does within its own windows."""
        self.app.current = self._document
        frame = self.frame()
        if frame:
            frame.activate()
            frame.ContainerWindow.toFront()

    def selection(self) -> Range | None:
        """The selected cells, of several areas the first; None while something else is selected."""
        controller = self._document.getCurrentController()
        selected = controller and controller.getSelection()
        if selected is None or not hasattr(selected, "supportsService"):
            return None
        if selected.supportsService("com.sun.star.sheet.SheetCellRanges"):
            address = selected.getRangeAddresses()[0] if selected.Count else None
        else:
            address = getattr(selected, "RangeAddress", None)
        return None if address is None else self.sheets.range_of(address)

    def close(self) -> None:
        """Close without saving."""
        self.app.forget(self._document)
        saved_protection.forget(self._document)
        self._document.setModified(False)
        try:
            self._document.close(True)
        except uno_exception("util.CloseVetoException") as error:
            raise OfficeError(f"LibreOffice cannot close {self.name} now: something is still using it.") from error

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save, or save as; an existing file is replaced. Raises OfficeError when it cannot be written."""
        files.save_document(self._document, path, password, self.name)

    def to_pdf(self, path: str, quality: str | None = None) -> None:  # noqa: ARG002 - one quality
        """All visible sheets, with their print areas; LibreOffice itself would print hidden ones that have any."""
        sheets = list(self.sheets)
        shown = [sheet for sheet in sheets if sheet.visible]
        if len(shown) == len(sheets):
            write_pdf(self._document, path)
            return
        cells = self._document.createInstance("com.sun.star.sheet.SheetCellRanges")
        for sheet in shown:
            areas = sheet.api.getPrintAreas() or (sheet.used_range.api.RangeAddress,)
            cells.addRangeAddresses(areas, False)
        write_pdf(self._document, path, cells)
