"""Workbooks for tests, written by hand where openpyxl would be too correct."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from canbao_rulebook.kinds import CellKind

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_validators.reading.raw import RawWorkbook

OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def zip_bytes(parts: dict[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of text parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def relations(**targets: str) -> str:
    """Return a relationships part: ``kind="target"``, ids r1, r2 …"""
    links = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind.rstrip("_")}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>'


def workbook_parts(
    rows: str, strings: str = "", *, namespace: str = MAIN, book: str = "", tail: str = ""
) -> dict[str, str]:
    """Return the parts of a workbook with one sheet 表 whose sheetData holds ``rows``."""
    return {
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{OFFICE}">{book}'
        '<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml"),
        "xl/sharedStrings.xml": f'<sst xmlns="{namespace}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData>{tail}</worksheet>',
    }


def write_parts(path: Path, parts: dict[str, str]) -> Path:
    """Write parts as a package."""
    path.write_bytes(zip_bytes(parts))
    return path


def xml_2003(sheets: dict[str, str], *, encoding: str = "utf-8", head: str = "") -> bytes:
    """Return a SpreadsheetML 2003 file of sheets given as their rows' XML, with the prefix ss."""
    tables = "".join(
        f'<ss:Worksheet ss:Name="{name}"><ss:Table>{rows}</ss:Table></ss:Worksheet>' for name, rows in sheets.items()
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:x="urn:schemas-microsoft-com:office:excel">{head}{tables}</ss:Workbook>'
    )
    return text.encode(encoding)


def as_xml_2003(raw: RawWorkbook) -> bytes:
    """Return a workbook as Excel saves it as an XML table: values, formulas and errors, hidden sheets too."""
    types = {CellKind.NUMBER: "Number", CellKind.TEXT: "String", CellKind.BOOL: "Boolean", CellKind.ERROR: "Error"}
    sheets = {}
    for sheet in raw.sheets.values():
        rows = []
        for row in range(1, sheet.max_row + 1):
            cells = []
            for column in sorted(sheet.columns):
                cell = sheet.cell(row, column)
                if cell.kind in types:
                    number = f"{cell.number:g}" if cell.kind is CellKind.BOOL else repr(cell.number)
                    value = number if cell.kind in {CellKind.NUMBER, CellKind.BOOL} else cell.text
                    formula = ' ss:Formula="=1"' if cell.formula else ""
                    data = f'<ss:Data ss:Type="{types[cell.kind]}">{escape(value)}</ss:Data>'
                    cells.append(f'<ss:Cell ss:Index="{column}"{formula}>{data}</ss:Cell>')
            rows.append(f'<ss:Row ss:Index="{row}">{"".join(cells)}</ss:Row>')
        sheets[sheet.name] = "".join(rows)
    return xml_2003(sheets)


def biff_record(kind: int, content: bytes) -> bytes:
    """Return a record of an .xlsb part."""
    size = len(content)
    lengths = [size & 0x7F] if size < 0x80 else [size & 0x7F | 0x80, size >> 7]
    kinds = [kind] if kind < 0x80 else [kind & 0x7F | 0x80, kind >> 7]
    return bytes([*kinds, *lengths]) + content


def xlsb_bytes(rows: dict[int, list[tuple[int, int, bytes]]], *, date1904: bool = False) -> bytes:
    """Return an .xlsb of one sheet 表; ``rows``: row to (record, column, value and formula), all counted from 0."""
    name, relation = "表".encode("utf-16-le"), "r1".encode("utf-16-le")
    bundle = bytes(4) + (1).to_bytes(4, "little") + (2).to_bytes(4, "little") + relation
    bundle += (1).to_bytes(4, "little") + name
    book = biff_record(131, b"") + biff_record(153, bytes([date1904]) + bytes(11))
    book += biff_record(143, b"") + biff_record(156, bundle) + biff_record(144, b"") + biff_record(132, b"")
    width = max((column for cells in rows.values() for _, column, _ in cells), default=0)
    area = b"".join(number.to_bytes(4, "little") for number in (min(rows), max(rows), 0, width))
    records = [biff_record(129, b""), biff_record(148, area), biff_record(145, b"")]
    for row, cells in rows.items():
        records.append(biff_record(0, row.to_bytes(4, "little") + bytes(13)))
        records += [biff_record(kind, column.to_bytes(4, "little") + bytes(4) + value) for kind, column, value in cells]
    records += [biff_record(146, b""), biff_record(130, b"")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("_rels/.rels", relations(officeDocument="xl/workbook.bin"))
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", relations(worksheet="worksheets/sheet1.bin"))
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(records))
    return buffer.getvalue()
