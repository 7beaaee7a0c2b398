"""The cells of one slab found and read by numpy: no compiler needed, and what the compiled scanner is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from canbao_validators.reading.contents import read_contents
from canbao_validators.reading.scan import has_markup, scan_slab
from canbao_validators.reading.shape_matching import NOT_READ
from canbao_validators.reading.tokens import find_tokens

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from canbao_validators.reading.contents import Values
    from canbao_validators.reading.shape_book import ShapeBook
    from canbao_validators.reading.shape_matching import Contents
    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.strings import SharedStrings
    from canbao_validators.reading.tokens import Tokens


@dataclass(slots=True)
class VectorCells:
    """The cells of a slab."""

    slab: Slab
    tokens: Tokens
    book: ShapeBook

    @classmethod
    def find(cls, slab: Slab, book: ShapeBook, last_row: int, prefixes: frozenset[bytes]) -> VectorCells | None:
        """Return the cells of a slab, None when it has none. Raises UnsureError."""
        starts = scan_slab(slab)
        return cls(slab, find_tokens(slab, starts, last_row, prefixes), book) if len(starts) else None

    def contents(self, first: int, last: int) -> Contents:
        """Return what the cells from ``first`` up to ``last`` hold, as found."""
        return self.book.resolve(self.slab, self.tokens, np.arange(first, last))

    def read(
        self, found: Contents, first: int, wanted: NDArray[np.bool_], shared: SharedStrings, epoch: datetime
    ) -> tuple[NDArray[np.int64], Values]:
        """Return which of the cells from ``first`` on are of wanted columns, and their values."""
        kept = np.flatnonzero(wanted[self._columns(found, first)])
        return kept + first, read_contents(self.slab, found.take(kept), shared, epoch)

    def unclear(self, found: Contents, first: int, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return those of other columns that may not be well-formed."""
        others = np.flatnonzero(~wanted[self._columns(found, first)])
        marked = has_markup(self.slab, found.starts[others], found.ends[others])
        unclear: NDArray[np.int64] = others[marked | (found.types[others] == NOT_READ)] + first
        return unclear

    def _columns(self, found: Contents, first: int) -> NDArray[np.uint16]:
        return self.tokens.columns[first : first + len(found.types)]
