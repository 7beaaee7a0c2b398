"""Values of a frame as the text that a sentence quotes."""

from __future__ import annotations

from decimal import Decimal
from math import isnan
from typing import TYPE_CHECKING, Any

from canbao_rulebook.functions.dates import FIRST_SERIAL, LAST_SERIAL, from_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind, ColumnType
from canbao_rulebook.money import format_yuan, to_fen

if TYPE_CHECKING:
    from canbao_rulebook.roster import Column

_EXACT = 1e13  # yuan: beyond it a float does not hold every fen
_WHOLE = 1e-4  # of a fen: what is nearer to a whole one is rounding of binary numbers


def show_value(column: Column, value: Any) -> str:
    """Return a computed value as text: dates ISO, money with two decimals, unknown 待定, empty an empty string."""
    if value is None:
        return UNKNOWN_TEXT
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return value
    if isnan(value):  # an empty cell
        return ""
    if column.type is ColumnType.DATE:
        return show_date(value)
    if column.type is ColumnType.MONEY:
        return show_money(float(value))
    return str(int(value)) if float(value).is_integer() else str(value)


def show_money(yuan: float) -> str:
    """Return a sum with two decimals, or as it was typed when it has more: 280.004 is not 280.00."""
    if not abs(yuan) < _EXACT:  # no sum of money
        return f"{yuan:.15g}"
    fen = to_fen(yuan)
    return format_yuan(fen) if abs(yuan * 100 - fen) < _WHOLE else f"{Decimal(repr(yuan)):f}"


def show_date(serial: float) -> str:
    """Return a serial as an ISO date, or as it is when it is none."""
    return from_serial(serial).isoformat() if FIRST_SERIAL <= serial <= LAST_SERIAL else str(serial)


def show_cell(column: Column, row: dict[str, Any]) -> str:
    """Return what stands in a cell of a row: what was found, or what the formula gives where nothing was found."""
    found = str(row.get(f"{column.field}.raw") or "")
    if found and column.type is ColumnType.MONEY and row.get(f"{column.field}.kind") == CellKind.NUMBER:
        return show_value(column, row[column.field])
    if found or not column.is_computed:
        return found
    return show_value(column, row.get(f"{column.field}.computed"))
