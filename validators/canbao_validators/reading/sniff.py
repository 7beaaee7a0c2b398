"""What a file really is, whatever its name says: told from its first bytes or from the names inside the archive."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

from canbao_validators.reading.encodings import CONTROLS, SEPARATORS
from canbao_validators.reading.raw import Form

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

HEAD_BYTES = 4_096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_CONTENTS = (("EncryptedPackage", "V39.encrypted"), ("Workbook", Form.XLS), ("Book", Form.XLS))
_MAGICS = (
    (b"%PDF", "V39.pdf"),
    (b"Rar!", "V39.archive"),
    (b"7z\xbc\xaf\x27\x1c", "V39.archive"),
    (b"\x1f\x8b", "V39.archive"),
)
_HTML_MARKS = ("<html", "<!doctype html", "<table", "<meta", "<head", "mime-version:")
_XML_MARK = "urn:schemas-microsoft-com:office:spreadsheet"
_FLAT_ODS_MARK = "application/vnd.oasis.opendocument.spreadsheet"
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".et")


def identify_stranger(path: Path, head: bytes) -> Form | str:
    """Return the form of a file that is not a zip archive, or the message key for one that holds no table."""
    if not head:
        return "V39.empty"
    if head.startswith(_OLE):
        return _identify_ole(path)
    for magic, key in _MAGICS:
        if head.startswith(magic):
            return key
    if _is_ancient_biff(head):
        return "V39.old_xls"
    text = _decode(head)
    if text is not None:
        return _identify_text(text, path.suffix.casefold())
    return "V39.damaged" if path.suffix.casefold() in _WORKBOOK_SUFFIXES else "V39.not_workbook"


def identify_package(names: Collection[str]) -> Form | str:
    """Return the form of a zip archive, or the message key for one that is no workbook."""
    present = {name.replace("\\", "/").casefold() for name in names}
    if "xl/workbook.bin" in present:
        return Form.XLSB
    if any(name.startswith("xl/") and name.endswith(".xml") for name in present):
        return Form.XLSX
    if "mimetype" in present and "content.xml" in present:
        return Form.ODS
    return "V39.archive" if any(name.endswith(_WORKBOOK_SUFFIXES) for name in present) else "V39.not_workbook"


def _identify_ole(path: Path) -> Form | str:
    """Tell by the stream names: an OLE directory keeps them in UTF-16, wherever its sectors lie."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for name, found in _OLE_CONTENTS:
            if content.find(name.encode("utf-16-le") + b"\0\0") >= 0:
                return found
    return "V39.not_workbook"


def _is_ancient_biff(head: bytes) -> bool:
    """Tell a bare Excel 2 to 5 stream by its BOF record: type, then a length of 4 to 16."""
    return len(head) >= 4 and head[0] == 9 and head[1] in {0, 2, 4, 8} and 4 <= head[2] <= 16 and head[3] == 0


def _decode(head: bytes) -> str | None:
    """Return the head as text, None when it is binary. The last characters may be cut in half."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<\0" in head[:8] or b"\0<" in head[:8]:
        little = head.startswith((b"\xff\xfe", b"<\0"))
        return head.decode("utf-16-le" if little else "utf-16-be", "replace").lstrip("\ufeff")
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(4):
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return None if CONTROLS & set(text) else text
    return None


def _identify_text(text: str, suffix: str) -> Form | str:
    start = text.lstrip().casefold()
    if start.startswith("<?xml") and _FLAT_ODS_MARK in start:
        return Form.ODS
    if _XML_MARK in start and not any(start.startswith(mark) for mark in _HTML_MARKS):
        return Form.XML_2003
    if any(mark in start for mark in _HTML_MARKS):
        return Form.HTML
    if start.startswith("<?xml"):
        return "V39.not_workbook"
    if suffix in {".csv", ".txt", ".tsv"} or any(separator in text for separator in SEPARATORS):
        return Form.CSV
    return "V39.not_workbook"
