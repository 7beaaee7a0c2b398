"""The records of an .xlsb package that calamine does not tell about: formulas, errors and the date system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_validators.reading.biff import BinaryBook
from canbao_validators.reading.marks import Marks
from canbao_validators.reading.workbook import read_relations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_validators.reading.package import Package

_BOOK = "xl/workbook.bin"
_ROW, _BLANK, _ERROR, _LAST_FORMULA, _ERROR_FORMULA = 0, 1, 3, 11, 11
_FIRST_FORMULA, _BOOK_PROPERTIES, _BUNDLE_SHEET = 8, 153, 156
_CELL_BYTES = 8  # column and style, before the value
_MAX_COLUMN = 0x3FFF
_MAX_ROW = 0xFFFFF


def scan_xlsb(package: Package) -> BinaryBook:
    """Return what the records of a package say, its sheets in order. Raises UnreadableFile for a missing part."""
    book = BinaryBook()
    relations = read_relations(package, _BOOK)
    for kind, content in _records(_read(package, _BOOK)):
        if kind == _BOOK_PROPERTIES and content:
            book.date1904 = bool(content[0] & 1)
        elif kind == _BUNDLE_SHEET:
            relation = relations.get(_relation_id(content))
            is_sheet = relation is not None and relation.kind == "worksheet"
            book.sheets.append(_scan_sheet(_read(package, relation.target)) if is_sheet and relation else None)
    return book


def _read(package: Package, part: str) -> bytes:
    with package.open(part) as stream:
        return stream.read()


def _relation_id(content: bytes) -> str:
    """Return the relation of a sheet record: state, number, then a counted text in UTF-16."""
    count = int.from_bytes(content[8:12], "little")
    return content[12 : 12 + 2 * count].decode("utf-16-le", "replace")


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of each record; both kind and length take a byte, and more while its top bit is set."""
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80 and at < len(data):
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < len(data):
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[at : at + size]
        at += size


def _scan_sheet(data: bytes) -> Marks:
    marks = Marks()
    row = 0
    for kind, content in _records(data):
        if kind == _ROW:
            row = int.from_bytes(content[:4], "little") & _MAX_ROW
        elif _BLANK < kind <= _LAST_FORMULA and len(content) >= _CELL_BYTES:
            column = int.from_bytes(content[:4], "little") & _MAX_COLUMN
            has_error = kind in {_ERROR, _ERROR_FORMULA} and len(content) > _CELL_BYTES
            error = content[_CELL_BYTES] if has_error else None
            marks.note(row, column, formula=kind >= _FIRST_FORMULA, error=error)
    marks.finish()
    return marks
