"""A sheet part in slabs of whole rows, so that memory does not grow with the sheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from canbao_validators.reading.inflate import UnsureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

SLAB_BYTES = 1 << 23
MARGIN = 256  # bytes around the rows of a slab, so that windows may reach over its ends
HEAD_LIMIT = 1 << 22
ROW_END = b"</row>"
_OPEN = b"<sheetData>"
_BLANK = b" " * MARGIN
_PREFIX = re.compile(rb'\sxmlns:([A-Za-z][A-Za-z0-9]*)="')


class Slab(NamedTuple):
    """Whole rows: ``data[start:end]``, with at least MARGIN bytes before and after them."""

    data: bytes
    start: int
    end: int

    def windows(self, width: int, kind: str = "V") -> NDArray[Any]:
        """Return every stretch of ``width`` bytes by its first byte: an array that is indexed, never looked at whole.

        ``kind`` is "V" for bytes to be viewed as numbers, "S" for bytes to be compared with bytes.
        """
        return np.ndarray(len(self.data) - width + 1, dtype=f"{kind}{width}", buffer=self.data, strides=(1,))


class SlabReader:
    """Cuts the pieces of a sheet part into slabs.

    ``prefixes`` are those of names that the sheet declares; ``skeleton`` holds, after the last slab, what stands before
    the first row and after the last ``</row>``.
    """

    def __init__(self, pieces: Iterator[bytes], slab_bytes: int = SLAB_BYTES) -> None:
        self._pieces = pieces
        self._slab_bytes = slab_bytes
        self.prefixes: frozenset[bytes] = frozenset()
        self.skeleton = b""

    def __iter__(self) -> Iterator[Slab]:
        head, carry = self._read_head()
        self.prefixes = frozenset(_PREFIX.findall(head))
        finished = False
        while not finished:
            parts, finished = self._collect(len(carry))
            data = b"".join([_BLANK, carry, *parts, _BLANK])
            parts.clear()
            end = data.rfind(ROW_END) + len(ROW_END)
            if end >= len(ROW_END):
                yield Slab(data, MARGIN, end)
                carry = data[end:-MARGIN]
            elif finished:
                carry = data[MARGIN:-MARGIN]
            else:
                raise UnsureError
        self.skeleton = head + carry

    def _read_head(self) -> tuple[bytes, bytes]:
        """Return what comes up to the first row, and what was read beyond it."""
        read = b""
        for piece in self._pieces:
            read += piece
            found = read.find(_OPEN)
            if found >= 0:
                end = found + len(_OPEN)
                return read[:end], read[end:]
            if len(read) > HEAD_LIMIT:
                break
        raise UnsureError

    def _collect(self, size: int) -> tuple[list[bytes], bool]:
        """Return pieces that make a slab with what is at hand, and whether there are no more."""
        parts: list[bytes] = []
        for piece in self._pieces:
            parts.append(piece)
            size += len(piece)
            if size >= self._slab_bytes:
                return parts, False
        return parts, True
