"""Drop-down lists of plain tables: short ones stand in the validation itself, long ones on a hidden sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.worksheet.datavalidation import DataValidation

from canbao_generator.validation import MAX_TEXT
from canbao_rulebook.roster import column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl import Workbook

    from canbao_rulebook.tables import DropDown, TableSheet

WORDS_SHEET = "_words"
_ERROR = "请从下拉列表选择。"


def offer_words(workbook: Workbook, tables: Iterable[tuple[str, TableSheet, int]]) -> None:
    """Give every sheet its drop-down lists; ``tables`` are names of sheets, their tables and how many rows they have.

    Each table stands on its sheet from the top, without rows yet.
    """
    for name, sheet, count in tables:
        for drop_down in sheet.drop_downs:
            if count and drop_down.words:
                rule = _validation(drop_down, _source(workbook, drop_down.words))
                rule.add(_area(sheet, drop_down, count))
                workbook[name].add_data_validation(rule)


def _validation(drop_down: DropDown, source: str) -> DataValidation:
    return DataValidation(
        type="list",
        formula1=source,
        allow_blank=True,
        showErrorMessage=drop_down.strict,
        errorStyle="stop",
        error=_ERROR,
    )


def _area(sheet: TableSheet, drop_down: DropDown, count: int) -> str:
    letter = column_letter(1 + [column.header for column in sheet.columns].index(drop_down.header))
    first = sheet.header_row + 1
    if drop_down.row is not None:
        return f"{letter}{first + drop_down.row}"
    return f"{letter}{first}:{letter}{first + count - 1}"


def _source(workbook: Workbook, words: Sequence[str]) -> str:
    """Return what the validation refers to: a text with commas holds at most so many characters."""
    inline = f'"{",".join(words)}"'
    if len(inline) <= MAX_TEXT and not any("," in word or '"' in word for word in words):
        return inline
    if WORDS_SHEET not in workbook.sheetnames:
        workbook.create_sheet(WORDS_SHEET).sheet_state = "hidden"
    page = workbook[WORDS_SHEET]
    column = page.max_column + 1 if page.cell(1, 1).value is not None else 1
    for row, word in enumerate(words, start=1):
        page.cell(row, column, word)
    letter = column_letter(column)
    return f"{WORDS_SHEET}!${letter}$1:${letter}${len(words)}"
