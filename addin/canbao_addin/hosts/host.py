"""What a spreadsheet program must offer beside xlwings: dialogs, and opening a file with the program it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import xlwings as xw


class Host(Protocol):
    """One running spreadsheet program, as the buttons see it."""

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        """Show a closing message and wait until it is read; ``trouble`` shows it as a warning."""

    def confirm(self, text: str, *, title: str) -> bool:
        """Ask a yes-or-no question."""

    def choose_folder(self, title: str, start: Path) -> Path | None:
        """Let the user choose a folder; None when they changed their mind."""

    def choose_workbook(self, title: str, start: Path) -> Path | None:
        """Let the user choose an .xlsx file; None when they changed their mind."""

    def choose_file(self, title: str, start: Path) -> Path | None:
        """Let the user choose a file of any kind; None when they changed their mind."""

    def show_file(self, path: Path) -> None:
        """Open a page or a PDF with the program that the system has for it."""

    def open_book(self, path: Path) -> xw.Book:
        """Open a workbook in this program, in front of the others. Raises OSError when it cannot be opened."""
