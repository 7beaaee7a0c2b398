"""Forms of cells: what stands between a cell's reference and its value is the same in nearly all cells of a column.

A form is learned from one cell, by a strict pattern, and then recognised in all others by comparing bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from canbao_validators.reading.slabs import MARGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.tokens import Tokens

MAX_SHAPES = 32
SAMPLE_ROWS = 8  # of a slab, from which the forms of a new column are learned
MOST_ALONE = 32  # cells of one column and slab that are too few for vectors
MAX_STRANGE = 64  # cells of one column and slab that may fail to teach a form before all others are given up
_VALUE_WIDTHS = (64, MARGIN)  # how far back from its end a value that follows a formula's text is looked for
_LT = 0x3C
_ATTRIBUTES = rb'((?: [a-z]+="[^"<>&]*")*)'
_FORMULA_TAG = rb'<f(?: [a-zA-Z0-9]+="[^"<>&]*")*'
_FORMULA = rb"(" + _FORMULA_TAG + rb"(?:/>|></f>))?"
_VALUE = re.compile(rb'"' + _ATTRIBUTES + rb" ?>" + _FORMULA + rb'<v(?: xml:space="preserve")?>')
_INLINE = re.compile(rb'"' + _ATTRIBUTES + rb' ?>()<is><t(?: xml:space="preserve")?>')
_TEXT_FORMULA = re.compile(rb'"' + _ATTRIBUTES + rb" ?>(" + _FORMULA_TAG + rb">)(?=[^<])")
_EMPTY = re.compile(rb'"' + _ATTRIBUTES + rb" ?(?:/>|>" + _FORMULA + rb"(<v ?/>)?</c>)")
_ATTRIBUTE = re.compile(rb' ([a-z]+)="([^"]*)"')
_KNOWN = frozenset({b"s", b"t", b"cm", b"vm", b"ph"})
TYPES = ("n", "s", "str", "inlineStr", "b", "e", "d")
NOT_READ = len(TYPES)  # code of a cell that no form fits
NO_FORM = -1
VALUE_END = b"</v></c>"
INLINE_END = b"</t></is></c>"
# How a cell ends with a formula's text, and whether there is a value, if an empty one.
_FORMULA_ENDS = {b"</f></c>": False, b"</f><v/></c>": True, b"</f><v /></c>": True}
COMMON_WIDTH = 64
_BLOCK = 1 << 14  # cells whose beginnings stay in the cache of one core while they are compared
_VALUE_WORD = np.frombuffer(VALUE_END, "<u8")[0]
_INLINE_WORD = np.frombuffer(INLINE_END[-8:], "<u8")[0]
_INLINE_START = np.frombuffer(INLINE_END[:8], "<u8")[0]
_COLUMNS = 703
_RANKS = 3


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


@dataclass(frozen=True, slots=True)
class Shape:
    """``prefix`` follows the reference; ``whole`` forms end there, ``from_right`` ones go on with a formula's text."""

    prefix: bytes
    type_code: int
    formula: bool
    has_value: bool
    whole: bool = False
    from_right: bool = False
    formula_end: bytes = b""  # how a cell ends that has a formula's text and no value

    def __hash__(self) -> int:
        return hash(self.prefix)  # which nearly tells forms apart, and whose hash is kept

    @property
    def is_common(self) -> bool:
        """Whether the form can be compared together with those of other columns."""
        return not self.from_right and not self.formula_end and len(self.prefix) <= COMMON_WIDTH

    @property
    def suffix(self) -> bytes:
        """What stands between the value and the end of the cell."""
        if self.whole:
            return b""
        if self.formula_end:
            return self.formula_end
        return INLINE_END if TYPES[self.type_code] == "inlineStr" else VALUE_END


