"""A synthetic county: invented people in invented townships, clean but for the mistakes that are planted."""

from __future__ import annotations

from math import ceil
from random import Random
from typing import TYPE_CHECKING

from canbao_demo import (  # noqa: F401 - importing registers the mistakes
    mistakes_documents,
    mistakes_identity,
    mistakes_money,
    mistakes_person,
    mistakes_status,
    mistakes_values,
)
from canbao_demo.bad_files import make_bad_files
from canbao_demo.desk import MISTAKES, Desk
from canbao_demo.facts import read_facts
from canbao_demo.life import SAMPLES, Life
from canbao_demo.mistakes_county import COUNTY_MISTAKES, Pair
from canbao_demo.mistakes_subsidy import Sheet, make_subsidy_mistakes
from canbao_demo.model import ROSTERS, Expected, Row, SyntheticCounty, place_expected
from canbao_demo.own_columns import fill_own_columns
from canbao_demo.places import Place, plan_places
from canbao_demo.rolls import TOWNSHIPS
from canbao_demo.subsidies import type_subsidy_roster
from canbao_rulebook.units import Unit

if TYPE_CHECKING:
    from canbao_demo.life import Entry
    from canbao_rulebook.rulebook import Rulebook

PEOPLE, SEED = 10_000, 2021
_OUTSIDERS = 0.015
_UNPAID = (0.008, 0.045, 0.012, 0.06, 0.01)  # by township, in turn: above and below the goal of 97 %
_LARGEST = 7
_MISTAKEN = 0.5  # of a township's people at most
_SPARE, _FEWEST = 1.05, 200  # a workbook has as many rows as the goal and 5 %, at least 200


def plan_county(
    book: Rulebook, *, people: int = PEOPLE, townships: int = TOWNSHIPS, seed: int = SEED, mistakes: bool = True
) -> SyntheticCounty:
    """Return a county with about ``people`` rows in R1 to R3; the same arguments give the same county.

    R4 is typed in the last two townships only (one of two, none of one); elsewhere it waits to be computed. A county
    too small for every mistake gets those that fit. Raises ValueError for a policy year that the demo cannot fill.
    """
    builder = _Builder(book, seed, townships, people)
    if mistakes:
        builder.make_mistakes()
    builder.fill()
    county = builder.finish(mistakes=mistakes)
    county.bad_files = make_bad_files() if mistakes else []
    return county


