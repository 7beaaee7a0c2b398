"""The small parts of a package: relationships, the list of sheets, defined names."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.xml import feed, local_name, main_tags, make_parser, unescape

if TYPE_CHECKING:
    from canbao_validators.reading.package import Package

TRUE_WORDS = frozenset({"1", "true", "on"})
_BOOK_TAGS = main_tags("workbookPr", "sheet", "definedName")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship: the last word of its type, and the part it leads to inside the package."""

    kind: str
    target: str


@dataclass(slots=True)
class BookIndex:
    """What workbook.xml says: sheets as (name, state, relation id), the date system, names of the whole workbook."""

    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    date1904: bool = False
    defined_names: dict[str, str] = field(default_factory=dict)


def read_relations(package: Package, part: str) -> dict[str, Relation]:
    """Return the relationships of a part ("" for the package) by id; links that lead outside are left out."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    relations: dict[str, Relation] = {}
    if source not in package:
        return relations

    def start(name: str, attributes: dict[str, str]) -> None:
        if local_name(name) == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/"))
            kind = attributes.get("Type", "").rpartition("/")[2]
            relations[attributes.get("Id", "")] = Relation(kind, target)

    parser = make_parser()
    parser.StartElementHandler = start
    with package.open(source) as stream:
        feed(parser, stream)
    return relations


def find_workbook_part(package: Package) -> str:
    """Return the name of the workbook part. Raises UnreadableFile when the package has none."""
    for relation in read_relations(package, "").values():
        if relation.kind == "officeDocument" and relation.target in package:
            return relation.target
    if "xl/workbook.xml" in package:
        return "/xl/workbook.xml"
    raise UnreadableFile("V39.damaged")


def read_book_index(package: Package, part: str) -> BookIndex:
    """Parse workbook.xml."""
    index = BookIndex()
    parts: list[str] = []
    name = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal name
        parts.clear()
        name = ""
        match _BOOK_TAGS.get(tag):
            case "sheet":
                relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
                sheet_name, state = unescape(attributes.get("name", "")), attributes.get("state", "visible")
                index.sheets.append((sheet_name, state, relation))
            case "workbookPr":
                index.date1904 = attributes.get("date1904", "0") in TRUE_WORDS
            case "definedName" if "localSheetId" not in attributes:
                name = attributes.get("name", "")

    def end(_tag: str) -> None:
        nonlocal name
        if name:
            index.defined_names[name] = "".join(parts)
        name = ""

    parser = make_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = parts.append
    with package.open(part) as stream:
        feed(parser, stream)
    return index
