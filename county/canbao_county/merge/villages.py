"""Village workbooks joined into their township's: every row as typed, judged together, findings named by file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.phrases import Phrase
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_rulebook.units import TOWNSHIP, Unit
from canbao_rulebook.yaml_text import read_data
from canbao_validators.judging_rows import judge_frames
from canbao_validators.workbook import FilledWorkbook, code_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook

_OWN_LIST = "V06"  # a village that is on the township's list may be on the wrong village's sheet
_SUBSIDY_CODE = "V16"  # a village's own R4 held against its own rows
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Joined:
    """A township's workbook and the villages that it was made of.

    ``township`` holds the rows of all villages, numbered anew from the first data row on. ``villages`` hold the same
    rows numbered as in their files, with what the rows of all villages together gave. ``places`` says, by sheet and in
    order, which village (its place in ``villages``) and which of its rows each row comes from.
    """

    township: FilledWorkbook
    villages: list[FilledWorkbook]
    places: dict[str, list[tuple[int, int]]]

    @cached_property
    def _targets(self) -> dict[tuple[str, int, int], int]:
        return {
            (sheet, *place): row
            for sheet, places in self.places.items()
            for row, place in enumerate(places, start=FIRST_ROW)
        }

    def move(self, found: Finding, village: int) -> Finding | None:
        """Return a finding of a village at its place in the township's workbook, None when its row stands nowhere."""
        row = self._targets.get((found.sheet, village, found.row or 0))
        return None if row is None else found.at(row=row, cell=_cell(found, row))

    def send_back(self, found: Finding) -> tuple[int, Finding]:
        """Return whose row of the township's workbook has a finding, and the finding at its place in that file."""
        assert found.row is not None
        village, row = self.places[found.sheet][found.row - FIRST_ROW]
        file = self.villages[village].file
        return village, self._note(found.at(file=file, row=row, cell=_cell(found, row)), found.row)

    def note(self, found: Finding, village: int) -> Finding:
        """Return a finding of a village with the row of the township's workbook added, when there is one."""
        row = self._targets.get((found.sheet, village, found.row or 0))
        return found if row is None else self._note(found, row)

    def annotate(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings about the villages' files with the rows of the township's workbook added."""
        numbers = {village.file: number for number, village in enumerate(self.villages)}
        return [self.note(found, numbers[found.file]) for found in findings]

    def _note(self, found: Finding, row: int) -> Finding:
        sheet, other = found.other or ("", 0)
        if sheet in self.places:
            village, other_row = self.places[sheet][other - FIRST_ROW]
            told = {"row": row, "other": other, "other_file": self.villages[village].file, "other_row": other_row}
            note = Phrase(_texts()["other_row"], told)
        else:
            note = Phrase(_texts()["own_row"], {"row": row})
        return replace(found, notes=(*found.notes, note))


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = read_data("levels.yaml")
    return texts


def _cell(found: Finding, row: int) -> str:
    return f"{found.cell.rstrip(_DIGITS)}{row}" if found.cell else ""


def join_villages(book: Rulebook, workbooks: Iterable[FilledWorkbook]) -> Joined:
    """Return the township's workbook of checked village workbooks, which must be at least one, of one township.

    Rows stand in the order of the township's list of villages, then of the files' names, then of the rows. R4 holds
    what the villages typed there; it is judged in each village alone, because the township's is made anew.
    """
    unit, villages = _order(workbooks)
    frames: dict[str, pl.DataFrame] = {}
    places: dict[str, list[tuple[int, int]]] = {}
    book = book.of_kind(TOWNSHIP)
    subsidy = code_of(book.rosters, RosterRole.SUBSIDY)
    for code, roster in book.rosters.items():
        parts = [(number, village.typed[code]) for number, village in enumerate(villages) if code in village.typed]
        if parts and code != subsidy:
            frames[code] = _number_rows([frame for _, frame in parts])
            places[roster.sheet] = [(number, row) for number, frame in parts for row in frame["row"].to_list()]
    lock = next((village.lock for village in villages if village.lock[1]), ("", ""))
    township = FilledWorkbook(f"{unit.name}.xlsx", book, unit, frames, lock=lock)
    joined = Joined(township, villages, places)
    moved = (
        joined.move(found, number)
        for number, village in enumerate(villages)
        for found in village.read
        if not _is_header_fault(found)
    )
    township.findings = [found for found in moved if found is not None]
    judge_frames(township)
    _hand_back(joined)
    subsidies = [village.frames[subsidy] for village in villages if subsidy in village.frames]
    if subsidies:
        township.frames[subsidy] = _number_rows(subsidies)
    return joined


def _order(workbooks: Iterable[FilledWorkbook]) -> tuple[Unit, list[FilledWorkbook]]:
    """Return the township of village workbooks, and the workbooks in order (as copies, since they will be changed)."""
    pairs = [(workbook.unit, workbook) for workbook in sorted(workbooks, key=lambda one: one.file) if workbook.unit]
    units = [unit for unit, _ in pairs]
    parents = [unit.parent for unit in units if unit.parent]
    listed = [name for parent in parents for name in parent.villages]
    names = list(dict.fromkeys([*listed, *(unit.name for unit in units)]))
    pairs.sort(key=lambda pair: names.index(pair[0].name))
    groups = {village: entry for unit in units for village, entry in unit.groups}
    township = Unit(
        units[0].township,
        tuple(names),
        tuple((name, groups[name]) for name in names if name in groups),
        next((parent.target for parent in parents if parent.target), None),
    )
    return township, [replace(workbook) for _, workbook in pairs]


def _number_rows(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    table = pl.concat(frames)
    return table.with_columns(row=pl.int_range(FIRST_ROW, FIRST_ROW + table.height, dtype=pl.Int64))


def _is_header_fault(found: Finding) -> bool:
    return found.code == "V39" and bool(found.header) and found.row == HEADER_ROW


def _hand_back(joined: Joined) -> None:
    """Give the villages their rows as judged in the township, and their findings with the township's rows named."""
    township, rosters = joined.township, joined.township.rosters
    judged: list[list[Finding]] = [[] for _ in joined.villages]
    for found in township.findings[len(township.read) :]:
        number, own = joined.send_back(found)
        judged[number].append(own)
    ends = dict.fromkeys(rosters, 0)
    for number, village in enumerate(joined.villages):
        frames = dict(village.frames)
        for code in rosters:
            if code in village.typed:
                rows = village.typed[code]["row"]
                frames[code] = township.frames[code].slice(ends[code], len(rows)).with_columns(rows)
                ends[code] += len(rows)
        village.frames = frames
        village.findings = [joined.note(found, number) for found in _own_findings(joined, village)]
        village.findings += _unsaid(judged[number], village.findings)


def _own_findings(joined: Joined, village: FilledWorkbook) -> list[Finding]:
    """Return what only the village's file can tell: how it is made, its own list of villages, its own R4."""
    read = set(map(id, village.read))
    return [
        found
        for found in village.findings
        if id(found) in read or found.sheet not in joined.places or found.code in {_OWN_LIST, _SUBSIDY_CODE}
    ]


def _unsaid(judged: Iterable[Finding], said: Sequence[Finding]) -> list[Finding]:
    """Leave out what was found in the file already, and empty cells of a column whose header is wrong."""
    known = {(found.code, found.sheet, found.cell) for found in said if found.code == _OWN_LIST}
    broken = {(found.sheet, found.header) for found in said if _is_header_fault(found)}
    return [
        found
        for found in judged
        if (found.code, found.sheet, found.cell) not in known
        and not (found.code == "V01" and (found.sheet, found.header) in broken)
    ]
