"""Formulas of cells, in blocks of any size."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice.addresses import Area
from canbao_addin.hosts.libreoffice.bridge import enum
from canbao_addin.hosts.libreoffice.cell_errors import ERROR_NUMBERS
from canbao_addin.hosts.libreoffice.formula_syntax import Place, Translator, pattern
from canbao_addin.hosts.libreoffice.number_formats import Kind, format_groups
from canbao_addin.hosts.libreoffice.reading import BOOLEAN_FORMULAS
from canbao_addin.hosts.libreoffice.typed import number_text

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.ranges import Range

_FORMULA_CELLS = 16  # com.sun.star.sheet.CellFlags.FORMULA
_WORTH_FILLING = 8
_CONSTANTS = {  # how LibreOffice keeps constants that it has no cells for
    **{formula: str(value).upper() for formula, value in BOOLEAN_FORMULAS.items()},
    **{f"={text}": text for text in ERROR_NUMBERS},
}


def read_formulas(cells: Range) -> list[list[str]]:
    """Formulas with "=", constants as text, blank cells as "": what Excel's ``Range.Formula`` holds."""
    translator = Translator(cells.book.api)
    values, texts = cells.api.getDataArray(), cells.api.getFormulaArray()
    sheet, area = cells.sheet.index - 1, cells.area

    def one(row: int, column: int, value: Any, text: str) -> str:
        if text[:1] in ("=", "{") and value != text:
            if text in _CONSTANTS:
                return _CONSTANTS[text]
            bare = text[2:-1] if text[0] == "{" else text[1:]
            return "=" + translator.to_excel(bare, Place(sheet, area.row + row, area.column + column))
        return number_text(value) if isinstance(value, float) else value or ""

    rows = [
        [one(row, column, *pair) for column, pair in enumerate(zip(line, shown, strict=True))]
        for row, (line, shown) in enumerate(zip(values, texts, strict=True))
    ]
    for kind, logical in cells.book.formats.areas(cells.api):
        if kind is Kind.LOGICAL:
            down, across = logical.within(area)
            for line in rows[down]:
                line[across] = [{"1": "TRUE", "0": "FALSE"}.get(text, text) for text in line[across]]
    return rows


def write_formulas(cells: Range, formulas: dict[int, list[tuple[int, str]]]) -> None:
    """Write formulas, by column and row within the range; Excel's syntax, with "="."""
    translator = Translator(cells.book.api)
    for column, items in formulas.items():
        number = cells.area.column + column
        rows = [(cells.area.row + row, text[1:]) for row, text in items]
        keyed = [(row, text, pattern(text, row)) for row, text in rows]
        for _, neighbours in groupby(enumerate(keyed), lambda pair: (pair[1][0] - pair[0], pair[1][2])):
            run = [item for _, item in neighbours]
            _write_run(cells, translator, number, [(row, text) for row, text, _ in run])


def _write_run(cells: Range, translator: Translator, column: int, run: list[tuple[int, str]]) -> None:
    """Formulas that are the same but for their row, in neighbouring rows of one column."""
    sheet = cells.sheet.index - 1
    area = Area(run[0][0], column, run[-1][0], column)
    if len(run) >= _WORTH_FILLING:
        first, text = run[0]
        fill_formula(cells.part(area), "=" + text, Area(first, column, first, column))
        return
    lines = tuple((f"={translator.to_office(text, Place(sheet, row, column))}",) for row, text in run)
    cells.part(area).api.setFormulaArray(lines)


def write_array_formula(cells: Range, formula: str) -> None:
    """One array formula over all cells."""
    place = Place(cells.sheet.index - 1, cells.row, cells.column)
    cells.api.setArrayFormula("=" + Translator(cells.book.api).to_office(formula.removeprefix("="), place))


def fill_formula(cells: Range, formula: str, base: Area) -> None:
    """Fill cells with a formula that is written for the first cell of ``base``; relative references move.

    Cells formatted alike are filled down: LibreOffice takes time squared for the same formula cell by cell. Filling
    copies formats too, which changes nothing among cells that are formatted alike.
    """
    translator = Translator(cells.book.api)
    tokens = translator.parse(formula[1:], Place(cells.sheet.index - 1, base.row, base.column))
    for group in format_groups(cells.api):
        for address in group.getRangeAddresses():
            for column in range(address.StartColumn + 1, address.EndColumn + 2):
                strip = Area(address.StartRow + 1, column, address.EndRow + 1, column)
                _fill_strip(cells.part(strip), translator, tokens)


def _fill_strip(strip: Range, translator: Translator, tokens: Any) -> None:
    sheet, area = strip.sheet.index - 1, strip.area
    height = area.shape[0]
    strip.api.getCellByPosition(0, 0).setFormula(
        "=" + translator.print_office(tokens, Place(sheet, area.row, area.column))
    )
    if height == 1:
        return
    strip.api.fillAuto(enum("sheet.FillDirection", "TO_BOTTOM"), 1)
    filled = sum(
        Area.of(address).shape[0] for address in strip.api.queryContentCells(_FORMULA_CELLS).getRangeAddresses()
    )
    if filled != height:  # filtered rows are left out by filling
        places = [Place(sheet, area.row + row, area.column) for row in range(height)]
        strip.api.setFormulaArray(tuple((f"={translator.print_office(tokens, place)}",) for place in places))
