"""The first look at a slab, byte by byte: where cells begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canbao_validators.reading.inflate import UnsureError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_validators.reading.slabs import Slab

_BLOCK = 1 << 18  # stays in the cache of one core while it is looked at
_LT, _CELL = 0x3C, ord("c")
_MARKUP = (b"!", b"?")  # in comments, CDATA and instructions tags are no tags


def scan_slab(slab: Slab) -> NDArray[np.int64]:
    """Return the offsets of ``<c``. Raises UnsureError where a tag may be none."""
    content = np.frombuffer(slab.data, dtype=np.uint8)
    opens, is_cell = np.empty(_BLOCK, dtype=np.bool_), np.empty(_BLOCK, dtype=np.bool_)
    found = []
    for start in range(slab.start, slab.end, _BLOCK):
        end = min(start + _BLOCK, slab.end)
        size = end - start
        np.equal(content[start:end], _LT, out=opens[:size])
        np.equal(content[start + 1 : end + 1], _CELL, out=is_cell[:size])
        np.logical_and(opens[:size], is_cell[:size], out=opens[:size])
        found.append(np.flatnonzero(opens[:size]) + start)
        for mark in _MARKUP:  # rare in themselves
            if slab.data.find(mark, start, end) >= 0 and slab.data.find(b"<" + mark, start - 1, end) >= 0:
                raise UnsureError
    return np.concatenate(found)
