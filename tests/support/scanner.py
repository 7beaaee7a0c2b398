"""The compiled scanner in tests: built once a process where a test asks for it, switched off everywhere else."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from canbao_validators.reading.scanner import OFF, SWITCH
from native import build
from support.programs import find_program

_GIVEN = os.environ.get(SWITCH, OFF)  # `make fuzz` gives one that is checked at every step


def switch_off() -> None:
    """Let everything be read without the scanner."""
    os.environ[SWITCH] = OFF


def numpy_lane() -> str:
    """What SWITCH says for the fast lane without the scanner."""
    return OFF


def scanner_lane() -> str:
    """What it says for the fast lane with it."""
    return _build() if _GIVEN == OFF else _GIVEN


@contextmanager
def reading_in(lane: Callable[[], str]) -> Iterator[None]:
    """Let the fast lane be this one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(SWITCH, lane())
        yield


@cache
def _build() -> str:
    find_program("cc", "gcc")
    folder = _folder()
    return str(build(Path(folder.name)))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="canbao-scanner-")
