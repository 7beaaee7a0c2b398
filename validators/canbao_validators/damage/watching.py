"""The data rows of big sheets by vector, while the fast lane reads their values: states, styles, formulas by column.

What comes out is what scan_data makes of the same rows, cell by cell.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.damage.formulas import relative_form
from canbao_validators.damage.patterns import Pattern, TextSpans
from canbao_validators.damage.scan_sheet import MOST_PAGE_CELLS
from canbao_validators.damage.structure import (
    FORMULA,
    MOST_TRACKED,
    TRUTHS,
    VALUE,
    DataColumn,
    PageCell,
    Tally,
    number_shown,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from canbao_validators.reading.raw import RawColumn, RawSheet
    from canbao_validators.reading.shape_matching import Contents
    from canbao_validators.reading.shapes import Shape
    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.tokens import Tokens

MOST_FORMS = 32  # patterns of a column that are tried by vector in one slab
OTHER_FORM = "…"
_ROWS_BEGIN = b"<sheetData>"
_STYLE, _NUMBER = re.compile(rb'\ss="(\d+)"'), re.compile(rb'\ssi="([^"]*)"')
_FORMULA = re.compile(rb"<f((?:\s[^<>]*?)?)(?:/>|>([^<]*)</f>)")
_VALUE = re.compile(rb"<(?:v|is)[\s/>]")
_ARRAYS = (b't="array"', b't="dataTable"')
_SHARED = b't="shared"'
_FORMULA_END_AND_VALUE = len(b"</f><v>")


class StructureWatch:
    """Keeps what sheets are made of while their values are read."""

    def __init__(self) -> None:
        self.sheets: dict[str, WatchedSheet] = {}
        self.pages: dict[str, WatchedPage] = {}
        self.strings = pl.Series([], dtype=pl.String)

    def open_sheet(self, name: str) -> WatchedSheet:
        """Return who looks on while a sheet is read."""
        self.sheets[name] = WatchedSheet()
        return self.sheets[name]

    def open_page(self, page: RawSheet) -> WatchedPage:
        """Return who looks on while a page of our own is read."""
        self.pages[page.name] = WatchedPage(page)
        return self.pages[page.name]

    def keep_strings(self, strings: pl.Series) -> None:
        """Take the shared strings."""
        self.strings = strings


class WatchedPage:
    """A page of ours that the fast lane has read; its cells say all of it where none of them is a formula."""

    def __init__(self, page: RawSheet) -> None:
        self._page = page
        self._skeleton: bytes | None = None

    @property
    def complete(self) -> bool:
        """Whether the fast lane was sure of all of it, and nothing else is needed."""
        return self._skeleton is not None and not any(column.formulas.any() for column in self._page.columns.values())

    def above(self, rows: bytes) -> None:
        """Take rows; the page holds them."""

    def see(
        self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64], found: Contents, forms: Sequence[Shape]
    ) -> None:
        """Take cells; the page holds them."""

    def close(self, skeleton: bytes) -> None:
        """Take what stands around the rows."""
        self._skeleton = skeleton

    def shortened(self) -> bytes:
        """Return the sheet part without its rows."""
        return self._skeleton or b""

    def cells(self) -> dict[tuple[int, int], PageCell]:
        """Return the cells that hold something, as ``scan_page`` reads them but for their styles."""
        before, now = _last_pages.get(self._page.name, {}), dict[int, _SeenColumn]()
        for index, column in self._page.columns.items():
            seen = before.get(index)
            if seen is None or not _hold_the_same(column, seen.column):
                seen = _SeenColumn(column, _page_cells(index, column))
            now[index] = seen
        cells: dict[tuple[int, int], PageCell] = {}
        for seen in now.values():
            cells |= seen.cells
        if len(cells) <= MOST_PAGE_CELLS:
            _last_pages[self._page.name] = now
        return cells


class _SeenColumn(NamedTuple):
    """A column of a page of ours and its cells, which must not be changed."""

    column: RawColumn
    cells: dict[tuple[int, int], PageCell]


# What this process has seen last of each page, by column: lists of a policy year are the same in all its workbooks.
_last_pages: dict[str, dict[int, _SeenColumn]] = {}


def _hold_the_same(one: RawColumn, other: RawColumn) -> bool:
    arrays = ((one.rows, other.rows), (one.kinds, other.kinds), (one.numbers, other.numbers))
    return all(np.array_equal(*pair) for pair in arrays) and one.texts.equals(other.texts)


def _page_cells(index: int, column: RawColumn) -> dict[tuple[int, int], PageCell]:
    arrays = (column.rows.tolist(), column.kinds.tolist(), column.numbers.tolist(), column.texts.to_list())
    return {
        (row, index): PageCell(_shown(kind, number, text), "", 0)
        for row, kind, number, text in zip(*arrays, strict=True)
    }


def _shown(kind: int, number: float, text: str) -> str:
    if kind == CellKind.NUMBER:
        return number_shown(number)
    return TRUTHS[number != 0] if kind == CellKind.BOOL else text


class _Meaning(NamedTuple):
    """What a form of cells says: the style, what the cell holds, the formula's tag and whether its text follows."""

    style: str
    state: int
    tag: bytes
    has_text: bool


