"""A marked copy of a workbook: 检查结果 filled and the cells marked, everything else as it is in the file."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from openpyxl.utils import coordinate_to_tuple

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.checking import check_cells, read_cells
from canbao_addin.actions.made_by import CHECK
from canbao_addin.actions.repair import repair_workbook
from canbao_addin.actions.results import result_file
from canbao_addin.actions.returns import locate_returns
from canbao_addin.actions.stamping import master_like, sheet_frames
from canbao_generator.atomic import atomic_write
from canbao_generator.cached import add_checks
from canbao_generator.layout import OUTSIDE_HEADER, PART_FIELD
from canbao_generator.looked_at import MarkedCell, outside_marks, outside_texts, own_marks
from canbao_generator.patch import NotPatchableError, patch_package, put_cells
from canbao_generator.xml import format_number
from canbao_rulebook.check_column import glance_text, row_key_fields, sign_text
from canbao_rulebook.findings import count_severities
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.messages import render
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.names import unit_names
from canbao_rulebook.problem_list import (
    RESULT_FIRST_ROW,
    RESULT_POSITION,
    RESULT_ROWS,
    RESULT_SUMMARY,
    problem_height,
    problem_link,
    problem_text,
    rank_problem,
    result_columns,
)
from canbao_rulebook.roster import column_index
from canbao_validators.reading.package import open_package
from canbao_validators.reading.raw import Form
from canbao_validators.reading.workbook import find_workbook_part, read_book_index, read_relations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from canbao_addin.actions.returns import ReturnList
    from canbao_addin.texts import Texts
    from canbao_generator.patch import Cells
    from canbao_rulebook.findings import RenderedFinding, Severity
    from canbao_rulebook.roster import Roster
    from canbao_validators.reading.raw import RawCell, RawSheet, RawWorkbook
    from canbao_validators.workbook import FilledWorkbook

_LETTERS = re.compile(r"[A-Z]+")
_SUMMARY, _POSITION = coordinate_to_tuple(RESULT_SUMMARY), coordinate_to_tuple(RESULT_POSITION)  # row and column


@dataclass(frozen=True)
class Marked:
    """The check of the file as it is; how many problems the copy lists, and how many of these lie at changed cells.

    Without any problem there is no copy.
    """

    filled: FilledWorkbook
    listed: int = 0
    changed: int = 0


class _Spot(NamedTuple):
    """Where a problem lies, and what ※核对 says of it."""

    sheet: str
    row: int | None
    cell: str
    severity: Severity
    glance: str


@dataclass(frozen=True)
class _Listing:
    """What a copy lists, the gravest first, the line above it, and where all of it lies."""

    told: Sequence[RenderedFinding]
    summary: str
    spots: Sequence[_Spot]
    changed: int = 0


def write_marked(
    source: Path, target: Path, texts: Texts, policy_name: str | None = None, passwords: Sequence[str] = ()
) -> Marked:
    """Write a marked copy of a workbook, unless nothing is wrong in it.

    Raises CannotRunError, and leaves the workbook alone in any case.
    A workbook that no cell can be put into as it is - another format, 检查结果 deleted - is made anew first, as repair
    does; its rows stand without blank ones between them then.
    """
    return _write(source, target, policy_name, passwords, texts, lambda filled: _list_check(filled, texts))


def write_returned(
    source: Path, target: Path, name: str, returned: ReturnList, texts: Texts, passwords: Sequence[str] = ()
) -> Marked:
    """Write a copy of a workbook in which the problems of a return list called ``name`` are listed and marked.

    Raises CannotRunError, for the list of another unit, too; else as ``write_marked``.
    """
    return _write(
        source, target, None, passwords, texts, lambda filled: _list_returned(filled, returned, source, name, texts)
    )


def _write(
    source: Path,
    target: Path,
    policy_name: str | None,
    passwords: Sequence[str],
    texts: Texts,
    list_problems: Callable[[FilledWorkbook], _Listing],
) -> Marked:
    raw = read_cells(source, passwords)
    filled = check_cells(raw, policy_name)
    require_accepted(filled)
    listing = list_problems(filled)
    if not listing.told:
        return Marked(filled)
    with result_file(target, CHECK) as plain:
        if raw.form is Form.XLSX and RESULT_SHEET in raw.sheets and not filled.encrypted:
            try:
                return Marked(filled, _mark(source, raw, filled, plain, listing, texts), listing.changed)
            except NotPatchableError:
                pass
        with TemporaryDirectory(prefix="canbao-") as folder:
            made = Path(folder) / f"{source.stem}.xlsx"
            repair_workbook(filled, source, made, raw=raw, passwords=passwords)
            again = read_cells(made)
            anew = check_cells(again, policy_name)
            listing = list_problems(anew)
            return Marked(filled, _mark(made, again, anew, plain, listing, texts), listing.changed)


def _list_check(filled: FilledWorkbook, texts: Texts) -> _Listing:
    sheets = [roster.sheet for roster in filled.rosters.values()]
    ranked = sorted(filled.findings, key=lambda one: rank_problem(one, sheets))
    spots = [
        _Spot(place.sheet, place.row, place.cell, one.severity, glance_text(place.header, one.key, one.severity))
        for one in ranked
        if (place := one.place).row
    ]
    summary = texts.say(
        "result_summary",
        when=_now(),
        counts=texts.say("counts", **count_severities(filled.findings)),
        rows=sum(filled.rows.values()),
        code=filled.check_code,
    )
    return _Listing([render(one, texts.lang) for one in ranked[:RESULT_ROWS]], summary, spots)


def _list_returned(filled: FilledWorkbook, returned: ReturnList, source: Path, name: str, texts: Texts) -> _Listing:
    located = locate_returns(returned, filled, source, texts)
    by = texts.say("glance_returned")
    told = [one.finding for one in located]
    spots = [_Spot(one.sheet, one.row, one.cell, one.severity, sign_text(one.severity, one.header, by)) for one in told]
    changed = sum(one.changed for one in located)
    summary = texts.say("result_returned", when=_now(), file=name, total=len(located), changed=changed)
    return _Listing(told[:RESULT_ROWS], summary, spots, changed)


def _now() -> str:
    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"


def _mark(source: Path, raw: RawWorkbook, filled: FilledWorkbook, target: Path, listing: _Listing, texts: Texts) -> int:
    """Write the marked copy of a workbook that was checked; return how many problems it lists."""
    lines = [_line(one) for one in listing.told]
    heights = [problem_height([problem_text(one, field) for field in result_columns()]) for one in listing.told]
    with open_package(source) as package:
        book_part = find_workbook_part(package)
        relations, index = read_relations(package, book_part), read_book_index(package, book_part)
        places = {name: relations[key].target.removeprefix("/") for name, _, key in index.sheets if key in relations}
    shown = [name for name, _, _ in index.sheets].index(RESULT_SHEET)
    cells = {places[name]: put for name, put in _marks(raw, filled, listing.spots).items()}
    parts = {name: partial(put_cells, cells=put) for name, put in cells.items()}
    parts[places[RESULT_SHEET]] = partial(
        put_cells,
        cells=_result_cells(listing.summary, lines, texts),
        clear_from=RESULT_FIRST_ROW,
        heights=dict(enumerate(heights, start=RESULT_FIRST_ROW)),
    )
    with zipfile.ZipFile(source) as archive, atomic_write(target) as stream:
        patch_package(
            archive,
            stream,
            parts,
            book_part=book_part.removeprefix("/"),
            shown=shown,
            shown_part=places[RESULT_SHEET],
            command=CHECK,
        )
    return len(lines)


def _result_cells(summary: str, lines: Sequence[Sequence[str]], texts: Texts) -> Cells:
    cells = {_SUMMARY[0]: {_SUMMARY[1]: summary}, _POSITION[0]: {_POSITION[1]: texts.say("door_position")}}
    rows = {
        row: {place: text for place, text in enumerate(line, start=1) if text}
        for row, line in enumerate(lines, start=RESULT_FIRST_ROW)
    }
    return cells | rows


def _marks(raw: RawWorkbook, filled: FilledWorkbook, spots: Sequence[_Spot]) -> dict[str, Cells]:
    """Return by sheet the texts for ※核对: the marks that the row's own formulas do not make, or that it was looked at.

    What an earlier check left beside other rows is taken away.
    """
    book, unit = require_accepted(filled)
    layouts = {layout.roster.code: layout for layout in master_like(filled).layouts}
    frames = sheet_frames(filled)
    names = {**book.names, **unit_names(unit)}
    found: dict[str, Cells] = {}
    for code, frame in frames.items():
        roster = book.rosters[code]
        sheet = raw.sheets[roster.sheet]
        outside = _outside_column(sheet)
        if code in filled.other_editions or outside is None or not frame.height:
            continue
        seen = _seen(add_checks(layouts[code], frame, names))
        marks = outside_marks(_marked_cells(spots, roster.sheet), seen)
        texts = outside_texts(marks, _row_keys(sheet, roster, filled.frames[code]["row"].to_list()))
        before = [row for row in range(sheet.header_row + 1, sheet.max_row + 1) if sheet.cell(row, outside).text]
        cleared = dict.fromkeys(before, "") | texts
        found[sheet.stated_name or sheet.name] = {row: {outside: text} for row, text in cleared.items()}
    return found


def _row_keys(sheet: RawSheet, roster: Roster, rows: Sequence[int]) -> dict[int, str]:
    """Return by row what says who or what it is, as ``&`` joins the cells; nothing where a column for it is gone."""
    places = {sheet.cell(sheet.header_row, place).text: place for place in sheet.columns}
    headers = [roster.by_field[field].header for field in row_key_fields(roster)]
    if not places.keys() >= set(headers):
        return {}
    return {row: "".join(_key_text(sheet.cell(row, places[header])) for header in headers) for row in rows}


def _key_text(cell: RawCell) -> str:
    return format_number(cell.number) if cell.kind is CellKind.NUMBER else cell.text


def _line(found: RenderedFinding) -> list[str]:
    """Return a line of 检查结果 by its columns: the cell as a link, every other text as a text."""
    link = problem_link(found)
    return [f"={link}" if field == "cell" and link else problem_text(found, field) for field in result_columns()]


def _marked_cells(spots: Sequence[_Spot], sheet: str) -> Iterator[MarkedCell]:
    """Yield the problems that lie at a cell of a sheet."""
    for one in spots:
        letters = _LETTERS.match(one.cell)
        if one.sheet == sheet and one.row and letters:
            yield MarkedCell(one.row, column_index(letters[0]), one.severity, one.glance)


def _seen(checked: pl.DataFrame) -> Mapping[int, set[str]]:
    """Return by row the marks that the row's own formulas make, without their numbers."""
    parts = [name for name in checked.columns if name.startswith(f"{PART_FIELD}_")]
    marks = checked.select("row", pl.concat_str(pl.col(parts)).alias("marks"))
    return {int(row): own_marks(text) for row, text in marks.iter_rows() if text}


def _outside_column(sheet: RawSheet) -> int | None:
    """Return where ※核对 stands, None where it is gone."""
    return next((place for place in sheet.columns if sheet.cell(sheet.header_row, place).text == OUTSIDE_HEADER), None)
