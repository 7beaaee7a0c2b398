"""Polars expressions and frames made fit for XML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.xml import escape
from canbao_rulebook.cell_text import MAX_TEXT, UNWRITABLE_IN_POLARS

if TYPE_CHECKING:
    from collections.abc import Iterator

_RARE = rf"{UNWRITABLE_IN_POLARS}|_x[0-9A-Fa-f]{{4}}_"
_SPECIAL = rf"[&<>]|{_RARE}"
_EXACT = 1e15
_ROWS_AT_A_TIME = 1_000


def escape_frame(data: pl.DataFrame) -> pl.DataFrame:
    """Make the texts of a frame fit for XML elements."""
    names = [name for name, kind in data.schema.items() if kind == pl.String]
    # Searched as one text, a column takes a fifth of the time; what only two of its texts make up is looked at again.
    special = (
        pl.col(name).str.join("").str.contains(_SPECIAL) | (pl.col(name).str.len_bytes().max() > MAX_TEXT)
        for name in names
    )
    found = data.select(special).row(0) if names else ()
    return data.with_columns(_escape_series(data[name]) for name, any_ in zip(names, found, strict=True) if any_)


def _escape_series(texts: pl.Series) -> pl.Series:
    if (texts.str.len_bytes() > MAX_TEXT).any() or texts.str.contains(_RARE).any():
        return pl.Series(texts.name, [None if text is None else escape(text) for text in texts], dtype=pl.String)
    escaped = texts.str.replace_all("&", "&amp;", literal=True).str.replace_all("<", "&lt;", literal=True)
    return escaped.str.replace_all(">", "&gt;", literal=True)


def stamp_rows(frame: pl.DataFrame, row: pl.Expr) -> Iterator[bytes]:
    """Yield the XML of rows one below the other, few rows at a time: memory near the processor is used again."""
    for start in range(0, frame.height, _ROWS_AT_A_TIME):
        few = frame.slice(start, _ROWS_AT_A_TIME).select(row=row)["row"]
        yield few.str.join("\n").cast(pl.Binary).item() + b"\n"


def number_text(value: pl.Expr) -> pl.Expr:
    """Return a Float64 as the file holds it; whole numbers without a decimal point."""
    whole = (value == value.floor()) & (value.abs() < _EXACT)
    return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
