"""Tables that are printed or handed on: their columns, their layout, their rows. The generator writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOTAL = "合计"
MONEY_UNIT = "元"
UNIT_NOTE = f"单位：{MONEY_UNIT}"  # of a table whose headers do not say it
MAX_ROWS = 1_000_000  # of a sheet
MAX_SHEET_NAME = 31


class CellType(StrEnum):
    """What a column of a table holds.

    Money is whole fen; only YUAN is an amount as a sheet has it, on its way to another sheet. A rate of 0.97 prints as
    97.00 %, a day is a serial or a pl.Date.
    """

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    OWED = "owed"  # money that may be unknown, which the cell says
    YUAN = "yuan"
    RATE = "rate"
    DATE = "date"
    WRAPPED = "wrapped"  # a text that may take several lines
    CENTRED = "centred"  # a short text, or a box to fill in by hand
    JUDGED = "judged"  # a short text that begins with REACHED or MISSED, which colours the cell


REACHED, MISSED = "✓", "✗"
TEXTS = frozenset({CellType.TEXT, CellType.WRAPPED, CellType.CENTRED, CellType.JUDGED})
FEN = frozenset({CellType.MONEY, CellType.OWED})


class Fill(StrEnum):
    """What fills a column that no row has a value for."""

    NUMBER = "number"  # the rows are numbered from 1
    HAND = "hand"  # somebody writes there once it is printed


class TableColumn(NamedTuple):
    """A column: its header, what it holds, its width in characters.

    ``adds``: a total that is added up sums it; where opposite differences would net each other, it does not.
    """

    header: str
    kind: CellType = CellType.TEXT
    width: float = 12
    adds: bool = True
    fill: Fill | None = None


class DropDown(NamedTuple):
    """Words to choose from in a column, or in one row of it: ``row`` counts the rows of the table from 0.

    Without ``strict`` something else may be typed, too.
    """

    header: str
    words: Sequence[str]
    row: int | None = None
    strict: bool = True


@dataclass(frozen=True)
class ChartSpec:
    """A column chart below a table, or ``beside`` it: one bar a row and value column, at most sixty rows.

    ``label``, ``values``, ``goal`` (a line) and ``judged`` (verdicts that colour the first values) are headers.
    """

    title: str
    label: str
    values: tuple[str, ...]
    beside: bool = False
    goal: str = ""
    judged: str = ""


class Source(Protocol):
    """Rows of a table that are loaded when they are written, perhaps in another process: it can be pickled."""

    @property
    def name(self) -> str:
        """What the rows' own sheet is called when the table is too long for one."""
        ...

    @property
    def height(self) -> int:
        """How many rows there are."""
        ...

    def load(self) -> pl.DataFrame:
        """Return the rows."""
        ...


@dataclass(frozen=True)
class TableSheet:
    """A table. ``frame`` holds its columns in order, whatever their names.

    A long table may be given as ``sources`` of such frames instead. ``notes`` stand between title and headers,
    ``freeze`` counts the columns that stay in view. ``locked`` protects the sheet; sorting, filtering and column widths
    stay allowed. ``total_row``: the last row is a total. ``signature`` stands below the rows,
    ``footer`` on every printed page, of which there is but one with ``one_page``. ``paper`` is A4 or A3, the smaller
    one that holds the columns in readable letters unless said; wider tables take several pages side by side.
    """

    name: str
    title: str
    columns: Sequence[TableColumn]
    frame: pl.DataFrame = field(default_factory=pl.DataFrame)
    sources: Sequence[Source] = ()
    notes: Sequence[str] = ()
    freeze: int = 0
    chart: ChartSpec | None = None
    locked: bool = True
    total_row: bool = False
    signature: str = ""
    footer: str = ""
    portrait: bool = False
    paper: str = ""
    one_page: bool = False
    row_height: float | None = None
    drop_downs: Sequence[DropDown] = ()

    @property
    def header_row(self) -> int:
        """The row of the headers; data starts in the next one."""
        return 2 + len(self.notes)


def table_frame(rows: Sequence[Mapping[str, object]], columns: Mapping[str, TableColumn]) -> pl.DataFrame:
    """Return rows as the frame of a table. Raises KeyError when a row lacks a column, TypeError for money in yuan."""
    return pl.DataFrame(
        [
            pl.Series(name, [row[name] for row in rows], _dtype_of(column.kind), strict=column.kind in FEN)
            for name, column in columns.items()
        ]
    )


def _dtype_of(kind: CellType) -> type[pl.DataType]:
    if kind in TEXTS:
        return pl.String
    return pl.Int64 if kind in FEN else pl.Float64


def schema_of(columns: Mapping[str, TableColumn]) -> dict[str, type[pl.DataType]]:
    """Return what columns without rates are stored as: texts, and whole numbers for everything else."""
    return {name: pl.String if column.kind in TEXTS else pl.Int64 for name, column in columns.items()}


def add_total(frame: pl.DataFrame, columns: Sequence[TableColumn]) -> pl.DataFrame:
    """Return a table with a last row that sums up its counts and its money; TOTAL stands in its first text."""
    label = next((index for index, column in enumerate(columns) if column.kind in TEXTS), None)
    cells = [
        pl.col(name).sum()
        if column.kind in {CellType.COUNT, *FEN} and column.adds
        else pl.lit(TOTAL if index == label else None, frame.schema[name])
        for index, (name, column) in enumerate(zip(frame.columns, columns, strict=True))
    ]
    return pl.concat([frame, frame.select(cell.alias(name) for cell, name in zip(cells, frame.columns, strict=True))])
