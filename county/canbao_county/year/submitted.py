"""The county submission, read back: the rows of every unit as their workbooks had them, for a policy year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind, Filler, RosterRole
from canbao_rulebook.roster import HEADER_ROW
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.units import AGENCY, SCHOOL, Unit
from canbao_rulebook.vocabulary import word
from canbao_validators.computing import compute_rows
from canbao_validators.frames import build_frame, typed_frame
from canbao_validators.normalise.cells import gather_cells
from canbao_validators.reading.own_tables import find_table, text_of
from canbao_validators.reading.raw import RawColumn, RawSheet
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.workbook import FilledWorkbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from canbao_rulebook.roster import Column, Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.reading.own_tables import OwnTable
    from canbao_validators.reading.raw import RawWorkbook

Frames = dict[str, pl.DataFrame]
_NONE = -1
_TITLE = re.compile(r"(.+?)(\d{4})年度城乡居民基本医疗保险")
_MERGED = word("file_results", "merged")


@dataclass(frozen=True)
class Submitted:
    """One unit's rows. ``frames`` by roster code: what was typed, rows numbered as in the unit's own workbook."""

    file: str
    unit: Unit
    frames: Frames


def read_submission(raw: RawWorkbook, book: Rulebook) -> Iterator[Submitted]:
    """Yield the merged units of a county submission, in its order, one unit's rows in memory at a time.

    Cells that compute themselves are left out: they are computed anew. Raises UnreadableFile when the workbook is no
    submission of the policy year.
    """
    names = _merged_files(raw)
    if not names or _title(raw) != title_of(book):
        raise UnreadableFile("V39.no_submission", expected=title_of(book), found=_title(raw) or "—")
    sheets = [
        found
        for roster in book.rosters.values()
        if roster.role is not RosterRole.SUBSIDY
        for found in _filled_sheets(raw, roster, list(names))
    ]
    for number, (file, name) in enumerate(names.items()):
        yield _submitted(book, file, name, _frames_of(sheets, number, date1904=raw.date1904))


def stated_year(raw: RawWorkbook) -> tuple[str, int] | None:
    """Return the county and the policy year that a submission names; None for a workbook that is none."""
    found = _TITLE.fullmatch(_title(raw))
    return (found[1], int(found[2])) if found else None


def title_of(book: Rulebook) -> str:
    """Return what the titles of the sheets of a submission begin with."""
    meta = book.policy.meta
    return f"{meta.county}{meta.policy_year}年度城乡居民基本医疗保险"


def _title(raw: RawWorkbook) -> str:
    """Return the same of a workbook, from its first sheet."""
    spec = load_table("summary").sheet
    sheet = raw.sheets.get(spec.name)
    return text_of(sheet.cell(1, 1)).removesuffix(spec.title.format(begin="")) if sheet else ""


def _merged_files(raw: RawWorkbook) -> dict[str, str]:
    """Return the unit of every file that was merged."""
    spec = load_table("sources")
    headers = {name: spec.columns[name].header for name in ("file", "township", "result")}
    table = find_table(raw.sheets.get(spec.sheet.name), headers.values())
    rows = () if table is None else (texts for _, texts in table.texts())
    return {texts[headers["file"]]: texts[headers["township"]] for texts in rows if texts[headers["result"]] == _MERGED}


def _submitted(book: Rulebook, file: str, name: str, frames: Frames) -> Submitted:
    org = book.policy.org
    if name in org.schools:
        unit = Unit(name, body=SCHOOL, insurer=org.school_insurers.get(name) or "")
    elif name in {agency.name for agency in org.agencies.values()}:
        unit = Unit(name, tuple(township.name for township in org.townships), body=AGENCY)
    else:
        villages = [frame["village"] for frame in frames.values() if "village" in frame.columns]
        known = pl.concat(villages).unique(maintain_order=True).to_list() if villages else []
        account = next((town.account or "" for town in org.townships if town.name == name), "")
        unit = Unit(name, tuple(place for place in known if place), account=account)
    own = book.of_kind(unit.kind).rosters
    return Submitted(file, unit, {code: frame for code, frame in frames.items() if code in own})


class _FilledSheet(NamedTuple):
    """A sheet of a roster of the county; by its rows, the number of the file that each comes from and its row there."""

    roster: Roster
    table: OwnTable
    owners: NDArray[np.int64]
    rows: NDArray[np.int64]

    def part(self, number: int) -> RawSheet | None:
        """Return the sheet that a file had, as far as people filled it; None where nothing comes from the file."""
        wanted = self.owners == number
        if not wanted.any():
            return None
        part = RawSheet(self.roster.sheet, max_row=int(self.rows[wanted].max()))
        inputs = [one for one in self.roster.columns if one.is_input and one.header in self.table.places]
        for place, column in enumerate(inputs, start=1):
            raw = self.table.sheet.columns[self.table.places[column.header]]
            part.columns[place] = _own_cells(raw, column, wanted, self.rows)
        return part


def _filled_sheets(raw: RawWorkbook, roster: Roster, files: list[str]) -> Iterator[_FilledSheet]:
    """Yield the sheets of a roster; one that is too long for a sheet continues on a sheet a unit."""
    spec = load_table("county_roster").columns
    file, row = spec["file"].header, spec["row"].header
    for name, sheet in raw.sheets.items():
        table = find_table(sheet, {file, row}) if name == roster.sheet or name.startswith(f"{roster.sheet}-") else None
        if table is not None:
            yield _FilledSheet(roster, table, *_origins(table, file, row, files))


def _frames_of(sheets: list[_FilledSheet], number: int, *, date1904: bool) -> Frames:
    parts: dict[str, list[pl.DataFrame]] = {}
    for sheet in sheets:
        part = sheet.part(number)
        if part is not None:
            frame = build_frame(part, sheet.roster, date1904=date1904, issued="").frame
            parts.setdefault(sheet.roster.code, []).append(_as_typed(sheet.roster, frame))
    return {code: pl.concat(frames) for code, frames in parts.items()}


def _origins(table: OwnTable, file: str, row: str, files: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, by row of the sheet, the number of the file that it comes from and its row there."""
    owners = np.full(table.sheet.max_row + 1, _NONE, dtype=np.int64)
    rows = np.zeros(table.sheet.max_row + 1, dtype=np.int64)
    names, numbers = table.sheet.columns[table.places[file]], table.sheet.columns[table.places[row]]
    known = {name: number for number, name in enumerate(files)}
    owners[names.rows] = names.texts.replace_strict(known, default=_NONE, return_dtype=pl.Int64).to_numpy()
    owners[: table.header_row + 1] = _NONE
    rows[numbers.rows] = numbers.numbers.astype(np.int64)
    return owners, rows


