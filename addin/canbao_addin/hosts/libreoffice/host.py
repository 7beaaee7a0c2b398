"""What the buttons need of LibreOffice beside xlwings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import xlwings as xw

from canbao_addin.hosts.libreoffice import dialogs
from canbao_addin.hosts.libreoffice.bridge import file_url, uno_exception
from canbao_addin.hosts.libreoffice.plain_errors import plain_errors

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.hosts.libreoffice.apps import App

_WORKBOOKS, _ALL = "*.xlsx", "*.*"


@dataclass
class Answers:
    """What is answered where there is no window to ask in. By default nothing is agreed to and nothing chosen."""

    agree: bool = False
    folder: Path | None = None
    workbook: Path | None = None


@plain_errors
class LibreOfficeHost:
    """A host for one office. Without a window nothing waits for a person: what would be shown is remembered."""

    def __init__(self, app: xw.App, answers: Answers | None = None) -> None:
        self._app = app
        self._impl: App = app.impl
        self.answers = answers or Answers()
        self.said: list[str] = []  # texts of tell() and confirm()
        self.shown: list[Path] = []  # files of show_file()

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        self.said.append(text)
        dialogs.alert(self._impl, text, title, mode="warning" if trouble else "info")

    def confirm(self, text: str, *, title: str) -> bool:
        self.said.append(text)
        if dialogs.window(self._impl) is None:
            return self.answers.agree
        return dialogs.alert(self._impl, text, title, "yes_no") == "yes"

    def choose_folder(self, title: str, start: Path) -> Path | None:
        if dialogs.window(self._impl) is None:
            return self.answers.folder
        return dialogs.choose_folder(self._impl, title, start)

    def choose_workbook(self, title: str, start: Path) -> Path | None:
        if dialogs.window(self._impl) is None:
            return self.answers.workbook
        return dialogs.choose_file(self._impl, title, start, _WORKBOOKS)

    def choose_file(self, title: str, start: Path) -> Path | None:
        if dialogs.window(self._impl) is None:
            return self.answers.workbook
        return dialogs.choose_file(self._impl, title, start, _ALL)

    def show_file(self, path: Path) -> None:
        """Raises OSError when there is no such file, or no program for it."""
        if not path.is_file():
            raise FileNotFoundError(f"There is no file {path}.")
        self.shown.append(path)
        if dialogs.window(self._impl) is None:
            return
        shell = self._impl.create("com.sun.star.system.SystemShellExecute")
        try:
            shell.execute(file_url(str(path.absolute())), "", 0)
        except uno_exception() as error:
            raise OSError(f"There is no program here that opens {path}.") from error

    def open_book(self, path: Path) -> xw.Book:
        """Raises OSError when it cannot be opened, saying why."""
        try:
            book = self._app.books.open(path)
        except (xw.XlwingsError, ValueError) as error:  # ValueError: another book of that name is open
            raise OSError(str(error)) from error
        book.activate(steal_focus=True)
        return book
