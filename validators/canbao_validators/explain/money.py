"""What a person owes, has paid and gets back; in which period, and from when they are insured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.money import format_yuan, to_fen
from canbao_rulebook.policy.refunds import Reason, Way
from canbao_rulebook.tracing import failed_conditions, trace_column
from canbao_validators.explain.model import Line
from canbao_validators.explain.subsidies import PAID_OK

if TYPE_CHECKING:
    from canbao_validators.explain.case import Case

AMOUNTS = ("premium", "gov_direct", "self_due", "rebate_due")
DECIDED = (*AMOUNTS, "chosen_category", "subsidy_kind", "final_state", "benefit_start")
_START = "待遇起"


def show_amounts(case: Case) -> dict[str, str]:
    """Return the computed amounts of a row, and what was paid, by field."""
    return {name: case.shown(name) for name in AMOUNTS} | {"self_paid": f"{case.number('self_paid'):.2f}"}


def explain_money(case: Case) -> list[Line]:
    """Return the amounts, and what is missing or too much."""
    article = case.article([case.names["缴费标准"].source])
    key = "money.not_due" if case.computed("forbidden") else "money.due"
    return [Line(key, show_amounts(case), article=article), *_balance(case)]


def _balance(case: Case) -> list[Line]:
    stated = 0.0 if case.computed("forbidden") else case.computed("self_due")
    if stated is None:
        return []
    due, paid = to_fen(stated), to_fen(case.number("self_paid"))
    params = {"self_paid": format_yuan(paid), "difference": format_yuan(abs(paid - due))}
    if paid > due:
        rule = case.policy.refunds.rule(Reason.TOO_MUCH)
        key = "money.over_no_rule" if rule.way is Way.COUNTY_DECIDES else "money.over"
        return [Line(key, params, article=case.article([rule.ref]))]
    if paid < due:
        return [Line("money.short", params)]
    return [Line("money.settled", params)] if paid else []


def explain_window(case: Case) -> list[Line]:
    """Return the period in which the person pays, for those who pay something."""
    if case.computed("forbidden") or not case.computed("self_due"):
        return []
    kinds = ("newborn", "newly_identified")
    kind = next((kind for kind in kinds if case.computed(kind)), "plain")
    params = {"start": case.shown("window_start"), "end": case.shown("window_end")}
    line = Line(f"window.{kind}", params, {"paid": [_paid(case)]}, article=case.deciding_article("※缴费止"))
    return [line]


def _paid(case: Case) -> Line:
    failed = [columns_of(node) for node in failed_conditions(case.roster, PAID_OK, case.frame, case.names)]
    if {"缴费日期"} in failed:
        return Line("window.unpaid")
    outside = any("※及时" in reads for reads in failed)
    return Line("window.paid_outside" if outside else "window.paid_inside", {"day": case.typed("pay_date")})


def explain_benefit(case: Case) -> list[Line]:
    """Return whether the person is enrolled, and from when to when benefits are paid."""
    if case.computed("forbidden"):
        return []
    params = {"state": case.shown("final_state")}
    if not case.computed("enrolled"):
        return [Line("benefit.waiting", params)]
    article = case.deciding_article(_START)
    if case.computed("benefit_start") is None:
        decided = trace_column(case.roster, _START, case.frame, case.names).names
        labels = [case.names[name].label for name in decided if case.names[name].is_unknown]
        return [Line("benefit.unknown_start", params | {"label": "、".join(labels)}, article=article)]
    params |= {"start": case.shown("benefit_start"), "end": case.shown("benefit_end")}
    return [Line("benefit.enrolled", params, article=article)]
