"""The command line as a test drives it, and workbooks as a clerk fills them."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from canbao_addin.cli.main import run
from canbao_rulebook.roster import HEADER_ROW
from support.typing_in import NotIssuedError, type_in


def write_units(path: Path, rows: Iterable[Iterable[Any]]) -> Path:
    """A list of townships as CSV: 乡镇, 村, 组, 目标任务数."""
    lines = ["乡镇,村,组,目标任务数", *(",".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def headers(sheet: Worksheet) -> dict[str, int]:
    """Column numbers by header."""
    return {str(cell.value): cell.column for cell in sheet[HEADER_ROW] if cell.value}


def fill(path: Path, sheets: Mapping[str, list[Mapping[str, Any]]]) -> None:
    """Type rows into the sheets of a generated workbook, by header, from the first data row on."""
    with suppress(NotIssuedError):
        type_in(path, sheets)
        return
    book = openpyxl.load_workbook(path)
    for name, rows in sheets.items():
        sheet = book[name]
        places = headers(sheet)
        for number, row in enumerate(rows, start=HEADER_ROW + 1):
            for header, value in row.items():
                if value not in {None, ""}:
                    sheet.cell(number, places[header]).value = value
    book.save(path)


def check_json(tmp_path: Path, *files: Path) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON of `canbao check`."""
    out = tmp_path / "check.json"
    status = run(["check", *map(str, files), "--json", str(out)])
    return status, json.loads(out.read_text(encoding="utf-8"))


def read_sheet(path: Path, name: str) -> list[dict[str, Any]]:
    """The cached values of a roster sheet, one dictionary a data row, rows without a name left out."""
    sheet = openpyxl.load_workbook(path, data_only=True, read_only=True)[name]
    found = sheet.iter_rows(min_row=HEADER_ROW, values_only=True)
    headers_in_order = next(found)
    rows = [
        {str(header): value for header, value in zip(headers_in_order, values, strict=True) if header}
        for values in found
    ]
    return [row for row in rows if row.get("姓名")]


def as_text(value: Any) -> str:
    """A cell value as a worked case writes it."""
    if value is None:
        return ""
    if hasattr(value, "date"):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.2f}"
    return str(value)
