"""Read files in child processes with limits: a crafted file can stop the process that parses it, or fill its memory."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import set_executable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from canbao_validators.mishaps import as_unexpected
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.workers import CrashedError, Task, TooSlowError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from canbao_validators.library import Library
    from canbao_validators.reading.raw import RawWorkbook

T = TypeVar("T")

MOST_WORKERS = 4
_SECONDS, _SECONDS_PER_MB = 15, 10
_BYTES, _BYTES_PER_BYTE = 900_000_000, 60
_MB = 1_000_000
_THREADS = "POLARS_MAX_THREADS"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost a child: wall seconds, and bytes of memory (kept by Linux only)."""

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


def read_files(
    workers: Workers, function: Callable[..., T], tasks: Iterable[tuple[Path, Any]]
) -> Iterator[T | UnreadableFile]:
    """Yield ``function(library, path, settings)`` of each path and its settings, in order.

    ``library`` is what the workers were started with. Where the function raised UnreadableFile, or the file ended its
    child or passed a limit, an UnreadableFile stands for the result; so it does for an error of our own, whose trace is
    in the log. Raises OSError when the function could not store what it made.
    """
    tasks = list(tasks)
    limited = ((path, settings, Limits.of(path)) for path, settings in tasks)
    calls = (
        Task(_read_limited, (function, limits.memory, path, settings), limits.seconds)
        for path, settings, limits in limited
    )
    for outcome, (path, _) in zip(workers.run(calls), tasks, strict=True):
        try:
            yield outcome.result()
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
    with start_workers(None, 1) as workers:
        done = next(read_files(workers, _read_workbook, [(path, tuple(passwords))]))
    if isinstance(done, UnreadableFile):
        raise done
    return done


def _read_workbook(_library: None, path: Path, passwords: tuple[str, ...]) -> RawWorkbook:
    return read_workbook(path, passwords)


@contextmanager
def start_workers(library: Library | None, files: int) -> Iterator[Workers]:
    """Start as many children as there are processors and files, a few at most; polars shares the processors out."""
    cores = os.cpu_count() or 1
    count = min(cores, files, MOST_WORKERS)
    set_executable(_find_python())
    with _environment(_THREADS, str(max(1, cores // count))), Workers(count, library) as workers:
        yield workers


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


def _read_limited(library: Library | None, function: Callable[..., T], memory: int, path: Path, settings: Any) -> T:
    with _limited_memory(memory), errors_as_unreadable(path):
        return function(library, path, settings)


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
