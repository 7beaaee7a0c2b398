"""Workbooks for tests, written by hand where openpyxl would be too correct."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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
