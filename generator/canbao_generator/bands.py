"""The bands above the headers of a roster sheet: a coloured title for each group of columns, and stages that fold.

A stage's first column stays when it is folded: it has the title, and the sign that opens the stage again.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from openpyxl.worksheet.properties import Outline

from canbao_generator import looks
from canbao_rulebook.bands import load_bands, stage_title
from canbao_rulebook.roster import UNIT_ROW, column_index

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.layout import RosterLayout, SheetColumn
    from canbao_generator.styles import StyleBook


def write_bands(sheet: Worksheet, layout: RosterLayout, book: StyleBook) -> None:
    """Write the titles of the bands behind the frozen columns, and group the columns of each stage."""
    shown = [entry for entry in layout.columns if not entry.column.hidden][layout.roster.frozen :]
    stage = ""
    for key, columns in groupby(shown, key=lambda entry: entry.column.band):
        band, members = load_bands()[key], list(columns)
        begins, stage = band.stage != stage, band.stage
        title = stage_title(stage, band) if begins and stage else band.title
        for place, entry in enumerate(members):
            cell = sheet.cell(UNIT_ROW, column_index(entry.letter), title if place == 0 else None)
            book.apply(cell, looks.band_look(stage))
        if stage:
            _fold(sheet, members[1:] if begins else members)
    sheet.sheet_properties.outlinePr = Outline(summaryRight=False)
    sheet.column_dimensions.max_outline = 1  # Excel shows no bar above the columns without it


def _fold(sheet: Worksheet, columns: list[SheetColumn]) -> None:
    for entry in columns:
        sheet.column_dimensions[entry.letter].outline_level = 1
