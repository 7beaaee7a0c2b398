"""List of reports, in the order in which they are made: code, maker, who asks for it, the lists that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.reports.chase import make_chase_lists
from canbao_county.reports.evaluation import make_evaluation
from canbao_county.reports.funds import make_fund_lists
from canbao_county.reports.groups import make_group_table
from canbao_county.reports.lapsed import NEEDS as COMPARED
from canbao_county.reports.lapsed import make_comparison
from canbao_county.reports.late_entries import make_late_entries
from canbao_county.reports.ledger import make_ledgers
from canbao_county.reports.model import ReportKind, asks_for
from canbao_county.reports.progress import make_bulletin
from canbao_county.reports.publicity import make_publicity_lists
from canbao_county.reports.refunds import make_refunds
from canbao_county.reports.targets import make_target_table
from canbao_county.reports.timetable import make_timetable
from canbao_county.reports.village_money import make_village_money
from canbao_rulebook.policy.measures import Base, rate_measure
from canbao_rulebook.policy.words import SubsidyKind

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy


def _always(_policy: Policy) -> bool:
    return True


def _chases(policy: Policy) -> bool:
    """Where the rosters hold those who should enrol, whoever has not paid is known."""
    denominator = rate_measure(policy.targets).denominator
    return asks_for(policy, "R12") or (denominator is not None and denominator.base is Base.ROSTERS)


def _publishes(policy: Policy) -> bool:
    return policy.publicity.required or asks_for(policy, "R13")


def _has_kind(policy: Policy, *kinds: SubsidyKind) -> bool:
    return any(category.kind in kinds for category in policy.subsidy.categories)


def _pays_in_villages(policy: Policy) -> bool:
    return asks_for(policy, "R14") or _has_kind(policy, SubsidyKind.VILLAGE_AFTER_SUCCESS)


def _subsidises(policy: Policy) -> bool:
    return _has_kind(policy, SubsidyKind.DIRECT, SubsidyKind.REBATE)


def _has_targets(policy: Policy) -> bool:
    denominator = rate_measure(policy.targets).denominator
    is_target = denominator is not None and denominator.base is not Base.ROSTERS
    return asks_for(policy, "R16") or bool(policy.targets.stages) or is_target


def _enters_late(policy: Policy) -> bool:
    entry = policy.late_entry
    return asks_for(policy, "R21") or entry.newborn is not None or entry.newly_identified is not None


def _has_groups(policy: Policy) -> bool:
    return any(category.target_group for category in policy.subsidy.categories)


KINDS = {
    kind.code: kind
    for kind in (
        ReportKind("R5", make_ledgers, _always),
        ReportKind("R12", make_chase_lists, _chases),
        ReportKind("R13", make_publicity_lists, _publishes),
        ReportKind("R14", make_village_money, _pays_in_villages),
        ReportKind("R16", make_target_table, _has_targets),
        ReportKind("R19", make_bulletin, _always),
        ReportKind("R20", make_refunds, _always),
        ReportKind("R21", make_late_entries, _enters_late),
        ReportKind("R22", make_comparison, lambda policy: asks_for(policy, "R22"), COMPARED),
        ReportKind("GROUPS", make_group_table, _has_groups),
        ReportKind("FUNDS", make_fund_lists, _subsidises),
        ReportKind("EVALUATION", make_evaluation, lambda policy: bool(policy.targets.inputs_for_evaluation)),
        ReportKind("CALENDAR", make_timetable, _always),
    )
}
