"""What a synthetic county consists of: rows as a clerk types them, and the findings that must come of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.units import Unit

Value = str | int | float | date | None
Row = dict[str, Value]
ROSTERS = ("R1", "R2", "R3", "R4")


@dataclass(frozen=True, slots=True)
class Planted:
    """One finding that must be reported: where, under which code, and what was planted there.

    ``index`` is the row's place in its roster's list: it stands in sheet row 5 + index. ``header`` is empty where the
    finding is about the whole row; ``cell`` is then the row's first cell.
    """

    unit: str
    sheet: str
    roster: str
    index: int
    header: str
    cell: str
    code: str
    key: str
    note: str


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file that is no workbook of ours, and the message key that refuses it."""

    name: str
    content: bytes
    key: str
    note: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A planted finding before its row has found its place in the sheet."""

    row: Row
    roster: str
    header: str
    key: str
    note: str


@dataclass(slots=True)
class SyntheticCounty:
    """Invented townships with their filled rosters: ``rows[unit name][roster code]`` in sheet order.

    ``planted`` are the findings inside single workbooks, ``county_planted`` those that only the merge can see.
    """

    units: list[Unit]
    rows: dict[str, dict[str, list[Row]]]
    planted: list[Planted] = field(default_factory=list)
    county_planted: list[Planted] = field(default_factory=list)
    bad_files: list[BadFile] = field(default_factory=list)
    people: int = 0
    typed_subsidies: tuple[str, ...] = ()


def place_expected(
    unit: str, rows: dict[str, list[Row]], rosters: dict[str, Roster], expected: list[Expected]
) -> list[Planted]:
    """Return the planted findings of one unit, once every row has its place."""
    wanted = {id(entry.row) for entry in expected}
    places = {
        (code, id(row)): index for code, listed in rows.items() for index, row in enumerate(listed) if id(row) in wanted
    }
    return [_place(unit, rosters[entry.roster], places[entry.roster, id(entry.row)], entry) for entry in expected]


def _place(unit: str, roster: Roster, index: int, entry: Expected) -> Planted:
    letter = roster.letters[entry.header] if entry.header else "A"
    return Planted(
        unit=unit,
        sheet=roster.sheet,
        roster=roster.code,
        index=index,
        header=entry.header,
        cell=f"{letter}{FIRST_ROW + index}",
        code=entry.key.partition(".")[0],
        key=entry.key,
        note=entry.note,
    )
