"""Headers typed over or emptied: the data below is still in its place, so its header can be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.roster import HEADER_ROW, TECHNICAL_MARK, column_index
from canbao_validators.roster_sheets.layout import fold_header

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.damage.structure import Structure
    from canbao_validators.reading.raw import RawSheet, RawWorkbook


def restore_headers(raw: RawWorkbook, rosters: Iterable[Roster]) -> bool:
    """Put back, in the cells as read, every header that is lost while its place bears no other column's; tell if any.

    A header that is found elsewhere was moved with its data and needs nothing.
    """
    restored = False
    for roster in rosters:
        sheet = raw.sheets.get(roster.sheet)
        for index, column in _lost(sheet, roster) if sheet else ():
            if sheet and index in sheet.columns:
                sheet.columns[index].put_text(sheet.header_row, column.header)
                restored = True
    return restored


def even_headers(structure: Structure, rosters: Iterable[Roster]) -> None:
    """Write the headers of a file as they were issued where only blanks and widths differ, which reading has told."""
    for roster in rosters:
        sheet = structure.sheets.get(roster.sheet)
        right = {fold_header(header): header for header in roster.by_header}
        for (row, column), cell in list(sheet.cells.items()) if sheet else ():
            if sheet and row == HEADER_ROW and (header := right.get(fold_header(cell.value))):
                sheet.cells[row, column] = cell._replace(value=header)


def _lost(sheet: RawSheet, roster: Roster) -> list[tuple[int, Column]]:
    """Return the input columns whose header stands nowhere, with the place where it belongs."""
    texts = {index: fold_header(sheet.cell(sheet.header_row, index).text) for index in sheet.columns}
    present = set(texts.values())
    headers = {fold_header(header) for header in roster.by_header}
    places = {column_index(roster.letters[column.header]): column for column in roster.columns if column.is_input}
    return [
        (index, column)
        for index, column in places.items()
        if fold_header(column.header) not in present
        and texts.get(index, "") not in headers
        and not texts.get(index, "").startswith(TECHNICAL_MARK)
    ]
