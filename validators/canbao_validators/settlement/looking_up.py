"""Columns of a small table for the rows of a wide frame, and the few of its rows that say the same."""

from __future__ import annotations

import polars as pl


def look_up(rows: pl.DataFrame, table: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the rows with the columns of a table, in which each key stands once; null where a key is missing.

    As a left join, but what the rows have is not copied: of a county's people that is half a gigabyte each time.
    """
    found = rows.select(key).join(table, on=key, how="left", maintain_order="left")
    return rows.hstack(found.drop(key))


def rows_in(rows: pl.DataFrame, table: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the rows whose key stands in a table, with its columns: an inner join that keeps the order of the rows.

    Few of many are taken out first: to be joined, all would be copied.
    """
    few = rows.filter(pl.col(key).is_in(table[key].implode()))
    return few.join(table, on=key, maintain_order="left")


def repeated_rows(rows: pl.DataFrame, key: str | pl.Expr, *wanted: pl.Expr) -> pl.DataFrame:
    """Return the wanted rows whose key other wanted rows have too, in order.

    Fingerprints of the keys are compared first: to group a county's people takes as much memory as they do.
    """
    key = pl.col(key) if isinstance(key, str) else key
    prints = rows.lazy().with_row_index("~").filter(*wanted).select("~", print=key.hash()).collect()
    again = prints.filter(~pl.col("print").is_first_distinct())["print"].unique()
    few = rows[prints.filter(pl.col("print").is_in(again.implode()))["~"]]
    return few.filter(key.is_duplicated())
