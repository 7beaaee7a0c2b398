"""Mistakes that no single township can see: V09, V10, V18. Both places are clean by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_demo.desk import Desk, text_of
from canbao_demo.model import Expected
from canbao_rulebook.functions.identity import check_character

if TYPE_CHECKING:
    from canbao_demo.model import Row

_ID, _NAME, _DAY, _PROOF = "证件号码", "姓名", "缴费日期", "证明编号"
_EARLY, _LATE = 20, 60


@dataclass(slots=True)
class Pair:
    """Two townships; ``first`` comes first at the merge and is paid first."""

    first: Desk
    second: Desk
    expected: list[tuple[Desk, Expected]] = field(default_factory=list)
    note: str = ""

    def spouses(self, *codes: str) -> tuple[Row, Row]:
        """Return the same person, as a member of a household in each township, paid in both."""
        one, two = self.first.spouse(*codes), self.second.spouse(*codes)
        two[_NAME], two[_ID] = one[_NAME], one[_ID]
        one[_DAY], two[_DAY] = self.first.facts.day(_EARLY), self.first.facts.day(_LATE)
        return one, two

    def plant(self, desk: Desk, row: Row, key: str, roster: str = "R1") -> None:
        """Say what the merge must find at a person's number."""
        self.expected.append((desk, Expected(row, roster, _ID, key, self.note)))

    def plant_both(self, one: Row, two: Row, key: str = "V09.two_townships", roster: str = "R1") -> None:
        """Say that the merge must name both places of a person."""
        self.plant(self.first, one, key)
        self.plant(self.second, two, key, roster)

    def insured_elsewhere(self, one: Row, *, proof: bool = True) -> Row:
        """Return the person of a row as exempt in the second township, with or without the number of a proof."""
        household = self.second.members(2)
        household.members[1].fate = "职工医保"
        two = self.second.settle(household)[1]
        two[_NAME], two[_ID] = one[_NAME], one[_ID]
        if not proof:
            two.pop(_PROOF)
            self.second.plant(two, _PROOF, "V27.number", roster="R3")
        return two


Maker = Callable[[Pair], None]
COUNTY_MISTAKES: dict[str, Maker] = {}


def _mistake(note: str) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        COUNTY_MISTAKES[note] = make
        return make

    return register


@_mistake("同一人在两个乡镇登记、缴费")
def two_townships(pair: Pair) -> None:
    pair.plant_both(*pair.spouses())


@_mistake("同一人在两个乡镇登记，第二处小写x、带不换行空格，姓名中间空一格")
def disguised(pair: Pair) -> None:
    people = pair.first.life.people
    person = people.person("配偶", "女", 1975)
    while person.cert_no[-1] != "X":
        person = people.person("配偶", "女", 1975)
    one, two = pair.spouses()
    for row in (one, two):
        row[_NAME], row[_ID] = person.name, person.cert_no
    two[_ID] = f"{person.cert_no.lower()}\u00a0"
    two[_NAME] = "\u3000".join(person.name)
    pair.second.plant(two, _ID, "V42.several")
    pair.second.plant(two, _NAME, "V42.blanks")
    pair.plant_both(one, two)


@_mistake("同一证件号码在两个乡镇是两个姓名")
def two_names(pair: Pair) -> None:
    one, two = pair.spouses()
    two[_NAME] = f"{text_of(one, _NAME)[0]}盼弟"
    pair.plant_both(one, two)
    pair.plant(pair.second, two, "V10.two_names")


@_mistake("同名同生日的人在两个乡镇，证件号码只差一位")
def near_numbers(pair: Pair) -> None:
    people = pair.first.life.people
    former = pair.first.facts.codes[-1]  # nobody born so late has a number with the former code
    person = people.person("配偶", "女", 1991, prefix=former)
    while person.cert_no[15] == "8":
        person = people.person("配偶", "女", 1991, prefix=former)
    number = person.cert_no
    first17 = number[:15] + str(int(number[15]) + 1) + number[16]
    one, two = pair.spouses()
    for row in (one, two):
        row[_NAME] = person.name
    one[_ID], two[_ID] = number, first17 + check_character(first17)
    pair.plant(pair.second, two, "V10.near_ids")


@_mistake("同一人在两个乡镇享受资助")
def subsidised_twice(pair: Pair) -> None:
    one, two = pair.spouses("Q1")
    pair.plant_both(one, two)
    pair.plant(pair.second, two, "V18.twice")


@_mistake("在一个乡镇登记缴费，在另一个乡镇登记为已参加职工医保")
def exempt_elsewhere(pair: Pair) -> None:
    one = pair.first.spouse()
    pair.plant_both(one, pair.insured_elsewhere(one), "V09.exempt", roster="R3")


@_mistake("在一个乡镇登记缴费，在另一个乡镇登记为已参加职工医保，没有证明")
def unproven_elsewhere(pair: Pair) -> None:
    one = pair.first.spouse()
    pair.plant_both(one, pair.insured_elsewhere(one, proof=False), "V09.unproven_paid", roster="R3")


@_mistake("在一个乡镇登记还没有缴费，在另一个乡镇登记为已参加职工医保，没有证明")
def unproven_unpaid(pair: Pair) -> None:
    one = pair.first.single(unpaid=True)
    pair.plant_both(one, pair.insured_elsewhere(one, proof=False), "V09.unproven", roster="R3")
