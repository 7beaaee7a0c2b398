"""What is paid on top of a person's ordinary category, and the claims of all persons: one or two rows a person.

Where the policy year knows no top-ups (叠加资助) there is nothing of this: claims are persons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.policy.words import SubsidyKind
from canbao_validators.settlement.amounts import NOTHING, UNKNOWN_FEN, with_own_part
from canbao_validators.settlement.categories import UNSURE, judge_claims
from canbao_validators.settlement.looking_up import look_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_validators.settlement.terms import Terms

# The two claims of a person, each a struct of what one row of claims says for itself; TOP_UP is null without one.
ORDINARY, TOP_UP = "ordinary", "top_up"
_SAYS = ("category", "subsidy_kind", "payer", "confirmed")
_MONEY = ("gov_direct", "rebate")


def claims_of(people: pl.DataFrame) -> pl.DataFrame:
    """Return one row a claim: ``category, subsidy_kind, payer, confirmed``, what is due and paid out for it.

    ``rebate`` is what will be due once the person has paid. A person without a top-up is one row, as in ``people``.
    ``is_top_up`` tells the second row of a person, on which only the claim's own figures may be summed: those of the
    person stand there again.
    """
    if TOP_UP not in people.columns:
        return people.with_columns(is_top_up=pl.lit(value=False))
    numbered = people.with_row_index("place")
    parts = [
        numbered.filter(pl.col(name).is_not_null()).with_columns(
            *(pl.col(name).struct.field(field.name) for field in _fields(people, name)),
            is_top_up=pl.lit(name == TOP_UP),
        )
        for name in (ORDINARY, TOP_UP)
    ]
    return pl.concat(parts).sort("place", maintain_order=True).drop("place", ORDINARY, TOP_UP)


def owed_claims(people: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Return the claims of those who count for which something is due or may be: these columns and ``is_top_up``.

    Only what is asked for is copied: the people of a county are many.
    """
    owed = pl.col("counts") & ((pl.col("due") > 0) | pl.col("due").is_null())
    both = [name for name in (ORDINARY, TOP_UP) if name in people.columns]
    narrow = people.select(*dict.fromkeys([*columns, "counts", "due", *both]))
    return claims_of(narrow.filter(owed)).filter(owed)


