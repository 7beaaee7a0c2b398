"""Reads an earlier bulletin of ours, for the change since then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_addin.reports.model import Earlier
from canbao_addin.reports.progress import ENROLLED, PROGRESS_SHEET, UNIT
from canbao_addin.texts import CannotRunError
from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.package import UnreadableFile
from canbao_validators.reading.sheets import read_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_validators.reading.raw import RawSheet

_HEADER_ROWS = 12
_DAY = re.compile(r"截至 (\d{4}-\d{2}-\d{2})")


def read_earlier(path: Path) -> Earlier:
    """Return what an earlier R19 said. Raises CannotRunError when the file is none."""
    try:
        sheet = read_workbook(path, ()).sheets.get(PROGRESS_SHEET)
    except (UnreadableFile, OSError) as trouble:
        raise CannotRunError("previous_unreadable", path=path) from trouble
    header = None if sheet is None else _find_header(sheet)
    if sheet is None or header is None:
        raise CannotRunError("previous_unreadable", path=path)
    row, places = header
    rate = next((place for text, place in places.items() if text.startswith("完成率")), None)
    enrolled: dict[str, int] = {}
    rates: dict[str, float] = {}
    for number in range(row + 1, sheet.max_row + 1):
        unit = sheet.cell(number, places[UNIT]).text
        count = sheet.cell(number, places[ENROLLED])
        if unit and count.kind == CellKind.NUMBER:
            enrolled[unit] = int(count.number)
            if rate and sheet.cell(number, rate).kind == CellKind.NUMBER:
                rates[unit] = sheet.cell(number, rate).number
    day = _DAY.search(sheet.cell(1, 1).text)
    return Earlier(day[1] if day else "—", enrolled, rates)


def _find_header(sheet: RawSheet) -> tuple[int, dict[str, int]] | None:
    for row in range(1, min(_HEADER_ROWS, sheet.max_row) + 1):
        places = {sheet.cell(row, column).text: column for column in sorted(sheet.columns)}
        if UNIT in places and ENROLLED in places:
            return row, places
    return None
