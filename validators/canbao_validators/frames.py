"""From a roster sheet to its frame: one row per used row, every column as value, kind and what the cell showed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.cell_text import (
    LOST,
    MAX_TEXT,
    UNWRITABLE,
    UNWRITABLE_IN_POLARS,
    clean_text,
    cut_text,
    text_length,
)
from canbao_rulebook.findings import Place
from canbao_rulebook.kinds import CellKind, ColumnType, Filler
from canbao_rulebook.messages import build_finding
from canbao_rulebook.roster import FIRST_ROW, column_letter
from canbao_validators.normalise.cells import Cells, blank_cells, gather_cells, mark_filled, value_series
from canbao_validators.normalise.columns import Remark, normalise_column
from canbao_validators.normalise.dates import SHIFT_1904
from canbao_validators.normalise.display import show_cells
from canbao_validators.roster_sheets.headers import match_edition, match_headers
from canbao_validators.roster_sheets.structure import (
    check_merged,
    find_removed,
    find_repeated_headers,
    find_totals,
    report_removed,
    report_rows,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.reading.raw import RawSheet
    from canbao_validators.roster_sheets.headers import HeaderMatch

QUOTE_LIMIT = 60
UNREADABLE = re.compile(f"{UNWRITABLE}|{LOST}")
_UNREADABLE = rf"{UNWRITABLE_IN_POLARS}|{LOST}"
ONCE_A_COLUMN = "V42.nothing"  # a change so common that it is told once a sheet and column, with how often


@dataclass(frozen=True, slots=True)
class RosterFrame:
    """The frame of a roster sheet (docs/architecture.md), what was found while reading, and where its columns stand."""

    frame: pl.DataFrame
    findings: list[Finding]
    headers: HeaderMatch


@dataclass(slots=True)
class _Builder:
    """What the columns of one sheet have in common while their frame is built."""

    sheet: RawSheet
    roster: Roster
    date1904: bool
    lists: Mapping[str, Collection[str]]
    positions: dict[str, int | None]
    rows: NDArray[np.int64]
    findings: list[Finding] = field(default_factory=list)
    other_edition: bool = False
    blank: dict[ColumnType, list[pl.Series]] = field(default_factory=dict)

    def gather(self) -> dict[str, Cells]:
        """Return the cells of every column but printed boxes, in the used rows, as found.

        A formula counts as nothing found, it is computed anew: it may have come to another value where the sheet cannot
        read what the check can (“280元”), and nobody has altered it. Another formula in its place is found by its text.
        """
        blank = blank_cells(len(self.rows))
        found = {
            column: gather_cells(self.sheet.columns.get(self.positions[column.field] or 0), self.rows, blank)
            for column in self.roster.columns
            if column.filler is not Filler.PRINT
        }
        if _any_unwritable(found.values()):
            found = {column: self.keep_writable(column, cells) for column, cells in found.items()}
        return {
            column.field: cells.without_formulas() if column.is_computed or self.other_edition else cells
            for column, cells in found.items()
        }

    def keep_writable(self, column: Column, cells: Cells) -> Cells:
        """Return the cells with texts that a cell can hold, and report what is cut off or cannot be read."""
        if cells.is_blank:
            return cells
        length = cells.texts.str.len_bytes()
        odd, long = cells.texts.str.contains(_UNREADABLE), length > MAX_TEXT
        for key, places in (("V41.too_long", long), ("V41.unreadable", odd)):
            for place in places.arg_true().to_list() if places.any() else ():
                text = str(cells.texts[place])
                count = text_length(text) if key == "V41.too_long" else len(UNREADABLE.findall(text))
                if key == "V41.unreadable" or count > MAX_TEXT:
                    self.tell(key, column, place, clean_text(text), count)
        if not long.any():
            return cells
        texts = cells.texts.clone().scatter(
            long.arg_true(), [cut_text(text) for text in cells.texts.filter(long).to_list()]
        )
        return Cells(cells.kinds, cells.numbers, texts, cells.formulas)

    def tell(self, key: str, column: Column, index: int, value: str, count: int) -> None:
        """Report something about one cell by its place among the rows."""
        letter, row = column_letter(self.positions[column.field] or 1), int(self.rows[index])
        place = Place(self.sheet.name, row, f"{letter}{row}", column.field, column.header)
        self.findings.append(build_finding(key, place, value=shorten(value), count=count, limit=MAX_TEXT))

    def drop_strange_rows(self, cells: dict[str, Cells]) -> dict[str, Cells]:
        """Leave out, and report, rows that a clerk has taken out, repeated headers and totals."""
        removed = find_removed(cells, len(self.rows))
        repeated = find_repeated_headers(cells, self.roster, len(self.rows)) & ~removed
        totals = find_totals(cells, self.roster, len(self.rows)) & ~repeated & ~removed
        if not (removed | repeated | totals).any():
            return cells
        for key, mask in (("V39.repeated_header", repeated), ("V39.total_row", totals)):
            self.findings += report_rows(key, self.rows[mask], self.sheet)
        self.findings += report_removed(cells, self.roster, removed, self.rows, self.sheet)
        keep = ~(removed | repeated | totals)
        self.rows = self.rows[keep]
        return {name: found.take(keep) for name, found in cells.items()}

    def series(self, column: Column, cells: Cells, *, normalise: bool = True) -> list[pl.Series]:
        """Return the three physical columns of one roster column."""
        if cells.is_blank:
            return self.blank_series(column, cells)
        found = cells.kinds
        shown = show_cells(cells, as_dates=column.type is ColumnType.DATE, date1904=self.date1904)
        if column.is_input and normalise:
            allowed = self.lists.get(column.list_name or "")
            cells, remarks = normalise_column(column, cells, date1904=self.date1904, allowed=allowed)
            self.report(column, remarks, shown)
        elif column.type is ColumnType.DATE and self.date1904:
            cells = _shift_dates(cells)
        emptied = (cells.kinds == CellKind.BLANK) & (found != CellKind.BLANK)
        raw = shown.set(pl.Series(emptied), "") if emptied.any() else shown
        return _physical_columns(column, cells, raw)

    def blank_series(self, column: Column, cells: Cells) -> list[pl.Series]:
        """Return the same of a column without anything: those of one type share their memory."""
        if column.type not in self.blank:
            self.blank[column.type] = _physical_columns(column, cells, cells.texts)
        names = (column.field, f"{column.field}.kind", f"{column.field}.raw")
        return [found.alias(name) for found, name in zip(self.blank[column.type], names, strict=True)]

    def report(self, column: Column, remarks: list[Remark], shown: pl.Series) -> None:
        """Turn remarks about one column into findings at their cells."""
        letter = column_letter(self.positions[column.field] or 1)
        nothing = [remark for remark in remarks if remark.key == ONCE_A_COLUMN]
        for remark in (*nothing[:1], *(remark for remark in remarks if remark.key != ONCE_A_COLUMN)):
            row = int(self.rows[remark.index])
            place = Place(self.sheet.name, row, f"{letter}{row}", column.field, column.header)
            value = shorten(str(shown[remark.index]))
            after = shorten_said(remark.after)
            told = build_finding(remark.key, place, value=value, after=after, count=len(nothing))
            self.findings.append(told)


def _any_unwritable(columns: Iterable[Cells]) -> bool:
    """Tell whether any text of a sheet may have to be cut off or cannot be read: looked for in all columns at once."""
    texts = [cells.texts for cells in columns if not cells.is_blank]
    if not texts:
        return False
    everything = pl.concat(texts)
    return bool((everything.str.len_bytes() > MAX_TEXT).any() or everything.str.contains(_UNREADABLE).any())


def _physical_columns(column: Column, cells: Cells, raw: pl.Series) -> list[pl.Series]:
    return [
        value_series(column, cells).alias(column.field),
        pl.Series(f"{column.field}.kind", cells.kinds, dtype=pl.UInt8),
        raw.alias(f"{column.field}.raw"),
    ]


def build_frame(
    sheet: RawSheet,
    roster: Roster,
    *,
    date1904: bool = False,
    lists: Mapping[str, Collection[str]] | None = None,
    issued: str | None = None,
) -> RosterFrame:
    """Return the frame of a filled roster sheet, input cells normalised, with V39, V41 and V42 findings.

    ``lists`` are the entries of value lists by ``list_name``; a column whose list is not given is not compared with it.
    ``issued``: of a sheet of another edition, the hash of its header row; what it does not have is blank.
    """
    headers = match_headers(sheet, roster) if issued is None else match_edition(sheet, roster, issued)
    rows = find_used_rows(sheet, roster, headers.positions)
    builder = _Builder(
        sheet, roster, date1904, lists or {}, headers.positions, rows, headers.findings, issued is not None
    )
    builder.findings += check_merged(sheet, roster)
    cells = builder.drop_strange_rows(builder.gather())
    series = [pl.Series("row", builder.rows, dtype=pl.Int64)]
    for name, found in cells.items():
        series += builder.series(roster.by_field[name], found)
    return RosterFrame(pl.DataFrame(series), builder.findings, headers)


def build_stored_frame(sheet: RawSheet, roster: Roster, *, date1904: bool = False) -> pl.DataFrame:
    """Return the frame of a roster sheet as its cells are stored, nothing normalised and no row left out.

    Rows in which only a column that computes itself was typed into count too. Dates are serials of the 1900 system.
    """
    headers = match_headers(sheet, roster)
    typed = [column for column in roster.columns if column.is_input]
    rows = [find_used_rows(sheet, roster, headers.positions), *_overwritten_rows(sheet, typed, headers.positions)]
    builder = _Builder(sheet, roster, date1904, {}, headers.positions, np.unique(np.concatenate(rows)))
    series = [pl.Series("row", builder.rows, dtype=pl.Int64)]
    for name, cells in builder.gather().items():
        series += builder.series(roster.by_field[name], cells, normalise=False)
    return pl.DataFrame(series)


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


def find_used_rows(sheet: RawSheet, roster: Roster, positions: Mapping[str, int | None]) -> NDArray[np.int64]:
    """Return, ascending, the rows in which a clerk or the county has put something."""
    typed = [column for column in roster.columns if column.filler in {Filler.CLERK, Filler.COUNTY}]
    found = [
        sheet.columns[position]
        for column in typed
        if (position := positions[column.field]) in sheet.columns and position is not None
    ]
    last = max((int(raw.rows.max()) for raw in found), default=0)
    filled = np.zeros(last + 1, dtype=np.bool_)
    for raw in found:
        mark_filled(raw, sheet.first_row, filled)
    return np.flatnonzero(filled)


def shorten(text: str) -> str:
    """Return text at a length that can be quoted in a sentence."""
    return text if len(text) <= QUOTE_LIMIT else text[: QUOTE_LIMIT - 1] + "…"


def shorten_said(text: Text) -> Text:
    """Return the same of what is said in the reader's language; phrases are short."""
    return shorten(text) if isinstance(text, str) else text


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
