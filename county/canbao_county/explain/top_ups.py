"""What is paid on top of a person's ordinary category, and what the cap has cut of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.explain.claims import kind_of
from canbao_county.explain.model import Line
from canbao_county.explain.shares import explain_amount
from canbao_rulebook.money import format_yuan
from canbao_rulebook.policy import SubsidyKind
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.top_ups import cap_fen, top_up_fen
from canbao_validators.settlement.top_ups import TOP_UP

if TYPE_CHECKING:
    from canbao_county.explain.case import Case
    from canbao_rulebook.policy import Category


def explain_top_up(case: Case) -> list[Line]:
    """Return what comes on top, from whom, and how much the cap leaves of it; nothing without such a claim."""
    claim = case.settled.get(TOP_UP)
    if claim is None:
        return []
    if claim["category"] is None:
        return [Line("top_ups.open")]
    categories = {category.name: category for category in case.policy.subsidy.categories}
    category, beside = categories[claim["category"]], categories.get(case.settled["category"] or "")
    article = case.article([category.ref])
    params = {"category": category.name, "kind": kind_of(category), "payer": claim["payer"]}
    is_open = case.settled["category"] is None
    fen = None if is_open else top_up_fen(case.policy, category, beside, case.situation)
    if fen is None:
        return [Line("top_ups.unknown", params, article=article)]
    waits = category.kind is SubsidyKind.REBATE and not case.settled["paid_full"]
    params["amount"] = format_yuan(fen)
    cut = _cut(case, category, beside, fen)
    key = "top_ups.waiting" if waits and fen else "top_ups.added"
    return [Line(key, params, {"cut": cut}, article), *explain_amount(case, category)]


def _cut(case: Case, category: Category, beside: Category | None, fen: int) -> list[Line]:
    """What the cap has taken away."""
    whole = case.policy.amount_fen(category, case.situation)
    if whole is None or whole == fen:
        return []
    paid = (case.policy.amount_fen(beside, case.situation) if beside else 0) or 0
    limits = [cap_fen(category, case.situation), case.situation.premium_fen]
    cap = min(limit for limit in limits if limit is not None)
    params = {"whole": format_yuan(whole), "cut": format_yuan(whole - fen), "paid": format_yuan(paid)}
    return [
        Line("top_ups.cut_at_premium" if category.cap == PREMIUM else "top_ups.cut", params | {"cap": format_yuan(cap)})
    ]
