"""What a file really is, whatever its name says: told from its first bytes or from the names inside the archive."""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING, NamedTuple

from canbao_validators.reading.encodings import CONTROLS, SEPARATORS
from canbao_validators.reading.raw import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

HEAD_BYTES = 4_096


class Kind(NamedTuple):
    """What a file is that holds no table of ours: the message that says so, and a name where that needs one."""

    key: str
    what: str = ""


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENTRY = 128  # bytes of an entry of its directory: the name in UTF-16, at 64 how many bytes that takes, …
_OLE_NAME = 64
_OLE_CONTENTS: tuple[tuple[str, Form | Kind], ...] = (
    ("EncryptedPackage", Kind("V39.encrypted")),
    ("Workbook", Form.XLS),
    ("Book", Form.XLS),
    ("WordDocument", Kind("V39.word")),
    ("PowerPoint Document", Kind("V39.other_kind", "PowerPoint")),
)
_ARCHIVE, _PICTURE = Kind("V39.archive"), Kind("V39.picture")
_MAGICS = (
    *((magic, _ARCHIVE) for magic in (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"MSCF")),
    *((magic, _PICTURE) for magic in (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")),
    (b"L\0\0\0\x01\x14\x02\0", Kind("V39.shortcut")),
    (b"{\\rtf", Kind("V39.word")),
    (b"SQLite format 3\0", Kind("V39.other_kind", "SQLite")),
    (b"\0\x01\0\0Standard ", Kind("V39.other_kind", "Access")),
    (b"MZ", Kind("V39.other_kind", "Windows (.exe)")),
)
_INSIDE = (  # what stands further in: where, and what
    (4, b"ftypheic", _PICTURE),
    (4, b"ftypmif1", _PICTURE),
    (8, b"WEBP", _PICTURE),
    (257, b"ustar", _ARCHIVE),
)
_PDF_MARK, _PDF_WITHIN = b"%PDF-", 1_024  # readers look for the mark so far
_TABLE_MARKS = (("id;", "SYLK (.slk)"), ("table\r\n0,1", "DIF (.dif)"), ("table\n0,1", "DIF (.dif)"))
_PACKAGES = (  # parts that only one kind of package has
    ("word/document.xml", Kind("V39.word")),
    ("ppt/presentation.xml", Kind("V39.other_kind", "PowerPoint")),
    ("ofd.xml", Kind("V39.other_kind", "OFD")),
    ("index/document.iwa", Kind("V39.other_kind", "Apple Numbers/Pages")),
)
_OPEN_DOCUMENTS = (("text", Kind("V39.word")), ("presentation", Kind("V39.other_kind", "Impress")))
_HTML_MARKS = ("<html", "<!doctype html", "<table", "<meta", "<head", "mime-version:")
_XML_MARK = "urn:schemas-microsoft-com:office:spreadsheet"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_FLAT_ODS_MARK = f"{_OPEN_DOCUMENT}spreadsheet"
_WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".et")


def identify_stranger(path: Path, head: bytes) -> Form | Kind:
    """Return the form of a file that is not a zip archive, or the kind of one that holds no table."""
    if not head:
        return Kind("V39.empty")
    if head.startswith(_OLE):
        return _identify_ole(path)
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    for place, magic, kind in _INSIDE:
        if head.startswith(magic, place):
            return kind
    if _PDF_MARK in head[:_PDF_WITHIN]:
        return Kind("V39.pdf")
    if _is_ancient_biff(head):
        return Kind("V39.old_xls")
    text = _decode(head)
    if text is not None:
        return _identify_text(text, path.suffix.casefold())
    return Kind("V39.damaged" if path.suffix.casefold() in _WORKBOOK_SUFFIXES else "V39.not_workbook")


def identify_package(names: Collection[str], mimetype: str = "") -> Form | Kind:
    """Return the form of a zip archive, or the kind of one that is no workbook; ``mimetype`` is what it says itself."""
    present = {name.replace("\\", "/").casefold() for name in names}
    if "xl/workbook.bin" in present:
        return Form.XLSB
    if any(name.startswith("xl/") and name.endswith(".xml") for name in present):
        return Form.XLSX
    for part, kind in _PACKAGES:
        if part in present:
            return kind
    if "content.xml" in present:
        stated = mimetype.strip().casefold().removeprefix(_OPEN_DOCUMENT)
        return next((kind for word, kind in _OPEN_DOCUMENTS if stated.startswith(word)), Form.ODS)
    return Kind("V39.archive" if any(name.endswith(_WORKBOOK_SUFFIXES) for name in present) else "V39.not_workbook")


def _identify_ole(path: Path) -> Form | Kind:
    """Tell by the names of streams, in whatever case they are written."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for name, found in _OLE_CONTENTS:
            if next(find_ole_entries(content, name), None) is not None:
                return found
        for name, found in _OLE_CONTENTS:  # a directory that was torn
            if content.find(name.encode("utf-16-le") + b"\0\0") >= 0:
                return found
    return Kind("V39.not_workbook")


def find_ole_entries(content: bytes | mmap.mmap, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield where an OLE directory has a name, in any case, and how it is written there, in UTF-16.

    Sectors lie anywhere, but an entry at a multiple of its size.
    """
    pattern = b"".join(re.escape(letter.encode("utf-16-le")) for letter in name) + rb"\0\0"
    size = (2 * len(name) + 2).to_bytes(2, "little")
    for match in re.finditer(b"(?i:" + pattern + b")", content):
        start = match.start()
        if start % _OLE_ENTRY == 0 and content[start + _OLE_NAME : start + _OLE_NAME + 2] == size:
            yield start, match[0][:-2]


def with_usual_names(content: bytes) -> bytes:
    """Return an .xls with the names of its streams as Excel writes them, which readers look for."""
    for name in ("Workbook", "Book"):
        for start, written in find_ole_entries(content, name):
            content = content[:start] + name.encode("utf-16-le") + content[start + len(written) :]
    return content


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


def _identify_text(text: str, suffix: str) -> Form | Kind:
    start = text.lstrip().casefold()
    if start.startswith("<?xml") and _FLAT_ODS_MARK in start:
        return Form.ODS
    if _XML_MARK in start and not any(start.startswith(mark) for mark in _HTML_MARKS):
        return Form.XML_2003
    if any(mark in start for mark in _HTML_MARKS):
        return Form.HTML
    for mark, what in _TABLE_MARKS:
        if start.startswith(mark):
            return Kind("V39.table_text", what)
    if start.startswith("<?xml"):
        return Kind("V39.not_workbook")
    if suffix in {".csv", ".txt", ".tsv"} or any(separator in text for separator in SEPARATORS):
        return Form.CSV
    return Kind("V39.not_workbook")
