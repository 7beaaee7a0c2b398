"""Rows of tables as tests compare them."""

from typing import Any

from canbao_rulebook.tables import TableSheet
from support.open_books import DAY, body

TOWN = "甲镇"


def shown(table: TableSheet, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of a table's rows; days from DAY."""
    rows = body(table).to_dicts()
    return [tuple(row[one] - DAY if one == "day" and row[one] else row[one] for one in columns) for row in rows]
