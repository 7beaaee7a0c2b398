"""Rows of tables as tests compare them."""

from pathlib import Path
from typing import Any

import openpyxl

from canbao_rulebook.tables import TableSheet
from support.open_books import DAY, body

TOWN = "甲镇"


def shown(table: TableSheet, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a table's rows; days from DAY."""
    rows = body(table).to_dicts()
    return [tuple(row[one] - DAY if one == "day" and row[one] else row[one] for one in columns) for row in rows]


def rows_of(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a table in a workbook, by header; a title and notes stand above the headers."""
    sheet = openpyxl.load_workbook(path, data_only=True)[name]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if sum(cell is not None for cell in row) > 2)
    return [dict(zip(map(str, rows[head]), row, strict=True)) for row in rows[head + 1 :]]
