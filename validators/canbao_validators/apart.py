"""Read files in child processes with limits: a crafted file can stop the process that parses it, or fill its memory."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import set_executable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from canbao_validators.memory import ALLOCATOR, WHILE_READING, free_memory
from canbao_validators.mishaps import as_unexpected
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.workers import CrashedError, Task, TooSlowError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from canbao_validators.library import Library
    from canbao_validators.reading.raw import RawWorkbook
    from canbao_validators.workers import Named

T = TypeVar("T")

MOST_WORKERS = 4
_SECONDS, _SECONDS_PER_MB = 15, 10
_BYTES, _BYTES_PER_BYTE = 900_000_000, 60
_NEEDED, _NEEDED_PER_BYTE = 120_000_000, 23  # bytes that a child takes at most for an honest workbook, measured
_MB = 1_000_000
_MOST_TOGETHER, _BYTES_TOGETHER = 16, 8 * _MB
_TURNS = 2  # groups that each child gets, at least
RUN_PREFIX = "canbao-run-"  # of folders for what a run stores on the way
_THREADS = "POLARS_MAX_THREADS"


class Reading(NamedTuple):
    """How files are read: the passwords that are tried in turn."""

    passwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What files may cost a child: wall seconds, and bytes of memory (kept by Linux only)."""

    seconds: float
    memory: int

    @classmethod
    def of(cls, *paths: Path) -> Limits:
        """Return limits that grow with the files: an honest workbook of a large township has its time on an old PC."""
        size = sum(map(size_of, paths))
        return cls(_SECONDS + _SECONDS_PER_MB * size / _MB, _BYTES + _BYTES_PER_BYTE * size)


def read_files(
    workers: Workers,
    function: Callable[..., T],
    tasks: Iterable[tuple[Path, Any]],
    *,
    together: Callable[..., list[T]] | None = None,
) -> Iterator[T | UnreadableFile]:
    """Yield ``function(library, path, settings)`` of each path and its settings, in order.

    ``library`` is what the workers were started with. Where the function raised UnreadableFile, or the file ended its
    child or passed a limit, an UnreadableFile stands for the result; so it does for an error of our own, whose trace is
    in the log. Raises OSError when the function could not store what it made.

    ``together(library, tasks)`` returns the same of several small files at less cost. Where that does not come to an
    end, each of them is read by itself, so that a bad one costs itself alone.
    """
    groups = _group(list(tasks), len(workers)) if together else [[task] for task in tasks]
    calls = (Task(_read_limited, (function, together, group), _limit_of(group).seconds) for group in groups)
    later: list[tuple[Future[list[T]], list[tuple[Path, Any]]]] = []
    for outcome, group in zip(workers.run(calls), groups, strict=True):
        if later or (len(group) > 1 and outcome.exception() is not None):
            later.append((outcome, group))
        else:
            yield from _results(outcome, group[0][0])
    for outcome, group in later:
        if len(group) > 1 and outcome.exception() is not None:
            yield from read_files(workers, function, group)
        else:
            yield from _results(outcome, group[0][0])


