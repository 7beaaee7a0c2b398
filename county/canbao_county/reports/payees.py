"""Category of a person as payment lists may name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.policy import Policy

UNNAMED = "政府资助"


AND = "＋"


def with_on_top(column: str, on_top: str, hidden: Sequence[str] = ()) -> pl.Expr:
    """What a person's one line says of both subsidies; a confidential one is 政府资助."""
    own, more = (
        pl.when(pl.col(name).is_in(hidden)).then(pl.lit(UNNAMED)).otherwise(name) if hidden else pl.col(name)
        for name in (column, on_top)
    )
    joined = pl.when(pl.col(column) == "").then(more).otherwise(pl.concat_str(own, more, separator=AND))
    return pl.when(pl.col(on_top) == "").then(own).otherwise(joined).alias(column)


def named_category(policy: Policy) -> pl.Expr:
    """``category`` as lists below the county may name it: a confidential one is 政府资助 (rules.md C30)."""
    hidden = policy.subsidy.confidential_names
    return pl.when(pl.col("category").is_in(hidden)).then(pl.lit(UNNAMED)).otherwise("category").alias("category")
