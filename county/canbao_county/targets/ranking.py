"""Ranks by exact rates, ties as the policy breaks them, and the prizes and cuts that hang on ranks (SC-65, SC-66)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from canbao_county.targets.progress import reached_dates
from canbao_rulebook.money import to_fen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from canbao_county.targets.rates import Rate
    from canbao_county.targets.unit_rates import UnitRate
    from canbao_rulebook.policy.funds import Targets

_TOWNSHIP, _PERSON = "township", "person"
_SHARE, _EARLIER = "share", "earlier_date"


@dataclass(frozen=True)
class Ranked:
    """A unit's place: ``first`` to ``last`` are the places that equal units share."""

    unit: str
    rate: Rate
    first: int
    last: int

    @property
    def tied(self) -> bool:
        """Whether others have the same place."""
        return self.first != self.last


@dataclass(frozen=True)
class Reward:
    """What a place brings a unit, in fen: a prize, or a cut as a negative sum. None: equal units, the county decides.

    ``pot`` are the sums of all places that equal units share.
    """

    unit: str
    tiers: tuple[str, ...]
    amount: int | None
    pot: int
    places: tuple[int, int]


def rank_units(rates: Mapping[str, Rate], reached_on: Mapping[str, date] | None = None) -> list[Ranked]:
    """Return the units with a rate in order of rank. Equal rates share places, unless the earlier date comes first.

    ``reached_on``: when each unit came to its rate, where the policy says that this breaks ties.
    """
    known = [(unit, rate) for unit, rate in rates.items() if rate.exact is not None]

    def key(entry: tuple[str, Rate]) -> tuple[object, ...]:
        unit, rate = entry
        exact = rate.exact
        assert exact is not None
        return (-exact, *((reached_on.get(unit, date.max),) if reached_on else ()))

    ranked: list[Ranked] = []
    for _, group in groupby(sorted(known, key=key), key=key):
        equal = list(group)
        first = len(ranked) + 1
        ranked += [Ranked(unit, rate, first, first + len(equal) - 1) for unit, rate in equal]
    return ranked


def rank_all(rates: Iterable[UnitRate], people: pl.DataFrame, targets: Targets) -> dict[str, list[Ranked]]:
    """Return the ranks by each way of counting that the policy leaves open; schools beside the rate have none."""
    own = [entry for entry in rates if not entry.beside]
    dates = reached_dates(people) if breaks_ties_by_date(targets) else None
    labels = own[0].rates if own else ()
    return {label: rank_units({entry.unit: entry.rates[label] for entry in own}, dates) for label in labels}


def main_ranks(rates: Iterable[UnitRate], people: pl.DataFrame, targets: Targets) -> dict[str, int]:
    """Return the rank of every unit by the main rate; equal rates share one, units without a rate have none."""
    ranked = next(iter(rank_all(rates, people, targets).values()), [])
    return {entry.unit: entry.first for entry in ranked}


def breaks_ties_by_date(targets: Targets) -> bool:
    """Whether the policy puts the unit first that came to its rate earlier."""
    return targets.ranking is not None and targets.ranking.tie_break == _EARLIER


def simulate_rewards(ranked: Sequence[Ranked], targets: Targets) -> list[Reward]:
    """Return what the places bring to those units that get or lose money, in order of rank."""
    by_place = _money_by_place(targets, len(ranked))
    shares = targets.ranking is not None and targets.ranking.tie_break == _SHARE
    rewards = []
    for entry in ranked:
        places = [by_place[place] for place in range(entry.first, entry.last + 1) if place in by_place]
        if not places:
            continue
        pot = sum(amount for _, amount in places)
        sums = {by_place[place][1] if place in by_place else 0 for place in range(entry.first, entry.last + 1)}
        tiers = tuple(dict.fromkeys(tier for names, _ in places for tier in names))
        amount = next(iter(sums)) if len(sums) == 1 else None
        if amount is None and shares:
            amount = _share(pot, entry, ranked)
        rewards.append(Reward(entry.unit, tiers, amount, pot, (entry.first, entry.last)))
    return rewards


def _share(pot: int, entry: Ranked, ranked: Sequence[Ranked]) -> int:
    """Equal parts to the fen; what is left over goes to those that stand first, a fen each."""
    equal = [other.unit for other in ranked if other.first == entry.first]
    part, rest = divmod(pot, len(equal))
    return part + (equal.index(entry.unit) < rest)


def _money_by_place(targets: Targets, units: int) -> dict[int, tuple[tuple[str, ...], int]]:
    """Return by place the names of what it brings, and the sum in fen."""
    found: dict[int, tuple[tuple[str, ...], int]] = {}

    def add(place: int, tier: str, fen: int) -> None:
        names, sum_so_far = found.get(place, ((), 0))
        if 1 <= place <= units:
            found[place] = ((*names, tier), sum_so_far + fen)

    place = 0
    for award in targets.awards:
        for _ in range(award.count if award.kind == _TOWNSHIP else 0):
            place += 1
            add(place, award.tier, to_fen(award.amount))
    for penalty in targets.penalties:
        if penalty.kind == _TOWNSHIP:
            add(units + 1 - penalty.rank_from_last, f"倒数第{penalty.rank_from_last}名", -to_fen(penalty.deduct))
    return found


def award_totals(targets: Targets) -> tuple[int, int, int]:
    """Return in fen what prizes of townships, prizes of persons and cuts come to if all are given."""
    townships = sum(award.count * to_fen(award.amount) for award in targets.awards if award.kind == _TOWNSHIP)
    persons = sum(award.count * to_fen(award.amount) for award in targets.awards if award.kind == _PERSON)
    return townships, persons, sum(to_fen(penalty.deduct) for penalty in targets.penalties)
