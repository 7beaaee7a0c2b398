"""What befalls people: who is insured elsewhere, poor, newborn, who has paid, and who has not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from canbao_demo.idnumbers import BANKS
from canbao_demo.people import Household, People, Person
from canbao_demo.rows import Clerk

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from canbao_demo.facts import Facts
    from canbao_demo.model import Row
    from canbao_demo.places import Place

Entry = tuple[str, "Row"]  # roster code, row
MOST_USES = 5
_GUARDED_UNTIL, _GUARDIAN_FROM = 16, 22
_CHANNEL_SHARES = (0.35, 0.5, 0.62, 0.86, 1.0)
# share of households, and the identities of every member
_POVERTY = (
    (0.19, ("Q1",)), (0.205, ("Q1", "Q2")), (0.225, ("Q1", "F1")), (0.235, ("F1",)), (0.27, ("Q2",)), (0.30, ("Q3",)),
    (0.315, ("Q4",)), (0.32, ("F2",)), (0.328, ("Q5",)), (0.345, ("N2",)), (0.355, ("N3",)),
)  # fmt: skip
_POOR = _POVERTY[-1][0]
_DISABLED = 0.015
# forms of households of which a county needs at least one: identities of (everybody, the last member)
SAMPLES: tuple[tuple[int, tuple[str, ...], tuple[str, ...]], ...] = (
    (2, ("F1",), ()), (2, ("F2",), ()), (1, ("F3",), ()), (3, (), ("F4",)), (3, (), ("F5",)), (3, ("Q1",), ()),
    (2, ("Q2",), ()), (2, ("Q3",), ()), (2, ("Q4",), ()), (2, ("Q5",), ()), (2, (), ("N1",)), (2, ("N2",), ()),
    (3, ("N3",), ()), (2, ("Q1", "Q3", "N1"), ()), (1, ("Q1", "F3"), ()),
)  # fmt: skip


class Life:
    """Turns households into roster rows without any mistake."""

    def __init__(self, rng: Random, facts: Facts) -> None:
        self.rng = rng
        self.facts = facts
        self.people = People(rng, facts)
        self.clerk = Clerk(rng, facts, self.people.numbers)

    def usual(self, place: Place, size: int, *, unpaid: bool, groups_complete: bool) -> list[Entry]:
        """Return the rows of an ordinary household."""
        household = self.people.household(place, size)
        for person in household.members:
            self._draw_fate(person)
        if not (unpaid and groups_complete):
            self._draw_poverty(household, unpaid=unpaid)
        if not unpaid and self._may_have_baby(household):
            self._add_baby(household, self.rng.random())
        return self.write(household, unpaid=unpaid)

    def _draw_fate(self, person: Person) -> None:
        age = person.age(self.facts.reference)
        if not 18 <= age < 60:
            return
        draw = self.rng.random()
        if age <= 22 and person.relation not in {"户主", "配偶"}:
            person.fate = "学校参保(大中专)" if draw < 0.35 else "参军" if draw < 0.4 and person.sex == "男" else ""
        elif draw < 0.043:
            person.fate = (
                "职工医保"
                if draw < 0.032
                else "异地居民医保"
                if draw < 0.04
                else "服刑"
                if draw < 0.042
                else "长期失联"
            )

    def _draw_poverty(self, household: Household, *, unpaid: bool) -> None:
        draw = self.rng.random()
        if draw < _POOR:
            codes = next(codes for share, codes in _POVERTY if draw < share)
            if unpaid and any(code in self.facts.direct for code in codes):
                return
            self.give(household, codes)
            if codes == ("Q1",) and draw < 0.006 and not unpaid:
                day = self.facts.day(10 + int(draw * 8000))
                for person in household.members:
                    person.identified = day
        elif draw > 1 - _DISABLED:
            household.members[-1].identities.append("N1")

    def give(self, household: Household, codes: tuple[str, ...]) -> None:
        """Give every member who should enrol these identities."""
        for person in household.members:
            if not person.fate:
                person.identities = [*codes]

    def _may_have_baby(self, household: Household) -> bool:
        members = household.members
        couple = len(members) > 1 and members[1].relation == "配偶"
        young = couple and members[0].age(self.facts.reference) < 40
        return young and not any(person.identified for person in members) and self.rng.random() < 0.06

    def _add_baby(self, household: Household, draw: float) -> None:
        born = self.facts.day(int(draw * 160) - 50)
        surname = household.head.name[:1]
        household.members.append(self.people.newborn(surname, born, registered=draw < 0.7))

    def sample(self, place: Place, number: int) -> list[Entry]:
        """Return one of the households that every county should have."""
        size, everybody, last = SAMPLES[number]
        household = self.people.household(place, size)
        self.give(household, everybody)
        household.members[-1].identities += last
        return self.write(household)

    def newly_identified(self, place: Place) -> list[Entry]:
        """Return a household that was identified as poor during the window and paid within the month."""
        household = self.people.household(place, 3)
        self.give(household, ("Q1",))
        for person in household.members:
            person.identified = self.facts.day(40)
        return self.write(household, day=self.facts.day(60))

    def with_baby(self, place: Place, *, born: int, registered: bool) -> list[Entry]:
        """Return a couple with a baby born ``born`` days after the window opened."""
        household = self.people.household(place, 2)
        baby = self.people.newborn(household.head.name[:1], self.facts.day(born), registered=registered)
        household.members.append(baby)
        return self.write(household)

    def with_volunteer(self, place: Place, *, fate: str = "参军") -> list[Entry]:
        """Return a family whose son is released this year and enrols: he stands in R1 and in R3."""
        household = self.people.household(place, 2)
        son = self.people.person("子", "男", self.facts.year - 22, household.head.name[:1])
        son.fate, son.volunteer = fate, True
        household.members.append(son)
        return self.write(household)

    def outsider(self, place: Place, *, unpaid: bool = False, birth: date | None = None) -> Row:
        """Return the R2 row of somebody registered elsewhere who lives here."""
        village = place.villages[int(self.rng.random() * len(place.villages))]
        home, prefix = self.clerk.home()
        sex = "男" if self.rng.random() < 0.5 else "女"
        person = (
            self.people.newborn(self.people.names.surname(), birth, registered=True, prefix=prefix)
            if birth
            else self.people.person("", sex, self.facts.year - 20 - int(self.rng.random() * 50), prefix=prefix)
        )
        row = self.clerk.outsider(village, place.groups[village][0], person, home, place.name)
        if not unpaid:
            self.clerk.write_payment(row, self._payday(), self._channel())
        return row

    def write(self, household: Household, *, unpaid: bool = False, day: date | None = None) -> list[Entry]:
        """Return the rows of a household, paid in one go unless nobody has paid."""
        day, channel = day or self._payday(), self._channel()
        identified = next((person.identified for person in household.members if person.identified), None)
        if identified and not identified <= day <= identified + timedelta(days=27):
            day = identified + timedelta(days=int(self.rng.random() * 27))
        guardian, uses = self._guardian(household), 1
        entries: list[Entry] = []
        phone = self.people.numbers.mobile()
        for person in household.members:
            if person.fate:
                write = self.clerk.volunteer if person.volunteer else self.clerk.exempt
                entries.append(("R3", write(household, person)))
                if not person.volunteer:
                    continue
            row = self.clerk.applicant(household, person, phone)
            phone = ""
            if self.clerk.is_rebated(person):
                keeper = guardian if self._needs_guardian(person) and uses < MOST_USES else None
                uses += keeper is not None
                self._open_account(person if keeper is None else keeper)
                self.clerk.write_card(row, person, keeper)
            if unpaid:
                row["参保意愿"] = "待确认"
            elif not self.clerk.is_direct(person):
                self._pay(row, person, day, channel)
            entries.append(("R1", row))
        return entries

    def _pay(self, row: Row, person: Person, day: date, channel: str) -> None:
        if person.newborn:
            late = person.birth + timedelta(days=3 + int(self.rng.random() * 84))
            day, channel = max(late, self.facts.opens), self.facts.counter
        self.clerk.write_payment(row, day, channel)

    def _needs_guardian(self, person: Person) -> bool:
        return person.age(self.facts.closes) < _GUARDED_UNTIL

    def _guardian(self, household: Household) -> Person | None:
        grown = (person for person in household.members if person.age(self.facts.opens) >= _GUARDIAN_FROM)
        return next((person for person in grown if not person.fate), None)

    def _open_account(self, person: Person) -> None:
        if not person.account:
            banks = list(BANKS)
            draw = self.rng.random()
            person.bank = banks[0] if draw < 0.7 else banks[int(draw * 100) % len(banks)]
            person.account = self.people.numbers.account(person.bank)

    def _payday(self) -> date:
        return self.facts.day(int(self.rng.random() * ((self.facts.closes - self.facts.opens).days + 1)))

    def _channel(self) -> str:
        draw = self.rng.random()
        shares, channels = _CHANNEL_SHARES, self.facts.channels
        return next(channel for share, channel in zip(shares, channels, strict=False) if draw < share)
