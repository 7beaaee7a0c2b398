"""From the values of a slab's cells, as found, to kinds, numbers and texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.shape_matching import NOT_READ, Contents
from canbao_validators.reading.shapes import TYPES
from canbao_validators.reading.values import BLANK, NUMBER, TEXT, read_value

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.strings import SharedStrings

_STR, _INLINE, _SHARED, _PLAIN = (TYPES.index(kind) for kind in ("str", "inlineStr", "s", "n"))
_MARKS = (b"<", b"&", b"_x", b"]]>")  # what may stand for something else
_NO_XML = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF
_SPACE = 32
_TEXT_WIDTHS = (24, 64, 256)  # longer texts are for the slow lane
_PLAIN_VALUE = re.compile(rb"[ -%'-;=-~]*")  # printable ASCII but & and <
_WIDTH = 16
_CHARS = 8
_ZEROS = np.uint64(0x3030303030303030)
_HIGH = np.uint64(0x8080808080808080)
_TO_HIGH = np.uint64(0x4646464646464646)  # a byte above "9" becomes one with its highest bit set
_FILLS = np.array([0x3030303030303030 & ((1 << 8 * count) - 1) for count in range(_CHARS + 1)], dtype=np.uint64)


@dataclass(slots=True)
class Values:
    """Kinds, numbers and texts of cells; ``strange`` are the places of cells that the slow lane must read."""

    kinds: NDArray[np.uint8]
    numbers: NDArray[np.float64]
    texts: pl.Series
    formulas: NDArray[np.bool_]
    strange: NDArray[np.int64]

    def take(self, places: NDArray[np.int64]) -> Values:
        """Return those of some cells, none of which is strange."""
        texts = self.texts.gather(places)
        return Values(self.kinds[places], self.numbers[places], texts, self.formulas[places], np.empty(0, np.int64))


def read_contents(slab: Slab, found: Contents, shared: SharedStrings, epoch: datetime) -> Values:
    """Return what the cells hold."""
    is_text = ((found.types == _STR) | (found.types == _INLINE)) & found.has_value
    kinds = np.where(is_text, TEXT, BLANK).astype(np.uint8)
    numbers = np.zeros(len(kinds))
    texts, strange = _slice_texts(slab, found, is_text)
    strange |= found.types == NOT_READ
    filled = found.has_value & (found.starts < found.ends) & ~is_text & ~strange
    wholes, is_whole = _read_wholes(slab, found, filled & ((found.types == _PLAIN) | (found.types == _SHARED)))
    is_number = is_whole & (found.types == _PLAIN)
    numbers[is_number] = wholes[is_number]
    kinds[is_number] = NUMBER
    is_shared = is_whole & (found.types == _SHARED)
    if is_shared.any():
        kinds[is_shared] = TEXT
        texts = gather_shared(texts, shared.series, wholes, is_shared)
    others = np.flatnonzero(filled & ~is_whole)
    values = Values(kinds, numbers, texts, found.formulas, np.flatnonzero(strange))
    read_others(slab, found.take(others), others, values, epoch)
    return values


def _slice_texts(slab: Slab, found: Contents, is_text: NDArray[np.bool_]) -> tuple[pl.Series, NDArray[np.bool_]]:
    """Return the text cells' texts, "" elsewhere, and which of them are not plainly what they say."""
    lengths = np.where(is_text, found.ends - found.starts, 0)
    strange = lengths > _TEXT_WIDTHS[-1]
    lengths[strange] = 0
    content, starts = _compact(slab, found.starts, lengths)
    sliced = cut(content, starts, lengths)
    texts = decode(sliced)
    everything = texts.str.join("").cast(pl.Binary).item()
    if any(code in everything for code in _NO_XML):
        raise UnsureError
    for mark in _MARKS:
        if mark in everything:
            strange |= sliced.bin.contains(mark).to_numpy()
    if everything and np.frombuffer(everything, dtype=np.uint8).min() < _SPACE:
        strange |= texts.str.contains(r"[\x00-\x1f]").to_numpy()
    return texts, strange


