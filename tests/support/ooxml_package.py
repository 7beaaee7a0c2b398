"""What a lint of one sheet has to know of the rest of the workbook: sheets, names, tables, texts, numbers of styles."""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

RELATIONSHIP_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str  # e.g. xl/worksheets/sheet1.xml
    tables: tuple["Table", ...]


@dataclass(frozen=True)
class Table:
    name: str
    ref: str
    headers: tuple[str, ...]
    header_rows: int


@dataclass(frozen=True)
class DefinedName:
    name: str
    scope: str | None  # localSheetId
    text: str


@dataclass(frozen=True)
class Package:
    sheets: tuple[Sheet, ...]
    names: tuple[DefinedName, ...]
    strings: tuple[str, ...]
    cell_styles: int
    differential_styles: int

    @property
    def sheet_names(self) -> frozenset[str]:
        """Case-folded, as Excel compares them."""
        return frozenset(sheet.name.casefold() for sheet in self.sheets)

    @property
    def known_names(self) -> frozenset[str]:
        """Defined names and table names, case-folded."""
        tables = (table.name for sheet in self.sheets for table in sheet.tables)
        return frozenset(name.casefold() for name in (*(defined.name for defined in self.names), *tables))


def tag(element: ET.Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def stream(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, ET.Element]]:
    """("start" | "end", element) of a part, in document order."""
    with archive.open(part) as source:
        yield from ET.iterparse(source, events=("start", "end"))


def read_package(archive: zipfile.ZipFile) -> Package:
    parts = set(archive.namelist())
    targets = _relationships(archive, "xl/workbook.xml")
    sheets: list[Sheet] = []
    names: list[DefinedName] = []
    for event, element in stream(archive, "xl/workbook.xml"):
        if event == "end" and tag(element) == "sheet":
            part = targets[element.attrib[RELATIONSHIP_ID]]
            if "/worksheets/" in part:
                sheets.append(Sheet(element.attrib["name"], part, _read_tables(archive, part)))
        elif event == "end" and tag(element) == "definedName":
            names.append(DefinedName(element.attrib["name"], element.get("localSheetId"), element.text or ""))
    strings = _read_strings(archive) if "xl/sharedStrings.xml" in parts else ()
    return Package(tuple(sheets), tuple(names), strings, *_count_styles(archive, parts))


def _relationships(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Relationship id → part name."""
    folder, name = posixpath.split(part)
    listing = f"{folder}/_rels/{name}.rels"
    if listing not in archive.namelist():
        return {}
    found = {}
    for event, element in stream(archive, listing):
        if event == "end" and tag(element) == "Relationship" and element.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, element.attrib["Target"]))
            found[element.attrib["Id"]] = target.lstrip("/")
    return found


def _read_tables(archive: zipfile.ZipFile, part: str) -> tuple[Table, ...]:
    tables = []
    for target in _relationships(archive, part).values():
        if "/tables/" not in target:
            continue
        root = ET.fromstring(archive.read(target))
        headers = tuple(element.attrib["name"] for element in root.iter() if tag(element) == "tableColumn")
        header_rows = int(root.get("headerRowCount", "1"))
        tables.append(Table(root.attrib["displayName"], root.attrib["ref"], headers, header_rows))
    return tuple(tables)


def _read_strings(archive: zipfile.ZipFile) -> tuple[str, ...]:
    texts = []
    for event, element in stream(archive, "xl/sharedStrings.xml"):
        if event == "end" and tag(element) == "si":
            texts.append(text_of(element))
            element.clear()
    return tuple(texts)


def text_of(element: ET.Element) -> str:
    """The text of a shared or inline string, without its phonetic guide (rPh)."""
    if tag(element) == "t":
        return element.text or ""
    return "".join(text_of(child) for child in element if tag(child) != "rPh")


def _count_styles(archive: zipfile.ZipFile, parts: set[str]) -> tuple[int, int]:
    """Numbers of cell formats and of differential formats; one cell format when there is no styles part."""
    counts = {"cellXfs": 1, "dxfs": 0}
    if "xl/styles.xml" in parts:
        for event, element in stream(archive, "xl/styles.xml"):
            if event == "end" and tag(element) in counts:
                counts[tag(element)] = len(element)
    return counts["cellXfs"], counts["dxfs"]
