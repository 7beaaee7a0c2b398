"""What stands in a workbook, cell by cell and column by column, before anybody asks what it means."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.kinds import CellKind

if TYPE_CHECKING:
    from pathlib import Path


class RawCell(NamedTuple):
    """One cell as stored. ``number`` is 0.0 unless NUMBER or BOOL; ``text`` is "" unless TEXT or ERROR (``"#N/A"``)."""

    kind: CellKind
    number: float
    text: str
    formula: bool


BLANK_CELL = RawCell(CellKind.BLANK, 0.0, "", formula=False)


@dataclass(slots=True)
class RawColumn:
    """The stored cells of one column as parallel lists, in file order; when a row comes twice, the last one counts."""

    rows: array[int] = field(default_factory=lambda: array("i"))
    kinds: bytearray = field(default_factory=bytearray)
    numbers: array[float] = field(default_factory=lambda: array("d"))
    texts: list[str] = field(default_factory=list)
    formulas: bytearray = field(default_factory=bytearray)
    _index: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    def cell(self, row: int) -> RawCell:
        """Return the cell in a 1-based row, blank when nothing is stored there."""
        if len(self._index) == 0:
            self._index.update((number, position) for position, number in enumerate(self.rows))
        position = self._index.get(row)
        if position is None:
            return BLANK_CELL
        return RawCell(
            CellKind(self.kinds[position]),
            self.numbers[position],
            self.texts[position],
            formula=bool(self.formulas[position]),
        )

    def put_text(self, row: int, text: str) -> None:
        """Store a text in a 1-based row; it counts instead of what stood there."""
        self.rows.append(row)
        self.kinds.append(CellKind.TEXT)
        self.numbers.append(0.0)
        self.texts.append(text)
        self.formulas.append(0)
        self._index.clear()


@dataclass(slots=True)
class RawSheet:
    """One worksheet; columns and rows are 1-based. ``merged`` holds the ranges as written, e.g. ``"A1:C2"``."""

    name: str
    state: str = "visible"
    columns: dict[int, RawColumn] = field(default_factory=dict)
    max_row: int = 0
    merged: list[str] = field(default_factory=list)

    def cell(self, row: int, column: int) -> RawCell:
        """Return one cell, blank when nothing is stored there."""
        found = self.columns.get(column)
        return found.cell(row) if found else BLANK_CELL


@dataclass(slots=True)
class RawWorkbook:
    """A workbook as stored; ``defined_names`` are those of the whole workbook, with their formula text."""

    path: Path
    sheets: dict[str, RawSheet]
    date1904: bool
    defined_names: dict[str, str]
