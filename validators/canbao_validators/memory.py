"""Memory given back: what allocators keep for later would be added up over children, which rest between their files."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress

_POLARS = "_RJEM_MALLOC_CONF"  # of the allocator that polars brings along, read when polars is loaded
_SOON = "background_thread:true,dirty_decay_ms:100,muzzy_decay_ms:0"


def give_back_soon() -> None:
    """Let polars give memory back when it is not used; to be called before polars is loaded, children inherit it."""
    os.environ.setdefault(_POLARS, _SOON)


def give_back() -> None:
    """Give back what the C library holds for later, where it can be asked to (glibc)."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)
