"""Part, whole and rate of every unit as the policy defines them: what totals, ranks, goals and reports all show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.targets.counting import REGISTERED, Evidence, count_part, count_whole, knows_posting
from canbao_county.targets.rates import Rate
from canbao_county.targets.versions import version_of_day
from canbao_rulebook.phrases import Phrases, pick_phrase
from canbao_rulebook.policy.measures import Base, Counted, Denominator, rate_measure
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from canbao_county.targets.versions import TargetVersion
    from canbao_rulebook.policy import Policy


@dataclass(frozen=True)
class UnitRate:
    """One unit on a day. ``rates`` by label: one, or without and with persons paid for by government (C7).

    ``bases`` say by label what was counted over what. ``provisional``: the policy counts what reached the treasury,
    which nobody has told yet; payments are counted. ``beside``: a school, whose pupils are no part of the county's
    rate (PT-18).
    """

    unit: str
    whole: int | None
    rates: Mapping[str, Rate]
    bases: Mapping[str, Phrases]
    self_paid: int = 0
    government: int = 0
    posted: int | None = None
    provisional: bool = False
    beside: bool = False

    @property
    def main(self) -> Rate:
        """The rate by the first way of counting: the one that totals and ranks show."""
        return next(iter(self.rates.values()))

    @property
    def part(self) -> int:
        """The persons counted, by the first way."""
        return self.main.part

    @property
    def basis(self) -> Phrases:
        """What was counted over what, by the first way."""
        return next(iter(self.bases.values()))

    @property
    def enrolled(self) -> int:
        """All who are enrolled."""
        return self.self_paid + self.government


def measure_rates(
    people: pl.DataFrame,
    policy: Policy,
    units: Iterable[str],
    versions: Sequence[TargetVersion],
    evidence: Evidence,
    *,
    schools: Collection[str] = (),
) -> dict[str, UnitRate]:
    """Return the rate of every unit on the day of the evidence, in the order given.

    ``schools`` are those of the units that are measured by their own rosters, beside the others.
    """
    units = list(dict.fromkeys(units))
    everybody = Denominator(Base.ROSTERS, _all_rosters(people))
    denominator = rate_measure(policy.targets).denominator or everybody
    measured = _measure(people, policy, units, denominator, versions, evidence)
    others = [unit for unit in units if unit in schools]
    measured |= _measure(people, policy, others, everybody, (), evidence, beside=True)
    return {unit: measured[unit] for unit in units}


def county_rate(
    county: str, rates: Mapping[str, UnitRate], version: TargetVersion | None = None, stated: int | None = None
) -> UnitRate:
    """Return the county as the sum of its units.

    The whole is that of all units that have one, of those too that the ``version`` of the targets names and that did
    not hand in; ``stated`` is the total that the notice gives instead of the sum (C1). Whoever is counted in a unit
    whose whole nobody has told is in no rate.
    """
    own = [entry for entry in rates.values() if not entry.beside]
    known = [entry for entry in own if entry.whole is not None]
    missing = {} if version is None else {unit: n for unit, n in version.targets.items() if unit not in rates}
    summed = sum(entry.whole or 0 for entry in known) + sum(missing.values())
    whole = (summed if stated is None else stated) if known or missing else None
    first = next(iter(own or rates.values()), None)
    counted = own if whole is None else known
    posted = [entry.posted for entry in own if entry.posted is not None]
    return UnitRate(
        unit=county,
        whole=whole,
        rates={
            label: Rate(sum(entry.rates[label].part for entry in counted), whole)
            for label in (first.rates if first else [""])
        },
        bases=first.bases if first else {"": Phrases(())},
        self_paid=sum(entry.self_paid for entry in own),
        government=sum(entry.government for entry in own),
        posted=sum(posted) if posted else None,
        provisional=any(entry.provisional for entry in own),
    )


def _measure(
    people: pl.DataFrame,
    policy: Policy,
    units: Sequence[str],
    denominator: Denominator,
    versions: Sequence[TargetVersion],
    evidence: Evidence,
    *,
    beside: bool = False,
) -> dict[str, UnitRate]:
    def count(*words: str) -> dict[str, int]:
        return count_part(people, policy, words, denominator, evidence)

    known = knows_posting(people, evidence)
    ways = _ways(policy, known=known)
    parts = {label: count(*words) for label, words in ways.items()}
    self_paid, government = count(Counted.SELF_PAID), count(Counted.GOVERNMENT_PAID)
    posted = count(Counted.POSTED) if known else None
    wholes = _wholes(people, units, denominator, versions, evidence)
    return {
        unit: UnitRate(
            unit=unit,
            whole=wholes.get(unit),
            rates={label: Rate(own.get(unit, 0), wholes.get(unit)) for label, own in parts.items()},
            bases={label: _basis(words, denominator) for label, words in ways.items()},
            self_paid=self_paid.get(unit, 0),
            government=government.get(unit, 0),
            posted=None if posted is None else posted.get(unit, 0),
            provisional=any(REGISTERED in words for words in ways.values()),
            beside=beside,
        )
        for unit in units
    }


def _all_rosters(people: pl.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(people["roster"].filter(people["counts"]).cast(pl.String).unique().to_list()))


def _ways(policy: Policy, *, known: bool) -> dict[str, tuple[str, ...]]:
    """Return by label what is counted; what was paid stands in for what was posted while nobody has told."""
    variants = rate_measure(policy.targets).variants
    labels = [""] if len(variants) == 1 else load_lists()["rate_ways"]
    return {
        label: tuple(REGISTERED if word is Counted.POSTED and not known else word for word in words)
        for label, words in zip(labels, variants, strict=True)
    }


def _wholes(
    people: pl.DataFrame,
    units: Sequence[str],
    denominator: Denominator,
    versions: Sequence[TargetVersion],
    evidence: Evidence,
) -> Mapping[str, int]:
    if denominator.base is Base.ROSTERS:
        return dict.fromkeys(units, 0) | count_whole(people, denominator)
    version = version_of_day(versions, evidence.as_of)
    return version.targets if version else {}


def _basis(words: Iterable[str], denominator: Denominator) -> Phrases:
    said = load_lists()["rate_words"]
    counted = Phrases([pick_phrase(said, str(word)) for word in words], "＋")
    return Phrases((counted, "÷", pick_phrase(said, str(denominator.base))))
