"""Polars expressions and frames made fit for XML."""

from __future__ import annotations

from io import BytesIO

import polars as pl

from canbao_generator.xml import escape
from canbao_rulebook.cell_text import MAX_TEXT, UNWRITABLE_IN_POLARS

_RARE = rf"{UNWRITABLE_IN_POLARS}|_x[0-9A-Fa-f]{{4}}_"
_SPECIAL = rf"[&<>]|{_RARE}"
_EXACT = 1e15


def escape_frame(data: pl.DataFrame) -> pl.DataFrame:
    """Make the texts of a frame fit for XML elements."""
    names = [name for name, kind in data.schema.items() if kind == pl.String]
    special = (pl.col(name).str.contains(_SPECIAL) | (pl.col(name).str.len_bytes() > MAX_TEXT) for name in names)
    found = data.select(which.any() for which in special).row(0) if names else ()
    return data.with_columns(_escape_series(data[name]) for name, any_ in zip(names, found, strict=True) if any_)


def _escape_series(texts: pl.Series) -> pl.Series:
    if (texts.str.len_bytes() > MAX_TEXT).any() or texts.str.contains(_RARE).any():
        return pl.Series(texts.name, [None if text is None else escape(text) for text in texts], dtype=pl.String)
    escaped = texts.str.replace_all("&", "&amp;", literal=True).str.replace_all("<", "&lt;", literal=True)
    return escaped.str.replace_all(">", "&gt;", literal=True)


def join_rows(rows: pl.Series) -> bytes:
    """Return the XML of rows one below the other; polars writes them faster than Python joins them."""
    memory = BytesIO()
    rows.to_frame().write_csv(memory, include_header=False, quote_style="never", separator="\x1f")
    return memory.getvalue()


def number_text(value: pl.Expr) -> pl.Expr:
    """Return a Float64 as the file holds it; whole numbers without a decimal point."""
    whole = (value == value.floor()) & (value.abs() < _EXACT)
    return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
