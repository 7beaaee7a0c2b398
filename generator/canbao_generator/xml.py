"""Cells and rows as XML text. Texts stand inline, so what begins with ``=`` or ``@`` stays a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_rulebook.cell_text import clean_text
from canbao_rulebook.roster import column_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# "_x0041_" Excel would read as an escaped character.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_FIXED = ' customHeight="1"'

Value = str | float | bool | None


def escape(text: str) -> str:
    """Return text for an XML element or attribute, as Excel reads it back; what no cell can hold is left out."""
    text = _LOOKS_ESCAPED.sub("_x005F_", clean_text(text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def format_number(number: float) -> str:
    """Return a number as the file holds it; whole numbers without a decimal point."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def value_cell(place: str, style: int, value: Value) -> str:
    """Return a cell that holds a value; None gives an empty cell with a style."""
    start = f'<c r="{place}" s="{style}"'
    if value is None:
        return f"{start}/>"
    if isinstance(value, bool):
        return f'{start} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"{start}><v>{format_number(value)}</v></c>"


def formula_cell(place: str, style: int, formula: str, value: float | str | None = None) -> str:
    """Return a cell with a formula, given without ``=``, and its value where it is known."""
    if isinstance(value, str):
        return f'<c r="{place}" s="{style}" t="str"><f>{escape_formula(formula)}</f><v>{escape(value)}</v></c>'
    known = "" if value is None else f"<v>{format_number(value)}</v>"
    return f'<c r="{place}" s="{style}"><f>{escape_formula(formula)}</f>{known}</c>'


def unknown_cell(place: str, style: int) -> str:
    """Return a cell with ``#N/A``, an unknown value."""
    return f'<c r="{place}" s="{style}" t="e"><f>NA()</f><v>#N/A</v></c>'


def escape_formula(formula: str) -> str:
    """Return a formula for an XML element; quotes stay as they are."""
    return formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def row_xml(number: int, cells: Iterable[str], height: float | None = None, *, grows: bool = False) -> str:
    """Return a row from the XML of its cells, which stand in column order.

    A row that ``grows`` gets another height from the program as soon as something else is written into it.
    """
    tall = f' ht="{height:g}"{"" if grows else _FIXED}' if height else ""
    return f'<row r="{number}"{tall}>{"".join(cells)}</row>'


def grid_rows(columns: Mapping[int, list[Value]], style: int, first_row: int = 1) -> str:
    """Return the rows of columns of values by 1-based number; None in a column becomes ``#N/A``, an unknown value."""
    depth = max((len(values) for values in columns.values()), default=0)
    return "".join(
        row_xml(
            first_row + step,
            (
                _grid_cell(index, first_row + step, style, columns[index][step])
                for index in sorted(columns)
                if step < len(columns[index])
            ),
        )
        for step in range(depth)
    )


def _grid_cell(index: int, row: int, style: int, value: Value) -> str:
    place = f"{column_letter(index)}{row}"
    return unknown_cell(place, style) if value is None else value_cell(place, style, value)
