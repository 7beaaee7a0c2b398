"""The doors: which action each one starts, and what it takes. Menus, entries and the command are made from this."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from canbao_addin.doors import folders, lists, workbooks
from canbao_addin.texts import Texts
from canbao_rulebook.phrases import LANGUAGES, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from canbao_addin.doors.desk import Desk, Outcome


class Kind(Enum):
    """What a door takes."""

    WORKBOOK = "workbook"
    FOLDER = "folder"
    LIST = "list"  # what others send, in whatever they keep it

    @property
    def suffixes(self) -> tuple[str, ...]:
        """How the names of its files end; folders end with anything."""
        return _SUFFIXES[self]


_SAVED = (".xlsx", ".xls", ".et")  # by Excel and WPS
_SUFFIXES = {Kind.WORKBOOK: _SAVED, Kind.FOLDER: (), Kind.LIST: (*_SAVED, ".xlsb", ".ods", ".csv", ".txt")}


@dataclass(frozen=True)
class Door:
    """One action. ``id`` is what the command calls it; ``run`` does it for one workbook or folder."""

    id: str
    kind: Kind
    run: Callable[[Path, Desk], Outcome]

    def label(self, texts: Texts) -> str:
        """Return what menus call it."""
        return texts.say(f"door_{self.id}")

    @property
    def phrase(self) -> Phrase:
        """The same in the language that it will be said in."""
        return Phrase({lang: self.label(Texts(lang)) for lang in LANGUAGES})


DOORS = {
    door.id: door
    for door in (
        Door("check", Kind.WORKBOOK, workbooks.check),
        Door("compute", Kind.WORKBOOK, workbooks.compute),
        Door("repair", Kind.WORKBOOK, workbooks.repair),
        Door("submit", Kind.WORKBOOK, workbooks.submit),
        Door("explain", Kind.WORKBOOK, workbooks.explain),
        Door("returns", Kind.WORKBOOK, workbooks.returns),
        Door("import", Kind.LIST, lists.import_list),
        Door("merge", Kind.FOLDER, folders.merge),
        Door("register", Kind.FOLDER, folders.register),
        Door("report", Kind.FOLDER, folders.report),
        Door("copies", Kind.FOLDER, folders.copies),
    )
}


def doors_of(*kinds: Kind) -> list[Door]:
    """Return the doors for workbooks, for lists or for folders, in the order of menus."""
    return [door for door in DOORS.values() if door.kind in kinds]


def doors_for(suffix: str) -> list[Door]:
    """Return the doors for files whose names end so, in the order of menus."""
    return [door for door in DOORS.values() if suffix in door.kind.suffixes]
