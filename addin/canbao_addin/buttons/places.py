"""Where the open workbook lies: a file on this PC, or nowhere that a program can write to, and then why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError

if TYPE_CHECKING:
    import xlwings as xw

    from canbao_addin.buttons.session import Session

_URL = "://"  # what OneDrive and SharePoint give in place of a path


def local_file(book: xw.Book) -> Path | None:
    """Return the file of an open workbook; None when it was never saved, lies online, or is gone."""
    stated = _stated(book)
    path = Path(stated) if stated and _URL not in stated else None
    return path if path is not None and path.is_file() else None


def start_folder(book: xw.Book) -> Path:
    """Return the folder in which a picker begins: the workbook's, else the user's own."""
    path = local_file(book)
    return path.parent if path else Path.home()


def require_file(session: Session, book: xw.Book | None = None) -> Path:
    """Return the file of the open workbook, or of another one. Raises CannotRunError, which says why there is none."""
    book = book or session.book
    path = local_file(book)
    if path is not None:
        return path
    stated = _stated(book)
    if stated is None or _URL in stated:
        raise CannotRunError("book_online", action=session.label)
    if Path(stated).name == stated or not stated:
        raise CannotRunError("not_saved_yet", action=session.label)
    raise CannotRunError("book_moved", path=stated, action=session.label)


def _stated(book: xw.Book) -> str | None:
    """Return what the program calls the workbook's place; None where xlwings finds no path for an address online."""
    try:
        return str(book.fullname)
    except Exception:  # noqa: BLE001 - xlwings raises what it likes for a OneDrive that it cannot map
        return None
