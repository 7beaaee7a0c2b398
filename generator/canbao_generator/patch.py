"""Cells put into a workbook that somebody else has saved; every other cell, look and name stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_generator.package import PackageWriter, deflate_quickly
from canbao_generator.xml import escape, formula_cell, row_xml, value_cell
from canbao_rulebook.meta import ORIGIN_WORD, WRITTEN_ON
from canbao_rulebook.roster import column_index, column_letter

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Mapping
    from typing import IO

    Cells = Mapping[int, Mapping[int, str]]

_ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>.*?</c>)", re.DOTALL)
_COLUMN = re.compile(rb"<col\b([^>]*?)/?>")
_START, _EMPTY, _END = b"<sheetData>", re.compile(rb"<sheetData\s*/>"), b"</sheetData>"
_SELECTED = re.compile(rb'\s+tabSelected="(?:1|true)"')
_VIEW = b"<sheetView "
_CHAIN = "xl/calcChain.xml"
_CHAIN_ENTRY = re.compile(rb"<(?:Override|Relationship)\b[^>]*calcChain[^>]*/>")
_CALCULATION = re.compile(rb"<calcPr\b[^>]*?/>")
_ACTIVE = re.compile(rb'\s+activeTab="\d+"')
_CORE = "docProps/core.xml"
_KEYWORDS = re.compile(rb"(<cp:keywords>)[^<]*(</cp:keywords>)|<cp:keywords\s*/>")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")
_RECALCULATED = b'<calcPr calcId="0" fullCalcOnLoad="1"/>'
_BEFORE_CALCULATION = re.compile(
    rb"</(?:sheets|externalReferences|definedNames)>|<(?:functionGroups|definedNames)\b[^>]*/>"
)
_BOOK_VIEW = b"<workbookView"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006/"
_CORE_NAMES, _END_OF_CORE = _PACKAGE + b"metadata/core-properties", b"</cp:coreProperties>"
_WRITTEN = (
    b'<dcterms:modified xmlns:dcterms="http://purl.org/dc/terms/" '
    b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="dcterms:W3CDTF"></dcterms:modified>'
)
_CORE_TYPE = b"application/vnd.openxmlformats-package.core-properties+xml"
_CORE_ENTRIES = {  # where the properties are named in a package, and how
    _TYPES: (
        b"</Types>",
        b'<Override PartName="/docProps/core.xml" ContentType="%s"/>' % _CORE_TYPE,
    ),
    _RELATIONS: (
        b"</Relationships>",
        b'<Relationship Id="canbaoCore" Type="%srelationships/metadata/core-properties" Target="docProps/core.xml"/>'
        % _PACKAGE,
    ),
}
_LINK = re.compile(r'=HYPERLINK\("[^"]*","([^"]*)"\)')


class NotPatchableError(ValueError):
    """The sheet is written in a way of which this module cannot tell where a cell stands."""


def put_cells(
    part: bytes, cells: Cells, *, clear_from: int | None = None, heights: Mapping[int, float] | None = None
) -> bytes:
    """Return a sheet part with texts put into cells, by row and column number; a text ``=HYPERLINK(…)`` is a formula,
    an empty one empties the cell.

    ``clear_from``: rows from there on are taken out first. ``heights``, in points, are of rows that were not there;
    they follow what is written into the row later. Raises NotPatchableError.
    """
    part = _EMPTY.sub(_START + _END, part, count=1)
    start, end = part.find(_START), part.rfind(_END)
    if start < 0 or end < start:
        raise NotPatchableError
    head, rows, tail = part[: start + len(_START)], part[start + len(_START) : end], part[end:]
    styles = _column_styles(head)
    waiting, tall = dict(cells), heights or {}
    pieces: list[bytes] = []
    for found in _ROW.finditer(rows):
        number = _number(found[1])
        pieces += [_new_row(row, waiting.pop(row), styles, tall.get(row)) for row in sorted(waiting) if row < number]
        if clear_from is not None and number >= clear_from:
            continue
        own = waiting.pop(number, None)
        pieces.append(found[0] if own is None else _changed_row(found[1], found[2] or b"", number, own, styles))
    pieces += [_new_row(row, waiting[row], styles, tall.get(row)) for row in sorted(waiting)]
    return head + b"".join(pieces) + tail


def patch_package(
    archive: zipfile.ZipFile,
    stream: IO[bytes],
    parts: Mapping[str, Callable[[bytes], bytes]],
    *,
    book_part: str,
    shown: int,
    shown_part: str,
    command: str,
) -> None:
    """Write a copy of a package in which ``parts`` are changed and every formula is worked out when it is opened.

    ``shown``: the place of the sheet that is in front, ``shown_part`` its part; ``command``: what it is a result of.
    """
    writer = PackageWriter(stream)
    has_core = _CORE in archive.namelist()
    for info in archive.infolist():
        name = info.filename
        if info.is_dir() or name.casefold() == _CHAIN.casefold():
            continue
        content = archive.read(info)
        if name in parts:
            content = parts[name](content)
        if name == book_part:
            content = _recalculating(content, shown)
        elif name == _CORE:
            content = _stamped(content, command)
        elif name == _TYPES or name.endswith(".rels"):
            content = _CHAIN_ENTRY.sub(b"", content)
            if not has_core and name in _CORE_ENTRIES:
                content = _with_entry(content, *_CORE_ENTRIES[name])
        elif _VIEW in content[:4096]:
            content = _select(content, selected=name == shown_part)
        writer.add(name, [deflate_quickly([content])])
    if not has_core:
        writer.add(_CORE, [deflate_quickly([_new_core(command)])])
    writer.close()


def _number(attributes: bytes) -> int:
    found = re.search(rb'\br="(\d+)"', attributes)
    if found is None:
        raise NotPatchableError
    return int(found[1])


def _column_styles(head: bytes) -> Callable[[int], int]:
    """Return a function from a column's number to its style."""
    spans = []
    for column in _COLUMN.findall(head):
        found = {key.decode(): int(value) for key, value in re.findall(rb'\b(min|max|style)="(\d+)"', column)}
        spans.append((found.get("min", 0), found.get("max", 0), found.get("style", 0)))
    return lambda place: next((style for first, last, style in spans if first <= place <= last), 0)


