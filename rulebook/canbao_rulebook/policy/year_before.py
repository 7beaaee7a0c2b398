"""Last year's values in this year's file (P11), and values nobody has held against the new notice yet (V40)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel

from canbao_rulebook.policy.cites import Cites
from canbao_rulebook.policy.report import Report, Spot, walk
from canbao_rulebook.policy.types import AMOUNT_KEYS

if TYPE_CHECKING:
    from canbao_rulebook.policy.issues import PolicyIssue
    from canbao_rulebook.policy.model import Policy

_MONEY = ("premium", "subsidy")  # blocks whose amounts are paid by or to persons


def check_against(policy: Policy, before: Policy) -> list[PolicyIssue]:
    """Return what looks as if it had been left over from the year before, where the document is a new one.

    A file with ``confirm`` says itself which values have not been looked at, so equal values in it are no question.
    """
    report = Report(policy)
    _check_document(policy, before, report)
    if policy.confirm is None:
        _check_equal(policy, before, report)
    return report.issues


def is_amount(spot: Spot) -> bool:
    """Whether a value is money of persons: a premium or a subsidy."""
    return spot.keys[0] in _MONEY and spot.keys[-1] in AMOUNT_KEYS


def check_confirmed(policy: Policy, report: Report) -> None:
    """Report what ``confirm`` lists: an amount is refused, anything else is asked about."""
    spots = list(walk(policy))
    for i, path in enumerate(policy.confirm or ()):
        inside = [spot for spot in spots if spot.matches(tuple(path.split(".")))]
        if not inside:
            report.add("P05.confirm", f"confirm[{i}]", value=path)
            continue
        amounts = [spot for spot in inside if is_amount(spot)]
        spot = (amounts or inside)[0]
        key = "V40.unconfirmed_amount" if amounts else "V40.unconfirmed"
        report.add(key, spot.path, value=path, shown=_shown(spot.value))


def _shown(value: object) -> str:
    return "…" if isinstance(value, tuple | dict | BaseModel) else str(value)


def _primary(policy: Policy) -> tuple[str, str | None]:
    return next(((key, entry.doc_no) for key, entry in policy.legal.items() if entry.role == "primary"), ("", None))


def _check_document(policy: Policy, before: Policy, report: Report) -> None:
    (key, number), (_, last) = _primary(policy), _primary(before)
    if number and number == last:
        report.add("P11.document", f"legal.{key}.doc_no", value=number, before=before.meta.id)


def _check_equal(policy: Policy, before: Policy, report: Report) -> None:
    cites, old = Cites(policy), {spot.keys: spot.value for spot in walk(before)}
    known = {entry.doc_no or entry.title for entry in before.legal.values()}
    for spot in walk(policy):
        if not isinstance(spot.value, date | Decimal) or old.get(spot.keys) != spot.value:
            continue
        document = cites.document(spot.keys)
        if document and document not in known:
            shown = {"value": spot.value, "document": document, "before": before.meta.id}
            report.add("P11.same", spot.path, **shown)
