"""The first rows of a strange table as texts: what stands over each column, merged cells and groups of columns too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.roster import column_index
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_validators.reading.raw import RawSheet

HEADER_ROWS = 20  # titles may stand above the headers
_LEVELS = 3  # rows that headers may take: two of groups above the one that names the column
_MOST_COLUMNS = 500  # that a header is looked for in
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")


class Area(NamedTuple):
    """A merged area, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


def merged_areas(sheet: RawSheet) -> Iterator[Area]:
    """Yield the merged areas of a sheet."""
    for reference in sheet.merged:
        match = _RANGE.fullmatch(reference)
        if match:
            yield Area(int(match[2]), column_index(match[1]), int(match[4]), column_index(match[3]))


@dataclass(frozen=True)
class Heading:
    """What stands over one column, blanks dropped: the text in the lowest row, and the groups above, nearest first."""

    leaf: str
    groups: tuple[str, ...] = ()

    @property
    def texts(self) -> frozenset[str]:
        """All that stands over the column."""
        return frozenset({self.leaf, *self.groups})


class HeaderRows:
    """The first rows of a sheet, looked at as headers."""

    def __init__(self, sheet: RawSheet) -> None:
        self.columns = sorted(sheet.columns)[:_MOST_COLUMNS]
        self.last = min(HEADER_ROWS, sheet.max_row)
        self._texts = {
            (row, column): text
            for column in self.columns
            for row in range(1, self.last + 1)
            if (text := drop_blanks(sheet.cell(row, column).text))
        }
        self.areas = [area for area in merged_areas(sheet) if area.top <= self.last]
        self._covered = {
            (row, column): (self._texts.get((area.top, area.left), ""), area.left)
            for area in self.areas
            for row in range(area.top, min(area.bottom, self.last) + 1)
            for column in range(area.left, min(area.right, max(self.columns, default=0)) + 1)
        }

    def headings(self, row: int) -> dict[int, Heading]:
        """Return what stands over each column when a row is the lowest one of the headers."""
        found = {}
        for column in self.columns:
            lines = [self._text(line, column, lowest=line == row) for line in range(row, max(row - _LEVELS, 0), -1)]
            texts = list(dict.fromkeys(text for text in lines if text))
            if texts:
                found[column] = Heading(texts[0], tuple(texts[1:]))
        return found

    def _text(self, row: int, column: int, *, lowest: bool) -> str:
        """Return the text of a cell, or of the area that covers it; without areas a group reaches to the next one."""
        text, left = self._covered.get((row, column), ("", column))
        text = self._texts.get((row, column)) or (text if not lowest or left == column else "")
        if text or lowest or self.areas:
            return text
        before = [place for place in self.columns if place < column and (row, place) in self._texts]
        return self._texts[row, before[-1]] if before else ""

    def first_row(self, row: int, columns: set[int]) -> int:
        """Return the first row below the headers: areas over the columns may reach further down than their row."""
        bottoms = [area.bottom for area in self.areas if area.left in columns and area.top <= row <= area.bottom]
        return max([row, *bottoms]) + 1
