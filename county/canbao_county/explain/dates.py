"""The period in which a person pays, and from when to when they are insured: by the branch that the formulas took."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from canbao_county.explain.model import Line
from canbao_rulebook.names import own_name
from canbao_rulebook.phrases import either, enumerate_words
from canbao_rulebook.tracing import trace_column
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.display import show_date

if TYPE_CHECKING:
    from canbao_county.explain.case import Case

_START = "待遇起"
_WINDOW = "※缴费止"


def explain_window(case: Case) -> list[Line]:
    """Return the period in which the person pays, or is registered when somebody else pays everything."""
    settled = case.settled
    if not settled["counts"]:
        return []
    if settled["self_due"] == 0 and not settled["received"]:
        return _registration(case)
    if _WINDOW not in case.roster.by_header:
        return []
    kinds = ("newborn", "newly_identified")
    kind = next((kind for kind in kinds if case.computed(kind)), "plain")
    main = case.names[own_name(case.policy, case.code, "征缴截止")].value
    params = {
        "start": case.shown("window_start"),
        "end": case.shown("window_end"),
        "main_end": show_date(main) if isinstance(main, float) else "",
        "identified_on": case.typed("identified_on"),
        "limit": case.shown("identified_end") if kind == "newly_identified" else "",
    }
    return [Line(f"window.{kind}", params, {"paid": [_paid(case)]}, article=case.deciding_article(_WINDOW))]


def _registration(case: Case) -> list[Line]:
    """Babies for whom the government pays everything must be registered within the limit."""
    if not case.computed("newborn") or "registered_on" not in case.roster.by_field:
        return []
    late = case.computed("late_registration")
    params = {"limit": case.shown("birth_end"), "day": case.typed("registered_on")}
    key = "window.registered_late" if late else "window.registered" if params["day"] else "window.unregistered"
    entry = case.policy.late_entry.newborn
    return [Line(key, params, article=case.article([entry.ref if entry else None]))]


def _paid(case: Case) -> Line:
    settled = case.settled
    if not settled["received"] or settled["reason"] == "no_date":
        return Line("window.unpaid")
    day = {"day": case.typed("pay_date")}
    if settled["in_time"]:
        return Line("window.paid_inside", day)
    registered = case.typed("registered_on")
    exempt = case.computed("newborn") or case.computed("newly_identified")
    if exempt and registered:
        return Line("window.paid_and_registered", day | {"registered": registered})
    return Line("window.paid_outside", day)


def explain_benefit(case: Case) -> list[Line]:
    """Return the person's state, and from when to when benefits are paid."""
    settled = case.settled
    if not settled["state"]:
        return []
    stated = {"state": [Line(f"person_states.{settled['state']}")]}
    own = case.shown("final_state") if "final_state" in case.roster.by_field else ""
    stated["own"] = [Line("benefit.own", {"own": own})] if own else []
    if not settled["enrolled"]:
        return [Line("benefit.waiting", parts=stated)]
    if _START not in case.roster.by_header:
        [label] = [load_lists()["unknown_fields"]["benefit_start"]]
        return [Line("benefit.unknown_start", {"label": label}, stated)]
    if case.computed("makes_up"):
        return [_waited(case, stated)]
    article = case.deciding_article(_START)
    if settled["benefit_start"] is None:
        decided = trace_column(case.roster, _START, case.frame, case.names).names
        labels = [case.names[name].label for name in decided if case.names[name].is_unknown]
        return [Line("benefit.unknown_start", {"label": enumerate_words(labels)}, stated, article)]
    if settled["benefit_start"] != settled["benefit_start"]:
        return [Line("benefit.no_start", parts=stated)]
    params = {"start": show_date(settled["benefit_start"]), "end": case.shown("benefit_end")}
    return [Line("benefit.enrolled", params, stated, article)]


def _waited(case: Case, stated: dict[str, list[Line]]) -> Line:
    """Return from when somebody is insured who has paid after the window: after the waiting period."""
    entry = case.policy.late_entry.after_window
    assert entry is not None
    article, ends = case.article([entry.ref]), case.computed("waiting_end")
    if ends is None or isnan(ends):
        return Line("benefit.no_years", parts=stated, article=article)
    unit = either({"day": "天", "month": "个月"}[entry.unit], f"{entry.unit}s")
    params = {
        "paid": show_date(case.settled["pay_date"]),
        "limit": str(entry.limit),
        "unit": unit,
        "start": show_date(ends),
        "end": case.shown("benefit_end"),
        "years": f"{case.values.get('missed_years') or 0:g}",
    }
    if case.settled["benefit_start"] != case.settled["benefit_start"]:
        return Line("benefit.too_late", params, stated, article)
    return Line("benefit.waited_longer" if params["years"] != "0" else "benefit.waited", params, stated, article)
