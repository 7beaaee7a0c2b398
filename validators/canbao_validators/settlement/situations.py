"""Which situation a person of several rows is in: one premium, and one year in which a category ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.policy.situations import fading_years
from canbao_validators.settlement.looking_up import look_up

if TYPE_CHECKING:
    from canbao_validators.settlement.terms import Terms


def join_situations(facts: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the facts with one ``situation`` a person: the tier of the row that stands, the years of any row.

    ``facts`` have ``fallen``. Of several years the longest holds: nobody gets more because one row is younger.
    """
    if not terms.by_person:
        return facts
    years = len(fading_years(terms.policy))
    place = pl.col("situation") - 1
    standing = (pl.col("fallen") == "") & pl.col("enrolment")
    chosen = (
        facts.filter("enrolment")
        .with_columns(standing=standing, premium=place // years, year=place % years)
        .sort("pid", "standing", "premium", descending=[False, True, True], maintain_order=True)
        .group_by("pid", maintain_order=True)
        .agg(one=(pl.col("premium").first() * years + pl.col("year").max() + 1).cast(pl.Int32))
    )
    return look_up(facts, chosen, "pid").with_columns(situation=pl.coalesce("one", "situation")).drop("one")
