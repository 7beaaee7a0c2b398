"""The cells of one slab found and read by the compiled scanner, which asks here what a form means."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from canbao_validators.reading import scanner
from canbao_validators.reading.contents import Values, cut, decode, gather_shared, read_others
from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.shape_matching import COLUMNS, NOT_READ, Contents
from canbao_validators.reading.shapes import learn_shape
from canbao_validators.reading.tokens import Tokens, check_row_tail
from canbao_validators.reading.values import BLANK, NUMBER, TEXT

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from canbao_validators.reading.shape_book import ShapeBook
    from canbao_validators.reading.shapes import Shape
    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.strings import SharedStrings

MOST_ASKED = 20_000  # questions about one slab before numpy reads it
_SHORTEST = len('<c r="A1"/>')
_VALUE, _WHOLE, _FORMULA_AND_VALUE, _FORMULA = range(4)  # ways in which a form goes on after its prefix
_FORM = np.dtype(
    {
        "names": ["prefix", "prefix_size", "suffix", "suffix_size", "type", "formula", "has_value", "way"],
        "formats": ["i8", "i8", "i8", "i8", "u1", "u1", "u1", "u1"],
        "itemsize": 40,
    }
)
_OF_CELLS = {
    **dict.fromkeys(("starts", "ends", "row_index", "value_starts", "value_ends", "wholes"), np.int64),
    "cell_forms": np.int32,
    "columns": np.uint16,
    **dict.fromkeys(("types", "marks"), np.uint8),
    **dict.fromkeys(("formulas", "has_value"), np.bool_),
}
_OF_ROWS = {"row_numbers": np.int64, "row_digits": np.int64}
_KINDS = np.array([BLANK, NUMBER, TEXT, TEXT, BLANK, BLANK], dtype=np.uint8)  # by the scanner's kinds


class _Question(NamedTuple):
    """What the scanner asks: of a column's cell or of a row's tail, a span of the slab."""

    column: int
    start: int
    end: int


class Scanner:
    """The scanner at work on one sheet: the forms that are known, and room for the cells of a slab."""

    def __init__(self, library: ctypes.CDLL, book: ShapeBook) -> None:
        self.library = library
        self.job = scanner.Job()
        self.slabs = 0  # that it has read
        self._book = book
        self._forms = np.zeros(64, dtype=_FORM)
        self._texts = b""
        self._tries = np.zeros((COLUMNS, scanner.MOST_FORMS), dtype=np.int32)
        self._try_counts = np.zeros(COLUMNS, dtype=np.int32)
        self._tails = np.zeros((scanner.MOST_TAILS, scanner.TAIL_ROOM), dtype=np.uint8)
        self._tail_sizes = np.zeros(scanner.MOST_TAILS, dtype=np.int64)
        self._next_tail = 0
        self.arrays: dict[str, NDArray[Any]] = {}
        for name in ("tries", "try_counts", "tails", "tail_sizes"):
            setattr(self.job, name, getattr(self, f"_{name}").ctypes.data)

    @classmethod
    def open(cls, book: ShapeBook) -> Scanner | None:
        """Return the scanner for a sheet whose forms a book numbers, None where there is none."""
        library = scanner.find_scanner()
        return cls(library, book) if library else None

    def find(self, slab: Slab, last_row: int, prefixes: frozenset[bytes]) -> ScannedCells | None:
        """Return the cells of a slab, None when it has none, or the scanner is not sure of one.

        They are good until the next slab is looked at.
        """
        self._make_room((slab.end - slab.start) // _SHORTEST + 1)
        self._add_forms()
        job = self.job
        job.data, job.at, job.end = slab.data, slab.start, slab.end
        job.state, job.last_row, job.last_column, job.strange_at = 0, last_row, 0, -1
        job.cell_count = job.row_count = 0
        for _ in range(MOST_ASKED):
            said = self.library.canbao_scan(ctypes.byref(job))
            if said == scanner.DONE:
                self.slabs += 1
                return ScannedCells(slab, self) if job.cell_count else None
            if not self._answer(slab, said, prefixes):
                return None
        return None

    def _answer(self, slab: Slab, said: int, prefixes: frozenset[bytes]) -> bool:
        """Answer a question of the scanner; return whether it can go on."""
        asked = _Question(self.job.ask_column, self.job.ask_start, self.job.ask_end)
        if said == scanner.ASK_CELL:
            shape = learn_shape(slab.data, asked.start, asked.end)
            known = len(self._book)
            if shape is None or self._book.enter(shape) < known:  # no form, or one that does not fit after all
                self.job.strange_at = self.job.at
            self._add_forms()
            return True
        if said != scanner.ASK_TAIL:
            return False
        tail = slab.data[asked.start : asked.end]
        try:
            check_row_tail(tail, prefixes)
        except UnsureError:
            return False
        place, self._next_tail = self._next_tail, (self._next_tail + 1) % scanner.MOST_TAILS
        self._tails[place, : len(tail)] = np.frombuffer(tail, dtype=np.uint8)
        self._tail_sizes[place] = len(tail)
        self.job.tail_count = max(self.job.tail_count, place + 1)
        return True

    def _add_forms(self) -> None:
        """Tell the scanner the forms that the book has got since."""
        known = self.job.form_count
        if known == len(self._book):
            return
        forms = self._book.forms
        if len(forms) > len(self._forms):
            old, self._forms = self._forms, np.zeros(2 * len(forms), dtype=_FORM)
            self._forms[:known] = old[:known]
        for number, shape in enumerate(forms[known:], known):
            start, end = len(self._texts), len(self._texts) + len(shape.prefix)
            self._texts += shape.prefix + shape.suffix
            spans = (start, len(shape.prefix), end, len(shape.suffix))
            self._forms[number] = (*spans, shape.type_code, shape.formula, shape.has_value, _way(shape))
        self.job.forms, self.job.form_count = self._forms.ctypes.data, len(forms)
        self.job.texts, self.job.texts_size = self._texts, len(self._texts)

    def _make_room(self, cells: int) -> None:
        if cells <= self.job.cell_room:
            return
        for name, kind in (_OF_CELLS | _OF_ROWS).items():
            self.arrays[name] = np.empty(cells, dtype=kind)
            setattr(self.job, name, self.arrays[name].ctypes.data)
        self.job.cell_room = self.job.row_room = cells


def _way(shape: Shape) -> int:
    if shape.whole:
        return _WHOLE
    if shape.from_right:
        return _FORMULA_AND_VALUE
    return _FORMULA if shape.formula_end else _VALUE


@dataclass(slots=True)
class ScannedCells:
    """The cells of a slab, in arrays that the next slab writes over."""

    slab: Slab
    scanner: Scanner

    @property
    def tokens(self) -> Tokens:
        """Where the cells are."""
        cells, rows = self.scanner.job.cell_count, self.scanner.job.row_count
        of, none = self.scanner.arrays, np.empty(0, dtype=np.uint64)
        numbers, digits = of["row_numbers"][:rows], of["row_digits"][:rows]
        starts, ends, columns, index = (of[name][:cells] for name in ("starts", "ends", "columns", "row_index"))
        return Tokens(starts, ends, none, columns, index, numbers, digits)

    def contents(self, first: int, last: int) -> Contents:
        """Return what the cells from ``first`` up to ``last`` hold, as found."""
        names = ("value_starts", "value_ends", "types", "formulas", "has_value", "cell_forms")
        return Contents(*(self.scanner.arrays[name][first:last] for name in names))

    def read(
        self, found: Contents, first: int, wanted: NDArray[np.bool_], shared: SharedStrings, epoch: datetime
    ) -> tuple[NDArray[np.int64], Values]:
        """Return which of the cells from ``first`` on hold something, by columns, and their values."""
        kept = self._order(first, first + len(found.types), wanted)
        kinds, numbers, formulas, starts, sizes, content = self._gather(kept)
        texts = decode(cut(content, np.where(kinds == scanner.SHARED, 0, starts), sizes))
        is_shared = kinds == scanner.SHARED
        if is_shared.any():
            texts = gather_shared(texts, shared.series, starts, is_shared)
        values = Values(_KINDS[kinds], numbers, texts, formulas, np.flatnonzero(kinds == scanner.STRANGE))
        others = np.flatnonzero(kinds == scanner.OTHER)
        read_others(self.slab, found.take(kept[others] - first), others, values, epoch)
        return kept, values

    def unclear(self, found: Contents, first: int, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return those of other columns that may not be well-formed."""
        span = slice(first, first + len(found.types))
        marked = self.scanner.arrays["marks"][span] & scanner.HAS_REFERENCE != 0
        doubtful: NDArray[np.int64] = np.flatnonzero(marked | (found.types == NOT_READ))
        columns = self.scanner.arrays["columns"][span][doubtful]
        unclear: NDArray[np.int64] = doubtful[~wanted[columns]] + first
        return unclear

    def _order(self, first: int, last: int, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        order = np.empty(last - first, dtype=np.int64)
        count = self.scanner.library.canbao_order(
            ctypes.byref(self.scanner.job), first, last, wanted.ctypes.data, order.ctypes.data, len(order)
        )
        if count < 0:
            raise UnsureError
        return order[:count]

    def _gather(self, kept: NDArray[np.int64]) -> tuple[Any, ...]:
        """Return kinds, numbers, formulas, where texts begin, how long they are, and the texts one after another."""
        count, room = len(kept), self.slab.end - self.slab.start
        kinds, numbers, formulas = np.empty(count, np.uint8), np.empty(count), np.empty(count, np.bool_)
        starts, sizes, texts = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(room, np.uint8)
        into = scanner.Gathered(cells=kept.ctypes.data, count=count, texts=texts.ctypes.data, texts_room=room)
        into.numbers, into.kinds, into.formulas = numbers.ctypes.data, kinds.ctypes.data, formulas.ctypes.data
        into.text_starts, into.text_sizes = starts.ctypes.data, sizes.ctypes.data
        size = self.scanner.library.canbao_gather(ctypes.byref(self.scanner.job), ctypes.byref(into))
        if size < 0:
            raise UnsureError
        return kinds, numbers, formulas, starts, sizes, texts[:size].tobytes()