class _Builder:
    def __init__(self, book: Rulebook, seed: int, townships: int, people: int) -> None:
        self.book = book
        self.rng = Random(seed)  # noqa: S311 - nothing here is secret
        self.facts = read_facts(book)
        self.life = Life(self.rng, self.facts)
        self.places = plan_places(self.rng, townships)
        self.quotas = self._share(people, townships)
        self.desks = [Desk(self.life, place) for place in self.places]
        self.typed = set(range(townships)[-2:]) if townships > 2 else {townships - 1} - {0}
        self.households: list[list[list[Entry]]] = [[] for _ in self.places]
        self.county: list[tuple[Desk, Expected]] = []

    def _share(self, people: int, townships: int) -> list[int]:
        weights = [0.7 + self.rng.random() * 0.6 for _ in range(townships)]
        total = sum(weights)
        quotas = [int(people * weight / total) for weight in weights]
        quotas[0] += people - sum(quotas)
        return quotas

    # --- mistakes -----------------------------------------------------------------------------------------------------

    def make_mistakes(self) -> None:
        """Make every kind of mistake once, in turn in the townships whose R4 is not typed."""
        open_desks = [index for index in range(len(self.desks)) if index not in self.typed]
        for number, entry in enumerate(MISTAKES):
            turn = [open_desks[(number + step) % len(open_desks)] for step in range(len(open_desks))]
            index = next((index for index in turn if self._has_room(index)), None)
            if index is None:
                break
            self.desks[index].note = entry.note
            entry.make(self.desks[index])
        if len(open_desks) > 1:
            self._make_county_mistakes(open_desks)

    def _has_room(self, index: int) -> bool:
        return self.desks[index].people < self.quotas[index] * _MISTAKEN

    def _make_county_mistakes(self, open_desks: list[int]) -> None:
        for number, (note, make) in enumerate(COUNTY_MISTAKES.items()):
            first, second = sorted((open_desks[number % len(open_desks)], open_desks[(number + 1) % len(open_desks)]))
            if not (self._has_room(first) and self._has_room(second)):
                return
            pair = Pair(self.desks[first], self.desks[second], note=note)
            pair.first.note = pair.second.note = note
            make(pair)
            self.county += pair.expected

    # --- everybody else -----------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Fill every township up to its number of people."""
        count = len(self.places)
        for number in range(len(SAMPLES)):
            index = number % count
            if self._left(index) > _LARGEST:
                self._add(index, self.life.sample(self.places[index], number))
        for index, place in enumerate(self.places):
            if self._left(index) > 6 * _LARGEST:
                self._add_specials(index, place)
            self._add_outsiders(index, place)
            self._fill_up(index, place)

    def _left(self, index: int) -> int:
        return self.quotas[index] - self.desks[index].people

    def _add(self, index: int, entries: list[Entry]) -> None:
        self.households[index].append(entries)
        self.quotas[index] -= len(entries)

    def _add_specials(self, index: int, place: Place) -> None:
        if index % 4 == 0 or index in self.typed:
            self._add(index, self.life.with_volunteer(place, fate="服刑" if index % 8 == 4 else "参军"))
            self._add(index, self.life.with_baby(place, born=85, registered=index % 8 == 0))
        if index % 4 == 1:
            self._add(index, self.life.newly_identified(place))
            self._add(index, self.life.with_baby(place, born=10, registered=False))
        if index in self.typed:
            self._add(index, self.life.sample(place, 0))
            household = self.life.people.household(place, 2)
            self.life.give(household, ("Q2",))
            self._add(index, self.life.write(household, unpaid=True))

    def _add_outsiders(self, index: int, place: Place) -> None:
        for number in range(int(self._left(index) * _OUTSIDERS)):
            self._add(index, [("R2", self.life.outsider(place, unpaid=number % 30 == 29))])

    def _fill_up(self, index: int, place: Place) -> None:
        share, complete = _UNPAID[index % len(_UNPAID)], index % 2 == 0
        owed = 0.0
        while (left := self._left(index)) > _LARGEST + 1:
            unpaid = owed >= 2
            entries = self.life.usual(place, 0, unpaid=unpaid, groups_complete=complete)
            owed += len(entries) * (share - unpaid)
            self._add(index, entries)
        if left > 0:
            self._add(index, self.life.write(self.life.people.household(place, left)))

    # --- sheets -------------------------------------------------------------------------------------------------------

    def finish(self, *, mistakes: bool) -> SyntheticCounty:
        """Put every row in its place, type R4 where it is typed, and say where the findings must be."""
        county = SyntheticCounty([], {}, typed_subsidies=tuple(self.places[index].name for index in sorted(self.typed)))
        rosters = {code: self.book.rosters[code] for code in ROSTERS}
        for index, place in enumerate(self.places):
            rows = self._lay_out(index, place)
            fill_own_columns(self.book.policy, self.facts, rows)
            unit = _unit(place, rows)
            expected = list(self.desks[index].expected)
            if index in self.typed:
                expected += self._type_subsidies(unit, rows, mistakes=mistakes)
            county.units.append(unit)
            county.rows[place.name] = rows
            county.planted += place_expected(place.name, rows, rosters, expected)
            merged = [entry for desk, entry in self.county if desk is self.desks[index]]
            county.county_planted += place_expected(place.name, rows, rosters, merged)
            county.people += sum(len(rows[code]) for code in ROSTERS[:3])
        return county

    def _lay_out(self, index: int, place: Place) -> dict[str, list[Row]]:
        households = self.households[index] + self.desks[index].households
        self.rng.shuffle(households)
        order = {village: number for number, village in enumerate(place.villages)}
        households.sort(key=lambda entries: order.get(str(entries[0][1].get("村(社区)")), 0))
        rows: dict[str, list[Row]] = {code: [] for code in ROSTERS}
        for entries in households:
            for code, row in entries:
                rows[code].append(row)
        return rows

    def _type_subsidies(self, unit: Unit, rows: dict[str, list[Row]], *, mistakes: bool) -> list[Expected]:
        rows["R4"] = type_subsidy_roster(self.book, unit, rows)
        if not mistakes:
            return []
        stranger = self.life.people.person("户主", "男", 1969)
        sheet = Sheet(self.facts, rows["R4"], rows["R1"], stranger)
        make_subsidy_mistakes(sheet)
        return sheet.expected


def _unit(place: Place, rows: dict[str, list[Row]]) -> Unit:
    groups = tuple((village, place.groups[village]) for village in place.villages)
    return Unit(place.name, place.villages, groups, target=_target(rows))


def _target(rows: dict[str, list[Row]]) -> int:
    """A headcount by which a generated workbook has room for everybody."""
    claims = sum(1 for row in rows["R1"] if "身份属性1" in row)
    shares = ((len(rows["R1"]), 1.0), (len(rows["R2"]), 0.1), (len(rows["R3"]), 0.15), (claims, 0.6))
    needed = max(count / (_SPARE * share) for count, share in shares if count > _FEWEST or share == 1.0)
    return ceil(max(needed, len(rows["R1"]) + len(rows["R2"])) / 10) * 10
