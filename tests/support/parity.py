"""The same formulas in LibreOffice and in polars, on the same cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from math import isnan
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from canbao_rulebook.formula.excel import ExcelContext, emit_cell
from canbao_rulebook.formula.nested import emit_flag
from canbao_rulebook.formula.scope import NamedValue, Scope
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.roster import FIRST_ROW, Roster, column_letter
from support.frames import ERROR, Row
from support.libreoffice import recalculate
from support.sheet_xml import ANY_ROW, SharedFormula, cell, error_cell, read_first_sheet, replace_first_sheet

SHEET, LISTS = "数据", "名称"


@dataclass(frozen=True)
class Difference:
    """One cell on which the two faces disagree."""

    where: str
    row: int
    sheet: Any
    python: Any


def add_names(book: openpyxl.Workbook, names: Mapping[str, NamedValue]) -> None:
    """Write every name to its own column of a sheet and define it."""
    sheet = book.create_sheet(LISTS)
    for index, named in enumerate(names.values(), start=1):
        values = named.value if isinstance(named.value, tuple) else (named.value,)
        letter = get_column_letter(index)
        for row, value in enumerate(values, start=1):
            cell = sheet.cell(row, index)
            cell.value = "=NA()" if value is None else value
            if isinstance(value, str):
                cell.data_type = "s"
        area = f"${letter}$1:${letter}${len(values)}" if named.is_list else f"${letter}$1"
        book.defined_names[named.name] = DefinedName(named.name, attr_text=f"{LISTS}!{area}")


def sheet_values(roster: Roster, scope: Scope, rows: Sequence[Row], path: Path) -> dict[str, list[Any]]:
    """Write the rows with every computed column and rule as cell formulas; return what LibreOffice makes of them."""
    write_sheet(roster, scope, rows, path)
    return read_values(roster, rows, recalculate(path, path.with_stem(f"{path.stem}-out"), timeout_seconds=900))


def write_sheet(roster: Roster, scope: Scope, rows: Sequence[Row], path: Path) -> None:
    """Write the rows with every computed column and rule as cell formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet["A1"].number_format = "@"  # so that there is the style of text
    add_names(book, scope.names)
    named = ExcelContext(roster.letters, scope.columns, 1, SHEET, roster.formula_names)
    for column in roster.computed_columns:
        if column.node is not None and not column.cell:  # seen from A1, as names with relative references are
            text = emit_cell(column.node, named, unknowable=column.may_be_unknown)
            name = roster.formula_names[column.header]
            book.defined_names[name] = DefinedName(name, attr_text=text)
    book.save(path)
    last = FIRST_ROW + len(rows) - 1
    formulas = {
        letter: SharedFormula(number, f"{letter}{FIRST_ROW}:{letter}{last}", text)
        for number, (letter, text) in enumerate(_formulas(roster, scope).items())
    }
    replace_first_sheet(
        path, {number: _cells(roster, formulas, row, number) for number, row in enumerate(rows, FIRST_ROW)}
    )


def read_values(roster: Roster, rows: Sequence[Row], path: Path) -> dict[str, list[Any]]:
    """Return by letter what an office has computed of the sheet of some rows."""
    width = len(roster.sheet_columns) + len(roster.rules)
    return read_first_sheet(path, width, range(FIRST_ROW, FIRST_ROW + len(rows)))


def _formulas(roster: Roster, scope: Scope) -> dict[str, str]:
    """Return the formulas of a row by letter, computed columns and rules behind them, with ANY_ROW for its number."""
    context = ExcelContext(roster.letters, scope.columns, ANY_ROW, names=roster.formula_names)
    columns = {
        roster.letters[column.header]: emit_cell(column.node, context, unknowable=column.may_be_unknown)
        for column in roster.sheet_columns
        if column.node is not None
    }
    rules = enumerate(roster.rules, start=len(roster.sheet_columns) + 1)
    return columns | {column_letter(place): emit_flag(rule.node, context) for place, rule in rules}


def _cells(roster: Roster, formulas: Mapping[str, SharedFormula], row: Row, number: int) -> Iterator[str]:
    """Yield the cells of a row in their order: what stands in it, typed over formulas too, and the other formulas."""
    typed = {roster.letters[header]: value for header, value in row.items() if value is not None}
    for letter in (column_letter(index) for index in range(1, len(roster.sheet_columns) + len(roster.rules) + 1)):
        place = f"{letter}{number}"
        if letter in typed:
            value = typed[letter]
            yield (
                error_cell(place)
                if value == ERROR
                else cell(place, to_serial(value) if isinstance(value, date) else value)
            )
        elif letter in formulas:
            yield formulas[letter].cell(place, str(number))


def same(sheet: Any, python: Any) -> bool:
    """Whether a recalculated cell and a polars value are the same: an error is null, an empty cell NaN or ""."""
    if isinstance(sheet, datetime | date):
        sheet = to_serial(sheet.date() if isinstance(sheet, datetime) else sheet)
    if isinstance(sheet, time):
        sheet = 0
    if isinstance(sheet, str) and sheet.startswith("#"):
        return python is None
    if sheet == UNKNOWN_TEXT:
        return python is None
    if sheet in {None, ""}:
        return python == "" or (isinstance(python, float) and isnan(python))
    if isinstance(sheet, bool) or isinstance(python, bool):
        return sheet is python
    if isinstance(sheet, int | float) and isinstance(python, float):
        return abs(sheet - python) <= 1e-9 * max(1.0, abs(sheet))
    return bool(sheet == python)


def differences(where: str, sheet: Sequence[Any], python: pl.Series) -> list[Difference]:
    """Cells that differ."""
    pairs = zip(sheet, python.to_list(), strict=True)
    return [
        Difference(where, FIRST_ROW + index, left, right)
        for index, (left, right) in enumerate(pairs)
        if not same(left, right)
    ]
