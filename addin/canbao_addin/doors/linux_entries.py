"""Entries for Linux desktops (UOS, Kylin, Debian …): one .desktop file for workbooks and one for folders.

File managers offer them under 打开方式. What a double click opens stays what it was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.doors.entries import EntryStatus, command_of
from canbao_addin.doors.table import Kind, doors_of
from canbao_addin.texts import CannotRunError, Texts
from canbao_generator.atomic import atomic_write
from canbao_rulebook.phrases import LANGUAGES

if TYPE_CHECKING:
    from canbao_addin.doors.table import Door

_TYPES = {
    Kind.WORKBOOK: (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel",
        "application/wps-office.xlsx",
        "application/wps-office.xls",
        "application/wps-office.et",
    ),
    Kind.FOLDER: ("inode/directory",),
}
_NAMES = {Kind.WORKBOOK: "canbao.desktop", Kind.FOLDER: "canbao-folder.desktop"}
_ICONS = {Kind.WORKBOOK: "x-office-spreadsheet", Kind.FOLDER: "folder"}
_SPECIAL = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "`": "\\`", "%": "%%"})


def applications_folder() -> Path:
    """Return where this user's entries stand."""
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "applications"


class DesktopFiles:
    """The .desktop files in one folder."""

    def __init__(self, folder: Path, texts: Texts) -> None:
        self._folder = folder
        self._texts = texts

    def install(self) -> tuple[str, ...]:
        """Write both files, and leave every kind of file with the program that opens it now. Raises CannotRunError."""
        before = _default_programs()
        for kind, path in self._paths().items():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with atomic_write(path) as stream:
                    stream.write(desktop_file(kind).encode())
            except OSError as trouble:
                raise CannotRunError("cannot_write", path=path, why=trouble) from trouble
        self._refresh()
        _restore(before)
        return tuple(map(str, self._paths().values()))

    def remove(self) -> bool:
        """Remove both files. Raises CannotRunError."""
        there = bool(self.status().places)
        for path in self._paths().values():
            try:
                path.unlink(missing_ok=True)
            except OSError as trouble:
                raise CannotRunError("cannot_write", path=path, why=trouble) from trouble
        self._refresh()
        return there

    def status(self) -> EntryStatus:
        """Return which files are there, and whether they are those of this version and this Python."""
        there = {kind: path for kind, path in self._paths().items() if path.is_file()}
        current = len(there) == len(_NAMES) and all(
            path.read_text(encoding="utf-8", errors="replace") == desktop_file(kind) for kind, path in there.items()
        )
        return EntryStatus(tuple(map(str, there.values())), current)

    def _paths(self) -> dict[Kind, Path]:
        return {kind: self._folder / name for kind, name in _NAMES.items()}

    def _refresh(self) -> None:
        """Let file managers notice at once, where the desktop has the program for it."""
        if self._folder.is_dir():
            _run("update-desktop-database", str(self._folder))


def desktop_file(kind: Kind) -> str:
    """Return the entry for workbooks or for folders: the first door by itself, the others as its actions."""
    first, *others = doors_of(kind)
    titles = {lang: f"{Texts(lang).say('door_menu')} {first.label(Texts(lang))}" for lang in LANGUAGES}
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.0",
        f"Name={titles['zh']}",
        f"Name[en]={titles['en']}",
        f"Exec={_exec(first)}",
        f"Icon={_ICONS[kind]}",
        "Terminal=false",
        "Categories=Office;",
        f"MimeType={';'.join(_TYPES[kind])};",
        f"Actions={';'.join(door.id for door in others)};",
    ]
    if kind is Kind.FOLDER:
        lines.append("NoDisplay=true")
    for door in others:
        lines += ["", f"[Desktop Action {door.id}]", f"Name={door.label(Texts('zh'))}"]
        lines += [f"Name[en]={door.label(Texts('en'))}", f"Exec={_exec(door)}"]
    return "\n".join([*lines, ""])


def _exec(door: Door) -> str:
    """Return a command line as the specification wants it: words in quotes, escaped once more as a value of a file."""
    words = " ".join(f'"{word.translate(_SPECIAL)}"' for word in command_of(door.id))
    return words.replace("\\", "\\\\") + " %F"


def _default_programs() -> dict[str, str]:
    """Return what opens each kind of file now, as far as the desktop says."""
    kinds = [kind for types in _TYPES.values() for kind in types]
    return {kind: _run("xdg-mime", "query", "default", kind) for kind in kinds}


def _restore(before: dict[str, str]) -> None:
    """Give back what our entry took: a door is offered, and is not what a double click opens."""
    for kind, program in before.items():
        if program and program not in _NAMES.values() and _run("xdg-mime", "query", "default", kind) != program:
            _run("xdg-mime", "default", program, kind)


def _run(*words: str) -> str:
    """Return what a program of the desktop said; nothing where it is missing or fails."""
    program = shutil.which(words[0])
    if program is None:
        return ""
    done = subprocess.run([program, *words[1:]], check=False, capture_output=True, text=True)
    return "" if done.returncode else done.stdout.strip()
