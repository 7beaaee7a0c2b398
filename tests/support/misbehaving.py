"""What a file may do to the process that reads it, for children to run."""

import os
import time
from collections.abc import Sequence
from decimal import InvalidOperation
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

NUMBER = "620422" + "197001010013"


class PanicError(BaseException):
    """As Rust code panics: no Exception."""


class UnportableError(Exception):
    """One that no other process can be told of."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(one + two)


def misbehave(_library: object, path: Path, _settings: Any) -> Any:
    """Do what the file says."""
    match path.read_text(encoding="utf-8"):
        case "crash":
            os.abort()
        case "exit":
            os._exit(3)
        case "swell":
            return str(len(bytearray(4_000_000_000)))
        case "hang":
            time.sleep(600)
        case "raise":
            raise InvalidOperation(f"{NUMBER}: " + "长" * 500)
        case "panic":
            raise PanicError
        case "unportable":
            raise UnportableError(1, 2)
        case "lambda":
            return lambda: None
    return path.name


def misbehave_together(library: object, tasks: Sequence[tuple[Path, Any]]) -> list[Any]:
    """Do what the files say, one after the other, and say how many there were."""
    return [f"{misbehave(library, path, settings)} of {len(tasks)}" for path, settings in tasks]


def wait_or_work(_library: object, seconds: float, *, work: bool) -> str:
    """Take some seconds of the clock, with or without a processor."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not work:
            time.sleep(0.05)
    return "done"


def own_number(_: int) -> int:
    """The number of the process."""
    return os.getpid()


def times_two(number: int) -> int:
    """Return twice the number."""
    return 2 * number


def times_two_once(number: int) -> int:
    """Return twice the number; a child that is to do so with 3 ends."""
    if number == 3 and parent_process() is not None:
        os._exit(3)
    return 2 * number
