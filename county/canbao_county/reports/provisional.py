"""Provisional and final list of subsidies: who is missing in the final one, and why (HN-27, HN-28; C10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reports.model import ReportFile
from canbao_county.reports.payees import named_category
from canbao_county.reports.sums import sum_up
from canbao_rulebook.policy.words import SubsidyKind
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.top_ups import claims_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context


def make_difference(context: Context) -> Iterator[ReportFile]:
    """Yield the difference: the provisional list expects everybody of a category, the final one pays who has paid."""
    terms = Terms(context.policy)
    known = terms.categories_by_situation if terms.by_person else terms.categories
    rebates = known.filter(pl.col("subsidy_kind") == terms.kinds[SubsidyKind.REBATE])
    own = ["category", "situation"] if terms.by_person else ["category"]
    claims = claims_of(context.merge.people)
    rebate = pl.col("subsidy_kind") == terms.kinds[SubsidyKind.REBATE]
    on_top = claims.filter(pl.col("counts") & pl.col("is_top_up") & rebate)
    if rebates.is_empty() and on_top.is_empty():
        return
    few = pl.col("category").cast(pl.String).is_in(rebates["category"].implode())  # all would be copied to be joined
    expected = (
        claims.filter(pl.col("counts") & ~pl.col("is_top_up") & few)
        .with_columns(pl.col(name).cast(pl.String) for name in ("township", "village", "category"))
        .join(rebates.select(*own, "amount", "whole"), on=own, how="inner", maintain_order="left")
        .with_columns(amount=pl.when("whole").then("premium").otherwise("amount"))
        .pipe(_with_top_ups, on_top)
        .sort("township", "village", maintain_order=True)
    )
    lost = expected.filter(pl.col("rebate_due") == 0)
    shown = lost.with_columns(why=_reason(), category=named_category(context.policy))
    final = expected.filter(pl.col("rebate_due").is_null() | (pl.col("rebate_due") > 0))
    before, after, gap = sum_up(expected, "amount"), sum_up(final, "rebate_due"), sum_up(lost, "amount")
    notes = [
        f"暂定 {expected.height} 人 {before.in_words}，最终应返 {final.height} 人 {after.in_words}。",
        f"差 {lost.height} 人 {gap.in_words}。最终应返的人里还不能拨付的，见各清单的“暂不拨付”。",
    ]
    sheet = context.table("provisional_difference", shown, notes)
    county = context.policy.meta.county
    yield ReportFile([sheet], name="暂定与最终差异", unit=county, rows=lost.height, receivers="医保、财政")


def _with_top_ups(expected: pl.DataFrame, on_top: pl.DataFrame) -> pl.DataFrame:
    """Return the rebates that are expected with those on top of another subsidy, each beside a row of its own."""
    if on_top.is_empty():
        return expected
    own = on_top.filter((pl.col("rebate") != 0).fill_null(value=True)).with_columns(amount="rebate")
    shared = [name for name in expected.columns if name in own.columns]
    return pl.concat([expected.select(shared), own.select(pl.col(name).cast(expected.schema[name]) for name in shared)])


def _reason() -> pl.Expr:
    """Why a person's rebate is not due, in the words of the settlement's states and reasons."""
    words = load_lists()
    state = pl.col("state").replace_strict(words["person_states"], default="", return_dtype=pl.String)
    money = pl.col("reason").replace_strict(words["money_reasons"], default="", return_dtype=pl.String)
    return (
        pl.when(pl.col("unproven") > 0)
        .then(pl.lit("缴费没有凭据"))
        .when((pl.col("reason") != "") & ~pl.col("enrolled"))
        .then(pl.format("{}：{}", state, money))
        .otherwise(state)
    )
