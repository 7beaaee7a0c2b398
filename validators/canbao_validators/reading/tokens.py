"""Where the cells of a slab are, in which column and row; all found by vector, each where it must be, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.numbers import MAX_ROW
from canbao_validators.reading.slabs import MARGIN, ROW_END

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_validators.reading.slabs import Slab

_LT = 0x3C
_CELL = int.from_bytes(b'<c r="', "little")
_CELL_MASK = np.uint64((1 << 48) - 1)
_CELL_END = int.from_bytes(b"</c>", "little")
_CLOSED_END = int.from_bytes(b"/>", "little")
_CLOSED_WIDTH = 48  # a cell without content is shorter
_ROW = np.frombuffer(b'<row r="', "<u8")[0]
_ROW_HEAD = 8
_NAME = rb"(?:[A-Za-z][A-Za-z0-9]*:)?[A-Za-z][A-Za-z0-9]*"
_ATTRIBUTE = rb" " + _NAME + rb"=\"[ !#-%'-;=?-~]*\""
_NUMBERED_ROW = rb'<row r="(?:[1-9][0-9]{0,5}|10[0-3][0-9]{4})"((?:' + _ATTRIBUTE + rb")*)"
_NUMBERED = re.compile(_NUMBERED_ROW)
_BETWEEN = re.compile(rb"\s*(" + _NUMBERED_ROW + rb"(/>|\s*>\s*</row>)\s*)*")
_ROW_REST = re.compile(rb"(?:" + _ATTRIBUTE + rb")*\s*>\s*")
_ROW_TAIL = re.compile(rb"(?:" + _ATTRIBUTE + rb")*(?:/|\s*)")
_NAMES = re.compile(rb" (" + _NAME + rb')="')
_UNSAFE = frozenset({b"r", b"xmlns"})  # the number once more; another meaning of names
_NEWLINE, _QUOTE, _ZERO, _NINE = 10, 34, 48, 57


def _column_table() -> NDArray[np.uint16]:
    """Return the column number by the two bytes after the opening quote of a reference, little endian; 0 for none."""
    table = np.zeros(1 << 16, dtype=np.uint16)
    for first in range(1, 27):
        for digit in range(10):
            table[first + 64 | digit + 48 << 8] = first
        for second in range(1, 27):
            table[first + 64 | second + 64 << 8] = first * 26 + second
    return table


_COLUMNS = _column_table()
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], dtype=np.uint64)


@dataclass(slots=True)
class Tokens:
    """The cells of one slab in file order, and its rows that hold cells.

    ``starts`` and ``ends`` are offsets into the slab, ``end_words`` the eight bytes before each end, ``row_index`` the
    cell's place among ``row_numbers``; ``row_digits`` is the length of a row's number.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    end_words: NDArray[np.uint64]
    columns: NDArray[np.uint16]
    row_index: NDArray[np.int64]
    row_numbers: NDArray[np.int64]
    row_digits: NDArray[np.int64]

    def references(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where the references of some cells must end: the offsets of their closing quotes."""
        letters = 1 + (self.columns[cells] > 26)
        return self.starts[cells] + letters + self.row_digits[self.row_index[cells]] + len('<c r="')

    def rows(self, cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row numbers of some cells."""
        return self.row_numbers[self.row_index[cells]]


def find_tokens(
    slab: Slab, starts: NDArray[np.int64], last_row: int, prefixes: frozenset[bytes] = frozenset()
) -> Tokens:
    """Return the cells of a slab, whose rows come after ``last_row``. ``starts``: where they begin, at least one.

    ``prefixes``: those of attributes' names that the sheet declares. Raises UnsureError.
    """
    around = slab.windows(24)[starts - 8].view("<u8").reshape(-1, 3)
    columns, digits_of_cells = _read_columns(around)
    after_cell = around[:, 0] >> np.uint64(32) == _CELL_END
    after_closed = around[:, 0] >> np.uint64(48) == _CLOSED_END
    first = np.flatnonzero(~(after_cell | after_closed))
    if len(first) == 0 or first[0] != 0:
        raise UnsureError
    tags, numbers, digits = _read_rows(slab, starts[first], last_row, prefixes)
    ends = np.empty_like(starts)
    ends[:-1] = starts[1:]
    last = np.append(first[1:], len(starts)) - 1
    ends[last] = _row_ends(slab, tags, starts[last], prefixes)
    words = np.empty(len(starts), dtype=np.uint64)
    words[:-1] = around[1:, 0]
    words[last] = slab.windows(8)[ends[last] - 8].view("<u8")
    closed = words >> np.uint64(48) == _CLOSED_END
    if not (closed[last] | (words[last] >> np.uint64(32) == _CELL_END)).all():
        raise UnsureError
    _check_closed(slab, starts[closed], ends[closed])
    row_index = np.zeros(len(starts), dtype=np.int64)
    row_index[first] = 1
    row_index = np.cumsum(row_index) - 1
    _check_order(columns, row_index, digits_of_cells, _row_words(slab, tags), digits)
    return Tokens(starts, ends, words, columns, row_index, numbers, digits)


def _row_words(slab: Slab, tags: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the eight bytes from each row's number on: its digits, and the quote after them."""
    return slab.windows(8)[tags + _ROW_HEAD].view("<u8").reshape(-1)


def _check_order(
    columns: NDArray[np.uint16],
    row_index: NDArray[np.int64],
    cell_words: NDArray[np.uint64],
    row_words: NDArray[np.uint64],
    digits: NDArray[np.int64],
) -> None:
    """Make sure that the cells of a row name that row, and that each stands right of the one before it."""
    masks = _MASKS[digits + 1][row_index]
    if not ((cell_words & masks) == (row_words[row_index] & masks)).all():
        raise UnsureError
    if not ((columns[1:] > columns[:-1]) | (row_index[1:] > row_index[:-1])).all():
        raise UnsureError


def _read_columns(around: NDArray[np.uint64]) -> tuple[NDArray[np.uint16], NDArray[np.uint64]]:
    """Return the column of each cell, and the eight bytes after its letters, of which it has at most two.

    ``around``: the 8 bytes before each cell and the 16 from it on.
    """
    if not ((around[:, 1] & _CELL_MASK) == _CELL).all():
        raise UnsureError
    columns = _COLUMNS[(around[:, 1] >> np.uint64(48)).astype(np.uint16)]
    third = around[:, 2].astype(np.uint8)
    if not (columns > 0).all() or ((third > _NINE) & (columns > 26)).any():
        raise UnsureError
    one_letter = around[:, 2] << np.uint64(8) | around[:, 1] >> np.uint64(56)
    return columns, np.where(columns > 26, around[:, 2], one_letter)


def _read_rows(
    slab: Slab, firsts: NDArray[np.int64], last_row: int, prefixes: frozenset[bytes]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return where the tags of rows begin, the rows' numbers, and how many digits these have, by the first cells."""
    before = slab.windows(MARGIN)[firsts - MARGIN].view(np.uint8).reshape(-1, MARGIN)
    tags = firsts - 1 - (before[:, ::-1] == _LT).argmax(axis=1)
    if not (slab.windows(8)[tags].view("<u8") == _ROW).all():
        raise UnsureError
    text = slab.windows(8)[tags + _ROW_HEAD].view(np.uint8).reshape(-1, 8)
    is_digit = (text >= _ZERO) & (text <= _NINE)
    digits: NDArray[np.int64] = (~is_digit).argmax(axis=1)
    numbers = np.zeros(len(firsts), dtype=np.int64)
    for place in range(7):
        numbers = np.where(place < digits, numbers * 10 + text[:, place] - _ZERO, numbers)
    rests = tags + _ROW_HEAD + digits
    closing = slab.windows(1)[rests].view(np.uint8)
    if not ((digits > 0) & (closing == _QUOTE)).all():
        raise UnsureError
    if numbers[0] <= last_row or numbers[-1] > MAX_ROW or not (numbers[1:] > numbers[:-1]).all():
        raise UnsureError
    _check_attributes(slab, rests + 1, firsts, prefixes)
    return tags, numbers, digits


def _check_attributes(
    slab: Slab, starts: NDArray[np.int64], ends: NDArray[np.int64], prefixes: frozenset[bytes]
) -> None:
    """Look at the attributes of rows: each form of them once."""
    lengths = ends - starts
    for length in np.unique(lengths).tolist():
        for text in np.unique(slab.windows(length, "S")[starts[lengths == length]]).tolist():
            if not _ROW_REST.fullmatch(text):
                raise UnsureError
            _check_names(text, prefixes)


def _check_names(attributes: bytes, prefixes: frozenset[bytes]) -> None:
    """Make sure that each attribute of a row is given once, and that what stands before a colon is declared."""
    names = _NAMES.findall(attributes)
    known = prefixes | {b""}
    if len(set(names)) < len(names) or not _UNSAFE.isdisjoint(names):
        raise UnsureError
    if not known.issuperset(name.rpartition(b":")[0] for name in names):
        raise UnsureError


def check_row_tail(text: bytes, prefixes: frozenset[bytes]) -> None:
    """Make sure that what stands between a row's number and the end of its tag is well-formed. Raises UnsureError."""
    if not _ROW_TAIL.fullmatch(text):
        raise UnsureError
    _check_names(text, prefixes)


def _check_between(slab: Slab, start: int, end: int, prefixes: frozenset[bytes]) -> None:
    """Make sure that there is nothing but rows without cells in a stretch."""
    if not _BETWEEN.fullmatch(slab.data, start, end):
        raise UnsureError
    for attributes in {found[1] for found in _NUMBERED.finditer(slab.data, start, end)}:
        _check_names(attributes, prefixes)


def _row_ends(
    slab: Slab, tags: NDArray[np.int64], last_cells: NDArray[np.int64], prefixes: frozenset[bytes]
) -> NDArray[np.int64]:
    """Return where the last cell of each row ends; between two rows with cells there may be rows without."""
    ends = np.append(tags[1:], slab.end) - len(ROW_END)
    ends[:-1] -= slab.windows(1)[ends[:-1] + len(ROW_END) - 1].view(np.uint8) == _NEWLINE
    before = slab.windows(4)[ends - 4].view("<u4")
    usual = (before == _CELL_END) | (before >> np.uint32(16) == _CLOSED_END)
    usual &= slab.windows(len(ROW_END), "S")[ends] == ROW_END
    for place in np.flatnonzero(~usual).tolist():
        limit = int(tags[place + 1]) if place + 1 < len(tags) else slab.end
        ends[place] = end = slab.data.find(ROW_END, int(last_cells[place]), limit)
        if end < 0:
            raise UnsureError
        _check_between(slab, end + len(ROW_END), limit, prefixes)
    _check_between(slab, slab.start, int(tags[0]), prefixes)
    return ends


def _check_closed(slab: Slab, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
    """Make sure that a cell which ends in ``/>`` is one empty tag, and that its end is not that of something inside."""
    lengths = ends - starts
    if (lengths > _CLOSED_WIDTH).any():
        raise UnsureError
    text = slab.windows(_CLOSED_WIDTH)[starts].view(np.uint8).reshape(-1, _CLOSED_WIDTH)[:, 1:]
    if ((text == _LT) & (np.arange(1, _CLOSED_WIDTH) < lengths[:, None])).any():
        raise UnsureError
