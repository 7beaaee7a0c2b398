"""The roster sheets of workbooks of one policy year and kind: frames, check codes, what reading them says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.meta import OWN_SHEETS
from canbao_rulebook.phrases import enumerate_words
from canbao_validators.check_code import input_digests
from canbao_validators.frames import build_frames
from canbao_validators.roster_sheets.layout import settle_layout, tell_layout
from canbao_validators.roster_sheets.rows import SheetRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.frames import RosterFrame
    from canbao_validators.meta import Meta
    from canbao_validators.reading.raw import RawWorkbook
    from canbao_validators.workbook import FilledWorkbook


class Identified(NamedTuple):
    """A workbook whose rulebook is known, its sheets as stored, and its ``_meta``."""

    filled: FilledWorkbook
    raw: RawWorkbook
    meta: Meta


def read_rosters(alike: Sequence[Identified]) -> list[dict[str, RosterFrame]]:
    """Return the roster sheets of workbooks of one rulebook by roster code, an empty dictionary for each without any.

    Fill each one's ``frames`` with inputs as found, its ``check_code``, and the findings about structure and values.
    """
    book = alike[0].filled.book
    assert book is not None
    for one in alike:
        settle_layout(one.raw, book.rosters.values())
        one.filled.findings += tell_layout(one.raw, book.rosters.values())
    parts: list[dict[str, RosterFrame]] = [{} for _ in alike]
    lists = _lists_of(book)
    for code, roster in book.rosters.items():
        found = ((place, _read_sheet(one, code, roster)) for place, one in enumerate(alike))
        sheets = {place: sheet for place, sheet in found if sheet is not None}
        for (place, sheet), frame in zip(sheets.items(), build_frames(list(sheets.values()), lists), strict=True):
            parts[place][code] = frame
            _enter(alike[place].filled, sheet, frame)
    for one, own in zip(alike, parts, strict=True):
        one.filled.findings += _tell_editions(one.filled, own)
        _find_extra_sheets(one, book)
        one.filled.frames = {code: part.frame for code, part in own.items()}
    codes = input_digests([one.filled.frames for one in alike], book.rosters)
    for one, check_code in zip(alike, codes, strict=True):
        one.filled.check_code = check_code
    return parts


def _lists_of(book: Rulebook) -> dict[str, list[str]]:
    """Return the entries of the lists of a rulebook by name."""
    lists = {name: named.value for name, named in book.names.items() if isinstance(named.value, tuple)}
    return {name: [str(item) for item in items if item] for name, items in lists.items()}


def _read_sheet(one: Identified, code: str, roster: Roster) -> SheetRows | None:
    """Return the rows of a roster; a sheet that is missing is told."""
    filled, raw, meta = one
    assert filled.book is not None
    filled.limits[code] = meta.row_limit(code)
    sheet = raw.sheets.get(roster.sheet)
    if sheet is None:
        filled.findings.append(build_finding("V39.sheet_missing", Place(roster.sheet), name=roster.sheet))
        return None
    is_other = meta.edition(code) not in {"", filled.book.edition(code)}
    issued = meta.header_hash(code) if is_other else None
    return SheetRows.read(sheet, roster, date1904=raw.date1904, issued=issued)


def _enter(filled: FilledWorkbook, sheet: SheetRows, part: RosterFrame) -> None:
    """Take over what was found in a sheet, and whether it is of another edition or longer than it was issued."""
    code = sheet.roster.code
    if sheet.other_edition:
        filled.other_editions[code] = frozenset(part.headers.absent)
    filled.findings += part.findings
    if filled.limits[code]:
        filled.findings += _check_limit(sheet.sheet.header_row + filled.limits[code], sheet.roster, part.frame)


def _tell_editions(filled: FilledWorkbook, parts: Mapping[str, RosterFrame]) -> Iterator[Finding]:
    """Say once that a workbook was made from other templates than today's, and which columns are not in both."""
    if not filled.other_editions:
        return
    headers = [parts[code].headers for code in filled.other_editions]
    absent = list(dict.fromkeys(header for match in headers for header in match.absent))
    extra = list(dict.fromkeys(header for match in headers for header in match.extra))
    key = "V39.other_columns" if absent or extra else "V39.other_edition"
    yield build_finding(key, Place(), absent=enumerate_words(absent or "—"), extra=enumerate_words(extra or "—"))


def _find_extra_sheets(one: Identified, book: Rulebook) -> None:
    own = {*OWN_SHEETS, *(roster.sheet for roster in book.rosters.values())}
    one.filled.extra_sheets = tuple(name for name in one.raw.sheets if name not in own)
    one.filled.findings += [build_finding("V39.extra_sheet", Place(name)) for name in one.filled.extra_sheets]


def _check_limit(last: int, roster: Roster, frame: pl.DataFrame) -> list[Finding]:
    """Report the first row below the last one that the sheet has room for."""
    beyond = frame["row"].filter(frame["row"] > last)
    return [
        build_finding("V39.row_limit", Place(roster.sheet, row, f"A{row}"), row=row, last=last)
        for row in beyond.head(1).to_list()
    ]
