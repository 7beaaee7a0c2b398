"""Who is meant, and the explanation of one row of each roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.explain.case import Case
from canbao_county.explain.claims import explain_rejected, read_claims, show_identities
from canbao_county.explain.dates import explain_benefit, explain_window
from canbao_county.explain.model import Explanation, Line
from canbao_county.explain.money import explain_money, explain_payout, show_amounts
from canbao_county.explain.subsidies import explain_decision, explain_doubts
from canbao_rulebook.findings import SEVERITY_ORDER
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.policy.words import Enrol
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.exemptions import was_carried
from canbao_validators.normalise.identifiers import normalise_identifier
from canbao_validators.settlement.top_ups import executed_names
from canbao_validators.settlement.unit import settle_workbook
from canbao_validators.workbook import code_of, codes_of

if TYPE_CHECKING:
    from canbao_rulebook.findings import Finding
    from canbao_validators.workbook import FilledWorkbook

_ORDER = (RosterRole.ENROLMENT, RosterRole.EXEMPTION, RosterRole.SUBSIDY)


def find_person(filled: FilledWorkbook, number: str) -> list[tuple[str, int]]:
    """Return (roster code, row) of everybody with a document number; those with amounts first."""
    key = str(normalise_identifier(number).value).upper()
    return _places(filled, key, codes_of(filled.rosters, *_ORDER))


def explain_person(filled: FilledWorkbook, roster_code: str, row: int) -> Explanation | None:
    """Return why a row's amounts are what they are; None when nobody stands in that row.

    A row of the subsidy roster is explained by the row of R1 or R2 that it follows from.
    """
    frame = filled.frames.get(roster_code)
    if frame is None or frame.filter(pl.col("row") == row).is_empty():
        return None
    case = Case(filled, roster_code, row, settle_workbook(filled))
    match case.roster.role:
        case RosterRole.ENROLMENT:
            return _explain_enrolment(case)
        case RosterRole.EXEMPTION:
            return _explain_exemption(case)
        case RosterRole.SUBSIDY:
            return _explain_subsidised(case)
    return None


def _explain_enrolment(case: Case) -> Explanation:
    claims = read_claims(case)
    return Explanation(
        sheet=case.roster.sheet,
        row=case.row,
        person=(_who(case), *_also(case)),
        identities=(*show_identities(claims), *_status(case), *_late(case)),
        decision=tuple(explain_decision(case, claims)),
        considered=tuple(explain_rejected(case, claims)),
        money=tuple(explain_money(case)),
        payout=tuple(explain_payout(case)),
        window=tuple(explain_window(case)),
        benefit=tuple(explain_benefit(case)),
        scope=(Line("scope.one_workbook"),),
        category="、".join(executed_names(case.settled)),
        amounts=show_amounts(case),
        codes={name: case.settled[name] for name in ("state", "reason", "way", "withheld_by")},
        findings=_findings(case),
    )


def _explain_exemption(case: Case) -> Explanation:
    reason = case.typed("reason")
    code = load_lists()["status_by_reason"].get(reason)
    status = next((entry for entry in case.policy.eligibility.statuses if entry.code == code), None)
    findings = _findings(case)
    may_enrol = case.settled["volunteers"] and status is not None and status.enrol is Enrol.FORBIDDEN_BY_DEFAULT
    params = {
        "class": case.typed("class"),
        "reason": reason,
        "year": str(case.policy.meta.policy_year),
        "sheet": next((case.filled.rosters[code].sheet for code in _enrolment(case)), ""),
    }
    article = case.article([status.ref]) if status else ""
    key = "decision.volunteers" if may_enrol else "decision.exempt"
    doubts = explain_doubts(case)
    decision = doubts or [Line(key, params, article=article)]
    return Explanation(
        sheet=case.roster.sheet,
        row=case.row,
        person=(_who(case), *_also(case)),
        decision=tuple(decision),
        scope=(Line("scope.one_workbook"),),
        codes={"state": case.settled["state"]},
        findings=findings,
    )


def _explain_subsidised(case: Case) -> Explanation:
    own = {"own_sheet": case.roster.sheet, "own_row": str(case.row)}
    places = _places(case.filled, case.computed("cert"), _enrolment(case))
    rosters = case.filled.rosters
    if not places:
        sheets = enumerate_words(rosters[code].sheet for code in _enrolment(case))
        person = (_who(case), Line("person.not_in_rosters", own | {"sheets": sheets}))
        return Explanation(case.roster.sheet, case.row, person, findings=_findings(case))
    standing = [(entry["roster"], entry["row"]) for entry in case.people.filter("stands").iter_rows(named=True)]
    code, row = next((place for place in places if place in standing), places[0])
    source = _explain_enrolment(Case(case.filled, code, row, case.people))
    line = Line("person.from_subsidies", own | {"sheet": rosters[code].sheet, "row": str(row)})
    sections = {name: getattr(source, name) for name in Explanation.__dataclass_fields__}
    more = {"person": (*source.person, line), "findings": (*_findings(case), *source.findings)}
    return Explanation(**(sections | more))


def _enrolment(case: Case) -> tuple[str, ...]:
    return codes_of(case.filled.rosters, RosterRole.ENROLMENT)


def _who(case: Case) -> Line:
    params = {
        "name": case.typed("name"),
        "cert": case.typed("cert_no"),
        "place": case.typed("village") + case.typed("group"),
        "sheet": case.roster.sheet,
        "row": str(case.row),
    }
    return Line("person.row", params)


def _also(case: Case) -> list[Line]:
    rosters = case.filled.rosters
    places = _places(case.filled, case.computed("cert"), codes_of(rosters, *_ORDER))
    others = [place for place in places if place != (case.code, case.row)]
    lines = [
        Line("person.place", {"sheet": rosters[code].sheet, "row": str(row)})
        for code, row in others
        if rosters[code].role is not RosterRole.SUBSIDY
    ]
    return [Line("person.also", parts={"places": lines})] if lines else []


def _status(case: Case) -> list[Line]:
    """The special status, and the row of R3 that it was carried from where the clerk typed none."""
    status = case.values.get("status") or ""
    if not status:
        return []
    if not was_carried(case.values):
        return [Line("identities.status", {"status": status})]
    exemption = code_of(case.filled.rosters, RosterRole.EXEMPTION)
    (_, row), *_ = _places(case.filled, case.computed("cert"), (exemption,))
    place = {"sheet": case.filled.rosters[exemption].sheet, "row": str(row)}
    return [Line("identities.status_carried", {"status": status, **place})]


def _late(case: Case) -> list[Line]:
    if case.computed("newborn"):
        return [Line("identities.newborn", {"birth": case.typed("birth")})]
    if case.computed("newly_identified"):
        return [Line("identities.newly_identified", {"day": case.typed("identified_on")})]
    return []


def _findings(case: Case) -> tuple[Finding, ...]:
    """Return the findings of the row, those at cells that the amounts depend on first."""
    own = [found for found in case.filled.findings if (found.sheet, found.row) == (case.roster.sheet, case.row)]
    if case.roster.role is not RosterRole.ENROLMENT:
        return tuple(own)
    deciding = case.deciding
    return tuple(sorted(own, key=lambda found: (SEVERITY_ORDER[found.severity], found.header not in deciding)))


def _places(filled: FilledWorkbook, key: str | None, codes: tuple[str, ...]) -> list[tuple[str, int]]:
    if not key:
        return []
    return [
        (code, row)
        for code in codes
        if code in filled.frames
        for row in filled.frames[code].filter(pl.col("cert.computed") == key)["row"].to_list()
    ]
