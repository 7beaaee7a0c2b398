"""What stands in a workbook beside its data and its template: a fresh workbook does not carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.kinds import Filler
from canbao_rulebook.roster import HEADER_ROW, TECHNICAL_MARK
from canbao_validators.damage.kinds import Leftover, LeftoverKind
from canbao_validators.damage.scan_sheet import cell_name
from canbao_validators.damage.structure import SheetColumn, Tally
from canbao_validators.reading.numbers import style_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from canbao_rulebook.roster import Roster
    from canbao_validators.damage.structure import DataColumn, SheetStructure, Structure


def find_leftovers(found: Structure, issued: Structure, rosters: Sequence[Roster]) -> list[Leftover]:
    """Return what a repaired workbook will not hold: sheets, columns, comments, colours and formulas of clerks."""
    by_sheet = {roster.sheet: roster for roster in rosters}
    remarks: list[Leftover] = []
    for name, sheet in found.sheets.items():
        expected = issued.sheets.get(name)
        if expected is None:
            remarks.append(Leftover(kind=LeftoverKind.EXTRA_SHEET, sheet=name))
            continue
        if sheet.comments.count:
            remarks.append(Leftover(kind=LeftoverKind.COMMENTS, sheet=name, count=sheet.comments.count))
        if name in by_sheet:
            remarks += _in_columns(sheet, expected, by_sheet[name])
            remarks += _own_colours(sheet, expected, found, issued)
    return remarks


def _in_columns(sheet: SheetStructure, expected: SheetStructure, roster: Roster) -> Iterator[Leftover]:
    present = {cell.value for (row, _), cell in sheet.cells.items() if row == HEADER_ROW}
    for index, data in sorted(sheet.data.items()):
        header = sheet.text(HEADER_ROW, index)
        column = roster.by_header.get(header)
        kind, tally = None, data.values
        if column is None:
            own = expected.text(HEADER_ROW, index)  # in its own place a header was typed over, and will be put back
            is_extra = not header.startswith(TECHNICAL_MARK) and (not own or own in present)
            kind, tally = LeftoverKind.EXTRA_COLUMN if is_extra else None, _sum([data.values, *data.formulas.values()])
        elif column.filler is Filler.PRINT:
            kind, tally = LeftoverKind.PRINTED_BOX, _sum([data.values, *data.formulas.values()])
        elif column.is_input and not column.is_computed:
            kind, tally = LeftoverKind.TYPED_FORMULA, _sum(_own_formulas(data))
        if kind is not None and tally.count:
            cell = cell_name(tally.first, index)
            yield Leftover(kind=kind, sheet=sheet.name, cell=cell, header=header, count=tally.count)


def _own_formulas(data: DataColumn) -> Iterator[Tally]:
    """Return the formulas of an input column; LibreOffice writes truths and errors as formulas too."""
    return (tally for form, tally in data.formulas.items() if form not in {"TRUE", "FALSE"} and form[:1] != "#")


def _own_colours(
    sheet: SheetStructure, expected: SheetStructure, found: Structure, issued: Structure
) -> Iterator[Leftover]:
    """Count the cells of input columns with a background of somebody's own."""
    colours, place = Tally(), (0, 0)
    for index, column in expected.columns.items():
        style = issued.style(column.style)
        data = sheet.data.get(index)
        if data is None or style.locked or expected.columns.get(index, SheetColumn()).hidden:
            continue
        tally = _own_fills(data, found, style.fill)
        if tally.count:
            place = place if colours.count else (tally.first, index)
            colours = _sum([colours, tally])
    if colours.count:
        yield Leftover(kind=LeftoverKind.OWN_COLOURS, sheet=sheet.name, cell=cell_name(*place), count=colours.count)


def _own_fills(data: DataColumn, found: Structure, fill: str) -> Tally:
    return _sum(
        tally for number, tally in data.styles.items() if found.style(style_number(number)).fill not in {fill, ""}
    )


def _sum(tallies: Iterable[Tally]) -> Tally:
    """Return the tallies of the same cells as one."""
    filled = [tally for tally in tallies if tally.count]
    return Tally(sum(tally.count for tally in filled), min((tally.first for tally in filled), default=0))
