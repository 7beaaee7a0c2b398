"""Fonts, colours and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes, utils

from canbao_addin.hosts.libreoffice import guard
from canbao_addin.hosts.libreoffice.bridge import enum
from canbao_addin.hosts.libreoffice.number_formats import format_groups
from canbao_addin.hosts.libreoffice.plain_errors import plain_errors

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.ranges import Range

_SCRIPTS = ("", "Asian", "Complex")  # LibreOffice keeps a font for each of three groups of scripts
_NORMAL, _BOLD = 100.0, 150.0
_NOTE_FLAG = 8  # com.sun.star.sheet.CellFlags.ANNOTATION
_AUTOMATIC = -1


def uniform(cells: Range, name: str) -> Any:
    """A property of all cells, or None when they differ; LibreOffice itself would answer for the first."""
    values = {getattr(group, name) for group in format_groups(cells.api)}
    return values.pop() if len(values) == 1 else None


def rgb(number: int) -> tuple[int, int, int]:
    """0xRRGGBB, as LibreOffice counts colours, in parts."""
    return number >> 16 & 255, number >> 8 & 255, number & 255


def rgb_number(color: Any) -> int:
    """From "#rrggbb", parts, or Excel's number, which has blue in front."""
    if isinstance(color, str):
        color = utils.hex_to_rgb(color)
    elif isinstance(color, int):
        color = utils.int_to_rgb(color)
    red, green, blue = color
    return int(red) << 16 | int(green) << 8 | int(blue)


@plain_errors
class Font(base_classes.Font):
    def __init__(self, cells: Range) -> None:
        self._cells = cells

    @property
    def api(self) -> Any:
        return self._cells.api

    def _get(self, name: str) -> Any:
        return uniform(self._cells, name)

    def _set(self, name: str, value: Any, scripts: tuple[str, ...] = _SCRIPTS) -> None:
        guard.require_open_sheet(self._cells.sheet, "formatCells")
        for script in scripts:
            setattr(self.api, name + script, value)

    @property
    def bold(self) -> bool | None:
        weight = self._get("CharWeight")
        return None if weight is None else weight > _NORMAL

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("CharWeight", _BOLD if value else _NORMAL)

    @property
    def italic(self) -> bool | None:
        postures = {group.CharPosture.value for group in format_groups(self.api)}
        return postures.pop() != "NONE" if len(postures) == 1 else None

    @italic.setter
    def italic(self, value: bool) -> None:
        self._set("CharPosture", enum("awt.FontSlant", "ITALIC" if value else "NONE"))

    @property
    def size(self) -> float | None:
        size: float | None = self._get("CharHeight")
        return size

    @size.setter
    def size(self, value: float) -> None:
        self._set("CharHeight", float(value))

    @property
    def name(self) -> str | None:
        name: str | None = self._get("CharFontName")
        return name

    @name.setter
    def name(self, value: str) -> None:
        self._set("CharFontName", value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Black where LibreOffice chooses the colour; None when the cells differ."""
        number = self._get("CharColor")
        return None if number is None else rgb(0 if number == _AUTOMATIC else number)

    @color.setter
    def color(self, value: Any) -> None:
        self._set("CharColor", rgb_number(value), ("",))


@plain_errors
class Note(base_classes.Note):
    """What Excel called a comment: a text beside one cell."""

    def __init__(self, cell: Range) -> None:
        self._cell = cell

    @property
    def api(self) -> Any:
        return self._cell.api.getCellByPosition(0, 0).Annotation

    @property
    def text(self) -> str:
        return str(self.api.String)

    @text.setter
    def text(self, value: str) -> None:
        guard.require_open_sheet(self._cell.sheet)
        address = self._cell.api.getCellByPosition(0, 0).getCellAddress()
        self._cell.sheet.api.Annotations.insertNew(address, value)

    def delete(self) -> None:
        guard.require_open_sheet(self._cell.sheet)
        self._cell.api.clearContents(_NOTE_FLAG)
