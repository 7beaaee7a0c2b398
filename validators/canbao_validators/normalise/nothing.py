"""Cells in which people wrote that there is nothing to write (无, /, —): blank, as the sheet reads them too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.kinds import CellKind, ColumnType
from canbao_rulebook.nothing import NOTHING
from canbao_validators.normalise.text import BLANKS, INVISIBLE, drop_blanks

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from numpy.typing import NDArray

    from canbao_rulebook.roster import Column
    from canbao_validators.normalise.cells import Cells

_ZERO = "0"
_AROUND = f"[{BLANKS}{INVISIBLE}]*"
_PATTERN = f"^{_AROUND}(?:{'|'.join(map(re.escape, sorted(NOTHING)))}){_AROUND}$"


def find_nothing(column: Column, cells: Cells, allowed: Collection[str] | None) -> NDArray[np.bool_]:
    """Return which cells say that there is nothing.

    An entry of the column's list (``allowed``) says something, and so does 0 where numbers are due; day 0 is no day.
    """
    is_text = cells.kinds == CellKind.TEXT
    words = NOTHING - set(allowed or ())
    if column.type.is_number and column.type is not ColumnType.DATE:
        words -= {_ZERO}
    found: NDArray[np.bool_] = is_text
    if is_text.any():
        found = is_text & cells.texts.str.contains(_PATTERN).to_numpy()
    for text in cells.texts.filter(pl.Series(found)).unique().to_list() if found.any() else ():
        if drop_blanks(text) not in words:
            found = found & (cells.texts != text).to_numpy()
    if column.type is ColumnType.DATE:
        found = found | (cells.kinds == CellKind.NUMBER) & (cells.numbers == 0)
    return found
