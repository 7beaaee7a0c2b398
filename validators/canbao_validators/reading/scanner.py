"""The compiled scanner (scanner.c), used where the package folder holds one that was built from the source beside it.

`make native` builds it. Nothing is missing without it: the numpy lane reads the same.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
from functools import cache
from pathlib import Path

SWITCH = "CANBAO_SCANNER"  # an environment variable: "off", or the path of another build
OFF = "off"
SOURCE = Path(__file__).with_name("scanner.c")
MOST_FORMS, MOST_TAILS, TAIL_ROOM = 32, 32, 256  # as in the source
DONE, ASK_CELL, ASK_TAIL = 0, 1, 2
IS_WHOLE, IS_ODD, HAS_REFERENCE = 1, 2, 4  # marks of a value
NOTHING, NUMBER, SHARED, TEXT, OTHER, STRANGE = range(6)
_SUFFIXES = {"windows": "dll", "darwin": "dylib"}


class Job(ctypes.Structure):
    """The ``job`` of the source: what is to be read, what is known, and where the findings go."""

    _fields_ = (
        ("data", ctypes.c_char_p),
        *((name, ctypes.c_int64) for name in ("at", "end", "state", "row", "digits", "number_at")),
        *((name, ctypes.c_int64) for name in ("last_row", "last_column", "strange_at")),
        *((name, ctypes.c_int64) for name in ("ask_start", "ask_end", "ask_column")),
        ("forms", ctypes.c_void_p),
        ("form_count", ctypes.c_int64),
        ("texts", ctypes.c_char_p),
        ("texts_size", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("tries", "try_counts", "tails", "tail_sizes")),
        *((name, ctypes.c_int64) for name in ("tail_count", "tail")),
        *((name, ctypes.c_int64) for name in ("cell_room", "cell_count", "row_room", "row_count")),
        *((name, ctypes.c_void_p) for name in ("starts", "ends", "row_index", "value_starts", "value_ends", "wholes")),
        *((name, ctypes.c_void_p) for name in ("cell_forms", "columns", "types", "formulas", "has_value", "marks")),
        *((name, ctypes.c_void_p) for name in ("row_numbers", "row_digits")),
    )


class Gathered(ctypes.Structure):
    """The ``gathered`` of the source: some cells, and where what they hold goes."""

    _fields_ = (
        ("cells", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("text_starts", "text_sizes", "numbers", "kinds", "formulas")),
        ("texts", ctypes.c_void_p),
        ("texts_room", ctypes.c_int64),
    )


def library_name(system: str, machine: str) -> str:
    """Return what a build for a system and a processor is called, as Python's platform module names them."""
    return f"scanner-{system.lower()}-{machine.lower()}.{_SUFFIXES.get(system.lower(), 'so')}"


def source_digest() -> str:
    """Return by what a build and its source know each other, however lines end."""
    return hashlib.sha256(SOURCE.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def find_scanner() -> ctypes.CDLL | None:
    """Return the scanner, None where there is none, it was built from another source, or it is switched off."""
    chosen = os.environ.get(SWITCH, "")
    if chosen == OFF:
        return None
    return _load(Path(chosen) if chosen else SOURCE.with_name(library_name(platform.system(), platform.machine())))


@cache
def _load(path: Path) -> ctypes.CDLL | None:
    if not path.is_file() or not SOURCE.is_file():
        return None
    try:
        found = ctypes.CDLL(str(path))
        found.canbao_source.restype = ctypes.c_char_p
        fits = found.canbao_source() == source_digest().encode()
    except (OSError, AttributeError):
        return None
    for function in (found.canbao_scan, found.canbao_order, found.canbao_gather):
        function.restype = ctypes.c_int64
    found.canbao_scan.argtypes = [ctypes.POINTER(Job)]
    found.canbao_order.argtypes = [
        ctypes.POINTER(Job),
        ctypes.c_int64,
        ctypes.c_int64,
        ctypes.c_void_p,
        ctypes.c_void_p,
        ctypes.c_int64,
    ]
    found.canbao_gather.argtypes = [ctypes.POINTER(Job), ctypes.POINTER(Gathered)]
    return found if fits else None
