"""How far every township has come on a day: the figures of the bulletins (R19) and of the table of targets (R16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.functions.dates import from_serial, to_serial
from canbao_rulebook.policy.measures import Base, Counted, Denominator, rate_measure
from canbao_validators.targets.counting import Evidence, count_part, count_variants, count_whole, knows_posting, paid_by
from canbao_validators.targets.rates import Rate
from canbao_validators.targets.versions import in_force

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from canbao_rulebook.policy import Policy
    from canbao_validators.targets.versions import TargetVersion

REGISTERED = "登记缴费"  # what is counted while nobody has told what reached the treasury


@dataclass(frozen=True)
class Progress:
    """One unit on a day. ``rates`` by label: one, or without and with persons paid for by government (C7).

    ``provisional``: the policy counts what reached the treasury, which nobody has told yet; payments are counted.
    """

    unit: str
    whole: int | None
    self_paid: int
    government: int
    posted: int | None
    rates: Mapping[str, Rate]
    provisional: bool = False

    @property
    def enrolled(self) -> int:
        """All who are enrolled."""
        return self.self_paid + self.government


def measure_progress(
    people: pl.DataFrame,
    policy: Policy,
    units: Sequence[str],
    versions: Sequence[TargetVersion],
    evidence: Evidence,
) -> list[Progress]:
    """Return the state of every unit on the day of the evidence, in the order given."""
    denominator = rate_measure(policy.targets).denominator or Denominator(Base.ROSTERS, _all_rosters(people))
    counted = {
        word: count_part(people, policy, (word,), denominator, evidence)
        for word in (Counted.SELF_PAID, Counted.GOVERNMENT_PAID, Counted.POSTED)
    }
    variants = dict(count_variants(people, policy, evidence))
    provisional = not variants
    if provisional:
        words = (Counted.SELF_PAID, Counted.GOVERNMENT_PAID)
        variants = {REGISTERED: count_part(people, policy, words, denominator, evidence)}
    wholes = _wholes(people, denominator, versions, evidence)
    posting = knows_posting(people, evidence)
    return [
        Progress(
            unit=unit,
            whole=wholes.get(unit),
            self_paid=counted[Counted.SELF_PAID].get(unit, 0),
            government=counted[Counted.GOVERNMENT_PAID].get(unit, 0),
            posted=counted[Counted.POSTED].get(unit, 0) if posting else None,
            rates={label: Rate(parts.get(unit, 0), wholes.get(unit)) for label, parts in variants.items()},
            provisional=provisional and rate_measure(policy.targets).denominator is not None,
        )
        for unit in units
    ]


def _all_rosters(people: pl.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(people.filter("counts")["roster"].cast(pl.String).unique().to_list()))


def _wholes(
    people: pl.DataFrame, denominator: Denominator, versions: Sequence[TargetVersion], evidence: Evidence
) -> Mapping[str, int]:
    if denominator.base is Base.ROSTERS:
        return count_whole(people, denominator)
    version = in_force(versions, evidence.as_of) if evidence.as_of else next(iter(reversed(versions)), None)
    return version.targets if version else {}


def add_up(county: str, progress: Sequence[Progress], stated: int | None = None) -> Progress:
    """Return the county as the sum of its units; ``stated`` is the total that the notice gives instead of the sum."""
    known = [entry.whole for entry in progress if entry.whole is not None]
    whole = (stated if stated is not None else sum(known)) if known else None
    labels = list(progress[0].rates) if progress else []
    posted = [entry.posted for entry in progress if entry.posted is not None]
    return Progress(
        unit=county,
        whole=whole,
        self_paid=sum(entry.self_paid for entry in progress),
        government=sum(entry.government for entry in progress),
        posted=sum(posted) if posted else None,
        rates={label: Rate(sum(entry.rates[label].part for entry in progress), whole) for label in labels},
        provisional=any(entry.provisional for entry in progress),
    )


def cumulative_payments(people: pl.DataFrame, days: Sequence[date]) -> dict[str, list[int]]:
    """Return by unit how many persons were enrolled by each day."""
    found: dict[str, list[int]] = {}
    enrolled = people.filter(pl.col("counts") & pl.col("enrolled"))
    for index, day in enumerate(days):
        for place, count in enrolled.filter(paid_by(day)).group_by("place").len().iter_rows():
            found.setdefault(str(place), [0] * len(days))[index] = int(count)
    return found


def reached_dates(people: pl.DataFrame) -> dict[str, date]:
    """Return when each unit's last counted payment was made: the day on which it came to its present rate (C8)."""
    paid = people.filter(pl.col("counts") & pl.col("enrolled")).select(
        "place", day=pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None))
    )
    latest = paid.drop_nulls().group_by("place").agg(pl.col("day").max())
    return {str(place): from_serial(day) for place, day in latest.iter_rows()}


def cumulative_deposits(
    deposits: pl.DataFrame, returns: Mapping[str, int], days: Sequence[date]
) -> dict[str, list[int]]:
    """Return by unit the fen deposited by each day less what was given back (C5): a balance would fall with posting.

    ``deposits`` holds ``place``, ``day`` (a serial) and ``fen``; ``returns`` are fen by unit, off on the last day.
    """
    found: dict[str, list[int]] = {}
    for index, day in enumerate(days):
        sums = deposits.filter(pl.col("day") <= to_serial(day)).group_by("place").agg(pl.col("fen").sum())
        for place, fen in sums.iter_rows():
            found.setdefault(str(place), [0] * len(days))[index] = int(fen)
    for place, fen in returns.items():
        if place in found and days:
            found[place][-1] -= fen
    return found
