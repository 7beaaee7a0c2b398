"""A sheet part as a structure: what stands around the rows, the cells above the data, and the data by column."""

from __future__ import annotations

import re
from contextlib import closing
from functools import lru_cache
from typing import IO, TYPE_CHECKING, cast

from canbao_rulebook.roster import FIRST_ROW, column_index, column_letter
from canbao_validators.damage.areas import parse_areas
from canbao_validators.damage.folding import RowFolder
from canbao_validators.damage.formulas import relative_form
from canbao_validators.damage.scan_data import AFTER_ROWS, DIGITS, DataScanner
from canbao_validators.damage.structure import TRUTHS, Covering, PageCell, Protection, SheetColumn, number_shown
from canbao_validators.reading.numbers import MAX_COLUMN, row_number, style_number, whole
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.values import read_number
from canbao_validators.reading.workbook import TRUE_WORDS
from canbao_validators.reading.xml import feed, local_name, make_parser, unescape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from xml.parsers.expat import XMLParserType

    import polars as pl

    from canbao_validators.damage.structure import SheetStructure

MOST_PAGE_CELLS = 200_000  # of one sheet; what comes after is not looked at
_WITH_SECOND = frozenset({"date", "decimal", "textLength", "time", "whole"})
_TRUTH = re.compile(r"(?<![\w.])(?:TRUE|FALSE)(?![\w.])")  # LibreOffice writes 1 and 0 in validations
_BETWEEN = frozenset({"between", "notBetween"})


def scan_page(stream: IO[bytes], sheet: SheetStructure, shared: Sequence[str] | pl.Series) -> None:
    """Fill ``sheet`` from its part, cell by cell."""
    _scan(stream, sheet, shared, None)


def scan_roster(stream: IO[bytes], sheet: SheetStructure, shared: Sequence[str] | pl.Series) -> None:
    """Fill ``sheet`` from its part; rows from FIRST_ROW on are tallied by column."""
    with closing(RowFolder(stream)) as folder:
        _scan(cast("IO[bytes]", folder), sheet, shared, folder.repeated)


def _scan(
    stream: IO[bytes],
    sheet: SheetStructure,
    shared: Sequence[str] | pl.Series,
    repeated: Mapping[int, Sequence[int]] | None,
) -> None:
    parser = make_parser()
    frame = _FrameScanner(parser, sheet)
    data = None if repeated is None else DataScanner(parser, sheet.data, repeated, frame.resume)
    cells = _CellScanner(parser, sheet, shared, data, frame.resume)
    frame.enter_rows = cells.begin
    frame.begin()
    feed(parser, stream)
    if data is not None:
        data.finish()


class _FrameScanner:
    """What stands before and after the rows: columns, protection, validations, conditional formats."""

    def __init__(self, parser: XMLParserType, sheet: SheetStructure) -> None:
        self.parser = parser
        self.sheet = sheet
        self.enter_rows: Callable[[], None] = lambda: None
        self.parts: list[str] = []
        self.rule: dict[str, str] = {}
        self.formulas: list[str] = []
        self.rules: list[tuple[str, list[str]]] = []
        self.where = ""

    def begin(self) -> None:
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.parts.append

    def resume(self, name: str, attributes: dict[str, str]) -> None:
        """Take over again at the first element after the rows."""
        self.begin()
        self.start(name, attributes)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.parts.clear()
        match local_name(name):
            case "sheetData":
                self.enter_rows()
            case "col":
                self.add_columns(attributes)
            case "sheetProtection":
                self.sheet.protection = read_protection(attributes, attributes.get("sheet", "0"))
            case "conditionalFormatting":
                self.where = attributes.get("sqref", "")
                self.rules = []
            case "cfRule" | "dataValidation":
                self.rule = dict(attributes)
                self.formulas = []
                self.where = attributes.get("sqref", self.where)

    def end(self, name: str) -> None:
        match local_name(name):
            case "formula" | "formula1" | "formula2" | "f":
                text = "".join(self.parts).strip()
                if text:
                    self.formulas.append(text)
            case "sqref":
                self.where = "".join(self.parts)
            case "cfRule":
                self.rules.append((self.rule.get("type", ""), self.formulas))
            case "conditionalFormatting":
                self.add_colours()
            case "dataValidation":
                self.add_validation()
                self.where = ""
        self.parts.clear()

    def add_columns(self, attributes: dict[str, str]) -> None:
        first, last = (whole(attributes.get(name, "0")) or 0 for name in ("min", "max"))
        style = style_number(attributes.get("style", "0"))
        hidden = attributes.get("hidden", "0") in TRUE_WORDS
        for index in range(max(first, 1), min(last, MAX_COLUMN) + 1):
            self.sheet.columns[index] = SheetColumn(style, hidden)

    def add_colours(self) -> None:
        areas = tuple(parse_areas(self.where))
        if areas:
            row, column = min(area.top for area in areas), min(area.left for area in areas)
            for kind, formulas in self.rules:
                form = "|".join([kind, *(relative_form(text, row, column) for text in formulas)])
                self.sheet.colours.append(Covering(form, areas))

    def add_validation(self) -> None:
        """Enter a validation; what its kind does not use, and programs write all the same, is left out."""
        areas = tuple(parse_areas(self.where))
        if not areas:
            return
        kind = self.rule.get("type", "none")
        operator = self.rule.get("operator", "between") if kind in _WITH_SECOND else ""
        used = 0 if kind == "none" else 2 if operator in _BETWEEN else 1
        row, column = min(area.top for area in areas), min(area.left for area in areas)
        formulas = [_TRUTH.sub(_as_number, relative_form(text, row, column)) for text in self.formulas[:used]]
        shown = self.rule.get("showErrorMessage", "0") in TRUE_WORDS
        style = self.rule.get("errorStyle", "stop") if kind != "none" else ""
        form = "|".join([kind, operator, style, str(shown and kind != "none"), *formulas])
        self.sheet.validations.append(Covering(form, areas))