class ShapeBook:
    """The forms that the cells of each column of a sheet have had so far, and how often.

    The most frequent forms of all columns are compared in the order of the file, which is kind to the cache; what then
    is left, in the order of columns.
    """

    def __init__(self) -> None:
        self._shapes: dict[int, dict[Shape, int]] = {}
        self._numbers: dict[Shape, int] = {}

    @property
    def forms(self) -> list[Shape]:
        """Every form met so far, whatever its column."""
        return list(self._numbers)

    def resolve(self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64]) -> Contents:
        """Return what the given cells hold; cells of no known form have the type NOT_READ."""
        columns = tokens.columns[cells]
        references, ends, words = tokens.references(cells), tokens.ends[cells], tokens.end_words[cells]
        found = _Resolver(slab, references, ends, words, self._numbers)
        self._look_at_samples(found, columns, tokens.row_index[cells])
        waiting = np.arange(len(cells))
        for rank in range(_RANKS):
            ranked = self._ranked(rank)
            if not ranked:
                break
            common = _CommonShapes(ranked, self._numbers)
            left = found.match_common(common, columns[waiting] if rank else columns, waiting, everything=rank == 0)
            self._count(common.shapes, columns, waiting, left)
            waiting = left
            if len(waiting) == 0:
                return found.contents
        left_columns = columns[waiting]
        order = np.argsort(left_columns, kind="stable")
        indexes, starts = np.unique(left_columns[order], return_index=True)
        for index, group in zip(indexes.tolist(), np.split(waiting[order], starts[1:]), strict=True):
            self._resolve_column(self._shapes.setdefault(index, {}), found, group)
        return found.contents

    def _look_at_samples(self, found: _Resolver, columns: NDArray[np.uint16], rows: NDArray[np.int64]) -> None:
        """Learn the forms of columns that are as good as new from some rows, so that most of the others are known."""
        if len(rows) < MOST_ALONE:
            return
        new = [column for column in np.unique(columns).tolist() if self._is_new(column)]
        if not new:
            return
        wanted = np.unique(np.linspace(rows[0], rows[-1], SAMPLE_ROWS).astype(np.int64))
        for cell in np.flatnonzero(np.isin(rows, wanted) & np.isin(columns, new)).tolist():
            shapes = self._shapes.setdefault(int(columns[cell]), {})
            shape = found.learn(cell)
            if shape is not None and (shape in shapes or len(shapes) < MAX_SHAPES):
                found.enter(shape)
                shapes[shape] = shapes.get(shape, 0) + 1

    def _is_new(self, column: int) -> bool:
        return sum(self._shapes.get(column, {}).values()) < MOST_ALONE

    def _ranked(self, rank: int) -> dict[int, Shape]:
        """Return, by column, the form of a rank by frequency, where it can be compared in the order of the file."""
        ranked = {}
        for index, counts in self._shapes.items():
            shapes = sorted((shape for shape in counts if shape.is_common), key=counts.__getitem__, reverse=True)
            if rank < len(shapes):
                ranked[index] = shapes[rank]
        return ranked

    def _count(
        self,
        shapes: dict[int, Shape],
        columns: NDArray[np.uint16],
        waiting: NDArray[np.int64],
        left: NDArray[np.int64],
    ) -> None:
        hits = np.bincount(columns[waiting], minlength=_COLUMNS) - np.bincount(columns[left], minlength=_COLUMNS)
        for index, shape in shapes.items():
            self._shapes[index][shape] += int(hits[index])

    @staticmethod
    def _resolve_column(shapes: dict[Shape, int], found: _Resolver, waiting: NDArray[np.int64]) -> None:
        """Match the forms of one column, and learn new ones."""
        if len(waiting) < MOST_ALONE:
            _resolve_alone(shapes, found, waiting)
            return
        for shape in shapes:
            if len(waiting) == 0:
                return
            left = found.match(shape, waiting)
            shapes[shape] += len(waiting) - len(left)
            waiting = left
        strange = 0
        while len(waiting) and len(shapes) < MAX_SHAPES and strange < MAX_STRANGE:
            learned = found.learn(int(waiting[0]))
            left = waiting if learned is None else found.match(learned, waiting)
            if learned is None or len(left) == len(waiting):
                strange += 1
                waiting = waiting[1:]
                continue
            shapes[learned] = len(waiting) - len(left)
            waiting = left


