"""What became of the money that came: accepted, not yet shown by anything, or to be settled (settlement.md 1, 4, 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.policy.words import SubsidyKind
from canbao_rulebook.vocabulary import coded_words
from canbao_validators.settlement.amounts import NOTHING
from canbao_validators.settlement.facts import COVERED, NO_DEPOSITS

if TYPE_CHECKING:
    from canbao_validators.settlement.terms import Terms

# Why money is to be settled. The policy says for each which way it goes (``Refunds.way``).
TWICE, TOO_MUCH, PARTIAL = "twice", "too_much", "partial"
LATE, EARLY, BEFORE_BIRTH, NO_DATE, NOT_RULED = "late", "early", "before_birth", "no_date", "not_ruled"
CLOSED_CHANNEL, NOT_ELIGIBLE, BATCH, INCOMPLETE = "closed_channel", "not_eligible", "batch", "incomplete"
NOT_ARRIVED, NOT_POSTED = "not_arrived", "not_posted"
GOVERNMENT = "government_also_paid"
# What ※期外 says of a payment: the notices without a rule for babies leave those open who are born after the window.
_MISSED = {text: reason for reason, text in coded_words("missed_limits").items()}


def add_money(rows: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Add ``accepted, unproven, returnable, reason, way`` and ``paid_full`` (the own part is paid and accepted).

    ``rows`` have ``received``, the dues, ``fallen`` (why the row does not stand, "" where it does) and the facts.
    received = accepted + unproven + returnable always holds.
    """
    received, due = pl.col("received"), pl.col("self_due")
    unproven = pl.col("cash") & ~pl.col("ticket") & (pl.col("cover") != COVERED)
    # An unknown own part asks for no more than the premium; with an unknown premium the row's own word counts.
    asked = pl.coalesce(due, "premium")
    full = (received >= asked).fill_null(value=True)
    reason = (
        pl.when(received == 0)
        .then(pl.lit(""))
        .when(unproven)
        .then(pl.lit(""))
        .when(pl.col("fallen") != "")
        .then("fallen")
        .when(pl.col("forbidden") | pl.col("barred"))
        .then(pl.lit(NOT_ELIGIBLE))
        .when(_is_closed(terms))
        .then(pl.lit(CLOSED_CHANNEL))
        .when((due <= 0) | pl.col("covered"))
        .then(pl.lit(GOVERNMENT))
        .when(pl.col("arrived").fill_null(value=False) & pl.col("row_enrolled") & full)
        .then(pl.lit(""))
        .when(pl.col("pay_date").is_nan() | pl.col("pay_date").is_null())
        .then(pl.lit(NO_DATE))
        .when(~pl.col("in_time"))
        .then(_timing())
        .when(~full)
        .then(pl.lit(PARTIAL))
        .when(_lacks_something(terms))
        .then(pl.when(~pl.col("complete")).then(pl.lit(INCOMPLETE)).otherwise(pl.lit(BATCH)))
        .when(~pl.coalesce("listed", "posted").fill_null(value=True) & pl.col("posted").is_not_null())
        .then(pl.lit(NOT_POSTED))
        .when(~pl.coalesce("listed", "arrived").fill_null(value=True))
        .then(pl.lit(NOT_ARRIVED))
        .otherwise(pl.lit(""))
    )
    stated = rows.with_columns(
        reason=reason, unproven=pl.when(unproven).then(received).otherwise(NOTHING)
    ).with_columns(
        accepted=pl.when((pl.col("reason") == "") & (pl.col("unproven") == 0))
        .then(pl.min_horizontal(received, asked.fill_null(received)))
        .otherwise(NOTHING)
    )  # fmt: skip
    settled = stated.with_columns(
        returnable=received - pl.col("accepted") - pl.col("unproven"),
        paid_full=(pl.col("accepted") > 0) & ((pl.col("accepted") >= asked) | asked.is_null()),
    )
    too_much = (pl.col("returnable") > 0) & (pl.col("reason") == "")
    multiple = (received % asked == 0).fill_null(value=False)
    return settled.with_columns(
        reason=pl.when(too_much)
        .then(pl.when(multiple).then(pl.lit(TWICE)).otherwise(pl.lit(TOO_MUCH)))
        .otherwise("reason")
    ).pipe(_add_ways, terms)


def _is_closed(terms: Terms) -> pl.Expr:
    """A person of a special channel cannot pay by bank or tax office (DX-14)."""
    if not terms.closed_channels:
        return pl.lit(value=False)
    return (pl.col("subsidy_kind") == terms.kinds[SubsidyKind.SPECIAL_CHANNEL]).fill_null(value=False)


def _timing() -> pl.Expr:
    """Which limit was missed, as the row's own formula says (※期外); outside the window is too early or too late."""
    early = pl.col("pay_date") < pl.col("window_start").fill_nan(None)
    return (
        pl.col("missed")
        .cast(pl.String)
        .replace_strict(_MISSED, default=None, return_dtype=pl.String)
        .fill_null(pl.when(early).then(pl.lit(EARLY)).otherwise(pl.lit(LATE)))
    )


def _lacks_something(terms: Terms) -> pl.Expr:
    """Where agents' rows count only when complete and deposited in full, or posted (SC:81).

    Without any deposit the row's own word counts.
    """
    if not terms.whole_batches:
        return pl.lit(value=False)
    posted = pl.coalesce("listed", "posted").fill_null(value=False)
    whole = pl.col("cover").is_in([COVERED, NO_DEPOSITS]) | posted
    return pl.col("cash") & (~pl.col("complete") | ~whole)


def _add_ways(rows: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    reasons = [reason for reason in rows["reason"].unique().to_list() if reason]
    ways = {reason: str(terms.policy.refunds.way(reason)) for reason in reasons}
    return rows.with_columns(way=pl.col("reason").replace_strict(ways, default="", return_dtype=pl.String))
