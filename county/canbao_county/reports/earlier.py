"""Earlier bulletin (R19): read again, for the change since then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_county.reports.model import Earlier
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.table_specs import load_table
from canbao_validators.apart import read_apart
from canbao_validators.reading.own_tables import find_table
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

_DAY = re.compile(r"截至 (\d{4}-\d{2}-\d{2})")


def read_earlier(path: Path) -> Earlier | None:
    """Return what an earlier R19 said, or None when the file is none."""
    spec = load_table("bulletin")
    township, counted, rated = (spec.columns[name].header for name in ("township", "enrolled", "rate {}"))
    try:
        table = find_table(read_apart(path).sheets.get(spec.sheet.name), {township, counted})
    except UnreadableFile:
        return None
    if table is None:
        return None
    rate = next((header for header in table.places if header.startswith(rated.format(""))), "")
    enrolled: dict[str, int] = {}
    rates: dict[str, float] = {}
    for _, cells in table.rows():
        unit, count = cells[township].text, cells[counted]
        if unit and count.kind == CellKind.NUMBER:
            enrolled[unit] = int(count.number)
            if rate and cells[rate].kind == CellKind.NUMBER:
                rates[unit] = cells[rate].number
    day = _DAY.search(table.sheet.cell(1, 1).text)
    return Earlier(day[1] if day else "—", enrolled, rates)
