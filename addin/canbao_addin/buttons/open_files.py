"""Workbooks that are open in the program while their files are written: saved, closed, and opened again after that."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from canbao_addin.buttons.places import local_file
from canbao_addin.buttons.troubles import is_interruption
from canbao_addin.texts import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import xlwings as xw

    from canbao_addin.buttons.session import Session


def save_book(session: Session, book: xw.Book, path: Path) -> None:
    """Save an open workbook. Raises CannotRunError: it was opened to read only, or others hold the file."""
    try:
        book.save()
    except Exception as trouble:
        if is_interruption(trouble):
            raise
        raise CannotRunError("book_not_saved", path=path, action=session.label) from trouble


def find_open(session: Session, path: Path) -> xw.Book | None:
    """Return the open workbook of a file."""
    for book in session.app.books:
        own = local_file(book)
        if own is not None and own.resolve() == path.resolve():
            return book
    return None


def show_book(session: Session, path: Path) -> xw.Book:
    """Return the workbook of a file, in front of the others. Raises OSError when it cannot be opened."""
    book = find_open(session, path)
    if book is None:
        return session.host.open_book(path)
    book.activate(steal_focus=True)
    return book


class OpenFiles:
    """The workbooks that were closed, to be opened again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._closed: dict[Path, bool] = {}  # whether it is the workbook of the session

    def release(self, *paths: Path) -> None:
        """Save and close workbooks that are about to be written, also those in folders.

        Raises CannotRunError when one cannot be saved.
        """
        wanted = {path.resolve() for path in paths}
        for book in list(self._session.app.books):
            path = local_file(book)
            if path is not None and wanted & {path.resolve(), *path.resolve().parents}:
                is_own = not any(self._closed.values()) and book == self._session.book
                save_book(self._session, book, path)
                book.close()
                self._closed[path] = is_own

    def restore(self) -> None:
        """Open again what was closed."""
        while self._closed:
            path, is_own = self._closed.popitem()
            with suppress(OSError):  # it is gone, or another program holds it: what was to be said is said all the same
                book = self._session.host.open_book(path)
                if is_own:
                    self._session.book = book


@contextmanager
def reopened(session: Session) -> Iterator[OpenFiles]:
    """Let an action write files that are open; they are open again whatever comes of it."""
    files = OpenFiles(session)
    try:
        yield files
    finally:
        files.restore()
