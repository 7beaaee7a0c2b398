"""What is due for a person by the executed category: premium, government's part, own part, rebate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.policy.words import SubsidyKind

if TYPE_CHECKING:
    from canbao_validators.settlement.terms import Terms

UNKNOWN_FEN = pl.lit(None, dtype=pl.Int64)
NOTHING = pl.lit(0, dtype=pl.Int64)


def add_dues(rows: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Add ``premium, gov_direct, self_due``, ``rebate`` (what comes back once the whole own part is paid), ``covered``.

    ``rows`` have ``counts``, ``row_premium`` and the executed ``category, subsidy_kind, amount, whole``: the kind is
    null where the category is open. Money is fen, null where unknown; 0 on rows that do not count. What is decided
    case by case is unknown (SC-10). ``covered``: government pays all of the premium, be it known or not (PT: 免缴人员).
    """
    kinds = terms.kinds
    amount = pl.when("whole").then("row_premium").otherwise("amount")
    kind = pl.col("subsidy_kind")
    direct = kind.is_in([kinds[SubsidyKind.DIRECT], kinds[SubsidyKind.SPECIAL_CHANNEL]])
    case_by_case = kind.is_null() | (kind == kinds[SubsidyKind.MANUAL])
    government = pl.when(case_by_case).then(UNKNOWN_FEN).when(direct).then(amount).otherwise(NOTHING)
    rebate = (
        pl.when(case_by_case).then(UNKNOWN_FEN).when(kind == kinds[SubsidyKind.REBATE]).then(amount).otherwise(NOTHING)
    )
    dues = {"premium": pl.col("row_premium"), "gov_direct": government, "rebate": rebate}
    counted = rows.with_columns(
        pl.when("counts").then(due).otherwise(NOTHING).alias(name) for name, due in dues.items()
    )
    return with_own_part(counted, (direct & pl.col("whole")).fill_null(value=False))


def with_own_part(rows: pl.DataFrame, whole: pl.Expr) -> pl.DataFrame:
    """Return rows with ``self_due`` and ``covered``; ``whole``: government pays a premium that may be unknown."""
    return rows.with_columns(self_due=pl.col("premium") - pl.col("gov_direct")).with_columns(
        covered=((pl.col("gov_direct") > 0) & (pl.col("self_due") <= 0)).fill_null(whole)
    )
