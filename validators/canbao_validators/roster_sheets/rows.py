"""The used rows of a roster sheet: their cells by column, as found, without those that are no rows of a roster."""

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
from canbao_rulebook.kinds import Filler
from canbao_rulebook.messages import build_finding
from canbao_rulebook.roster import column_letter
from canbao_validators.normalise.cells import Cells, blank_cells, gather_cells, mark_filled
from canbao_validators.normalise.display import shorten, shorten_said
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
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.normalise.columns import Remark
    from canbao_validators.reading.raw import RawSheet
    from canbao_validators.roster_sheets.headers import HeaderMatch

UNREADABLE = re.compile(f"{UNWRITABLE}|{LOST}")
_UNREADABLE = rf"{UNWRITABLE_IN_POLARS}|{LOST}"
ONCE_A_COLUMN = "V42.nothing"  # a change so common that it is told once a sheet and column, with how often


@dataclass(slots=True)
class SheetRows:
    """The rows of one sheet: ``rows`` are their numbers, ``cells`` what stands there by field, without printed boxes.

    ``date1904``: the workbook counts days from 1904. ``findings`` are those of reading the rows.
    """

    sheet: RawSheet
    roster: Roster
    headers: HeaderMatch
    rows: NDArray[np.int64]
    date1904: bool = False
    other_edition: bool = False
    findings: list[Finding] = field(default_factory=list)
    cells: dict[str, Cells] = field(default_factory=dict)

    @classmethod
    def read(cls, sheet: RawSheet, roster: Roster, *, date1904: bool = False, issued: str | None = None) -> SheetRows:
        """Return the rows that hold anything, what is no row of a roster left out and told.

        ``issued``: of a sheet of another edition, the hash of its header row; what it does not have is blank.
        """
        headers = match_headers(sheet, roster) if issued is None else match_edition(sheet, roster, issued)
        rows = find_used_rows(sheet, roster, headers.positions)
        read = cls(sheet, roster, headers, rows, date1904, issued is not None, headers.findings)
        read.findings += check_merged(sheet, roster)
        read.gather()
        read.drop_strange_rows()
        return read

    def gather(self) -> None:
        """Take the cells of every column but printed boxes, in the used rows, as found.

        A formula counts as nothing found, it is computed anew: it may have come to another value where the sheet cannot
        read what the check can (“280元”), and nobody has altered it. Another formula in its place is found by its text.
        """
        blank = blank_cells(len(self.rows))
        found = {
            column: gather_cells(self.sheet.columns.get(self.headers.positions[column.field] or 0), self.rows, blank)
            for column in self.roster.columns
            if column.filler is not Filler.PRINT
        }
        if _any_unwritable(found.values()):
            found = {column: self._keep_writable(column, cells) for column, cells in found.items()}
        self.cells = {
            column.field: cells.without_formulas() if column.is_computed or self.other_edition else cells
            for column, cells in found.items()
        }

    def _keep_writable(self, column: Column, cells: Cells) -> Cells:
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
                    value = shorten(clean_text(text))
                    told = build_finding(key, self.place(column, place), value=value, count=count, limit=MAX_TEXT)
                    self.findings.append(told)
        if not long.any():
            return cells
        texts = cells.texts.clone().scatter(
            long.arg_true(), [cut_text(text) for text in cells.texts.filter(long).to_list()]
        )
        return Cells(cells.kinds, cells.numbers, texts, cells.formulas)

    def drop_strange_rows(self) -> None:
        """Leave out, and report, rows that a clerk has taken out, repeated headers and totals."""
        cells = self.cells
        removed = find_removed(cells, len(self.rows))
        repeated = find_repeated_headers(cells, self.roster, len(self.rows)) & ~removed
        totals = find_totals(cells, self.roster, len(self.rows)) & ~repeated & ~removed
        if not (removed | repeated | totals).any():
            return
        for key, mask in (("V39.repeated_header", repeated), ("V39.total_row", totals)):
            self.findings += report_rows(key, self.rows[mask], self.sheet)
        self.findings += report_removed(cells, self.roster, removed, self.rows, self.sheet)
        keep = ~(removed | repeated | totals)
        self.rows = self.rows[keep]
        self.cells = {name: found.take(keep) for name, found in cells.items()}

    def place(self, column: Column, index: int) -> Place:
        """Return where the cell of a column stands in one of the rows, by its place among them."""
        letter, row = column_letter(self.headers.positions[column.field] or 1), int(self.rows[index])
        return Place(self.sheet.name, row, f"{letter}{row}", column.field, column.header)

    def report(self, column: Column, remarks: Sequence[Remark], shown: pl.Series) -> None:
        """Turn remarks about one column into findings at their cells, which showed what ``shown`` says."""
        nothing = [remark for remark in remarks if remark.key == ONCE_A_COLUMN]
        for remark in (*nothing[:1], *(remark for remark in remarks if remark.key != ONCE_A_COLUMN)):
            value, after = shorten(str(shown[remark.index])), shorten_said(remark.after)
            place = self.place(column, remark.index)
            self.findings.append(build_finding(remark.key, place, value=value, after=after, count=len(nothing)))


def _any_unwritable(columns: Iterable[Cells]) -> bool:
    """Tell whether any text of a sheet may have to be cut off or cannot be read: looked for in all columns at once."""
    texts = [cells.texts for cells in columns if not cells.is_blank]
    if not texts:
        return False
    everything = pl.concat(texts)
    return bool((everything.str.len_bytes() > MAX_TEXT).any() or everything.str.contains(_UNREADABLE).any())


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
