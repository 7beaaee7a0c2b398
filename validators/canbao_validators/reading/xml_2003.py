"""SpreadsheetML 2003 ("XML 表格 2003", also exported under the name .xls): expat, nothing else."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.builder import SheetBuilder, add_sheet
from canbao_validators.reading.numbers import MAX_ROW, whole
from canbao_validators.reading.raw import Form, RawCell, RawSheet, RawWorkbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.values import BLANK, EPOCH_1900, EPOCH_1904, TEXT, read_value
from canbao_validators.reading.xml import feed, make_parser

if TYPE_CHECKING:
    from typing import IO

    from canbao_validators.reading.source import Source
    from canbao_validators.reading.values import Value

SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_SS, _X = f"{SPREADSHEET} ", "urn:schemas-microsoft-com:office:excel "
_TYPES = {"Number": "n", "Boolean": "b", "Error": "e", "DateTime": "d"}
_STATES = {"SheetHidden": "hidden", "SheetVeryHidden": "veryHidden"}
_CHINESE = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?:gb2312|gbk|gb18030)["']""", re.IGNORECASE)
_DECLARATION_BYTES = 200


def read_xml_2003(source: Source) -> RawWorkbook:
    """Return the cells of a workbook in one XML file. Raises UnreadableFile."""
    scanner = _Scanner()
    chinese = _CHINESE.match(source.head(_DECLARATION_BYTES).lstrip())
    parser = make_parser("utf-8" if chinese else None)
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.parts.append
    with source.open() as stream:
        feed(parser, _as_utf8(stream) if chinese else stream)
    if not scanner.is_workbook:
        raise UnreadableFile("V39.not_workbook")
    return RawWorkbook(source.path, scanner.sheets, scanner.date1904, {}, Form.XML_2003, source.encrypted)


def _as_utf8(stream: IO[bytes]) -> codecs.StreamRecoder:
    """Return the same text in an encoding that expat knows."""
    return codecs.EncodedFile(stream, "utf-8", "gb18030")


class _Scanner:
    """Receives the events of the file."""

    def __init__(self) -> None:
        self.sheets: dict[str, RawSheet] = {}
        self.date1904 = self.is_workbook = False
        self.parts: list[str] = []
        self.sheet: SheetBuilder | None = None
        self.row = self.column = self.row_span = 0
        self.cell: dict[str, str] = {}
        self.type = self.text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        match name.removeprefix(_SS):
            case "Data":
                self.type = attributes.get(f"{_SS}Type", "String")
                self.parts.clear()
            case "Cell":
                self.column = _number(attributes, "Index", self.column + 1)
                self.cell, self.type, self.text = attributes, "", ""
            case "Row":
                self.row = _number(attributes, "Index", self.row + self.row_span + 1)
                self.row_span = _number(attributes, "Span", 0)
                self.column = 0
            case "Worksheet":
                self.sheet = SheetBuilder(attributes.get(f"{_SS}Name", ""))
                self.row = self.row_span = 0
            case "Workbook":
                self.is_workbook = True
            case _ if name == f"{_X}Visible":
                self.parts.clear()

    def end(self, name: str) -> None:
        """Close an element."""
        match name.removeprefix(_SS):
            case "Data":
                self.text = "".join(self.parts)
            case "Cell" if self.sheet is not None:
                self._close_cell(self.sheet)
            case "Worksheet" if self.sheet is not None:
                add_sheet(self.sheets, self.sheet)
                self.sheet = None
            case _ if name == f"{_X}Date1904":
                self.date1904 = True
            case _ if name == f"{_X}Visible" and self.sheet is not None:
                self.sheet.state = _STATES.get("".join(self.parts).strip(), "visible")

    def _close_cell(self, sheet: SheetBuilder) -> None:
        across, down = _number(self.cell, "MergeAcross", 0), _number(self.cell, "MergeDown", 0)
        sheet.merge(self.row, self.column, down, across)
        kind, number, text = self._value()
        formula = self.cell.get(f"{_SS}Formula", "")
        sheet.add(self.row, self.column, RawCell(CellKind(kind), number, text, f"{_SS}Formula" in self.cell))
        if formula:
            sheet.keep_formula(self.row, self.column, formula)
        self.column += across

    def _value(self) -> Value:
        if self.type in _TYPES:
            return read_value(_TYPES[self.type], self.text, EPOCH_1904 if self.date1904 else EPOCH_1900)
        return (TEXT if self.text or self.type else BLANK), 0.0, self.text


def _number(attributes: dict[str, str], name: str, default: int) -> int:
    """Return a place or a count that an attribute states. Raises UnreadableFile for what no sheet has."""
    stated = whole(attributes.get(_SS + name, str(default)))
    if stated is None or not 0 <= stated <= MAX_ROW:
        raise UnreadableFile("V39.beyond_limit")
    return stated