def _resolve_alone(shapes: dict[Shape, int], found: _Resolver, waiting: NDArray[np.int64]) -> None:
    """Read a few cells one by one, which is less work than comparing them with one form after another."""
    for cell in waiting.tolist():
        shape = found.learn(cell)
        if shape is not None and (shape in shapes or len(shapes) < MAX_SHAPES) and found.match_one(shape, cell):
            shapes[shape] = shapes.get(shape, 0) + 1


class _CommonShapes:
    """One form a column as tables by column number; a column without one has a type of NOT_READ."""

    def __init__(self, shapes: dict[int, Shape], numbers: dict[Shape, int]) -> None:
        self.shapes = shapes
        self.forms = np.full(_COLUMNS, NO_FORM, dtype=np.int32)
        self.prefixes = np.zeros((_COLUMNS, COMMON_WIDTH), dtype=np.uint8)
        self.masks = np.zeros((_COLUMNS, COMMON_WIDTH), dtype=np.uint8)
        self.lengths = np.zeros(_COLUMNS, dtype=np.int64)
        self.suffixes = np.zeros(_COLUMNS, dtype=np.int64)
        self.types = np.full(_COLUMNS, NOT_READ, dtype=np.uint8)
        self.formulas = np.zeros(_COLUMNS, dtype=np.bool_)
        self.has_value = np.zeros(_COLUMNS, dtype=np.bool_)
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


class _Resolver:
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
        self.contents = Contents(
            np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.full(count, NOT_READ, dtype=np.uint8),
            np.zeros(count, dtype=np.bool_),
            np.zeros(count, dtype=np.bool_),
            np.full(count, NO_FORM, dtype=np.int32),
        )

    def match_common(
        self, common: _CommonShapes, columns: NDArray[np.uint16], waiting: NDArray[np.int64], *, everything: bool
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
        if shape.from_right:
            tag = self._slab.data.rfind(b"</f><v>", start, stop)
            start = tag + len("</f><v>")
            if tag < 0 or self._slab.data.find(b"<", start, stop) >= 0:
                return False
        if shape.formula_end:
            start = stop = end
        self._note(shape, np.array([cell]), np.array([start]), np.array([stop]))
        return True

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
        start, end = int(self._references[cell]), int(self._ends[cell])
        text = self._slab.data[start : min(end, start + MARGIN)]
        if match := _EMPTY.fullmatch(text):
            return _shape(match, has_value=match[3] is not None, whole=True)
        if match := _VALUE.match(text):
            return _shape(match, has_value=True)
        if match := _INLINE.match(text):
            return _shape(match, has_value=True, inline=True)
        if match := _TEXT_FORMULA.match(text):
            for tail, has_value in _FORMULA_ENDS.items():
                if self._slab.data.endswith(tail, start, end):
                    return _shape(match, has_value=has_value, formula_end=tail)
            return _shape(match, has_value=True, from_right=True)
        return None

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


def _shape(
    match: re.Match[bytes],
    *,
    has_value: bool,
    whole: bool = False,
    inline: bool = False,
    from_right: bool = False,
    formula_end: bytes = b"",
) -> Shape | None:
    """Return a form when its attributes are understood and its type is right for it."""
    code = _type_code(match[1])
    if code is None or (inline != (TYPES[code] == "inlineStr") and not whole):
        return None
    return Shape(match[0], code, bool(match[2]), has_value, whole, from_right, formula_end)


@lru_cache(maxsize=1024)
def _type_code(text: bytes) -> int | None:
    """Return the type that a cell's attributes state, None unless each of them is known and given once."""
    attributes = _ATTRIBUTE.findall(text)
    names = [name for name, _ in attributes]
    kind = dict(attributes).get(b"t", b"n").decode("ascii", "replace")
    if len(set(names)) < len(names) or not _KNOWN.issuperset(names) or kind not in TYPES:
        return None
    return TYPES.index(kind)
