"""How far every township had come day by day: persons, the day of its present rate, deposits (R19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.targets.counting import paid_by
from canbao_rulebook.functions.dates import from_serial, to_serial

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


def cumulative_payments(people: pl.DataFrame, days: Sequence[date]) -> dict[str, list[int]]:
    """Return by unit how many persons were enrolled by each day."""
    found: dict[str, list[int]] = {}
    enrolled = people.lazy().filter(pl.col("counts") & pl.col("enrolled"))
    for index, day in enumerate(days):
        for place, count in enrolled.filter(paid_by(day)).group_by("township").len().collect().iter_rows():
            found.setdefault(str(place), [0] * len(days))[index] = int(count)
    return found


def reached_dates(people: pl.DataFrame) -> dict[str, date]:
    """Return when each unit's last counted payment was made: the day on which it came to its present rate (C8)."""
    day = pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None))
    paid = people.lazy().filter(pl.col("counts") & pl.col("enrolled")).select("township", day=day)
    latest = paid.drop_nulls().group_by("township").agg(pl.col("day").max()).collect()
    return {str(place): from_serial(day) for place, day in latest.iter_rows()}


def cumulative_deposits(
    deposits: pl.DataFrame, returns: Mapping[str, int], days: Sequence[date]
) -> dict[str, list[int]]:
    """Return by unit the fen deposited by each day less what was given back (C5): a balance would fall with posting.

    ``deposits`` holds ``township``, ``day`` (a serial) and ``fen``; ``returns`` are fen by unit, off on the last day.
    """
    found: dict[str, list[int]] = {}
    for index, day in enumerate(days):
        sums = deposits.filter(pl.col("day") <= to_serial(day)).group_by("township").agg(pl.col("fen").sum())
        for place, fen in sums.iter_rows():
            found.setdefault(str(place), [0] * len(days))[index] = int(fen)
    for place, fen in returns.items():
        if place in found and days:
            found[place][-1] -= fen
    return found
