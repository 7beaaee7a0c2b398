"""What the county takes each cell of a roster to hold: the rows of the county submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind, Filler
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD, REMOVED_FIELD, SEQ_FIELD

if TYPE_CHECKING:
    from canbao_rulebook.roster import Column, Roster

# What serves the clerk's own sheet; a row that was taken out is not merged, so the others are all not taken out.
_NOT_SHOWN = frozenset({SEQ_FIELD, CHECK_FIELD, CHECK_NOTE_FIELD, REMOVED_FIELD})


def standing_columns(roster: Roster) -> list[Column]:
    """Return the columns of a roster that the county shows: neither hidden nor printed boxes nor of the sheet alone."""
    return [
        column
        for column in roster.columns
        if not column.hidden and column.filler is not Filler.PRINT and column.field not in _NOT_SHOWN
    ]


def standing_rows(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` and, by header, what every shown column holds, for a frame with its computed columns."""
    return frame.select("row", *(standing_value(column).alias(column.header) for column in standing_columns(roster)))


def standing_value(column: Column) -> pl.Expr:
    """Return the recomputed value, or what was typed; text where the kind is wrong."""
    name = column.field
    if column.is_computed and column.filler is Filler.DEFAULT:
        untouched = pl.col(f"{name}.kind") == int(CellKind.BLANK)
        value = pl.when(untouched).then(f"{name}.computed").otherwise(name)
    else:
        value = pl.col(f"{name}.computed") if column.is_computed else pl.col(name)
    if column.type.is_number:
        return value.fill_nan(None)
    wrong_kind = (value.fill_null("") == "") & pl.lit(not column.is_computed)
    shown = pl.when(wrong_kind).then(f"{name}.raw").otherwise(value)
    return shown.fill_null(UNKNOWN_TEXT if column.may_be_unknown else "")
