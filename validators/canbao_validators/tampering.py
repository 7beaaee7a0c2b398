"""What was altered in a workbook beside its data: each as a V39 finding at its cell (decision 0023).

What can change an amount or a verdict is an error; what the check computes anew anyway is a warning; what pasting wears
off is one remark for the whole file. Formats, locks and passwords are nobody's concern here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_rulebook.meta import CODE_SHEET, META_SHEET, RESULT_SHEET
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW, TECHNICAL_MARK
from canbao_validators.damage import Damage, DamageKind, LeftoverKind, compare_structures, find_leftovers, is_same_issue
from canbao_validators.damage.scan_sheet import cell_name
from canbao_validators.damage.typed_over import typed_over

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster
    from canbao_validators.damage import Leftover
    from canbao_validators.damage.structure import Structure
    from canbao_validators.meta import Meta
    from canbao_validators.reading.raw import RawWorkbook
    from canbao_validators.workbook import FilledWorkbook

_KEYS = {
    DamageKind.LISTS: "V39.list_altered",
    DamageKind.PARAMETERS: "V39.parameter_altered",
    DamageKind.META: "V39.meta_altered",
    DamageKind.PAGE: "V39.page_altered",
    DamageKind.NAME_CHANGED: "V39.name_altered",
    DamageKind.FORMULA_ALTERED: "V39.formula_altered",
    DamageKind.OUTSIDE: "V39.outside",
}
_WORN = {DamageKind.VALIDATION, DamageKind.COLOURS, DamageKind.NAME_MISSING, DamageKind.FORMULA_MISSING}
_HEADERS = {DamageKind.HEADER, DamageKind.TECHNICAL_MISSING}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_meta(meta: Meta) -> list[Finding]:
    """Return a finding for every row of ``_meta`` that is not what its digest says."""
    return [
        build_finding("V39.meta_altered", Place(META_SHEET, row, f"B{row}"), row=row) for row in meta.altered_rows()
    ]


def find_tampering(filled: FilledWorkbook, raw: RawWorkbook, found: Structure, issued: Structure) -> list[Finding]:
    """Return what is not as in the same workbook as ``issued``; nothing when another version of canbao issued it.

    ``filled`` is ``raw`` after its check: what was found already is not said again.
    """
    if filled.book is None or not is_same_issue(found, issued):
        return []
    rosters = list(filled.book.rosters.values())
    teller = _Teller(filled, raw, found)
    damages = compare_structures(found, issued, rosters)
    boxes = (entry for entry in find_leftovers(found, issued, rosters) if entry.kind is LeftoverKind.PRINTED_BOX)
    findings = [finding for damage in damages for finding in teller.tell(damage)]
    findings += [teller.build("V39.box_filled", box) for box in boxes]
    findings += teller.moved([damage for damage in damages if damage.kind is DamageKind.COLUMN_MOVED])
    worn = [damage for damage in damages if _is_worn(damage)]
    for code in filled.frames:
        told, more = teller.overwritten(code)
        findings += told
        worn += more
    return findings + teller.worn(worn)


def _is_worn(damage: Damage) -> bool:
    if damage.kind is DamageKind.FORMULA_OVERWRITTEN:
        return damage.header.startswith(TECHNICAL_MARK)
    return damage.kind in _WORN or (damage.kind is DamageKind.SHEET_MISSING and damage.sheet == RESULT_SHEET)


@dataclass(frozen=True)
class _Teller:
    """Says what differs in one workbook."""

    filled: FilledWorkbook
    raw: RawWorkbook
    found: Structure

    def tell(self, damage: Damage) -> Iterator[Finding]:
        """Yield the finding of one difference, none for wear and for what reading the sheet has told."""
        if damage.kind in _KEYS:
            yield self.build(_KEYS[damage.kind], damage)
        elif damage.kind is DamageKind.SHEET_MISSING and damage.sheet not in {*self._rosters, RESULT_SHEET}:
            severity = Severity.ERROR if damage.sheet == CODE_SHEET else Severity.WARNING
            place = Place(damage.sheet)
            yield build_finding("V39.sheet_missing", place, severity=severity, name=damage.sheet)
        elif self._is_hidden_header(damage):
            yield self.build("V39.technical_altered", damage)

    def _is_hidden_header(self, damage: Damage) -> bool:
        """Tell whether the header of a hidden column was altered, and reading the headers has not said so."""
        is_hidden = damage.kind in _HEADERS and damage.header.startswith(TECHNICAL_MARK)
        return is_hidden and damage.cell not in self._told(damage.sheet)

    def moved(self, damages: Sequence[Damage]) -> Iterator[Finding]:
        """Yield the first moved column of a sheet in which hidden columns alone were moved."""
        firsts = {damage.sheet: damage for damage in reversed(damages)}
        told = {found.sheet for found in self.filled.findings if found.code == "V39" and found.row == HEADER_ROW}
        for sheet, damage in firsts.items():
            if sheet not in told:
                yield self.build("V39.technical_altered", damage)

    def build(self, key: str, entry: Damage | Leftover) -> Finding:
        """Return the finding of a difference at its cell."""
        roster = self._rosters.get(entry.sheet)
        column = roster.by_header.get(entry.header) if roster else None
        field, header = (column.field, column.header) if column else ("", "")
        place = Place(entry.sheet, _row(entry.cell), entry.cell, field, header)
        value, expected = (entry.value, entry.expected) if isinstance(entry, Damage) else ("", "")
        return build_finding(
            key,
            place,
            value=value,
            expected=expected,
            count=entry.count,
            row=place.row,
            name=entry.header,
        )

    def overwritten(self, code: str) -> tuple[list[Finding], list[Damage]]:
        """Return what overwritten cells of a roster say otherwise and nobody has told, and where they say the same."""
        roster, frame = self.filled.rosters[code], self.filled.frames[code]
        sheet, structure = self.raw.sheets[roster.sheet], self.found.sheets[roster.sheet]
        last = FIRST_ROW - 1 + (self.filled.limits.get(code) or sheet.max_row)
        told, worn = self._told(roster.sheet), []
        findings: list[Finding] = []
        for column, place, differing, agreeing in typed_over(roster, frame, sheet, structure, last):
            new = [row for row in differing if cell_name(row, place) not in told and f"A{row}" not in told]
            for rows, is_new in ((new, True), (agreeing, False)):
                if not rows:
                    continue
                where, kind = cell_name(rows[0], place), DamageKind.FORMULA_OVERWRITTEN
                entry = Damage(kind=kind, sheet=sheet.name, cell=where, header=column.header, count=len(rows))
                if is_new:
                    findings.append(self.build("V39.overwritten", entry))
                else:
                    worn.append(entry)
        return findings, worn

    def _told(self, sheet: str) -> set[str]:
        """Return the cells of a sheet with findings; of rows that are no persons, the first cells."""
        return {found.cell for found in self.filled.findings if found.sheet == sheet}

    def worn(self, damages: Sequence[Damage]) -> list[Finding]:
        """Return the one remark on everything that pasting wore off."""
        if not damages:
            return []
        first = next((damage for damage in damages if damage.cell), damages[0])
        place = Place(first.sheet, _row(first.cell), first.cell)
        what, count = first.sentence, len(damages)
        return [build_finding("V39.worn", place, what=what, count=count)]

    @property
    def _rosters(self) -> dict[str, Roster]:
        return {roster.sheet: roster for roster in self.filled.rosters.values()}


def _row(cell: str) -> int | None:
    return int(cell.lstrip(_LETTERS)) if cell else None