def said_on_top(people: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Return ``on_top`` and ``on_top_kind``, what comes on top and how; blank for nothing, 待定 where it is open."""
    if TOP_UP not in people.columns:
        return pl.lit("").alias("on_top"), pl.lit("").alias("on_top_kind")
    has = pl.col(TOP_UP).is_not_null()
    said = (pl.col(TOP_UP).struct.field(name).fill_null(UNKNOWN_TEXT) for name in ("category", "subsidy_kind"))
    first, second = (pl.when(has).then(text).otherwise(pl.lit("")) for text in said)
    return first.alias("on_top"), second.alias("on_top_kind")


def executed_names(row: Mapping[str, Any]) -> list[str]:
    """Return the categories that are executed for a settled row, the ordinary one first, 待定 where it is open."""
    on_top = row.get(TOP_UP)
    names = [row["category"], *([on_top["category"]] if on_top else [])]
    return [UNKNOWN_TEXT if name is None else name for name in names if name != ""]


def _fields(people: pl.DataFrame, name: str) -> list[pl.Field]:
    kind = people.schema[name]
    assert isinstance(kind, pl.Struct)
    return kind.fields


def choose_top_ups(facts: pl.DataFrame, chosen: pl.DataFrame, verdicts: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the one top-up of every person with a claim to one: ``pid`` and, each begun with ``top_``, ``category,
    subsidy_kind, payer, confirmed, amount``.

    ``chosen`` are the executed ordinary categories. The amount is what is left below the cap, null where it is unknown;
    the category is null where several are claimed and nobody can say which pays the most.
    """
    beside = chosen.select("pid", beside="category", executed=pl.lit(value=True))
    claims = (
        judge_claims(facts, verdicts, terms)
        .join(terms.top_ups, on="code", how="inner", maintain_order="left")
        .join(beside, on="pid", how="left", maintain_order="left")
        .with_columns(beside=pl.when(pl.col("executed").is_null()).then(pl.lit("")).otherwise("beside"))
        .join(terms.top_up_amounts, on=["situation", "beside", "code"], how="left", maintain_order="left")
        .sort("pid", "rank", maintain_order=True)
    )
    unknown, money = pl.col("amount").is_null(), (pl.col("amount") != 0).fill_null(value=True)
    is_open = (unknown.first() & (money.sum() > 1) & pl.lit(terms.by_amount)) | (
        pl.col("beside").first().is_null() & (pl.len() > 1)
    )
    best = claims.group_by("pid", maintain_order=True).agg(
        pl.col("category", "subsidy_kind", "payer", "confirmed", "amount").first(), open=is_open
    )
    return best.select(
        "pid",
        *(pl.when(~pl.col("open")).then(name).alias(f"top_{name}") for name in ("category", "subsidy_kind", "payer")),
        top_confirmed=pl.when("open").then(pl.lit(UNSURE)).otherwise("confirmed"),
        top_amount=pl.when(~pl.col("open")).then("amount"),
    )


def add_top_ups(rows: pl.DataFrame, top_ups: pl.DataFrame | None, terms: Terms) -> pl.DataFrame:
    """Add what comes on top to the dues of the rows that count; both parts stay apart in ``ORDINARY`` and ``TOP_UP``.

    ``rows`` have the dues of the ordinary category; nothing is added where the policy year has no top-ups.
    """
    if top_ups is None:
        return rows
    kind, amount = pl.col("top_subsidy_kind"), pl.col("top_amount")
    counts = pl.col("counts") & pl.col("top_confirmed").is_not_null()
    parts = {
        name: pl.when(~counts)
        .then(NOTHING)
        .when(kind.is_null())
        .then(UNKNOWN_FEN)
        .when(kind == terms.kinds[paid])
        .then(amount)
        .otherwise(NOTHING)
        for name, paid in zip(_MONEY, (SubsidyKind.DIRECT, SubsidyKind.REBATE), strict=True)
    }
    joined = look_up(rows, top_ups, "pid").with_columns(**{f"top_{name}": money for name, money in parts.items()})
    return (
        joined.with_columns(
            pl.struct(*_SAYS, *_MONEY).alias(ORDINARY),
            pl.when(counts)
            .then(pl.struct(pl.col(f"top_{name}").alias(name) for name in (*_SAYS, *_MONEY)))
            .alias(TOP_UP),
        )
        .with_columns(pl.col(name) + pl.col(f"top_{name}") for name in _MONEY)
        .pipe(with_own_part, pl.col("covered"))
        .select(pl.exclude("^top_(category|subsidy_kind|payer|confirmed|amount|gov_direct|rebate)$"))
    )


def with_rebates_due(rows: pl.DataFrame, owed: pl.Expr) -> pl.DataFrame:
    """Return rows whose two claims say what of their rebate is due; ``owed``: whether any is."""
    if TOP_UP not in rows.columns:
        return rows

    def due(name: str) -> pl.Expr:
        parts = {field: pl.col(name).struct.field(field) for field in (*_SAYS, *_MONEY)}
        parts["rebate_due"] = pl.when(owed).then(parts["rebate"]).otherwise(NOTHING)
        parts["due"] = parts["gov_direct"] + parts["rebate_due"]
        said = pl.struct(value.alias(field) for field, value in parts.items())
        return pl.when(pl.col(name).is_not_null()).then(said).alias(name)

    return rows.with_columns(due(ORDINARY), due(TOP_UP))


def gather_claims(people: pl.DataFrame, claims: pl.DataFrame, joint: str) -> pl.DataFrame:
    """Return people with what is withheld and payable of their claims, each claim's own in its struct.

    A person's sums hold what is known of either claim, null where nothing is.
    """
    figures = ("withheld_by", "withheld", "payable")
    for name, wanted in ((ORDINARY, ~pl.col("is_top_up")), (TOP_UP, pl.col("is_top_up"))):
        own = claims.filter(wanted).select("person", **{f"{name}_{figure}": pl.col(figure) for figure in figures})
        people = look_up(people, own, "person")
    codes = pl.concat_list(pl.col(f"{name}_withheld_by").fill_null("").str.split(joint) for name in (ORDINARY, TOP_UP))
    sums = {
        figure: pl.coalesce(
            pl.col(f"{ORDINARY}_{figure}") + pl.col(f"{TOP_UP}_{figure}"), f"{ORDINARY}_{figure}", f"{TOP_UP}_{figure}"
        )
        for figure in figures[1:]
    }
    return people.with_columns(
        *(
            pl.when(pl.col(name).is_not_null())
            .then(pl.col(name).struct.with_fields(pl.col(f"{name}_{figure}").alias(figure) for figure in figures))
            .alias(name)
            for name in (ORDINARY, TOP_UP)
        ),
        withheld_by=codes.list.eval(pl.element().filter(pl.element() != ""))
        .list.unique(maintain_order=True)
        .list.join(joint),
        **sums,
    ).select(pl.exclude(f"^({ORDINARY}|{TOP_UP})_({'|'.join(figures)})$"))
