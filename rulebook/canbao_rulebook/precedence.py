"""Which of a person's categories wins (就高不就低): what each pays of the premium, best first."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from canbao_rulebook.policy.situations import Situation, is_complete, situations
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.policy.words import Combine, SubsidyKind

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category


class Grade(StrEnum):
    """How much of the premium a category pays, in the order in which categories win."""

    FULL = "全额"
    UNKNOWN = "待定"
    PARTIAL = "部分"
    NOTHING = "无"


def competing_categories(policy: Policy, *, confidential: bool = False) -> list[Category]:
    """Return the categories of which a person gets one, as the policy lists them.

    Confidential ones are left out unless asked for: nothing that leaves the county may name them, and sheets are made
    of these names (rules.md C30).
    """
    return [
        category
        for category in policy.subsidy.categories
        if not category.stackable and (confidential or not category.confidential)
    ]


def grade_of(policy: Policy, category: Category, person: Situation | None = None) -> Grade:
    """Return how much a category is known to pay a person; without one, a person with the standard premium."""
    who = person or Situation(policy.premium_fen())
    if category.kind is SubsidyKind.NONE:
        return Grade.NOTHING
    if category.amount == PREMIUM and category.kind is not SubsidyKind.MANUAL:
        return Grade.FULL
    amount = policy.amount_fen(category, who)
    if amount is None or category.kind is SubsidyKind.MANUAL:
        return Grade.UNKNOWN
    if amount == 0:  # a share that has faded
        return Grade.NOTHING
    return Grade.FULL if who.premium_fen is not None and amount >= who.premium_fen else Grade.PARTIAL


def has_unknown_amounts(policy: Policy, *, when_complete: bool = False) -> bool:
    """Tell whether it may be open what a category pays.

    ``when_complete``: because the notice leaves it open, not because a person has not said what it hangs on.
    """
    people = [one for one in situations(policy) if not when_complete or is_complete(policy, one)]
    return any(
        grade_of(policy, category, person) is Grade.UNKNOWN
        for category in competing_categories(policy, confidential=True)
        for person in people
    )


def part_is_paid_directly(policy: Policy) -> bool:
    """Tell whether the government may pay a part of somebody's premium at once, the person the rest."""
    direct = {SubsidyKind.DIRECT, SubsidyKind.SPECIAL_CHANNEL}
    if any(category.is_top_up and category.kind is SubsidyKind.DIRECT for category in policy.subsidy.categories):
        return True
    return any(
        grade_of(policy, category, person) in {Grade.PARTIAL, Grade.UNKNOWN}
        for category in competing_categories(policy, confidential=True)
        for person in situations(policy)
        if category.kind in direct and category.amount != PREMIUM
    )


def ranked_categories(policy: Policy, person: Situation | None = None, *, confidential: bool = False) -> list[Category]:
    """Return the categories that compete, best first (就高不就低): the one place that says in which order.

    What pays the whole premium comes first. An unknown amount never beats it, and may beat any other: it stands before
    the known parts of a premium, and a sheet says 待定 where both are claimed. What pays nothing comes last. Within
    these grades the higher amount is better, then the smaller precedence number. Without a ``person``: for one with
    the standard premium.

    Where the policy combines by precedence, amounts do not matter.
    """
    competing = competing_categories(policy, confidential=confidential)
    if policy.subsidy.combine is not Combine.HIGHEST_WINS:
        return sorted(competing, key=lambda category: category.precedence)
    who = person or Situation(policy.premium_fen())

    def key(category: Category) -> tuple[int, int, int]:
        grade = grade_of(policy, category, who)
        amount = policy.amount_fen(category, who) or 0
        return list(Grade).index(grade), -amount if grade is not Grade.UNKNOWN else 0, category.precedence

    return sorted(competing, key=key)
