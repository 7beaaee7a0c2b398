"""From roster sheets to their frames: one row per used row, every column as value, kind and what the cell showed."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind, ColumnType, Filler
from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.normalise.cells import Cells, blank_cells, join_cells, mark_filled, value_series
from canbao_validators.normalise.columns import Remark, normalise_column
from canbao_validators.normalise.dates import SHIFT_1904
from canbao_validators.normalise.display import show_cells
from canbao_validators.roster_sheets.headers import match_headers
from canbao_validators.roster_sheets.rows import SheetRows, find_used_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.reading.raw import RawSheet
    from canbao_validators.roster_sheets.headers import HeaderMatch


@dataclass(frozen=True, slots=True)
class RosterFrame:
    """The frame of a roster sheet (docs/architecture.md), what was found while reading, and where its columns stand."""

    frame: pl.DataFrame
    findings: list[Finding]
    headers: HeaderMatch


@dataclass(slots=True)
class _Columns:
    """The columns of sheets of one roster, whose rows stand one below the other; they count days in the same way."""

    sheets: Sequence[SheetRows]
    lists: Mapping[str, Collection[str]]
    blank: dict[ColumnType, list[pl.Series]] = field(default_factory=dict)

    @property
    def starts(self) -> list[int]:
        """Where the rows of each sheet begin."""
        return [0, *accumulate(len(sheet.rows) for sheet in self.sheets)]

    def frames(self, *, normalise: bool = True) -> Iterator[pl.DataFrame]:
        """Yield the frame of each sheet; remarks about its cells are added to its findings."""
        first = self.sheets[0]
        series = [pl.Series("row", np.concatenate([sheet.rows for sheet in self.sheets]), dtype=pl.Int64)]
        for name in first.cells:
            cells = join_cells([sheet.cells[name] for sheet in self.sheets])
            series += self.series(first.roster.by_field[name], cells, normalise=normalise)
        whole = pl.DataFrame(series)
        for start, sheet in zip(self.starts, self.sheets, strict=False):
            yield whole.slice(start, len(sheet.rows))

    def series(self, column: Column, cells: Cells, *, normalise: bool) -> list[pl.Series]:
        """Return the three physical columns of one roster column."""
        if cells.is_blank:
            return _blank_columns(column, cells, self.blank)
        date1904, found = self.sheets[0].date1904, cells.kinds
        shown = show_cells(cells, as_dates=column.type is ColumnType.DATE, date1904=date1904)
        if column.is_input and normalise:
            allowed = self.lists.get(column.list_name or "")
            cells, remarks = normalise_column(column, cells, date1904=date1904, allowed=allowed)
            self.report(column, remarks, shown)
        elif column.type is ColumnType.DATE and date1904:
            cells = _shift_dates(cells)
        emptied = (cells.kinds == CellKind.BLANK) & (found != CellKind.BLANK)
        raw = shown.set(pl.Series(emptied), "") if emptied.any() else shown
        return _physical_columns(column, cells, raw)

    def report(self, column: Column, remarks: Sequence[Remark], shown: pl.Series) -> None:
        """Hand remarks about one column to the sheets whose cells they are about."""
        if not remarks:
            return
        for start, sheet in zip(self.starts, self.sheets, strict=False):
            own = [
                Remark(remark.index - start, remark.key, remark.after)
                for remark in remarks
                if start <= remark.index < start + len(sheet.rows)
            ]
            if own:
                sheet.report(column, own, shown.slice(start, len(sheet.rows)))


def _physical_columns(column: Column, cells: Cells, raw: pl.Series) -> list[pl.Series]:
    return [
        value_series(column, cells).alias(column.field),
        pl.Series(f"{column.field}.kind", cells.kinds, dtype=pl.UInt8),
        raw.alias(f"{column.field}.raw"),
    ]


def _blank_columns(column: Column, cells: Cells, kept: dict[ColumnType, list[pl.Series]]) -> list[pl.Series]:
    """Return the same of a column without anything: those of one type share their memory, which ``kept`` holds."""
    if column.type not in kept:
        kept[column.type] = _physical_columns(column, cells, cells.texts)
    names = (column.field, f"{column.field}.kind", f"{column.field}.raw")
    return [found.alias(name) for found, name in zip(kept[column.type], names, strict=True)]


def build_frames(sheets: Sequence[SheetRows], lists: Mapping[str, Collection[str]] | None = None) -> list[RosterFrame]:
    """Return the frames of sheets of one roster, input cells normalised, with V39, V41 and V42 findings.

    What people typed is understood cell by cell: doing so for several sheets at once costs little more than for one.
    ``lists`` are the entries of value lists by ``list_name``; a column whose list is not given is not compared with it.
    """
    made: dict[int, pl.DataFrame] = {}
    for date1904 in (False, True):
        places = [place for place, sheet in enumerate(sheets) if sheet.date1904 is date1904]
        if places:
            frames = _Columns([sheets[place] for place in places], lists or {}).frames()
            made |= dict(zip(places, frames, strict=True))
    return [RosterFrame(made[place], sheet.findings, sheet.headers) for place, sheet in enumerate(sheets)]


def build_frame(
    sheet: RawSheet,
    roster: Roster,
    *,
    date1904: bool = False,
    lists: Mapping[str, Collection[str]] | None = None,
    issued: str | None = None,
) -> RosterFrame:
    """Return the frame of one filled roster sheet (``SheetRows.read``, ``build_frames``)."""
    return build_frames([SheetRows.read(sheet, roster, date1904=date1904, issued=issued)], lists)[0]


def build_stored_frame(sheet: RawSheet, roster: Roster, *, date1904: bool = False) -> pl.DataFrame:
    """Return the frame of a roster sheet as its cells are stored, nothing normalised and no row left out.

    Rows in which only a column that computes itself was typed into count too. Dates are serials of the 1900 system.
    """
    headers = match_headers(sheet, roster)
    typed = [column for column in roster.columns if column.is_input]
    rows = [find_used_rows(sheet, roster, headers.positions), *_overwritten_rows(sheet, typed, headers.positions)]
    stored = SheetRows(sheet, roster, headers, np.unique(np.concatenate(rows)), date1904=date1904)
    stored.gather()
    return next(_Columns([stored], {}).frames(normalise=False))


def _overwritten_rows(
    sheet: RawSheet, typed: Collection[Column], positions: Mapping[str, int | None]
) -> Iterator[NDArray[np.int64]]:
    """Yield the rows in which a column that computes itself holds something else than a formula."""
    for column in typed:
        cells = sheet.columns.get(positions[column.field] or 0)
        if column.filler is Filler.DEFAULT and cells is not None:
            filled = np.zeros(int(cells.rows.max()) + 1, dtype=np.bool_)
            mark_filled(cells, sheet.first_row, filled)
            filled[cells.rows[cells.formulas]] = False
            yield np.flatnonzero(filled)


def _shift_dates(cells: Cells) -> Cells:
    """Return dates of a workbook in the 1904 system as serials of the 1900 system."""
    numbers = np.where(cells.kinds == CellKind.NUMBER, cells.numbers + SHIFT_1904, cells.numbers)
    return Cells(cells.kinds, numbers, cells.texts, cells.formulas)


def typed_frame(roster: Roster, table: pl.DataFrame) -> pl.DataFrame:
    """Return values by field as the frame of a roster sheet, rows numbered from the first data row on.

    ``table`` holds text and number columns by field; null, NaN and "" are blank cells, fields it lacks are blank.
    """
    columns = [pl.int_range(FIRST_ROW, FIRST_ROW + table.height, eager=True).alias("row")]
    for column in roster.columns:
        if column.filler is Filler.PRINT:
            continue
        dtype = pl.Float64() if column.type.is_number else pl.String()
        given = table[column.field] if column.field in table.columns else pl.Series([None] * table.height, dtype=dtype)
        cells = _typed_cells(given.cast(dtype))
        columns += _physical_columns(column, cells, show_cells(cells, as_dates=column.type is ColumnType.DATE))
    return pl.DataFrame(columns)


def without_overwritten(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame as it is once every locked formula stands in its cell again, whatever was put over it."""
    locked = [column for column in roster.columns if column.filler is Filler.FORMULA and column.field in frame.columns]
    blank = blank_cells(len(frame))
    return frame.with_columns(series for column in locked for series in _physical_columns(column, blank, blank.texts))


