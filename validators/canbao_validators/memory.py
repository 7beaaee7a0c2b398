"""Memory: how much is free, and given back.

What allocators keep for later would be added up over children, which rest between their files.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path

_MEMORY = Path("/proc/meminfo")
_MANY_OBJECTS = 50_000  # more of them made than dropped, before the collector looks
ALLOCATOR = "_RJEM_MALLOC_CONF"  # of the allocator that polars brings along, read when polars is loaded
_SOON = "background_thread:true,dirty_decay_ms:100,muzzy_decay_ms:0"
WHILE_READING = _SOON.replace("100,", "1000,")  # for children: they ask for the same memory again, file after file


def give_back_soon() -> None:
    """Let polars give memory back when it is not used; to be called before polars is loaded, children inherit it."""
    os.environ.setdefault(ALLOCATOR, _SOON)


def collect_seldom() -> None:
    """Let the collector of garbage pass over what is there for good, and look less often: ``give_back`` looks, too."""
    gc.freeze()
    gc.set_threshold(_MANY_OBJECTS, 20, 20)


def give_back() -> None:
    """Give back what the C library holds for later, where it can be asked to (glibc)."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


if sys.platform == "win32":

    class _Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *(
                (name, ctypes.c_uint64)
                for name in ("all", "free", "page_all", "page_free", "own_all", "own_free", "more")
            ),
        )

    def free_memory() -> int | None:
        """Return the bytes of memory that programs can have without others being put aside, None if unknown."""
        status = _Status(length=ctypes.sizeof(_Status))
        told = ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.free) if told else None

else:

    def free_memory() -> int | None:
        """Return the bytes of memory that programs can have without others being put aside, None if unknown."""
        with suppress(OSError, ValueError, IndexError):
            for line in _MEMORY.read_text(encoding="ascii").splitlines():
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
        return None
