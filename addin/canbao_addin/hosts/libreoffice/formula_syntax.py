"""Formulas between Excel's syntax and the one of LibreOffice's programming interface, by its own parser.

The parser takes about a millisecond a formula. Formulas of a column differ only in the rows of their relative
references, so the answer for one row serves the others: the row's own number, or every relative row as its distance to
the formula's own, is replaced in the question and in the answer alike.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from canbao_addin.hosts.libreoffice.bridge import struct

_OFFICE, _EXCEL = 0, 3  # com.sun.star.sheet.AddressConvention: OOO, and XL_OOX, the only one with commas
_RELATIVE_ROW = re.compile(r"(?<!\w)(\$?[A-Za-z]{1,3})([1-9][0-9]{0,6})(?![\w(.!'])")
_DISTANCE = re.compile("\x00(-?[0-9]+)\x00")
_OWN_ROW = "\x01"
_UNION = re.compile(r"""("[^"]*"|'[^']*')|~""")
_ANALYSIS = re.compile(r"""("[^"]*"|'[^']*')|\bcom\.sun\.star\.sheet\.addin\.analysis\.get(\w+)(?=\()""")


class Place(NamedTuple):
    """A cell: sheet from 0, row and column from 1."""

    sheet: int
    row: int
    column: int

    def address(self) -> Any:
        return struct("table.CellAddress", self.sheet, self.column - 1, self.row - 1)


def pattern(formula: str, row: int) -> str:
    """A formula with distances instead of relative rows: the same for formulas that mean the same in their rows."""
    return _RELATIVE_ROW.sub(lambda found: f"{found[1]}\x00{int(found[2]) - row}\x00", formula)


def _render(template: str, row: int) -> str:
    return _DISTANCE.sub(lambda found: str(int(found[1]) + row), template)


class Translator:
    """For one document. Formulas are without "="."""

    def __init__(self, document: Any) -> None:
        self._office = _parser(document, _OFFICE)
        self._excel = _parser(document, _EXCEL)
        self._by_own_row: dict[tuple[bool, int, str], str] = {}
        self._known: dict[tuple[bool, int, str], str] = {}

    def to_excel(self, formula: str, place: Place) -> str:
        return self._translate(formula, place, to_excel=True)

    def to_office(self, formula: str, place: Place) -> str:
        return self._translate(formula, place, to_excel=False)

    def _translate(self, formula: str, place: Place, *, to_excel: bool) -> str:
        own = str(place.row)
        question = (to_excel, place.column, formula.replace(own, _OWN_ROW))
        if question not in self._by_own_row:
            self._by_own_row[question] = self._by_distance(formula, place, to_excel).replace(own, _OWN_ROW)
        return self._by_own_row[question].replace(_OWN_ROW, own)

    def _by_distance(self, formula: str, place: Place, to_excel: bool) -> str:
        key = (to_excel, place.column, pattern(formula, place.row))
        if key not in self._known:
            source, target = (self._office, self._excel) if to_excel else (self._excel, self._office)
            address = place.address()
            text: str = target.printFormula(source.parseFormula(formula, address), address)
            if to_excel and "~" in text:
                text = _UNION.sub(lambda found: found[1] or ",", text)
            if to_excel and "analysis.get" in text:  # EDATE and its like are printed by the name of their service
                text = _ANALYSIS.sub(lambda found: found[1] or found[2].upper(), text)
            self._known[key] = pattern(text, place.row)
        return _render(self._known[key], place.row)

    def parse(self, formula: str, place: Place) -> Any:
        """Tokens of a formula in Excel's syntax, which can be printed for other cells."""
        return self._excel.parseFormula(formula, place.address())

    def print_office(self, tokens: Any, place: Place) -> str:
        text: str = self._office.printFormula(tokens, place.address())
        return text


def _parser(document: Any, convention: int) -> Any:
    parser = document.createInstance("com.sun.star.sheet.FormulaParser")
    parser.CompileEnglish = True
    parser.FormulaConvention = convention
    parser.IgnoreLeadingSpaces = True
    return parser
