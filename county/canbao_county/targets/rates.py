"""A rate is an exact fraction; it is compared as such and printed rounded down (rules.md C29)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from canbao_rulebook.money import floor_percent, floor_rate
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True)
class Rate:
    """Persons of a whole; the whole is None where nobody has said it."""

    part: int
    whole: int | None

    @property
    def exact(self) -> Fraction | None:
        """The fraction; None where the whole is unknown or nobody."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def shown(self) -> float | None:
        """The rate as a cell holds it: two decimals of percent, rounded down."""
        return float(floor_rate(self.part, self.whole)) if self.whole else None

    @property
    def percent(self) -> str:
        """The rate in percent, rounded down."""
        return floor_percent(self.part, self.whole) if self.whole else "—"


def reaches(rate: Rate, op: str, value: Decimal) -> bool:
    """Tell whether a rate fulfils a goal: 高于 excludes the number; 达到 means at least."""
    exact, limit = rate.exact, Fraction(value)
    if exact is None:
        return False
    return exact > limit if op == "gt" else exact >= limit


def needed(whole: int, op: str, value: Decimal) -> int:
    """Return the fewest persons of a whole that fulfil a goal."""
    limit = Fraction(value) * whole
    return floor(limit) + 1 if op == "gt" else ceil(limit)


def describe_goal(op: str, value: Decimal) -> str:
    """Return a goal as people say it, like 高于97%."""
    percent = f"{float(value * 100):.2f}".rstrip("0").rstrip(".")
    return f"{load_lists()['operators'].get(str(op), '')}{percent}%"
