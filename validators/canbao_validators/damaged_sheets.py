"""What a sheet says that contradicts itself, as findings: once for each kind and place."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_validators.reading.contradictions import FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.findings import Finding
    from canbao_validators.reading.contradictions import Fault
    from canbao_validators.reading.raw import RawWorkbook

MOST_TOLD = 50  # places of one kind in one sheet; the last one says how many more there are
QUOTE = 40
_KEYS = {
    FaultKind.CELL_TWICE: ("V39.cell_twice", "V39.cell_repeated"),
    FaultKind.ROW_TWICE: ("V39.row_twice", "V39.row_repeated"),
    FaultKind.OTHER_ROW: ("V39.cell_of_other_row", "V39.cell_of_other_row"),
    FaultKind.ORDER: ("V39.disordered", "V39.disordered"),
}


def tell_faults(raw: RawWorkbook) -> Iterator[Finding]:
    """Yield the contradictions of every sheet: an error where it is uncertain what is right, else a warning."""
    for sheet in raw.sheets.values():
        for _, group in groupby(sorted(sheet.faults, key=lambda fault: fault.kind), key=lambda fault: fault.kind):
            faults = list(group)
            for fault in faults[:MOST_TOLD]:
                yield _tell(fault, Place(sheet.name, fault.row, fault.cell))
            if len(faults) > MOST_TOLD:
                fault, more = faults[MOST_TOLD], len(faults) - MOST_TOLD
                place = Place(sheet.name, fault.row, fault.cell)
                yield build_finding("V39.more_contradictions", place, count=more)


def _tell(fault: Fault, place: Place) -> Finding:
    uncertain, certain = _KEYS[fault.kind]
    first, other = (text[:QUOTE] or "—" for text in fault.values or ("", ""))
    key = uncertain if fault.values else certain
    params: dict[str, Any] = {"row": fault.row, "last": fault.around, "count": fault.count}
    return build_finding(key, place, found=first, other=other, **params)
