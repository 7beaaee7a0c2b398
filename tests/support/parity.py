"""The same formulas in LibreOffice and in polars, on the same cells."""

from collections.abc import Mapping, Sequence
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
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW, Roster, column_letter
from support.frames import ERROR, Row
from support.libreoffice import recalculate_values

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


def put(cell: Any, value: Any) -> None:
    """Write a value as the kind it is: text stays text whatever it looks like."""
    if value is None:
        return
    if value == ERROR:
        cell.value = "=NA()"
        return
    cell.value = to_serial(value) if isinstance(value, date) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"


def sheet_values(roster: Roster, scope: Scope, rows: Sequence[Row], path: Path) -> dict[str, list[Any]]:
    """Write the rows with every computed column and rule as cell formulas; return what LibreOffice makes of them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    add_names(book, scope.names)
    for header, letter in roster.letters.items():
        sheet[f"{letter}{HEADER_ROW}"] = header
    named = ExcelContext(roster.letters, scope.columns, 1, SHEET, roster.formula_names)
    for column in roster.computed_columns:
        if column.node is not None and not column.cell:  # seen from A1, as names with relative references are
            text = emit_cell(column.node, named, unknowable=column.may_be_unknown)
            name = roster.formula_names[column.header]
            book.defined_names[name] = DefinedName(name, attr_text=text)
    first_flag = len(roster.sheet_columns) + 1
    for number, row in enumerate(rows, start=FIRST_ROW):
        context = ExcelContext(roster.letters, scope.columns, number, names=roster.formula_names)
        for column in roster.sheet_columns:
            cell = sheet[f"{roster.letters[column.header]}{number}"]
            if row.get(column.header) is not None:
                put(cell, row[column.header])
            elif column.node is not None:
                cell.value = "=" + emit_cell(column.node, context, unknowable=column.may_be_unknown)
        for offset, rule in enumerate(roster.rules):
            sheet[f"{column_letter(first_flag + offset)}{number}"] = "=" + emit_flag(rule.node, context)
    book.save(path)
    table = recalculate_values(path, timeout_seconds=900)[SHEET]
    body = [line + [None] * (first_flag + len(roster.rules) - len(line)) for line in table[FIRST_ROW - 1 :]]
    width = first_flag + len(roster.rules) - 1
    return {column_letter(index): [line[index - 1] for line in body] for index in range(1, width + 1)}


def same(sheet: Any, python: Any) -> bool:
    """Whether a recalculated cell and a polars value are the same: an error is null, an empty cell NaN or ""."""
    if isinstance(sheet, datetime | date):
        day = sheet.date() if isinstance(sheet, datetime) else sheet
        sheet = to_serial(day)
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
