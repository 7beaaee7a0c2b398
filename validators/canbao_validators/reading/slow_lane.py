"""The slow lane: expat over a sheet part, faithful to whatever is stored, at twice the cost of bare expat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.roster import HEADER_ROW, TECHNICAL_MARK, column_index, column_letter
from canbao_validators.reading.contradictions import DOUBLED, FaultKind, FaultLog
from canbao_validators.reading.numbers import MAX_COLUMN, MAX_ROW, row_number, whole
from canbao_validators.reading.raw import ColumnBuilder
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.values import BLANK, EPOCH_1900, EPOCH_1904, ERROR, NOTHING, TEXT, TEXT_TYPES, read_value
from canbao_validators.reading.xml import feed, main_tags, make_parser, unescape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import IO
    from xml.parsers.expat import XMLParserType

    from canbao_validators.reading.raw import RawSheet
    from canbao_validators.reading.values import Value

DIGITS = "0123456789"

_TAGS = main_tags("row", "c", "v", "f", "t", "rPh", "mergeCell", "sheetData", "is")


def read_sheet(
    stream: IO[bytes], sheet: RawSheet, shared: Sequence[str], *, date1904: bool, alone: bool = False
) -> None:
    """Fill ``sheet`` from the bytes of one worksheet part. Raises UnreadableFile when they are not well-formed.

    ``alone``: cells were put each into a row of its own, whose number counts and not that of their references.
    """
    parser = make_parser()
    scanner = _Scanner(parser, sheet, shared, EPOCH_1904 if date1904 else EPOCH_1900, alone=alone)
    feed(parser, stream)
    scanner.close()


class _Store:
    """The append methods of one column, bound once because they run for every cell."""

    __slots__ = (
        "add_formula",
        "add_kind",
        "add_number",
        "add_row",
        "add_text",
        "builder",
        "index",
        "letters",
        "seen",
        "technical",
    )

    def __init__(self, index: int, letters: str) -> None:
        self.index = index
        self.letters = letters
        self.technical = False
        self.seen = 0
        self.builder = builder = ColumnBuilder()
        self.add_row = builder.rows.append
        self.add_kind = builder.kinds.append
        self.add_number = builder.numbers.append
        self.add_text = builder.texts.append
        self.add_formula = builder.formulas.append


class _Scanner:
    """Receives the events of one sheet part.

    A cell is stored when the next element after it begins, so that numbers and shared strings cost three callbacks; the
    end of elements is listened to only in cells whose text must not swallow the white space that follows it.
    """

    __slots__ = (
        "alone",
        "by_index",
        "clear",
        "column",
        "double",
        "entered",
        "epoch",
        "faults",
        "formula",
        "has_value",
        "kind",
        "last_entered",
        "last_row",
        "listening",
        "parser",
        "parts",
        "pending",
        "phonetic",
        "ref",
        "row",
        "row_is_implicit",
        "row_text",
        "rows",
        "runs",
        "shared",
        "sheet",
        "started",
        "stores",
    )

    def __init__(
        self, parser: XMLParserType, sheet: RawSheet, shared: Sequence[str], epoch: datetime, *, alone: bool
    ) -> None:
        self.alone = alone
        self.faults = FaultLog()
        self.rows: set[int] = set()
        self.row_text = ""
        self.entered = self.started = False
        self.parser = parser
        self.sheet = sheet
        self.shared = shared
        self.epoch = epoch
        self.stores: dict[str, _Store] = {}
        self.by_index: dict[int, _Store] = {}
        self.parts: list[str] = []
        self.clear = self.parts.clear
        self.runs: list[str] = []
        self.kind = self.ref = ""
        self.row = self.column = self.last_row = self.last_entered = 0
        self.pending = self.has_value = self.formula = self.double = False
        self.row_is_implicit = self.listening = self.phonetic = False
        parser.StartElementHandler = self.start
        parser.CharacterDataHandler = self.parts.append

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element; cells and values come first because there are millions of them."""
        tag = _TAGS.get(name)
        if tag == "v":
            self.double = self.double or self.has_value
            self.has_value = True
            self.clear()
        elif tag == "c":
            if self.pending:
                self.store()
            self.pending = True
            self.has_value = self.formula = self.double = False
            self.ref = attributes.get("r", "")
            self.kind = kind = attributes.get("t", "n")
            if kind in TEXT_TYPES:
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
        elif tag == "is":
            self.double = self.double or self.has_value
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
            self.row = self.row + 1 if number is None else row_number(number)
            self.column = 0
            self.entered = False
            self.check_row()
        elif tag == "sheetData":
            if self.started:
                raise UnreadableFile("V39.suspect", what="sheetData × 2")
            self.started = True
        elif tag == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        """Close an element of a text cell: keep exactly what stood inside it."""
        tag = _TAGS.get(name)
        if tag == "v" or (tag == "t" and not self.phonetic):
            self.has_value = True
            self.runs.append("".join(self.parts))
            self.clear()
        elif tag == "rPh":
            self.phonetic = False

    def finish(self) -> None:
        """Store the last cell, if one is open, and keep the number of the last row that holds something."""
        if self.pending:
            self.store()
        self.sheet.max_row = max(self.sheet.max_row, self.last_row)

    def close(self) -> None:
        """Hand the columns over to the sheet."""
        self.finish()
        columns = {index: store.builder.build() for index, store in self.by_index.items() if len(store.builder.rows)}
        self.sheet.columns = columns
        self.faults.settle(self.sheet)

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
        if not self.entered:
            self.enter_row()
        row = self.row
        if self.ref != f"{store.letters}{self.row_text}" and not self.alone:
            row = self.referenced_row(store)
        if store.index <= self.column:
            self.look_back(store)
        store.seen = row
        self.column = store.index
        if store.technical and row > HEADER_ROW:
            return
        if self.has_value:
            kind, number, text = self.value() if not self.double else self.two_values(row, store.index)
        elif self.formula:
            kind, number, text = NOTHING
        else:
            return
        if kind == BLANK and not self.formula:
            return
        if row == HEADER_ROW:
            store.technical = text.startswith(TECHNICAL_MARK)
        store.add_row(row)
        store.add_kind(kind)
        store.add_number(number)
        store.add_text(text)
        store.add_formula(self.formula)
        self.last_row = max(self.last_row, row)

    def enter_row(self) -> None:
        """Begin a row with its first cell: one that was there already, or stands above the one before, is told."""
        self.entered = True
        self.row_text = str(self.row)
        if self.row in self.rows:
            self.faults.note(FaultKind.ROW_TWICE, self.row, 1)
        elif self.rows and self.row < self.last_entered:
            self.faults.note(FaultKind.ORDER, self.row, 1)
        self.rows.add(self.row)
        self.last_entered = self.row

    def referenced_row(self, store: _Store) -> int:
        """Return the row that a reference names, another one than the row around the cell, or written oddly."""
        number = whole(self.ref[len(self.ref.rstrip(DIGITS)) :])
        if number is None:
            raise UnreadableFile("V39.damaged")
        if not 1 <= number <= MAX_ROW:
            raise UnreadableFile("V39.beyond_limit")
        if number != self.row:
            self.faults.note(FaultKind.OTHER_ROW, number, store.index, around=self.row)
        return number

    def two_values(self, row: int, column: int) -> Value:
        """Note a cell with two value elements, of which neither counts."""
        self.faults.note_double(row, column, self.value()[2])
        return ERROR, 0.0, DOUBLED

    def look_back(self, store: _Store) -> None:
        """A cell does not stand right of the one before it: it was there already, or the order is wrong."""
        kind = FaultKind.CELL_TWICE if store.seen == self.row else FaultKind.ORDER
        self.faults.note(kind, self.row, store.index)

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
        store = self.by_index.setdefault(index, _Store(index, letters))
        self.stores[letters] = store
        return store

    def complete_reference(self) -> None:
        """Supply what the file leaves out: the cell's reference, or the row's number from its first cell."""
        if not self.ref:
            self.ref = f"{column_letter(self.column + 1)}{self.row}"
        elif self.row_is_implicit and not self.entered and (digits := self.ref[len(self.ref.rstrip(DIGITS)) :]):
            self.row = row_number(digits)

    def value(self) -> Value:
        """Return kind, number and text of the open cell, which has a value element."""
        kind = self.kind
        if kind in TEXT_TYPES:
            runs = self.runs
            return TEXT, 0.0, unescape(runs[0] if len(runs) == 1 else "".join(runs))
        parts = self.parts
        text = parts[0] if len(parts) == 1 else "".join(parts)
        if kind != "s":
            return read_value(kind, text, self.epoch)
        return NOTHING if not text or text.isspace() else (TEXT, 0.0, self.shared_text(text))

    def shared_text(self, text: str) -> str:
        """Return a shared string by its number."""
        position = whole(text)
        if position is None or not 0 <= position < len(self.shared):
            raise UnreadableFile("V39.damaged")
        return self.shared[position]
