"""What fits on paper: letters of a table are never smaller than a reader can read."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from canbao_generator.pages import set_up_page

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

A4, A3 = "A4", "A3"
# Characters of column width side by side, at which 10 points print as 7 within our margins.
_ROOM = {(A4, False): 180, (A3, False): 260, (A4, True): 122, (A3, True): 180}


def fit_page(sheet: Worksheet, paper: str, width: float, *, portrait: bool = False) -> None:
    """Set up the page for columns of a width: so many pages side by side that the letters stay readable."""
    if not paper:
        paper = A4 if width <= _ROOM[A4, portrait] else A3
    set_up_page(sheet, landscape=not portrait, a3=paper == A3)
    sheet.page_setup.fitToWidth = max(1, ceil(width / _ROOM[paper, portrait]))
