"""Merged cells below the headers: what they say of a place, a household or an identity holds for all their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_county.lists.header_rows import merged_areas
from canbao_county.lists.listed import Tidied
from canbao_rulebook.list_kinds import load_list_words
from canbao_rulebook.messages import build_finding, load_catalogue
from canbao_validators.normalise.cells import Cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from canbao_county.lists.listed import ListTable
    from canbao_validators.reading.raw import RawSheet


def carry_down(table: ListTable, sheet: RawSheet, cells: dict[str, Cells], rows: NDArray[np.int64]) -> dict[str, Cells]:
    """Return cells in which merged ones are filled down, and tell how many; of amounts and names that is told only."""
    carried = set(load_list_words("carried")[0])
    filled = dict(cells)
    for name, fall in _find_falls(table, sheet, rows).items():
        place = table.place(name, int(rows[min(fall)]))
        key = "V42.list_merged" if name in carried else "V39.list_merged_value"
        table.findings.append(build_finding(key, place, count=len(fall)))
        if name in carried:
            filled[name] = _fill(cells[name], fall)
            table.tidied.append(Tidied(place.header, load_catalogue()[key].short, len(fall), ""))
    return filled


def _find_falls(table: ListTable, sheet: RawSheet, rows: NDArray[np.int64]) -> dict[str, dict[int, int]]:
    """Return, by field, the places of rows under a merged cell, each with the place of the row that shows its value."""
    fields = {column: name for name, column in table.fit.places.items()}
    falls: dict[str, dict[int, int]] = {}
    for area in merged_areas(sheet):
        name = fields.get(area.left)
        if name is None or area.bottom == area.top or area.top < table.fit.first_row:
            continue
        start, end = (int(place) for place in np.searchsorted(rows, [area.top, area.bottom + 1]))
        if start + 1 < end and rows[start] == area.top:
            falls.setdefault(name, {}).update(dict.fromkeys(range(start + 1, end), start))
    return falls


def _fill(cells: Cells, fall: dict[int, int]) -> Cells:
    """Return cells with those at the keys as those at the values; what stands under a merged cell nobody sees."""
    source = np.arange(len(cells.kinds))
    source[list(fall)] = list(fall.values())
    texts = cells.texts.gather(pl.Series(source))
    return Cells(cells.kinds[source], cells.numbers[source], texts, cells.formulas[source])
