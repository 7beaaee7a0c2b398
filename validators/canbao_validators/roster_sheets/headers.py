"""Which column of the sheet holds which column of the roster: by position if the header is right, else by its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.meta import hash_headers
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD, TECHNICAL_MARK, column_letter
from canbao_validators.roster_sheets.layout import fold_header

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.reading.raw import RawSheet


_MANY = 3  # columns that were moved together


@dataclass(slots=True)
class HeaderMatch:
    """``positions``: field to 1-based sheet column, None where the column is missing.

    Of a sheet of another edition: ``absent`` are the headers of the columns that it was issued without, ``extra`` those
    that only it has.
    """

    positions: dict[str, int | None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    absent: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


class _Moved(NamedTuple):
    """A column that stands elsewhere: its own place, what stands there, where it is, and how far that is away."""

    place: Place
    found: str
    at: str
    distance: int


def match_edition(sheet: RawSheet, roster: Roster, issued: str) -> HeaderMatch:
    """Find the columns that people see in a sheet of another edition of the roster, wherever they stand.

    ``issued`` is the hash of the header row that it was issued with. Where the row is still that one, nothing was
    altered and nothing is a finding; else a strange header beside a column's neighbour was typed over it.
    """
    texts = _read_headers(sheet)
    visible = {fold_header(column.header): column for column in roster.columns if not column.hidden}
    strange = _strange_headers(texts, visible, _technical_columns(texts, roster))
    places = _first_places(texts)
    match = HeaderMatch({column.field: places.get(header) for header, column in visible.items()})
    if hash_headers(list(texts.values())) != issued:
        _tell_altered(sheet, match, visible, places, strange)
    match.extra = tuple(strange.values())
    told = {found.field for found in match.findings}
    match.absent = tuple(
        column.header
        for column in visible.values()
        if match.positions.get(column.field) is None and column.field not in {*told, CHECK_FIELD, CHECK_NOTE_FIELD}
    )
    match.positions = {column.field: match.positions.get(column.field) for column in roster.columns}
    return match


def _tell_altered(
    sheet: RawSheet,
    match: HeaderMatch,
    visible: Mapping[str, Column],
    places: Mapping[str, int],
    strange: dict[int, str],
) -> None:
    """Report headers that are written unevenly and those that were typed over; these are no longer strange."""
    texts = _read_headers(sheet)
    found = {column: places[header] for header, column in visible.items() if header in places}
    match.findings += _tell_uneven(
        [(_place(sheet, column, at), texts[at]) for column, at in found.items() if texts[at] != column.header]
    )
    for column, at in _typed_over(visible, places, strange):
        match.findings.append(build_finding("V39.header", _place(sheet, column, at), value=strange.pop(at)))


def _strange_headers(
    texts: Mapping[int, str], visible: Mapping[str, Column], technical: Collection[int]
) -> dict[int, str]:
    """The headers that are not those of columns that people see today, and not the workbook's own."""
    return {
        index: text
        for index, text in texts.items()
        if fold_header(text) not in visible and index not in technical and not text.startswith(TECHNICAL_MARK)
    }


def _typed_over(
    visible: Mapping[str, Column], places: Mapping[str, int], strange: Mapping[int, str]
) -> list[tuple[Column, int]]:
    """Return the columns that are missing where a strange header stands beside one of their neighbours of today."""
    taken: dict[int, Column]
    headers, taken = list(visible), {}
    for number, header in enumerate(headers):
        if header in places:
            continue
        before = next((places[name] + 1 for name in reversed(headers[:number]) if name in places), 0)
        behind = next((places[name] - 1 for name in headers[number + 1 :] if name in places), 0)
        at = next((at for at in (before, behind) if at in strange and at not in taken), None)
        if at is not None:
            taken[at] = visible[header]
    return [(column, at) for at, column in taken.items()]


