"""Every report, in the order in which they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.reports.chase import make_chase_lists
from canbao_addin.reports.ledger import make_ledgers
from canbao_addin.reports.model import ReportKind, asks_for
from canbao_addin.reports.progress import make_bulletin
from canbao_addin.reports.publicity import make_publicity_lists
from canbao_rulebook.policy.measures import Base, rate_measure

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


KINDS = {
    kind.code: kind
    for kind in (
        ReportKind("R5", make_ledgers, _always),
        ReportKind("R12", make_chase_lists, _chases),
        ReportKind("R13", make_publicity_lists, _publishes),
        ReportKind("R19", make_bulletin, _always),
    )
}
