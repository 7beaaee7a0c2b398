"""Cells in which people wrote that there is nothing to write (无, /, —): blank, as the sheet reads them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canbao_rulebook.kinds import CellKind, ColumnType
from canbao_rulebook.nothing import NOTHING
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from canbao_rulebook.roster import Column
    from canbao_validators.normalise.cells import Cells

_ZERO = "0"
_LONGEST = max(map(len, NOTHING)) + 4  # characters, with a few blanks


def find_nothing(column: Column, cells: Cells, allowed: Collection[str] | None) -> NDArray[np.bool_]:
    """Return which cells say that there is nothing.

    An entry of the column's list (``allowed``) says something, and so does 0 where numbers are due; day 0 is no day.
    """
    is_text = cells.kinds == CellKind.TEXT
    words = NOTHING - set(allowed or ())
    if column.type.is_number and column.type is not ColumnType.DATE:
        words -= {_ZERO}
    short = is_text & (cells.texts.str.len_chars() <= _LONGEST).to_numpy()
    found = np.zeros(len(is_text), dtype=np.bool_)
    for text in cells.texts.filter(short).unique().to_list() if short.any() else ():
        if drop_blanks(text) in words:
            found |= is_text & (cells.texts == text).to_numpy()
    if column.type is ColumnType.DATE:
        found |= (cells.kinds == CellKind.NUMBER) & (cells.numbers == 0)
    return found
