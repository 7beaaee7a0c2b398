"""What LibreOffice forgets of an Excel file's protection when it loads it; read from the file itself.

These are the locked structure of a workbook (7.4 drops it), and what a protected sheet still allows (``formatColumns``
…). The answer is remembered for as long as the document is open, since LibreOffice saves the file without either.
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from typing import IO, Any

from canbao_addin.hosts.libreoffice.bridge import file_path

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FREEDOMS = (
    *("formatCells", "formatColumns", "formatRows", "insertColumns", "insertRows", "insertHyperlinks"),
    *("deleteColumns", "deleteRows", "sort", "autoFilter", "pivotTables"),
)
_PROTECTION = re.compile(rb"<(?:\w+:)?sheetProtection\b([^>]*)>")
_CHUNK, _OVERLAP = 1 << 20, 1 << 12


@dataclass
class _Saved:
    locked_structure: bool = False
    parts: dict[str, str] = field(default_factory=dict)  # sheet name → part of the package
    freedoms: dict[str, frozenset[str]] = field(default_factory=dict)


_known: dict[tuple[str, str], _Saved] = {}  # by document and file, so that a book saved elsewhere keeps what it had


def has_locked_structure(document: Any) -> bool:
    return bool(document.isProtected()) or remember(document).locked_structure


def freedoms(document: Any, sheet: str) -> frozenset[str]:
    """What the protection of a sheet allows, by the names of ``sheetProtection``'s attributes."""
    saved = remember(document)
    if sheet not in saved.freedoms:
        saved.freedoms[sheet] = _read_freedoms(file_path(document.URL), saved.parts.get(sheet, ""))
    return saved.freedoms[sheet]


def remember(document: Any) -> _Saved:
    """Read once what a document's file says. To be called before the document is saved."""
    uid: str = document.RuntimeUID
    for (known, _), saved in _known.items():
        if known == uid:
            return saved
    path = file_path(document.URL)
    return _known.setdefault((uid, path), _read_book(path))


def forget(document: Any) -> None:
    """Of a document that is being closed."""
    for key in [key for key in _known if key[0] == document.RuntimeUID]:
        del _known[key]


def _read_book(path: str) -> _Saved:
    saved = _Saved()
    try:
        with zipfile.ZipFile(path) as package:
            book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 - no entities in a plain parse of our size
            relations = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (OSError, KeyError, zipfile.BadZipFile, ET.ParseError):
        return saved
    protection = book.find(f"{_MAIN}workbookProtection")
    saved.locked_structure = protection is not None and protection.get("lockStructure") in ("1", "true")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = posixpath.join("/xl", targets.get(sheet.get(_RELATION), ""))
        saved.parts[sheet.get("name", "")] = posixpath.normpath(target).lstrip("/")
    return saved


def _read_freedoms(path: str, part: str) -> frozenset[str]:
    try:
        with zipfile.ZipFile(path) as package, package.open(part) as stream:
            attributes = _find_protection(stream)
    except (OSError, KeyError, zipfile.BadZipFile):
        return frozenset()
    return frozenset(name for name in _FREEDOMS if re.search(rf'\b{name}="(0|false)"', attributes))


def _find_protection(stream: IO[bytes]) -> str:
    """The attributes of the element; it stands behind the rows, so the sheet is read through in pieces."""
    rest = b""
    while piece := stream.read(_CHUNK):
        if found := _PROTECTION.search(rest + piece):
            return found[1].decode()
        rest = piece[-_OVERLAP:]
    return ""
