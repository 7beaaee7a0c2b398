"""Formulas that somebody typed where a value is to be filled in: their value counts, and may be stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canbao_rulebook.findings import Place
from canbao_rulebook.kinds import CellKind, Filler
from canbao_rulebook.messages import build_finding
from canbao_rulebook.roster import column_letter
from canbao_validators.damage.formulas import relative_form
from canbao_validators.normalise.display import format_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.reading.formula_texts import Spot
    from canbao_validators.reading.raw import RawCell, RawSheet

    FormulaReader = Callable[[Mapping[str, list[Spot]]], Mapping[str, Mapping[Spot, str]]]

QUOTE = 80  # characters of a formula that a sentence shows
_CONSTANTS = frozenset({"TRUE", "FALSE"})  # which LibreOffice writes as formulas
_VALUES = (CellKind.NUMBER, CellKind.TEXT, CellKind.BOOL)


def tell_formulas(
    sheet: RawSheet, roster: Roster, positions: Mapping[str, int | None], used: Collection[int], read: FormulaReader
) -> list[Finding]:
    """Return one finding for each formula of each column, at the first cell of a used row that has it or one like it.

    ``read`` returns the formulas of some cells by sheet; of a file that does not tell them they are left out.
    """
    columns = {index: column for column in roster.columns if (index := _typed_place(column, positions, sheet))}
    spots = [(row, index) for index in columns for row in _formula_rows(sheet, index) if row in used]
    if not spots:
        return []
    name = sheet.stated_name or sheet.name
    texts = read({name: spots}).get(name, {})
    groups: dict[tuple[int, str], list[int]] = {}
    for row, index in spots:
        text = texts.get((row, index), "")
        form = relative_form(text.strip("{}"), row, index)
        if form not in _CONSTANTS:
            groups.setdefault((index, form), []).append(row)
    findings = []
    for (index, _), rows in groups.items():
        row, column = rows[0], columns[index]
        place = Place(roster.sheet, row, f"{column_letter(index)}{row}", column.field, column.header)
        text = texts.get((row, index), "") or "="
        shown = text if len(text) <= QUOTE else text[: QUOTE - 1] + "…"
        value = _shown(sheet.cell(row, index))
        findings.append(build_finding("V41.formula", place, value=value, found=shown, count=len(rows)))
    return findings


def _typed_place(column: Column, positions: Mapping[str, int | None], sheet: RawSheet) -> int | None:
    index = positions.get(column.field)
    return index if column.filler in {Filler.CLERK, Filler.COUNTY} and index in sheet.columns else None


def _formula_rows(sheet: RawSheet, index: int) -> list[int]:
    cells = sheet.columns[index]
    if not cells.formulas.any():
        return []
    wanted = cells.formulas & np.isin(cells.kinds, _VALUES) & (cells.rows >= sheet.first_row)
    return [int(row) for row in cells.rows[wanted]]


def _shown(cell: RawCell) -> str:
    text = cell.text if cell.kind is CellKind.TEXT else format_number(cell.number)
    return text if len(text) <= QUOTE else text[: QUOTE - 1] + "…"
