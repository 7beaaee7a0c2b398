"""Persons and households: who lives together, how old they are, and what they are to the head."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from canbao_demo.idnumbers import Numbers, NumbersExhaustedError
from canbao_demo.names import Names
from canbao_rulebook.functions.identity import IDENTITY_CARD

if TYPE_CHECKING:
    from random import Random

    from canbao_demo.facts import Facts
    from canbao_demo.places import Place

BIRTH_CERTIFICATE = "出生医学证明"
_SIZES = (1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 6, 6, 7)
_TRIES = 40
_DOTTED_SHARE = 0.004


@dataclass(slots=True)
class Person:
    """One invented person. ``fate`` is the reason for which R3 lists them, empty for those who should enrol."""

    name: str
    sex: str
    birth: date
    cert_no: str
    relation: str
    cert_type: str = IDENTITY_CARD
    fate: str = ""
    volunteer: bool = False
    newborn: bool = False
    identities: list[str] = field(default_factory=list)  # category codes
    identified: date | None = None
    account: str = ""
    bank: str = ""

    def age(self, day: date) -> int:
        """Return the full years on a day."""
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


@dataclass(slots=True)
class Household:
    """People of one household book; the head comes first."""

    place: Place
    village: str
    group: str
    number: str
    ethnic: str
    members: list[Person]

    @property
    def head(self) -> Person:
        return self.members[0]


class People:
    """Makes persons whose number, and whose name together with the birth date, occur once in the county."""

    def __init__(self, rng: Random, facts: Facts) -> None:
        self.rng = rng
        self.facts = facts
        self.names = Names(rng)
        self.numbers = Numbers(rng, facts.codes)
        self._known: set[tuple[str, date]] = set()
        self._latest = facts.opens - timedelta(days=max(60, facts.newborn_days + 1))  # no newborns by chance

    def person(
        self, relation: str, sex: str, year: int, surname: str = "", *, name: str = "", prefix: str = ""
    ) -> Person:
        """Return a new person born in a year."""
        birth = self._birthday(year)
        surname = surname or self.names.surname()
        for _ in range(_TRIES):
            full = name or self.names.full(surname, sex, birth.year)
            if (full, birth) not in self._known:
                try:
                    number = self.numbers.citizen(birth, sex, prefix)
                except NumbersExhaustedError:
                    birth = self._birthday(year)
                    continue
                self._known.add((full, birth))
                return Person(full, sex, birth, number, relation)
            if name:
                birth = self._birthday(year)
        if year <= 1930:
            raise NumbersExhaustedError("人数太多，示例号码不够用")
        return self.person(relation, sex, year - 1, surname, name=name, prefix=prefix)

    def _birthday(self, year: int) -> date:
        birth = date(year, 1, 1) + timedelta(days=int(self.rng.random() * 365))
        return birth if birth <= self._latest else self._latest - timedelta(days=int(self.rng.random() * 300))

    def newborn(self, surname: str, born: date, *, registered: bool, prefix: str = "") -> Person:
        """Return a baby, with a citizen number or still with the certificate of birth."""
        sex = "男" if self.rng.random() < 0.5 else "女"
        name = self.names.full(surname, sex, born.year)
        while (name, born) in self._known:
            name = self.names.full(surname, sex, born.year)
        self._known.add((name, born))
        relation = "子" if sex == "男" else "女"
        if registered:
            return Person(name, sex, born, self.numbers.citizen(born, sex, prefix), relation, newborn=True)
        number = self.numbers.birth_certificate()
        return Person(name, sex, born, number, relation, cert_type=BIRTH_CERTIFICATE, newborn=True)

    def household(self, place: Place, size: int = 0) -> Household:
        """Return a household of ``size`` persons, of a usual size when none is given."""
        size = size or _SIZES[int(self.rng.random() * len(_SIZES))]
        draw = self.rng.random()
        village = place.villages[int(draw * len(place.villages))]
        groups = place.groups[village]
        group = groups[int(self.rng.random() * len(groups))]
        ethnic = "汉族" if draw < 0.93 else "回族"
        members = self._members(size)
        if draw > 1 - _DOTTED_SHARE and size > 1:
            ethnic = "维吾尔族"
            members[1] = self.person(members[1].relation, "女", members[1].birth.year, name=self.names.dotted())
        return Household(place, village, group, place.next_household(village), ethnic, members)

    def _members(self, size: int) -> list[Person]:
        draw = self.rng.random()
        year = self.facts.year - 1
        if size <= 2 and draw < 0.55:
            return self._couple(size, year - 60 - int(self.rng.random() * 24))
        if size >= 4 and draw < 0.35:
            return self._three_generations(size, year - 54 - int(self.rng.random() * 18))
        return self._young(size, year - 25 - int(self.rng.random() * 27))

    def _couple(self, size: int, year: int) -> list[Person]:
        draw = self.rng.random()
        head = self.person("户主", "男" if draw < 0.85 or size > 1 else "女", year)
        return [head] if size == 1 else [head, self.person("配偶", "女", year + int(draw * 6) - 1)]

    def _young(self, size: int, year: int) -> list[Person]:
        """Head, spouse, children, and the head's parents when there is room."""
        members = self._couple(min(size, 2), year)
        surname = _surname(members[0])
        parents = (size - 3) // 2 if size > 3 and self.facts.year - year < 45 else 0
        for number in range(size - len(members) - parents):
            members.append(self._child(surname, year + 21 + 3 * number + int(self.rng.random() * 4)))
        for number in range(min(parents, 2)):
            older = year - 21 - int(self.rng.random() * 7)
            members.append(self.person("父母", "女", older) if number else self.person("父母", "男", older, surname))
        while len(members) < size:
            members.append(self._child(surname, year + 24 + int(self.rng.random() * 10)))
        return members

    def _three_generations(self, size: int, year: int) -> list[Person]:
        """Head, spouse, a son, his wife, and grandchildren."""
        members = self._couple(2, year)
        surname = _surname(members[0])
        son = self.person("子", "男", year + 23 + int(self.rng.random() * 4), surname)
        members += [son, self.person("其他", "女", son.birth.year + 1)]
        for number in range(size - 4):
            sex = "男" if self.rng.random() < 0.52 else "女"
            members.append(self.person("孙子女", sex, son.birth.year + 22 + 3 * number, surname))
        return members

    def _child(self, surname: str, year: int) -> Person:
        sex = "男" if self.rng.random() < 0.52 else "女"
        return self.person("子" if sex == "男" else "女", sex, min(year, self.facts.year - 1), surname)


def _surname(person: Person) -> str:
    return person.name[:2] if person.name[:2] in {"欧阳", "令狐"} else person.name[:1]
