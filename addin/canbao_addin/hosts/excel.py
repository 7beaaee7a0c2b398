"""Excel's own dialogs: message boxes through xlwings, file pickers and printing through its object model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xlwings as xw

_PICK_FILE, _PICK_FOLDER = 3, 4  # msoFileDialogFilePicker, msoFileDialogFolderPicker
_CHOSEN = -1


class ExcelHost:
    """The Excel that a button was pressed in (Windows; on macOS everything but the pickers)."""

    def __init__(self, app: xw.App) -> None:
        self._app = app

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        """Show a message box."""
        self._app.alert(text, title=title, buttons="ok", mode="critical" if trouble else "info")

    def confirm(self, text: str, *, title: str) -> bool:
        """Show a message box with yes and no."""
        return bool(self._app.alert(text, title=title, buttons="yes_no", mode="info") == "yes")

    def choose_folder(self, title: str, start: Path) -> Path | None:
        """Show Excel's folder picker."""
        return self._pick(_PICK_FOLDER, title, f"{start}{os.sep}")

    def choose_workbook(self, title: str, start: Path) -> Path | None:
        """Show Excel's file picker for workbooks."""
        return self._pick(_PICK_FILE, title, f"{start}{os.sep}*.xlsx")

    def choose_file(self, title: str, start: Path) -> Path | None:
        """Show Excel's file picker for every file."""
        return self._pick(_PICK_FILE, title, f"{start}{os.sep}")

    def show_file(self, path: Path) -> None:
        """Open a file with the program that the system has for it."""
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - a file that we made, no shell
        else:
            subprocess.run(["open" if sys.platform == "darwin" else "xdg-open", path], check=False)

    def open_book(self, path: Path) -> xw.Book:
        """Open a workbook in front of the others."""
        book = self._app.books.open(path)
        book.activate(steal_focus=True)
        return book

    def _pick(self, kind: int, title: str, start: str) -> Path | None:
        dialog: Any = self._app.api.FileDialog(kind)
        dialog.Title = title
        dialog.AllowMultiSelect = False
        dialog.InitialFileName = start
        return Path(dialog.SelectedItems(1)) if dialog.Show() == _CHOSEN else None
