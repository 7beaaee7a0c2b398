"""CPU seconds, wall seconds and memory of one command and all the processes it starts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVERY = 0.02  # seconds between two looks at the memory
_MB = 1_000_000
_MEMORY = re.compile(r"^(VmRSS|VmHWM):\s+(\d+) kB", re.MULTILINE)
_LAST_WORDS = 400  # characters of an error message


class CommandError(Exception):
    """A measured command ended with an exit status that it must not have."""


@dataclass(frozen=True)
class Measured:
    """What one command took.

    ``cpu`` is user + system time of all its processes, ``peak_mb`` the largest sum of their resident memory (a page
    that two of them share counts twice). ``said`` is the last line of its output where that is JSON.
    """

    cpu: float
    wall: float
    peak_mb: float
    said: dict[str, float] = field(default_factory=dict)

    def less_startup(self) -> float:
        """Return the CPU seconds without what the command says it spent before its work began."""
        return self.cpu - self.said.get("startup", 0.0)


def _environment() -> dict[str, str]:
    """Return the environment in which this package is found."""
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def measure(command: Sequence[str | Path], *, accept: Sequence[int] = (0,)) -> Measured:
    """Run a command by itself and return what it took. Raises CommandError."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen([*map(str, command)], stdout=output, stderr=errors, env=_environment())
        watch = _Watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = watch.stop()
        if process.returncode not in accept:
            raise CommandError(f"{' '.join(map(str, command))}: {process.returncode}: {_text(errors)[-_LAST_WORDS:]}")
        return Measured(usage.ru_utime + usage.ru_stime, wall, peak, _last_json(_text(output)))


def python(*arguments: str | Path) -> list[str | Path]:
    """Return the command that runs this Python."""
    return [sys.executable, *arguments]


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _last_json(text: str) -> dict[str, float]:
    last = text.strip().rpartition("\n")[2]
    return json.loads(last) if last.startswith("{") else {}


class _Watch:
    """Looks at the memory of a process and its descendants until it is stopped."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._peak = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Return the largest sum seen, in MB."""
        self._over.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            memory = [_memory(process) for process in _family(self._process)]
            self._peak = max(self._peak, sum(now for now, _ in memory), *(highest for _, highest in memory))


def _family(process: int) -> list[int]:
    """Return a process and its descendants."""
    found = [process]
    for one in found:
        for listed in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found.extend(map(int, listed.read_text().split()))
            except OSError:  # it has ended meanwhile
                continue
    return found


def _memory(process: int) -> tuple[float, float]:
    """Return the resident memory of a process and the most it has been, in MB; nothing when it has ended.

    The kernel's own record of a child (``ru_maxrss``) is of no use: it begins with the memory of the parent.
    """
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0, 0.0
    found = dict(_MEMORY.findall(text))
    return int(found.get("VmRSS", 0)) * 1024 / _MB, int(found.get("VmHWM", 0)) * 1024 / _MB
