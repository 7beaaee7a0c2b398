"""The closed vocabularies that code knows: cell kinds, column types, who fills a column."""

from __future__ import annotations

from enum import IntEnum, StrEnum

UNKNOWN_TEXT = "待定"  # what a cell shows that waits for an unknown policy value


class CellKind(IntEnum):
    """What a cell holds, as the spreadsheet program stored it."""

    BLANK = 0
    NUMBER = 1
    TEXT = 2
    BOOL = 3
    ERROR = 4


class ColumnType(StrEnum):
    """What a column is meant to hold. Integer, money and date cells all hold numbers in a sheet."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DATE = "date"
    BOOL = "bool"

    @property
    def is_number(self) -> bool:
        """Whether cells of this type hold a number (a date is its serial)."""
        return self in {ColumnType.INTEGER, ColumnType.MONEY, ColumnType.DATE}


class Filler(StrEnum):
    """Who fills a column: decides locking and what is read as input."""

    CLERK = "clerk"  # unlocked, typed by the clerk
    COUNTY = "county"  # locked for clerks, filled on merge
    FORMULA = "formula"  # locked, computed
    DEFAULT = "default"  # unlocked formula: computed unless the clerk overwrites it
    PRINT = "print"  # empty box on paper (signatures), never read


class RosterRole(StrEnum):
    """What the rows of a roster are; everything beside a roster spec asks for this, never for a roster by its code."""

    ENROLMENT = "enrolment"  # persons who pay or are paid for; they count
    EXEMPTION = "exemption"  # persons insured elsewhere or unable to enrol
    SUBSIDY = "subsidy"  # computed from the enrolment rosters
    CHANGE = "change"  # persons who came or went after the roll was handed in
    DEPOSIT = "deposit"  # money that an agent paid into the bank
    TICKET = "ticket"  # receipts received, used, spoilt, left, by month
    OWN = "own"  # persons whom a county lists beside all others; nobody counts by it, no money hangs on it


class Normaliser(StrEnum):
    """How a typed value is normalised before it is checked (identity.md section 7)."""

    NONE = "none"
    PLAIN = "plain"  # blanks and invisible characters
    NAME = "name"  # personal name: inner blanks, separators, PUA left for V05
    IDENTIFIER = "identifier"  # ID, account: full-width digits, apostrophe, x
    PHONE = "phone"
    DATE = "date"
    MONEY = "money"
    INTEGER = "integer"
    CHOICE = "choice"  # list value: blanks, full-width brackets, yes/no signs
