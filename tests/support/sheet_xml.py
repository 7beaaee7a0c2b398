"""A sheet of plain cells, written and read as XML: what openpyxl does, too, at many times the cost."""

import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NS = f"{{{_MAIN}}}"
_FIRST = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
ANY_ROW = 999_983  # stands in no formula for anything else
TEXT_STYLE = 1  # of a workbook whose one style is that of text


def replace_first_sheet(path: Path, rows: Mapping[int, Iterable[str]]) -> None:
    """Put rows of cells, as `cell` makes them, in place of what the first sheet of a workbook holds."""
    lines = "".join(f'<row r="{number}">{"".join(cells)}</row>' for number, cells in rows.items())
    sheet = f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    with zipfile.ZipFile(path) as source:
        parts = {info.filename: source.read(info) for info in source.infolist()}
    parts[_FIRST] = sheet.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in parts.items():
            target.writestr(name, content)


@dataclass
class SharedFormula:
    """A formula of the cells of a column, as Excel writes it: whole in the first cell that has it, then by number.

    ``text`` has ANY_ROW for the number of the row.
    """

    number: int
    area: str
    text: str
    _written: bool = False

    def cell(self, place: str, row: str) -> str:
        """Return a cell with the formula."""
        if self._written:
            return f'<c r="{place}"><f t="shared" si="{self.number}"/></c>'
        self._written = True
        text = escape(self.text.replace(str(ANY_ROW), row))
        return f'<c r="{place}"><f t="shared" ref="{self.area}" si="{self.number}">{text}</f></c>'


def cell(place: str, value: str | float) -> str:
    """Return a cell with a value as the kind it is: text stays text whatever it looks like."""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
        return f'<c r="{place}" s="{TEXT_STYLE}" t="inlineStr">{text}</c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def error_cell(place: str) -> str:
    """Return a cell that is an error."""
    return f'<c r="{place}"><f>NA()</f></c>'


def read_first_sheet(path: Path, columns: int, rows: range) -> dict[str, list[Any]]:
    """Return the cells of each column, by letter: numbers (dates too), booleans, texts, errors, None for blank."""
    with zipfile.ZipFile(path) as source:
        shared = _read_strings(source)
        found = {
            item.get("r"): _read_value(item, shared)
            for _, item in ET.iterparse(source.open(_FIRST))
            if item.tag == f"{_NS}c"
        }
    letters = map(get_column_letter, range(1, columns + 1))
    return {letter: [found.get(f"{letter}{row}") for row in rows] for letter in letters}


def _read_strings(source: zipfile.ZipFile) -> list[str]:
    if _STRINGS not in source.namelist():
        return []
    return [
        "".join(text.text or "" for text in item.iter(f"{_NS}t")) for item in ET.parse(source.open(_STRINGS)).getroot()
    ]


def _read_value(item: ET.Element, shared: list[str]) -> Any:
    text = item.findtext(f"{_NS}v")
    match item.get("t", "n"):
        case _ if text is None:
            return None
        case "b":
            return text == "1"
        case "n":
            return float(text)
        case "s":
            return shared[int(text)]
        case _:  # the text of a formula, an error
            return text
