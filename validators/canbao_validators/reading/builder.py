"""Collects the cells of one sheet of a file that is no .xlsx, whatever order its reader finds them in."""

from __future__ import annotations

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.roster import HEADER_ROW, TECHNICAL_MARK, column_letter
from canbao_validators.reading.numbers import MAX_COLUMN, MAX_ROW
from canbao_validators.reading.raw import ColumnBuilder, RawCell, RawSheet
from canbao_validators.reading.unreadable import UnreadableFile

MAX_CELLS = 10_000_000
MOST_FORMULAS = 1_000  # of a column, kept as text for sentences that quote them
_LONGEST = 200


class SheetBuilder:
    """One sheet in the making; rows and columns are 1-based. ``endless``: of a text, which has no last row."""

    def __init__(self, name: str, state: str = "visible", *, endless: bool = False) -> None:
        self.name = name
        self._rows = MAX_CELLS if endless else MAX_ROW
        self.state = state
        self.merged: list[str] = []
        self._columns: dict[int, ColumnBuilder] = {}
        self._technical: set[int] = set()
        self._formulas: dict[int, dict[int, str]] = {}
        self._count = 0
        self._max_row = 0

    def add(self, row: int, column: int, cell: RawCell) -> None:
        """Append a cell that holds something; below the header of a technical column nothing is kept.

        Raises UnreadableFile for a place that no sheet has, and for more cells than memory should hold.
        """
        if cell.kind == CellKind.BLANK and not cell.formula:
            return
        if not (1 <= row <= self._rows and 1 <= column <= MAX_COLUMN):
            raise UnreadableFile("V39.beyond_limit")
        if row > HEADER_ROW and column in self._technical:
            return
        if row == HEADER_ROW and cell.text.startswith(TECHNICAL_MARK):
            self._technical.add(column)
        self._count += 1
        if self._count > MAX_CELLS:
            raise UnreadableFile("V39.too_big")
        self._columns.setdefault(column, ColumnBuilder()).add(row, cell)
        self._max_row = max(self._max_row, row)

    def keep_formula(self, row: int, column: int, text: str) -> None:
        """Remember the formula of a cell, which begins with ``=``."""
        texts = self._formulas.setdefault(column, {})
        if len(texts) < MOST_FORMULAS:
            texts[row] = text[:_LONGEST]

    def merge(self, row: int, column: int, down: int, across: int) -> None:
        """Note a merged area by its first cell and how many rows and columns it takes besides."""
        if down > 0 or across > 0:
            first, last = column_letter(column), column_letter(min(column + across, MAX_COLUMN))
            self.merged.append(f"{first}{row}:{last}{min(row + down, MAX_ROW)}")

    def build(self) -> RawSheet:
        """Return the sheet."""
        columns = {index: builder.build() for index, builder in sorted(self._columns.items())}
        texts = {(row, index): text for index, column in self._formulas.items() for row, text in column.items()}
        return RawSheet(self.name, self.state, columns, self._max_row, self.merged, formula_texts=texts)


def add_sheet(sheets: dict[str, RawSheet], builder: SheetBuilder) -> None:
    """Put a finished sheet beside the others. Raises UnreadableFile when its name is taken."""
    if builder.name in sheets:
        raise UnreadableFile("V39.damaged")
    sheets[builder.name] = builder.build()
