"""Tables that canbao wrote, read again by their headers: decisions, return lists, screening rounds, bulletins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from canbao_validators.reading.raw import RawCell, RawSheet

_HEADER_ROWS = 20  # titles and notes may stand above the headers


@dataclass(frozen=True)
class OwnTable:
    """A table in a sheet: the row of its headers, and columns by header."""

    sheet: RawSheet
    header_row: int
    places: dict[str, int]

    def rows(self) -> Iterator[tuple[int, dict[str, RawCell]]]:
        """Yield every row below the headers with its cells by header."""
        for row in range(self.header_row + 1, self.sheet.max_row + 1):
            yield row, {header: self.sheet.cell(row, column) for header, column in self.places.items()}

    def texts(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the same as texts."""
        for row, cells in self.rows():
            yield row, {header: text_of(cell) for header, cell in cells.items()}


def find_table(sheet: RawSheet | None, needed: Collection[str]) -> OwnTable | None:
    """Return the table whose headers include those needed; None when the sheet, or such a row, is not there."""
    if sheet is None:
        return None
    for row in range(1, min(sheet.max_row, _HEADER_ROWS) + 1):
        places = {text_of(sheet.cell(row, column)).strip(): column for column in sorted(sheet.columns)}
        if places.keys() >= set(needed):
            return OwnTable(sheet, row, places)
    return None


def text_of(cell: RawCell) -> str:
    """Return what stands in a cell."""
    return f"{cell.number:g}" if cell.kind is CellKind.NUMBER else cell.text
