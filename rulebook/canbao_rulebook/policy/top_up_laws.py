"""Checks of a policy file: what is paid on top of another category has a cap that can be right (P04, P05, P08)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from canbao_rulebook.money import format_yuan, to_fen
from canbao_rulebook.policy.share_laws import premiums_by_path
from canbao_rulebook.policy.situations import every_situation
from canbao_rulebook.policy.words import SubsidyKind
from canbao_rulebook.precedence import Grade, competing_categories, grade_of

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category
    from canbao_rulebook.policy.report import Report

_KINDS = {SubsidyKind.DIRECT, SubsidyKind.REBATE}
_ROSTERS = ("R1", "R2", "R6", "R10", "R11")  # in which somebody who pays claims an identity


def check_top_ups(policy: Policy, report: Report) -> None:
    """Report top-ups that contradict themselves, their cap, or each other category."""
    for i, category in enumerate(policy.subsidy.categories):
        path = f"subsidy.categories[{i}]"
        village = category.kind is SubsidyKind.VILLAGE_AFTER_SUCCESS
        if category.stackable != village and not (category.stackable and category.kind in _KINDS):
            report.add("P04.stackable", f"{path}.stackable", value=category.kind)
        elif category.is_top_up:
            _check_top_up(policy, category, path, report)
        if not category.is_top_up and "cap" in category.model_fields_set:
            report.add("P04.cap_unused", f"{path}.cap", value=category.name)


def _check_top_up(policy: Policy, category: Category, path: str, report: Report) -> None:
    if "cap" not in category.model_fields_set:
        report.add("P04.cap", f"{path}.stackable", value=category.name)
    if not set(_ROSTERS) & set(policy.rosters):
        report.add("P05.top_up", f"{path}.stackable", value=category.name, rosters="、".join(_ROSTERS))
    if isinstance(category.cap, Decimal):
        _check_cap(policy, category, to_fen(category.cap), f"{path}.cap", report)


def _check_cap(policy: Policy, category: Category, cap: int, path: str, report: Report) -> None:
    """A cap is more than nothing, not more than the premium, and leaves room for what it is the cap of."""
    premiums = [amount for _, amount in premiums_by_path(policy)]
    known = [to_fen(amount) for amount in premiums if amount is not None]
    shown = {"cap": format_yuan(cap)}
    if cap <= 0:
        report.add("P08.cap_nothing", path)
        return
    if len(known) == len(premiums) and cap > max(known):
        report.add("P08.cap_above", path, **shown, premium=format_yuan(max(known)))
    amounts = [policy.amount_fen(category, person) for person in every_situation(policy)]
    too_much = max((fen for fen in amounts if fen is not None and fen > cap), default=None)
    if too_much is not None:
        report.add("P08.cap_short", path, **shown, value=category.name, amount=format_yuan(too_much))
    if full := _without_room(policy, cap):
        report.add("P08.cap_below", path, **shown, value=category.name, categories="、".join(full))


def _without_room(policy: Policy, cap: int) -> list[str]:
    """Return the categories that pay a part of the premium, and somebody as much as the cap: nothing comes on top."""
    return [
        category.name
        for category in competing_categories(policy, confidential=True)
        if any(
            grade_of(policy, category, person) is Grade.PARTIAL and (policy.amount_fen(category, person) or 0) >= cap
            for person in every_situation(policy)
        )
    ]
