"""Tables that were not issued by canbao: what can be said of them, so that their data finds its way into a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.meta import GUIDE_SHEET
from canbao_rulebook.problem_list import DECISION_SHEET, HELD_SHEET, REGISTER_SHEET, RETURN_SHEET, ROUNDS_SHEET
from canbao_validators.normalise.text import drop_blanks
from canbao_validators.reading.raw import Form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.reading.raw import RawSheet, RawWorkbook

_HEADER_ROWS = 10  # titles may stand above the headers
_MIN_SHARED = 5  # headers that a table has in common with a roster
_OWN_TABLES = (
    RETURN_SHEET,
    HELD_SHEET,
    ROUNDS_SHEET,
    REGISTER_SHEET,
    DECISION_SHEET,
)  # also in files that do not say who wrote them
_KEYS = {Form.CSV: "V39.csv", Form.HTML: "V39.html"}


def describe_stranger(raw: RawWorkbook, books: Iterable[Rulebook]) -> Finding:
    """Return the finding that refuses a file without the marks of a template.

    Of a table that is no workbook it says how much it holds, and which roster of the policy years it looks like.
    """
    place = Place()
    own = _own_table(raw)
    if own:
        return build_finding("V39.own_result", place, what=own)
    key = _KEYS.get(raw.form)
    if key is None:
        return build_finding("V39.no_meta", place)
    sheet = max(raw.sheets.values(), key=lambda sheet: len(_used_rows(sheet)), default=None)
    if sheet is None:
        return build_finding(key, place, rows=0, columns=0)
    rows = _used_rows(sheet)
    for book in books:
        shared, header_row, name = max(_matches(sheet, rows[:_HEADER_ROWS], book))
        if shared:
            below = int(np.count_nonzero(rows > header_row))
            return build_finding("V39.like_roster", place, what=raw.form.value, name=name, columns=shared, rows=below)
    return build_finding(key, place, rows=len(rows), columns=len(sheet.columns))


def _own_table(raw: RawWorkbook) -> str:
    """Return the title of a workbook that a command of ours wrote for the county, empty for any other one.

    A unit's workbook, which has lost its marks, is none: it has a guide for those who fill it.
    """
    known = any(name in raw.sheets for name in _OWN_TABLES)
    first = next(iter(raw.sheets.values()), None)
    if first is None or GUIDE_SHEET in raw.sheets or not (known or raw.written_by):
        return ""
    return first.cell(1, 1).text or first.name


def _used_rows(sheet: RawSheet) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return, ascending, the numbers of the rows that hold something."""
    found = [column.rows for column in sheet.columns.values()]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _matches(sheet: RawSheet, rows: Iterable[int], book: Rulebook) -> list[tuple[int, int, str]]:
    """Return how many headers a row shares with a roster, its number and the roster's sheet; 0 where it is too few."""
    found = [(0, 0, "")]
    for row in rows:
        texts = {drop_blanks(sheet.cell(row, index).text) for index in sheet.columns} - {""}
        for roster in book.rosters.values():
            shared = len(texts & {drop_blanks(column.header) for column in roster.columns})
            if shared >= _MIN_SHARED and 2 * shared >= len(texts):
                found.append((shared, int(row), roster.sheet))
    return found
