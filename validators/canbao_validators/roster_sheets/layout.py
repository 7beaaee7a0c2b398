"""Sheets that are not as they were issued, and certain all the same: renamed, or with rows put in above the headers."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.meta import OWN_SHEETS
from canbao_rulebook.roster import HEADER_ROW
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster
    from canbao_validators.reading.raw import RawSheet, RawWorkbook

MOST_INSERTED = 5  # rows above the headers
_SURE, _ALIKE = 0.5, 0.8  # part of a roster's headers that a header row, or a sheet under another name, has
_LEAST = 3


def fold_header(text: str) -> str:
    """Return a header without what nobody sees: blanks, line breaks, the width of its characters."""
    return drop_blanks(unicodedata.normalize("NFKC", text))


def settle_layout(raw: RawWorkbook, rosters: Collection[Roster]) -> None:
    """Find the roster sheets that bear another name, and the header row of every one; ``raw`` says what was found."""
    _name_sheets(raw, rosters)
    for roster in rosters:
        if roster.sheet in raw.sheets:
            raw.sheets[roster.sheet].header_row = find_header_row(raw.sheets[roster.sheet], roster)


def find_header_row(sheet: RawSheet, roster: Roster) -> int:
    """Return the row of the headers: the usual one, unless they stand a few rows above or below it for certain."""
    wanted = {fold_header(column.header) for column in roster.columns if not column.hidden}
    needed = max(_LEAST, _SURE * len(wanted))
    if _shared(sheet, HEADER_ROW, wanted) >= needed:
        return HEADER_ROW
    rows = [row for row in range(1, HEADER_ROW + MOST_INSERTED + 1) if _shared(sheet, row, wanted) >= needed]
    return max(rows, key=lambda row: _shared(sheet, row, wanted), default=HEADER_ROW)


def tell_layout(raw: RawWorkbook, rosters: Collection[Roster]) -> Iterator[Finding]:
    """Yield the one thing that happened to each sheet that is not as it was issued."""
    for roster in rosters:
        sheet = raw.sheets.get(roster.sheet)
        if sheet is None:
            continue
        place = Place(roster.sheet)
        if sheet.stated_name:
            found = sheet.stated_name
            yield build_finding("V39.sheet_renamed", place, value=found, name=roster.sheet, found=found)
        moved = sheet.header_row - HEADER_ROW
        if moved:
            row = sheet.header_row
            key = "V39.rows_inserted" if moved > 0 else "V39.rows_removed"
            spot = Place(roster.sheet, row, f"A{row}")
            yield build_finding(key, spot, count=abs(moved), row=row, expected=HEADER_ROW)


def _name_sheets(raw: RawWorkbook, rosters: Collection[Roster]) -> None:
    """Give sheets under another name that of the roster whose headers they have, the most alike first."""
    missing = [roster for roster in rosters if roster.sheet not in raw.sheets]
    if not missing:
        return
    known = {*OWN_SHEETS, *(roster.sheet for roster in rosters)}
    strangers = [sheet for name, sheet in raw.sheets.items() if name not in known]
    pairs = [(_likeness(sheet, roster), sheet, roster) for roster in missing for sheet in strangers]
    names: dict[str, str] = {}
    for likeness, sheet, roster in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= _ALIKE and sheet.name not in names and roster.sheet not in names.values():
            names[sheet.name] = roster.sheet
    for name, right in names.items():
        raw.sheets[name].name, raw.sheets[name].stated_name = right, name
    raw.sheets = {sheet.name: sheet for sheet in raw.sheets.values()}


def _likeness(sheet: RawSheet, roster: Roster) -> float:
    """Return which part of the headers a sheet has in its best row, of both together."""
    wanted = {fold_header(column.header) for column in roster.columns if not column.hidden}
    found = [_texts(sheet, row) for row in range(1, HEADER_ROW + MOST_INSERTED + 1)]
    return max(len(texts & wanted) / len(wanted) for texts in found)


def _shared(sheet: RawSheet, row: int, wanted: Collection[str]) -> int:
    return len(_texts(sheet, row) & set(wanted))


def _texts(sheet: RawSheet, row: int) -> set[str]:
    return {fold_header(sheet.cell(row, index).text) for index in sheet.columns} - {""}
