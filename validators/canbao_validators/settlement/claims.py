"""What a row says of a person, for comparison with the lists of others: claimed categories and the stated status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.vocabulary import load_lists
from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.people import Status

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


def target_group_words(policy: Policy) -> dict[str, str]:
    """Return the target group of every name and alias of a category that counts in one."""
    return {
        word: category.target_group
        for category in policy.subsidy.categories
        if category.target_group
        for word in (category.name, *category.aliases)
    }


def stated_status(frame: pl.DataFrame) -> pl.Expr:
    """Return the special status that a row states, blank where the roster has no such column."""
    return pl.col("status").fill_null("") if "status" in frame.columns else pl.lit("")


def statuses_by_reason(policy: Policy) -> dict[str, Status]:
    """Return which of the policy's statuses a reason of the roster of exemptions means; other reasons mean none."""
    statuses = {status.code: status for status in policy.eligibility.statuses}
    codes: dict[str, str] = load_lists()["status_by_reason"]
    return {reason: statuses[code] for reason, code in codes.items() if code in statuses}
