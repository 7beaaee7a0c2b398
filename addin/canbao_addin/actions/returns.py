"""A return list 退回清单, found again in the township's own workbook: rows may have moved since it was handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import SEVERITY_ORDER, Finding, RenderedFinding, Severity
from canbao_rulebook.problem_list import RETURN_SHEET, problem_columns
from canbao_validators.apart import read_apart
from canbao_validators.display import show_cell
from canbao_validators.normalise.display import shorten
from canbao_validators.reading.own_tables import find_table, text_of
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_addin.texts import Texts
    from canbao_rulebook.roster import Roster
    from canbao_validators.workbook import FilledWorkbook

_NEEDED = ("severity", "sheet", "cell", "message")
_DIGITS = "0123456789"


@dataclass(frozen=True)
class ReturnList:
    """The findings of a return list and the unit it is for, as its title says."""

    unit: str
    findings: tuple[RenderedFinding, ...]


@dataclass(frozen=True)
class Located:
    """A returned finding at its present place; ``changed``: what it quotes stands there no longer."""

    finding: RenderedFinding
    changed: bool


def read_returns(path: Path, passwords: Sequence[str] = ()) -> ReturnList:
    """Read a return list. Raises CannotRunError when the file is none."""
    try:
        sheets = read_apart(path, passwords).sheets
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble
    sheet = sheets.get(RETURN_SHEET)
    headers = {field: column.header for field, column in problem_columns().items()}
    table = find_table(sheet, {headers[field] for field in _NEEDED})
    if sheet is None or table is None:
        raise CannotRunError("returns_not_a_list", path=path)
    findings = [_finding(texts) for _, texts in table.texts() if texts[headers["severity"]] in set(Severity)]
    return ReturnList(text_of(sheet.cell(1, 1)).removesuffix(RETURN_SHEET), tuple(findings))


def locate_returns(returned: ReturnList, filled: FilledWorkbook, path: Path, texts: Texts) -> list[Located]:
    """Return the findings at their present places in a workbook, the gravest first. Raises CannotRunError.

    A finding lies where its cell still shows what was quoted, or where the check still finds the same; else where that
    is so in one other row only; else it stays at its old place and counts as changed.
    """
    assert filled.unit is not None
    if returned.unit != filled.unit.name:
        raise CannotRunError("returns_other_unit", path=path, found=returned.unit, expected=filled.unit.name)
    rosters = {roster.sheet: (roster, filled.frames[code]) for code, roster in filled.rosters.items()}
    located = []
    for found in returned.findings:
        place = rosters.get(found.sheet)
        row, changed = _find_row(found, *place, filled.findings) if place else (found.row, False)
        located.append(_moved(found, row, texts, changed=changed))
    return sorted(
        located, key=lambda one: (SEVERITY_ORDER[one.finding.severity], one.finding.sheet, one.finding.row or 0)
    )


def _find_row(
    found: RenderedFinding, roster: Roster, frame: pl.DataFrame, present: Sequence[Finding]
) -> tuple[int | None, bool]:
    column = roster.by_header.get(found.header)
    if column is None or found.row is None or f"{column.field}.raw" not in frame.columns:
        return found.row, False
    wanted = found.value.strip()
    same = {
        int(row["row"])
        for row in frame.select("row", pl.col(rf"^{column.field}(\..*)?$")).iter_rows(named=True)
        if wanted in {show_cell(column, row).strip(), shorten(str(row[f"{column.field}.raw"])).strip()}
    }
    what = (found.code, found.sheet, found.header, found.value)
    same |= {one.row for one in present if one.row and (one.code, one.sheet, one.header, one.value) == what}
    if found.row in same:
        return found.row, False
    return (same.pop(), False) if len(same) == 1 and wanted else (found.row, True)


def _moved(found: RenderedFinding, row: int | None, texts: Texts, *, changed: bool) -> Located:
    cell = f"{found.cell.rstrip(_DIGITS)}{row}" if row and found.cell else found.cell
    key = "returned_changed" if changed else "returned_note"
    message = texts.say(key, message=found.message)
    return Located(replace(found, row=row, cell=cell, message=message), changed)


def _finding(texts: dict[str, str]) -> RenderedFinding:
    told: dict[str, Any] = {field: texts.get(column.header, "") for field, column in problem_columns().items()}
    digits = told["cell"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    row = int(digits) if digits.isdigit() and digits.isascii() else None
    severity = Severity(told.pop("severity"))
    return RenderedFinding(severity=severity, row=row, field="", **told)
