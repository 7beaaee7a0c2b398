"""Forms of cells recognised by vector: by comparing the bytes of many cells with those of one form each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from canbao_validators.reading.shapes import COMMON_WIDTH, INLINE_END, TYPES, VALUE_END, Shape, learn_shape
from canbao_validators.reading.slabs import MARGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_validators.reading.slabs import Slab

NOT_READ = len(TYPES)  # code of a cell that no form fits
NO_FORM = -1
COLUMNS = 703
_VALUE_WIDTHS = (64, MARGIN)  # how far back from its end a value that follows a formula's text is looked for
_LT = 0x3C
_BLOCK = 1 << 14  # cells whose beginnings stay in the cache of one core while they are compared
_VALUE_WORD = np.frombuffer(VALUE_END, "<u8")[0]
_INLINE_WORD = np.frombuffer(INLINE_END[-8:], "<u8")[0]
_INLINE_START = np.frombuffer(INLINE_END[:8], "<u8")[0]


@dataclass(slots=True)
class Contents:
    """The values of some cells as found: offsets of their text, their type as a place in TYPES, who has a formula.

    ``has_value`` tells an empty value element from none at all; ``forms`` are places among the forms of the ShapeBook,
    NO_FORM for a cell that no form fits.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    types: NDArray[np.uint8]
    formulas: NDArray[np.bool_]
    has_value: NDArray[np.bool_]
    forms: NDArray[np.int32]

    def take(self, places: NDArray[np.int64]) -> Contents:
        """Return those of some of the cells."""
        return Contents(
            self.starts[places],
            self.ends[places],
            self.types[places],
            self.formulas[places],
            self.has_value[places],
            self.forms[places],
        )


