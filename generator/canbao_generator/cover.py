"""封面: the sheet that is printed, signed and sealed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from canbao_generator import looks
from canbao_generator.marks import CODE_TOKEN, OWNER_TOKEN, PHONE_TOKEN, UNIT_TOKEN
from canbao_generator.pages import primary_notice, render_page, set_up_page
from canbao_generator.protection import protect_sheet
from canbao_rulebook.meta import COVER_CODE_NAME, COVER_OWNER_NAME, COVER_PHONE_NAME, COVER_SHEET

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.protection import Lock
    from canbao_generator.styles import Look, StyleBook
    from canbao_generator.summary import Summary
    from canbao_rulebook.rulebook import Rulebook

SHEET = COVER_SHEET
_WIDTHS = {"A": 3, "B": 24, "C": 22, "D": 24, "E": 22, "F": 3}
_ROW, _GAP = 20, 6  # points: everything stands on one screen of 1366×768
_BIG = replace(looks.TITLE, size=20, horizontal="centerContinuous")
_MIDDLE = replace(looks.TITLE, size=16, horizontal="centerContinuous")
_SMALL = replace(looks.SUBTITLE, size=11, horizontal="centerContinuous")
_LABEL, _VALUE = replace(looks.LABEL, size=11, horizontal="left", indent=1), replace(looks.WRAPPED, size=11)
_INPUT = replace(looks.INPUT, size=11, horizontal="left", indent=1)
_TYPED = (
    (COVER_CODE_NAME, CODE_TOKEN),
    (COVER_OWNER_NAME, OWNER_TOKEN),
    (COVER_PHONE_NAME, PHONE_TOKEN),
)


def fill_cover(sheet: Worksheet, book: Rulebook, summary: Summary, styles: StyleBook, lock: Lock) -> dict[str, str]:
    """Write the sheet and return the defined names of the cells that are filled in by hand."""
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    page = render_page("cover", book.policy, notice=primary_notice(book.policy), book=book)
    for row, (text, look) in enumerate(
        ((page["county"], _SMALL), (page["title"], _BIG), (page["subtitle"], _MIDDLE)), 1
    ):
        _line(sheet, row, text, look, styles)
    sheet.row_dimensions[4].height = sheet.row_dimensions[7].height = _GAP
    _pair(sheet, 5, "填报单位", UNIT_TOKEN, styles)
    _pair(sheet, 6, "依据", page["notice"], styles)
    sheet.row_dimensions[6].height = 32
    end = _totals(sheet, 8, page["totals"], summary, styles)
    _note(sheet, end, f"={summary.idle_note}", styles, looks.WARNING_NOTE)
    names = _typed(sheet, end + 1, styles)
    _note(sheet, end + 5, page["code_note"], styles)
    _note(sheet, end + 6, page["promise"], styles)
    _signatures(sheet, end + 8, page["signatures"], styles)
    for row in (end + 4, end + 7):
        sheet.row_dimensions[row].height = _GAP
    set_up_page(sheet, landscape=False)
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_view.zoomScale = 90
    sheet.print_options.horizontalCentered = True
    protect_sheet(sheet, lock)
    return names


def _line(sheet: Worksheet, row: int, text: str, look: Look, styles: StyleBook) -> None:
    """A centred line over the whole width, without merged cells."""
    for column in range(2, 6):
        styles.apply(sheet.cell(row, column, text if column == 2 else None), look)
    sheet.row_dimensions[row].height = look.size * 1.5


def _pair(sheet: Worksheet, row: int, label: str, text: str, styles: StyleBook) -> None:
    styles.apply(sheet.cell(row, 2, label), _LABEL)
    sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=5)
    for column in range(3, 6):
        styles.apply(sheet.cell(row, column), _VALUE)
    sheet.cell(row, 3).value = text
    sheet.row_dimensions[row].height = _ROW


def _totals(sheet: Worksheet, row: int, totals: list[dict[str, Any]], summary: Summary, styles: StyleBook) -> int:
    """Write the totals two a row; return the row after them."""
    known = [(total, reference) for total in totals if (reference := summary.total_reference(total["key"]))]
    shapes = {"count": looks.counted, "money": looks.paid, "rate": looks.rated}
    for place, (total, reference) in enumerate(known):
        at, column = row + place // 2, 2 + place % 2 * 2
        styles.apply(sheet.cell(at, column, total["label"]), _LABEL)
        styles.apply(sheet.cell(at, column + 1, f"={reference}"), shapes[total["look"]](_VALUE))
        sheet.row_dimensions[at].height = _ROW
    return row + (len(known) + 1) // 2


def _typed(sheet: Worksheet, row: int, styles: StyleBook) -> dict[str, str]:
    names = {}
    for at, (label, text) in enumerate(_TYPED, start=row):
        styles.apply(sheet.cell(at, 2, label), _LABEL)
        sheet.merge_cells(start_row=at, end_row=at, start_column=3, end_column=5)
        for column in range(3, 6):
            styles.apply(sheet.cell(at, column), _INPUT)
        sheet.cell(at, 3).value = text or None
        sheet.row_dimensions[at].height = _ROW
        names[label] = f"{SHEET}!$C${at}"
    return names


def _note(sheet: Worksheet, row: int, text: str, styles: StyleBook, look: Look = looks.SUBTITLE) -> None:
    styles.apply(sheet.cell(row, 2, text), look)
    sheet.row_dimensions[row].height = 16


def _signatures(sheet: Worksheet, row: int, signatures: list[str], styles: StyleBook) -> None:
    label, line = replace(looks.PLAIN, size=12, horizontal="right"), replace(looks.PLAIN, underline=True)
    left = [(f"{name}（签字）：", row + place) for place, name in enumerate(signatures)]
    right = [("单位（盖章）：", row), ("日期：　　　　年　　月　　日", row + len(signatures) - 1)]
    for text, at in left:
        styles.apply(sheet.cell(at, 2, text), label)
        styles.apply(sheet.cell(at, 3), line)
        sheet.row_dimensions[at].height = 26
    for text, at in right:
        styles.apply(sheet.cell(at, 4, text), replace(label, horizontal=None))
