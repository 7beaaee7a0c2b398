"""Rectangles of cells and their addresses, rows and columns counted from 1 as in Excel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from xlwings import utils

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_A1 = re.compile(rf"{_CELL}(:{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]+:\$?[0-9]+")
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)")


@dataclass(frozen=True)
class Area:
    """First row and column, last row and column, all inside."""

    row: int
    column: int
    last_row: int
    last_column: int

    def __post_init__(self) -> None:
        if self.row < 1 or self.column < 1:
            raise IndexError("Rows and columns are counted from 1.")

    @classmethod
    def of(cls, address: Any) -> Area:
        """From a UNO ``CellRangeAddress``."""
        return cls(address.StartRow + 1, address.StartColumn + 1, address.EndRow + 1, address.EndColumn + 1)

    @property
    def shape(self) -> tuple[int, int]:
        return self.last_row - self.row + 1, self.last_column - self.column + 1

    def around(self, other: Area) -> Area:
        """The smallest area that holds both."""
        return Area(
            min(self.row, other.row),
            min(self.column, other.column),
            max(self.last_row, other.last_row),
            max(self.last_column, other.last_column),
        )

    def common(self, other: Area) -> Area | None:
        """The cells of both, or None."""
        row, column = max(self.row, other.row), max(self.column, other.column)
        last_row, last_column = min(self.last_row, other.last_row), min(self.last_column, other.last_column)
        return Area(row, column, last_row, last_column) if row <= last_row and column <= last_column else None

    def within(self, outer: Area) -> tuple[slice, slice]:
        """Rows and columns as slices of ``outer``'s values."""
        return (
            slice(self.row - outer.row, self.last_row - outer.row + 1),
            slice(self.column - outer.column, self.last_column - outer.column + 1),
        )

    def text(self, row_absolute: bool = True, column_absolute: bool = True) -> str:
        """``$A$1:$B$2``, or ``$A$1`` for one cell."""
        row, column = "$" * row_absolute, "$" * column_absolute
        first = f"{column}{utils.col_name(self.column)}{row}{self.row}"
        if self.shape == (1, 1):
            return first
        return f"{first}:{column}{utils.col_name(self.last_column)}{row}{self.last_row}"


def split_sheet(text: str) -> tuple[str | None, str]:
    """``'My sheet'!A1`` → sheet name and the rest; None without a sheet."""
    found = _SHEET.fullmatch(text)
    if not found:
        return None, text
    quoted, plain, rest = found.groups()
    return (plain if quoted is None else quoted.replace("''", "'")), rest


def parse_address(text: str) -> Area | None:
    """An A1 address, also of whole rows and columns; None when it is something else, perhaps a name."""
    if not _A1.fullmatch(text):
        return None
    (row, column), last = utils.a1_to_tuples(text.replace("$", ""))
    last_row, last_column = last or (row, column)
    return Area(row, column, row, column).around(Area(last_row, last_column, last_row, last_column))


def quote_sheet(name: str) -> str:
    """A sheet name as Excel writes it in references: in quotes unless it is plain letters, digits and underscores."""
    plain = re.fullmatch(r"[^\W\d]\w*", name) and not parse_address(name)
    return name if plain else "'" + name.replace("'", "''") + "'"