class _CellScanner:
    """The cells of a page, or those above the data of a roster sheet, one by one."""

    def __init__(
        self,
        parser: XMLParserType,
        sheet: SheetStructure,
        shared: Sequence[str] | pl.Series,
        data: DataScanner | None,
        leave: Callable[[str, dict[str, str]], None],
    ) -> None:
        self.parser = parser
        self.sheet = sheet
        self.strings = shared
        self.data = data
        self.leave = leave
        self.parts: list[str] = []
        self.row = self.column = 0
        self.cell: dict[str, str] | None = None
        self.value = self.formula = ""
        self.shared: dict[str, str] = {}
        self.phonetic = False

    def begin(self) -> None:
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.parts.append

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local_name(name)
        self.parts.clear()
        if tag == "v":
            return
        if tag == "c":
            self.start_cell(attributes)
        elif tag == "row":
            number = attributes.get("r")
            self.row = self.row + 1 if number is None else row_number(number)
            self.column = 0
            if self.data and self.row >= FIRST_ROW:
                self.data.begin(attributes | {"r": str(self.row)})
        elif tag == "f" and self.cell is not None:
            self.cell |= {"formula": attributes.get("t", ""), "si": attributes.get("si", "")}
        elif tag == "rPh":
            self.phonetic = True
        elif tag in AFTER_ROWS:
            self.leave(name, attributes)

    def start_cell(self, attributes: dict[str, str]) -> None:
        letters = attributes.get("r", "").rstrip(DIGITS)
        self.column = _column_index(letters) if letters else self.column + 1
        self.cell = attributes
        self.value = self.formula = ""

    def end(self, name: str) -> None:
        if self.cell is None:
            return
        tag = local_name(name)
        if tag == "v" or (tag == "t" and not self.phonetic):
            self.value += "".join(self.parts)
        elif tag == "f":
            self.end_formula(self.cell, "".join(self.parts))
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "c":
            self.store(self.cell)
            self.cell = None
        self.parts.clear()

    def end_formula(self, cell: dict[str, str], text: str) -> None:
        number = cell["si"]
        if text.strip():
            self.formula = relative_form(text, self.row, self.column)
            self.shared[number] = self.formula
        elif cell["formula"] == "shared":
            self.formula = self.shared.get(number, "…")

    def store(self, cell: dict[str, str]) -> None:
        if len(self.sheet.cells) < MOST_PAGE_CELLS:
            value = "" if self.formula else self.shown(cell.get("t", "n"))
            self.sheet.cells[self.row, self.column] = PageCell(value, self.formula, style_number(cell.get("s", "0")))

    def shown(self, kind: str) -> str:
        """Return a value as text that does not depend on how a program wrote it."""
        text = self.value
        if kind == "s":
            if not text.strip():
                return ""
            place = whole(text)
            if place is None or not 0 <= place < len(self.strings):
                raise UnreadableFile("V39.damaged")
            return str(self.strings[place])
        if kind == "n" and text.strip():
            number = read_number(text)
            return text if number is None else number_shown(number)
        if kind == "b":
            return TRUTHS[text.strip() in TRUE_WORDS]
        return unescape(text)


@lru_cache(maxsize=1024)
def _column_index(letters: str) -> int:
    return column_index(letters)


def _as_number(truth: re.Match[str]) -> str:
    return "1" if truth[0] == "TRUE" else "0"


def read_protection(attributes: dict[str, str], locked: str, prefix: str = "") -> Protection:
    """Return what a protection element says; ``prefix`` is that of its password's attributes."""

    def value(name: str) -> str:
        return attributes.get(prefix + name[0].upper() + name[1:] if prefix else name, "")

    digest = " ".join(filter(None, (value("algorithmName"), value("saltValue"), value("hashValue"), value("password"))))
    return Protection(element=True, locked=locked in TRUE_WORDS, digest=digest)


def cell_name(row: int, column: int) -> str:
    """Return a reference like ``B4``."""
    return f"{column_letter(column)}{row}"
