"""检查结果: a list of problems, unlocked, which the button 校验 fills (canbao_rulebook.problem_list).

A workbook that was checked before it was written holds what was found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from canbao_generator import looks, styles
from canbao_generator.marks import CHECKED_TOKEN
from canbao_generator.pages import render_page
from canbao_generator.paper import fit_page
from canbao_generator.protection import protect_sheet
from canbao_generator.xml import formula_cell, row_xml, value_cell
from canbao_rulebook.findings import Severity
from canbao_rulebook.messages import render
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.problem_list import (
    RESULT_FIRST_ROW,
    RESULT_HEADER_ROW,
    RESULT_POSITION,
    RESULT_ROWS,
    RESULT_SUMMARY,
    problem_height,
    problem_link,
    problem_text,
    rank_problem,
    result_columns,
)
from canbao_rulebook.roster import column_letter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.looked_at import LookedAt
    from canbao_generator.protection import Lock
    from canbao_generator.styles import StyleBook
    from canbao_rulebook.findings import RenderedFinding
    from canbao_rulebook.policy import Policy

SHEET = RESULT_SHEET
_CELL = replace(looks.INPUT, border=False, number_format="General", wrap=True, vertical="top")
_LINK = replace(_CELL, colour=styles.BLUE, link=True)
_AS_TYPED = replace(_CELL, number_format=styles.TEXT_FORMAT)  # what begins with = must not become a formula
_LOOKS = {"cell": _LINK, "value": _AS_TYPED}
_NOTE = replace(looks.SUBTITLE, locked=False)
_COLOURS = {
    Severity.ERROR: (styles.RED, styles.RED_TINT),
    Severity.WARNING: (styles.AMBER, styles.AMBER_TINT),
    Severity.INFO: (styles.INFO, styles.INFO_TINT),
}


def fill_results(sheet: Worksheet, policy: Policy, book: StyleBook, lock: Lock) -> dict[str, int]:
    """Write headers and columns; every cell below the headers is unlocked by its column.

    Return the numbers of the styles of the columns, by field.
    """
    numbers = {}
    page = render_page("results", policy)
    for place, (field, column) in enumerate(result_columns().items(), start=1):
        dimension = sheet.column_dimensions[column_letter(place)]
        dimension.width = column.width
        book.apply(dimension, _LOOKS.get(field, _CELL))
        numbers[field] = book.number(_LOOKS.get(field, _CELL))
        for row in range(1, RESULT_HEADER_ROW):
            book.apply(sheet.cell(row, place), looks.PLAIN)
        book.apply(sheet.cell(RESULT_HEADER_ROW, place, column.header), looks.HEADER)
    sheet["A1"] = page["title"]
    book.apply(sheet["A1"], looks.TITLE)
    for reference, text in ((RESULT_SUMMARY, CHECKED_TOKEN), (RESULT_POSITION, page["position"])):
        sheet[reference] = text
        book.apply(sheet[reference], _NOTE)
    for row, height in ((1, 28), (2, 18), (3, 18), (RESULT_HEADER_ROW, 24)):
        sheet.row_dimensions[row].height = height
    _add_colours(sheet)
    sheet.freeze_panes = f"A{RESULT_FIRST_ROW}"
    last = column_letter(len(result_columns()))
    sheet.auto_filter.ref = f"A{RESULT_HEADER_ROW}:{last}{RESULT_FIRST_ROW + RESULT_ROWS - 1}"
    fit_page(sheet, "", sum(column.width for column in result_columns().values()))
    sheet.print_title_rows = f"1:{RESULT_HEADER_ROW}"
    protect_sheet(sheet, lock)
    return numbers


def result_summary(policy: Policy, looked_at: LookedAt | None) -> str:
    """Return the line that says what was found, or that nobody has looked yet."""
    return looked_at.summary if looked_at else str(render_page("results", policy)["summary"])


def result_rows(looked_at: LookedAt | None, sheets: Sequence[str], numbers: Mapping[str, int]) -> str:
    """Return the XML of the problems, the gravest first and then in the order of ``sheets``."""
    ordered = sorted(looked_at.findings if looked_at else (), key=lambda one: rank_problem(one, sheets))
    return "".join(
        _row(row, render(found), numbers) for row, found in enumerate(ordered[:RESULT_ROWS], start=RESULT_FIRST_ROW)
    )


def result_area(looked_at: LookedAt | None) -> str:
    """Return the range that the list fills."""
    listed = min(RESULT_ROWS, len(looked_at.findings)) if looked_at else 0
    return f"A1:{column_letter(len(result_columns()))}{RESULT_HEADER_ROW + listed}"


def _row(row: int, found: RenderedFinding, numbers: Mapping[str, int]) -> str:
    cells, texts = [], [problem_text(found, field) for field in numbers]
    for place, ((field, style), text) in enumerate(zip(numbers.items(), texts, strict=True), start=1):
        at, link = f"{column_letter(place)}{row}", problem_link(found) if field == "cell" else None
        cells.append(formula_cell(at, style, link, text) if link else value_cell(at, style, text))
    return row_xml(row, cells, problem_height(texts), grows=True)


def _add_colours(sheet: Worksheet) -> None:
    area = f"A{RESULT_FIRST_ROW}:A{RESULT_FIRST_ROW + RESULT_ROWS - 1}"
    for severity, (ink, tint) in _COLOURS.items():
        look = DifferentialStyle(font=Font(color=ink, bold=True), fill=PatternFill("solid", fgColor=tint, bgColor=tint))
        formula = f'$A{RESULT_FIRST_ROW}="{severity.value}"'
        sheet.conditional_formatting.add(area, Rule(type="expression", dxf=look, formula=[formula], stopIfTrue=True))
