"""What the county decided itself: read again from the sheet 资助决定 of an earlier county workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_validators.merge.decisions import FALLS, STANDS, Ruling
from canbao_validators.reading.package import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_validators.reading.raw import RawSheet, RawWorkbook

SHEET = "资助决定"
KEY, UNIT, ROSTER, RULING, REASON = "证件号码", "乡镇(街道)", "花名册", "县里决定", "县里理由"
_HEADER_ROWS = 20

Rulings = dict[tuple[str, str, str], Ruling]


def read_rulings(raw: RawWorkbook) -> Rulings:
    """Return the county's decisions by document number, unit and sheet.

    Raises UnreadableFile when the workbook has no such sheet or a decision is neither 采信 nor 不采信.
    """
    sheet = raw.sheets.get(SHEET)
    headers = {} if sheet is None else _find_headers(sheet)
    if sheet is None or not headers:
        raise UnreadableFile("V39.no_rulings")
    rulings: Rulings = {}
    for row in range(headers.pop("") + 1, sheet.max_row + 1):
        cells = {name: _text(sheet, row, column) for name, column in headers.items()}
        if not cells[RULING]:
            continue
        if cells[RULING] not in {STANDS, FALLS}:
            raise UnreadableFile("V39.ruling", row=row, found=cells[RULING])
        ruling = Ruling(cells[RULING] == STANDS, cells.get(REASON, ""))
        rulings[cells[KEY], cells[UNIT], cells[ROSTER]] = ruling
    return rulings


def _find_headers(sheet: RawSheet) -> dict[str, int]:
    """Return the columns by header, and under '' the row in which the headers stand; empty when they are not there."""
    for row in range(1, _HEADER_ROWS):
        found = dict(_headers(sheet, row))
        if {KEY, UNIT, ROSTER, RULING} <= found.keys():
            return {**found, "": row}
    return {}


def _headers(sheet: RawSheet, row: int) -> Iterator[tuple[str, int]]:
    for column in sheet.columns:
        if text := _text(sheet, row, column):
            yield text, column


def _text(sheet: RawSheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column)
    return cell.text.strip() if cell.kind is CellKind.TEXT else ""
