"""What Excel repairs or refuses in one sheet: the order of its cells, its merges, its rules, its formulas."""

import re
import zipfile
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries

from support.ooxml_formula import check_formula, check_list_source, check_rule_formula
from support.ooxml_package import Package, Sheet, Table, stream, tag, text_of

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_CELL_TEXT = 32_767
MAX_VALIDATIONS = 65_534
MAX_LENGTHS = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")
_ROW_IN_FORMULA = re.compile(r"(?<=[A-Z])\d+\b")

Box = tuple[int, int, int, int]  # first column, first row, last column, last row


def check_sheet(archive: zipfile.ZipFile, package: Package, sheet: Sheet) -> list[str]:
    """Problems of one worksheet part, each beginning with the part and, where there is one, the cell."""
    return [f"{sheet.part} {problem}" for problem in _Lint(package, sheet).check(archive)]


class _Lint:
    """One pass over a sheet's XML. What it remembers is small: no cell outlives its row."""

    def __init__(self, package: Package, sheet: Sheet) -> None:
        self.package = package
        self.sheet = sheet
        self.last_row = 0
        self.formulas_seen: set[str] = set()
        self.shared: dict[str, Box] = {}
        self.merges: list[Box] = []
        self.columns: list[tuple[int, int]] = []
        self.validations = 0
        self.header_rows = {_box(table.ref)[1] for table in sheet.tables if table.header_rows}
        self.header_texts: dict[tuple[int, int], str] = {}

    def check(self, archive: zipfile.ZipFile) -> Iterator[str]:
        handlers: dict[str, Callable[[ET.Element], Iterator[str]]] = {
            "row": self.check_row,
            "col": self.check_column,
            "mergeCell": self.check_merge,
            "dataValidation": self.check_validation,
            "cfRule": self.check_conditional_format,
        }
        rows: ET.Element | None = None
        for event, element in stream(archive, self.sheet.part):
            name = tag(element)
            if event == "start":
                rows = element if name == "sheetData" else rows
            elif name in handlers:
                yield from handlers[name](element)
                if name == "row" and rows is not None:
                    rows.clear()
        yield from _overlaps(self.merges)
        if self.validations > MAX_VALIDATIONS:
            yield f"dataValidations: {self.validations:,} rules (limit {MAX_VALIDATIONS:,})"
        for table in self.sheet.tables:
            yield from self.check_table(table)

    def check_row(self, row: ET.Element) -> Iterator[str]:
        number = int(row.get("r", self.last_row + 1))
        if number <= self.last_row:
            yield f"row {number}: stands after row {self.last_row}"
        if number > MAX_ROW:
            yield f"row {number}: beyond row {MAX_ROW:,}"
        self.last_row = max(self.last_row, number)
        yield from self.check_style(row, f"row {number}")
        last_column = 0
        for cell in row:
            if tag(cell) != "c":
                continue
            address = cell.get("r") or f"{get_column_letter(last_column + 1)}{number}"
            match = _ADDRESS.fullmatch(address)
            if not match or int(match[2]) != number:
                yield f"{address}: stands in row {number}"
                continue
            column = column_index_from_string(match[1])
            if column == last_column:
                yield f"{address}: stands twice"
            elif column < last_column:
                yield f"{address}: stands after {get_column_letter(last_column)}{number}"
            if column > MAX_COLUMN:
                yield f"{address}: beyond column {get_column_letter(MAX_COLUMN)}"
            last_column = max(last_column, column)
            yield from self.check_cell(cell, address, column, number)

    def check_cell(self, cell: ET.Element, address: str, column: int, row: int) -> Iterator[str]:
        yield from self.check_style(cell, address)
        text = None
        for child in cell:
            if tag(child) == "f":
                yield from self.check_cell_formula(child, address, column, row)
            elif tag(child) == "is":
                text = text_of(child)
            elif tag(child) == "v" and cell.get("t") == "s":
                index = int(child.text or "-1")
                if not 0 <= index < len(self.package.strings):
                    yield f"{address}: text {index} of {len(self.package.strings)}"
                    continue
                text = self.package.strings[index]
            elif tag(child) == "v" and cell.get("t") == "str":
                text = child.text or ""
        if text and len(text) > MAX_CELL_TEXT and cell.get("t") != "s":
            yield f"{address}: text of {len(text):,} characters (limit {MAX_CELL_TEXT:,})"
        if row in self.header_rows:
            self.header_texts[column, row] = text or ""

    def check_style(self, element: ET.Element, where: str) -> Iterator[str]:
        style = int(element.get("s", element.get("style", "0")))
        if style >= self.package.cell_styles:
            yield f"{where}: style {style} of {self.package.cell_styles}"

    def check_cell_formula(self, formula: ET.Element, address: str, column: int, row: int) -> Iterator[str]:
        kind, reference, text = formula.get("t"), formula.get("ref"), formula.text or ""
        if kind in {"shared", "array"} and reference and not _covers(_box(reference), column, row):
            yield f"{address}: its {kind} formula covers {reference}, without this cell"
        if kind == "shared":
            group = formula.get("si", "")
            if reference:
                self.shared.setdefault(group, _box(reference))
            elif group not in self.shared:
                yield f"{address}: shares formula {group}, which no cell before it holds"
            elif not _covers(self.shared[group], column, row):
                yield f"{address}: shares formula {group}, whose range does not cover this cell"
        if not text and kind != "shared":
            yield f"{address}: empty formula"
        # Down a column the formula is the same but for its own row number; one look at it is enough.
        shape = _ROW_IN_FORMULA.sub(lambda match: "#" if match[0] == str(row) else match[0], text)
        if text and shape not in self.formulas_seen:
            self.formulas_seen.add(shape)
            yield from (f"{address}: {problem}" for problem in check_formula(text, self.package))

    def check_column(self, element: ET.Element) -> Iterator[str]:
        first, last = int(element.attrib["min"]), int(element.attrib["max"])
        where = f"columns {first} to {last}"
        yield from self.check_style(element, where)
        if first > last or (self.columns and first <= self.columns[-1][1]):
            yield f"{where}: overlap or stand out of order"
        self.columns.append((first, last))

    def check_merge(self, element: ET.Element) -> Iterator[str]:
        box = _box(element.attrib["ref"])
        self.merges.append(box)
        if box[:2] == box[2:]:
            yield f"{element.attrib['ref']}: a merge of one cell"

    def check_validation(self, element: ET.Element) -> Iterator[str]:
        self.validations += 1
        where = element.get("sqref", "dataValidation")
        for attribute, limit in MAX_LENGTHS.items():
            length = len(element.get(attribute, ""))
            if length > limit:
                yield f"{where}: {attribute} of {length} characters (limit {limit})"
        for child in element:
            if not child.text:
                continue
            check = check_list_source if element.get("type") == "list" else check_rule_formula
            yield from (f"{where}: {problem}" for problem in check(child.text, self.package))

    def check_conditional_format(self, element: ET.Element) -> Iterator[str]:
        where = f"cfRule {element.get('priority', '')}"
        style = int(element.get("dxfId", "-1"))
        if style >= self.package.differential_styles:
            yield f"{where}: format {style} of {self.package.differential_styles}"
        for child in element:
            if tag(child) == "formula" and child.text:
                problems = check_formula(child.text, self.package, is_rule=True)
                yield from (f"{where}: {problem}" for problem in problems)

    def check_table(self, table: Table) -> Iterator[str]:
        if not table.header_rows:
            return
        first_column, row, _, _ = _box(table.ref)
        for offset, header in enumerate(table.headers):
            found = self.header_texts.get((first_column + offset, row), "")
            if found != header:
                address = f"{get_column_letter(first_column + offset)}{row}"
                yield f"{address}: table {table.name} calls this column {header!r}, the cell says {found!r}"


def _box(reference: str) -> Box:
    first_column, first_row, last_column, last_row = range_boundaries(reference)
    return first_column or 1, first_row or 1, last_column or MAX_COLUMN, last_row or MAX_ROW


def _covers(box: Box, column: int, row: int) -> bool:
    return box[0] <= column <= box[2] and box[1] <= row <= box[3]


def _overlaps(boxes: list[Box]) -> Iterator[str]:
    """Sweep down the rows, keeping the boxes that reach the current one."""
    active: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box[1], box[0])):
        active = [other for other in active if other[3] >= box[1]]
        for other in active:
            if box[0] <= other[2] and other[0] <= box[2]:
                yield f"{_address(box)}: overlaps the merge {_address(other)}"
        active.append(box)


def _address(box: Box) -> str:
    return f"{get_column_letter(box[0])}{box[1]}:{get_column_letter(box[2])}{box[3]}"
