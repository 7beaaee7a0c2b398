"""Where doors stand: entries of file managers and desktops for one user, without an administrator."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from canbao_addin.texts import Texts


@dataclass(frozen=True)
class EntryStatus:
    """What is there: ``places`` in words that name them; ``current``: as this version would write it."""

    places: tuple[str, ...]
    current: bool


class Entries(Protocol):
    """The entries of one system."""

    def install(self) -> tuple[str, ...]:
        """Write or renew all entries; return where they are. Raises CannotRunError."""

    def remove(self) -> bool:
        """Take all entries away; tell whether there were any. Raises CannotRunError."""

    def status(self) -> EntryStatus:
        """Return what is there."""


def command_of(door: str) -> list[str]:
    """Return the words that open a door, before the paths: the Python that runs this, without a console window."""
    python = Path(sys.executable)
    silent = python.with_name("pythonw.exe")
    return [str(silent if silent.exists() else python), "-X", "utf8", "-m", "canbao_addin.cli", "doors", "run", door]


def system_entries(texts: Texts) -> Entries:
    """Return the entries of the system that this runs on."""
    if sys.platform == "win32":
        from canbao_addin.doors.windows_entries import user_entries  # noqa: PLC0415 - there only

        return user_entries(texts)
    from canbao_addin.doors.linux_entries import DesktopFiles, applications_folder  # noqa: PLC0415 - there only

    return DesktopFiles(applications_folder(), texts)
