"""Which subsidy is applied to a person, and why none of the others."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.kinds import UNKNOWN_TEXT, RosterRole
from canbao_rulebook.money import format_yuan
from canbao_rulebook.names import Grade, grade_of, load_lists
from canbao_rulebook.policy import SubsidyKind
from canbao_rulebook.policy.words import Enrol
from canbao_rulebook.tracing import failed_conditions
from canbao_validators.explain.model import Line, conditions
from canbao_validators.workbook import code_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.formula.nodes import Node
    from canbao_rulebook.policy import Category
    from canbao_validators.explain.case import Case

PAID_OK = "※缴费合规"
_NUMBERS = (1, 2, 3)


@dataclass(frozen=True)
class Claim:
    """An identity that was entered. ``rank`` is its place in the policy's order, from 1; 0 does not compete."""

    word: str
    rank: float | None
    category: Category | None


def read_claims(case: Case) -> list[Claim]:
    """Return the identities of a row in the order of their columns."""
    categories = case.policy.subsidy.categories
    spoken = {word: category for category in categories for word in (category.name, *category.aliases)}
    words = [(case.typed(f"identity_{number}"), case.computed(f"rank_{number}")) for number in _NUMBERS]
    return [Claim(word, rank, spoken.get(word)) for word, rank in words if word]


def show_identities(claims: Iterable[Claim]) -> list[Line]:
    """Return the identities as they were understood."""
    lines = [
        Line("identities.alias", {"word": claim.word, "category": claim.category.name})
        if claim.category and claim.category.name != claim.word
        else Line("identities.same", {"word": claim.word})
        for claim in claims
    ]
    return lines or [Line("identities.none")]


# --- what is applied --------------------------------------------------------------------------------------------------


def explain_decision(case: Case, claims: list[Claim]) -> list[Line]:
    """Return what is applied and why, from the row's computed columns."""
    if case.computed("forbidden"):
        return [_no_enrolment(case)]
    if case.computed("premium") is None:
        return [Line("decision.unknown_premium")]
    if case.computed("blocked"):
        return [Line("decision.blocked", _about(case), article=_status_article(case))]
    rank = case.computed("rank")
    if rank is None:
        return [
            _unknown(case, claim)
            for claim in claims
            if claim.category and grade_of(case.policy, claim.category) is Grade.UNKNOWN
        ] or [Line("decision.error")]
    if rank == 0:
        return [Line("decision.unrecognised" if claims else "decision.no_identity", _about(case))]
    return [_applied(case, case.ranked[int(rank) - 1])]


def _applied(case: Case, category: Category) -> Line:
    params = _about(case) | {"category": case.shown("chosen_category"), "amount": _amount(case, category)}
    key, parts = f"decision.{category.kind}", {}
    if category.kind is SubsidyKind.DIRECT:
        params["amount"] = case.shown("gov_direct")
        key = "decision.direct" if case.computed("self_due") else "decision.direct_full"
    elif category.kind is SubsidyKind.REBATE and case.computed("paid_ok"):
        params["amount"] = case.shown("rebate_due")
    elif category.kind is SubsidyKind.REBATE and case.computed("paid_ok") is None:
        return Line("decision.error")
    elif category.kind is SubsidyKind.REBATE:
        key, parts = "decision.rebate_waiting", {"reasons": why_unpaid(case)}
    return Line(key, params, parts, article=case.article([category.ref]))


def why_unpaid(case: Case) -> list[Line]:
    """Return the conditions of ※缴费合规 that failed; none that follows from an earlier one."""
    failed: list[Node] = []
    for node in failed_conditions(case.roster, PAID_OK, case.frame, case.names):
        if not any(columns_of(earlier) <= columns_of(node) for earlier in failed):
            failed.append(node)
    places = {frozenset(entry["reads"]): place for place, entry in enumerate(conditions())}
    params = _about(case) | {
        "self_paid": f"{case.number('self_paid'):.2f}",
        "pay_date": case.typed("pay_date"),
        "window_start": case.shown("window_start"),
        "window_end": case.shown("window_end"),
    }
    return [Line(f"conditions.{places[frozenset(columns_of(node))]}", params) for node in failed]


def _no_enrolment(case: Case) -> Line:
    status = case.status
    rosters = case.filled.rosters
    exemption = code_of(rosters, RosterRole.EXEMPTION)
    params = _about(case) | {
        "sheet": rosters[exemption].sheet if exemption else "",
        "year": str(case.policy.meta.policy_year),
        "release_year": case.typed("release_year"),
        "volunteer": case.typed("volunteer"),
    }
    voluntary = status is not None and status.enrol is Enrol.FORBIDDEN_BY_DEFAULT
    key = "decision.not_volunteering" if voluntary else "decision.forbidden"
    return Line(key, params, article=_status_article(case))


def _unknown(case: Case, claim: Claim) -> Line:
    assert claim.category is not None
    path = f"subsidy.categories.{claim.category.code}.amount"
    gaps = [entry.reason for entry in case.policy.unknown if fnmatchcase(path, entry.path)]
    params = {"category": claim.category.name, "reason": f"（{gaps[0]}）" if gaps else ""}
    return Line("decision.unknown", params, article=case.article([claim.category.ref]))


# --- what was considered ----------------------------------------------------------------------------------------------


def explain_rejected(case: Case, claims: list[Claim]) -> list[Line]:
    """Return every identity that is not applied, with reason and article, and the rule that decides between them."""
    rank = case.computed("rank")
    lines: list[Line] = []
    applied = False
    for claim in claims:
        if not applied and rank and claim.rank == rank:
            applied = True
        else:
            lines.append(_rejected(case, claim, rank))
    if any(line.key in {"considered.lower", "considered.later", "considered.repeated"} for line in lines):
        lines.append(Line("considered.rule", article=case.article([case.policy.subsidy.ref])))
    return lines


def _rejected(case: Case, claim: Claim, rank: float | None) -> Line:
    category = claim.category
    if category is None:
        return Line("considered.not_a_category", {"identity": claim.word})
    params = {"identity": claim.word, "kind": _kind(category), "amount": _amount(case, category)}
    own = case.article([category.ref])
    if category.stackable:
        return Line("considered.stackable", params, article=own)
    if case.computed("forbidden") or case.computed("blocked"):
        key = "considered.blocked" if case.computed("blocked") else "considered.forbidden"
        return Line(key, _about(case) | params, article=_status_article(case))
    if rank is None and grade_of(case.policy, category) is Grade.UNKNOWN:
        return Line("considered.unknown", params, article=own)
    if not rank:
        return Line("considered.waits", params, article=own)
    best = case.ranked[int(rank) - 1]
    if claim.rank == rank:
        return Line("considered.repeated", params, article=own)
    params |= {"best": _amount(case, best)}
    if params["amount"] != params["best"]:
        return Line("considered.lower", params, article=own)
    params |= {"precedence": str(category.precedence), "best_precedence": str(best.precedence)}
    return Line("considered.later", params, article=own)


def _about(case: Case) -> dict[str, str]:
    status = case.typed("status")
    return {"status": status, "kind": case.shown("subsidy_kind"), "self_due": case.shown("self_due")}


def _status_article(case: Case) -> str:
    return case.article([case.status.ref]) if case.status else ""


def _kind(category: Category) -> str:
    kind: str = load_lists()["subsidy_kinds"][category.kind]
    return kind


def _amount(case: Case, category: Category) -> str:
    fen = category.amount_fen(case.policy.premium_fen(None))
    return UNKNOWN_TEXT if fen is None else format_yuan(fen)
