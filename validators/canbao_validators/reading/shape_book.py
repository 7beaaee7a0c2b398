"""The forms that the cells of each column of a sheet have had so far, and how often: what is tried first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canbao_validators.reading.shape_matching import COLUMNS, CommonShapes, Contents, Resolver

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_validators.reading.shapes import Shape
    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.tokens import Tokens

MAX_SHAPES = 32
SAMPLE_ROWS = 8  # of a slab, from which the forms of a new column are learned
MOST_ALONE = 32  # cells of one column and slab that are too few for vectors
MAX_STRANGE = 64  # cells of one column and slab that may fail to teach a form before all others are given up
_RANKS = 3


class ShapeBook:
    """The forms that the cells of each column of a sheet have had so far, and how often.

    The most frequent forms of all columns are compared in the order of the file, which is kind to the cache; what then
    is left, in the order of columns.
    """

    def __init__(self) -> None:
        self._shapes: dict[int, dict[Shape, int]] = {}
        self._numbers: dict[Shape, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def forms(self) -> list[Shape]:
        """Every form met so far, whatever its column."""
        return list(self._numbers)

    def enter(self, shape: Shape) -> int:
        """Return the number of a form, which it gets when it is met for the first time."""
        return self._numbers.setdefault(shape, len(self._numbers))

    def resolve(self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64]) -> Contents:
        """Return what the given cells hold; cells of no known form have the type NOT_READ."""
        columns = tokens.columns[cells]
        references, ends, words = tokens.references(cells), tokens.ends[cells], tokens.end_words[cells]
        found = Resolver(slab, references, ends, words, self._numbers)
        self._look_at_samples(found, columns, tokens.row_index[cells])
        waiting = np.arange(len(cells))
        for rank in range(_RANKS):
            ranked = self._ranked(rank)
            if not ranked:
                break
            common = CommonShapes(ranked, self._numbers)
            left = found.match_common(common, columns[waiting] if rank else columns, waiting, everything=rank == 0)
            self._count(common.shapes, columns, waiting, left)
            waiting = left
            if len(waiting) == 0:
                break
        if len(waiting) == 0:
            return found.contents
        left_columns = columns[waiting]
        order = np.argsort(left_columns, kind="stable")
        indexes, starts = np.unique(left_columns[order], return_index=True)
        for index, group in zip(indexes.tolist(), np.split(waiting[order], starts[1:]), strict=True):
            self._resolve_column(self._shapes.setdefault(index, {}), found, group)
        return found.contents

    def _look_at_samples(self, found: Resolver, columns: NDArray[np.uint16], rows: NDArray[np.int64]) -> None:
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
        hits = np.bincount(columns[waiting], minlength=COLUMNS) - np.bincount(columns[left], minlength=COLUMNS)
        for index, shape in shapes.items():
            self._shapes[index][shape] += int(hits[index])

    @staticmethod
    def _resolve_column(shapes: dict[Shape, int], found: Resolver, waiting: NDArray[np.int64]) -> None:
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


def _resolve_alone(shapes: dict[Shape, int], found: Resolver, waiting: NDArray[np.int64]) -> None:
    """Read a few cells one by one, which is less work than comparing them with one form after another."""
    for cell in waiting.tolist():
        shape = found.learn(cell)
        if shape is not None and (shape in shapes or len(shapes) < MAX_SHAPES) and found.match_one(shape, cell):
            shapes[shape] = shapes.get(shape, 0) + 1
