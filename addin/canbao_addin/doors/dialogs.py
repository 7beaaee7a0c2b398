"""What a door needs of the desktop it stands on: to tell, to ask, to let choose, to show how far it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from canbao_addin.texts import Texts


class CancelledError(Exception):
    """The person pressed cancel; nothing that was not finished is written."""


class Dialogs(Protocol):
    """The standard dialogs of one desktop."""

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        """Show a closing message and wait until it is read; ``trouble`` shows it as a warning."""

    def confirm(self, text: str, *, title: str) -> bool:
        """Ask a yes-or-no question."""

    def ask_text(self, text: str, *, title: str, secret: bool = False) -> str | None:
        """Let the person type a word; None when they changed their mind. ``secret``: not shown, as a password."""

    def choose_folder(self, title: str, start: Path) -> Path | None:
        """Let the person choose a folder; None when they changed their mind."""

    def choose_file(self, title: str, start: Path, suffixes: Sequence[str]) -> Path | None:
        """Let the person choose a file whose name ends with one of these; None when they changed their mind."""

    def choose_word(self, text: str, *, title: str, words: Sequence[str]) -> str | None:
        """Let the person choose one of some words; None when they changed their mind."""

    def show_file(self, path: Path) -> None:
        """Open a file or a folder with the program that the system has for it. Raises OSError when there is none."""

    def progress(self, title: str, total: int) -> AbstractContextManager[Callable[[str], None]]:
        """Show how far the work is; the function is told what comes next, and raises CancelledError after a cancel."""


def system_dialogs(texts: Texts) -> Dialogs:
    """Return the dialogs of the desktop that this runs on."""
    if sys.platform == "win32":
        from canbao_addin.doors.windows import WindowsDialogs  # noqa: PLC0415 - there only

        return WindowsDialogs(texts)
    from canbao_addin.doors.linux import linux_dialogs  # noqa: PLC0415 - there only

    return linux_dialogs(texts)
