"""Amounts that a policy year computes: shares of a premium, which may fade over the years, and amounts by tier."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Annotated

from canbao_rulebook.policy import types as t
from canbao_rulebook.policy import words as w
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.types import Count, Quantity, Text

_UNITS = {w.RoundingUnit.FEN: 1, w.RoundingUnit.JIAO: 10, w.RoundingUnit.YUAN: 100}
_MODES = {w.RoundingMode.HALF_UP: ROUND_HALF_UP, w.RoundingMode.DOWN: ROUND_FLOOR, w.RoundingMode.UP: ROUND_CEILING}


class Rounding(Part):
    """To what, and which way, a share of a premium is rounded."""

    unit: w.RoundingUnit
    mode: w.RoundingMode
    ref: Text | None = None

    def apply(self, fen: Decimal) -> int:
        """Return whole fen for an exact number of fen."""
        unit = _UNITS[self.unit]
        return int((fen / unit).to_integral_value(_MODES[self.mode])) * unit


class ShareYear(Part):
    """The share of one year: a policy year, or the n-th year since the category ended (n = policy year - its end)."""

    year: Count
    value: t.RatioOrUnknown


class Share(Part):
    """A share of the person's own premium, or of the premium of the tier ``of``.

    Either one ``value``, or ``years`` that go ``by`` something; ``after``: the share in later years than these.
    """

    of: Text = t.PREMIUM
    value: t.RatioOrUnknown = None
    by: w.ShareBy | None = None
    years: tuple[ShareYear, ...] = ()
    after: t.RatioOrUnknown = None
    ref: Text | None = None

    @property
    def fades_by_person(self) -> bool:
        """Whether the share hangs on when the person's category ended."""
        return self.by is w.ShareBy.YEARS_SINCE_END

    def ratio(self, policy_year: int, years_since_end: int | None) -> Decimal | None:
        """Return the share; None where it is unknown, or where nobody has said when the category ended."""
        if self.by is None:
            return self.value
        year = policy_year if self.by is w.ShareBy.POLICY_YEAR else years_since_end
        if year is None:
            return None
        last = max((entry.year for entry in self.years), default=year)
        found = next((entry for entry in self.years if entry.year == year), None)
        return found.value if found else self.after if year > last else None


class TierAmount(Part):
    """What a category pays a person who has chosen a tier."""

    known_by = ("tier",)
    tier: Text
    amount: t.MoneyOrUnknown


RoundingOrUnknown = Annotated[Rounding | None, Quantity()]


def share_fen(ratio: Decimal | None, premium_fen: int | None, rounding: Rounding | None) -> int | None:
    """Return a share of a premium in fen: exact, or by the rule that the policy states.

    None where a part is unknown, or where the share is no whole fen and no rule is stated.
    """
    if ratio is None or premium_fen is None:
        return None
    exact = ratio * premium_fen
    if rounding is not None:
        return rounding.apply(exact)
    return int(exact) if exact == exact.to_integral_value() else None
