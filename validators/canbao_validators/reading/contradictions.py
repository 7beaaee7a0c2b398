"""Sheets that contradict themselves: a cell or a row twice, cells under another row's number, rows in no order.

No program writes these. Where two values are given for one cell neither counts: the cell holds DOUBLED, an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.roster import column_letter

if TYPE_CHECKING:
    from canbao_validators.reading.raw import RawColumn, RawSheet

DOUBLED = "#重复"  # what a cell shows that has two values


class FaultKind(StrEnum):
    """How a sheet contradicts itself."""

    CELL_TWICE = "cell_twice"
    ROW_TWICE = "row_twice"
    OTHER_ROW = "other_row"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Fault:
    """One contradiction at a cell; ``values`` are the two that it has, where they differ; ``row`` is the one around it.

    ``count``: how many there are of an ORDER, which is told once for a sheet.
    """

    kind: FaultKind
    row: int
    column: int
    values: tuple[str, str] | None = None
    around: int = 0
    count: int = 1

    @property
    def cell(self) -> str:
        """The reference of the cell."""
        return f"{column_letter(self.column)}{self.row}"


@dataclass(slots=True)
class FaultLog:
    """What a reader notes while it reads a sheet."""

    places: dict[tuple[FaultKind, int, int], int] = field(default_factory=dict)
    orders: list[tuple[int, int]] = field(default_factory=list)
    doubled: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)

    def note(self, kind: FaultKind, row: int, column: int, around: int = 0) -> None:
        """Note a contradiction at a cell, or of a row."""
        if kind is FaultKind.ORDER:
            self.orders.append((row, column))
        else:
            self.places.setdefault((kind, row, column), around)

    def note_double(self, row: int, column: int, text: str) -> None:
        """Note a cell that holds two values in one; ``text`` is what they give together."""
        self.note(FaultKind.CELL_TWICE, row, column)
        self.doubled[row, column] = (text, "…")

    def settle(self, sheet: RawSheet) -> None:
        """Let every cell of a sheet stand once and in order, and hand over what was noted."""
        if not self.places and not self.orders:
            return
        values = dict(self.doubled)
        for index, column in sheet.columns.items():
            values |= {(row, index): both for row, both in settle_column(column).items()}
        rows = {row for row, _ in values}
        for (kind, row, place), around in self.places.items():
            first = next((both for (at, _), both in values.items() if at == row), None) if row in rows else None
            both = first if kind is FaultKind.ROW_TWICE else values.get((row, place))
            sheet.faults.append(Fault(kind, row, place, both, around))
        if self.orders:
            row, place = self.orders[0]
            sheet.faults.append(Fault(FaultKind.ORDER, row, place, count=len(self.orders)))


def settle_column(column: RawColumn) -> dict[int, tuple[str, str]]:
    """Let each row of a column stand once, in order; return the two values of those that have two, by row."""
    if column.ascending:
        return {}
    order = np.argsort(column.rows, kind="stable")
    rows = column.rows[order]
    firsts = np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))
    again = np.setdiff1d(np.arange(len(rows)), firsts)
    conflicts: dict[int, tuple[str, str]] = {}
    for place in again.tolist():
        first = int(order[firsts[np.searchsorted(firsts, place, side="right") - 1]])
        other = int(order[place])
        if _stored(column, first) != _stored(column, other):
            conflicts.setdefault(int(rows[place]), (_shown(column, first), _shown(column, other)))
    keep = order[firsts]
    column.replace(keep)
    doubled = np.isin(column.rows, list(conflicts))
    column.kinds[doubled] = CellKind.ERROR
    column.numbers[doubled] = 0.0
    column.texts = column.texts.set(pl.Series(doubled), DOUBLED) if doubled.any() else column.texts
    return conflicts


def _stored(column: RawColumn, place: int) -> tuple[int, float, str, bool]:
    number, text = float(column.numbers[place]), str(column.texts[place])
    return int(column.kinds[place]), number, text, bool(column.formulas[place])


def _shown(column: RawColumn, place: int) -> str:
    if column.kinds[place] in {CellKind.NUMBER, CellKind.BOOL}:
        return f"{column.numbers[place]:.15g}"
    return str(column.texts[place])
