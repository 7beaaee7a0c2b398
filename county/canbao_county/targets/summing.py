"""Sums over a county's people by the unit that they count for."""

from __future__ import annotations

import polars as pl

_AT_ONCE = 100_000  # rows: what is worked out to be summed up would else take as much memory as the people themselves


def sum_by_township(people: pl.DataFrame, **values: pl.Expr) -> pl.DataFrame:
    """Return the sums of what expressions give for each row, one row a ``township``; a null adds nothing."""
    slices = list(people.iter_slices(_AT_ONCE)) or [people]
    parts = [
        rows.select("township", **values).group_by("township", maintain_order=True).agg(pl.all().sum())
        for rows in slices
    ]
    return pl.concat(parts).group_by("township", maintain_order=True).agg(pl.all().sum())
