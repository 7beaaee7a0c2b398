"""A list as it was understood, sheet by sheet: its rows, what was tidied, what was left out, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.headers import HeaderFit
from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_rulebook.roster import column_letter

if TYPE_CHECKING:
    from canbao_rulebook.list_kinds import ListField, ListKind


_UNREAD = {"V03", "V41"}


@dataclass(frozen=True)
class Tidied:
    """What was changed in one column: the note's words, how often, and an example."""

    header: str
    what: str
    count: int
    example: str


@dataclass(frozen=True)
class LeftOut:
    """A row that is not in the list, and why; ``name`` as it stands there."""

    row: int
    name: str
    reason: str


@dataclass
class ListTable:
    """One sheet as a list. ``frame`` holds ``row`` (in the sheet) and all fields of the kind.

    Texts are "" and numbers null where there is nothing. ``damaged`` are rows whose document number a spreadsheet has
    destroyed, ``of_sheet`` the fields that the sheet's name says. A refused list has a ``reason`` and is kept nowhere.
    """

    file: str
    kind: ListKind
    fit: HeaderFit
    frame: pl.DataFrame
    findings: list[Finding] = field(default_factory=list)
    tidied: list[Tidied] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    damaged: set[int] = field(default_factory=set)
    of_sheet: set[str] = field(default_factory=set)
    reason: Finding | None = None

    def place(self, field_name: str, row: int | None = None) -> Place:
        """Return the place of a field of a row, or of the header."""
        column = self.fit.places.get(field_name)
        header = self.fit.texts.get(column, "") if column else self.kind[field_name].header
        at = row or self.fit.row
        cell = f"{column_letter(column)}{at}" if column else ""
        return Place(self.fit.sheet, at, cell, field_name, header, file=self.file)

    @property
    def unread_rows(self) -> set[int]:
        """The rows in which a number was lost or a value could not be understood."""
        return {
            found.row
            for found in self.findings
            if found.row and found.severity is Severity.ERROR and found.code in _UNREAD
        }

    def say_all(self, name: str, value: str) -> None:
        """Give all rows a value that the sheet's name says, and tell it."""
        self.frame = self.frame.with_columns(pl.lit(value).alias(name))
        self.of_sheet.add(name)
        place = Place(self.fit.sheet, field=name, header=self.kind[name].header, file=self.file)
        self.findings.append(build_finding("V42.list_sheet", place, value=value, count=self.frame.height))


def empty_frame(kind: ListKind) -> pl.DataFrame:
    """Return a list without rows."""
    return pl.DataFrame(schema={"row": pl.Int64, **{entry.field: blank_dtype(entry) for entry in kind.fields}})


def blank_dtype(entry: ListField) -> pl.DataType:
    """Return the type of a field's column."""
    return pl.Float64() if entry.type.is_number else pl.String()


@dataclass
class ListFile:
    """One file as a list: the sheets that fit, each a table. ``notices`` are about the file and about other sheets.

    A refused file has a ``reason``, or one of its tables has; then the list is kept nowhere.
    """

    file: str
    kind: ListKind
    tables: list[ListTable] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)
    refused: Finding | None = None
    unfit: HeaderFit = field(default_factory=lambda: HeaderFit(""))

    @property
    def reason(self) -> Finding | None:
        """The finding for which the file is refused, None when it is not."""
        return self.refused or next((table.reason for table in self.tables if table.reason), None)

    @property
    def frame(self) -> pl.DataFrame:
        """The rows of all tables."""
        return pl.concat([table.frame for table in self.tables]) if self.tables else empty_frame(self.kind)

    @property
    def findings(self) -> list[Finding]:
        """All findings in the order in which people look for them."""
        of_tables = (found for table in self.tables for found in table.findings)
        return sorted([*self.notices, *of_tables], key=Finding.sort_key)

    @property
    def fit(self) -> HeaderFit:
        """How the first sheet was understood, or the one that nearly fits."""
        return self.tables[0].fit if self.tables else self.unfit

    def count_unread(self) -> int:
        """Return how many rows hold something that could not be read: a number, a day, an amount."""
        return sum(len(table.unread_rows) for table in self.tables)

    @property
    def left_out(self) -> list[LeftOut]:
        """The rows of all tables that are not in the list."""
        return [left for table in self.tables for left in table.left_out]

    @property
    def tidied(self) -> list[Tidied]:
        """What was changed in all tables."""
        return [tidied for table in self.tables for tidied in table.tidied]
