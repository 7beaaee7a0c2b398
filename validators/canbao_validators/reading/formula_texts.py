"""The formulas of a few cells of an .xlsx file, for sentences that quote them: one more pass over their sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.roster import column_index, column_letter
from canbao_validators.reading.numbers import row_number
from canbao_validators.reading.package import open_package
from canbao_validators.reading.slow_lane import DIGITS
from canbao_validators.reading.unreadable import damage_as_unreadable
from canbao_validators.reading.workbook import find_workbook_part, read_book_index, read_relations
from canbao_validators.reading.xml import feed, main_tags, make_parser

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path
    from typing import IO

Spot = tuple[int, int]  # row and column, 1-based
_TAGS = main_tags("row", "c", "f")


def read_formulas(
    path: Path, wanted: Mapping[str, Collection[Spot]], passwords: Sequence[str] = ()
) -> dict[str, dict[Spot, str]]:
    """Return the formulas of some cells by sheet, with their ``=``, array formulas in braces. Raises UnreadableFile."""
    found: dict[str, dict[Spot, str]] = {}
    with damage_as_unreadable(), open_package(path, passwords) as package:
        part = find_workbook_part(package)
        relations = read_relations(package, part)
        for name, _, relation in read_book_index(package, part).sheets:
            if name in wanted and relation in relations:
                with package.open(relations[relation].target) as stream:
                    found[name] = _scan(stream, set(wanted[name]))
    return found


def _scan(stream: IO[bytes], wanted: set[Spot]) -> dict[Spot, str]:
    scanner = _Scanner(wanted)
    parser = make_parser()
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.parts.append
    feed(parser, stream)
    return scanner.found


class _Scanner:
    """Keeps the formulas of the wanted cells, and those that others share by a number."""

    def __init__(self, wanted: set[Spot]) -> None:
        self.wanted = wanted
        self.found: dict[Spot, str] = {}
        self.shared: dict[str, tuple[str, Spot]] = {}
        self.parts: list[str] = []
        self.row = self.column = 0
        self.kind = self.number = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        tag = _TAGS.get(name)
        self.parts.clear()
        if tag == "row":
            number = attributes.get("r")
            self.row = self.row + 1 if number is None else row_number(number)
            self.column = 0
        elif tag == "c":
            reference = attributes.get("r", "")
            letters = reference.rstrip(DIGITS).upper()
            self.column = column_index(letters) if letters.isascii() and letters.isalpha() else self.column + 1
            digits = reference[len(letters) :]
            self.row = row_number(digits) if digits else self.row
        elif tag == "f":
            self.kind, self.number = attributes.get("t", ""), attributes.get("si", "")

    def end(self, name: str) -> None:
        """Close an element."""
        if _TAGS.get(name) != "f":
            return
        text, spot = "".join(self.parts).strip(), (self.row, self.column)
        if self.kind == "shared" and text:
            self.shared.setdefault(self.number, (text, spot))
        if spot not in self.wanted:
            return
        if self.kind == "shared" and not text and self.number in self.shared:
            text = _moved(*self.shared[self.number], spot)
        self.found[spot] = f"{{={text}}}" if self.kind == "array" else f"={text}"


def _moved(text: str, origin: Spot, spot: Spot) -> str:
    """Return a shared formula as another cell has it."""
    from openpyxl.formula.tokenizer import TokenizerError  # noqa: PLC0415 - slow to load, and seldom needed
    from openpyxl.formula.translate import Translator, TranslatorError  # noqa: PLC0415

    places = [f"{column_letter(column)}{row}" for row, column in (origin, spot)]
    try:
        moved: str = Translator(f"={text}", places[0]).translate_formula(places[1])
    except (TranslatorError, TokenizerError, ValueError):
        return text
    return moved.removeprefix("=")
