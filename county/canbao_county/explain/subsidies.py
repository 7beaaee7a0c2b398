"""Which subsidy is applied to a person, as the settlement has it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from canbao_county.explain.claims import is_open, kind_of, show_amount
from canbao_county.explain.model import Line
from canbao_county.explain.shares import explain_amount
from canbao_county.explain.top_ups import explain_top_up
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.policy import SubsidyKind
from canbao_rulebook.policy.situations import fading
from canbao_rulebook.policy.words import Enrol
from canbao_validators.settlement.top_ups import TOP_UP
from canbao_validators.workbook import code_of

if TYPE_CHECKING:
    from canbao_county.explain.case import Case
    from canbao_county.explain.claims import Claim
    from canbao_rulebook.policy import Category

_PAID_DIRECTLY = {SubsidyKind.DIRECT, SubsidyKind.SPECIAL_CHANNEL}


def explain_decision(case: Case, claims: list[Claim]) -> list[Line]:
    """Return what is applied and why."""
    return [*_decide(case, claims), *_on_top(case), *explain_doubts(case)]


def _on_top(case: Case) -> list[Line]:
    return explain_top_up(case) if case.settled["counts"] and not case.has_error else []


def _decide(case: Case, claims: list[Claim]) -> list[Line]:
    settled = case.settled
    about = {"self_due": case.money("self_due")}
    if case.has_error:
        return [Line("decision.error")]
    if settled["forbidden"]:
        return [_no_enrolment(case)]
    if not settled["stands"]:
        return [_fallen(case)]
    if settled["premium"] is None:
        unchosen = case.policy.premium.tiers and case.situation.tier is None
        return [Line("decision.no_tier" if unchosen else "decision.unknown_premium")]
    if blocks := case.blocking:
        return [Line("decision.blocked", about | {"status": blocks.label}, article=case.article([blocks.ref]))]
    if settled["category"] is None:
        return [_unknown(case, claim.category) for claim in claims if claim.category and is_open(case, claim.category)]
    if not settled["category"] and settled.get(TOP_UP):
        return [Line("decision.only_on_top", about)]
    if not settled["category"]:
        return [Line("decision.unrecognised" if claims else "decision.no_identity", about)]
    categories = case.policy.subsidy.categories
    category = next(entry for entry in categories if entry.name == settled["category"])
    return [_applied(case, category), *explain_amount(case, category)]


def _applied(case: Case, category: Category) -> Line:
    settled = case.settled
    if category.kind is not SubsidyKind.NONE and is_open(case, category):
        return _unknown(case, category)
    params = {
        "category": category.name,
        "kind": kind_of(category),
        "self_due": case.money("self_due"),
        "amount": show_amount(case, category),
    }
    key, parts = f"decision.{category.kind}", {}
    if category.kind in _PAID_DIRECTLY:
        params["amount"] = case.money("gov_direct") if settled.get(TOP_UP) is None else show_amount(case, category)
        key = "decision.direct" if settled["self_due"] else "decision.direct_full"
    elif category.kind is SubsidyKind.REBATE and not settled["paid_full"]:
        key, parts = "decision.rebate_waiting", {"reasons": why_unpaid(case)}
    return Line(key, params, parts, article=case.article([category.ref]))


def why_unpaid(case: Case) -> list[Line]:
    """Return why the person's own part does not count as paid."""
    settled = case.settled
    if settled["reason"]:
        return [Line(f"money_reasons.{settled['reason']}")]
    return [Line("money.why_unproven" if settled["unproven"] else "money.why_unpaid")]


def _no_enrolment(case: Case) -> Line:
    status = case.find_status(case.settled["status"] or "")
    rosters = case.filled.rosters
    exemption = code_of(rosters, RosterRole.EXEMPTION)
    if status is None or status.enrol is Enrol.ALLOWED:
        cells = [Line("decision.cell", {"header": header, "text": text}) for header, text in case.bars]
        return Line("decision.not_here", parts={"cells": cells})
    params = {
        "status": status.label,
        "sheet": rosters[exemption].sheet if exemption else "",
        "year": str(case.policy.meta.policy_year),
    }
    article = case.article([status.ref])
    if status.enrol is Enrol.FORBIDDEN_BY_DEFAULT:
        answers = {field: [_quote(case.typed(field))] for field in ("release_year", "volunteer")}
        return Line("decision.not_volunteering", params, answers, article)
    return Line("decision.forbidden", params, article=article)


def _quote(text: str) -> Line:
    return Line("decision.typed", {"text": text}) if text else Line("decision.not_filled")


def _fallen(case: Case) -> Line:
    """Another row of the person stands."""
    standing = next((row for row in case.others if row["stands"] or row["state"] == "exempt"), None)
    why = case.settled["fallen"]
    ref = case.policy.eligibility.household.ref if why == "exempt" else case.policy.subsidy.ref
    place = {"sheet": standing["sheet"], "row": str(standing["row"])} if standing else {"sheet": "", "row": ""}
    return Line("decision.fallen", place, {"why": [Line(f"fallen.{why}")]}, case.article([ref]))


def explain_doubts(case: Case) -> list[Line]:
    """Rows that contradict each other until the exemption is proven."""
    if not case.settled["doubted"]:
        return []
    places = [
        Line("person.place", {"sheet": row["sheet"], "row": str(row["row"])}) for row in case.others if row["doubted"]
    ]
    article = case.article([case.policy.eligibility.household.ref])
    return [Line("decision.doubted", parts={"places": places}, article=article)]


def _unknown(case: Case, category: Category) -> Line:
    if category in fading(case.policy) and case.situation.years_since_end is None:
        return Line("decision.no_end", {"category": category.name}, article=case.article([category.ref]))
    path = f"subsidy.categories.{category.code}."
    gaps = [
        entry.reason
        for entry in case.policy.unknown
        if fnmatchcase(f"{path}amount", entry.path) or entry.path.startswith(path)
    ]
    params = {"category": category.name, "reason": f"（{gaps[0]}）" if gaps else ""}
    return Line("decision.unknown", params, article=case.article([category.ref]))
