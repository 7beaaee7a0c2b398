"""A roster sheet of the master without its data rows: headers, columns, validations, colours, protection, print."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.properties import PageSetupProperties

from canbao_generator import looks, styles
from canbao_generator.bands import write_bands
from canbao_generator.check_formulas import removed_place
from canbao_generator.layout import OUTSIDE_FIELD, USED_FIELD
from canbao_generator.marks import ROSTER_LAST, UNIT_TOKEN
from canbao_generator.protection import protect_sheet
from canbao_generator.validation import build_validation
from canbao_rulebook.check_column import SIGNS
from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import Filler
from canbao_rulebook.roster import (
    CHECK_FIELD,
    FIRST_ROW,
    HEADER_ROW,
    HINT_ROW,
    TITLE_ROW,
    UNIT_ROW,
    column_index,
    column_letter,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.layout import RosterLayout, SheetColumn
    from canbao_generator.protection import Lock
    from canbao_generator.styles import Look, StyleBook
    from canbao_rulebook.roster import Column

PAPER_A3, PAPER_A4 = 8, 9
PAGE_WIDTH = 260  # characters that still print legibly side by side on landscape A3
HIDDEN_WIDTH = 9
FOOTER_BLANK, FOOTER_DATE = "＿＿＿＿＿＿", "____年__月__日"
_COLOURS = {
    Severity.ERROR: (styles.RED, styles.RED_TINT),
    Severity.WARNING: (styles.AMBER, styles.AMBER_TINT),
    Severity.INFO: (styles.INFO, styles.INFO_TINT),
}
REQUIRED = "必填"
_FILLERS = {
    Filler.CLERK: "选填",
    Filler.COUNTY: "县里填",
    Filler.FORMULA: "自动",
    Filler.DEFAULT: "自动，可改",
    Filler.PRINT: "打印后签字",
}


def fill_roster_sheet(
    sheet: Worksheet, layout: RosterLayout, position: int, book: StyleBook, lock: Lock
) -> dict[str, int]:
    """Write everything but the data rows; return the style numbers of the cells by column letter."""
    last = ROSTER_LAST + position
    numbers = _write_columns(sheet, layout, book)
    _write_headers(sheet, layout, book)
    _add_validations(sheet, layout, last)
    _add_colours(sheet, layout, last)
    _set_up_view(sheet, layout, last)
    _set_up_print(sheet, layout, last)
    protect_sheet(sheet, lock, free=("formatColumns",))  # a stage is folded by hiding its columns
    return numbers


def hint_of(column: Column) -> str:
    """Return the short hint above a header: who fills the column and whether it must be filled."""
    return REQUIRED if is_asked(column) else _FILLERS[column.filler]


def is_asked(column: Column) -> bool:
    """Whether a clerk must fill the column in every row."""
    return column.required and column.filler is Filler.CLERK


def _write_columns(sheet: Worksheet, layout: RosterLayout, book: StyleBook) -> dict[str, int]:
    numbers = {}
    for entry in layout.columns:
        dimension = sheet.column_dimensions[entry.letter]
        dimension.width = HIDDEN_WIDTH if entry.column.hidden else entry.column.width + 1
        dimension.hidden = entry.column.hidden
        look = _look(entry)
        book.apply(dimension, look)
        numbers[entry.letter] = book.number(look)
    return numbers


def _look(entry: SheetColumn) -> Look:
    if entry.column.field == OUTSIDE_FIELD:
        return looks.HIDDEN_INPUT
    if entry.column.field == CHECK_FIELD:
        return looks.GLANCE
    return looks.HIDDEN if entry.column.hidden else looks.cell_look(entry.column)


def _write_headers(sheet: Worksheet, layout: RosterLayout, book: StyleBook) -> None:
    for row in (TITLE_ROW, UNIT_ROW):
        for entry in layout.columns:
            book.apply(sheet.cell(row, column_index(entry.letter)), looks.PLAIN)
    title, unit = sheet.cell(TITLE_ROW, 1, layout.roster.title), sheet.cell(UNIT_ROW, 1)
    unit.value = f"填报单位：{UNIT_TOKEN}　　金额单位：元"
    book.apply(title, looks.NARROW_TITLE)
    # every printed page repeats these columns: what reached beyond them would be cut
    sheet.merge_cells(start_row=TITLE_ROW, end_row=TITLE_ROW, start_column=1, end_column=layout.roster.frozen)
    book.apply(unit, looks.SUBTITLE)
    write_bands(sheet, layout, book)
    for entry in layout.columns:
        hint = sheet.cell(HINT_ROW, column_index(entry.letter), hint_of(entry.column))
        book.apply(hint, looks.REQUIRED_HINT if is_asked(entry.column) else looks.HINT)
        header = sheet.cell(HEADER_ROW, column_index(entry.letter), entry.column.header)
        book.apply(header, looks.header_look(entry.column))
    for row, height in ((TITLE_ROW, 34), (UNIT_ROW, 18), (HINT_ROW, 15), (HEADER_ROW, 34)):
        sheet.row_dimensions[row].height = height


def _add_validations(sheet: Worksheet, layout: RosterLayout, last: int) -> None:
    for entry in layout.columns:
        if entry.column.is_input:
            validation = build_validation(entry.column, layout)
            if validation.type or validation.prompt:
                validation.add(f"{entry.letter}{FIRST_ROW}:{entry.letter}{last}")
                sheet.add_data_validation(validation)


def _add_colours(sheet: Worksheet, layout: RosterLayout, last: int) -> None:
    headers = {(rule.column, rule.severity) for rule in layout.roster.rules}
    grave = {Severity.ERROR, Severity.WARNING}  # what 校验 may mark in any column
    removed = removed_place(layout.roster)
    if removed:
        look = DifferentialStyle(font=Font(color=styles.PALE_INK, strike=True), fill=_solid(styles.GREY_TINT))
        taken_out = Rule(type="expression", dxf=look, formula=[f'{removed}<>""'], stopIfTrue=True)
        sheet.conditional_formatting.add(f"A{FIRST_ROW}:{layout.last_shown}{last}", taken_out)
    for entry in layout.columns:
        if entry.column.hidden:
            continue
        cells = f"{entry.letter}{FIRST_ROW}:{entry.letter}{last}"
        for severity in _COLOURS:
            if entry.column.field == "seq":
                condition = layout.has_mark(severity) if severity is Severity.ERROR else None
            elif entry.column.field == CHECK_FIELD:
                condition = f'LEFT(${entry.letter}{FIRST_ROW},1)="{SIGNS[severity]}"'
            else:
                known = severity in grave or (entry.column.header, severity) in headers
                condition = layout.has_mark(severity, entry.column.header) if known else None
            if condition:
                bold = entry.column.field in {"seq", CHECK_FIELD} and severity is Severity.ERROR
                sheet.conditional_formatting.add(cells, _colour(condition, severity, bold=bold))


def _colour(condition: str, severity: Severity, *, bold: bool) -> Rule:
    ink, tint = _COLOURS[severity]
    look = DifferentialStyle(font=Font(color=ink, bold=bold), fill=_solid(tint))
    return Rule(type="expression", dxf=look, formula=[condition], stopIfTrue=True)


def _solid(tint: str) -> PatternFill:
    return PatternFill("solid", fgColor=tint, bgColor=tint)


def _set_up_view(sheet: Worksheet, layout: RosterLayout, last: int) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.zoomScale = 90
    sheet.sheet_format.zeroHeight = True  # no rows beyond the capacity
    sheet.sheet_format.defaultRowHeight = 18
    sheet.sheet_format.customHeight = True
    sheet.freeze_panes = f"{column_letter(layout.roster.frozen + 1)}{FIRST_ROW}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{layout.last_shown}{last}"


def print_area(layout: RosterLayout, last: int) -> str:
    """Return the area of a sheet down to a row, as a defined name has it."""
    return f"'{layout.roster.sheet}'!$A${TITLE_ROW}:${layout.last_shown}${last}"


def growing_print_area(layout: RosterLayout, last: int) -> str:
    """Return the area of a sheet down to its last row that holds something, as Excel computes it when it prints."""
    sheet, used = f"'{layout.roster.sheet}'!", layout.letters[USED_FIELD]
    cells = f"{sheet}${used}${FIRST_ROW}:${used}${last}"
    filled = f"MAX({FIRST_ROW},SUMPRODUCT(MAX({cells}*ROW({cells}))))"
    return f"OFFSET({sheet}$A${TITLE_ROW},0,0,{filled},{column_index(layout.last_shown)})"


def _set_up_print(sheet: Worksheet, layout: RosterLayout, last: int) -> None:
    width = sum(entry.column.width + 1 for entry in layout.columns if not entry.column.hidden)
    sheet.print_area = f"A{TITLE_ROW}:{layout.last_shown}{last}"
    sheet.print_title_rows = f"{TITLE_ROW}:{HEADER_ROW}"
    pages = ceil(width / PAGE_WIDTH)
    if pages > 1:
        sheet.print_title_cols = f"A:{column_letter(layout.roster.frozen)}"
    sheet.page_setup.paperSize = PAPER_A3 if layout.roster.paper == "A3" else PAPER_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    set_margins(sheet)
    names = "　".join(f"{name}：{FOOTER_BLANK}" for name in layout.roster.signatures)
    set_footer(sheet, f"单位（盖章）：{FOOTER_BLANK}　{names}　日期：{FOOTER_DATE}")


def set_margins(sheet: Worksheet) -> None:
    """Set narrow margins with room for a footer, in inches."""
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom = 0.5, 0.7
    margins.header = margins.footer = 0.3


def set_footer(sheet: Worksheet, left: str) -> None:
    """Print a line and the page number at the foot of every page."""
    footer = sheet.oddFooter
    if footer is not None and footer.left is not None and footer.right is not None:
        footer.left.text = left or None
        footer.right.text = "第&P页 共&N页"
