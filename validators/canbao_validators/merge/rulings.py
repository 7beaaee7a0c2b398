"""What the county decided itself: read again from the sheet 资助决定 of an earlier county workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_validators.merge.decisions import FALLS, STANDS, Ruling
from canbao_validators.reading.own_tables import find_table
from canbao_validators.reading.package import UnreadableFile

if TYPE_CHECKING:
    from canbao_validators.reading.raw import RawWorkbook

SHEET = "资助决定"
KEY, UNIT, ROSTER, RULING, REASON = "证件号码", "乡镇(街道)", "花名册", "县里决定", "县里理由"

Rulings = dict[tuple[str, str, str], Ruling]


def read_rulings(raw: RawWorkbook) -> Rulings:
    """Return the county's decisions by document number, unit and sheet.

    Raises UnreadableFile when the workbook has no such sheet or a decision is neither 采信 nor 不采信.
    """
    table = find_table(raw.sheets.get(SHEET), {KEY, UNIT, ROSTER, RULING})
    if table is None:
        raise UnreadableFile("V39.no_rulings")
    rulings: Rulings = {}
    for row, found in table.texts():
        cells = {header: text.strip() for header, text in found.items()}
        if not cells[RULING]:
            continue
        if cells[RULING] not in {STANDS, FALLS}:
            raise UnreadableFile("V39.ruling", row=row, found=cells[RULING])
        ruling = Ruling(cells[RULING] == STANDS, cells.get(REASON, ""))
        rulings[cells[KEY], cells[UNIT], cells[ROSTER]] = ruling
    return rulings
