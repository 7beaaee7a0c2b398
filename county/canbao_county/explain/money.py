"""What a person owes, what came and what became of it, and what is paid out: as the settlement has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.explain.model import Line, has_line
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan, to_fen
from canbao_validators.settlement.withhold import JOINT

if TYPE_CHECKING:
    from canbao_county.explain.case import Case

DUES = ("premium", "gov_direct", "self_due", "rebate_due")
_CAME = ("received", "accepted", "unproven", "returnable")
_PAID_OUT = ("due", "withheld", "payable")


def show_amounts(case: Case) -> dict[str, str]:
    """Return the amounts of the settlement by field."""
    return {name: case.money(name) for name in (*DUES, *_CAME, *_PAID_OUT)}


def explain_money(case: Case) -> list[Line]:
    """Return what is due from whom, what came, what counts of it and what becomes of the rest."""
    return [_dues(case), *_differences(case), *_payments(case), *_unsettled(case)]


def _dues(case: Case) -> Line:
    article = case.article([case.names["缴费标准"].source])
    if case.settled["counts"]:
        return Line("money.due", {name: case.money(name) for name in DUES}, article=article)
    return Line("money.not_due", {name: case.shown(name) for name in DUES}, article=article)


def _differences(case: Case) -> list[Line]:
    """What the row's own cells say otherwise: they see neither the person's other rows nor the deposits."""
    if not case.settled["counts"]:
        return []
    cells = [
        Line("money.cell", {"header": case.roster.by_field[name].header, "amount": case.shown(name)})
        for name in DUES
        if _fen(case.computed(name)) != case.settled[name]
    ]
    return [Line("money.differs", parts={"cells": cells})] if cells else []


def _fen(yuan: float | None) -> int | None:
    return None if yuan is None else to_fen(yuan)


def _payments(case: Case) -> list[Line]:
    settled = case.settled
    if not settled["received"]:
        owes = settled["counts"] and settled["self_due"] != 0
        return [Line("money.nothing", {"self_due": case.money("self_due")})] if owes else []
    parts = [Line(f"money.{name}", {name: case.money(name)}) for name in _CAME[1:] if settled[name]]
    lines = [Line("money.came", {"received": case.money("received")}, {"parts": parts})]
    if settled["reason"] == "partial":
        missing = settled["premium"] if settled["self_due"] is None else settled["self_due"]
        lines.append(Line("money.short", {"difference": format_yuan(missing - settled["received"])}))
    return lines


def _unsettled(case: Case) -> list[Line]:
    """Money that does not count, with its reason and its way; cash that nothing shows."""
    settled = case.settled
    if settled["unproven"]:
        return [Line("money.prove", {"unproven": case.money("unproven")})]
    if not settled["returnable"]:
        return []
    rule = case.policy.refunds.rule(settled["reason"])
    parts = {"reason": [Line(f"money_reasons.{settled['reason']}")], "way": [Line(f"money_ways.{settled['way']}")]}
    return [Line("money.unsettled", {"returnable": case.money("returnable")}, parts, case.article([rule.ref]))]


def explain_payout(case: Case) -> list[Line]:
    """Return what the government pays out for the person, and what holds it back."""
    settled = case.settled
    codes = [code for code in settled["withheld_by"].split(JOINT) if code]
    if not settled["counts"] or (settled["due"] == 0 and not codes):
        return []
    params = {name: case.money(name) for name in _PAID_OUT}
    if not codes:
        return [Line("payout.unknown" if params["due"] == UNKNOWN_TEXT else "payout.payable", params)]
    return [Line("payout.withheld", params), *(_cause(case, code) for code in codes)]


def _cause(case: Case, code: str) -> Line:
    refs = [entry.ref for entry in case.policy.subsidy.withheld_by if entry.code == code]
    words = [Line(f"withheld_words.{code}")] if has_line(f"withheld_words.{code}") else []
    remedy = f"withheld_remedies.{code}" if has_line(f"withheld_remedies.{code}") else "payout.mend"
    parts = {"word": words or [Line("payout.code", {"code": code})], "remedy": [Line(remedy)]}
    return Line("payout.cause", parts=parts, article=case.article(refs))
