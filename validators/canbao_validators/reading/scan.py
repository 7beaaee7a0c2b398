"""The first look at a slab, byte by byte: where cells begin, and that the text nobody reads is well-formed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.slabs import MARGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_validators.reading.slabs import Slab

_BLOCK = 1 << 18  # stays in the cache of one core while it is looked at
_LT, _AMPERSAND, _CELL = 0x3C, 0x26, ord("c")
_MARKUP = (b"!", b"?")  # in comments, CDATA and instructions tags are no tags
_FORMULA_END = b"</f>"
_REFERENCES = (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;")
_NO_TEXT = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # what no text may hold, the last two U+FFFE and U+FFFF
_WIDTHS = (8, 32, MARGIN)  # of texts that are looked at by vector, in classes
_WHITE, _SPACE = np.frombuffer(b"\t\n\r", dtype=np.uint8), 0x20


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
    _check_unread(slab)
    return np.concatenate(found)


def _check_unread(slab: Slab) -> None:
    """Make sure that XML allows what is passed over and not read, the text of formulas above all."""
    text = slab.data[slab.start : slab.end]
    content = np.frombuffer(text, dtype=np.uint8)
    if content.min() < _SPACE and not np.isin(content[content < _SPACE], _WHITE).all():
        raise UnsureError
    if _FORMULA_END not in text:
        return
    if text.count(b"&") != sum(map(text.count, _REFERENCES)) or any(mark in text for mark in _NO_TEXT):
        raise UnsureError
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise UnsureError from error


def has_markup(slab: Slab, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which stretches of a slab hold a tag or a reference."""
    lengths = ends - starts
    found = np.zeros(len(starts), dtype=np.bool_)
    shorter = 0
    for width in _WIDTHS:
        which = np.flatnonzero((lengths > shorter) & (lengths <= width))
        text = slab.windows(width)[starts[which]].view(np.uint8).reshape(-1, width)
        marks = (text == _LT) | (text == _AMPERSAND)
        found[which] = (marks & (np.arange(width) < lengths[which, None])).any(axis=1)
        shorter = width
    found[lengths > shorter] = True
    return found
