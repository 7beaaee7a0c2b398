"""Entries for Windows: a menu 参保 of workbooks and folders in Explorer, and shortcuts on the desktop that take drops.

All of it belongs to one user (HKEY_CURRENT_USER, the user's own desktop) and needs no administrator.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from subprocess import list2cmdline
from typing import TYPE_CHECKING, Protocol

from canbao_addin.doors.entries import EntryStatus, command_of
from canbao_addin.doors.table import DOORS, Kind, doors_for, doors_of
from canbao_addin.texts import CannotRunError

if TYPE_CHECKING:
    from canbao_addin.doors.table import Door
    from canbao_addin.install.registry import Registry, Value
    from canbao_addin.texts import Texts

_CLASSES = r"Software\Classes"
_OWN = "canbao"  # the key below shell that is ours
_SHELL_FOLDERS = r"Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"


class Shortcuts(Protocol):
    """Files of the kind .lnk."""

    def write(self, path: Path, program: str, arguments: str, description: str) -> None:
        """Write a shortcut; what is dropped on it stands behind its arguments. Raises OSError."""


class ExplorerEntries:
    """The menus in the registry, and the shortcuts in a folder of the desktop."""

    def __init__(self, registry: Registry, shortcuts: Shortcuts, desktop: Path, texts: Texts) -> None:
        self._registry = registry
        self._shortcuts = shortcuts
        self._texts = texts
        self._folder = desktop / texts.say("door_menu")

    def install(self) -> tuple[str, ...]:
        """Write the menus and the shortcuts. Raises CannotRunError."""
        for key, values in self._menus().items():
            for name, value in values.items():
                self._registry.write(key, name, value)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for door in DOORS.values():
                program, *words = command_of(door.id)
                self._shortcuts.write(self._link(door.id), program, list2cmdline(words), door.label(self._texts))
        except OSError as trouble:
            raise CannotRunError("cannot_write", path=self._folder, why=trouble) from trouble
        return self.status().places

    def remove(self) -> bool:
        """Remove the menus, and the shortcuts with their folder unless something else lies there."""
        there = bool(self.status().places)
        for root in _roots():
            _remove_tree(self._registry, rf"{root}\shell\{_OWN}")
            _prune(self._registry, rf"{root}\shell")
        try:
            for door in DOORS:
                self._link(door).unlink(missing_ok=True)
        except OSError as trouble:
            raise CannotRunError("cannot_write", path=self._folder, why=trouble) from trouble
        with suppress(OSError):  # something else lies there, or it is gone
            self._folder.rmdir()
        return there

    def status(self) -> EntryStatus:
        """Return which menus and shortcuts are there, and whether the menus call this Python."""
        wanted = self._menus()
        found = {key: self._registry.values(key) for key in wanted}
        menus = [root for root in _roots() if self._registry.values(rf"{root}\shell\{_OWN}")]
        links = [self._link(door) for door in DOORS if self._link(door).is_file()]
        places = [root.removeprefix(f"{_CLASSES}\\") for root in menus] + ([str(self._folder)] if links else [])
        return EntryStatus(tuple(places), current=found == wanted and len(links) == len(DOORS))

    def _link(self, door: str) -> Path:
        return self._folder / f"{DOORS[door].label(self._texts)}.lnk"

    def _menus(self) -> dict[str, dict[str, Value]]:
        """Return every key with its values: a menu that unfolds, and below it one entry a door."""
        keys: dict[str, dict[str, Value]] = {}
        for root, doors in _roots().items():
            menu = rf"{root}\shell\{_OWN}"
            keys[menu] = {"MUIVerb": self._texts.say("door_menu"), "SubCommands": ""}
            for place, door in enumerate(doors, start=1):  # menus are sorted by the names of keys
                entry = rf"{menu}\shell\{place}{door.id}"
                keys[entry] = {"MUIVerb": door.label(self._texts)}
                keys[rf"{entry}\command"] = {"": f'{_quoted(command_of(door.id))} "%1"'}
        return keys


def _quoted(words: list[str]) -> str:
    """Return a command line whose program stands in quotes whatever its path."""
    return f'"{words[0]}" {list2cmdline(words[1:])}'


def _roots() -> dict[str, list[Door]]:
    """Return the keys of the kinds of files that have a menu, and of folders, with what stands in it."""
    suffixes = dict.fromkeys(suffix for door in DOORS.values() for suffix in door.kind.suffixes)
    files = {rf"{_CLASSES}\SystemFileAssociations\{suffix}": doors_for(suffix) for suffix in suffixes}
    return {**files, rf"{_CLASSES}\Directory": doors_of(Kind.FOLDER)}


def _remove_tree(registry: Registry, key: str) -> None:
    for name in registry.subkeys(key):
        _remove_tree(registry, rf"{key}\{name}")
    registry.remove_key(key)


def _prune(registry: Registry, key: str) -> None:
    """Remove a key and those above it, as long as nothing is in them and they are below the user's classes."""
    while key != _CLASSES and not registry.subkeys(key) and not registry.values(key):
        registry.remove_key(key)
        key = key.rpartition("\\")[0]


if sys.platform == "win32":
    from canbao_addin.install.registry import user_registry

    class ShellShortcuts:
        """Shortcuts as the shell writes them."""

        def write(self, path: Path, program: str, arguments: str, description: str) -> None:
            """Write a shortcut. Raises OSError."""
            import pythoncom  # noqa: PLC0415 - loads COM, which status and removal need not
            import pywintypes  # noqa: PLC0415 - as above
            from win32com.shell import shell  # noqa: PLC0415 - as above

            try:
                link = pythoncom.CoCreateInstance(
                    shell.CLSID_ShellLink, None, pythoncom.CLSCTX_INPROC_SERVER, shell.IID_IShellLink
                )
                link.SetPath(program)
                link.SetArguments(arguments)
                link.SetDescription(description)
                link.QueryInterface(pythoncom.IID_IPersistFile).Save(str(path), 0)
            except pywintypes.com_error as trouble:
                raise OSError(str(trouble)) from trouble

    def user_entries(texts: Texts) -> ExplorerEntries:
        """Return the entries of the user who is signed in."""
        registry = user_registry()
        desktop = registry.values(_SHELL_FOLDERS).get("Desktop")
        return ExplorerEntries(
            registry, ShellShortcuts(), Path(str(desktop)) if desktop else Path.home() / "Desktop", texts
        )
