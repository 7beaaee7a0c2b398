"""A roster: a kind of sheet with a fixed set of columns, computed columns and row rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.kinds import ColumnType, Filler, Normaliser, RosterRole
from canbao_rulebook.units import TOWNSHIP, VILLAGE

if TYPE_CHECKING:
    from collections.abc import Collection

    from canbao_rulebook.findings import Severity
    from canbao_rulebook.formula.nodes import Node

TITLE_ROW = 1
UNIT_ROW = 2
HINT_ROW = 3
HEADER_ROW = 4
FIRST_ROW = 5
CHECK_FIELD, CHECK_NOTE_FIELD = "check", "check_note"  # what is wrong: in few words, and in a sentence
SEQ_FIELD, REMOVED_FIELD = "seq", "removed"
TECHNICAL_MARK = "※"  # headers of hidden columns: helpers of the spec, and those that only the workbook needs


@dataclass(frozen=True)
class Column:
    """One column of a roster. ``formula`` is the source text and ``node`` its checked tree; both None for inputs.

    ``declared`` is its place in the spec, which check codes follow: a sheet may be arranged anew.
    """

    field: str
    header: str
    type: ColumnType
    filler: Filler
    band: str = ""
    width: float = 10
    required: bool = False
    identifier: bool = False
    hidden: bool = False
    cell: bool = True
    list_name: str | None = None
    strict_list: bool = True
    normaliser: Normaliser = Normaliser.PLAIN
    hint: str = ""
    formula: str | None = None
    node: Node | None = None
    may_be_unknown: bool = False
    declared: int = 0

    @property
    def is_input(self) -> bool:
        """Whether what stands in the cell is data that somebody typed."""
        return self.filler in {Filler.CLERK, Filler.COUNTY, Filler.DEFAULT}

    @property
    def is_computed(self) -> bool:
        """Whether the sheet carries a formula in this column."""
        return self.formula is not None

    @property
    def is_locked(self) -> bool:
        """Whether a clerk may not type here."""
        return self.filler not in {Filler.CLERK, Filler.DEFAULT}


class OwnWords(NamedTuple):
    """What a county's own rule says is wrong, and how to mend it."""

    says: str
    fix: str


@dataclass(frozen=True)
class Rule:
    """One row rule: a problem lies at ``column`` in every row where ``node`` is TRUE.

    ``own``: the words of a rule that the county has added; the others have those of their message.
    """

    code: str
    message: str
    column: str
    severity: Severity
    fails_when: str
    node: Node
    show: dict[str, str] = field(default_factory=dict)
    source: str = ""
    order: int = 0
    own: OwnWords | None = None


@dataclass(frozen=True)
class Roster:
    """A compiled roster of one policy year. Columns stand in sheet order; ``letters`` gives the letter of a header.

    ``units`` are the kinds of units whose workbooks hold it; ``place_field`` holds one of the unit's places; the first
    ``frozen`` columns stay on the screen. Helpers without a cell stand last, in no sheet: ``formula_names`` gives the
    defined name of their formula.
    """

    code: str
    sheet: str
    title: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    role: RosterRole = RosterRole.ENROLMENT
    units: tuple[str, ...] = (TOWNSHIP, VILLAGE)
    place_field: str = "village"
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    capacity_share: float = 1.0
    paper: str = "A3"
    on_paper: tuple[str, ...] = ()
    frozen: int = 0
    ref: str = ""

    @cached_property
    def by_header(self) -> dict[str, Column]:
        """Columns by their Chinese header."""
        return {column.header: column for column in self.columns}

    @cached_property
    def by_field(self) -> dict[str, Column]:
        """Columns by their English field."""
        return {column.field: column for column in self.columns}

    @cached_property
    def letters(self) -> dict[str, str]:
        """Column letters by header."""
        return {column.header: column_letter(index) for index, column in enumerate(self.sheet_columns, start=1)}

    @cached_property
    def sheet_columns(self) -> tuple[Column, ...]:
        """The columns that stand in the sheet."""
        return tuple(column for column in self.columns if column.cell)

    @cached_property
    def formula_names(self) -> dict[str, str]:
        """Defined names by the header of a column without a cell."""
        return {column.header: self.formula_name(column.field) for column in self.columns if not column.cell}

    def formula_name(self, field: str) -> str:
        """Return the defined name of a formula of its rows."""
        return f"公式_{self.code}_{field}"

    def only(self, headers: Collection[str]) -> Roster:
        """Return some of the columns, without rules."""
        return replace(self, columns=tuple(entry for entry in self.columns if entry.header in headers), rules=())

    @property
    def paper_columns(self) -> list[Column]:
        """The columns that are printed, in their order on paper."""
        shown = {column.field: column for column in self.columns if not column.hidden}
        return [shown[field] for field in self.on_paper if field in shown] or list(shown.values())

    @property
    def names_persons(self) -> bool:
        """Whether its rows are the year's persons, by their document number; a county's own list names them again."""
        return "cert" in self.by_field and self.role is not RosterRole.OWN

    @property
    def computed_columns(self) -> list[Column]:
        """Columns that carry a formula, in sheet order."""
        return [column for column in self.columns if column.is_computed]


def column_letter(index: int) -> str:
    """Return the letters of a 1-based column number, e.g. ``28 -> "AB"``."""
    letters = ""
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the 1-based column number of column letters, e.g. ``"AB" -> 28``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
