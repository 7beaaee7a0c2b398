"""What the county decided itself: read again from an earlier county workbook, from 资助决定 and 参保资助花名册."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.decisions import FALLS, STANDS
from canbao_rulebook.problem_list import DECISION_SHEET
from canbao_validators.reading.own_tables import find_table
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.settlement.terms import Ruling, Rulings

if TYPE_CHECKING:
    from canbao_validators.reading.raw import RawWorkbook

KEY, UNIT, ROSTER, RULING, REASON = "证件号码", "乡镇(街道)", "花名册", "县里决定", "县里理由"
SUBSIDY_SHEET, CATEGORY, APPROVAL = "参保资助花名册", "资助类别", "县里核定"
APPROVED, REFUSED = "核定", "不予核定"


def read_rulings(raw: RawWorkbook) -> Rulings:
    """Return which rows the county lets stand, and whose identities it has verified.

    Raises UnreadableFile when the workbook has no 资助决定, or what stands in these columns is none of the words
    allowed there.
    """
    return Rulings(_read_rows(raw), _read_approvals(raw))


def _read_rows(raw: RawWorkbook) -> dict[tuple[str, str, str], Ruling]:
    table = find_table(raw.sheets.get(DECISION_SHEET), {KEY, UNIT, ROSTER, RULING})
    if table is None:
        raise UnreadableFile("V39.no_rulings")
    rulings: dict[tuple[str, str, str], Ruling] = {}
    for row, found in table.texts():
        cells = {header: text.strip() for header, text in found.items()}
        if not cells[RULING]:
            continue
        if cells[RULING] not in {STANDS, FALLS}:
            raise UnreadableFile("V39.ruling", row=row, found=cells[RULING])
        ruling = Ruling(cells[RULING] == STANDS, cells.get(REASON, ""))
        rulings[cells[KEY], cells[UNIT], cells[ROSTER]] = ruling
    return rulings


def _read_approvals(raw: RawWorkbook) -> dict[tuple[str, str], bool]:
    """Return, by document number and category, what the county wrote into 县里核定; a policy may have no such sheet."""
    table = find_table(raw.sheets.get(SUBSIDY_SHEET), {KEY, CATEGORY, APPROVAL})
    if table is None:
        return {}
    approvals: dict[tuple[str, str], bool] = {}
    for row, found in table.texts():
        cells = {header: text.strip() for header, text in found.items()}
        if not cells[APPROVAL]:
            continue
        if cells[APPROVAL] not in {APPROVED, REFUSED}:
            raise UnreadableFile("V39.approval", row=row, found=cells[APPROVAL])
        approvals[cells[KEY], cells[CATEGORY]] = cells[APPROVAL] == APPROVED
    return approvals