def cut(content: bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> pl.Series:
    """Return stretches of bytes."""
    places = pl.DataFrame({"start": starts, "length": lengths})
    return places.select(text=pl.lit(pl.Series([content])).bin.slice(pl.col("start"), pl.col("length")))["text"]


def decode(texts: pl.Series) -> pl.Series:
    """Return bytes as texts. Raises UnsureError where they are not UTF-8."""
    try:
        return texts.cast(pl.String)
    except pl.exceptions.PolarsError as error:
        raise UnsureError from error


def _compact(slab: Slab, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> tuple[bytes, NDArray[np.int64]]:
    """Copy texts out of a slab, each at the width of its class; return the copy and where they begin in it."""
    content = b""
    places = np.zeros(len(starts), dtype=np.int64)
    shorter = 0
    for width in _TEXT_WIDTHS:
        cells = np.flatnonzero((lengths > shorter) & (lengths <= width))
        places[cells] = len(content) + np.arange(len(cells)) * width
        content += slab.windows(width)[starts[cells]].tobytes()
        shorter = width
    return content, places


def _read_wholes(slab: Slab, found: Contents, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return values that are nothing but 1 to 16 digits, and which these are."""
    values = np.zeros(len(wanted), dtype=np.int64)
    lengths = found.ends - found.starts
    cells = np.flatnonzero(wanted & (lengths <= _WIDTH))
    if len(cells) == 0:
        return values, np.zeros(len(wanted), dtype=np.bool_)
    words = slab.windows(_WIDTH)[found.ends[cells] - _WIDTH].view("<u8").reshape(-1, 2)
    missing = _WIDTH - lengths[cells]
    high, fine = _eight_digits(words[:, 0], np.minimum(missing, _CHARS))
    low, fine_too = _eight_digits(words[:, 1], np.maximum(missing - _CHARS, 0))
    values[cells] = high * 100_000_000 + low
    is_whole = np.zeros(len(wanted), dtype=np.bool_)
    is_whole[cells] = fine & fine_too
    return values, is_whole


def _eight_digits(words: NDArray[np.uint64], missing: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return words of eight characters, the first of them in the lowest byte, as numbers, and whether all are digits.

    The first ``missing`` characters do not belong to the number.
    """
    shift = (missing * 8).astype(np.uint64)
    digits = np.where(missing == _CHARS, _ZEROS, (words >> shift) << shift | _FILLS[missing])
    fine = ((digits - _ZEROS) | (digits + _TO_HIGH)) & _HIGH == 0
    digits -= _ZEROS
    digits = (digits * np.uint64(10) + (digits >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    digits = (digits * np.uint64(100) + (digits >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    digits = (digits * np.uint64(10_000) + (digits >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return digits.astype(np.int64), fine


def gather_shared(
    texts: pl.Series, shared: pl.Series, positions: NDArray[np.int64], is_shared: NDArray[np.bool_]
) -> pl.Series:
    """Return the texts with those of shared strings in their places. Raises UnsureError for one that there is not."""
    if positions[is_shared].max() >= len(shared):
        raise UnsureError
    if is_shared.all():
        return shared.gather(positions)
    found = shared.gather(np.where(is_shared, positions, 0))
    return found.zip_with(pl.Series(is_shared), texts)


def read_others(slab: Slab, found: Contents, places: NDArray[np.int64], values: Values, epoch: datetime) -> None:
    """Read the fewer values that are no plain digits, each spelling once, into their places among ``values``."""
    known: dict[tuple[int, bytes], tuple[int, float, str]] = {}
    with_text: list[int] = []
    texts: list[str] = []
    types, starts, ends = found.types.tolist(), found.starts.tolist(), found.ends.tolist()
    for place, code, start, end in zip(places.tolist(), types, starts, ends, strict=True):
        key = (code, slab.data[start:end])
        if key not in known:
            known[key] = _read_one(*key, epoch)
        kind, values.numbers[place], text = known[key]
        values.kinds[place] = kind
        if text:
            with_text.append(place)
            texts.append(text)
    if with_text:
        values.texts = values.texts.scatter(with_text, texts)


def _read_one(code: int, content: bytes, epoch: datetime) -> tuple[int, float, str]:
    """Return the value of one cell. Raises UnsureError for what is not plainly written or means nothing."""
    if code == _SHARED or not _PLAIN_VALUE.fullmatch(content):
        raise UnsureError
    try:
        return read_value(TYPES[code], content.decode(), epoch)
    except ValueError as error:
        raise UnsureError from error
