"""OpenDocument spreadsheets, zipped (.ods) or flat (.fods): expat over the content, kinds and formulas kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.builder import SheetBuilder, add_sheet
from canbao_validators.reading.numbers import whole
from canbao_validators.reading.raw import Form, RawCell, RawSheet, RawWorkbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.values import EPOCH_1900, EPOCH_1904, read_value
from canbao_validators.reading.xml import feed, make_parser

if TYPE_CHECKING:
    from datetime import datetime
    from typing import IO

    from canbao_validators.reading.package import Package
    from canbao_validators.reading.source import Source

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_TABLE, _OFFICE, _TEXT = (f"{_OASIS}:{name}:1.0 " for name in ("table", "office", "text"))
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_CELLS = {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}
_ROW, _SHEET, _PARAGRAPH, _NOTE = f"{_TABLE}table-row", f"{_TABLE}table", f"{_TEXT}p", f"{_OFFICE}annotation"
_SIGNS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_NUMBERS = {"float", "percentage", "currency"}
_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_ENCRYPTED = b"encryption-data"
_MANIFEST_BYTES = 1 << 20
_MAX_REPEAT = 1 << 20
_REFERENCE = re.compile(r"\[\.?([^\[\]]+)\]")
_MOST_SPACES = 32_767  # characters of one cell
_BLANKS = re.compile(r"[ \t\r\n]+")
_DURATION = re.compile(r"(-?)P(?:(\d{1,9})D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d*)?)S)?")


def read_ods(package: Package) -> RawWorkbook:
    """Return the cells of a zipped spreadsheet. Raises UnreadableFile, also for one with a password."""
    if _MANIFEST in package:
        with package.open(_MANIFEST) as stream:
            if _ENCRYPTED in stream.read(_MANIFEST_BYTES):
                raise UnreadableFile("V39.cannot_decrypt")
    with package.open(_CONTENT) as stream:
        return _read(stream, package.source)


def read_flat(source: Source) -> RawWorkbook:
    """Return the cells of a flat XML spreadsheet. Raises UnreadableFile."""
    with source.open() as stream:
        return _read(stream, source)


def _read(stream: IO[bytes], source: Source) -> RawWorkbook:
    scanner = _Scanner()
    parser = make_parser()
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.characters
    feed(parser, stream)
    return RawWorkbook(source.path, scanner.sheets, scanner.date1904, {}, Form.ODS, source.encrypted)


class _Scanner:
    """Receives the events of the content; sheets inside sheets and notes beside cells are passed over."""

    def __init__(self) -> None:
        self.sheets: dict[str, RawSheet] = {}
        self.date1904 = False
        self.sheet: SheetBuilder | None = None
        self.depth = 0  # sheets that are open: one inside another belongs to a drawing
        self.notes = 0
        self.writing = False  # inside a paragraph of a cell
        self.row = self.column = 0
        self.row_repeat = 1
        self.row_cells: list[tuple[int, int, RawCell]] = []
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[list[str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if name == _SHEET:
            self.depth += 1
            if self.depth == 1:
                self.sheet, self.row = SheetBuilder(attributes.get(f"{_TABLE}name", "")), 0
        elif name == _NOTE:
            self.notes += 1
        elif name == f"{_TABLE}null-date":
            self.date1904 = attributes.get(f"{_TABLE}date-value", "").startswith(f"{EPOCH_1904:%Y-%m-%d}")
        elif self.depth != 1 or self.notes:
            return
        elif name == _ROW:
            self.row_repeat = _repeat(attributes, "number-rows-repeated")
            self.column = 0
        elif name in _CELLS:
            self.cell, self.paragraphs = attributes, []
        elif self.cell is not None:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == _PARAGRAPH:
            self.paragraphs.append([])
            self.writing = True
        elif self.writing and name == f"{_TEXT}s":
            count = min(max(0, whole(attributes.get(f"{_TEXT}c", "1")) or 0), _MOST_SPACES)
            self.paragraphs[-1].append(" " * count)
        elif self.writing and name in _SIGNS:
            self.paragraphs[-1].append(_SIGNS[name])

    def end(self, name: str) -> None:
        """Close an element."""
        if name == _NOTE:
            self.notes -= 1
        elif name == _SHEET:
            self.depth -= 1
            if self.depth == 0 and self.sheet is not None:
                add_sheet(self.sheets, self.sheet)
        elif self.depth != 1 or self.notes:
            return
        elif name == _PARAGRAPH:
            self.writing = False
        elif name in _CELLS and self.cell is not None:
            self._close_cell(self.cell)
            self.cell, self.writing = None, False
        elif name == _ROW:
            self._close_row()

    def characters(self, text: str) -> None:
        """Keep the text of a paragraph in a cell; blanks that count are elements of their own."""
        if self.writing and not self.notes:
            self.paragraphs[-1].append(_BLANKS.sub(" ", text))

    def _close_cell(self, attributes: dict[str, str]) -> None:
        assert self.sheet is not None
        repeat = _repeat(attributes, "number-columns-repeated")
        cell = self._value(attributes)
        if cell.kind != CellKind.BLANK or cell.formula:
            self.row_cells.append((self.column + 1, repeat, cell))
        if cell.formula:
            formula = _plain_formula(attributes[f"{_TABLE}formula"])
            self.sheet.keep_formula(self.row + 1, self.column + 1, formula)
        down, across = (_repeat(attributes, f"number-{what}-spanned") - 1 for what in ("rows", "columns"))
        self.sheet.merge(self.row + 1, self.column + 1, down, across)
        self.column += repeat

    def _close_row(self) -> None:
        assert self.sheet is not None
        if self.row_cells:
            for row in range(self.row + 1, self.row + self.row_repeat + 1):
                for first, repeat, cell in self.row_cells:
                    for column in range(first, first + repeat):
                        self.sheet.add(row, column, cell)
            self.row_cells = []
        self.row += self.row_repeat

    def _value(self, attributes: dict[str, str]) -> RawCell:
        formula = f"{_TABLE}formula" in attributes
        kind = attributes.get(f"{_OFFICE}value-type", "")
        shown = "\n".join("".join(parts) for parts in self.paragraphs)
        if attributes.get(f"{_CALC}value-type") == "error":
            return RawCell(CellKind.ERROR, 0.0, shown.strip(), formula)
        if kind in _NUMBERS:
            found = read_value("n", attributes.get(f"{_OFFICE}value", ""), self._epoch())
        elif kind == "boolean":
            found = read_value("b", attributes.get(f"{_OFFICE}boolean-value", ""), self._epoch())
        elif kind == "date":
            found = read_value("d", attributes.get(f"{_OFFICE}date-value", ""), self._epoch())
        elif kind == "time":
            found = _duration(attributes.get(f"{_OFFICE}time-value", ""))
        else:
            text = attributes.get(f"{_OFFICE}string-value", shown)
            found = (CellKind.TEXT if text or formula else CellKind.BLANK, 0.0, text)
        return RawCell(CellKind(found[0]), found[1], found[2], formula)

    def _epoch(self) -> datetime:
        return EPOCH_1904 if self.date1904 else EPOCH_1900


def _plain_formula(text: str) -> str:
    """Return a formula as people see it: ``of:=[.K5]&"a"`` is ``=K5&"a"``."""
    return _REFERENCE.sub(r"\1", text[text.find("=") :])


def _repeat(attributes: dict[str, str], name: str) -> int:
    """Return how often a row or cell stands there, 1 when nothing is said. Raises UnreadableFile for what cannot be."""
    count = whole(attributes.get(_TABLE + name, "1"))
    if count is None:
        raise UnreadableFile("V39.damaged")
    if not 1 <= count <= _MAX_REPEAT:
        raise UnreadableFile("V39.beyond_limit")
    return count


def _duration(text: str) -> tuple[int, float, str]:
    """Return a time of day, or a span of time, as the part of a day that a cell would hold."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return CellKind.TEXT, 0.0, text
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    number = days + hours / 24 + minutes / 1_440 + seconds / 86_400
    return CellKind.NUMBER, -number if match[1] else number, ""
