"""Rows and columns: sizes, what is hidden or merged, and where a region ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.hosts.libreoffice.addresses import Area

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.ranges import Range

_PER_POINT = 2540 / 72  # hundredths of a millimetre
_PER_CHARACTER = 7 * 2540 / 96  # seven pixels, a digit of Excel's standard font
_PADDING = 5 * 2540 / 96
_STEPS = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}


def points(hundredths: float) -> float:
    return hundredths / _PER_POINT


def column_width(cells: Range) -> float | None:
    columns = cells.api.Columns
    widths = {columns.getByIndex(index).Width for index in range(cells.shape[1])}
    if len(widths) != 1:
        return None
    width: int = widths.pop()
    return round(max(0.0, (width - _PADDING) / _PER_CHARACTER), 2)


def set_column_width(cells: Range, characters: float) -> None:
    if not 0 <= characters <= 255:
        raise ValueError("A column is 0 to 255 characters wide.")
    cells.api.Columns.Width = round(characters * _PER_CHARACTER + _PADDING)


def row_height(cells: Range) -> float | None:
    """Asked of every row only as far as they differ."""
    rows = cells.api.Rows
    first: int = rows.getByIndex(0).Height
    if cells.api.Size.Height != first * cells.shape[0]:
        heights = (rows.getByIndex(index).Height for index in range(1, cells.shape[0]))
        if any(height != first for height in heights):
            return None
    return round(points(first) * 4) / 4  # Excel counts in quarters


def set_row_height(cells: Range, height: float) -> None:
    if not 0 <= height <= 409.5:
        raise ValueError("A row is 0 to 409.5 points high.")
    cells.api.Rows.Height = round(height * _PER_POINT)


def hidden(cells: Range, axis: str) -> bool | None:
    """Whether the rows or columns ("Rows", "Columns") are hidden; None when some are. One is asked after the other."""
    lines = getattr(cells.api, axis)
    states = {bool(lines.getByIndex(index).IsVisible) for index in range(lines.Count)}
    return not states.pop() if len(states) == 1 else None


def merge_area(cells: Range) -> Area:
    cursor = cells.sheet.api.createCursorByRange(cells(1, 1).api)
    cursor.collapseToMergedArea()
    return Area.of(cursor.RangeAddress)


def merge_cells(cells: Range) -> bool | None:
    """Whether cells are one merged area; None when some belong to one.

    ``getIsMerged`` tells whether a merged area begins in a range. One that begins outside reaches in over its first row
    or column, and has to begin further left or above.
    """
    if len(cells) == 1:
        return merge_area(cells) != cells.area
    if cells.api.getIsMerged():
        return merge_area(cells) == cells.area or None
    area = cells.area
    if not cells.part(Area(1, 1, area.last_row, area.last_column)).api.getIsMerged():
        return False
    height, width = cells.shape
    edge = [cells(1, place) for place in range(1, width + 1)] + [cells(place, 1) for place in range(2, height + 1)]
    return None if any(merge_area(cell) != cell.area for cell in edge) else False


def end_of(cells: Range, direction: str) -> Area:
    """The last filled cell before a gap, or the first behind one, or the sheet's edge."""
    down, across = _STEPS[direction]
    row, column = cells.row, cells.column
    used = cells.sheet.used_range.area
    if down:
        line = Area(1, column, max(used.last_row, row), column)
        values = [value for (value,) in cells.part(line).api.getFormulaArray()]
        edge, start, step = cells.sheet.cells.shape[0], row - 1, down
    else:
        line = Area(row, 1, row, max(used.last_column, column))
        values = list(cells.part(line).api.getFormulaArray()[0])
        edge, start, step = cells.sheet.cells.shape[1], column - 1, across
    place = _walk([value != "" for value in values], start, step, edge) + 1
    return Area(place, column, place, column) if down else Area(row, place, row, place)


def _walk(filled: list[bool], start: int, step: int, edge: int) -> int:
    def is_filled(place: int) -> bool:
        return 0 <= place < len(filled) and filled[place]

    place = start + step
    if is_filled(start) and is_filled(place):
        while is_filled(place + step):
            place += step
        return place
    while 0 <= place < len(filled) and not filled[place]:
        place += step
    return max(0, place) if place < len(filled) else edge - 1
