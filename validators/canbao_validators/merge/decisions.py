"""V09, V10, V18, V19 and V34: one person in several units. Every conflict becomes a decision (rules.md C25)."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import format_yuan, to_fen
from canbao_validators.display import show_date
from canbao_validators.normalise.names import name_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADER, _FIELD = "证件号码", "cert_no"
_ID_LENGTH, _CHECKED = 18, 17
STANDS, FALLS = "采信", "不采信"
_LATEST = float("inf")
_WORST = 999


@dataclass(frozen=True)
class Decision:
    """What the merge decided about one row of a person who stands in several places; amounts in yuan.

    ``verdict`` is STANDS or FALLS, ``ruling`` the same by the county itself, empty where it has not decided.
    """

    key: str
    name: str
    unit: str
    sheet: str
    row: int
    category: str
    verdict: str
    reason: str
    self_paid: float
    refund: float
    subsidy: float
    article: str
    ruling: str = ""
    county_reason: str = ""


@dataclass(frozen=True)
class Conflicts:
    """Decisions, findings, and the ``person`` numbers of rows that do not count."""

    decisions: list[Decision]
    findings: list[Finding]
    rejected: set[int]


class Ruling(NamedTuple):
    """What the county decided about one row of a person: whether it stands, and why."""

    stands: bool
    reason: str


@dataclass(frozen=True)
class Terms:
    """What decisions follow: the article they cite, the places of the categories (1 is best), the closed channel.

    ``rulings`` are what the county decided itself about a row, by document number, unit and sheet.
    """

    article: str
    ranks: Mapping[str, int] = field(default_factory=dict)
    closed_kind: str = ""
    rulings: Mapping[tuple[str, str, str], Ruling] = field(default_factory=dict)

    def ruling(self, row: Mapping[str, Any]) -> Ruling | None:
        """Return what the county decided about a row."""
        return self.rulings.get((row["key"], row["unit"], row["sheet"]))


def decide_conflicts(people: pl.DataFrame, terms: Terms, *, lang: str = "zh") -> Conflicts:
    """Return what happens to persons with several rows (V09, V18); rows within one township are V07 and V08 already.

    Kept is the row of a department that pays for the person in one sum (SC-08, DX-13: whoever is paid for pays
    nothing); else the earliest complete payment; without payments the government-paid row, then the first roster of the
    policy year; a proven exemption in another township beats an application.
    """
    result = Conflicts([], [], set())
    groups = people.filter((pl.col("key") != "") & pl.col("key").is_duplicated())
    for group in groups.partition_by("key", maintain_order=True):
        rows = group.to_dicts()
        _decide(rows, result, terms, lang)
    return result


def _decide(rows: list[dict[str, Any]], result: Conflicts, terms: Terms, lang: str) -> None:
    applicants = [row for row in rows if row["enrolment"]]
    exemptions = [row for row in rows if not row["enrolment"] and not row["volunteers"]]
    if not applicants or len(rows) - len([row for row in rows if row["volunteers"]]) < 2:
        return
    proven = next((row for row in exemptions if row["proof"]), None)
    ordered = sorted(applicants, key=lambda row: _preference(row, terms))
    ruled = _ruled(ordered, terms)
    if ruled is not None:
        kept, reason = ruled
    else:
        kept, reason = (proven, "已有异地参保或无法参保的证明") if proven else (ordered[0], _reason(ordered))
    losers = [row for row in applicants if row is not kept]
    result.rejected.update(row["person"] for row in losers)
    townships = {row["unit"] for row in rows}
    if len(townships) < 2:
        return
    result.decisions.append(_decision(kept, reason, terms, kept=True))
    result.decisions.extend(_decision(row, f"重复参保：{reason}", terms, kept=False) for row in losers)
    _report(kept, losers, reason, terms, result, lang)


def _ruled(ordered: list[dict[str, Any]], terms: Terms) -> tuple[dict[str, Any], str] | None:
    """Return the row that the county lets stand, or the first one that it did not reject; None without a ruling."""
    rulings = [(row, ruling) for row in ordered if (ruling := terms.ruling(row)) is not None]
    standing = next(((row, ruling) for row, ruling in rulings if ruling.stands), None)
    if standing is not None:
        return standing[0], f"县里决定：{standing[1].reason or '采信本行'}"
    rejected = [row for row, _ in rulings]
    left = [row for row in ordered if row not in rejected]
    if not rejected or not left:
        return None
    return left[0], f"县里决定：{rulings[0][1].reason or '不采信另一行'}"


def _preference(row: dict[str, Any], terms: Terms) -> tuple[bool, int, bool, float, bool, str, int]:
    paid = row["paid_ok"] and row["pay_date"] == row["pay_date"]
    return (
        not row["central"],
        terms.ranks.get(row["category"] or "", _WORST) if row["central"] else 0,
        not paid,
        row["pay_date"] if paid else _LATEST,
        not row["enrolled"],
        row["roster"],
        row["person"],
    )


def _reason(ordered: list[dict[str, Any]]) -> str:
    first, second = ordered[0], ordered[1] if len(ordered) > 1 else ordered[0]
    if first["central"]:
        return "两个部门都在册，按类别次序采信" if second["central"] and second is not first else "已由部门统一缴费"
    if first["paid_ok"] and (not second["paid_ok"] or first["pay_date"] < second["pay_date"]):
        return f"先缴足（{show_date(first['pay_date'])}）"
    if first["enrolled"] and not second["enrolled"]:
        return "政府代缴已落实"
    if first["roster"] != second["roster"]:
        return "以户籍所在地为准"
    return "条件相同，暂按文件先后采信，请县里核定"


def _decision(row: dict[str, Any], reason: str, terms: Terms, *, kept: bool) -> Decision:
    subsidy, ruling = row["gov_direct"] + row["rebate_due"], terms.ruling(row)
    return Decision(
        key=row["key"],
        name=row["name"],
        unit=row["unit"],
        sheet=row["sheet"],
        row=row["row"],
        category=row["category"] or "",
        verdict=STANDS if kept else FALLS,
        reason=reason,
        self_paid=row["self_paid"],
        refund=0.0 if kept else row["self_paid"],
        subsidy=subsidy if kept else 0.0,
        article=terms.article,
        ruling="" if ruling is None else STANDS if ruling.stands else FALLS,
        county_reason=ruling.reason if ruling else "",
    )


def _report(
    kept: dict[str, Any], losers: list[dict[str, Any]], reason: str, terms: Terms, result: Conflicts, lang: str
) -> None:
    article = terms.article
    for loser in losers:
        if loser["unit"] == kept["unit"]:
            continue
        if kept["central"] and not loser["central"]:
            result.findings.append(_paid_for(kept, loser, terms, lang))
            continue
        refund = f"，退还{_yuan(loser['self_paid'])}元" if loser["self_paid"] > 0 else ""
        decision = f"采信{kept['unit']}（{reason}），{loser['unit']}按重复参保处理{refund}"
        for own, other in ((kept, loser), (loser, kept)):
            result.findings.append(_finding("V09.two_townships", own, other, lang, source=article, decision=decision))
        if kept["gov_direct"] + kept["rebate_due"] > 0 and loser["gov_direct"] + loser["rebate_due"] > 0:
            places = "和".join(f"{row['unit']}「{row['sheet']}」第{row['row']}行" for row in (kept, loser))
            verdict = f"只在{kept['unit']}资助一次，{loser['unit']}的资助不予发放"
            more = {"places": places, "decision": verdict}
            result.findings.append(_finding("V18.twice", loser, kept, lang, source=article, **more))


def _paid_for(kept: dict[str, Any], loser: dict[str, Any], terms: Terms, lang: str) -> Finding:
    """A department pays for the person, who stands in a township's or school's roster, too."""
    if loser["self_paid"] <= 0:
        return _finding("V09.paid_for", loser, kept, lang, source=terms.article)
    key = "V34.self_payment" if kept["kind"] == terms.closed_kind else "V19.paid_for"
    return _finding(key, loser, kept, lang, source=terms.article, paid=_yuan(loser["self_paid"]))


def check_names(people: pl.DataFrame, *, lang: str = "zh") -> list[Finding]:
    """V10: one number with two names in two townships; one name and birth date, numbers one digit apart."""
    return [*_two_names(people, lang), *_near_numbers(people, lang)]


def _two_names(people: pl.DataFrame, lang: str) -> list[Finding]:
    shared = people.filter((pl.col("key") != "") & pl.col("key").is_duplicated() & (pl.col("name") != ""))
    shared = shared.with_columns(name_key=name_key(pl.col("name")))
    findings = []
    for group in shared.partition_by("key", maintain_order=True):
        first, *others = group.to_dicts()
        findings += [
            _finding("V10.two_names", other, first, lang)
            for other in others
            if other["unit"] != first["unit"] and other["name_key"] != first["name_key"]
        ]
    return findings


def _near_numbers(people: pl.DataFrame, lang: str) -> list[Finding]:
    numbers = people.filter((pl.col("key").str.len_chars() == _ID_LENGTH) & (pl.col("name") != ""))
    twins = numbers.with_columns(born=pl.col("key").str.slice(6, 8)).unique("key", keep="first", maintain_order=True)
    twins = twins.filter(pl.struct("name", "born").is_duplicated())
    findings = []
    for group in twins.partition_by("name", "born", maintain_order=True):
        findings += [
            _finding("V10.near_ids", other, first, lang, other_id=first["key"])
            for first, other in combinations(group.to_dicts(), 2)
            if _distance(first["key"], other["key"]) == 1
        ]
    return findings


def _distance(left: str, right: str) -> int:
    return sum(one != two for one, two in zip(left[:_CHECKED], right[:_CHECKED], strict=True))


def _finding(key: str, own: dict[str, Any], other: dict[str, Any], lang: str, **params: Any) -> Finding:
    place = Place(own["file"], own["sheet"], own["row"], _cell(own), _FIELD, _HEADER)
    return build_finding(
        key,
        place,
        value=own["key"],
        lang=lang,
        name=own["name"],
        other_unit=other["unit"],
        other_file=other["file"],
        other_sheet=other["sheet"],
        other_cell=_cell(other),
        other_name=other["name"],
        **params,
    )


def _cell(row: dict[str, Any]) -> str:
    return f"{row['letter']}{row['row']}"


def _yuan(amount: float) -> str:
    return format_yuan(to_fen(float(amount)))


def decisions_frame(decisions: Sequence[Decision]) -> pl.DataFrame:
    """Return the decisions as a table, in the order in which they were taken."""
    fields = list(Decision.__dataclass_fields__)
    return pl.DataFrame(
        [[getattr(decision, name) for name in fields] for decision in decisions], schema=fields, orient="row"
    )
