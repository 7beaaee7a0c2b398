"""The records of an .xls file that calamine does not tell about: formulas, errors, the date system, encryption."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING

import olefile

from canbao_validators.reading.marks import Marks
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_validators.reading.source import Source

STREAMS = ("Workbook", "Book")  # of Excel 97 and later, of Excel 5 and 95
_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0022, 0x0085
_FORMULAS = {0x0006, 0x0206, 0x0406}
_VALUES = {0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6}  # NUMBER, RK, LABELSST, LABEL, RSTRING
_BOOLERR, _MULRK = 0x0205, 0x00BD
_IS_ERROR = 2  # first byte of a formula's result that is no number
_HEAD, _PLACE, _SHEET = Struct("<HH"), Struct("<HH"), Struct("<IBB")
_FORMULA_BYTES, _BOOLERR_BYTES = 14, 8


@dataclass(slots=True)
class BinaryBook:
    """What the records say; ``sheets`` are in the order of the workbook, None for what is no worksheet."""

    date1904: bool = False
    sheets: list[Marks | None] = field(default_factory=list)


def scan_xls(source: Source) -> BinaryBook:
    """Return what the records of an .xls file say. Raises UnreadableFile when they are not records."""
    data = _read_stream(source)
    book = BinaryBook()
    places: list[tuple[int, bool]] = []
    for kind, at, size in _records(data, 0):
        if kind == _DATEMODE and size >= 2:
            book.date1904 = bool(data[at])
        elif kind == _BOUNDSHEET and size >= _SHEET.size:
            start, _, sheet_type = _SHEET.unpack_from(data, at)
            places.append((start, sheet_type == 0))
        elif kind == _EOF:
            break
    book.sheets = [_scan_sheet(data, start) if is_sheet else None for start, is_sheet in places]
    return book


def is_encrypted(source: Source) -> bool:
    """Tell whether an .xls file needs a password to be read. Raises UnreadableFile when it is none."""
    for kind, _, _ in _records(_read_stream(source), 0):
        if kind in {_FILEPASS, _EOF}:
            return kind == _FILEPASS
    return False


def _read_stream(source: Source) -> bytes:
    with source.open() as stream, olefile.OleFileIO(stream) as ole:
        for name in STREAMS:
            if ole.exists(name):
                content: bytes = ole.openstream(name).read()
                return content
    raise UnreadableFile("V39.damaged")


def _records(data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and size of each record's content."""
    last = len(data) - _HEAD.size
    while at <= last:
        kind, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + size > len(data):
            return
        yield kind, at, size
        at += size


def _scan_sheet(data: bytes, start: int) -> Marks:
    marks = Marks()
    depth = 0  # a chart inside a sheet has a beginning and an end of its own
    for kind, at, size in _records(data, start):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1:
            _note_cell(marks, data, kind, at, size)
    marks.finish()
    return marks


def _note_cell(marks: Marks, data: bytes, kind: int, at: int, size: int) -> None:
    if kind in _VALUES and size >= _PLACE.size:
        marks.note(*_PLACE.unpack_from(data, at))
    elif kind in _FORMULAS and size >= _FORMULA_BYTES:
        is_error = data[at + 6] == _IS_ERROR and data[at + 12 : at + 14] == b"\xff\xff"
        marks.note(*_PLACE.unpack_from(data, at), formula=True, error=data[at + 8] if is_error else None)
    elif kind == _BOOLERR and size >= _BOOLERR_BYTES:
        marks.note(*_PLACE.unpack_from(data, at), error=data[at + 6] if data[at + 7] else None)
    elif kind == _MULRK and size >= _PLACE.size + 2:
        row, _ = _PLACE.unpack_from(data, at)
        marks.note(row, int.from_bytes(data[at + size - 2 : at + size], "little"))
