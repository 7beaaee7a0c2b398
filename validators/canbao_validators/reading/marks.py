"""What calamine keeps to itself about the cells of a binary workbook: which hold a formula, which an error."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from canbao_validators.reading.unreadable import UnreadableFile

# Cells of the rectangle around a sheet's data: calamine keeps all of them in memory, 24 bytes each.
MAX_AREA = 20_000_000
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_FORMULA = 0x80
_CODE = 0x7F  # the error's code plus one, 0 for none


@dataclass(slots=True)
class Marks:
    """The marks of one sheet; rows and columns are 0-based here, as the file has them."""

    height: int = 0
    width: int = 0
    _places: array[int] = field(default_factory=lambda: array("Q"))
    _marks: bytearray = field(default_factory=bytearray)
    _area: bytearray = field(default_factory=bytearray)

    def note(self, row: int, column: int, *, formula: bool = False, error: int | None = None) -> None:
        """Note a cell that holds something."""
        self.height, self.width = max(self.height, row + 1), max(self.width, column + 1)
        if formula or error is not None:
            self._places.append(row << 14 | column)
            self._marks.append(_FORMULA * formula | (0 if error is None else (error + 1) & _CODE))

    def finish(self) -> None:
        """Lay the marks out by place. Raises UnreadableFile when the sheet is too wide and long for the memory."""
        if self.height * self.width > MAX_AREA:
            raise UnreadableFile("V39.too_big")
        self._area = bytearray(self.height * self.width)
        for place, mark in zip(self._places, self._marks, strict=True):
            self._area[(place >> 14) * self.width + (place & 0x3FFF)] = mark
        self._places, self._marks = array("Q"), bytearray()

    def row(self, row: int) -> bytes:
        """Return the marks of one row, as many as the sheet is wide; 0 where there is nothing to say."""
        if row >= self.height:
            return bytes(self.width)
        return bytes(self._area[row * self.width : (row + 1) * self.width])


def is_formula(mark: int) -> bool:
    """Tell whether a cell with this mark holds a formula."""
    return bool(mark & _FORMULA)


def error_of(mark: int) -> str:
    """Return the error that a cell with this mark holds, "" for none."""
    code = (mark & _CODE) - 1
    return "" if code < 0 else ERRORS.get(code, "#N/A")