def without_blank_columns(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame as typed without the columns in which nothing stands: what is stored of it is a fifth."""
    fields = [column.field for column in roster.columns if f"{column.field}.kind" in frame.columns]
    highest = frame.select(pl.col(f"{name}.kind").max() for name in fields).row(0)
    blank = [name for name, kind in zip(fields, highest, strict=True) if not kind]
    return frame.drop(part for name in blank for part in (name, f"{name}.kind", f"{name}.raw"))


def with_blank_columns(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame that ``without_blank_columns`` was made of; blank columns of one type share their memory."""
    blank, kept = blank_cells(frame.height), dict[ColumnType, list[pl.Series]]()
    series = [frame["row"]]
    for column in roster.columns:
        if column.field in frame.columns:
            series += [frame[name] for name in (column.field, f"{column.field}.kind", f"{column.field}.raw")]
        elif column.filler is not Filler.PRINT:
            series += _blank_columns(column, blank, kept)
    return pl.DataFrame(series)


def _typed_cells(values: pl.Series) -> Cells:
    """Return cells that hold the given texts or numbers; null, NaN and "" are blank."""
    none = np.zeros(len(values), dtype=np.bool_)
    if values.dtype == pl.String:
        texts = values.fill_null("")
        filled = (texts != "").to_numpy()
        return Cells(np.where(filled, CellKind.TEXT, 0).astype(np.uint8), np.zeros(len(values)), texts, none)
    numbers = values.fill_null(float("nan")).to_numpy()
    filled = ~np.isnan(numbers)
    texts = pl.Series([""] * len(values), dtype=pl.String)
    return Cells(np.where(filled, CellKind.NUMBER, 0).astype(np.uint8), np.where(filled, numbers, 0.0), texts, none)