def match_headers(sheet: RawSheet, roster: Roster) -> HeaderMatch:
    """Find every roster column in the header row; a header that is altered, moved or missing is a finding."""
    texts = _read_headers(sheet)
    match = HeaderMatch(positions={column.field: None for column in roster.columns if not column.cell})
    technical = _technical_columns(texts, roster)
    folded = {index: fold_header(text) for index, text in texts.items()}
    places = (index for index in count(1) if index not in technical)
    uneven: list[tuple[Place, str]] = []
    moved: list[_Moved] = []
    for index, column in zip(places, roster.sheet_columns, strict=False):
        found, wanted = texts.get(index, ""), fold_header(column.header)
        place = _place(sheet, column, index)
        at = index if folded.get(index) == wanted else next((at for at in folded if folded[at] == wanted), None)
        match.positions[column.field] = at
        if at is None:
            key = "V39.header" if found else "V39.header_missing"
            match.findings.append(build_finding(key, place, value=found))
            continue
        if texts[at] != column.header:
            uneven.append((_place(sheet, column, at), texts[at]))
        if at != index:
            moved.append(_Moved(place, found, f"{column_letter(at)}{sheet.header_row}", at - index))
    match.findings += _tell_moved(moved) + _tell_uneven(uneven)
    match.findings += _extra_columns(sheet, roster, match, technical)
    return match


def _first_places(texts: Mapping[int, str]) -> dict[str, int]:
    """The first column of every header."""
    return {fold_header(texts[index]): index for index in sorted(texts, reverse=True)}


def _read_headers(sheet: RawSheet) -> dict[int, str]:
    """The texts of the header row by column, from left to right."""
    return {
        index: cell.text
        for index in sorted(sheet.columns)
        if (cell := sheet.cell(sheet.header_row, index)).text and not cell.text.isspace()
    }


def _tell_moved(moved: list[_Moved]) -> list[Finding]:
    """Say once that many columns stand as far away, as when one was put in; each of the others by itself.

    Two headers that were exchanged may stand above each other's data: that is an error.
    """
    by_distance: dict[int, list[_Moved]] = {}
    for one in moved:
        by_distance.setdefault(one.distance, []).append(one)
    findings = []
    for group in by_distance.values():
        if len(group) >= _MANY:
            place, found, at, _ = group[0]
            findings.append(build_finding("V39.columns_moved", place, value=found, found_at=at, count=len(group)))
            continue
        for place, found, at, _ in group:
            findings.append(build_finding("V39.header_moved", place, value=found, found_at=at))
    return findings


def _tell_uneven(uneven: list[tuple[Place, str]]) -> list[Finding]:
    """Say once that headers are written with blanks, line breaks or characters of another width."""
    if not uneven:
        return []
    place, found = uneven[0]
    return [build_finding("V39.header_uneven", place, value=found, count=len(uneven))]


def _technical_columns(texts: Mapping[int, str], roster: Roster) -> set[int]:
    """Hidden columns that only the workbook itself needs; they hold nothing that anybody typed."""
    headers = {fold_header(column.header) for column in roster.sheet_columns}
    folded = {index: fold_header(text) for index, text in texts.items()}
    return {index for index, text in folded.items() if text.startswith(TECHNICAL_MARK) and text not in headers}


def _extra_columns(sheet: RawSheet, roster: Roster, match: HeaderMatch, technical: set[int]) -> list[Finding]:
    used = technical.union(index for index in match.positions.values() if index)
    findings: list[Finding] = []
    for index in sorted(sheet.columns):
        if index <= len(roster.sheet_columns) or index in used or sheet.columns[index].rows.max() < sheet.header_row:
            continue
        text = sheet.cell(sheet.header_row, index).text
        below = sheet.columns[index].rows[sheet.columns[index].rows >= sheet.header_row]
        row = sheet.header_row if text else int(below.min())
        place = Place(sheet.name, row, f"{column_letter(index)}{row}")
        findings.append(build_finding("V39.extra_column", place, value=text, column=column_letter(index)))
    return findings


def _place(sheet: RawSheet, column: Column, index: int) -> Place:
    cell = f"{column_letter(index)}{sheet.header_row}"
    return Place(sheet.name, sheet.header_row, cell, column.field, column.header)
