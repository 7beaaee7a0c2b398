"""A workbook beside the same workbook as it was issued: every difference that is damage, sheet by sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.meta import CODE_SHEET, META_SHEET, PARAMETER_SHEET, RESULT_SHEET
from canbao_validators.damage.compare_roster import cell_content, compare_roster, page_damage
from canbao_validators.damage.kinds import Damage, DamageKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_rulebook.roster import Roster
    from canbao_validators.damage.structure import SheetStructure, Structure

_KIND_OF_SHEET = {
    META_SHEET: DamageKind.META,
    CODE_SHEET: DamageKind.LISTS,
    PARAMETER_SHEET: DamageKind.PARAMETERS,
}
_GENERATOR_KEY, _POLICY_KEY = "generator", "policy_sha256"
_SHOWN_NAMES = 3


def compare_structures(found: Structure, issued: Structure, rosters: Sequence[Roster]) -> list[Damage]:
    """Return what differs. ``issued`` has the same unit, capacities and lock, and no data."""
    return [
        *_compare_books(found, issued),
        *_compare_names(found.names, issued.names),
        *_compare_sheets(found, issued, {roster.sheet: roster for roster in rosters}),
    ]


def _compare_books(found: Structure, issued: Structure) -> Iterator[Damage]:
    """Compare the lock of the workbook. LibreOffice drops it at every save and leaves an empty element behind."""
    lock, expected = found.protection, issued.protection
    if not lock.element:
        yield Damage(kind=DamageKind.WORKBOOK_UNLOCKED)
    elif lock.locked and lock.digest != expected.digest:
        yield Damage(kind=DamageKind.PASSWORD)


def _compare_names(found: Mapping[str, str], issued: Mapping[str, str]) -> Iterator[Damage]:
    missing = [name for name in issued if name not in found]
    changed = [name for name, text in issued.items() if name in found and found[name] != text]
    for kind, names in ((DamageKind.NAME_MISSING, missing), (DamageKind.NAME_CHANGED, changed)):
        if names:
            yield Damage(kind=kind, header="、".join(names[:_SHOWN_NAMES]), count=len(names))


def _compare_sheets(found: Structure, issued: Structure, rosters: Mapping[str, Roster]) -> Iterator[Damage]:
    same_policy = meta_value(found, _POLICY_KEY) == meta_value(issued, _POLICY_KEY)
    for name, expected in issued.sheets.items():
        sheet = found.sheets.get(name)
        if sheet is None:
            yield Damage(kind=DamageKind.SHEET_MISSING, sheet=name)
            continue
        yield from _compare_locks(sheet, expected)
        if name in rosters:
            yield from compare_roster(sheet, expected, found, issued, rosters[name])
        elif name != RESULT_SHEET and (same_policy or name == META_SHEET):
            yield from _compare_page(sheet, expected, issued)


def _compare_locks(sheet: SheetStructure, expected: SheetStructure) -> Iterator[Damage]:
    if expected.state != "visible" and sheet.state == "visible":
        yield Damage(kind=DamageKind.SHEET_SHOWN, sheet=sheet.name)
    if expected.protection.locked and not sheet.protection.locked:
        yield Damage(kind=DamageKind.SHEET_UNLOCKED, sheet=sheet.name)
    elif expected.protection.locked and sheet.protection.digest != expected.protection.digest:
        yield Damage(kind=DamageKind.PASSWORD, sheet=sheet.name)


def _compare_page(sheet: SheetStructure, expected: SheetStructure, issued: Structure) -> Iterator[Damage]:
    """Compare the locked cells of a page, those that were issued empty too."""
    changeable = (_GENERATOR_KEY, _POLICY_KEY) if sheet.name == META_SHEET else ()
    ignored = {row for key in changeable for row in _rows_with(expected, key)}
    found, wanted = sheet.cells, expected.cells
    unlike = {place for place, cell in found.items() if place not in wanted or cell[:2] != wanted[place][:2]}
    changed = sorted(
        place
        for place in unlike | (wanted.keys() - found.keys())
        if cell_content(sheet, place) != cell_content(expected, place)
        and place[0] not in ignored
        and _is_locked(expected, issued, place)
    )
    if changed:
        yield page_damage(_KIND_OF_SHEET.get(sheet.name, DamageKind.PAGE), sheet, expected, changed)


def _is_locked(expected: SheetStructure, issued: Structure, place: tuple[int, int]) -> bool:
    cell = expected.cells.get(place)
    if cell is not None:
        return issued.style(cell.style).locked
    column = expected.columns.get(place[1])
    return issued.style(column.style).locked if column else True


def is_same_issue(found: Structure, issued: Structure) -> bool:
    """Tell whether both come from the same policy file and the same version of canbao."""
    return all(meta_value(found, key) == meta_value(issued, key) for key in (_POLICY_KEY, _GENERATOR_KEY))


def meta_value(structure: Structure, key: str) -> str:
    """Return the value of a key of ``_meta``, "" when there is none."""
    sheet = structure.sheets.get(META_SHEET)
    rows = _rows_with(sheet, key) if sheet else set()
    return sheet.text(min(rows), 2) if sheet and rows else ""


def _rows_with(sheet: SheetStructure, key: str) -> set[int]:
    return {row for (row, column), cell in sheet.cells.items() if column == 1 and cell.value == key}
