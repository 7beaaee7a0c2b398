"""Headers typed over or emptied: the data below is still in its place, so its header can be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.roster import HEADER_ROW, TECHNICAL_MARK, column_index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.roster import Column, Roster
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
                sheet.columns[index].put_text(HEADER_ROW, column.header)
                restored = True
    return restored


def _lost(sheet: RawSheet, roster: Roster) -> list[tuple[int, Column]]:
    """Return the input columns whose header stands nowhere, with the place where it belongs."""
    texts = {index: sheet.cell(HEADER_ROW, index).text.strip() for index in sheet.columns}
    present = set(texts.values())
    places = {column_index(roster.letters[column.header]): column for column in roster.columns if column.is_input}
    return [
        (index, column)
        for index, column in places.items()
        if column.header not in present
        and texts.get(index, "") not in roster.by_header
        and not texts.get(index, "").startswith(TECHNICAL_MARK)
    ]
