"""Category of a person as payment lists may name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy

UNNAMED = "政府资助"


def named_category(policy: Policy) -> pl.Expr:
    """``category`` as lists below the county may name it: a confidential one is 政府资助 (rules.md C30)."""
    hidden = policy.subsidy.confidential_names
    return pl.when(pl.col("category").is_in(hidden)).then(pl.lit(UNNAMED)).otherwise("category").alias("category")
