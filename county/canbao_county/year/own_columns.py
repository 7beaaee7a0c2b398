"""A county's own columns from one year to the next: which are carried, and words that may not be chosen any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.own_columns import own_field
from canbao_rulebook.roster_compile import fold_word

if TYPE_CHECKING:
    from canbao_rulebook.rulebook import Rulebook


def carried_own(code: str, last_year: Rulebook, book: Rulebook) -> dict[str, str]:
    """Return, by the field of last year, the field of this year of each own column of a roster that is carried.

    A column is the same one where its header and what it holds are.
    """
    before = {
        (fold_word(column.header), column.type): own_field(place)
        for place, column in enumerate(last_year.policy.own_columns)
        if column.roster == code
    }
    now = {
        own_field(place): (fold_word(column.header), column.type)
        for place, column in enumerate(book.policy.own_columns)
        if column.roster == code and column.is_carried
    }
    return {before[same]: field for field, same in now.items() if same in before}


def drop_unfit(people: pl.DataFrame, book: Rulebook, code: str) -> tuple[pl.DataFrame, pl.Series]:
    """Return people without words that this year's own columns do not offer, and those words by person, with header."""
    told = pl.Series("unfit", [""] * people.height, dtype=pl.String)
    for place, column in enumerate(book.policy.own_columns):
        field = own_field(place)
        if column.roster != code or not column.choices or field not in people.columns:
            continue
        words = people[field]
        fits = words.is_in([*column.choices, ""])
        told += pl.select(pl.when(fits).then(pl.lit("")).otherwise(pl.lit(f" {column.header}：") + words)).to_series()
        people = people.with_columns(pl.when(fits).then(words).otherwise(pl.lit("")).alias(field))
    return people, told.str.strip_chars()
