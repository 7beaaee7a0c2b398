"""A workbook's sheets, whatever the form of the file.

Of .xlsx the fast lane reads where it is sure of what it reads, the slow lane everything else.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from canbao_rulebook.meta import OWN_SHEETS
from canbao_validators.reading import fast_lane, slow_lane
from canbao_validators.reading.binary import read_xls, read_xlsb
from canbao_validators.reading.csv_text import read_csv
from canbao_validators.reading.html import read_html
from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.ods import read_flat, read_ods
from canbao_validators.reading.origin import read_origin
from canbao_validators.reading.package import OWN_TOTAL_BYTES, open_archive, open_source
from canbao_validators.reading.pages import MOST_BYTES, PageMemory
from canbao_validators.reading.raw import Form, RawSheet, RawWorkbook
from canbao_validators.reading.scanner import find_scanner
from canbao_validators.reading.strings import SharedStrings
from canbao_validators.reading.unreadable import UnreadableFile, anything_as_unreadable
from canbao_validators.reading.workbook import find_workbook_part, read_book_index, read_relations
from canbao_validators.reading.xml_2003 import read_xml_2003

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from canbao_validators.reading.package import Package
    from canbao_validators.reading.watching import SheetWatch, Watch

FAST_FROM_BYTES = 200_000  # smaller parts are not worth the arrays
SCANNED_FROM_BYTES = 50_000  # of which the compiled scanner takes fewer
STRINGS_EARLIER = 10  # shared strings are, from a tenth of that: they take fewer arrays
_READERS = {
    Form.XLS: read_xls,
    Form.ODS: read_flat,
    Form.XML_2003: read_xml_2003,
    Form.HTML: read_html,
    Form.CSV: read_csv,
}


def read_result(path: Path, passwords: Sequence[str] = (), only: Collection[str] = ()) -> RawWorkbook:
    """Read a county's own result, which may be as large as all its townships; the sheets of some names, if given.

    Raises as ``read_workbook`` does.
    """
    with anything_as_unreadable():
        source = open_source(path, passwords)
        if source.form is None:
            with open_archive(source, OWN_TOTAL_BYTES) as package:
                if package.form is Form.XLSX:
                    return _read_xlsx(package, None, None, only)
    return read_workbook(path, passwords)


def read_workbook(
    path: Path, passwords: Sequence[str] = (), *, fast_from: int | None = None, watch: Watch | None = None
) -> RawWorkbook:
    """Read every worksheet of a workbook, hidden ones too. Raises UnreadableFile, and nothing else, for a bad file.

    The passwords are tried in turn where the file asks for one. Parts of ``fast_from`` bytes and more, or as many as
    pay, go to the fast lane first; the cells are the same. ``watch`` looks on there.
    """
    with anything_as_unreadable():
        source = open_source(path, passwords)
        if source.form is not None:
            return _READERS[source.form](source)
        with open_archive(source) as package:
            if package.form is Form.XLSB:
                return read_xlsb(package)
            if package.form is Form.ODS:
                return read_ods(package)
            return _read_xlsx(package, fast_from, watch)


def _read_xlsx(package: Package, asked: int | None, watch: Watch | None, only: Collection[str] = ()) -> RawWorkbook:
    fast_from = asked if asked is not None else SCANNED_FROM_BYTES if find_scanner() else FAST_FROM_BYTES
    part = find_workbook_part(package)
    index = read_book_index(package, part)
    relations = read_relations(package, part)
    strings = [relation.target for relation in relations.values() if relation.kind == "sharedStrings"]
    shared = SharedStrings(package, strings[0] if strings else "", fast_from // STRINGS_EARLIER)
    sheets: dict[str, RawSheet] = {}
    for name, state, relation_id in index.sheets:
        relation = relations.get(relation_id)
        if relation is None or name in sheets:
            raise UnreadableFile("V39.damaged")
        if relation.kind == "worksheet" and (not only or name in only):
            sheets[name] = RawSheet(name, state)
            size = package.entry(relation.target).file_size
            if asked is None and name in OWN_SHEETS and size <= min(MOST_BYTES, fast_from):
                read_page(package, relation.target, sheets[name], shared.texts, date1904=index.date1904)
                continue
            fast = size >= fast_from
            looker = _looker(watch, sheets[name]) if watch and fast else None
            date1904, target = index.date1904, relation.target
            read_sheet(package, target, sheets[name], shared, date1904=date1904, fast=fast, watch=looker)
    if watch is not None:
        watch.keep_strings(shared.series)
    source, origin = package.source, read_origin(package)
    raw = RawWorkbook(source.path, sheets, index.date1904, index.defined_names, Form.XLSX, source.encrypted)
    raw.written_by = origin.command if origin else ""
    return raw


def _looker(watch: Watch, sheet: RawSheet) -> SheetWatch:
    return watch.open_page(sheet) if sheet.name in OWN_SHEETS else watch.open_sheet(sheet.name)


_pages = PageMemory[RawSheet]()


def read_page(package: Package, part: str, sheet: RawSheet, shared: Sequence[str], *, date1904: bool) -> None:
    """Fill ``sheet`` from the part of one of our own pages, which other workbooks are likely to have too."""
    with package.open(part) as stream:
        content = stream.read()

    def read(shared: Sequence[str]) -> RawSheet:
        page = RawSheet(sheet.name)
        slow_lane.read_sheet(io.BytesIO(content), page, shared, date1904=date1904)
        return page

    page = _pages.read(content, shared, read, more="1904" if date1904 else "")
    sheet.columns = {index: column.copy() for index, column in page.columns.items()}
    sheet.max_row, sheet.merged, sheet.faults = page.max_row, list(page.merged), list(page.faults)


def read_sheet(
    package: Package,
    part: str,
    sheet: RawSheet,
    shared: SharedStrings,
    *,
    date1904: bool,
    fast: bool,
    watch: SheetWatch | None = None,
) -> None:
    """Fill ``sheet`` from one worksheet part, in the fast lane when it is asked for and takes the part."""
    if fast:
        try:
            fast_lane.read_sheet(package, part, sheet, shared, date1904=date1904, watch=watch)
        except UnsureError:
            sheet.columns, sheet.merged, sheet.max_row, sheet.faults = {}, [], 0, []
        else:
            return
    with package.open(part) as stream:
        slow_lane.read_sheet(stream, sheet, shared.texts, date1904=date1904)
