"""What a workbook is made of beside its data: protection, names, columns, validations, colours, formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.damage.styles import Style

if TYPE_CHECKING:
    from canbao_validators.damage.areas import Area

FORMULA, VALUE = 1, 2  # states of a row in a column; 0 is a cell that holds nothing
_GROW = bytes(4096)
MOST_TRACKED = 256  # columns whose rows are remembered one by one; the others are only counted


class PageCell(NamedTuple):
    """A cell of a page or above the data: its text or number as text, its formula in relative form, its style."""

    value: str
    formula: str
    style: int


TRUTHS = ("FALSE", "TRUE")


def number_shown(number: float) -> str:
    """Return a number as text that does not depend on how a program wrote it."""
    return f"{number:.12g}"


class SheetColumn(NamedTuple):
    """What ``<cols>`` says of a column: the style of the cells that it does not store."""

    style: int = 0
    hidden: bool = False


@dataclass(slots=True)
class Tally:
    """How often something was met in a column, and in which row first."""

    count: int = 0
    first: int = 0

    def add(self, row: int) -> None:
        """Count one more row."""
        if not self.count:
            self.first = row
        self.count += 1


@dataclass(slots=True)
class DataColumn:
    """One column of the data rows: styles by number, formulas by relative form, and the state of every row."""

    styles: dict[str, Tally] = field(default_factory=dict)
    formulas: dict[str, Tally] = field(default_factory=dict)
    values: Tally = field(default_factory=Tally)
    states: bytearray = field(default_factory=bytearray)

    def make_room(self, row: int) -> None:
        """Make the states long enough for a row."""
        while row - FIRST_ROW >= len(self.states):
            self.states += _GROW

    def rows_in(self, state: int, last: int) -> tuple[int, int]:
        """Return how many rows up to ``last`` are in a state, and the first of them."""
        states = bytes(self.states[: last - FIRST_ROW + 1]).ljust(last - FIRST_ROW + 1, b"\0")
        place = states.find(state)
        return states.count(state), place + FIRST_ROW if place >= 0 else 0

    def filled_below(self, last: int) -> tuple[int, int]:
        """Return how many rows below ``last`` hold something, and the first of them."""
        states = bytes(self.states[last - FIRST_ROW + 1 :])
        filled = len(states) - states.count(0)
        return filled, last + 1 + len(states) - len(states.lstrip(b"\0")) if filled else 0


class Covering(NamedTuple):
    """A validation or a conditional format: what it does, in relative form, and where."""

    form: str
    areas: tuple[Area, ...]


@dataclass(slots=True)
class Protection:
    """``element``: whether the file speaks of protection at all; ``digest`` is the salt and the hashed password."""

    element: bool = False
    locked: bool = False
    digest: str = ""


@dataclass(slots=True)
class SheetStructure:
    """One worksheet. ``cells`` are by (row, column) and, of a roster sheet, those above the data alone."""

    name: str
    state: str = "visible"
    protection: Protection = field(default_factory=Protection)
    columns: dict[int, SheetColumn] = field(default_factory=dict)
    cells: dict[tuple[int, int], PageCell] = field(default_factory=dict)
    data: dict[int, DataColumn] = field(default_factory=dict)
    validations: list[Covering] = field(default_factory=list)
    colours: list[Covering] = field(default_factory=list)
    comments: Tally = field(default_factory=Tally)

    def text(self, row: int, column: int) -> str:
        """Return the text of a page cell, "" when it holds none."""
        cell = self.cells.get((row, column))
        return cell.value if cell else ""


@dataclass(slots=True)
class Structure:
    """A workbook. ``names`` are the defined names of the whole workbook, in relative form as seen from A1."""

    sheets: dict[str, SheetStructure] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    protection: Protection = field(default_factory=Protection)
    styles: list[Style] = field(default_factory=list)

    def style(self, number: int) -> Style:
        """Return a cell style by number; an unknown number is the default style."""
        return self.styles[number] if 0 <= number < len(self.styles) else Style()
