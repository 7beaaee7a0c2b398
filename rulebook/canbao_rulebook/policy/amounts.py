"""Checks of a policy file: every amount agrees with the premium, the kind and the rank it belongs to (P08)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from canbao_rulebook.money import format_yuan, to_fen
from canbao_rulebook.policy.share_laws import check_shares, fixed_fen, premiums_by_path
from canbao_rulebook.policy.situations import Situation
from canbao_rulebook.policy.top_up_laws import check_top_ups
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.policy.words import Op, SubsidyKind, Tier

if TYPE_CHECKING:
    from canbao_rulebook.policy.funds import Agent
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category
    from canbao_rulebook.policy.report import Report

# Which kinds a tier can have; those that are not named have any of the kinds that pay a person's premium.
_PAYING = {SubsidyKind.DIRECT, SubsidyKind.REBATE, SubsidyKind.SPECIAL_CHANNEL}
_KINDS = {
    Tier.SPECIAL: {SubsidyKind.SPECIAL_CHANNEL},
    Tier.VILLAGE: {SubsidyKind.VILLAGE_AFTER_SUCCESS},
    Tier.DISCRETIONARY: {SubsidyKind.MANUAL},
    Tier.NONE: {SubsidyKind.NONE},
}


def check_amounts(policy: Policy, report: Report) -> None:
    """Report amounts that cannot be right beside each other."""
    premiums = _check_premiums(policy, report)
    for i, category in enumerate(policy.subsidy.categories):
        path = f"subsidy.categories[{i}]"
        _check_kind(category, path, report)
        _check_amount(category, path, premiums, report)
        _check_burden(policy, category, path, report)
    check_shares(policy, report)
    check_top_ups(policy, report)
    _check_stacked(policy, report)
    if policy.collection.agent:
        _check_agent(policy.collection.agent, premiums, report)
    for i, entry in enumerate(policy.reconciliation):
        if premiums and to_fen(entry.tolerance) >= min(premiums):
            report.add("P08.tolerance", f"reconciliation[{i}].tolerance", amount=entry.tolerance)
    _check_goals(policy, report)
    _check_prizes(policy, report)


def _known_premiums(policy: Policy) -> list[int]:
    """The premiums in fen that the notice states."""
    return [to_fen(amount) for _, amount in premiums_by_path(policy) if amount is not None and amount > 0]


def _check_premiums(policy: Policy, report: Report) -> list[int]:
    """Report premiums of nothing; return every premium in fen, none where one of them is unknown."""
    amounts = premiums_by_path(policy)
    for path, amount in amounts:
        if amount is not None and amount <= 0:
            report.add("P08.premium", path)
    known = [to_fen(amount) for _, amount in amounts if amount is not None]
    return known if len(known) == len(amounts) and min(known) > 0 else []


def _check_kind(category: Category, path: str, report: Report) -> None:
    """What pays nothing has the tier NONE, and the like; each says who pays and who decides."""
    kinds = _KINDS.get(category.tier, _PAYING)
    if category.kind not in kinds:
        allowed = "、".join(sorted(kinds))
        report.add("P04.tier", f"{path}.kind", value=category.kind, tier=category.tier, kinds=allowed)
    if category.kind is not SubsidyKind.NONE and "payer" not in category.model_fields_set:
        report.add("P04.payer", f"{path}.payer", value=category.name)
    if "identity_owner" not in category.model_fields_set:
        report.add("P04.owner", f"{path}.identity_owner", value=category.name)


def _check_amount(category: Category, path: str, premiums: list[int], report: Report) -> None:
    spot, whole = f"{path}.amount", category.amount == PREMIUM
    fen = fixed_fen(category)
    if category.kind is SubsidyKind.NONE:
        if fen != 0:
            report.add("P08.kind_none", spot)
    elif fen == 0:
        report.add("P08.nothing", spot, value=category.kind)
    elif category.tier is Tier.FULL and fen is not None and any(fen != premium for premium in premiums or [0]):
        shown = "、".join(map(format_yuan, sorted(set(premiums)))) or "null"
        report.add("P08.full", spot, amount=format_yuan(fen), premium=shown)
    elif category.tier is Tier.PARTIAL and (whole or (fen is not None and fen in premiums)):
        report.add("P08.partial", spot)
    elif fen is not None and premiums and fen > max(premiums):
        report.add("P08.above_premium", spot, amount=format_yuan(fen), premium=format_yuan(max(premiums)))


def _check_burden(policy: Policy, category: Category, path: str, report: Report) -> None:
    """Who pays nothing is paid for whole (个人不再缴费), and nobody gets back more than was paid."""
    known, fen = _known_premiums(policy), fixed_fen(category)
    if fen is None or not known:
        return
    differs = next((premium for premium in known if premium != fen), None)
    pays_nothing = policy.subsidy.rules.direct_persons_pay_nothing and category.kind is SubsidyKind.DIRECT
    if pays_nothing and not category.is_top_up and category.tier is not Tier.FULL and fen and differs:
        report.add("P08.direct", f"{path}.amount", amount=format_yuan(fen), premium=format_yuan(differs))
    if category.kind is SubsidyKind.REBATE and min(known) < fen <= max(known):
        report.add("P08.rebate", f"{path}.amount", amount=format_yuan(fen), premium=format_yuan(min(known)))


def _check_stacked(policy: Policy, report: Report) -> None:
    """What a village adds and the highest rebate are together not more than a person paid."""
    known, categories = _known_premiums(policy), policy.subsidy.categories
    lowest = Situation(min(known, default=None))
    rebates = [policy.amount_fen(x, lowest) or 0 for x in categories if x.kind is SubsidyKind.REBATE]
    for i, category in enumerate(categories):
        fen = policy.amount_fen(category, lowest) if category.stackable and not category.is_top_up else None
        if known and fen and fen + max(rebates, default=0) > min(known):
            shown = {"amount": format_yuan(fen), "rebate": format_yuan(max(rebates, default=0))}
            report.add("P08.stacked", f"subsidy.categories[{i}].amount", premium=format_yuan(min(known)), **shown)


def _check_agent(agent: Agent, premiums: list[int], report: Report) -> None:
    path = "collection.agent"
    multiple = agent.deposit_multiple_of
    if isinstance(multiple, Decimal) and (multiple <= 0 or any(fen % to_fen(multiple) for fen in premiums)):
        shown = "、".join(map(format_yuan, sorted(set(premiums)))) or "null"
        report.add("P08.multiple", f"{path}.deposit_multiple_of", amount=multiple, premium=shown)
    if agent.max_hold_amount is not None and to_fen(agent.max_hold_amount) < max(premiums, default=1):
        report.add("P08.hold", f"{path}.max_hold_amount", amount=agent.max_hold_amount)
    if agent.remit_same_day and agent.max_hold_days:
        report.add("P08.same_day", f"{path}.max_hold_days", value=agent.max_hold_days)
    commission = agent.commission_per_success
    if commission and premiums and to_fen(commission.amount) >= min(premiums):
        report.add("P08.commission", f"{path}.commission_per_success.amount", amount=commission.amount)


def _check_goals(policy: Policy, report: Report) -> None:
    """A share cannot be more than all."""
    goals = [(f"targets.thresholds[{i}]", goal.op, goal.value) for i, goal in enumerate(policy.targets.thresholds)]
    goals += [(f"targets.stages[{i}]", stage.op, stage.value) for i, stage in enumerate(policy.targets.stages)]
    for path, op, value in goals:
        if op is Op.GT and value >= 1:
            report.add("P08.beyond", f"{path}.op")


def _check_prizes(policy: Policy, report: Report) -> None:
    """Not more townships are rewarded, or cut, than there are."""
    units = len(policy.org.townships) or policy.org.township_count_stated
    if not units:
        return
    counted = 0
    for i, award in enumerate(policy.targets.awards):
        counted += award.count if award.kind == "township" else 0
        if award.kind == "township" and counted > units:
            report.add("P08.prizes", f"targets.awards[{i}].count", value=counted, units=units)
    for i, penalty in enumerate(policy.targets.penalties):
        if penalty.kind == "township" and penalty.rank_from_last > units:
            report.add(
                "P08.prizes", f"targets.penalties[{i}].rank_from_last", value=penalty.rank_from_last, units=units
            )
