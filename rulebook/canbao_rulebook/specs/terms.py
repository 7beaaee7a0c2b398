"""What specs and parts may ask of a policy year: its own values, articles, labels, and what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canbao_rulebook.channels import cash_labels, channel_label, family_labels
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.named_days import main_window
from canbao_rulebook.names import own_name, population_of
from canbao_rulebook.policy.situations import (
    depends_on_person,
    fading,
    fading_years,
    place_of_premium,
    situations,
)
from canbao_rulebook.precedence import has_unknown_amounts
from canbao_rulebook.top_ups import has_unknown_top_ups, top_ups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.policy.model import Policy


def policy_terms(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> dict[str, Any]:
    """Return the terms of a roster by name; ``own`` gives the name by which it reads a value of its population."""
    start = names[own_name(policy, code, "征缴开始")].value
    population = population_of(policy, code)
    return {
        "policy": policy,
        "population": population,
        "own_roster": next((roster for roster in policy.own_rosters if roster.code == code), None),
        "pay_window": (population and policy.window("pay", population.code)) or main_window(policy),
        "has_accounts": any(township.account for township in policy.org.townships),
        "changes": next((entry for entry in policy.calendar.recurring if entry.deliverable == code), None),
        "label": lambda channel: channel_label(policy, channel),
        "in_cash": lambda cell: _one_of(cell, cash_labels(policy)),
        "unknown_ordinary": has_unknown_amounts(policy),
        "unknown_amounts": has_unknown_amounts(policy) or has_unknown_top_ups(policy),
        "unstated_amounts": has_unknown_amounts(policy, when_complete=True)
        or has_unknown_top_ups(policy, when_complete=True),
        "premium_known": _premium_stated(code, policy, names) and not policy.premium.tiers,
        "premium_stated": _premium_stated(code, policy, names),
        "tiers": policy.premium.tiers,
        "by_person": depends_on_person(policy),
        "fades": fading(policy),
        "fading_years": fading_years(policy),
        "place_of_premium": place_of_premium(policy, population),
        "stackable": any(category.stackable and not category.is_top_up for category in policy.subsidy.categories),
        "top_ups": top_ups(policy, confidential=True),
        "unknown_top_ups": has_unknown_top_ups(policy),
        "situation_count": len(situations(policy)),
        "own": lambda name: own_name(policy, code, name),
        "article": policy.article,
        "family": family_labels(policy),
        "roster_article": lambda roster: _deliverable_article(policy, roster),
        "enrol_article": lambda *rules: policy.articles(
            status.ref for status in policy.eligibility.statuses if status.enrol in rules
        ),
        "subsidy_article": lambda *kinds: policy.articles(
            category.ref for category in policy.subsidy.categories if category.kind in kinds
        ),
        "articles_of": lambda categories: policy.articles(category.ref for category in categories),
        "no_subsidy_article": policy.articles(
            status.ref for status in policy.eligibility.statuses if status.subsidy == "forbidden"
        ),
        "new_identities": "、".join(_without_aliases(policy, _items(names["新识别身份"]))),
        "example_date": from_serial(start).isoformat()
        if isinstance(start, float)
        else f"{policy.meta.policy_year}-01-01",
        "all_of": _all_of,
        "listed": lambda *formulas: ",".join(filter(None, map(str, formulas))),
    }


def _all_of(*formulas: str) -> str:
    """Return the formula that asks for all of some formulas, of which blank ones ask for nothing."""
    asked = [str(formula) for formula in formulas if str(formula)]
    return asked[0] if len(asked) == 1 else f"AND({','.join(asked)})"


def _premium_stated(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> bool:
    """Whether the notice says what the persons of a roster pay, whichever tier they choose."""
    if policy.premium.tiers:
        return all(tier.amount is not None for tier in policy.premium.tiers)
    return names[own_name(policy, code, "缴费标准")].value is not None


def each_identity(identities: tuple[str, ...], formula: str, sign: str = ",") -> str:
    """Return a formula for every identity that a person may claim; ``{header}`` and ``{n}`` stand for its column."""
    return sign.join(formula.format(header=header, n=number) for number, header in enumerate(identities, start=1))


def _one_of(cell: str, words: Sequence[str]) -> str:
    """Return the formula that asks whether a cell holds one of some words."""
    asked = ",".join(f'{cell}="{word}"' for word in words)
    return asked if len(words) == 1 else f"OR({asked})"


def _deliverable_article(policy: Policy, roster: str) -> str:
    """Return the article that asks for a roster: that of its first milestone."""
    due = (milestone for milestone in policy.calendar.milestones if roster in milestone.deliverables)
    return next((policy.article(milestone.ref) for milestone in due), "")


def _without_aliases(policy: Policy, identities: Iterable[object]) -> Iterator[str]:
    """Yield identities by the one name that the policy gives each."""
    aliases = {alias for category in policy.subsidy.categories for alias in category.aliases}
    return (str(identity) for identity in identities if identity not in aliases)


def _items(named: NamedValue) -> tuple[object, ...]:
    return named.value if isinstance(named.value, tuple) else ()
