"""A folder of files that were handed in: each called by a name that tells it from the others, none passed over."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

UNITS_FILE = "单位清单.csv"  # beside the templates: the units that they were generated for
_LOCK, _HIDDEN = "~$", "."
_OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini"})
_COPIES = frozenset({".bak", ".tmp", ".xlk", ".wbk", ".part", ".crdownload", ".swp"})  # of programs and browsers


class InputFile(NamedTuple):
    """A file to read, and what results call it: as much of its path as tells it from the other files."""

    path: Path
    name: str


class LeftOut(NamedTuple):
    """What lies in the folder and is not read, by the same kind of name; ``key`` is the message that says why."""

    name: str
    key: str


@dataclass(frozen=True)
class Inbox:
    """The files of a folder and its sub-folders in a fixed order, and what beside them is not read."""

    files: tuple[InputFile, ...]
    left_out: tuple[LeftOut, ...] = ()


def find_files(folder: Path, leave_out: Iterable[Path] = ()) -> Inbox:
    """Return what lies in a folder and its sub-folders.

    ``leave_out``: results of this run and of earlier ones, as files or as folders inside this one. Links to folders are
    not followed: they may lead back.
    """
    around = {folder.resolve(), *folder.resolve().parents}
    excluded = {path.resolve() for path in leave_out} - around
    found = sorted(_walk(folder, excluded))
    names = name_files([path.relative_to(folder) for path, _ in found])
    pairs = list(zip(found, names, strict=True))
    return Inbox(
        files=tuple(InputFile(path, name) for (path, key), name in pairs if not key),
        left_out=tuple(LeftOut(name, key) for (_, key), name in pairs if key),
    )


def name_inputs(paths: Iterable[Path]) -> list[InputFile]:
    """Return files that a person named, each once, with names that tell them apart."""
    found = list({path.resolve(): path for path in paths}.values())
    names = name_files([path.absolute() for path in found])
    return [InputFile(path, name) for path, name in zip(found, names, strict=True)]


def name_files(paths: Sequence[Path]) -> list[str]:
    """Return for each path its last part, or as many of its last parts as no other path ends with."""
    depths = [1] * len(paths)
    while True:
        names = ["/".join(map(_printable, path.parts[-depth:])) for path, depth in zip(paths, depths, strict=True)]
        count = Counter(names)
        unclear = [
            index for index, name in enumerate(names) if count[name] > 1 and depths[index] < len(paths[index].parts)
        ]
        if not unclear:
            return names
        for index in unclear:
            depths[index] += 1


def _printable(part: str) -> str:
    """Return a part of a path with a mark for bytes that are no text: results are written in Unicode."""
    return os.fsencode(part).decode(errors="backslashreplace")


def _walk(folder: Path, excluded: set[Path]) -> Iterator[tuple[Path, str]]:
    """Yield every file, and every folder that is not entered, with the key that says why it is not read."""
    closed: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=closed.append):
        within = Path(place)
        entered = []
        for name in folders:
            path = within / name
            key = _folder_key(path)
            if path.resolve() in excluded:
                continue
            if key:
                yield path, key
            else:
                entered.append(name)
        folders[:] = entered
        for name in files:
            path = within / name
            if path.resolve() not in excluded:
                yield path, _file_key(path)
    yield from ((Path(trouble.filename), "V39.closed_folder") for trouble in closed)


def _folder_key(path: Path) -> str:
    if path.is_symlink():
        return "V39.linked_folder"
    return "V39.hidden" if path.name.startswith(_HIDDEN) or path.name == "__MACOSX" else ""


def _file_key(path: Path) -> str:
    """Return why a file is not read, empty when it is."""
    name = path.name.casefold()
    if name.startswith(_LOCK):
        return "V39.in_use"
    if name.startswith(_HIDDEN) or name in _OF_SYSTEMS:
        return "V39.hidden"
    if name == UNITS_FILE:
        return "V39.own_list"
    if path.suffix.casefold() in _COPIES or name.endswith("~"):
        return "V39.backup"
    if path.is_symlink() and not path.exists():
        return "V39.broken_link"
    return "" if path.is_file() else "V39.special_file"
