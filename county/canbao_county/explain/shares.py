"""How an amount came about that the policy does not state as such: a share of a premium, or the amount of a tier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.explain.model import Line
from canbao_rulebook.money import format_yuan
from canbao_rulebook.phrases import either
from canbao_rulebook.policy.labels import word_meaning
from canbao_rulebook.policy.types import BY_TIER, PREMIUM
from canbao_rulebook.policy.words import RoundingMode, ShareBy

if TYPE_CHECKING:
    from canbao_county.explain.case import Case
    from canbao_rulebook.policy import Category
    from canbao_rulebook.policy.shares import Share

_ROUNDED = {RoundingMode.HALF_UP: "rounded", RoundingMode.DOWN: "rounded down", RoundingMode.UP: "rounded up"}


def explain_amount(case: Case, category: Category) -> list[Line]:
    """Return how the amount came about; nothing for a fixed amount, or while something is unknown."""
    policy, person = case.policy, case.situation
    fen = policy.amount_fen(category, person)
    if fen is None:
        return []
    if category.amount == BY_TIER:
        params = {"tier": tier_name(case, person.tier), "amount": format_yuan(fen)}
        return [Line("shares.by_tier", params, article=case.article([category.ref]))]
    share = category.share
    if share is None:
        return []
    own = share.of == PREMIUM
    of = person.premium_fen if own else policy.tier_fen(share.of)
    ratio = share.ratio(policy.meta.policy_year, person.years_since_end)
    assert of is not None
    assert ratio is not None
    params = {"amount": format_yuan(fen), "premium": format_yuan(of), "percent": f"{(ratio * 100).normalize():f}"}
    params |= {} if own else {"tier": tier_name(case, share.of)}
    parts = {"year": _year(case, share), "rounded": _rounded(case) if ratio * of != fen else []}
    key = "shares.of_own" if own else "shares.of_tier"
    return [Line(key, params, parts, case.article([share.ref or category.ref]))]


def tier_name(case: Case, code: str | None) -> str:
    """Return what people call a tier."""
    return next((tier.name for tier in case.policy.premium.tiers if tier.code == code), "")


def _year(case: Case, share: Share) -> list[Line]:
    """Which year of a share that fades it is."""
    if share.by is ShareBy.POLICY_YEAR:
        return [Line("shares.policy_year", {"year": str(case.policy.meta.policy_year)})]
    if share.by is ShareBy.YEARS_SINCE_END:
        ended, last = case.typed("ended_year"), max(entry.year for entry in share.years)
        years = case.situation.years_since_end or 0
        return [Line("shares.later" if years > last else "shares.since_end", {"ended": ended, "years": str(years)})]
    return []


def _rounded(case: Case) -> list[Line]:
    rounding = case.policy.subsidy.rounding
    if rounding is None:
        return []
    unit = either(word_meaning(rounding.unit), str(rounding.unit))
    mode = either(word_meaning(rounding.mode, RoundingMode), _ROUNDED[rounding.mode])
    return [Line("shares.rounded", {"unit": unit, "mode": mode}, article=case.article([rounding.ref]))]