def _written(place: str, style: int, text: str) -> bytes:
    link = _LINK.fullmatch(text)
    cell = formula_cell(place, style, text[1:], link[1]) if link else value_cell(place, style, text or None)
    return cell.encode()


def _new_row(row: int, cells: Mapping[int, str], styles: Callable[[int], int], height: float | None) -> bytes:
    inside = (_written(f"{column_letter(place)}{row}", styles(place), cells[place]).decode() for place in sorted(cells))
    return row_xml(row, inside, height, grows=True).encode()


def _changed_row(
    attributes: bytes, inside: bytes, row: int, cells: Mapping[int, str], styles: Callable[[int], int]
) -> bytes:
    """Return a row with cells put in, in the order of their columns; a cell that was there keeps its style."""
    kept: dict[int, bytes] = {}
    for found in _CELL.finditer(inside):
        reference = re.search(rb'\br="([A-Z]+)\d+"', found[1])
        if reference is None:
            raise NotPatchableError
        place = column_index(reference[1].decode())
        style = re.search(rb'\bs="(\d+)"', found[1])
        if place in cells:
            number = int(style[1]) if style else styles(place)
            kept[place] = _written(f"{column_letter(place)}{row}", number, cells[place])
        else:
            kept[place] = found[0]
    for place in cells.keys() - kept.keys():
        kept[place] = _written(f"{column_letter(place)}{row}", styles(place), cells[place])
    attributes = re.sub(rb'\s+spans="[^"]*"', b"", attributes)
    return b"<row%s>%s</row>" % (attributes, b"".join(kept[place] for place in sorted(kept)))


def _recalculating(book: bytes, shown: int) -> bytes:
    """Return the workbook part with every formula to be worked out, a sheet in front. Raises NotPatchableError."""
    if _CALCULATION.search(book):
        book = _CALCULATION.sub(_RECALCULATED, book, count=1)
    else:
        before = max((found.end() for found in _BEFORE_CALCULATION.finditer(book)), default=0)
        if not before:
            raise NotPatchableError
        book = book[:before] + _RECALCULATED + book[before:]
    book = _ACTIVE.sub(b"", book)
    if _BOOK_VIEW in book:
        return book.replace(_BOOK_VIEW, _BOOK_VIEW + b' activeTab="%d"' % shown, 1)
    return book.replace(b"<sheets>", b'<bookViews><workbookView activeTab="%d"/></bookViews><sheets>' % shown, 1)


def _select(sheet: bytes, *, selected: bool) -> bytes:
    """Let one sheet alone be selected: what is typed goes into all that are."""
    sheet = _SELECTED.sub(b"", sheet)
    return sheet.replace(_VIEW, _VIEW + b'tabSelected="1" ', 1) if selected else sheet


def _stamped(core: bytes, command: str) -> bytes:
    """Return the properties of a result that nobody has saved since; new ones where they are written in another way."""
    words = f"<cp:keywords>{escape(f'{ORIGIN_WORD} {command}')}</cp:keywords>".encode()
    if _END_OF_CORE not in core:
        return _new_core(command)
    if not _MODIFIED.search(core):
        core = core.replace(_END_OF_CORE, _WRITTEN + _END_OF_CORE)
    core = _MODIFIED.sub(rb"\g<1>" + WRITTEN_ON.encode() + rb"\2", core)
    if _KEYWORDS.search(core):
        return _KEYWORDS.sub(words, core, count=1)
    return core.replace(_END_OF_CORE, words + _END_OF_CORE)


def _new_core(command: str) -> bytes:
    empty = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp="%s">' % _CORE_NAMES
    return _stamped(empty + _END_OF_CORE, command)


def _with_entry(part: bytes, end: bytes, entry: bytes) -> bytes:
    """Return a list of parts with one more entry. Raises NotPatchableError."""
    if end not in part:
        raise NotPatchableError
    return part.replace(end, entry + end, 1)
