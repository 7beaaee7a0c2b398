"""Entries for Linux desktops (UOS, Kylin, Debian …): a .desktop file for each door.

File managers offer them under 打开方式; of an entry with actions they would offer the first only. The menu of programs
shows one, which has the others for files as its actions. What a double click opens stays what it was.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.doors.entries import EntryStatus, command_of
from canbao_addin.doors.table import DOORS, Kind, doors_of
from canbao_addin.texts import CannotRunError, Texts
from canbao_generator.atomic import atomic_write
from canbao_rulebook.phrases import LANGUAGES

if TYPE_CHECKING:
    from canbao_addin.doors.table import Door

_SAVED = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/wps-office.xlsx",
    "application/wps-office.xls",
    "application/wps-office.et",
)
_TYPES = {
    Kind.WORKBOOK: _SAVED,
    Kind.FOLDER: ("inode/directory",),
    Kind.LIST: (
        *_SAVED,
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        "application/vnd.oasis.opendocument.spreadsheet",
        "text/csv",
        "text/plain",
    ),
}
_NAMES = {"check": "canbao.desktop", "merge": "canbao-folder.desktop"}  # what else is called by its door
_ICONS = {Kind.WORKBOOK: "x-office-spreadsheet", Kind.FOLDER: "folder", Kind.LIST: "x-office-spreadsheet"}
_ENDS_WITH_ENTRY = re.compile(r"\S+\.desktop$")
_PLAIN = re.compile(r"[\w./+-]+")
_SPECIAL = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "`": "\\`", "%": "%%"})


def applications_folder() -> Path:
    """Return where this user's entries stand."""
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "applications"


class DesktopFiles:
    """The .desktop files in one folder of this user."""

    def __init__(self, folder: Path, texts: Texts) -> None:
        self._folder = folder
        self._texts = texts

    def install(self) -> tuple[str, ...]:
        """Write the files, and leave every kind of file with the program that opens it now. Raises CannotRunError."""
        before = _default_programs()
        for door, path in self._paths().items():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with atomic_write(path) as stream:
                    stream.write(desktop_file(DOORS[door]).encode())
            except OSError as trouble:
                raise CannotRunError("cannot_write", path=path, why=trouble) from trouble
        self._refresh()
        _restore(before)
        return tuple(map(str, self._paths().values()))

    def remove(self) -> bool:
        """Remove the files. Raises CannotRunError."""
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
        there = {door: path for door, path in self._paths().items() if path.is_file()}
        current = len(there) == len(DOORS) and all(
            path.read_text(encoding="utf-8", errors="replace") == desktop_file(DOORS[door])
            for door, path in there.items()
        )
        return EntryStatus(tuple(map(str, there.values())), current)

    def _paths(self) -> dict[str, Path]:
        return {door: self._folder / entry_name(door) for door in DOORS}

    def _refresh(self) -> None:
        """Let file managers notice at once, where the desktop has the program for it."""
        if self._folder.is_dir():
            _run("update-desktop-database", str(self._folder))


def entry_name(door: str) -> str:
    """Return what the file of a door is called."""
    return _NAMES.get(door, f"canbao-{door}.desktop")


def desktop_file(door: Door) -> str:
    """Return the entry of a door."""
    titles = {lang: f"{Texts(lang).say('door_menu')} {door.label(Texts(lang))}" for lang in LANGUAGES}
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.0",
        f"Name={titles['zh']}",
        f"Name[en]={titles['en']}",
        f"Exec={_exec(door)}",
        f"Icon={_ICONS[door.kind]}",
        "Terminal=false",
        "Categories=Office;",
        f"MimeType={';'.join(_TYPES[door.kind])};",
    ]
    first, *others = doors_of(Kind.WORKBOOK, Kind.LIST)
    if door is not first:
        return "\n".join([*lines, "NoDisplay=true", ""])
    lines.append(f"Actions={';'.join(other.id for other in others)};")
    for other in others:
        lines += ["", f"[Desktop Action {other.id}]", f"Name={other.label(Texts('zh'))}"]
        lines += [f"Name[en]={other.label(Texts('en'))}", f"Exec={_exec(other)}"]
    return "\n".join([*lines, ""])


def _exec(door: Door) -> str:
    """Return a command line as the specification wants it: escaped once more as a value of a file.

    Quotes only where a word needs them: pcmanfm takes the first word as it stands, and hides what it does not find.
    """
    words = (word if _PLAIN.fullmatch(word) else f'"{word.translate(_SPECIAL)}"' for word in command_of(door.id))
    return " ".join(words).replace("\\", "\\\\") + " %F"


def _default_programs() -> dict[str, str]:
    """Return what opens each kind of file now, as far as the desktop says."""
    kinds = dict.fromkeys(kind for types in _TYPES.values() for kind in types)
    return {kind: _default_program(kind) for kind in kinds}


def _restore(before: dict[str, str]) -> None:
    """Give back what our entry took: a door is offered, and is not what a double click opens."""
    for kind, program in before.items():
        if program and not _is_own(program) and _default_program(kind) != program:
            words = ("xdg-mime", "default", program, kind) if _has_xdg() else ("gio", "mime", kind, program)
            _run(*words)


def _default_program(kind: str) -> str:
    """Return what opens a kind of file: xdg-mime says it, or gio, in a sentence that ends with it."""
    if _has_xdg():
        return _run("xdg-mime", "query", "default", kind)
    found = _ENDS_WITH_ENTRY.search(_run("gio", "mime", kind).partition("\n")[0])
    return found[0] if found else ""


def _is_own(program: str) -> bool:
    return program in map(entry_name, DOORS)


def _has_xdg() -> bool:
    return shutil.which("xdg-mime") is not None


def _run(*words: str) -> str:
    """Return what a program of the desktop said, in English; nothing where it is missing or fails."""
    program = shutil.which(words[0])
    if program is None:
        return ""
    english = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run([program, *words[1:]], check=False, capture_output=True, text=True, env=english)
    return "" if done.returncode else done.stdout.strip()
