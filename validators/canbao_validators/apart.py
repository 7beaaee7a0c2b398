"""Work on files in child processes with limits: a crafted file can stop the process that parses it, or fill its memory.

A child starts with the compiled policy years, works on one file at a time, and is replaced when a file ends it.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from concurrent.futures import TimeoutError as TaskTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, set_executable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from canbao_validators.reading.package import UnreadableFile
from canbao_validators.reading.sheets import read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from canbao_validators.checking import Library
    from canbao_validators.reading.raw import RawWorkbook

T = TypeVar("T")

MOST_WORKERS = 4
_SECONDS, _SECONDS_PER_MB = 15, 10
_BYTES, _BYTES_PER_BYTE = 900_000_000, 60
_MB = 1_000_000
_THREADS = "POLARS_MAX_THREADS"

_library: list[Library | None] = []  # of a child: the policy years it started with


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost a child: wall seconds, and bytes of memory (kept by Linux and macOS only)."""

    seconds: float
    memory: int

    @classmethod
    def of(cls, path: Path) -> Limits:
        """Return limits that grow with the file: an honest workbook of a large township has its time on an old PC."""
        try:
            size = path.stat().st_size
        except OSError:
            size = 0
        return cls(_SECONDS + _SECONDS_PER_MB * size / _MB, _BYTES + _BYTES_PER_BYTE * size)


class Workers:
    """A few child processes. Use as a context manager: leaving it ends them, whatever they still do."""

    def __init__(self, library: Library | None, count: int) -> None:
        self._pool = ProcessPool(
            max_workers=max(1, count),
            initializer=_start,
            initargs=(library,),
            context=get_context("spawn"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pool: Any = self._pool  # its methods bear no types
        pool.stop()
        pool.join()

    def read(self, function: Callable[..., T], tasks: Iterable[tuple[Path, Any]]) -> Iterator[T | UnreadableFile]:
        """Yield ``function(library, path, settings)`` of each task in order.

        Where a file ended its child, or passed a limit, UnreadableFile stands for the result.
        """
        futures = []
        for path, settings in tasks:
            limits = Limits.of(path)
            arguments = (function, limits.memory, path, settings)
            futures.append(self._pool.schedule(_read, args=arguments, timeout=limits.seconds))
        for future in futures:
            try:
                yield future.result()
            except TaskTimeoutError:
                yield UnreadableFile("V39.too_slow")
            except MemoryError:
                yield UnreadableFile("V39.too_big")
            except ProcessExpired:
                yield UnreadableFile("V39.crashed")

    def map(self, function: Callable[[Any], T], tasks: Iterable[Any]) -> Iterator[T]:
        """Yield ``function(task)`` of each task in order, for work on data of our own: no limits."""
        futures = deque(self._pool.schedule(_map, args=(function, task)) for task in tasks)
        while futures:
            yield futures.popleft().result()


@contextmanager
def start_workers(library: Library | None, files: int) -> Iterator[Workers]:
    """Start as many children as there are processors and files, a few at most; polars shares the processors out."""
    cores = os.cpu_count() or 1
    count = max(1, min(cores, files, MOST_WORKERS))
    set_executable(_find_python())
    with _environment(_THREADS, str(max(1, cores // count))), Workers(library, count) as workers:
        yield workers


def read_apart(path: Path) -> RawWorkbook:
    """Read one file in a child process. Raises UnreadableFile."""
    with start_workers(None, 1) as workers:
        done = next(workers.read(_read_workbook, [(path, None)]))
    if isinstance(done, UnreadableFile):
        raise done
    return done


def _read_workbook(_library: None, path: Path, _settings: None) -> RawWorkbook | UnreadableFile:
    try:
        return read_workbook(path)
    except UnreadableFile as trouble:
        return trouble


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable that children inherit, as long as they may be started."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _find_python() -> str:
    """Return the Python to start: within an office program, ``sys.executable`` is that program."""
    own = Path(sys.executable or "")
    if own.stem.casefold().startswith("python"):
        return str(own)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(sys.exec_prefix, "pythonw.exe"),
        Path(sys.exec_prefix, "python.exe"),
        Path(sys.exec_prefix, "bin", name),
    )
    return str(next((place for place in places if place.is_file()), own))


def _start(library: Library | None) -> None:
    """Prepare a child: what a parser prints when it dies is for nobody's screen."""
    _library.append(library)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _read(function: Callable[..., T], memory: int, path: Path, settings: Any) -> T:
    _limit_memory(memory)
    return function(_library[0], path, settings)


def _map(function: Callable[[Any], T], task: Any) -> T:
    _limit_memory(None)
    return function(task)


def _limit_memory(limit: int | None) -> None:
    """Let allocations fail beyond ``limit`` bytes of data; Windows knows no such limit."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    soft = most if limit is None else limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, most))
