"""Which category is executed: the best of all claims of a person that count, wherever they were written (HN-09)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from canbao_validators.settlement.terms import Terms

CONFIRMED, DENIED, NO_LIST, UNSURE, BY_COUNTY = "confirmed", "denied", "no_list", "unsure", "county"


def choose_categories(facts: pl.DataFrame, verdicts: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return ``pid, category, kind, payer, amount, whole, confirmed`` of every person with a claim that counts.

    ``verdicts`` is what owners' lists say of claims: ``key, code, verdict``. A claim that is denied, by the owner's
    list or by the county, does not count (HN-75). A category that covers the premium wins; an amount that nobody has
    stated leaves the choice open among several that bring money: ``category`` is then null, and so is the amount.
    """
    claims = judge_claims(facts, verdicts, terms).pipe(_join_terms, terms)
    ordered = claims.sort("pid", "rank", maintain_order=True)
    first = ordered.unique("pid", keep="first", maintain_order=True)
    if not terms.by_amount:
        return first.select(*_COLUMNS)
    unknown = pl.col("amount").is_null() & ~pl.col("whole")
    open_ones = (
        ordered.filter("money")
        .group_by("pid")
        .agg(open=(pl.len() > 1) & unknown.any() & ~pl.col("full").any())
        .filter("open")
        .select("pid", "open")
    )
    chosen = first.join(open_ones, on="pid", how="left", maintain_order="left")
    is_open = pl.col("open").fill_null(value=False)
    return chosen.select(
        "pid",
        *(pl.when(~is_open).then(name).alias(name) for name in ("category", "subsidy_kind", "payer", "amount")),
        whole=pl.col("whole") & ~is_open,
        confirmed=pl.when(is_open).then(pl.lit(UNSURE)).otherwise("confirmed"),
    )


def _join_terms(claims: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Add what each claimed category pays: the person, where it differs from person to person."""
    if not terms.by_person:
        return claims.join(terms.categories, on="code", how="inner", maintain_order="left")
    return claims.join(terms.categories_by_situation, on=["code", "situation"], how="inner", maintain_order="left")


_COLUMNS = ("pid", "category", "subsidy_kind", "payer", "amount", "whole", "confirmed")


def judge_claims(facts: pl.DataFrame, verdicts: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return every claim that counts once a person: ``pid, situation, code``, and on whose word it stands."""
    blocked = facts.filter("blocked").select("pid").unique()
    claims = (
        facts.filter(pl.col("enrolment"))
        .select("pid", "cert", "situation", code="claims")
        .explode("code")
        .filter(pl.col("code").is_not_null())
        .with_columns(pl.col("code").cast(pl.String))
        .unique(["pid", "code"], keep="first", maintain_order=True)
        .join(blocked, on="pid", how="anti", maintain_order="left")
        .join(verdicts.unique(["cert", "code"]), on=["cert", "code"], how="left", maintain_order="left")
        .with_columns(confirmed=pl.col("verdict").fill_null(NO_LIST))
    )
    codes = {category.name: category.code for category in terms.policy.subsidy.categories}
    approvals = [
        (key, codes.get(name, ""), BY_COUNTY if right else DENIED)
        for (key, name), right in terms.rulings.approvals.items()
    ]
    if approvals:
        ruled = pl.DataFrame(approvals, schema=["cert", "code", "ruled"], orient="row")
        claims = claims.join(ruled, on=["cert", "code"], how="left", maintain_order="left").with_columns(
            confirmed=pl.coalesce("ruled", "confirmed")
        )
    return claims.filter(pl.col("confirmed") != DENIED)
