"""Months as six digits, of days as serials."""

from __future__ import annotations

import polars as pl

from canbao_rulebook.functions.dates import as_date


def month_of(day: pl.Expr) -> pl.Expr:
    """Return the month of a serial, e.g. 202010; null where there is no day."""
    moment = as_date(day)
    return moment.dt.year().cast(pl.Int64) * 100 + moment.dt.month().cast(pl.Int64)
