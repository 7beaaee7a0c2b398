"""The open workbook, unsaved changes included, as the same raw cells that a file is read into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from canbao_addin.buttons.values import read_values
from canbao_rulebook.kinds import Filler
from canbao_rulebook.meta import CODE_SHEET, COVER_SHEET, META_SHEET
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW, TECHNICAL_MARK
from canbao_validators.meta import COVER_NAMES, LIST_NAMES, read_meta
from canbao_validators.reading.raw import RawSheet, RawWorkbook, join_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xlwings as xw
    from numpy.typing import NDArray

    from canbao_rulebook.roster import Roster
    from canbao_validators.library import Library

_MOST_MERGED = 50  # merged areas that are looked for in one sheet


def read_open_book(book: xw.Book, library: Library) -> RawWorkbook:
    """Return the cells of an open workbook: those of the rosters of its policy year, its cover and its hidden sheets.

    Dates come as serials of the 1900 system whatever the workbook's own, so ``date1904`` is False.
    """
    sheets = {sheet.name: RawSheet(sheet.name, max_row=0) for sheet in book.sheets}
    raw = RawWorkbook(Path(book.name), sheets, date1904=False, defined_names=_names(book))
    for name in (META_SHEET, CODE_SHEET, COVER_SHEET):
        if name in sheets:
            _read_whole(book.sheets[name], sheets[name])
    known = library.get(read_meta(raw).get("policy_id"))
    for roster in known.rosters.values() if known else ():
        if roster.sheet in sheets:
            _read_roster(book.sheets[roster.sheet], roster, sheets[roster.sheet])
    return raw


def last_cell(sheet: xw.Sheet) -> tuple[int, int]:
    """Return the last used row and column of a sheet."""
    last = sheet.used_range.last_cell
    return int(last.row), int(last.column)


def column_values(sheet: xw.Sheet, column: int, first: int, last: int) -> list[Any]:
    """Return the values of a stretch of one column; an error is its text, an empty cell None."""
    if last < first:
        return []
    area = sheet.range((first, column), (last, column))
    values = area.options(ndim=1, err_to_str=True).value
    return list(values)


def column_formulas(sheet: xw.Sheet, column: int, first: int, last: int) -> list[str]:
    """Return what stands in a stretch of one column: formulas, and values as they are typed."""
    stated = sheet.range((first, column), (last, column)).formula
    return [str(row[0]) for row in stated] if last > first else [str(stated)]


def _names(book: xw.Book) -> dict[str, str]:
    """Return the defined names that the checks ask for, without the ``=`` before their reference."""
    known = book.names
    found = {name: known[name].refers_to for name in (*LIST_NAMES, *COVER_NAMES) if name in known}
    return {name: reference.removeprefix("=") for name, reference in found.items() if reference}


def _read_whole(sheet: xw.Sheet, raw: RawSheet) -> None:
    last_row, last_column = last_cell(sheet)
    rows = sheet.range((1, 1), (last_row, last_column)).options(ndim=2, err_to_str=True).value
    for index in range(1, last_column + 1):
        _store(raw, index, 1, [row[index - 1] for row in rows])


def _read_roster(sheet: xw.Sheet, roster: Roster, raw: RawSheet) -> None:
    """Read the header row and every column but the technical ones; what nobody typed beside is not asked for."""
    last_row, last_column = last_cell(sheet)
    header_area = sheet.range((HEADER_ROW, 1), (HEADER_ROW, last_column))
    headers = header_area.options(ndim=1, err_to_str=True).value
    wanted = {
        index: roster.by_header.get(str(header or ""))
        for index, header in enumerate(headers, start=1)
        if not str(header or "").startswith(TECHNICAL_MARK)
    }
    typed = {
        index: column_values(sheet, index, FIRST_ROW, last_row)
        for index, column in wanted.items()
        if column is None or column.filler in {Filler.CLERK, Filler.COUNTY}
    }
    filled = max(map(_length, typed.values()), default=0)
    last = FIRST_ROW + filled - 1
    for index, header in enumerate(headers, start=1):
        _store(raw, index, HEADER_ROW, [header])
    for index, column in wanted.items():
        values = typed[index][:filled] if index in typed else column_values(sheet, index, FIRST_ROW, last)
        may_be_typed = column is not None and column.is_computed
        _store(raw, index, FIRST_ROW, values, _formulas(sheet, index, last) if may_be_typed else None)
    raw.merged += _find_merged(sheet, (FIRST_ROW, 1), (last, last_column)) if filled else []


def _length(values: Sequence[Any]) -> int:
    """Return how many cells there are up to the last one that holds something."""
    return next((place for place in range(len(values), 0, -1) if values[place - 1] not in {None, ""}), 0)


def _formulas(sheet: xw.Sheet, column: int, last: int) -> NDArray[np.bool_]:
    """Tell which cells of a column hold a formula, from the first data row on."""
    if last < FIRST_ROW:
        return np.zeros(0, dtype=np.bool_)
    found = sheet.range((FIRST_ROW, column), (last, column)).formula
    cells = [found] if isinstance(found, str) else [row[0] if isinstance(row, (tuple, list)) else row for row in found]
    return np.array([isinstance(cell, str) and cell.startswith("=") for cell in cells], dtype=np.bool_)


def _store(
    raw: RawSheet, index: int, first: int, values: Sequence[Any], formulas: NDArray[np.bool_] | None = None
) -> None:
    """Append values to a column, each with the kind that its cell has."""
    column = read_values(values, first, formulas)
    if len(column.rows):
        before = [raw.columns[index]] if index in raw.columns else []
        raw.columns[index] = join_columns([*before, column])
        raw.max_row = max(raw.max_row, int(column.rows[-1]))


def _find_merged(sheet: xw.Sheet, first: tuple[int, int], last: tuple[int, int]) -> list[str]:
    """Return merged areas, found by halving the area that holds any; at most _MOST_MERGED of them."""
    found: list[str] = []
    waiting = [(first, last)]
    while waiting and len(found) < _MOST_MERGED:
        (top, left), (bottom, right) = waiting.pop()
        area = sheet.range((top, left), (bottom, right))
        if area.merge_cells is False:
            continue
        if top == bottom and left == right:
            address = area.merge_area.get_address(row_absolute=False, column_absolute=False)
            if address not in found:
                found.append(address)
        elif bottom > top:
            middle = (top + bottom) // 2
            waiting += [((middle + 1, left), (bottom, right)), ((top, left), (middle, right))]
        else:
            middle = (left + right) // 2
            waiting += [((top, middle + 1), (bottom, right)), ((top, left), (bottom, middle))]
    return found
