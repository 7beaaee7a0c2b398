"""Persons of payment lists: their columns, and what of their category the list may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.tables import CellType, TableColumn

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy

UNNAMED = "政府资助"
PERSON_COLUMNS = {
    "number": TableColumn("序号", CellType.COUNT, 6),
    "place": TableColumn("乡镇(街道)", width=12),
    "village": TableColumn("村(社区)", width=12),
    "name": TableColumn("姓名", width=11),
    "key": TableColumn("证件号码", width=21),
    "category": TableColumn("资助类别", width=20),
}


def named_category(policy: Policy) -> pl.Expr:
    """``category`` as lists below the county may name it: a confidential one is 政府资助 (rules.md C30)."""
    hidden = policy.subsidy.confidential_names
    return pl.when(pl.col("category").is_in(hidden)).then(pl.lit(UNNAMED)).otherwise("category").alias("category")
