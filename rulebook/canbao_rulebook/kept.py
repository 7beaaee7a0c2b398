"""What takes long to work out and changes with the program alone is kept on disk for the next run.

A data file, a compiled policy year, the structure of a workbook as issued: a second of work, read again in a fiftieth.
Nothing hangs on it: what cannot be read or written is worked out. Kept is what Python can unpickle, as with
``__pycache__``: whoever may write there may run programs as this user anyway. No person stands in it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import sys
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import time
from typing import IO, TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

VARIABLE = "CANBAO_CACHE"  # another folder, or "off"
RULES = ("canbao_templates", "canbao_rulebook", "jinja2", "pydantic", "yaml")  # packages that make a rulebook of data
OFF = "off"
_MOST = 256  # files; those that nobody has read for the longest time go first
_DAY = 86_400  # seconds: a file that is more than that ahead of the clock was written when the clock was wrong
_HALF = ".part"
_OWN = re.compile(rf"[0-9a-f]{{64}}(\.pickle|\w*{re.escape(_HALF)})")

T = TypeVar("T")


def _home() -> Path:
    """Return the user's own folder; for a user who has none, one that cannot be: nothing is found or written there."""
    try:
        return Path.home() / ".canbao"
    except RuntimeError:
        return Path(os.devnull) / ".canbao"


HOME = _home()  # the user's own folder


def keep(
    packages: tuple[str, ...],
    key: tuple[object, ...],
    make: Callable[[], T],
    shared: Mapping[str, object] | None = None,
) -> T:
    """Return what ``make`` made, in this run or an earlier one.

    ``packages`` are those whose code and data decide what it makes, ``key`` all else, told apart by its ``repr``.
    ``shared`` are objects of this run that stand in it by their names alone: found again, they are the same objects.
    Whatever ``make`` raises is raised, and nothing kept.
    """
    shared = shared or {}
    folder = _folder()
    state = None if folder is None else _state_of(packages)
    if folder is None or state is None:
        return make()
    words = repr((sys.version, state, key))
    file = folder / f"{hashlib.sha256(words.encode()).hexdigest()}.pickle"
    with suppress(Exception):  # a broken file may make Python raise anything
        found: T = _read(file, shared)
        return found
    made = make()
    with suppress(Exception):  # no room, no right, or nested too deep to be written
        _write(file, made, shared)
    return made


def _folder() -> Path | None:
    """Return the folder of what is kept, None where nothing is to be kept."""
    asked = os.environ.get(VARIABLE, "")
    return None if asked == OFF else Path(asked) if asked else HOME / "cache"


class _Pickler(pickle.Pickler):
    def __init__(self, file: IO[bytes], shared: Mapping[str, object]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._names = {id(each): name for name, each in shared.items()}

    def persistent_id(self, obj: object) -> str | None:  # as pickle calls it
        return self._names.get(id(obj))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], shared: Mapping[str, object]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, pid: str) -> object:
        return self._shared[pid]


def _read(file: Path, shared: Mapping[str, object]) -> Any:
    if hasattr(os, "getuid") and file.stat().st_uid != os.getuid():
        raise PermissionError(file)
    with file.open("rb") as stream:
        found = _Unpickler(stream, shared).load()
    with suppress(OSError):
        os.utime(file)  # it is in use
    return found


def _write(file: Path, made: object, shared: Mapping[str, object]) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=file.stem, suffix=_HALF, delete=False) as part:
        try:
            _Pickler(part, shared).dump(made)
            part.close()
            os.replace(part.name, file)  # noqa: PTH105 - as one step, also where the file is there
        except BaseException:
            part.close()
            os.unlink(part.name)  # noqa: PTH108 - what is left of a file nobody will read
            raise
    for old in sorted(_own_files(file.parent), key=_last_used)[:-_MOST]:
        old.unlink(missing_ok=True)


def _own_files(folder: Path) -> list[Path]:
    """Return what ``keep`` has written to a folder, halves that somebody switched off included, and nothing else."""
    return [path for path in folder.iterdir() if _OWN.fullmatch(path.name)]


def _last_used(path: Path) -> float:
    try:
        used = path.stat().st_mtime
    except OSError:  # gone, by another program like this one
        return 0
    return 0 if used > time() + _DAY else used


@lru_cache
def _state_of(packages: tuple[str, ...]) -> str | None:
    """Return a digest that is another one as soon as a file of these packages is; None where it cannot be told.

    So it is of packages in an archive: nothing is kept of what they make.
    """
    try:
        files = [entry for package in packages for place in _places(package) for entry in _files_in(place)]
        stats = [(entry.path, entry.stat()) for entry in files]
    except OSError:
        return None
    state = sorted((path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for path, stat in stats)
    return hashlib.sha256(repr(state).encode()).hexdigest()


def _places(package: str) -> list[str]:
    spec = find_spec(package)
    return list(spec.submodule_search_locations or []) if spec else []


def _files_in(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield the files of a folder and of those in it, but what Python itself compiles."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry
            elif entry.name != "__pycache__":
                yield from _files_in(entry.path)
