"""V09, V18, V19 and V34: one person in several units. Every conflict becomes a decision (rules.md C25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import format_yuan
from canbao_rulebook.phrases import AND, SEMICOLON, SHEET_LANG, Phrases, row_phrase, say
from canbao_rulebook.policy.words import SubsidyKind
from canbao_rulebook.vocabulary import word
from canbao_validators.settlement.persons import settled_rows
from canbao_validators.settlement.places import Placed, say_decision
from canbao_validators.settlement.top_ups import executed_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.phrases import Text
    from canbao_validators.settlement.persons import NumberedRow, SettledRow
    from canbao_validators.settlement.places import Places
    from canbao_validators.settlement.terms import Terms

HEADER, FIELD = "证件号码", "cert_no"
STANDS, FALLS, OPEN = (word("rulings", code) for code in ("stands", "falls", "open"))

DECISION_SCHEMA: dict[str, type[pl.DataType]] = {
    "cert": pl.String,
    "name": pl.String,
    "unit": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "category": pl.String,
    "verdict": pl.String,
    "reason": pl.String,
    "received": pl.Int64,
    "returnable": pl.Int64,
    "due": pl.Int64,
    "article": pl.String,
    "ruling": pl.String,
    "county_reason": pl.String,
}


def decide_findings(places: Places, settled: pl.DataFrame, terms: Terms) -> list[Finding]:
    """Return what is said at the rows of persons who stand in several units; within one unit it is V07 and V08."""
    rows = _settled_rows(places, settled)
    return [
        found
        for placed in places.decisions
        if len(placed.units) > 1
        for found in _report(_refresh(placed, rows), terms)
    ]


def tabulate_decisions(places: Places, settled: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return the decisions about persons in several units as ``DECISION_SCHEMA``, one row a row; money in fen."""
    rows = _settled_rows(places, settled)
    entries = [
        entry
        for placed in places.decisions
        if len(placed.units) > 1
        for entry in _entries(_refresh(placed, rows), terms)
    ]
    return pl.DataFrame(entries, schema=DECISION_SCHEMA, orient="row")


def _settled_rows(places: Places, settled: pl.DataFrame) -> dict[int, SettledRow]:
    concerned = {row["person"] for placed in places.decisions for row in placed.rows}
    rows = settled.filter(pl.col("person").is_in(sorted(concerned)))
    return {row["person"]: row for row in settled_rows(rows)}


def _refresh(placed: Placed[NumberedRow], rows: dict[int, SettledRow]) -> Placed[SettledRow]:
    """Return a decision with its rows as they are settled."""
    return Placed(
        rows[placed.kept["person"]],
        [rows[row["person"]] for row in placed.losers],
        [rows[row["person"]] for row in placed.doubts],
        placed.reason,
        [rows[row["person"]] for row in placed.dropped],
    )


# --- the table of decisions -------------------------------------------------------------------------------------------


def _entries(placed: Placed[SettledRow], terms: Terms) -> Iterator[list[object]]:
    pending = placed.kept["state"] == "pending"
    doubt = say_decision("unproven") if placed.doubts else ""
    yield _entry(placed.kept, OPEN if pending else STANDS, Phrases((placed.reason, doubt), SEMICOLON), terms)
    twice = say_decision("duplicate", reason=placed.reason) if placed.kept["enrolment"] else placed.reason
    for row in placed.losers:
        yield _entry(row, FALLS, twice, terms)
    for row in placed.doubts:
        yield _entry(row, OPEN, say_decision("prove", doubt=doubt), terms)
    for row in placed.dropped:
        yield _entry(row, FALLS, say_decision("dropped"), terms)


def _entry(row: SettledRow, verdict: str, reason: Text, terms: Terms) -> list[object]:
    ruling = terms.ruling(row)
    return [
        row["cert"],
        row["name"],
        row["unit"],
        row["sheet"],
        row["row"],
        "、".join(executed_names(row)) or row["row_category"] or "",
        verdict,
        say(reason, SHEET_LANG),
        row["received"],
        row["returnable"],
        row["due"],
        terms.article,
        "" if ruling is None else STANDS if ruling.stands else FALLS,
        ruling.reason if ruling else "",
    ]


# --- findings ---------------------------------------------------------------------------------------------------------