def _group(tasks: Sequence[tuple[Path, Any]], workers: int) -> list[list[tuple[Path, Any]]]:
    """Put small files into groups of neighbours; each child gets several of them, so that none waits for another."""
    most = min(_MOST_TOGETHER, len(tasks) // (_TURNS * workers))
    groups: list[list[tuple[Path, Any]]] = []
    size = 0
    for path, settings in tasks:
        size += size_of(path)
        if groups and len(groups[-1]) < most and size <= _BYTES_TOGETHER:
            groups[-1].append((path, settings))
        else:
            groups.append([(path, settings)])
            size = size_of(path)
    return groups


def size_of(path: Path) -> int:
    """Return the bytes of a file, 0 where it is gone meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _results(outcome: Future[list[T]], path: Path) -> Iterator[T | UnreadableFile]:
    """Yield what was read, or what stands for the one file that could not be."""
    try:
        yield from outcome.result()
    except UnreadableFile as trouble:
        yield trouble
    except TooSlowError:
        yield UnreadableFile("V39.too_slow")
    except MemoryError:
        yield UnreadableFile("V39.too_big")
    except CrashedError:
        yield UnreadableFile("V39.crashed")
    except OSError:
        raise
    except Exception as trouble:  # noqa: BLE001 - a result that cannot come back, for one
        yield as_unexpected(trouble, path)


def read_apart(path: Path, passwords: Sequence[str] = ()) -> RawWorkbook:
    """Read one file in a child process; passwords are tried in turn. Raises UnreadableFile."""
    return call_apart(_read_workbook, path, tuple(passwords))


def read_result_apart(path: Path, passwords: Sequence[str] = (), only: Collection[str] = ()) -> RawWorkbook:
    """Read a county's own result in a child process (``read_result``). Raises UnreadableFile."""
    return call_apart(_read_result, path, (tuple(passwords), tuple(only)))


def call_apart(function: Callable[..., T], path: Path, settings: Any = None) -> T:
    """Return ``function(None, path, settings)`` of one file, called in a child process. Raises UnreadableFile."""
    with start_workers(None, 1) as workers:
        done = next(read_files(workers, function, [(path, settings)]))
    if isinstance(done, UnreadableFile):
        raise done
    return done


# What reads files is loaded where they are read: those who only send a child do not need it.


def _read_workbook(_library: None, path: Path, passwords: tuple[str, ...]) -> RawWorkbook:
    from canbao_validators.reading.sheets import read_workbook  # noqa: PLC0415

    return read_workbook(path, passwords)


def _read_result(_library: None, path: Path, settings: tuple[tuple[str, ...], tuple[str, ...]]) -> RawWorkbook:
    from canbao_validators.reading.sheets import read_result  # noqa: PLC0415

    return read_result(path, *settings)


@contextmanager
def start_workers(library: Library | Named | None, files: int, largest: Iterable[Path] = ()) -> Iterator[Workers]:
    """Start as many children as there are processors and files, a few at most; polars shares the processors out.

    There are fewer, and they are called ``sparing``, where the ``largest`` of the files are too large to be read side
    by side in half of the memory that is free. What children store on the way lies in a folder that goes with them,
    however they end.
    """
    cores = os.cpu_count() or 1
    wanted = min(cores, files, MOST_WORKERS)
    count = _most_side_by_side(wanted, largest)
    set_executable(_find_python())
    tempfile.gettempdir()  # settled before the children's place is named
    with (
        tempfile.TemporaryDirectory(prefix=RUN_PREFIX, ignore_cleanup_errors=True) as folder,
        _environment("TMPDIR", folder),
        _environment(ALLOCATOR, WHILE_READING),
        _environment(_THREADS, str(max(1, cores // count))),
        Workers(count, library, sparing=count < wanted) as workers,
    ):
        yield workers


def _most_side_by_side(count: int, largest: Iterable[Path]) -> int:
    """Return how many children may read files of these sizes at once."""
    free = free_memory()
    needed = sorted((_NEEDED + _NEEDED_PER_BYTE * size_of(path) for path in largest), reverse=True)
    while free is not None and count > 1 and sum(needed[:count]) > free // 2:
        count -= 1
    return count


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
    places = [Path(sys.exec_prefix, place) for place in ("pythonw.exe", "python.exe", f"bin/{name}")]
    return str(next((place for place in places if place.is_file()), own))


def _limit_of(group: Sequence[tuple[Path, Any]]) -> Limits:
    return Limits.of(*(path for path, _ in group))


def _read_limited(
    library: Library | None,
    function: Callable[..., T],
    together: Callable[..., list[T]] | None,
    group: Sequence[tuple[Path, Any]],
) -> list[T]:
    path, settings = group[0]
    with _limited_memory(_limit_of(group).memory), errors_as_unreadable(path):
        if together is not None and len(group) > 1:
            return together(library, group)
        return [function(library, path, settings)]


@contextmanager
def errors_as_unreadable(path: Path) -> Iterator[None]:
    """Turn an error of our own over a file, a panic of Rust code too, into UnreadableFile with a reference for the log.

    What says already what is wrong, and what is not the file's fault, goes through: a full disk, an end of the program.
    """
    try:
        yield
    except (UnreadableFile, MemoryError, OSError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as trouble:  # noqa: BLE001 - a panic of Rust code is no Exception
        raise as_unexpected(trouble, path) from None


@contextmanager
def _limited_memory(limit: int) -> Iterator[None]:
    """Let allocations fail beyond ``limit`` bytes of data; only Linux counts all that a process takes."""
    if sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415 - Windows has none

    before = resource.getrlimit(resource.RLIMIT_DATA)
    most = before[1]
    resource.setrlimit(resource.RLIMIT_DATA, (limit if most == resource.RLIM_INFINITY else min(limit, most), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