def _own_cells(raw: RawColumn, column: Column, wanted: NDArray[np.bool_], rows: NDArray[np.int64]) -> RawColumn:
    """Return the header and the cells of one file, at the rows that they had there."""
    places = np.flatnonzero(wanted[raw.rows])
    places = places[np.argsort(rows[raw.rows[places]], kind="stable")]
    return RawColumn(
        np.concatenate([[HEADER_ROW], rows[raw.rows[places]]]).astype(np.int64),
        np.concatenate([[CellKind.TEXT], raw.kinds[places]]).astype(np.uint8),
        np.concatenate([[0.0], raw.numbers[places]]),
        pl.concat([pl.Series([column.header]), raw.texts.gather(places)]),
        np.zeros(len(places) + 1, dtype=np.bool_),
    )


def _as_typed(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame without the words that stand for an amount that nobody has stated."""
    unknown = [
        column.field
        for column in roster.columns
        if column.filler is Filler.DEFAULT and (frame[f"{column.field}.raw"] == UNKNOWN_TEXT).any()
    ]
    return blank_where(roster, frame, {name: pl.col(f"{name}.raw") == UNKNOWN_TEXT for name in unknown})


def typed_frames(unit: Submitted, book: Rulebook) -> Frames:
    """Return what was typed, without what formulas had put into cells that may be overwritten."""
    filled = FilledWorkbook(unit.file, book.of_kind(unit.unit.kind), unit.unit, dict(unit.frames))
    compute_rows([filled])
    return {
        code: blank_where(filled.rosters[code], frame, without_defaults(filled.rosters[code], filled.frames[code]))
        for code, frame in unit.frames.items()
    }


def without_defaults(roster: Roster, computed: pl.DataFrame) -> Mapping[str, pl.Series]:
    """Return, by field, where a cell holds what its formula gives: nobody has typed there.

    ``computed`` has the computed columns.
    """
    columns = [column.field for column in roster.columns if column.filler is Filler.DEFAULT and column.is_computed]
    same = {name: pl.col(name) == pl.col(f"{name}.computed") for name in columns}
    found = computed.select(**{name: where.fill_null(value=False) for name, where in same.items()})
    return {name: found[name] for name in columns}


def blank_where(
    roster: Roster, frame: pl.DataFrame, places: Mapping[str, pl.Expr] | Mapping[str, pl.Series]
) -> pl.DataFrame:
    """Return a frame with the cells of some columns blank, by field, where a mask says so."""
    if not places:
        return frame
    blank = typed_frame(roster, pl.DataFrame({"row": frame["row"]}))
    return frame.with_columns(
        pl.when(where).then(blank[name]).otherwise(pl.col(name)).alias(name)
        for field, where in places.items()
        for name in (field, f"{field}.kind", f"{field}.raw")
    )


def fit_frame(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Return what was typed as the frame of a roster of another policy year; columns that it lacks are blank."""
    blank = typed_frame(roster, pl.DataFrame({"row": frame["row"]}))
    kept = [name for name in blank.columns if name in frame.columns and blank.schema[name] == frame.schema[name]]
    return blank.with_columns(frame[name] for name in kept)


def read_verdicts(raw: RawWorkbook, book: Rulebook) -> pl.DataFrame:
    """Return ``file, sheet, row, counts, state``: what the merge said of every row of a person, in words."""
    spec = load_table("county_roster").columns
    headers = {name: spec[name].header for name in ("file", "row", "counts", "state")}
    sheets = {roster.sheet for roster in book.rosters.values() if roster.names_persons}
    parts = [pl.DataFrame(schema={**dict.fromkeys(("file", "sheet", "counts", "state"), pl.String), "row": pl.Int64})]
    for name, sheet in raw.sheets.items():
        own = next((one for one in sheets if name == one or name.startswith(f"{one}-")), None)
        table = find_table(sheet, headers.values()) if own else None
        if table is None:
            continue
        rows = np.arange(table.header_row + 1, sheet.max_row + 1)
        cells = {field: gather_cells(sheet.columns[table.places[header]], rows) for field, header in headers.items()}
        texts = {field: cells[field].texts for field in ("file", "counts", "state")}
        told = pl.DataFrame({**texts, "row": cells["row"].numbers.astype(np.int64)})
        parts.append(told.select("file", pl.lit(own).alias("sheet"), "counts", "state", "row"))
    return pl.concat(parts)