def _report(placed: Placed[SettledRow], terms: Terms) -> Iterator[Finding]:
    kept = placed.kept
    for loser in placed.losers:
        if loser["unit"] == kept["unit"]:
            continue
        if not kept["enrolment"]:
            yield from _exempted(kept, loser, placed, terms)
        elif kept["central"] and not loser["central"]:
            yield _paid_for(kept, loser, terms)
        else:
            yield from _two_units(kept, loser, placed, terms)
    for doubt in placed.doubts:
        if doubt["unit"] != kept["unit"]:
            yield from _doubted(kept, doubt, terms)


def _two_units(kept: SettledRow, loser: SettledRow, placed: Placed[SettledRow], terms: Terms) -> Iterator[Finding]:
    told = {"kept": kept["unit"], "loser": loser["unit"], "reason": placed.reason, "money": _money_of(loser)}
    decision = say_decision("two_units", **told)
    for own, other in ((kept, loser), (loser, kept)):
        yield person_finding("V09.two_townships", own, other, source=terms.article, decision=decision)
    if _claims_money(kept, terms) and _claims_money(loser, terms):
        places = [Phrases((f"{row['unit']}「{row['sheet']}」", row_phrase(row["row"]))) for row in (kept, loser)]
        twice = {
            "places": Phrases(places, AND),
            "decision": say_decision("once", kept=kept["unit"], loser=loser["unit"]),
        }
        yield person_finding("V18.twice", loser, kept, source=terms.article, **twice)


def _money_of(loser: SettledRow) -> Text:
    paid = loser["received"]
    return say_decision("returned", amount=_yuan(paid)) if paid > 0 else ""


def _claims_money(row: SettledRow, terms: Terms) -> bool:
    """Whether a row by itself asks for a subsidy that would be paid out."""
    paid = row["row_subsidy_kind"] == terms.kinds[SubsidyKind.REBATE] and row["paid_ok"]
    direct = row["row_subsidy_kind"] in {terms.kinds[SubsidyKind.DIRECT], terms.kinds[SubsidyKind.SPECIAL_CHANNEL]}
    return bool((paid or direct) and not row["forbidden"])


def _exempted(kept: SettledRow, loser: SettledRow, placed: Placed[SettledRow], terms: Terms) -> Iterator[Finding]:
    """A proven exemption stands: the application does not count, and what it paid is to be settled."""
    told = {"loser": loser["unit"], "reason": placed.reason, "money": _money_of(loser)}
    decision = say_decision("exempted", **told)
    for own, other in ((kept, loser), (loser, kept)):
        yield person_finding("V09.exempt", own, other, source=_household_article(terms), decision=decision)


def _doubted(kept: SettledRow, doubt: SettledRow, terms: Terms) -> Iterator[Finding]:
    """An exemption without a proof against an application: paid, it stands and its rebate waits; unpaid, it is open."""
    stands = kept["state"] != "pending"
    key = "V09.unproven_paid" if stands else "V09.unproven"
    for own, other in ((kept, doubt), (doubt, kept)):
        yield person_finding(key, own, other, source=_household_article(terms), applied=kept["unit"])


def _household_article(terms: Terms) -> str:
    policy = terms.policy
    return policy.article(policy.eligibility.household.ref)


def _paid_for(kept: SettledRow, loser: SettledRow, terms: Terms) -> Finding:
    """A department pays for the person, who stands in a township's or school's roster, too."""
    if loser["received"] <= 0:
        return person_finding("V09.paid_for", loser, kept, source=terms.article)
    closed = (
        kept["subsidy_kind"] == terms.kinds[SubsidyKind.SPECIAL_CHANNEL]
        or kept["row_subsidy_kind"] == (terms.kinds[SubsidyKind.SPECIAL_CHANNEL])
    )
    key = "V34.self_payment" if closed else "V19.paid_for"
    return person_finding(key, loser, kept, source=terms.article, paid=_yuan(loser["received"]))


def person_finding(key: str, own: NumberedRow, other: NumberedRow, **params: Any) -> Finding:
    """Return a finding at a person's row that names another row of the same person."""
    place = Place(own["sheet"], own["row"], _cell(own), FIELD, HEADER, file=own["file"])
    return build_finding(
        key,
        place,
        value=own["cert"] or own["name"],
        name=own["name"],
        unit=own["unit"],
        other_unit=other["unit"],
        other_file=other["file"],
        other_sheet=other["sheet"],
        other_cell=_cell(other),
        other_name=other["name"],
        **params,
    )


def _cell(row: NumberedRow) -> str:
    return f"{row['letter']}{row['row']}"


def _yuan(fen: int) -> str:
    return format_yuan(int(fen))
