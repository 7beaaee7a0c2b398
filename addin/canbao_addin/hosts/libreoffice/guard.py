"""Excel's rules of protection, which LibreOffice keeps less strictly when it is called from a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.hosts.libreoffice.addresses import Area
from canbao_addin.hosts.libreoffice.errors import OfficeError, ProtectedError
from canbao_addin.hosts.libreoffice.number_formats import format_groups
from canbao_addin.hosts.libreoffice.saved_protection import freedoms, has_locked_structure

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.books import Book
    from canbao_addin.hosts.libreoffice.ranges import Range
    from canbao_addin.hosts.libreoffice.sheets import Sheet


def require_unlocked(cells: Range) -> None:
    """Raise ProtectedError when the sheet is protected and a single one of the cells is locked."""
    if cells.book.api.isReadonly():
        raise OfficeError(f"{cells.book.name} is open for reading only.")
    if not cells.sheet.protected:
        return
    for group in format_groups(cells.api):
        if group.CellProtection.IsLocked:
            locked = Area.of(group.getRangeAddresses()[0]).text()
            raise ProtectedError(f"The sheet {cells.sheet.name} is protected and {locked} is locked.")


def require_open_sheet(sheet: Sheet, freedom: str = "") -> None:
    """Raise ProtectedError when the sheet is protected and does not leave this freedom (``formatCells`` …)."""
    if sheet.protected and freedom not in freedoms(sheet.book.api, sheet.name):
        raise ProtectedError(f"The sheet {sheet.name} is protected.")


def require_open_structure(book: Book) -> None:
    """Raise ProtectedError when sheets may not be added, removed, renamed, moved, shown or hidden."""
    if has_locked_structure(book.api):
        raise ProtectedError(f"The structure of {book.name} is protected.")
