"""A roster sheet beside the same sheet as issued: headers, columns, validations, colours, formats, formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import Filler
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW, TECHNICAL_MARK, TITLE_ROW
from canbao_validators.damage.areas import uncovered_rows
from canbao_validators.damage.kinds import Damage, DamageKind
from canbao_validators.damage.scan_sheet import cell_name
from canbao_validators.damage.structure import VALUE, DataColumn, SheetColumn, Tally
from canbao_validators.damage.styles import FormatClass
from canbao_validators.reading.numbers import style_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.damage.structure import Covering, SheetStructure, Structure
    from canbao_validators.damage.styles import Style

_FORMATS = {
    FormatClass.TEXT: DamageKind.FORMAT_TEXT,
    FormatClass.DATE: DamageKind.FORMAT_DATE,
    FormatClass.NUMBER: DamageKind.FORMAT_NUMBER,
    FormatClass.GENERAL: DamageKind.FORMAT_GENERAL,
}


@dataclass(frozen=True)
class _Pair:
    """A column as issued and as found: position in the one and in the other, None where it is missing."""

    header: str
    issued: int
    found: int | None

    @property
    def is_technical(self) -> bool:
        return self.header.startswith(TECHNICAL_MARK)


class _Comparison:
    """Both sheets, the columns matched by their headers, and the last row that the sheet was issued with."""

    def __init__(
        self, sheet: SheetStructure, expected: SheetStructure, found: Structure, issued: Structure, roster: Roster
    ) -> None:
        self.sheet, self.expected, self.found, self.issued, self.roster = sheet, expected, found, issued, roster
        self.pairs = _match_columns(sheet, expected)
        covered = [area.bottom for covering in expected.validations for area in covering.areas]
        self.last = max(covered, default=FIRST_ROW)

    @property
    def shifted(self) -> bool:
        """Whether columns were moved, inserted or deleted: then every formula reads others than it did."""
        return any(pair.found not in {None, pair.issued} for pair in self.pairs)

    def damage(self, kind: DamageKind, pair: _Pair, count: int, row: int) -> Damage:
        """Return damage in a column at its first row."""
        at = pair.found or pair.issued
        return Damage(kind=kind, sheet=self.sheet.name, cell=cell_name(row, at), header=pair.header, count=count)


def compare_roster(
    sheet: SheetStructure, expected: SheetStructure, found: Structure, issued: Structure, roster: Roster
) -> Iterator[Damage]:
    """Return what differs in one roster sheet, column by column."""
    pair_up = _Comparison(sheet, expected, found, issued, roster)
    yield from _compare_headers(pair_up)
    yield from _compare_shown(pair_up)
    if not pair_up.shifted:
        yield from _compare_coverings(pair_up, DamageKind.VALIDATION, lambda structure: structure.validations)
        yield from _compare_coverings(pair_up, DamageKind.COLOURS, lambda structure: structure.colours)
    yield from _compare_outside(pair_up)
    for pair in pair_up.pairs:
        if pair.found is not None:
            yield from _compare_looks(pair_up, pair, pair.found)
            yield from _compare_formulas(pair_up, pair, pair.found)


def _match_columns(sheet: SheetStructure, expected: SheetStructure) -> list[_Pair]:
    texts = {column: cell.value for (row, column), cell in sorted(sheet.cells.items()) if row == HEADER_ROW}
    wanted = {column: cell.value for (row, column), cell in sorted(expected.cells.items()) if row == HEADER_ROW}
    places = {text: column for column, text in reversed(texts.items()) if text}
    pairs = []
    for column, header in wanted.items():
        place: int | None = column
        if texts.get(column, "") != header:
            overwritten = texts.get(column, "") not in wanted.values()
            place = places.get(header, column if overwritten else None)
        pairs.append(_Pair(header, column, place))
    return pairs


def _compare_headers(both: _Comparison) -> Iterator[Damage]:
    """Compare the header row, then the title and hints above it."""
    for pair in both.pairs:
        if pair.found is None:
            kind = DamageKind.TECHNICAL_MISSING if pair.is_technical else DamageKind.COLUMN_MISSING
            yield both.damage(kind, pair, 1, HEADER_ROW)
        elif pair.found != pair.issued:
            yield both.damage(DamageKind.COLUMN_MOVED, pair, 1, HEADER_ROW)
        elif both.sheet.text(HEADER_ROW, pair.found) != pair.header:
            yield both.damage(DamageKind.HEADER, pair, 1, HEADER_ROW)
    if both.shifted:
        return
    above = [
        place
        for place in sorted(both.sheet.cells.keys() | both.expected.cells.keys())
        if TITLE_ROW <= place[0] < HEADER_ROW and cell_content(both.sheet, place) != cell_content(both.expected, place)
    ]
    if above:
        yield page_damage(DamageKind.PAGE, both.sheet, both.expected, above)


def cell_content(sheet: SheetStructure, place: tuple[int, int]) -> tuple[str, str]:
    """Return the value and the formula of a cell, blank when nothing is stored there."""
    cell = sheet.cells.get(place)
    return (cell.value, cell.formula) if cell else ("", "")


def page_damage(
    kind: DamageKind, sheet: SheetStructure, expected: SheetStructure, places: Sequence[tuple[int, int]]
) -> Damage:
    """Return damage to locked cells, at the first of them, with what stands there and what stood there."""
    now, before = (_shown(*cell_content(side, places[0])) for side in (sheet, expected))
    where = cell_name(*places[0])
    return Damage(kind=kind, sheet=sheet.name, cell=where, count=len(places), value=now, expected=before)


def _shown(value: str, formula: str) -> str:
    return "=…" if formula else value


def _compare_shown(both: _Comparison) -> Iterator[Damage]:
    """Tell which hidden columns can be seen."""
    shown = [
        pair
        for pair in both.pairs
        if pair.found is not None
        and both.expected.columns.get(pair.issued, SheetColumn()).hidden
        and not both.sheet.columns.get(pair.found, SheetColumn()).hidden
    ]
    if shown:
        yield both.damage(DamageKind.COLUMN_SHOWN, shown[0], len(shown), HEADER_ROW)


def _compare_coverings(
    both: _Comparison, kind: DamageKind, of: Callable[[SheetStructure], list[Covering]]
) -> Iterator[Damage]:
    """Tell in which rows of a column a validation or conditional format is missing or another one."""
    by_form: dict[str, list[Covering]] = {}
    for covering in of(both.sheet):
        by_form.setdefault(covering.form, []).append(covering)
    wanted: dict[int, list[Covering]] = {}
    for covering in of(both.expected):
        wanted.setdefault(covering.areas[0].left, []).append(covering)
    for pair in both.pairs:
        worst, row = 0, 0
        for covering in wanted.get(pair.issued, []):
            areas = [area for same in by_form.get(covering.form, []) for area in same.areas]
            missing, first = uncovered_rows(areas, pair.issued, FIRST_ROW, both.last)
            if missing > worst:
                worst, row = missing, first
        if worst:
            yield both.damage(kind, pair, worst, row)


def _compare_looks(both: _Comparison, pair: _Pair, place: int) -> Iterator[Damage]:
    """Compare number formats and locks of the cells that are stored, and of those that take them from their column."""
    expected = both.issued.style(both.expected.columns.get(pair.issued, SheetColumn()).style)
    own = both.sheet.columns.get(place, SheetColumn()).style
    data = both.sheet.data.get(place, DataColumn())
    tallies: dict[DamageKind, Tally] = {}
    stored = 0
    for number, tally in data.styles.items():
        stored += tally.count
        for kind in _faults(both.found.style(style_number(number)), expected, technical=pair.is_technical):
            _add(tallies, kind, tally.count, tally.first)
    empty = both.last - FIRST_ROW + 1 - stored
    if empty > 0:
        for kind in _faults(both.found.style(own), expected, technical=pair.is_technical):
            _add(tallies, kind, empty, both.last)
    for kind, tally in tallies.items():
        yield both.damage(kind, pair, tally.count, tally.first)


def _faults(style: Style, expected: Style, *, technical: bool) -> Iterator[DamageKind]:
    """Tell what is wrong with a style; programs give formulas in General cells a format of their result's kind."""
    general = expected.format is FormatClass.GENERAL
    if not technical and style.format is not expected.format and (not general or style.format is FormatClass.TEXT):
        yield _FORMATS[expected.format]
    if style.locked != expected.locked:
        yield DamageKind.CELL_UNLOCKED if expected.locked else DamageKind.CELL_LOCKED


