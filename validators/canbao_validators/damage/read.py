"""Read the structure of a workbook: one pass over every sheet, no data kept."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from canbao_rulebook.meta import OWN_SHEETS
from canbao_validators.damage.formulas import relative_form
from canbao_validators.damage.scan_sheet import read_protection, scan_page, scan_roster
from canbao_validators.damage.structure import Protection, SheetStructure, Structure, Tally
from canbao_validators.damage.styles import read_styles
from canbao_validators.damage.watching import WatchedPage
from canbao_validators.reading.numbers import whole
from canbao_validators.reading.package import open_package
from canbao_validators.reading.pages import MOST_BYTES, PageMemory
from canbao_validators.reading.strings import SharedStrings
from canbao_validators.reading.unreadable import UnreadableFile, damage_as_unreadable
from canbao_validators.reading.workbook import find_workbook_part, read_book_index, read_relations
from canbao_validators.reading.xml import feed, local_name, make_parser

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    import polars as pl

    from canbao_validators.damage.watching import StructureWatch, WatchedSheet
    from canbao_validators.reading.package import Package

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_structure(
    path: Path, rosters: Collection[str], passwords: Sequence[str] = (), watched: StructureWatch | None = None
) -> Structure:
    """Return the structure of a workbook; ``rosters`` are the names of the sheets with data rows.

    ``watched``: who looked on when the values were read, so that big sheets need not be read again. Raises
    UnreadableFile.
    """
    seen: dict[str, WatchedSheet | WatchedPage] = {**watched.sheets, **watched.pages} if watched else {}
    with damage_as_unreadable(), open_package(path, passwords) as package:
        part = find_workbook_part(package)
        index = read_book_index(package, part)
        relations = read_relations(package, part)
        parts = {relation.kind: relation.target for relation in relations.values()}
        shared = watched.strings if watched else SharedStrings(package, parts.get("sharedStrings", "")).texts
        structure = Structure(
            names={name: relative_form(text, 1, 1) for name, text in index.defined_names.items()},
            protection=_read_book_protection(package, part),
            styles=read_styles(package, parts["styles"]) if parts.get("styles", "") in package else [],
        )
        for name, state, relation_id in index.sheets:
            relation = relations.get(relation_id)
            if relation is None or name in structure.sheets:
                raise UnreadableFile("V39.damaged")
            if relation.kind == "worksheet":
                sheet = structure.sheets[name] = SheetStructure(name, state)
                if name in rosters or name in OWN_SHEETS:
                    _read_sheet(package, relation.target, sheet, shared, seen.get(name), is_roster=name in rosters)
        return structure


def _read_sheet(
    package: Package,
    part: str,
    sheet: SheetStructure,
    shared: Sequence[str] | pl.Series,
    watched: WatchedSheet | WatchedPage | None,
    *,
    is_roster: bool,
) -> None:
    """Fill ``sheet`` from its part, or from what was seen of it; sheets of clerks are known by their name alone."""
    if watched is not None and watched.complete:
        _read_page(watched.shortened(), sheet, shared)
        if isinstance(watched, WatchedPage):
            sheet.cells = watched.cells()
        else:
            sheet.data = watched.columns()
    else:
        with package.open(part) as stream:
            if is_roster:
                scan_roster(stream, sheet, shared)
            elif package.entry(part).file_size > MOST_BYTES:
                scan_page(stream, sheet, shared)
            else:
                _read_page(stream.read(), sheet, shared)
    _count_comments(package, part, sheet.comments)


_pages = PageMemory[SheetStructure]()


def _read_page(content: bytes, sheet: SheetStructure, shared: Sequence[str] | pl.Series) -> None:
    """Fill ``sheet`` from a page, or from what stands around rows, which other workbooks are likely to have too."""

    def scan(shared: Sequence[str]) -> SheetStructure:
        page = SheetStructure(sheet.name)
        scan_page(io.BytesIO(content), page, shared)
        return page

    page = _pages.read(content, cast("Sequence[str]", shared), scan)
    sheet.protection, sheet.columns, sheet.cells = replace(page.protection), dict(page.columns), dict(page.cells)
    sheet.validations, sheet.colours = list(page.validations), list(page.colours)


def _read_book_protection(package: Package, part: str) -> Protection:
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "workbookProtection":
            found.append(attributes)

    parser = make_parser()
    parser.StartElementHandler = start
    with package.open(part) as stream:
        feed(parser, stream)
    if not found:
        return Protection()
    return read_protection(found[0], found[0].get("lockStructure", "0"), prefix="workbook")


def _count_comments(package: Package, part: str, tally: Tally) -> None:
    def start(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "comment":
            tally.add(max(0, whole(attributes.get("ref", "").lstrip(_LETTERS)) or 0))

    for relation in read_relations(package, part).values():
        if relation.kind == "comments" and relation.target in package:
            parser = make_parser()
            parser.StartElementHandler = start
            with package.open(relation.target) as stream:
                feed(parser, stream)
