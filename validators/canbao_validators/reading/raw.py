"""What stands in a workbook, cell by cell and column by column, before anybody asks what it means."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.roster import HEADER_ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from canbao_validators.reading.contradictions import Fault


class Form(Enum):
    """The kind of file that cells came from, as messages call it."""

    XLSX = "Excel (.xlsx)"
    XLS = "Excel 97-2003 (.xls)"
    XLSB = "Excel (.xlsb)"
    ODS = "OpenDocument (.ods)"
    XML_2003 = "Excel 2003 XML"
    HTML = "HTML"
    CSV = "CSV"

    @property
    def is_text(self) -> bool:
        """Whether the file is a table of texts that was never a workbook."""
        return self in {Form.HTML, Form.CSV}


class RawCell(NamedTuple):
    """One cell as stored. ``number`` is 0.0 unless NUMBER or BOOL; ``text`` is "" unless TEXT or ERROR (``"#N/A"``)."""

    kind: CellKind
    number: float
    text: str
    formula: bool


BLANK_CELL = RawCell(CellKind.BLANK, 0.0, "", formula=False)


@dataclass(slots=True, eq=False)
class RawColumn:
    """The stored cells of one column as arrays of one length; every row once, in order, when its sheet was read.

    ``rows`` are 1-based row numbers, ``kinds`` CellKind numbers; ``numbers`` is 0.0 unless NUMBER or BOOL, ``texts`` ""
    unless TEXT or ERROR.
    """

    rows: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    numbers: NDArray[np.float64]
    texts: pl.Series
    formulas: NDArray[np.bool_]
    _ascending: bool | None = field(default=None, repr=False)

    @property
    def ascending(self) -> bool:
        """Whether every row stands below the one before it, which all programs see to."""
        if self._ascending is None:
            self._ascending = bool((self.rows[1:] > self.rows[:-1]).all())
        return self._ascending

    def cell(self, row: int) -> RawCell:
        """Return the cell in a 1-based row, blank when nothing is stored there."""
        position = self._position(row)
        if position < 0:
            return BLANK_CELL
        return RawCell(
            CellKind(int(self.kinds[position])),
            float(self.numbers[position]),
            str(self.texts[position]),
            formula=bool(self.formulas[position]),
        )

    def copy(self) -> RawColumn:
        """Return a column that may be changed without this one."""
        return RawColumn(
            self.rows.copy(), self.kinds.copy(), self.numbers.copy(), self.texts, self.formulas.copy(), self._ascending
        )

    def replace(self, places: NDArray[np.int64]) -> None:
        """Keep only the cells at some places, in that order."""
        self.rows, self.kinds, self.numbers = self.rows[places], self.kinds[places].copy(), self.numbers[places].copy()
        self.texts, self.formulas = self.texts.gather(places), self.formulas[places]
        self._ascending = None

    def put_text(self, row: int, text: str) -> None:
        """Store a text in a 1-based row; it counts instead of what stood there."""
        keep = self.rows != row
        rows, texts = self.rows[keep], self.texts.filter(pl.Series(keep))
        place = int(np.count_nonzero(rows < row)) if self.ascending else len(rows)
        self.rows = np.insert(rows, place, row)
        self.kinds = np.insert(self.kinds[keep], place, CellKind.TEXT)
        self.numbers = np.insert(self.numbers[keep], place, 0.0)
        self.texts = pl.concat([texts[:place], pl.Series([text], dtype=pl.String), texts[place:]])
        self.formulas = np.insert(self.formulas[keep], place, values=False)

    def _position(self, row: int) -> int:
        if self.ascending:
            position = int(self.rows.searchsorted(row))
            return position if position < len(self.rows) and self.rows[position] == row else -1
        found = np.flatnonzero(self.rows == row)
        return int(found[-1]) if len(found) else -1


def join_columns(parts: Sequence[RawColumn]) -> RawColumn:
    """Return the cells of several stretches of one column, one after another."""
    if len(parts) == 1:
        return parts[0]
    return RawColumn(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.kinds for part in parts]),
        np.concatenate([part.numbers for part in parts]),
        pl.concat([part.texts for part in parts], rechunk=True),
        np.concatenate([part.formulas for part in parts]),
    )


class ColumnBuilder:
    """Collects the cells of one column one by one."""

    __slots__ = ("formulas", "kinds", "numbers", "rows", "texts")

    def __init__(self) -> None:
        self.rows = array("q")
        self.kinds = bytearray()
        self.numbers = array("d")
        self.texts: list[str] = []
        self.formulas = bytearray()

    def add(self, row: int, cell: RawCell) -> None:
        """Append one cell."""
        self.rows.append(row)
        self.kinds.append(int(cell.kind))
        self.numbers.append(cell.number)
        self.texts.append(cell.text)
        self.formulas.append(cell.formula)

    def build(self) -> RawColumn:
        """Return the collected cells."""
        return RawColumn(
            np.array(self.rows, dtype=np.int64),
            np.array(self.kinds, dtype=np.uint8),
            np.array(self.numbers, dtype=np.float64),
            pl.Series(self.texts, dtype=pl.String),
            np.array(self.formulas, dtype=np.bool_),
        )


@dataclass(slots=True)
class RawSheet:
    """One worksheet; columns and rows are 1-based. ``merged`` holds the ranges as written, e.g. ``"A1:C2"``.

    A column whose header begins with the mark of technical columns is kept down to its header only: what stands below
    is computed anew and read by nobody. ``faults`` are the contradictions in it. ``header_row`` is
    that of a roster sheet; ``stated_name`` the name in the file, where that is another one;
    ``formula_texts`` are formulas by row and column, as far as the reader has kept them.
    """

    name: str
    state: str = "visible"
    columns: dict[int, RawColumn] = field(default_factory=dict)
    max_row: int = 0
    merged: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    header_row: int = HEADER_ROW
    stated_name: str = ""
    formula_texts: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def first_row(self) -> int:
        """The first row of data of a roster sheet."""
        return self.header_row + 1

    def cell(self, row: int, column: int) -> RawCell:
        """Return one cell, blank when nothing is stored there."""
        found = self.columns.get(column)
        return found.cell(row) if found else BLANK_CELL


@dataclass(slots=True)
class RawWorkbook:
    """A workbook as stored; ``defined_names`` are those of the whole workbook, with their formula text.

    ``encrypted``: it was opened with a password that was given. ``name`` is what findings call the file, its own name
    unless it is told from others by more. ``written_by`` is the command of ours that wrote it, as the file says.
    ``separator`` is what parts the columns of a text.
    """

    path: Path
    sheets: dict[str, RawSheet]
    date1904: bool
    defined_names: dict[str, str]
    form: Form = Form.XLSX
    encrypted: bool = False
    name: str = ""
    written_by: str = ""
    separator: str = ""

    def __post_init__(self) -> None:
        self.name = self.name or self.path.name

    def kept_formulas(self, wanted: Iterable[str]) -> dict[str, dict[tuple[int, int], str]]:
        """Return by sheet, as the file names it, the formulas that its reader has kept, by row and column."""
        by_name = {sheet.stated_name or name: sheet.formula_texts for name, sheet in self.sheets.items()}
        return {name: by_name.get(name, {}) for name in wanted}

    @property
    def is_rearranged(self) -> bool:
        """Whether a roster sheet bears another name, or its headers stand in another row."""
        return any(sheet.stated_name or sheet.header_row != HEADER_ROW for sheet in self.sheets.values())
