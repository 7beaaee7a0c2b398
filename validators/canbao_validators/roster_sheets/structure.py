"""Rows that are no persons: those taken out, repeated headers, totals; and merged cells, which hide what they cover."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.findings import Place
from canbao_rulebook.kinds import CellKind, Filler
from canbao_rulebook.messages import build_finding
from canbao_rulebook.phrases import Phrase
from canbao_rulebook.roster import REMOVED_FIELD, column_index
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.normalise.text import BLANKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.normalise.cells import Cells
    from canbao_validators.reading.raw import RawSheet

MIN_REPEATED = 2
_SIGN = "计"  # in every total
_TOTAL = f"^[{BLANKS}]*(?:合|小|总|累)[{BLANKS}]*{_SIGN}[{BLANKS}:：]*$"
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")


def find_repeated_headers(columns: dict[str, Cells], roster: Roster, count: int) -> NDArray[np.bool_]:
    """Tell the rows in which two cells or more repeat the header of their own column."""
    hits = np.zeros(count, dtype=np.int64)
    for field, cells in columns.items():
        if not cells.is_blank:
            hits += (cells.texts == roster.by_field[field].header).to_numpy()
    return hits >= MIN_REPEATED


def find_totals(columns: dict[str, Cells], roster: Roster, count: int) -> NDArray[np.bool_]:
    """Tell the rows that say 合计 or 小计 and name no person: every identifier typed by the clerk is empty."""
    says_total = np.zeros(count, dtype=np.bool_)
    typed = {
        roster.by_field[field]: cells
        for field, cells in columns.items()
        if _is_typed(roster.by_field[field]) and not cells.is_blank
    }
    texts = [cells.texts for cells in typed.values()]
    if not texts or not pl.concat(texts).str.contains(_SIGN, literal=True).any():
        return says_total
    identified = np.zeros(count, dtype=np.bool_)
    for column, cells in typed.items():
        says_total |= cells.texts.str.contains(_TOTAL).to_numpy()
        if column.identifier:
            identified |= cells.kinds != CellKind.BLANK
    return says_total & ~identified


def report_rows(key: str, rows: NDArray[np.int64], sheet: RawSheet) -> list[Finding]:
    """Return one finding per row that is left out."""
    return [build_finding(key, Place(sheet.name, row, f"A{row}"), row=row) for row in sorted(rows.tolist())]


def find_removed(cells: Mapping[str, Cells], count: int) -> NDArray[np.bool_]:
    """Return which rows a clerk has taken out by the column 删除."""
    found = cells.get(REMOVED_FIELD)
    if found is None:
        return np.zeros(count, dtype=np.bool_)
    blank = (found.kinds == CellKind.TEXT) & (found.texts.str.strip_chars() == "").to_numpy()
    removed: NDArray[np.bool_] = (found.kinds != CellKind.BLANK) & ~blank
    return removed


def report_removed(
    cells: Mapping[str, Cells],
    roster: Roster,
    removed: NDArray[np.bool_],
    rows: NDArray[np.int64],
    sheet: RawSheet,
) -> list[Finding]:
    """Return one finding per row that was taken out and held anything, with the name of who or what it is."""
    others = [column.field for column in roster.columns if column.is_input and column.field != REMOVED_FIELD]
    filled = np.any([cells[field].kinds != CellKind.BLANK for field in others if field in cells], axis=0)
    nameless = Phrase(load_lists()["cell_words"]["no_name"])
    name = next(
        (column.field for column in roster.columns[: roster.frozen] if column.is_input), roster.columns[0].field
    )
    return [
        build_finding(
            "V39.removed",
            Place(sheet.name, int(rows[place]), f"A{rows[place]}"),
            value=str(cells[name].texts[place]),
            name=str(cells[name].texts[place]) or nameless,
            row=int(rows[place]),
        )
        for place in np.flatnonzero(removed & filled).tolist()
    ]


def check_merged(sheet: RawSheet, roster: Roster) -> list[Finding]:
    """Report merged cells that reach into the rows and columns of persons."""
    findings: list[Finding] = []
    for reference in sheet.merged:
        match = _RANGE.fullmatch(reference)
        if match and int(match[4]) >= sheet.first_row and column_index(match[1]) <= len(roster.sheet_columns):
            place = Place(sheet.name, int(match[2]), match[1] + match[2])
            findings.append(build_finding("V39.merged", place, value=reference))
    return findings


def _is_typed(column: Column) -> bool:
    return column.filler in {Filler.CLERK, Filler.COUNTY}
