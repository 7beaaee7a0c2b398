"""Looking on while the fast lane passes over cells: for what else they tell beside their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from canbao_validators.reading.raw import RawSheet
    from canbao_validators.reading.shape_matching import Contents
    from canbao_validators.reading.shapes import Shape
    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.tokens import Tokens


class SheetWatch(Protocol):
    """Sees one sheet go by; ``close`` is called only when the fast lane was sure of all of it."""

    def above(self, rows: bytes) -> None:
        """Take the rows of a slab down to the header row, as stored."""

    def see(
        self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64], found: Contents, forms: Sequence[Shape]
    ) -> None:
        """Take some cells of a slab below the header row; ``found`` names the forms that they have."""

    def close(self, skeleton: bytes) -> None:
        """Take what stands around the rows."""


class Watch(Protocol):
    """Sees a workbook go by."""

    def open_sheet(self, name: str) -> SheetWatch:
        """Return who looks on while a sheet is read."""

    def open_page(self, page: RawSheet) -> SheetWatch:
        """Return who looks on while a page of our own is read, all of whose cells ``page`` will hold."""

    def keep_strings(self, strings: pl.Series) -> None:
        """Take the shared strings."""
