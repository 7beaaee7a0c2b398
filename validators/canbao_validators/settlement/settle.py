"""One settlement a person: what is owed, and why (settlement.md). Everything that is said of money reads this frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_validators.settlement.amounts import NOTHING, add_dues
from canbao_validators.settlement.categories import choose_categories
from canbao_validators.settlement.claims import statuses_by_reason
from canbao_validators.settlement.looking_up import look_up, repeated_rows
from canbao_validators.settlement.money import add_money
from canbao_validators.settlement.situations import join_situations
from canbao_validators.settlement.told import Told
from canbao_validators.settlement.top_ups import add_top_ups, choose_top_ups, with_rebates_due

if TYPE_CHECKING:
    from canbao_validators.settlement.places import Places
    from canbao_validators.settlement.terms import Terms

# States of a person, on the row that stands; "" on rows that fall.
ENROLLED, DUE, REFUSED, EXEMPT, PENDING, NOT_ACCEPTED = (
    "enrolled", "due", "refused", "exempt", "pending", "not_accepted",
)  # fmt: skip


def settle(
    facts: pl.DataFrame,
    places: Places,
    terms: Terms,
    told: Told | None = None,
) -> pl.DataFrame:
    """Return the facts with the settlement of every row; nothing is withheld yet (``withhold``).

    ``told`` is what the lists of others say; without lists a row's own word counts.

    Added: ``stands, counts, category, kind, payer, confirmed, premium, gov_direct, self_due, rebate_due, due, accepted,
    unproven, returnable, reason, way, state, enrolled, unverified``; money is fen, null where unknown. Dues stand on
    the row that counts, money that came on the row where it was paid. Where the policy year knows top-ups, the category
    is the ordinary one, money is that of both claims, and ``top_ups.claims_of`` takes them apart.
    """
    fallen = pl.DataFrame(
        {"person": list(places.fallen), "fallen": list(places.fallen.values())},
        schema={"person": pl.UInt32, "fallen": pl.String},
    )
    told = told or Told()
    barred = told.barred.select("cert", "unsubsidised", barred=pl.lit(value=True))
    facts = look_up(facts, barred, "cert").with_columns(
        pl.col("barred").fill_null(value=False),
        blocked=pl.col("blocked") | pl.col("unsubsidised").fill_null(value=False),
    )
    facts = look_up(facts, fallen, "person").with_columns(pl.col("fallen").fill_null("")).pipe(join_situations, terms)
    chosen = choose_categories(facts, told.verdicts, terms)
    on_top = choose_top_ups(facts, chosen, told.verdicts, terms) if terms.top_ups.height else None
    rows = (
        facts.with_columns(
            doubted=pl.col("person").is_in(sorted(places.doubted)),
            status_doubted=pl.col("pid").is_in(_unproven_statuses(facts, terms).implode()),
        )
        .with_columns(stands=pl.col("enrolment") & (pl.col("fallen") == ""))
        .with_columns(counts=pl.col("stands") & ~pl.col("forbidden"))
        .pipe(look_up, chosen, "pid")
        .pipe(look_up, told.listed, "cert")
        .pipe(_unclaimed, terms)
        .pipe(add_dues, terms)
        .pipe(add_top_ups, on_top, terms)
        .pipe(add_money, terms)
    )
    return (
        rows.pipe(_add_states)
        .pipe(_join_groups)
        .select(pl.exclude("amount", "whole", "covered", "rebate", "unsubsidised"))
    )


def _unproven_statuses(facts: pl.DataFrame, terms: Terms) -> pl.Series:
    """Whose subsidy waits: volunteers of an exemption row for whom nothing shows that it is so (settlement.md 7)."""
    reasons = [name for name, entry in statuses_by_reason(terms.policy).items() if entry.subsidy == "forbidden"]
    rows = facts.filter(
        pl.col("volunteers") & (pl.col("proof") == "") & pl.col("status").cast(pl.String).is_in(reasons)
    )
    standing = [row["pid"] for row in rows.to_dicts() if (ruling := terms.ruling(row)) is None or ruling.stands]
    return pl.Series(standing, dtype=pl.String)


def _unclaimed(rows: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Persons without a claim that counts get no subsidy; what is executed stands on the row that counts only."""
    nothing = pl.col("confirmed").is_null() | ~pl.col("counts")
    none = {"category": "", "subsidy_kind": terms.kinds["none"], "payer": "", "confirmed": ""}
    return rows.with_columns(
        *(pl.when(nothing).then(pl.lit(blank)).otherwise(name).alias(name) for name, blank in none.items()),
        amount=pl.when(nothing).then(NOTHING).otherwise("amount"),
        whole=pl.when(nothing).then(pl.lit(value=False)).otherwise("whole"),
    )


def _add_states(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``state, enrolled, rebate_due, due`` and ``unverified``."""
    government = pl.col("covered") & pl.col("direct_ok") & pl.col("arrived").fill_null(value=True)
    arrived = pl.col("arrived").fill_null(value=False) & pl.col("row_enrolled")
    paid = pl.col("paid_full") & ~pl.col("premium").is_null()
    enrolled = pl.col("counts") & ~pl.col("barred") & (paid | government | arrived)
    # Against an unproven exemption only money that came makes an application certain.
    pending = pl.col("counts") & pl.col("doubted") & ~pl.col("paid_full")
    state = (
        pl.when(~pl.col("enrolment"))
        .then(pl.when(pl.col("doubted") | (pl.col("fallen") != "")).then(pl.lit("")).otherwise(pl.lit(EXEMPT)))
        .when(~pl.col("stands"))
        .then(pl.lit(""))
        .when(pl.col("forbidden"))
        .then(pl.lit(NOT_ACCEPTED))
        .when(pending)
        .then(pl.lit(PENDING))
        .when(enrolled)
        .then(pl.lit(ENROLLED))
        .when((pl.col("returnable") > 0) | pl.col("barred"))
        .then(pl.lit(NOT_ACCEPTED))
        .when(pl.col("refuses"))
        .then(pl.lit(REFUSED))
        .otherwise(pl.lit(DUE))
    )
    told = pl.col("arrived").is_not_null() | pl.col("posted").is_not_null() | pl.col("listed").is_not_null()
    rebate = pl.when(pl.col("paid_full")).then("rebate").otherwise(NOTHING)
    return (
        rows.with_columns(state=state, rebate_due=pl.when("counts").then(rebate).otherwise(NOTHING))
        .pipe(with_rebates_due, pl.col("counts") & pl.col("paid_full"))
        .with_columns(enrolled=pl.col("state") == ENROLLED, due=pl.col("gov_direct") + pl.col("rebate_due"))
        .with_columns(unverified=pl.col("enrolled") & ~told)
    )


def _join_groups(rows: pl.DataFrame) -> pl.DataFrame:
    """A person belongs to the target groups of all its rows: 就高不就低 takes nobody out of a group."""
    several = repeated_rows(rows, "pid").filter(pl.col("groups").list.len() > 0)
    joined = several.explode("groups").group_by("pid").agg(all_groups=pl.col("groups").unique(maintain_order=True))
    if joined.is_empty():
        return rows
    return look_up(rows, joined, "pid").with_columns(
        groups=pl.coalesce("all_groups", "groups")
    ).select(pl.exclude("all_groups"))  # fmt: skip
