"""Read the structure of a workbook: one pass over every sheet, no data kept."""

from __future__ import annotations

from contextlib import closing, contextmanager
from io import RawIOBase
from typing import IO, TYPE_CHECKING, Any, cast

from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.damage.formulas import relative_form
from canbao_validators.damage.scan_sheet import read_protection, scan_page, scan_roster
from canbao_validators.damage.structure import Protection, SheetStructure, Structure, Tally
from canbao_validators.damage.styles import read_styles
from canbao_validators.reading.package import UnreadableFile, damage_as_unreadable, open_package
from canbao_validators.reading.strings import SharedStrings
from canbao_validators.reading.workbook import find_workbook_part, read_book_index, read_relations
from canbao_validators.reading.xml import CHUNK_BYTES, feed, local_name, make_parser

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from canbao_validators.reading.package import Package

_NEXT_ROW = f'<row r="{FIRST_ROW + 1}"'.encode()
_ROWS_END = b"</sheetData>"


def read_structure(
    path: Path, rosters: Collection[str], passwords: Sequence[str] = (), *, fresh: bool = False
) -> Structure:
    """Return the structure of a workbook; ``rosters`` are the names of the sheets with data rows.

    ``fresh``: the workbook was stamped by us without data, so its rows are all like the first one and are passed over.
    Raises UnreadableFile.
    """
    with damage_as_unreadable(), open_package(path, passwords) as package:
        part = find_workbook_part(package)
        index = read_book_index(package, part)
        relations = read_relations(package, part)
        parts = {relation.kind: relation.target for relation in relations.values()}
        shared = _read_optional(package, parts.get("sharedStrings"))
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
                is_roster = name in rosters
                with _open(package, relation.target, shorten=fresh and is_roster) as stream:
                    (scan_roster if is_roster else scan_page)(stream, sheet, shared)
                _count_comments(package, relation.target, sheet.comments)
        return structure


def _read_optional(package: Package, part: str | None) -> list[str]:
    return SharedStrings(package, part).texts if part else []


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
            tally.add(int("".join(filter(str.isdigit, attributes.get("ref", ""))) or 0))

    for relation in read_relations(package, part).values():
        if relation.kind == "comments" and relation.target in package:
            parser = make_parser()
            parser.StartElementHandler = start
            with package.open(relation.target) as stream:
                feed(parser, stream)


@contextmanager
def _open(package: Package, part: str, *, shorten: bool) -> Iterator[IO[bytes]]:
    with package.open(part) as stream:
        if not shorten:
            yield stream
            return
        with closing(_FirstRowOnly(stream)) as short:
            yield cast("IO[bytes]", short)


class _FirstRowOnly(RawIOBase):
    """A sheet part without the rows after the first data row."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rest = b""
        self._passing = False
        self._done = False

    def read(self, size: int = -1) -> Any:
        """Return a chunk, b"" at the end; ``size`` is taken for a hint."""
        del size
        while True:
            chunk = self._stream.read(CHUNK_BYTES)
            text = self._rest + chunk
            if not chunk:
                self._rest = b""
                return text
            kept = self._cut(text)
            if kept:
                return kept

    def _cut(self, text: bytes) -> bytes:
        """Return what can be handed on; the end of a chunk waits, since a mark may begin there."""
        self._rest = b""
        if self._done:
            return text
        mark = _ROWS_END if self._passing else _NEXT_ROW
        place = text.find(mark)
        if place < 0:
            cut = max(0, len(text) - len(mark) + 1)
            self._rest = text[cut:]
            return b"" if self._passing else text[:cut]
        if self._passing:
            self._done = True
            return text[place:]
        self._passing = True
        return text[:place] + self._cut(text[place:])
