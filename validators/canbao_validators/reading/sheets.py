"""Our own reader: expat over the sheet parts, faithful to what is stored, at twice the cost of bare expat."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.roster import column_index, column_letter
from canbao_validators.reading.package import UnreadableFile, damage_as_unreadable, open_package
from canbao_validators.reading.raw import RawColumn, RawSheet, RawWorkbook
from canbao_validators.reading.workbook import find_workbook_part, read_book_index, read_relations, read_shared_strings
from canbao_validators.reading.xml import feed, main_tags, make_parser, unescape

if TYPE_CHECKING:
    from pathlib import Path
    from xml.parsers.expat import XMLParserType

    from canbao_validators.reading.package import Package

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zone
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
SECONDS_A_DAY = 86_400
DIGITS = "0123456789"

_TAGS = main_tags("row", "c", "v", "f", "t", "rPh", "mergeCell")
_NUMBER, _TEXT, _BOOL, _ERROR, _BLANK = (
    int(kind) for kind in (CellKind.NUMBER, CellKind.TEXT, CellKind.BOOL, CellKind.ERROR, CellKind.BLANK)
)
_TEXT_TYPES = frozenset({"str", "inlineStr"})


def read_workbook(path: Path) -> RawWorkbook:
    """Read every worksheet of a workbook, hidden ones too. Raises UnreadableFile, and nothing else, for a bad file."""
    with damage_as_unreadable(), open_package(path) as package:
        part = find_workbook_part(package)
        index = read_book_index(package, part)
        relations = read_relations(package, part)
        strings = [relation.target for relation in relations.values() if relation.kind == "sharedStrings"]
        shared = read_shared_strings(package, strings[0]) if strings and strings[0] in package else []
        sheets: dict[str, RawSheet] = {}
        for name, state, relation_id in index.sheets:
            relation = relations.get(relation_id)
            if relation is None or name in sheets:
                raise UnreadableFile("V39.damaged")
            if relation.kind == "worksheet":
                sheet = RawSheet(name, state)
                read_sheet(package, relation.target, sheet, shared, date1904=index.date1904)
                sheets[name] = sheet
        return RawWorkbook(path, sheets, index.date1904, index.defined_names)


def read_sheet(package: Package, part: str, sheet: RawSheet, shared: list[str], *, date1904: bool) -> None:
    """Fill ``sheet`` from one worksheet part."""
    parser = make_parser()
    scanner = _Scanner(parser, sheet, shared, EPOCH_1904 if date1904 else EPOCH_1900)
    with package.open(part) as stream:
        feed(parser, stream)
    scanner.finish()


class _Store:
    """The append methods of one column, bound once because they run for every cell."""

    __slots__ = ("add_formula", "add_kind", "add_number", "add_row", "add_text", "index")

    def __init__(self, index: int, column: RawColumn) -> None:
        self.index = index
        self.add_row = column.rows.append
        self.add_kind = column.kinds.append
        self.add_number = column.numbers.append
        self.add_text = column.texts.append
        self.add_formula = column.formulas.append


class _Scanner:
    """Receives the events of one sheet part.

    A cell is stored when the next element after it begins, so that numbers and shared strings cost three callbacks; the
    end of elements is listened to only in cells whose text must not swallow the white space that follows it.
    """

    __slots__ = (
        "clear",
        "column",
        "epoch",
        "formula",
        "has_value",
        "kind",
        "last_row",
        "listening",
        "parser",
        "parts",
        "pending",
        "phonetic",
        "ref",
        "row",
        "row_is_implicit",
        "runs",
        "shared",
        "sheet",
        "stores",
    )

    def __init__(self, parser: XMLParserType, sheet: RawSheet, shared: list[str], epoch: datetime) -> None:
        self.parser = parser
        self.sheet = sheet
        self.shared = shared
        self.epoch = epoch
        self.stores: dict[str, _Store] = {}
        self.parts: list[str] = []
        self.clear = self.parts.clear
        self.runs: list[str] = []
        self.kind = self.ref = ""
        self.row = self.column = self.last_row = 0
        self.pending = self.has_value = self.formula = False
        self.row_is_implicit = self.listening = self.phonetic = False
        parser.StartElementHandler = self.start
        parser.CharacterDataHandler = self.parts.append

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element; cells and values come first because there are millions of them."""
        tag = _TAGS.get(name)
        if tag == "v":
            self.has_value = True
            self.clear()
        elif tag == "c":
            if self.pending:
                self.store()
            self.pending = True
            self.has_value = self.formula = False
            self.ref = attributes.get("r", "")
            self.kind = kind = attributes.get("t", "n")
            if kind in _TEXT_TYPES:
                self.runs.clear()
                self.parser.EndElementHandler = self.end
                self.listening = True
            elif self.listening:
                self.parser.EndElementHandler = None
                self.listening = False
        elif tag == "f":
            self.formula = True
        elif tag == "t":
            self.clear()
        else:
            self.start_other(tag, attributes)

    def start_other(self, tag: str | None, attributes: dict[str, str]) -> None:
        """Open one of the rarer elements; what is not inside a text cell ends the cell before it."""
        if tag == "rPh":
            self.phonetic = self.listening
        if tag is None and self.listening:
            return
        self.finish()
        if tag == "row":
            number = attributes.get("r")
            self.row_is_implicit = number is None
            self.row = self.row + 1 if number is None else int(number)
            self.column = 0
            self.check_row()
        elif tag == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        """Close an element of a text cell: keep exactly what stood inside it."""
        tag = _TAGS.get(name)
        if tag == "v" or (tag == "t" and not self.phonetic):
            self.has_value = True
            self.runs.append("".join(self.parts))
        elif tag == "rPh":
            self.phonetic = False

    def finish(self) -> None:
        """Store the last cell, if one is open, and keep the number of the last row that holds something."""
        if self.pending:
            self.store()
        self.sheet.max_row = max(self.sheet.max_row, self.last_row)

    def check_row(self) -> None:
        """Refuse rows that no sheet has."""
        if not 1 <= self.row <= MAX_ROW:
            raise UnreadableFile("V39.beyond_limit")

    def store(self) -> None:
        """Append the open cell to its column; a cell that holds nothing but a style is left out."""
        self.pending = False
        store = None if self.row_is_implicit else self.stores.get(self.ref.rstrip(DIGITS))
        if store is None:
            store = self.find_store()
        self.column = store.index
        if self.has_value:
            kind, number, text = self.value()
        elif self.formula:
            kind, number, text = _BLANK, 0.0, ""
        else:
            return
        if kind == _BLANK and not self.formula:
            return
        store.add_row(self.row)
        store.add_kind(kind)
        store.add_number(number)
        store.add_text(text)
        store.add_formula(self.formula)
        self.last_row = self.row

    def find_store(self) -> _Store:
        """Return the column store of the open cell; a cell without reference follows the one before it."""
        if not self.ref or self.row_is_implicit:
            self.complete_reference()
        letters = self.ref.rstrip(DIGITS)
        found = self.stores.get(letters)
        if found is not None:
            return found
        if not (letters.isascii() and letters.isalpha()):
            raise UnreadableFile("V39.damaged")
        index = column_index(letters.upper())
        if index > MAX_COLUMN:
            raise UnreadableFile("V39.beyond_limit")
        store = _Store(index, self.sheet.columns.setdefault(index, RawColumn()))
        self.stores[letters] = store
        return store

    def complete_reference(self) -> None:
        """Supply what the file leaves out: the cell's reference, or the row's number from its first cell."""
        if not self.ref:
            self.ref = column_letter(self.column + 1)
        digits = self.ref[len(self.ref.rstrip(DIGITS)) :]
        if self.row_is_implicit and digits:
            self.row = int(digits)
            self.check_row()

    def value(self) -> tuple[int, float, str]:
        """Return kind, number and text of the open cell, which has a value element."""
        kind = self.kind
        if kind in _TEXT_TYPES:
            runs = self.runs
            return _TEXT, 0.0, unescape(runs[0] if len(runs) == 1 else "".join(runs))
        parts = self.parts
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if not text or text.isspace():
            return _BLANK, 0.0, ""
        if kind == "s":
            return _TEXT, 0.0, self.shared_text(text)
        if kind == "n":
            number = float(text)
            return (_NUMBER, number, "") if number - number == 0 else (_ERROR, 0.0, "#NUM!")  # NaN and infinity
        return self.rare_value(kind, text.strip())

    def rare_value(self, kind: str, text: str) -> tuple[int, float, str]:
        """Return the value of a truth, error or ISO date cell; an unknown type is read as text."""
        if kind == "b":
            return _BOOL, float(text in {"1", "true"}), ""
        if kind == "e":
            return _ERROR, 0.0, text
        return self.iso_date(text) if kind == "d" else (_TEXT, 0.0, unescape(text))

    def shared_text(self, text: str) -> str:
        """Return a shared string by its number."""
        position = int(text)
        if not 0 <= position < len(self.shared):
            raise UnreadableFile("V39.damaged")
        return self.shared[position]

    def iso_date(self, text: str) -> tuple[int, float, str]:
        """Return a date cell of a strict file as the serial number other files would hold."""
        with suppress(ValueError):
            passed = datetime.fromisoformat(text).replace(tzinfo=None) - self.epoch
            return _NUMBER, passed.days + passed.seconds / SECONDS_A_DAY, ""
        return _TEXT, 0.0, text
