"""Workbooks in Excel's binary formats (.xls, .xlsb): values by calamine, what it does not tell from the records."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.biff import scan_xls
from canbao_validators.reading.builder import SheetBuilder, add_sheet
from canbao_validators.reading.marks import error_of, is_formula
from canbao_validators.reading.raw import BLANK_CELL, Form, RawCell, RawSheet, RawWorkbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.values import to_serial
from canbao_validators.reading.xlsb import scan_xlsb

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

    from canbao_validators.reading.biff import BinaryBook
    from canbao_validators.reading.marks import Marks
    from canbao_validators.reading.package import Package
    from canbao_validators.reading.source import Source

_STATES = ((SheetVisibleEnum.Hidden, "hidden"), (SheetVisibleEnum.VeryHidden, "veryHidden"))
_SHIFT_1904 = 1_462
_DAY = timedelta(days=1)
_MARCH_1900 = date(1900, 3, 1)  # Excel's calendar has a 29 February 1900: before it, serials are one less


def read_xls(source: Source) -> RawWorkbook:
    """Return the cells of an .xls file. Raises UnreadableFile, and lets a panic of the Rust code through as such."""
    return _read(source, scan_xls(source), Form.XLS)


def read_xlsb(package: Package) -> RawWorkbook:
    """Return the cells of an .xlsb package. Raises UnreadableFile."""
    return _read(package.source, scan_xlsb(package), Form.XLSB)


def _read(source: Source, book: BinaryBook, form: Form) -> RawWorkbook:
    sheets: dict[str, RawSheet] = {}
    try:
        with source.open() as stream, CalamineWorkbook.from_filelike(stream) as workbook:
            listed = workbook.sheets_metadata
            if len(listed) != len(book.sheets):
                raise UnreadableFile("V39.damaged")
            for place, (meta, marks) in enumerate(zip(listed, book.sheets, strict=True)):
                if marks is not None:
                    state = next((state for visible, state in _STATES if visible == meta.visible), "visible")
                    builder = SheetBuilder(meta.name, state)
                    _read_sheet(workbook.get_sheet_by_index(place), marks, builder, date1904=book.date1904)
                    add_sheet(sheets, builder)
    except PasswordError as error:
        raise UnreadableFile("V39.cannot_decrypt") from error
    return RawWorkbook(source.path, sheets, book.date1904, {}, form, source.encrypted)


def _read_sheet(sheet: CalamineSheet, marks: Marks, builder: SheetBuilder, *, date1904: bool) -> None:
    """Store the cells of one sheet. calamine begins at row 1, but at the first column that holds something."""
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        builder.merge(top + 1, left + 1, bottom - top, right - left)
    left = sheet.start[1] if sheet.start else 0
    shift = _SHIFT_1904 if date1904 else 0
    rows = sheet.iter_rows() if sheet.start else iter(())
    for row in range(marks.height):
        values = next(rows, [])
        found = marks.row(row)
        for column, mark in enumerate(found):
            place = column - left
            value = values[place] if 0 <= place < len(values) else ""
            if mark or value != "":
                builder.add(row + 1, column + 1, _cell(value, mark, shift))


def _cell(value: object, mark: int, shift: int) -> RawCell:
    """Return a cell by its value and its mark; a formula without a value gives an empty text."""
    formula, error = is_formula(mark), error_of(mark)
    if error:
        return RawCell(CellKind.ERROR, 0.0, error, formula)
    if isinstance(value, str):
        return RawCell(CellKind.TEXT, 0.0, value, formula) if value or formula else BLANK_CELL
    if isinstance(value, bool):
        return RawCell(CellKind.BOOL, float(value), "", formula)
    number = float(value) if isinstance(value, int | float) else _serial(value, shift)
    return RawCell(CellKind.NUMBER, number, "", formula)


def _serial(value: object, shift: int) -> float:
    """Return the number of a cell that calamine has turned into a date, a time or a span of time."""
    if isinstance(value, timedelta):
        return value / _DAY
    if isinstance(value, time):
        passed = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
        return passed / _DAY
    assert isinstance(value, date)
    day = value.date() if isinstance(value, datetime) else value
    return to_serial(value) - shift - (1 if day < _MARCH_1900 else 0)
