"""How cells look: one palette, a style by name, registered once in the master's style table."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.cell.cell import MergedCell
    from openpyxl.worksheet.dimensions import ColumnDimension

FONT = "微软雅黑"
INK, PALE_INK, WHITE = "FF1F2937", "FF6B7280", "FFFFFFFF"
BLUE, GREY, SLATE = "FF1F5C99", "FF7F8893", "FF5A7A99"
BLUE_TINT, GREY_TINT, SLATE_TINT = "FFE8F0FA", "FFF1F2F4", "FFE6EDF3"
RED, RED_TINT = "FFB42318", "FFFAD4D0"
AMBER, AMBER_TINT = "FF8A5A00", "FFFDEBC2"
INFO, INFO_TINT = "FF2B5A7D", "FFD6E4EE"
GREEN, GREEN_TINT = "FF1D7A46", "FFD9F0E1"
STAGE_TINTS = {"survey": "FFD3E4F5", "payment": "FFD5ECDC", "subsidy": "FFE7DDF2"}
LINE = "FFCBD2D9"

TEXT_FORMAT, DATE_FORMAT, MONEY_FORMAT, COUNT_FORMAT, RATE_FORMAT = "@", "yyyy-mm-dd", "#,##0.00", "#,##0", "0.00%"


@dataclass(frozen=True)
class Look:
    """What a cell looks like; sizes in points, colours as ARGB."""

    size: float = 10
    bold: bool = False
    colour: str = INK
    fill: str | None = None
    border: bool = False
    underline: bool = False  # a line to write on
    link: bool = False
    horizontal: str | None = None
    vertical: str = "center"
    wrap: bool = False
    shrink: bool = False
    indent: int = 0
    number_format: str = "General"
    locked: bool = True


class StyleBook:
    """Registers looks in a workbook and hands out their numbers."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet("_styles")
        self._cells: dict[Look, Cell] = {}

    def apply(self, target: Cell | MergedCell | ColumnDimension, look: Look) -> None:
        """Give a cell, or a column for the cells it does not hold, a look."""
        source: Any = self._cell(look)
        cell: Any = target
        cell._style = copy(source._style)  # noqa: SLF001 - the only way to share a style

    def number(self, look: Look) -> int:
        """Return the number by which cells in XML name a look."""
        return int(self._cell(look).style_id)

    def close(self) -> None:
        """Take the scratch sheet out of the workbook; the styles stay."""
        book = self._sheet.parent
        if book is not None:
            book.remove(self._sheet)

    def _cell(self, look: Look) -> Cell:
        if look not in self._cells:
            self._cells[look] = _dress(self._sheet.cell(len(self._cells) + 1, 1), look)
        return self._cells[look]


def _dress(cell: Cell, look: Look) -> Cell:
    line = Side(style="thin", color=LINE)
    under: Literal["single"] | None = "single" if look.link else None
    cell.font = Font(name=FONT, size=look.size, bold=look.bold, color=look.colour, underline=under)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.border:
        cell.border = Border(left=line, right=line, top=line, bottom=line)
    elif look.underline:
        cell.border = Border(bottom=Side(style="thin", color=PALE_INK))
    cell.alignment = Alignment(
        horizontal=look.horizontal,
        vertical=look.vertical,
        wrap_text=look.wrap,
        shrink_to_fit=look.shrink,
        indent=look.indent,
    )
    cell.number_format = look.number_format
    cell.protection = Protection(locked=look.locked)
    return cell
