"""Deposits by reporting day (R19): paid in less given back; an account's balance falls once money is posted (C5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.targets.periods import report_days
from canbao_county.targets.progress import cumulative_deposits
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.units import AGENCY
from canbao_rulebook.vocabulary import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.reports.model import Context
    from canbao_rulebook.tables import TableSheet

_SCHEMA = {"township": pl.String(), "day": pl.Float64(), "fen": pl.Int64()}


def deposit_sheet(context: Context, units: Sequence[str]) -> list[TableSheet]:
    """Return the sheet of deposits by reporting day and on the day itself; none where nobody enters deposits."""
    if not context.merge.book.with_role(RosterRole.DEPOSIT):
        return []
    rhythm = next((entry for entry in context.policy.calendar.recurring if entry.deliverable == "R19"), None)
    days = [day for day in report_days(context.policy, rhythm) if day < context.as_of] if rhythm else []
    days.append(context.as_of)
    sums = cumulative_deposits(all_deposits(context), _returns(context), days)
    nothing = [0] * len(days)
    named = [*units, *(unit for unit in sums if unit not in units)]
    table = [(unit, sums.get(unit, nothing)) for unit in named]
    table.append(("合计", [sum(column) for column in zip(*(fen for _, fen in table), strict=True)] or nothing))
    names = [day.isoformat() for day in days]
    rows = [
        {"township": unit, **dict(zip(names, amounts, strict=True)), "persons": _persons(context, amounts[-1])}
        for unit, amounts in table
    ]
    return [context.table(load_table("bulletin_deposits").repeat(day=names), rows, last=days[-1])]


def _persons(context: Context, fen: int) -> int | None:
    premium = context.policy.premium_fen(None)
    return fen // premium if premium else None


def all_deposits(context: Context) -> pl.DataFrame:
    """Return every deposit that agents entered: place, day (a serial), fen."""
    frames = []
    for part in context.merge.parts:
        for code, roster in context.merge.book.with_role(RosterRole.DEPOSIT).items():
            if part.unit is None or part.unit.kind == AGENCY or code not in part.sheets:
                continue
            headers = {name: roster.by_field[name].header for name in ("deposit_date", "amount")}
            frames.append(
                part.sheets[code]
                .load()
                .select(
                    pl.lit(part.unit.name).alias("township"),
                    pl.col(headers["deposit_date"]).cast(pl.Float64).fill_nan(None).alias("day"),
                    (pl.col(headers["amount"]).fill_nan(None).fill_null(0) * 100).round(0).cast(pl.Int64).alias("fen"),
                )
            )
    deposits = pl.concat(frames) if frames else pl.DataFrame(schema=_SCHEMA)
    return deposits.filter(pl.col("day").is_not_null())


def _returns(context: Context) -> dict[str, int]:
    """What is given back to townships: the premiums of payments that could not be posted (SC-53)."""
    posting, premium = context.list_frame("posting"), context.policy.premium_fen(None)
    windows = [window.start for window in context.policy.calendar.windows if window.kind == "residue" and window.start]
    if posting is None or not premium or not windows or to_serial(context.as_of) < to_serial(min(windows)):
        return {}
    failed = posting.filter(pl.col("posted") == word("yes_no", "no"))["cert_no"]
    people = context.merge.people.filter(pl.col("cert").is_in(failed.implode()) & ~pl.col("central"))
    paid = people.filter(pl.col("returnable") > 0).group_by("township").agg(pl.col("returnable").sum())
    return {str(place): fen for place, fen in paid.iter_rows()}
