"""Types into issued workbooks as a clerk does, by their XML: what openpyxl does, too, at many times the cost.

A cell gets the style of its column, as a spreadsheet program gives it; of the rest only the day it was saved changes.
"""

import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string

from canbao_rulebook.roster import HEADER_ROW
from canbao_validators.reading.values import to_serial

ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
_CELL = re.compile(r'<c r="([A-Z]+)[0-9]+"(?:[^>]*/>|.*?</c>)', re.DOTALL)
_TEXT = re.compile(r't="inlineStr"><is><t[^>]*>([^<]*)</t>')
_COLUMN = re.compile(r'<col [^>]*?style="(\d+)" min="(\d+)" max="(\d+)"')
_SHEET = re.compile(r'<sheet [^>]*?name="([^"]+)"[^>]*?r:id="rId(\d+)"')
_PROPERTIES = "docProps/core.xml"
_MODIFIED = re.compile(r"(<dcterms:modified[^>]*>)[^<]*")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class NotIssuedError(Exception):
    """The workbook is not as it was issued, or what is typed is nothing that is typed: openpyxl must write it."""


def type_in(path: Path, sheets: Mapping[str, list[Mapping[str, Any]]]) -> None:
    """Type rows below the headers of some sheets, by header. Raises NotIssuedError, with the file as it was."""
    parts = _read_parts(path)
    numbers = dict(_SHEET.findall(parts["xl/workbook.xml"].decode()))
    for name, rows in sheets.items():
        part = f"xl/worksheets/sheet{numbers[escape(name)]}.xml"
        parts[part] = _fill_sheet(parts[part].decode(), rows).encode()
    parts[_PROPERTIES] = _MODIFIED.sub(
        rf"\g<1>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", parts[_PROPERTIES].decode()
    ).encode()
    _write_parts(path, parts)


def type_one(path: Path, sheet: str, place: str, text: str) -> None:
    """Type a text into a cell that stands in an issued workbook, with the style it has. Raises NotIssuedError."""
    parts = _read_parts(path)
    numbers = dict(_SHEET.findall(parts["xl/workbook.xml"].decode()))
    part = f"xl/worksheets/sheet{numbers[escape(sheet)]}.xml"
    new = rf'<c r="{place}"\g<1>{_content(text)}</c>'
    typed, times = re.subn(
        rf'<c r="{place}"( s="\d+")?(?: [^>]*/>|/>|[^>]*>.*?</c>)', new, parts[part].decode(), count=1
    )
    if not times:
        raise NotIssuedError
    parts[part] = typed.encode()
    _write_parts(path, parts)


def _read_parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as source:
        return {info.filename: source.read(info) for info in source.infolist()}


def _write_parts(path: Path, parts: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in parts.items():
            target.writestr(name, content)


def _fill_sheet(text: str, rows: list[Mapping[str, Any]]) -> str:
    headers = {
        unescape(found[1]): letter
        for letter, cell in _cells(_row(text, HEADER_ROW)[2]).items()
        if (found := _TEXT.search(cell))
    }
    styles = {number: style for style, low, high in _COLUMN.findall(text) for number in range(int(low), int(high) + 1)}
    if not headers:
        raise NotIssuedError
    for number, values in enumerate(rows, start=HEADER_ROW + 1):
        start, end, row = _row(text, number)
        cells = _cells(row)
        for header, value in values.items():
            if value not in {None, ""}:
                letter = headers[header]
                if " ref=" in cells.get(letter, ""):
                    raise NotIssuedError  # the formula that other cells share
                style = styles.get(column_index_from_string(letter), "0")
                cells[letter] = f'<c r="{letter}{number}" s="{style}"{_content(value)}</c>'
        ordered = sorted(cells, key=lambda letter: (len(letter), letter))
        head = row[: row.find(">") + 1]
        text = f"{text[:start]}{head}{''.join(cells[letter] for letter in ordered)}</row>{text[end:]}"
    return text


def _row(text: str, number: int) -> tuple[int, int, str]:
    """Return where a row begins and ends, and its XML. Raises NotIssuedError where it has none."""
    start = text.find(f'<row r="{number}"')
    end = text.find("</row>", start) + len("</row>")
    if start < 0 or "/>" in text[start : text.find(">", start) + 1]:
        raise NotIssuedError
    return start, end, text[start:end]


def _cells(row: str) -> dict[str, str]:
    return {found[1]: found[0] for found in _CELL.finditer(row)}


def _content(value: Any) -> str:
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v>'
    if isinstance(value, int | float):
        return f"><v>{value!r}</v>"
    if isinstance(value, date):
        return f"><v>{to_serial(value)!r}</v>"
    if not isinstance(value, str) or value.startswith("=") or _UNWRITABLE.search(value):
        raise NotIssuedError
    if value in ERRORS:
        return f' t="e"><v>{value}</v>'
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is>'
