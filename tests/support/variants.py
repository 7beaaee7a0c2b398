"""What became of a damaged workbook: told by a finding, or the same cells that readers nobody here wrote see."""

import datetime as dt
import io
import re
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import openpyxl
import python_calamine

from canbao_rulebook.kinds import CellKind, Filler
from canbao_rulebook.messages import render
from canbao_rulebook.roster import FIRST_ROW, Roster
from canbao_validators.checking import add_tampering, check_raw
from canbao_validators.damage.watching import StructureWatch
from canbao_validators.library import Library
from canbao_validators.reading.formula_texts import read_formulas
from canbao_validators.reading.raw import RawWorkbook
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.values import to_serial

LANES = (0, 1 << 40)  # everything in the fast lane that it takes; everything in the slow lane
Cells = dict[tuple[str, int, int], object]
Reader = Callable[[bytes, list[Roster]], Cells | None]
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_REST = 1e-9


class Read(NamedTuple):
    """What one lane reads: the cells that people type, what contradicts itself, or why the file is refused."""

    cells: Cells
    faults: tuple[object, ...] = ()
    refused: str = ""


def read(path: Path, rosters: list[Roster], fast_from: int) -> Read:
    """Return what a lane reads."""
    try:
        raw = read_workbook(path, fast_from=fast_from)
    except UnreadableFile as trouble:
        return Read({}, refused=render(trouble.as_finding()).message)
    faults = tuple((name, fault) for name, sheet in raw.sheets.items() for fault in sheet.faults)
    return Read(typed_cells(raw, rosters), faults)


def findings_of(path: Path, library: Library, fast_from: int) -> frozenset[tuple[str, str, str]]:
    """Return what a check says, with everything that `canbao check` looks at, as (message, sheet, cell)."""
    watch = StructureWatch()
    try:
        raw = read_workbook(path, fast_from=fast_from, watch=watch)
        filled = check_raw(raw, library, formulas=partial(read_formulas, path))
        add_tampering(filled, raw, path, library, watch=watch)
    except UnreadableFile as trouble:
        return frozenset([(render(trouble.as_finding()).message, "", "")])
    return frozenset((render(found).message, found.sheet, found.cell) for found in filled.findings)


def typed_cells(raw: RawWorkbook, rosters: list[Roster]) -> Cells:
    """Return what stands in the cells that people type, by sheet, row and column."""
    found: Cells = {}
    for sheet, column in _columns(rosters):
        cells = raw.sheets[sheet].columns.get(column) if sheet in raw.sheets else None
        for row in sorted(set(cells.rows.tolist())) if cells else ():
            cell = raw.sheets[sheet].cell(row, column)
            value: object = cell.number if cell.kind is CellKind.NUMBER else cell.text
            value = bool(cell.number) if cell.kind is CellKind.BOOL else value
            _enter(found, sheet, row, column, value)
    return found


def read_with_calamine(content: bytes, rosters: list[Roster]) -> Cells | None:
    """Return the same as calamine sees it; None when it refuses the file."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {sheet: book.get_sheet_by_name(sheet) for sheet in dict.fromkeys(dict(_columns(rosters)))}
        values = {sheet: read.to_python(skip_empty_area=False) for sheet, read in sheets.items()}
        found: Cells = {}
        for sheet, column in _columns(rosters):
            rows = values[sheet]
            for row, cells in enumerate(rows, start=1):
                _enter(found, sheet, row, column, cells[column - 1] if column <= len(cells) else "")
    except BaseException as trouble:
        if isinstance(trouble, KeyboardInterrupt | SystemExit):
            raise
        return None
    return found


def read_with_openpyxl(content: bytes, rosters: list[Roster]) -> Cells | None:
    """Return the same as openpyxl sees it; None when it refuses the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            found: Cells = {}
            for sheet, column in _columns(rosters):
                for row in range(FIRST_ROW, book[sheet].max_row + 1):
                    value = book[sheet].cell(row, column).value
                    _enter(found, sheet, row, column, "" if value is None else value)
    except Exception:  # noqa: BLE001 - whatever it says, it has not read the file
        return None
    return found


def same_cells(ours: Cells, theirs: Cells) -> bool:
    """Tell whether two readers see the same; what they call an error is shown in many ways."""
    return all(_same(ours.get(place, ""), theirs.get(place, "")) for place in ours.keys() | theirs.keys())


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == other or abs(one - other) <= _REST * max(abs(one), abs(other))
    errors = [isinstance(value, str) and (value.startswith("#") or not value) for value in (one, other)]
    return one == other or (
        all(errors) and any(isinstance(value, str) and value.startswith("#") for value in (one, other))
    )


def _columns(rosters: list[Roster]) -> Iterator[tuple[str, int]]:
    for roster in rosters:
        for index, column in enumerate(roster.sheet_columns, start=1):
            if column.filler in {Filler.CLERK, Filler.COUNTY}:
                yield roster.sheet, index


def _enter(found: Cells, sheet: str, row: int, column: int, value: object) -> None:
    """Keep a value in a form that does not depend on who read it; a blank is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(value, dt.date):
        value = to_serial(value)
    if isinstance(value, dt.time | dt.timedelta):
        value = float("nan")
    if isinstance(value, str):
        value = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value).strip()
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if row >= FIRST_ROW and value != "":
        found[sheet, row, column] = value
