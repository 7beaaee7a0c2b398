"""What a row says of a person, for comparison with the lists of others: claimed categories and the stated status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.vocabulary import load_lists
from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.people import Status

_IDENTITIES = ("identity_1", "identity_2", "identity_3")
_WORDS = (*_IDENTITIES, "chosen_category.computed")


def claims_of_rows(policy: Policy, frame: pl.DataFrame) -> pl.DataFrame:
    """Return for each row ``claims``, the codes of the categories that it claims and of the one that was chosen for it,
    and ``groups``, the target groups of its identities. They are found once for all rows that say the same.
    """
    words = [name for name in _WORDS if name in frame.columns]
    if not words:
        nothing = pl.lit([], dtype=pl.List(pl.String))
        return frame.select("row", claims=nothing, groups=nothing).drop("row")
    codes = {
        word: category.code
        for category in reversed(policy.subsidy.categories)
        for name in (category.name, *category.aliases)
        for word in (name, fold_choice(name))
    }
    identities = [name for name in words if name in _IDENTITIES]
    said = frame.select(words)
    found = said.unique().with_columns(
        claims=_listed(words, codes), groups=_listed(identities, target_group_words(policy))
    )
    joined = said.join(found, on=words, how="left", nulls_equal=True, maintain_order="left")
    return joined.select("claims", "groups")


def _listed(names: Sequence[str], meanings: dict[str, str]) -> pl.Expr:
    """Return what words mean, each meaning once."""
    meant = [pl.col(name).replace_strict(meanings, default=None, return_dtype=pl.String) for name in names]
    return pl.concat_list(meant).list.drop_nulls().list.unique() if meant else pl.lit([], dtype=pl.List(pl.String))


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
