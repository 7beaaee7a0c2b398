"""What a category pays, in words: one amount, or one for each tier and each year since the category ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.policy.situations import Situation, depends_on_person, fading_years, is_complete, situations
from canbao_rulebook.policy.types import PREMIUM

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category


def show_amounts(policy: Policy, category: Category) -> str:
    """Return what a category pays in yuan: ``240.00``, or ``一档240.00、二档480.00``; 待定 where it is unknown."""
    if not depends_on_person(policy):
        return _show(policy.amount_fen(category))
    people = [person for person in situations(policy) if is_complete(policy, person)]
    amounts = [(person, policy.amount_fen(category, person)) for person in people]
    by = [name for name in ("premium", "years") if _differs(amounts, name)]
    shown = {_label(policy, person, by): _show(amount) for person, amount in amounts}
    return "、".join(f"{label}{amount}" for label, amount in shown.items())


def show_cap(category: Category) -> str:
    """Return how much a category and what it comes on top of may be together; blank where it does not."""
    if not category.is_top_up:
        return ""
    if category.cap is None:
        return f"合计封顶{UNKNOWN_TEXT}"
    return "合计不超过本人缴费标准" if category.cap == PREMIUM else f"合计封顶 {category.cap} 元"


def name_situation(policy: Policy, person: Situation) -> str:
    """Return what sets a person apart beside the category: ``（二档，终止后第1年）``; blank for nothing."""
    premium = _of_premium(policy, person) if person.tier or person.population else ""
    years = "" if person.years_since_end is None else _of_years(policy, person.years_since_end)
    words = "，".join(filter(None, (premium, years)))
    return f"（{words}）" if words else ""


def _differs(amounts: list[tuple[Situation, int | None]], by: str) -> bool:
    """Whether the amount changes with one of the two where the other stays as it is."""
    seen: dict[object, set[int | None]] = {}
    for person, amount in amounts:
        other = person.years_since_end if by == "premium" else person._replace(years_since_end=None)
        seen.setdefault(other, set()).add(amount)
    return any(len(found) > 1 for found in seen.values())


def _label(policy: Policy, person: Situation, by: list[str]) -> str:
    premium = _of_premium(policy, person) if "premium" in by else ""
    return premium + (_of_years(policy, person.years_since_end) if "years" in by else "")


def _of_premium(policy: Policy, person: Situation) -> str:
    names = {tier.code: tier.name for tier in policy.premium.tiers}
    names |= {entry.code: entry.name for entry in policy.populations}
    return names.get(person.tier or person.population or "", "其他人")


def _of_years(policy: Policy, years: int | None) -> str:
    if years == fading_years(policy)[-1]:
        return "以后各年"
    return f"终止后第{years}年"


def _show(fen: int | None) -> str:
    return UNKNOWN_TEXT if fen is None else format_yuan(fen)
