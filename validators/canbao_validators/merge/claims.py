"""What a row says of a person, for comparison with the lists of others: claimed categories and the stated status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy

_IDENTITIES = ("identity_1", "identity_2", "identity_3", "chosen_category.computed")


def claimed_categories(policy: Policy, frame: pl.DataFrame) -> pl.Expr:
    """Return the codes of the categories that a row claims, and of the one that was chosen for it."""
    codes = {
        word: category.code
        for category in reversed(policy.subsidy.categories)
        for name in (category.name, *category.aliases)
        for word in (name, fold_choice(name))
    }
    claimed = [
        pl.col(name).replace_strict(codes, default=None, return_dtype=pl.String)
        for name in _IDENTITIES
        if name in frame.columns
    ]
    if not claimed:
        return pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list(claimed).list.drop_nulls().list.unique()


def stated_status(frame: pl.DataFrame) -> pl.Expr:
    """Return the special status that a row states, blank where the roster has no such column."""
    return pl.col("status").fill_null("") if "status" in frame.columns else pl.lit("")