@dataclass
class WatchedSheet:
    """The data rows of one sheet by column; ``complete`` once the fast lane was sure of all of it."""

    complete: bool = False
    _columns: dict[int, DataColumn] = field(default_factory=dict)
    _patterns: dict[int, list[Pattern]] = field(default_factory=lambda: defaultdict(list))
    _shared: dict[bytes, str] = field(default_factory=dict)
    _waiting: dict[tuple[int, bytes], Tally] = field(default_factory=lambda: defaultdict(Tally))
    _meanings: list[_Meaning] = field(default_factory=list)
    _above: bytes = b""
    _skeleton: bytes = b""

    def above(self, rows: bytes) -> None:
        """Take the rows of a slab down to the header row."""
        self._above += rows

    def close(self, skeleton: bytes) -> None:
        """Take what stands around the rows."""
        self._skeleton, self.complete = skeleton, True

    def shortened(self) -> bytes:
        """Return the sheet part without its data rows."""
        return self._skeleton.replace(_ROWS_BEGIN, _ROWS_BEGIN + self._above, 1)

    def columns(self) -> dict[int, DataColumn]:
        """Return what was seen of the data rows, formulas that other cells define counted by their text."""
        for (column, number), tally in self._waiting.items():
            _enter(self._columns[column].formulas, self._shared.get(number, OTHER_FORM), tally.count, tally.first)
        self._waiting.clear()
        return self._columns

    def see(
        self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64], found: Contents, forms: Sequence[Shape]
    ) -> None:
        """Count some cells of a slab."""
        if len(cells) == 0:
            return
        self._meanings += [_meaning(shape) for shape in forms[len(self._meanings) :]]
        columns, rows = tokens.columns[cells], tokens.rows(cells)
        width = len(forms) + 1
        keys = columns.astype(np.int64) * width + (found.forms + 1)
        counts = np.bincount(keys)
        firsts = np.zeros(len(counts), dtype=np.int64)
        firsts[keys[::-1]] = rows[::-1]
        for key in np.flatnonzero(counts).tolist():
            column, form = divmod(key, width)
            self._columns.setdefault(column, DataColumn())
            if form:
                self._count(column, self._meanings[form - 1], int(counts[key]), int(firsts[key]))
        self._mark(columns, rows, found.forms)
        self._read_texts(slab, tokens, cells, found, forms)
        for place in np.flatnonzero(found.forms < 0).tolist():
            cell = int(cells[place])
            content = slab.data[int(tokens.starts[cell]) : int(tokens.ends[cell])]
            self._read_strange(content, int(rows[place]), int(columns[place]))

    def _count(self, column: int, meaning: _Meaning, count: int, first: int) -> None:
        """Count cells of one form by style and by what they hold; texts of formulas are read apart."""
        data = self._columns[column]
        _enter(data.styles, meaning.style, count, first)
        if meaning.state == VALUE:
            _add(data.values, count, first)
        elif meaning.state == FORMULA and not meaning.has_text:
            number = _shared_number(meaning.tag)
            if number is None:
                _enter(data.formulas, _prefix(meaning.tag), count, first)
            else:
                _add(self._waiting[column, number], count, first)

    def _mark(self, columns: NDArray[np.uint16], rows: NDArray[np.int64], forms: NDArray[np.int32]) -> None:
        """Remember what stands in each row."""
        by_form = np.array([0, *(meaning.state for meaning in self._meanings)], dtype=np.uint8)
        states = by_form[forms + 1]
        first, last = int(rows[0]), int(rows[-1])
        grid = np.zeros((int(columns.max()) + 1, last - first + 1), dtype=np.uint8)
        grid[columns, rows - first] = states
        for column in np.flatnonzero(grid.any(axis=1)).tolist():
            if column <= MOST_TRACKED:
                data, marks = self._columns[column], grid[column].tobytes().rstrip(b"\0")
                data.make_room(first + len(marks) - 1)
                data.states[first - FIRST_ROW : first - FIRST_ROW + len(marks)] = marks

    def _read_texts(
        self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64], found: Contents, forms: Sequence[Shape]
    ) -> None:
        """Read the formulas whose texts stand in their cells."""
        has_text = np.array([False, *(meaning.has_text for meaning in self._meanings)])
        places = np.flatnonzero(has_text[found.forms + 1])
        if len(places) == 0:
            return
        keys = tokens.columns[cells[places]].astype(np.int64) * len(forms) + found.forms[places]
        order = np.argsort(keys, kind="stable")
        groups, starts = np.unique(keys[order], return_index=True)
        for key, group in zip(groups.tolist(), np.split(places[order], starts[1:]), strict=True):
            column, form = divmod(key, len(forms))
            shape, own = forms[form], cells[group]
            begins = tokens.references(own) + len(shape.prefix)
            after = found.starts[group] - _FORMULA_END_AND_VALUE if shape.from_right else tokens.ends[own]
            ends = after - len(shape.formula_end)
            digits = tokens.row_digits[tokens.row_index[own]]
            texts = TextSpans(begins, ends - begins, tokens.rows(own), digits)
            self._compare_texts(slab, texts, column, self._meanings[form].tag)

    def _compare_texts(self, slab: Slab, waiting: TextSpans, column: int, tag: bytes) -> None:
        """Count formulas by their form: those of known patterns by vector, new patterns learned from the others."""
        formulas, patterns = self._columns[column].formulas, self._patterns[column]
        tried = 0
        while len(waiting.starts):
            if tried >= MOST_FORMS:
                self._read_one_by_one(slab, waiting, column, tag)
                return
            if tried == len(patterns):
                start, length = int(waiting.starts[0]), int(waiting.lengths[0])
                patterns.append(Pattern.learn(slab.data[start : start + length], int(waiting.rows[0]), column))
            pattern = patterns[tried]
            tried += 1
            hits = pattern.fits(slab, waiting)
            if hits.any():
                form = self._define(tag, pattern.form)
                _enter(formulas, form, int(np.count_nonzero(hits)), int(waiting.rows[hits.argmax()]))
                waiting = waiting.take(np.flatnonzero(~hits))

    def _read_one_by_one(self, slab: Slab, texts: TextSpans, column: int, tag: bytes) -> None:
        """Count formulas that no pattern fits: each is another one, or they are escaped in an unusual way."""
        for start, length, row in zip(texts.starts.tolist(), texts.lengths.tolist(), texts.rows.tolist(), strict=True):
            text = html.unescape(slab.data[start : start + length].decode()).strip()
            _enter(self._columns[column].formulas, self._define(tag, relative_form(text, row, column)), 1, row)

    def _define(self, tag: bytes, form: str) -> str:
        """Return the form of a formula with its text; others may share it by number."""
        number, form = _shared_number(tag), _prefix(tag) + form
        if number is not None and self._shared.setdefault(number, form) != form:
            self._shared[number] = OTHER_FORM  # defined twice
        return form

    def _read_strange(self, content: bytes, row: int, column: int) -> None:
        """Count one cell of a form that the fast lane does not know."""
        data = self._columns[column]
        head = content[: content.index(b">") + 1]
        style, formula = _STYLE.search(head), _FORMULA.search(content)
        _enter(data.styles, style[1].decode() if style else "0", 1, row)
        state = FORMULA if formula else VALUE if _VALUE.search(content) else 0
        if formula:
            number, text = _shared_number(formula[1]), formula[2]
            if number is not None and b" ref=" not in formula[1]:
                _add(self._waiting[column, number], 1, row)
            else:
                form = relative_form(html.unescape((text or b"").decode()).strip(), row, column)
                _enter(data.formulas, self._define(formula[1], form), 1, row)
        elif state:
            _add(data.values, 1, row)
        if state and column <= MOST_TRACKED:
            data.make_room(row)
            data.states[row - FIRST_ROW] = state


def _meaning(shape: Shape) -> _Meaning:
    head, _, rest = shape.prefix.partition(b">")
    style = _STYLE.search(head)
    state = FORMULA if shape.formula else VALUE if shape.has_value else 0
    tag = rest[: rest.index(b">")] if shape.formula else b""
    has_text = shape.from_right or bool(shape.formula_end)
    return _Meaning(style[1].decode() if style else "0", state, tag, has_text)


def _shared_number(tag: bytes) -> bytes | None:
    """Return by which number cells share the formula that a tag opens, None when they do not."""
    if _SHARED not in tag:
        return None
    number = _NUMBER.search(tag)
    return number[1] if number else b""


def _prefix(tag: bytes) -> str:
    """Return what marks the form of an array formula: it is another one than the same text by itself."""
    return "{}" if any(kind in tag for kind in _ARRAYS) else ""


def _enter(tallies: dict[str, Tally], key: str, count: int, first: int) -> None:
    _add(tallies.setdefault(key, Tally()), count, first)


def _add(tally: Tally, count: int, first: int) -> None:
    tally.first = min(tally.first, first) if tally.count else first
    tally.count += count
