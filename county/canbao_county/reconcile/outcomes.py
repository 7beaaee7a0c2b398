"""Outcome of each payment: posted, or returned because of wrong data, a duplicate, or money without a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.matter import who
from canbao_rulebook.vocabulary import word
from canbao_validators.money.matching import compare_batches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_county.reconcile.books import Unit

POSTED, INFO, DUPLICATE, NO_RECORD, UNRESOLVED = "posted", "info", "duplicate", "no_record", "unresolved"
_YES = word("yes_no", "yes")


class Postings:
    """The results of posting by person: ``n`` successes, and the reason of a failure."""

    def __init__(self, frame: pl.DataFrame, reasons: Mapping[str, Sequence[str]]) -> None:
        done = frame.filter(pl.col("posted") == _YES)
        self.frame = frame
        self.successes = done.with_columns(nth=pl.int_range(pl.len()).over("cert")).select(
            "cert",
            "nth",
            "tax_cert",
            posted_serial="mib_serial",
            posted_fen="fen",
            posted_line="line",
        )
        self.counts = done.group_by("cert").agg(successes=pl.len().cast(pl.Int64))
        failed = frame.filter(pl.col("posted") != _YES).with_columns(failure=_class_of(reasons))
        self.failures = failed.group_by("cert", maintain_order=True).agg(pl.col("failure", "reason").first())

    def outcomes(self, unit: Unit) -> pl.DataFrame:
        """Return a unit's cash payments with ``outcome``, and village and agent as the deposit of the money has them.

        The n-th success of a person is the n-th payment, the one that the merge kept being the first.
        """
        cash = unit.payments.filter("cash").with_columns(cert=pl.col("cert").fill_null(""))
        judged = (
            cash.join(self.successes, on=["cert", "nth"], how="left", maintain_order="left")
            .join(self.counts, on="cert", how="left", maintain_order="left")
            .join(self.failures, on="cert", how="left", maintain_order="left")
        )
        success = pl.col("posted_line").is_not_null()
        valid = pl.col("valid").fill_null(value=False)
        outcome = (
            pl.when(success)
            .then(pl.lit(POSTED))
            .when((pl.col("successes") > 0) | (pl.col("failure") == DUPLICATE))
            .then(pl.lit(DUPLICATE))
            .when(pl.col("failure").is_not_null() | ~valid)
            .then(pl.lit(INFO))
            .otherwise(pl.lit(UNRESOLVED))
        )
        return _by_deposit(judged.with_columns(outcome=outcome), unit)


def _class_of(reasons: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Return the class of a failure by the words of its reason; what no word names is wrong data."""
    said = pl.col("reason").fill_null("")
    duplicate = pl.any_horizontal(said.str.contains(word, literal=True) for word in reasons[DUPLICATE])
    return pl.when(duplicate).then(pl.lit(DUPLICATE)).otherwise(pl.lit(INFO))


def _by_deposit(payments: pl.DataFrame, unit: Unit) -> pl.DataFrame:
    owners = who(unit.ledger.deposits).filter(pl.col("batch") != "").unique("batch", keep="first", maintain_order=True)
    joined = who(payments).join(
        owners.select("batch", money_village="village", money_agent="agent"),
        on="batch",
        how="left",
        maintain_order="left",
    )
    return joined.with_columns(
        unit=pl.lit(unit.name),
        collector=pl.col("agent"),
        home=pl.col("village"),
        village=pl.coalesce("money_village", "village"),
        agent=pl.coalesce("money_agent", "agent"),
    )


def spare_money(unit: Unit) -> pl.DataFrame:
    """Return batches whose money is not that of their persons: ``over`` has no payer, ``short`` was never deposited."""
    ledger = unit.ledger
    deposited = compare_batches(ledger).filter(pl.col("slips").is_not_null())
    unnamed = ledger.deposits.filter(pl.col("batch") == "")
    known = pl.col("batch").is_in(ledger.batches["batch"].implode())
    loose = ledger.cash.filter(~known).group_by("village", "agent", "batch", maintain_order=True)
    nothing = pl.lit(0, pl.Int64)
    parts = [
        deposited.select("village", "agent", "batch", fen=pl.col("fen").fill_null(0), sum=pl.col("sum").cast(pl.Int64)),
        unnamed.select("village", "agent", "batch", fen=pl.col("fen").fill_null(0), sum=nothing),
        loose.agg(sum=pl.col("fen").sum()).select("village", "agent", "batch", fen=nothing, sum="sum"),
    ]
    gap = pl.col("fen") - pl.col("sum")
    named = who(pl.concat(parts)).with_columns(
        unit=pl.lit(unit.name), over=gap.clip(lower_bound=0), short=(-gap).clip(lower_bound=0)
    )
    return named.filter((pl.col("over") > 0) | (pl.col("short") > 0))