class CommonShapes:
    """One form a column as tables by column number; a column without one has a type of NOT_READ."""

    def __init__(self, shapes: dict[int, Shape], numbers: dict[Shape, int]) -> None:
        self.shapes = shapes
        self.forms = np.full(COLUMNS, NO_FORM, dtype=np.int32)
        self.prefixes = np.zeros((COLUMNS, COMMON_WIDTH), dtype=np.uint8)
        self.masks = np.zeros((COLUMNS, COMMON_WIDTH), dtype=np.uint8)
        self.lengths = np.zeros(COLUMNS, dtype=np.int64)
        self.suffixes = np.zeros(COLUMNS, dtype=np.int64)
        self.types = np.full(COLUMNS, NOT_READ, dtype=np.uint8)
        self.formulas = np.zeros(COLUMNS, dtype=np.bool_)
        self.has_value = np.zeros(COLUMNS, dtype=np.bool_)
        for index, shape in shapes.items():
            length = len(shape.prefix)
            self.prefixes[index, :length] = np.frombuffer(shape.prefix, dtype=np.uint8)
            self.masks[index, :length] = 255
            self.lengths[index], self.suffixes[index] = length, len(shape.suffix)
            self.types[index], self.formulas[index] = shape.type_code, shape.formula
            self.has_value[index] = shape.has_value
            self.forms[index] = numbers[shape]

    def fits(self, slab: Slab, references: NDArray[np.int64], columns: NDArray[np.uint16]) -> NDArray[np.bool_]:
        """Tell which cells go on after their reference as the form of their column does."""
        fits = np.empty(len(references), dtype=np.bool_)
        for start in range(0, len(references), _BLOCK):
            part = slice(start, start + _BLOCK)
            fits[part] = self._different(slab, references[part], columns[part]) == 0
        fits &= (self.types != NOT_READ).take(columns)
        return fits

    def _different(self, slab: Slab, references: NDArray[np.int64], columns: NDArray[np.uint16]) -> NDArray[np.uint64]:
        """Return the bits in which some cells differ from the prefixes of their columns."""
        words = slab.windows(COMMON_WIDTH)[references].view("<u8").reshape(-1, COMMON_WIDTH // 8)
        words ^= self.prefixes.view("<u8").take(columns, axis=0)
        words &= self.masks.view("<u8").take(columns, axis=0)
        while words.shape[1] > 1:
            half = words.shape[1] // 2
            words = words[:, :half] | words[:, half:]
        return words[:, 0]


class Resolver:
    """Matches forms against the cells of one column in one slab."""

    def __init__(
        self,
        slab: Slab,
        references: NDArray[np.int64],
        ends: NDArray[np.int64],
        words: NDArray[np.uint64],
        numbers: dict[Shape, int],
    ) -> None:
        count = len(ends)
        self._numbers = numbers
        self._slab = slab
        self._references = references
        self._ends = ends
        self._words = words
        self._tags: NDArray[np.int64] | None = None  # where tags begin, found when first asked for
        self.contents = Contents(
            np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.full(count, NOT_READ, dtype=np.uint8),
            np.zeros(count, dtype=np.bool_),
            np.zeros(count, dtype=np.bool_),
            np.full(count, NO_FORM, dtype=np.int32),
        )

    def match_common(
        self, common: CommonShapes, columns: NDArray[np.uint16], waiting: NDArray[np.int64], *, everything: bool
    ) -> NDArray[np.int64]:
        """Note the cells among ``waiting`` (``everything``: all) that have their column's form; return the others."""
        which = slice(None) if everything else waiting
        references, ends, words = self._references[which], self._ends[which], self._words[which]
        suffixes = common.suffixes.take(columns)
        starts, stops = references + common.lengths.take(columns), ends - suffixes
        hits = common.fits(self._slab, references, columns) & (starts <= stops)
        is_value = suffixes == len(VALUE_END)
        hits &= ~is_value | (words == _VALUE_WORD)
        rest = np.flatnonzero(hits & ~is_value)
        whole = suffixes[rest] == 0
        before = self._slab.windows(8)[stops[rest]].view("<u8")
        inline = (words[rest] == _INLINE_WORD) & (before == _INLINE_START)
        hits[rest] = np.where(whole, starts[rest] == ends[rest], inline)
        found = self.contents
        if everything:
            found.starts, found.ends = starts, stops
            found.types = np.where(hits, common.types.take(columns), NOT_READ).astype(np.uint8)
            found.formulas = hits & common.formulas.take(columns)
            found.has_value = hits & common.has_value.take(columns)
            found.forms = np.where(hits, common.forms.take(columns), np.int32(NO_FORM))
            return np.flatnonzero(~hits)
        cells, columns = waiting[hits], columns[hits]
        found.starts[cells], found.ends[cells] = starts[hits], stops[hits]
        found.types[cells] = common.types.take(columns)
        found.formulas[cells] = common.formulas.take(columns)
        found.has_value[cells] = common.has_value.take(columns)
        found.forms[cells] = common.forms.take(columns)
        return waiting[~hits]

    def match(self, shape: Shape, waiting: NDArray[np.int64]) -> NDArray[np.int64]:
        """Note the cells among ``waiting`` that have a form, and return those that have not."""
        references, ends = self._references[waiting], self._ends[waiting]
        starts = references + len(shape.prefix)
        hits = self._starts_with(shape.prefix, references)
        stops = ends - len(shape.suffix)
        if shape.whole:
            hits &= starts == ends
        elif shape.suffix == VALUE_END:
            hits &= (self._words[waiting] == _VALUE_WORD) & (starts <= stops)
        else:
            hits &= (self._slab.windows(len(shape.suffix), "S")[stops] == shape.suffix) & (starts <= stops)
        if shape.tags_after_formula:
            hits &= self._count_tags(starts, ends) == shape.tags_after_formula
        if shape.from_right:
            starts = self._values_from_right(starts, stops, hits)
        if shape.formula_end:
            starts = stops = ends
        if hits.all():
            self._note(shape, waiting, starts, stops)
            return waiting[:0]
        self._note(shape, waiting[hits], starts[hits], stops[hits])
        return waiting[~hits]

    def match_one(self, shape: Shape, cell: int) -> bool:
        """Note a cell that begins with the prefix of a form, if it has that form."""
        start, end = int(self._references[cell]) + len(shape.prefix), int(self._ends[cell])
        stop = end - len(shape.suffix)
        if start > stop or not self._slab.data.startswith(shape.suffix, stop) or (shape.whole and start < stop):
            return False
        if shape.tags_after_formula and self._slab.data.count(b"<", start, end) != shape.tags_after_formula:
            return False
        if shape.from_right:
            tag = self._slab.data.rfind(b"</f><v>", start, stop)
            start = tag + len("</f><v>")
            if tag < 0 or self._slab.data.find(b"<", start, stop) >= 0:
                return False
        if shape.formula_end:
            start = stop = end
        self._note(shape, np.array([cell]), np.array([start]), np.array([stop]))
        return True

    def _count_tags(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many tags begin in each of some spans of the slab."""
        if self._tags is None:
            self._tags = np.flatnonzero(np.frombuffer(self._slab.data, dtype=np.uint8) == _LT)
        counts: NDArray[np.int64] = self._tags.searchsorted(ends) - self._tags.searchsorted(starts)
        return counts

    def _starts_with(self, prefix: bytes, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell where the slab goes on with a prefix: compared by words, the last of which may overlap."""
        hits = np.ones(len(places), dtype=np.bool_)
        if len(prefix) < 8:
            hits &= self._slab.windows(len(prefix), "S")[places] == prefix
            return hits
        for offset in [*range(0, len(prefix) - 8, 8), len(prefix) - 8]:
            word = np.frombuffer(prefix[offset : offset + 8], "<u8")[0]
            hits &= self._slab.windows(8)[places + offset].view("<u8") == word
        return hits

    def learn(self, cell: int) -> Shape | None:
        """Return the form of one cell, None when it is none that this lane knows."""
        return learn_shape(self._slab.data, int(self._references[cell]), int(self._ends[cell]))

    def _values_from_right(
        self, starts: NDArray[np.int64], stops: NDArray[np.int64], hits: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return where values begin that follow the text of a formula; clears ``hits`` where that cannot be told."""
        tags = np.zeros_like(stops)
        waiting = np.flatnonzero(hits)
        for width in _VALUE_WIDTHS:
            text = self._slab.windows(width)[stops[waiting] - width].view(np.uint8).reshape(-1, width)
            tags[waiting] = stops[waiting] - 1 - (text[:, ::-1] == _LT).argmax(axis=1)
            waiting = waiting[~(text == _LT).any(axis=1)]
        found = np.flatnonzero(hits)
        before = tags[found] - len("</f>")
        fits = (self._slab.windows(7, "S")[before] == b"</f><v>") & (before >= starts[found])
        hits[found] = fits
        values: NDArray[np.int64] = tags + len("<v>")
        return values

    def _note(
        self, shape: Shape, cells: NDArray[np.int64], starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> None:
        found = self.contents
        found.starts[cells] = starts
        found.ends[cells] = stops
        found.types[cells] = shape.type_code
        found.formulas[cells] = shape.formula
        found.has_value[cells] = shape.has_value
        found.forms[cells] = self.enter(shape)

    def enter(self, shape: Shape) -> int:
        """Return the number of a form, which it gets when it is met for the first time."""
        return self._numbers.setdefault(shape, len(self._numbers))
