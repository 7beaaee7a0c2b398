"""V18: what owners' lists say of money: other amounts than the notice's, and one person on two lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.checks.owners import agency_name
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.policy import SubsidyKind
from canbao_rulebook.policy.situations import every_situation, situations
from canbao_rulebook.precedence import ranked_categories
from canbao_rulebook.vocabulary import small_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.lists.checks.owners import Owners
    from canbao_rulebook.policy import Category, Policy
    from canbao_rulebook.policy.situations import Situation

_FEN = 100


def check_amounts(owners: Owners) -> None:
    """V18: the amount that a list gives a person, held against the policy's for the category."""
    matter, policy = owners.matter, owners.matter.policy
    stated = _with_fen(owners).filter(pl.col("fen").is_not_null())
    for category in policy.subsidy.categories:
        amounts = _amounts(policy, category)
        rows = stated.filter(pl.col("code") == category.code)
        for row in rows.filter(~pl.col("fen").is_in(sorted(amounts))).iter_rows(named=True):
            matter.add(
                "V18.amount" if amounts else "V18.amount_unknown",
                matter.list_place(row, inside=True),
                value=row["cert_no"],
                source=policy.article(category.ref),
                name=row["name"],
                category=category.name,
                found=format_yuan(row["fen"]),
                expected="或".join(format_yuan(amount) for amount in sorted(amounts)),
            )


def _with_fen(owners: Owners) -> pl.DataFrame:
    """Return the rows that still hold with ``fen``, the amount that stands beside a person, null without one."""
    live = owners.rows.filter(~pl.col("ended"))
    return live.with_columns(fen=(pl.col("amount") * _FEN).round(0).cast(pl.Int64))


def _amounts(policy: Policy, category: Category) -> set[int]:
    """Return what a category may bring, in fen: populations pay different premiums. Empty where unknown."""
    if category.kind is SubsidyKind.NONE:
        return {0}
    known = {policy.amount_fen(category, person) for person in every_situation(policy)}
    return {amount for amount in known if amount is not None}


def check_two_lists(owners: Owners) -> None:
    """V18: a person whom two lists name with two subsidised categories is subsidised once, with the better one."""
    matter, policy = owners.matter, owners.matter.policy
    orders = [_competing(policy, person) for person in situations(policy)]
    people = matter.applicants.select("situation", cert_no="cert")
    people = people.unique("cert_no", keep="first", maintain_order=True)
    rows = (
        _with_fen(owners)
        .join(people, on="cert_no", how="left", maintain_order="left")
        .with_columns(pl.col("situation").fill_null(1))
        .join(_ranks(orders), on=["code", "situation"], how="inner", maintain_order="left")
    )
    best = rows.sort("rank", maintain_order=True).unique("cert_no", keep="first", maintain_order=True)
    worse = rows.join(best.select("cert_no", best="rank", best_list="list"), on="cert_no", maintain_order="left")
    for row in worse.filter((pl.col("rank") > pl.col("best")) & (pl.col("list") != pl.col("best_list"))).iter_rows(
        named=True
    ):
        order, person = orders[row["situation"] - 1], situations(policy)[row["situation"] - 1]
        category, executed = order[row["rank"]], order[row["best"]]
        fen = row["fen"] if row["fen"] is not None else policy.amount_fen(category, person)
        other = matter.lists.stored[row["best_list"]]
        matter.add(
            "V18.two_lists",
            matter.list_place(row, inside=True),
            value=row["cert_no"],
            source=policy.article(policy.subsidy.ref),
            name=row["name"],
            category=category.name,
            unit=agency_name(matter, row["agency"]),
            amount=UNKNOWN_TEXT if fen is None else format_yuan(fen),
            other=small_words("another_list")
            if executed.confidential
            else small_words("list_of", name=agency_name(matter, other.agency)),
            decision=small_words("another") if executed.confidential else f"“{executed.name}”",
        )


def _competing(policy: Policy, person: Situation) -> list[Category]:
    """Return the categories that bring money, the best of a person first."""
    return [one for one in ranked_categories(policy, person, confidential=True) if one.kind is not SubsidyKind.NONE]


def _ranks(orders: Sequence[Sequence[Category]]) -> pl.DataFrame:
    """Return ``situation`` (from 1), ``code`` and the category's ``rank`` in that situation."""
    rows = [
        (number, category.code, rank)
        for number, order in enumerate(orders, start=1)
        for rank, category in enumerate(order)
    ]
    return pl.DataFrame(rows, schema={"situation": pl.Int32, "code": pl.String, "rank": pl.Int64}, orient="row")
