"""What the county decided itself: read again from an earlier county workbook, from 资助决定 and 参保资助花名册."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.decisions import FALLS, STANDS
from canbao_rulebook.problem_list import DECISION_SHEET
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.vocabulary import word
from canbao_validators.reading.own_tables import find_table
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.settlement.terms import Ruling, Rulings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from canbao_validators.reading.raw import RawWorkbook

SUBSIDY_SHEET = "参保资助花名册"
RULING_SHEETS = (DECISION_SHEET, SUBSIDY_SHEET)  # all that is read of the workbook
APPROVED, REFUSED = word("approvals", "approved"), word("approvals", "refused")


def read_rulings(raw: RawWorkbook) -> Rulings:
    """Return which rows the county lets stand, and whose identities it has verified.

    Raises UnreadableFile when the workbook has no 资助决定, or what stands in these columns is none of the words
    allowed there.
    """
    return Rulings(_read_rows(raw), _read_approvals(raw))


def _read_rows(raw: RawWorkbook) -> dict[tuple[str, str, str], Ruling]:
    rows = _read(raw, DECISION_SHEET, "decisions", ("cert", "unit", "sheet", "ruling"))
    if rows is None:
        raise UnreadableFile("V39.no_rulings")
    rulings: dict[tuple[str, str, str], Ruling] = {}
    for row, cells in rows:
        if not cells["ruling"]:
            continue
        if cells["ruling"] not in {STANDS, FALLS}:
            raise UnreadableFile("V39.ruling", row=row, found=cells["ruling"])
        ruling = Ruling(cells["ruling"] == STANDS, cells.get("county_reason", ""))
        rulings[cells["cert"], cells["unit"], cells["sheet"]] = ruling
    return rulings


def _read_approvals(raw: RawWorkbook) -> dict[tuple[str, str], bool]:
    """Return, by document number and category, what the county wrote into 县里核定; a policy may have no such sheet."""
    approvals: dict[tuple[str, str], bool] = {}
    for row, cells in _read(raw, SUBSIDY_SHEET, "subsidies", ("cert", "category", "approval")) or ():
        if not cells["approval"]:
            continue
        if cells["approval"] not in {APPROVED, REFUSED}:
            raise UnreadableFile("V39.approval", row=row, found=cells["approval"])
        approvals[cells["cert"], cells["category"]] = cells["approval"] == APPROVED
    return approvals


def _read(
    raw: RawWorkbook, sheet: str, name: str, needed: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]] | None:
    """Yield the rows of a sheet with their texts by the columns of its table; None where needed ones are missing."""
    columns = load_table(name).columns
    table = find_table(raw.sheets.get(sheet), {columns[field].header for field in needed})
    if table is None:
        return None
    headers = {field: one.header for field, one in columns.items() if one.header in table.places}
    return ((row, {field: texts[header].strip() for field, header in headers.items()}) for row, texts in table.texts())
