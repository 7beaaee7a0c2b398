"""What amounts hang on besides the category: the person's premium, and when the person's category ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.policy.types import PREMIUM, SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category, Population


class Situation(NamedTuple):
    """A person's premium in fen (None: unknown), the code of the chosen tier, and the years since the category ended.

    ``tier`` is None where there are no tiers or none has been chosen, ``years_since_end`` where nobody has said.
    """

    premium_fen: int | None
    tier: str | None = None
    years_since_end: int | None = None
    population: str | None = None


def situations(policy: Policy) -> tuple[Situation, ...]:
    """Return every situation in which a category may pay something else; one where all pay the same.

    In this order: by premium – with tiers none chosen, then each tier; else the standard, then each population with a
    premium of its own – and within it by years: nobody has said, each year that a share names, later.
    """
    if not depends_on_person(policy):
        return (Situation(policy.premium_fen()),)
    return tuple(
        premium._replace(years_since_end=years) for premium in _premiums(policy) for years in fading_years(policy)
    )


def depends_on_person(policy: Policy) -> bool:
    """Whether what a category pays differs from person to person, so that which one is the best does."""
    categories = policy.subsidy.categories
    if policy.premium.tiers or fading(policy):
        return True
    by_premium = any(_is_share_of_own(category) or category.is_top_up for category in categories)
    return bool(policy.premium.overrides) and by_premium


def fading(policy: Policy) -> list[Category]:
    """Return the categories whose amount goes by the years since a person's category ended."""
    return [
        category
        for category in policy.subsidy.categories
        if category.amount == SHARE and category.share is not None and category.share.fades_by_person
    ]


def fading_years(policy: Policy) -> tuple[int | None, ...]:
    """Return the years since the end that make a difference: unknown, from the first to the last named, one later."""
    named = [entry.year for category in fading(policy) if category.share for entry in category.share.years]
    return (None, *range(min(named), max(named) + 2)) if named else (None,)


def every_situation(policy: Policy) -> tuple[Situation, ...]:
    """Return the situations of persons who have said everything, those of other premiums included."""
    if depends_on_person(policy):
        return tuple(person for person in situations(policy) if is_complete(policy, person))
    return tuple(_premiums(policy))


def place_of_premium(policy: Policy, population: Population | None) -> int:
    """Return where the premium of a population stands among those of ``situations``; without tiers."""
    if population is None or not depends_on_person(policy):
        return 0
    codes = [person.population for person in _premiums(policy)]
    return codes.index(population.code) if population.code in codes else 0


def is_complete(policy: Policy, situation: Situation) -> bool:
    """Whether a person has said everything that amounts hang on."""
    chosen = situation.tier is not None or not policy.premium.tiers
    return chosen and (situation.years_since_end is not None or not fading(policy))


def _is_share_of_own(category: Category) -> bool:
    return category.amount == SHARE and category.share is not None and category.share.of == PREMIUM


def _premiums(policy: Policy) -> Iterator[Situation]:
    if policy.premium.tiers:
        yield Situation(None)
        for tier in policy.premium.tiers:
            yield Situation(policy.tier_fen(tier.code), tier.code)
        return
    yield Situation(policy.premium_fen())
    for code in dict.fromkeys(entry.population for entry in policy.premium.overrides):
        yield Situation(policy.premium_fen(code), population=code)