def _add(tallies: dict[DamageKind, Tally], kind: DamageKind, count: int, row: int) -> None:
    tally = tallies.setdefault(kind, Tally(0, row))
    tally.count += count
    tally.first = min(tally.first, row)


def _compare_formulas(both: _Comparison, pair: _Pair, place: int) -> Iterator[Damage]:
    """Tell where the formulas of a computed column are missing, overwritten or altered."""
    issued = both.expected.data.get(pair.issued)
    if issued is None or not issued.formulas:
        return
    form = next(iter(issued.formulas))
    data = both.sheet.data.get(place, DataColumn())
    column = both.roster.by_header.get(pair.header)
    values, first_value = data.rows_in(VALUE, both.last)
    if values and not _may_be_overwritten(column):
        yield both.damage(DamageKind.FORMULA_OVERWRITTEN, pair, values, first_value)
    empty, first_empty = data.rows_in(0, both.last)
    if empty:
        yield both.damage(DamageKind.FORMULA_MISSING, pair, empty, first_empty)
    altered = [tally for text, tally in data.formulas.items() if text != form]
    if altered and not both.shifted:
        first = min(tally.first for tally in altered)
        yield both.damage(DamageKind.FORMULA_ALTERED, pair, sum(tally.count for tally in altered), first)


def _compare_outside(both: _Comparison) -> Iterator[Damage]:
    """Tell what stands below the last row in columns that nobody types into; in the others it is data."""
    found: list[tuple[int, int]] = []
    total = 0
    for pair in both.pairs:
        column = both.roster.by_header.get(pair.header)
        data = both.sheet.data.get(pair.found or 0)
        if data is not None and (column is None or column.filler in {Filler.FORMULA, Filler.PRINT}):
            count, first = data.filled_below(both.last)
            total += count
            found += [(first, pair.found or 0)] if count else []
    if found:
        yield Damage(kind=DamageKind.OUTSIDE, sheet=both.sheet.name, cell=cell_name(*min(found)), count=total)


def _may_be_overwritten(column: Column | None) -> bool:
    return column is not None and not column.is_locked
