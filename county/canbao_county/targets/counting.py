"""Counts the persons that rates are made of, by the place that a row counts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.targets.summing import sum_by_township
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.policy.measures import Base, Counted
from canbao_rulebook.policy.words import WindowKind
from canbao_rulebook.vocabulary import list_words, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from canbao_county.lists.stored import Lists
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.measures import Denominator


@dataclass(frozen=True)
class Evidence:
    """What is known beside the rosters: up to which day is counted, and whose money reached the treasury.

    ``posted`` and ``remedial`` are document numbers; None where no list of results was imported. ``remedial`` are
    persons who paid anew after a failed posting (rules.md C4).
    """

    as_of: date | None = None
    posted: pl.Series | None = None
    remedial: pl.Series | None = None


REGISTERED = "registered"  # stands in for what was posted while nobody has told: paid through the agent, in time


def known_evidence(lists: Lists | None, as_of: date | None = None) -> Evidence:
    """Return what imported lists tell: whose money was posted, and who paid anew after a failed posting."""
    posting = lists.frame("posting") if lists else None
    if lists is None or posting is None:
        return Evidence(as_of)
    failed, tax = posting.filter(pl.col("posted") == word("yes_no", "no"))["cert_no"], lists.frame("tax")
    remedial = None if tax is None else tax.filter(pl.col("cert_no").is_in(failed.implode()))["cert_no"]
    return Evidence(as_of, posting.filter(pl.col("posted") == word("yes_no", "yes"))["cert_no"], remedial)


def by_government() -> pl.Expr:
    """Persons paid for by government: on a department's list, or with nothing left to pay themselves.

    Where the notice leaves the amounts open, whoever paid nothing is paid for.
    """
    direct = (pl.col("gov_direct") > 0) & (pl.col("self_due") <= 0)
    return pl.col("central") | direct.fill_null(pl.col("received") <= 0)


def mark_elsewhere(people: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Add ``elsewhere``: persons of R3 who are proven to be insured elsewhere, once each (C31)."""
    reasons = list_words("exemption_reasons_elsewhere", policy)
    proven = ~pl.col("enrolment") & (pl.col("proof") != "") & pl.col("status").cast(pl.String).is_in(reasons)
    rows = people.lazy().filter(proven).select("person", "cert").collect()  # few, of many
    numbered = people.lazy().filter((pl.col("cert") != "") & pl.col("cert").is_in(rows["cert"].implode()))
    counted = numbered.filter("counts").select("cert").collect()["cert"].implode()
    kept = rows.filter(~pl.col("cert").is_in(counted)).filter(
        (pl.col("cert") == "") | pl.col("cert").is_first_distinct()
    )
    return people.with_columns(elsewhere=pl.col("person").is_in(kept["person"].implode()))


def knows_posting(people: pl.DataFrame, evidence: Evidence) -> bool:
    """Tell whether anything is known about what reached the treasury."""
    return evidence.posted is not None or bool(people["posted"].is_not_null().any())


def count_whole(people: pl.DataFrame, denominator: Denominator) -> dict[str, int]:
    """Return by place how many persons of some rosters should enrol."""
    return _sum(people, pl.col("counts") & _of(denominator))


def count_part(
    people: pl.DataFrame, policy: Policy, words: Iterable[str], denominator: Denominator, evidence: Evidence
) -> dict[str, int]:
    """Return by place how many persons of a numerator there are."""
    chosen = [_counted(word, policy, evidence) for word in dict.fromkeys(words)]
    return _sum(people, pl.col("counts") & _of(denominator) & pl.any_horizontal(chosen))


def _sum(people: pl.DataFrame, wanted: pl.Expr) -> dict[str, int]:
    table = sum_by_township(people, count=wanted)
    return {str(place): int(count) for place, count in table.iter_rows() if count}


def _of(denominator: Denominator) -> pl.Expr:
    if denominator.base is not Base.ROSTERS:
        return pl.lit(value=True)
    return pl.col("roster").cast(pl.String).is_in(list(denominator.rosters))


def _counted(word: str, policy: Policy, evidence: Evidence) -> pl.Expr:
    paid = pl.col("enrolled") & paid_by(evidence.as_of)
    match word:
        case Counted.ENROLLED:
            return paid
        case Counted.SELF_PAID:
            return paid & ~by_government()
        case Counted.GOVERNMENT_PAID:
            return paid & by_government()
        case Counted.POSTED:
            return _posted(policy, evidence) & ~pl.col("central") & paid_by(evidence.as_of)
        case _:
            return paid & ~by_government() & ~_late(policy)


def _posted(policy: Policy, evidence: Evidence) -> pl.Expr:
    key = pl.col("cert")
    posted = pl.col("posted").fill_null(value=False)
    if evidence.posted is not None:
        posted = posted | key.is_in(evidence.posted.implode())
    remedial = pl.lit(value=False) if evidence.remedial is None else key.is_in(evidence.remedial.implode())
    if policy.targets.remedial_counts:
        return posted | remedial
    return posted & ~remedial & ~_late(policy)


def _late(policy: Policy) -> pl.Expr:
    """Paid in a window that does not count for the rate."""
    return pl.lit(value=False) if policy.targets.remedial_counts else _in_windows(_left_out_windows(policy))


def _left_out_windows(policy: Policy) -> list[tuple[float, float]]:
    """The payment windows that do not count for the rate (SC-21)."""
    ranking = policy.targets.ranking
    named = set(ranking.exclude_windows) if ranking else set()
    return [
        (float(to_serial(window.start)) if window.start else 0.0, float(to_serial(window.end)))
        for window in policy.calendar.windows
        if window.kind is WindowKind.PAY and (window.id in named or not window.counts_for_rate)
    ]


def _in_windows(windows: Sequence[tuple[float, float]]) -> pl.Expr:
    day = pl.col("pay_date").fill_nan(None)
    inside = [(day >= start) & (day <= end) for start, end in windows]
    return pl.any_horizontal(inside).fill_null(value=False) if inside else pl.lit(value=False)


def paid_by(day: date | None) -> pl.Expr:
    """Rows that were paid by a day; those without a date are taken as they are."""
    if day is None:
        return pl.lit(value=True)
    paid_on = pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None))
    return (paid_on <= to_serial(day)).fill_null(value=True)
