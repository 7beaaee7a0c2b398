"""The lists of the departments that decide about identities, and who decides about which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.entries import wrong_number
from canbao_county.lists.listed import empty_frame
from canbao_county.lists.request import category_words, owners_of
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from canbao_county.lists.checks.matter import Matter
    from canbao_county.lists.stored import StoredList
    from canbao_rulebook.policy import Category


@dataclass(frozen=True)
class Owners:
    """The departments' lists, each row with the code of its category ("" for a word that the policy does not know)."""

    matter: Matter

    @cached_property
    def rows(self) -> pl.DataFrame:
        """All rows with ``code``, ``agency`` and ``ended`` (the identity was lost before anybody could pay)."""
        frame = self.matter.listed.usable("owner")
        if frame is None:
            whole = pl.lit(None, pl.Int64)
            frame = empty_frame(load_list_kinds()["owner"]).with_columns(part=whole, list=whole)
        words = category_words(self.matter.policy)
        codes = {word: words[fold_choice(word)][0] for word in frame["category"].unique() if fold_choice(word) in words}
        agencies = {index: entry.agency for index, entry in enumerate(self.matter.lists.stored)}
        start = self.matter.listed.window_start
        ended = pl.lit(value=False) if start is None else (pl.col("until") < start).fill_null(value=False)
        return frame.with_columns(
            code=pl.col("category").replace_strict(codes, default="", return_dtype=pl.String),
            agency=pl.col("list").replace_strict(agencies, default="", return_dtype=pl.String),
            ended=ended,
        )

    @cached_property
    def doubtful(self) -> dict[str, set[str]]:
        """Names of persons, by agency, whose number on the list cannot be used."""
        wrong = wrong_number(self.matter.policy.meta.policy_year).is_not_null()
        return {
            agency: {
                name
                for entry in entries
                for name in (*entry.lost, *entry.frame.filter(wrong)["name"].to_list())
                if name
            }
            for agency, entries in self.by_agency.items()
        }

    @cached_property
    def by_agency(self) -> dict[str, list[StoredList]]:
        """The lists of each department."""
        return self.matter.lists.owners()

    def uncovered(self, category: Category) -> list[str]:
        """Return the departments that decide about a category and of which no list says who has it."""
        return [
            agency
            for agency in deciders(self.matter, category)
            if not any(entry.category in {"", category.code} for entry in self.by_agency.get(agency, ()))
        ]

    def of_category(self, category: Category) -> pl.DataFrame:
        """Return the rows that the deciding departments have of a category; anybody's where none is stated."""
        decide = deciders(self.matter, category)
        rows = self.rows.filter(pl.col("code") == category.code)
        return rows.filter(pl.col("agency").is_in(decide)) if decide else rows


def deciders(matter: Matter, category: Category) -> list[str]:
    """Return the departments that decide about an identity; villages, which send no lists, are none."""
    return [agency for agency in owners_of(category.identity_owner) if agency in matter.policy.org.agencies]


def agency_name(matter: Matter, agency: str) -> str:
    """Return what people call a department."""
    found = matter.policy.org.agencies.get(agency)
    return found.name if found else agency
