"""The data rows of a roster sheet, streamed: styles, formulas and states by column, never a cell by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from canbao_rulebook.roster import FIRST_ROW, column_index
from canbao_validators.damage.formulas import relative_form, row_pieces
from canbao_validators.damage.structure import FORMULA, MOST_TRACKED, VALUE, DataColumn, Tally
from canbao_validators.reading.numbers import MAX_COLUMN, MAX_ROW, row_number
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.xml import main_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.parsers.expat import XMLParserType

DIGITS = "0123456789"
MOST_FORMS = 1000  # different formulas told apart in one column; what comes after counts as one
AFTER_ROWS = (  # what may follow the rows of a sheet; anything else inside them belongs to a cell's text
    *("sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate"),
    *("customSheetViews", "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions"),
    *("pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "drawing", "legacyDrawing", "extLst"),
)
_TAGS = (
    main_tags("row", "c", "v", "f")
    | dict.fromkeys(main_tags("is"), "v")
    | dict.fromkeys(main_tags(*AFTER_ROWS), "after")
)
_OTHER_FORM = "…"


class _Column:
    """A column while its rows pass by: the form of its last formula, and how that reads in any row."""

    __slots__ = ("data", "form", "index", "pieces", "tracked")

    def __init__(self, index: int, data: DataColumn) -> None:
        self.index = index
        self.data = data
        self.form = ""
        self.pieces: list[str] = []
        self.tracked = index <= MOST_TRACKED

    def form_of(self, text: str, row: int, row_text: str) -> str:
        """Return the relative form of a formula; nearly always it is that of the row above."""
        if row_text.join(self.pieces) != text:
            self.form = relative_form(text, row, self.index)
            self.pieces = row_pieces(text, row)
        return self.form

    def mark(self, row: int, state: int) -> None:
        """Remember what stands in a row."""
        if self.tracked:
            self.data.make_room(row)
            self.data.states[row - FIRST_ROW] = state

    def mark_all(self, rows: Sequence[int], state: int) -> None:
        """Remember what stands in many rows, which ascend."""
        if self.tracked:
            self.data.make_room(rows[-1])
            np.frombuffer(self.data.states, dtype=np.uint8)[np.asarray(rows) - FIRST_ROW] = state


class DataScanner:
    """Receives the elements of the data rows; ``leave`` is called with the first one that is none of theirs."""

    __slots__ = (
        "collecting",
        "column",
        "columns",
        "data",
        "effects",
        "form",
        "leave",
        "listening",
        "open",
        "own",
        "parser",
        "parts",
        "repeated",
        "row",
        "row_text",
        "shared",
        "style",
        "value",
    )

    def __init__(
        self,
        parser: XMLParserType,
        data: dict[int, DataColumn],
        repeated: Mapping[int, Sequence[int]],
        leave: Callable[[str, dict[str, str]], None],
    ) -> None:
        self.parser = parser
        self.data = data
        self.leave = leave
        self.repeated = repeated
        self.effects: dict[int, list[tuple[_Column, str, str | None, bool]]] = {}
        self.own: list[tuple[_Column, str, str | None, bool]] | None = None
        self.style = ""
        self.columns: dict[str, _Column] = {}
        self.shared: dict[str, str] = {}
        self.parts: list[str] = []
        self.column = _Column(0, DataColumn())
        self.row, self.row_text = 0, ""
        self.open = self.value = self.collecting = False
        self.form: str | None = None
        self.listening: str | None = None

    def begin(self, attributes: dict[str, str]) -> None:
        """Take over from the reader of the rows above, at a row element."""
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = None
        self.parser.CharacterDataHandler = None
        self.start_row(attributes)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element; cells come first because there are millions of them."""
        tag = _TAGS.get(name)
        if tag == "v":
            self.value = True
        elif tag == "c":
            if self.open:
                self.close()
            self.start_cell(attributes)
        elif tag == "f":
            self.start_formula(attributes)
            return
        elif tag is not None:
            self.start_other(tag, name, attributes)
        if self.collecting:
            self.end_formula()

    def start_other(self, tag: str, name: str, attributes: dict[str, str]) -> None:
        """Begin the next row, or leave the rows."""
        if self.open:
            self.close()
        if tag == "row":
            self.start_row(attributes)
        else:
            self.leave(name, attributes)

    def start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self.row = self.row + 1 if number is None else row_number(number)
        if not FIRST_ROW <= self.row <= MAX_ROW:
            raise UnreadableFile("V39.damaged")
        self.row_text = str(self.row)
        self.column = _Column(0, DataColumn())
        self.own = self.effects.setdefault(self.row, []) if self.row in self.repeated else None

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.open = True
        self.value = False
        self.form = None
        reference = attributes.get("r")
        letters = reference.rstrip(DIGITS) if reference else ""
        self.column = self.columns.get(letters) or self.find_column(letters)
        self.style = style = attributes.get("s", "0")
        styles = self.column.data.styles
        tally = styles.get(style)
        if tally is None:
            tally = styles[style] = Tally(0, self.row)
        tally.count += 1

    def find_column(self, letters: str) -> _Column:
        """Return a column met for the first time; a cell without reference stands right of the one before it."""
        index = column_index(letters.upper()) if letters else self.column.index + 1
        if not (1 <= index <= MAX_COLUMN and (not letters or (letters.isascii() and letters.isalpha()))):
            raise UnreadableFile("V39.damaged")
        column = _Column(index, self.data.setdefault(index, DataColumn()))
        if letters:
            self.columns[letters] = column
        return column

    def start_formula(self, attributes: dict[str, str]) -> None:
        """A formula: by its number when another cell has its text, else its text is collected."""
        kind = attributes.get("t")
        self.listening = attributes.get("si", "") if kind == "shared" else None
        if self.listening is not None and "ref" not in attributes:
            self.form = self.shared.get(self.listening, _OTHER_FORM)
            return
        self.form = "{}" if kind in {"array", "dataTable"} else ""
        self.parts.clear()
        self.parser.CharacterDataHandler = self.parts.append
        self.collecting = True

    def end_formula(self) -> None:
        """The text of a formula is complete: work out its form."""
        self.collecting = False
        self.parser.CharacterDataHandler = None
        text = "".join(self.parts).strip()
        self.form = (self.form or "") + self.column.form_of(text, self.row, self.row_text)
        if self.listening is not None:
            self.shared[self.listening] = self.form

    def close(self) -> None:
        """Enter the cell that ended into its column."""
        self.open = False
        if self.collecting:
            self.end_formula()
        if self.form is not None:
            self.count_formula(self.form)
        elif self.value:
            self.column.data.values.add(self.row)
            self.column.mark(self.row, VALUE)
        if self.own is not None:
            self.own.append((self.column, self.style, self.form, self.value))

    def count_formula(self, form: str) -> None:
        """Count a formula by its form."""
        formulas = self.column.data.formulas
        tally = formulas.get(form)
        if tally is None:
            form = form if len(formulas) < MOST_FORMS else _OTHER_FORM
            tally = formulas.setdefault(form, Tally(0, self.row))
        tally.count += 1
        self.column.mark(self.row, FORMULA)

    def finish(self) -> None:
        """Count the rows that were not handed on: each is like one that was."""
        for row, rows in self.repeated.items():
            if rows:
                for effect in self.effects.get(row, ()):
                    _repeat(*effect, rows)


def _repeat(column: _Column, style: str, form: str | None, value: bool, rows: Sequence[int]) -> None:
    """Enter a cell into its column for rows further down as well."""
    column.data.styles[style].count += len(rows)
    if form is not None:
        formulas = column.data.formulas
        formulas[form if form in formulas else _OTHER_FORM].count += len(rows)
        column.mark_all(rows, FORMULA)
    elif value:
        column.data.values.count += len(rows)
        column.mark_all(rows, VALUE)
