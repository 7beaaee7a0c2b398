"""The desk at which mistakes are made: small clean households, one mistake in each, and what must be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_demo.model import Expected

if TYPE_CHECKING:
    from canbao_demo.facts import Facts
    from canbao_demo.life import Entry, Life
    from canbao_demo.model import Row
    from canbao_demo.people import Household
    from canbao_demo.places import Place

Maker = Callable[["Desk"], None]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One kind of mistake: what a clerk did, in Chinese, and the function that does it."""

    note: str
    make: Maker


MISTAKES: list[Mistake] = []


def mistake(note: str) -> Callable[[Maker], Maker]:
    """Register a function that makes one mistake at a desk."""

    def register(make: Maker) -> Maker:
        MISTAKES.append(Mistake(note, make))
        return make

    return register


@dataclass(slots=True)
class Desk:
    """Fresh households of one township. Nobody else's rows are touched, so a mistake has no other consequences."""

    life: Life
    place: Place
    note: str = ""
    households: list[list[Entry]] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        return self.life.facts

    @property
    def people(self) -> int:
        """How many rows of persons the desk has made."""
        return sum(len(entries) for entries in self.households)

    def plant(self, row: Row, header: str, *keys: str, roster: str = "R1") -> None:
        """Say what must be found at a cell; an empty header means the row."""
        self.expected += [Expected(row, roster, header, key, self.note) for key in keys]

    def add(self, *entries: Entry) -> None:
        """Add the rows of one household."""
        self.households.append(list(entries))

    def keep_order(self) -> None:
        """Keep the last two households together, the earlier one first."""
        last = self.households.pop()
        self.households[-1] += last

    def household(self, size: int, *codes: str, unpaid: bool = False) -> list[Row]:
        """Return the R1 rows of a household whose members all have these identities, head first."""
        return self.settle(self.members(size, *codes), unpaid=unpaid)

    def members(self, size: int, *codes: str) -> Household:
        """Return a household that stands nowhere yet."""
        household = self.life.people.household(self.place, size)
        self.life.give(household, codes)
        return household

    def settle(self, household: Household, *, unpaid: bool = False) -> list[Row]:
        """Add a household and return its rows."""
        entries = self.life.write(household, unpaid=unpaid)
        self.add(*entries)
        return [row for _, row in entries]

    def single(self, *codes: str, unpaid: bool = False) -> Row:
        """Return the R1 row of somebody who lives alone."""
        return self.household(1, *codes, unpaid=unpaid)[0]

    def spouse(self, *codes: str) -> Row:
        """Return the R1 row of the second member of a couple."""
        return self.household(2, *codes)[1]

    def child(self, *codes: str, age: int = 8) -> Row:
        """Return the R1 row of a child who lives with its parents."""
        household = self.members(2, *codes)
        child = self.life.people.person("子", "男", self.facts.year - 1 - age, household.head.name[:1])
        child.identities = list(codes)
        household.members.append(child)
        return self.settle(household)[2]

    def exempt(self, fate: str) -> Row:
        """Return the R3 row of somebody who lives alone."""
        household = self.members(1)
        household.head.fate = fate
        return self.settle(household)[0]

    def baby(self, *, born: int, registered: bool = True) -> Row:
        """Return the R1 row of a baby whose only parent is insured elsewhere, so that nobody else stands in R1."""
        household = self.members(1)
        household.head.fate = "职工医保"
        day = self.facts.day(born)
        household.members.append(self.life.people.newborn(household.head.name[:1], day, registered=registered))
        return self.settle(household)[1]

    def outsider(self, *, born: int | None = None) -> Row:
        """Return an R2 row, of a baby born that many days after the window opened where they are given."""
        row = self.life.outsider(self.place, birth=None if born is None else self.facts.day(born))
        self.add(("R2", row))
        return row


def unpay(row: Row) -> None:
    """Take the payment out of a row."""
    for header in ("缴费方式", "缴费日期", "实缴金额", "凭证号码", "收缴人/代征人", "收款时间", "解缴批次"):
        row.pop(header, None)


def text_of(row: Row, header: str) -> str:
    """Return what stands in a cell as text."""
    return str(row.get(header) or "")
