"""Rows of cell values, as a test writes them, to a frame: no normalisation, every kind kept."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import CellKind, Filler
from canbao_rulebook.roster import FIRST_ROW, Roster

ERROR = "#N/A"
Row = Mapping[str, Any]


def kind_of(value: Any) -> CellKind:
    match value:
        case None:
            return CellKind.BLANK
        case bool():
            return CellKind.BOOL
        case int() | float() | date():
            return CellKind.NUMBER
        case "#N/A":
            return CellKind.ERROR
        case _:
            return CellKind.TEXT


def number_of(value: Any) -> float | None:
    if value == ERROR:
        return None
    if isinstance(value, date):
        return float(to_serial(value))
    return float(value) if kind_of(value) in {CellKind.NUMBER, CellKind.BOOL} else float("nan")


def text_of(value: Any) -> str | None:
    if value == ERROR:
        return None
    return value if isinstance(value, str) else ""


def raw_frame(roster: Roster, rows: Sequence[Row]) -> pl.DataFrame:
    """The frame of docs/architecture.md for rows given as header -> value."""
    columns: dict[str, pl.Series] = {
        "row": pl.Series(range(FIRST_ROW, FIRST_ROW + len(rows)), dtype=pl.Int64),
    }
    for column in roster.columns:
        if column.filler is Filler.PRINT:
            continue
        values = [row.get(column.header) for row in rows]
        kinds = pl.Series([int(kind_of(value)) for value in values], dtype=pl.UInt8)
        raws = pl.Series(["" if value is None else str(value) for value in values], dtype=pl.String)
        if column.type.is_number:
            columns[column.field] = pl.Series([number_of(value) for value in values], dtype=pl.Float64)
        elif column.type == "bool":
            columns[column.field] = pl.Series([None] * len(values), dtype=pl.Boolean)
        else:
            columns[column.field] = pl.Series([text_of(value) for value in values], dtype=pl.String)
        columns[f"{column.field}.kind"] = kinds
        columns[f"{column.field}.raw"] = raws
    return pl.DataFrame(columns)
