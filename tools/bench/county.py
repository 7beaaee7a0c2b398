"""The county that is measured: Shangcai's townships and headcounts, Huining's rosters and rules."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_rulebook.rulebook import Rulebook

PLACES, RULES = "shangcai-2020", "huining-2021"
_SHARES = {"R2": 0.015, "R3": 0.04}  # of a township's people; the others stand in R1
_VILLAGES, _GROUPS = 20, 8
_FEWEST = 16  # people in a township: enough for every planted mistake
VILLAGE_PEOPLE = 450
_COLOURS, _FORMS = "青白金红黄", "石杨柳河"
_NUMERALS = "一二三四五六七八"


@dataclass(frozen=True)
class Township:
    """One township of the county and how many people stand in each of its rosters."""

    unit: Unit
    rows: dict[str, int]

    @property
    def people(self) -> int:
        """Rows of all rosters."""
        return sum(self.rows.values())


@cache
def load_rules() -> Rulebook:
    """Return the rulebook whose rosters are filled."""
    return load_rulebook(load_policy(RULES))


def plan_townships(scale: float) -> list[Township]:
    """Return the townships of the notice, their headcounts multiplied by ``scale``."""
    villages = tuple(f"{colour}{form}村" for colour in _COLOURS for form in _FORMS)[:_VILLAGES]
    groups = tuple((village, tuple(f"{number}组" for number in _NUMERALS[:_GROUPS])) for village in villages)
    planned = []
    for stated in load_policy(PLACES).org.townships:
        people = max(_FEWEST, round((stated.target or 0) * scale))
        rows = {code: round(people * share) for code, share in _SHARES.items()}
        unit = Unit(stated.name, villages, groups, people)
        planned.append(Township(unit, {"R1": people - sum(rows.values()), **rows}))
    return planned


def plan_villages(count: int) -> list[Township]:
    """Return so many villages of one township, each with a workbook of its own and 450 people."""
    names = tuple(f"第{number}村" for number in range(1, count + 1))
    groups = {name: tuple(f"{number}组" for number in _NUMERALS[:_GROUPS]) for name in names}
    town = load_policy(PLACES).org.townships[0].name
    parent = Unit(town, names, tuple(groups.items()), count * VILLAGE_PEOPLE)
    rows = {code: round(VILLAGE_PEOPLE * share) for code, share in _SHARES.items()}
    return [
        Township(
            Unit(name, (name,), ((name, groups[name]),), parent=parent),
            {"R1": VILLAGE_PEOPLE - sum(rows.values()), **rows},
        )
        for name in names
    ]


def write_units(townships: Sequence[Township], path: Path) -> None:
    """Write the list that ``canbao generate --units`` reads."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["乡镇", "村", "组", "目标任务数"])
        for township in townships:
            for village, groups in township.unit.groups:
                table.writerows([township.unit.name, village, group, township.unit.target] for group in groups)
