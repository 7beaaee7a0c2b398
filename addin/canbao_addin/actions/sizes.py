"""How large a unit's workbook will be, before it is written: what is said of it, and when villages get their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_generator.unit_workbook import default_capacities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.roster import Column, Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

LARGE, TOO_LARGE = 5_000, 20_000  # rows; nobody can work in a workbook with more
_CELL_BYTES, _CELL_SECONDS = (
    3.8,
    0.000_033,
)  # of a blank formula cell: in the file, and to open and compute (decision 0044)
_FIXED_MB = 0.12


@dataclass(frozen=True)
class Size:
    """The largest roster of a workbook, what the file will weigh and how long opening it takes."""

    unit: Unit
    rows: int
    megabytes: float
    seconds: float


def measure_unit(book: Rulebook, unit: Unit, rows: int | None = None) -> Size:
    """Return the size of a unit's blank workbook; ``rows`` as ``canbao generate --rows`` has them."""
    room = default_capacities(book.of_kind(unit.kind), unit, rows)
    cells = sum(count * len(formula_columns(book.rosters[code])) for code, count in room.items())
    return Size(unit, max(room.values(), default=0), _FIXED_MB + cells * _CELL_BYTES / 1e6, cells * _CELL_SECONDS)


def formula_columns(roster: Roster) -> list[Column]:
    """Return the columns that have a formula in every row, but for those that only the workbook needs."""
    return [column for column in roster.computed_columns if column.cell]


def too_large(sizes: Sequence[Size]) -> list[Size]:
    """Return the workbooks whose villages should have their own, where the list of units names any."""
    return [size for size in sizes if size.rows > TOO_LARGE and size.unit.villages and not size.unit.parent]


def large(sizes: Sequence[Size]) -> list[Size]:
    """Return the workbooks that are slow to work in."""
    return [size for size in sizes if size.rows > LARGE]
