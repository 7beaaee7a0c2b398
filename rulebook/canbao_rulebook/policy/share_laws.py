"""Checks of a policy file: shares of a premium, amounts by tier and the tiers themselves say one thing (P04, P08)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from canbao_rulebook.money import format_yuan, to_fen
from canbao_rulebook.policy.situations import is_complete, situations
from canbao_rulebook.policy.types import BY_TIER, PREMIUM, SHARE
from canbao_rulebook.policy.words import ShareBy, SubsidyKind, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category
    from canbao_rulebook.policy.report import Report
    from canbao_rulebook.policy.shares import Share
    from canbao_rulebook.policy.situations import Situation


def check_shares(policy: Policy, report: Report) -> None:
    """Report shares, amounts by tier and tiers that contradict themselves or each other."""
    _check_tiers(policy, report)
    for i, category in enumerate(policy.subsidy.categories):
        path = f"subsidy.categories[{i}]"
        _check_form(policy, category, path, report)
        if category.amount == SHARE and category.share is not None:
            _check_share(policy, category.share, f"{path}.share", report)
            _check_rounding(policy, category, f"{path}.share", report)
        if category.amount in (SHARE, BY_TIER):
            _check_computed(policy, category, f"{path}.amount", report)


def _check_tiers(policy: Policy, report: Report) -> None:
    """The standard is the premium of one tier, and the tiers hold for everybody."""
    tiers, standard = policy.premium.tiers, policy.premium.standard.amount
    if not tiers:
        return
    amounts = [tier.amount for tier in tiers]
    if standard is not None and None not in amounts and standard not in amounts:
        shown = "、".join(str(amount) for amount in amounts)
        report.add("P08.tier_standard", "premium.standard.amount", amount=standard, premium=shown)
    if policy.premium.overrides:
        report.add("P04.tiers_overrides", "premium.overrides")


def _check_form(policy: Policy, category: Category, path: str, report: Report) -> None:
    """What ``amount`` says is computed stands in the block of that name, and nothing else does."""
    for word, block in ((SHARE, "share"), (BY_TIER, "amounts")):
        has = bool(getattr(category, block))
        if has != (category.amount == word):
            key = "P04.computed_unused" if has else "P04.computed"
            report.add(key, f"{path}.{block if has else 'amount'}", value=word, block=block)
    named = [entry.tier for entry in category.amounts]
    missing = [tier.name for tier in policy.premium.tiers if tier.code not in named]
    if category.amounts and missing:
        report.add("P04.tier_missing", f"{path}.amounts", value="、".join(missing))


def _check_share(policy: Policy, share: Share, path: str, report: Report) -> None:
    """A share is one value, or one a year; the years follow one another, and the share does not grow."""
    given = share.model_fields_set
    if ("value" in given) == (share.by is not None) or (share.by is not None) != bool(share.years):
        report.add("P04.share", path)
        return
    years = [entry.year for entry in share.years]
    if years != list(range(years[0], years[0] + len(years)) if years else ()):
        report.add("P08.share_years", f"{path}.years", value="、".join(map(str, years)))
    if share.by is ShareBy.POLICY_YEAR and policy.meta.policy_year not in years:
        report.add("P08.share_year", f"{path}.years", year=policy.meta.policy_year)
    if share.fades_by_person and "after" not in given:
        report.add("P08.share_after", path, value=years[-1] if years else 0)
    if "after" in given and not share.fades_by_person:
        report.add("P04.share_after", f"{path}.after")
    values = [value for value in (*(entry.value for entry in share.years), share.after) if value is not None]
    if any(later > before for before, later in pairwise(values)):
        report.add("P08.share_grows", f"{path}.years")


def _check_rounding(policy: Policy, category: Category, path: str, report: Report) -> None:
    """A share that is no whole fen needs the rule by which it is rounded, or the gap of the notice."""
    if policy.subsidy.rounding is not None or "rounding" in policy.subsidy.model_fields_set:
        return
    for person in situations(policy):
        exact = _exact_fen(policy, category, person)
        if exact is not None and exact != exact.to_integral_value():
            report.add("P08.rounding", path, value=f"{exact / 100:f}")
            return


def _exact_fen(policy: Policy, category: Category, person: Situation) -> Decimal | None:
    share = category.share
    assert share is not None
    of = person.premium_fen if share.of == PREMIUM else policy.tier_fen(share.of)
    ratio = share.ratio(policy.meta.policy_year, person.years_since_end)
    return None if of is None or ratio is None else of * ratio


def _computed(policy: Policy, category: Category) -> Iterator[tuple[int, int]]:
    """Yield what a category pays and the premium, of everybody of whom both are known."""
    for person in situations(policy):
        fen = policy.amount_fen(category, person)
        if fen is not None and person.premium_fen is not None and is_complete(policy, person):
            yield fen, person.premium_fen


def _check_computed(policy: Policy, category: Category, path: str, report: Report) -> None:
    """What is computed agrees with the tier and the kind, as a fixed amount has to."""
    known = list(_computed(policy, category))
    pays_nothing = (
        policy.subsidy.rules.direct_persons_pay_nothing
        and category.kind is SubsidyKind.DIRECT
        and not category.is_top_up
    )
    for fen, premium in known:
        shown = {"amount": format_yuan(fen), "premium": format_yuan(premium)}
        if fen > premium:
            report.add("P08.above_premium", path, **shown)
        elif category.tier is Tier.FULL and fen != premium:
            report.add("P08.full", path, **shown)
        elif category.tier is Tier.PARTIAL and fen == premium:
            report.add("P08.partial", path)
        elif pays_nothing and category.tier is not Tier.FULL and fen < premium:
            report.add("P08.direct", path, **shown)
        else:
            continue
        return
    if known and not any(fen for fen, _ in known) and category.kind is not SubsidyKind.NONE:
        report.add("P08.nothing", path, value=category.kind)


def premiums_by_path(policy: Policy) -> list[tuple[str, Decimal | None]]:
    """Return path and amount of every premium of the file."""
    premium = policy.premium
    return [
        ("premium.standard.amount", premium.standard.amount),
        *((f"premium.overrides[{i}].amount", entry.amount) for i, entry in enumerate(premium.overrides)),
        *((f"premium.tiers[{i}].amount", entry.amount) for i, entry in enumerate(premium.tiers)),
    ]


def fixed_fen(category: Category) -> int | None:
    """Return the amount of a category in fen that is the same for everybody; None where it is another, or unknown."""
    return to_fen(category.amount) if isinstance(category.amount, Decimal) else None
