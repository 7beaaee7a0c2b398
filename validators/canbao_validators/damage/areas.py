"""Ranges of cells as validations and conditional formats name them, and which rows of a column they cover."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.roster import column_index
from canbao_validators.reading.numbers import MAX_COLUMN, MAX_ROW

if TYPE_CHECKING:
    from collections.abc import Iterable

_AREA = re.compile(r"\$?([A-Z]{1,3})?\$?([0-9]{1,7})?(?::\$?([A-Z]{1,3})?\$?([0-9]{1,7})?)?")


class Area(NamedTuple):
    """A rectangle of cells, 1-based, ends included."""

    left: int
    top: int
    right: int
    bottom: int


def parse_areas(text: str) -> list[Area]:
    """Return the ranges of an sqref attribute; whole columns and rows too, what cannot be read is left out."""
    return [area for word in text.split() if (area := _parse(word)) is not None]


def _parse(word: str) -> Area | None:
    match = _AREA.fullmatch(word)
    if match is None or not (match[1] or match[2]):
        return None
    left = column_index(match[1]) if match[1] else 1
    top = int(match[2]) if match[2] else 1
    if ":" not in word:
        return Area(left, top, left, top)
    right = column_index(match[3]) if match[3] else MAX_COLUMN
    return Area(left, top, right, int(match[4]) if match[4] else MAX_ROW)


def uncovered_rows(areas: Iterable[Area], column: int, first: int, last: int) -> tuple[int, int]:
    """Return how many of the rows from ``first`` to ``last`` of a column no area covers, and the first such row."""
    spans = sorted((area.top, area.bottom) for area in areas if area.left <= column <= area.right)
    missing = example = 0
    reached = first - 1
    for top, bottom in [*spans, (last + 1, last + 1)]:
        gap = min(top, last + 1) - reached - 1
        if gap > 0:
            missing += gap
            example = example or reached + 1
        reached = max(reached, bottom)
    return missing, example
