"""Top-ups (叠加资助): what is paid on top of a person's one ordinary category, both together up to a cap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.money import to_fen
from canbao_rulebook.policy.situations import Situation, is_complete, situations
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.policy.words import Combine, SubsidyKind
from canbao_rulebook.precedence import Grade, ranked_categories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category


class TopUp(NamedTuple):
    """What a top-up pays a person beside ``beside`` (None: no ordinary category), in fen; None where unknown."""

    category: Category
    beside: Category | None
    fen: int | None

    @property
    def grade(self) -> Grade:
        """How it compares: an unknown amount may be more than any other."""
        return Grade.UNKNOWN if self.fen is None else Grade.PARTIAL if self.fen else Grade.NOTHING


def top_ups(policy: Policy, *, confidential: bool = False) -> list[Category]:
    """Return the top-ups, as the policy lists them; confidential ones where they are asked for."""
    return [
        category
        for category in policy.subsidy.categories
        if category.is_top_up and (confidential or not category.confidential)
    ]


def top_up_fen(policy: Policy, top_up: Category, beside: Category | None, person: Situation) -> int | None:
    """Return what a top-up pays a person beside an ordinary category, in fen: what is over the cap is cut from it.

    Both together are never more than the premium either. None where it is unknown.
    """
    fen = policy.amount_fen(top_up, person)
    if fen == 0 or (beside is not None and _pays_whole(beside)):
        return 0
    paid = 0 if beside is None or beside.kind is SubsidyKind.NONE else policy.amount_fen(beside, person)
    limits = (cap_fen(top_up, person), person.premium_fen)
    known = [limit for limit in limits if limit is not None]
    if paid is not None and any(limit <= paid for limit in known):
        return 0
    if fen is None or paid is None or len(known) < len(limits):
        return None
    return min(fen, *(limit - paid for limit in known))


def cap_fen(top_up: Category, person: Situation) -> int | None:
    """Return how much a person's category and a top-up may be together, in fen; None where it is unknown."""
    if top_up.cap == PREMIUM:
        return person.premium_fen
    return None if top_up.cap is None else to_fen(top_up.cap)


def ranked_top_ups(
    policy: Policy, person: Situation, beside: Category | None, *, confidential: bool = False
) -> list[TopUp]:
    """Return the top-ups of a person, best first: of several one is paid, the one that pays the most after the cap.

    An unknown amount stands first: where another that brings money is claimed too, the choice is open. A smaller
    precedence wins a tie. Where the policy combines by precedence, amounts do not matter.
    """
    found = [
        TopUp(category, beside, top_up_fen(policy, category, beside, person))
        for category in top_ups(policy, confidential=confidential)
    ]
    if policy.subsidy.combine is not Combine.HIGHEST_WINS:
        return sorted(found, key=lambda one: one.category.precedence)
    order = [Grade.UNKNOWN, Grade.PARTIAL, Grade.NOTHING]
    return sorted(found, key=lambda one: (order.index(one.grade), -(one.fen or 0), one.category.precedence))


def top_up_orders(policy: Policy, *, confidential: bool = False) -> Iterator[list[TopUp]]:
    """Yield the top-ups in their order for everybody for whom it may be another one.

    First beside no ordinary category, in every situation of a person; then beside each, in the order of the lists of
    the sheets: situation by situation, in each the best category first.
    """
    people = situations(policy)
    for person in people:
        yield ranked_top_ups(policy, person, None, confidential=confidential)
    for person in people:
        for beside in ranked_categories(policy, person, confidential=confidential):
            yield ranked_top_ups(policy, person, beside, confidential=confidential)


def has_unknown_top_ups(policy: Policy, *, when_complete: bool = False) -> bool:
    """Tell whether it may be open what a top-up pays; ``when_complete`` as in ``has_unknown_amounts``."""
    people = [one for one in situations(policy) if not when_complete or is_complete(policy, one)]
    return any(
        top_up_fen(policy, category, beside, person) is None
        for category in top_ups(policy, confidential=True)
        for person in people
        for beside in (None, *ranked_categories(policy, person, confidential=True))
    )


def _pays_whole(category: Category) -> bool:
    """Whether a category pays the premium, be it known or not."""
    return category.amount == PREMIUM and category.kind is not SubsidyKind.MANUAL
