"""Rows that differ in nothing but their number and their values, folded: the parser sees the first of them alone.

A roster of 86,000 rows has some hundred different ones. What a row means beside its data is worked out once; the others
are counted. Anything unusual in the bytes is handed on as it is, to be parsed row by row.
"""

from __future__ import annotations

import re
from io import RawIOBase
from typing import IO, TYPE_CHECKING, Any

from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.reading.numbers import row_number
from canbao_validators.reading.xml import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PATTERNS = 20_000  # different rows that are remembered; what comes after is parsed
TRIAL_ROWS = 1_000  # when not one of so many was like another, none will be
MOST_BYTES = 1 << 22  # of one row
_NUMBER = re.compile(rb'^<row\b[^>]*?\sr="(\d+)"')
_VALUE, _TEXT = re.compile(rb"<v>[^<]*"), re.compile(rb"<is>.*?</is>", re.DOTALL)
_ROW, _ROW_END, _ROWS_END = b"<row", b"</row>", b"</sheetData>"
_UNUSUAL = (b"<!", b"<?")


class RowFolder(RawIOBase):
    """A sheet part without its repeated rows.

    ``repeated`` maps every row that was handed on to the later ones like it, ascending, before the parser meets it.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rest = b""
        self._last = 0
        self._plain = self._folded = False
        self._patterns: dict[bytes, list[int]] = {}
        self.repeated: dict[int, list[int]] = {}

    def read(self, size: int = -1) -> Any:
        """Return a chunk, b"" at the end; ``size`` is taken for a hint."""
        del size
        while True:
            chunk = self._stream.read(CHUNK_BYTES)
            text, self._rest = self._rest + chunk, b""
            if not chunk:
                return text
            if any(mark in chunk for mark in _UNUSUAL) and _ROW in text:
                self._plain = True
            kept = text if self._plain else b"".join(self._fold(text))
            if kept:
                return kept

    def _fold(self, text: bytes) -> Iterator[bytes]:
        """Yield what the parser must see; the last row may be cut short and waits."""
        place = 0
        while True:
            start = text.find(_ROW, place)
            if start < 0:
                yield from self._between(text[place:])
                return
            yield text[place:start]
            end = self._end_of_row(text, start)
            if end < 0:
                self._rest = text[start:]
                if len(self._rest) > MOST_BYTES:
                    self._plain, self._rest = True, b""
                    yield text[start:]
                return
            yield from self._row(text[start:end])
            place = end

    def _between(self, text: bytes) -> Iterator[bytes]:
        """Yield what stands outside rows, but for what may be the beginning of one."""
        if _ROWS_END in text:
            self._plain = True
            yield text
        else:
            cut = max(0, len(text) - len(_ROWS_END) + 1)
            self._rest = text[cut:]
            yield text[:cut]

    def _end_of_row(self, text: bytes, start: int) -> int:
        close = text.find(b">", start)
        if close > 0 and text[close - 1 : close] == b"/":
            return close + 1
        end = text.find(_ROW_END, start)
        return end + len(_ROW_END) if end >= 0 else -1

    def _row(self, row: bytes) -> Iterator[bytes]:
        """Yield a row the like of which was not seen before; count the others."""
        match = _NUMBER.match(row)
        number = row_number(match[1].decode()) if match else self._last + 1
        self._last = number
        if match is None:
            row = b'<row r="%d"' % number + row[len(_ROW) :]
        if number < FIRST_ROW or len(self._patterns) >= MOST_PATTERNS:
            yield row
            return
        if b"ref=" in row:  # a shared formula is defined: what rows mean may change
            self._patterns.clear()
            yield row
            return
        pattern = _pattern(row, b"%d" % number)
        rows = self._patterns.get(pattern)
        if rows is None:
            self._plain = len(self._patterns) > TRIAL_ROWS and not self._folded
            self._patterns[pattern] = self.repeated[number] = []
            yield row
        else:
            rows.append(number)
            self._folded = True


def _pattern(row: bytes, number: bytes) -> bytes:
    """Return the cells of a row with their values taken out, and its own number out of their references.

    A reference is known by the style that follows it; where a program writes otherwise, or formulas in full, no two
    rows look alike and all are parsed.
    """
    cells = _VALUE.sub(b"<v>", row[row.find(b">") + 1 :])
    if b"<is>" in cells:
        cells = _TEXT.sub(b"<is>", cells)
    return cells.replace(number + b'" s="', b'\x01" s="')  # a byte that XML cannot hold
