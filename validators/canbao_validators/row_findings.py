"""Row rules to findings: each rule that fails in a row is one finding at its cell."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.evaluate import flag_rules, rule_id
from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.functions.identity import upgrade_15
from canbao_rulebook.kinds import Filler
from canbao_rulebook.messages import build_finding, load_catalogue
from canbao_rulebook.phrases import Phrase
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.display import show_cell, show_money, show_value
from canbao_validators.suggesting import say_trouble, suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.roster import Column, Roster, Rule


def check_rows(
    roster: Roster,
    frame: pl.DataFrame,
    names: Mapping[str, NamedValue],
    *,
    already: Collection[tuple[str, str]] = (),
    flags: pl.DataFrame | None = None,
) -> list[Finding]:
    """Return the findings of every row rule over a frame with computed columns.

    ``already`` holds (code, cell) of this sheet's earlier findings: a cell's value is judged once under one code.
    ``flags`` are those of ``flag_rules``, where they were made together with those of other workbooks.
    """
    if frame.is_empty():
        return []
    flags = flag_rules(roster, frame, names) if flags is None else flags
    seen = set(already)
    findings: list[Finding] = []
    met = flags.select(pl.all().any()).row(0, named=True)
    rows: dict[int, dict[str, Any]] = {}
    for rule in roster.rules:
        if not met[rule_id(rule)]:
            continue
        hits = flags[rule_id(rule)].arg_true().to_list()
        count = len(hits)
        for index in hits[:1] if load_catalogue()[rule.message].once else hits:
            row = rows[index] = rows.get(index) or frame.row(index, named=True)
            finding = _build(roster, rule, row, names, count)
            key = (finding.code, finding.cell)
            if key not in seen or rule.code != "V41":
                findings.append(finding)
            seen.add(key)
    return findings


def place_of(roster: Roster, header: str, row: int) -> Place:
    """Return the place of a roster cell."""
    column = roster.by_header[header]
    return Place(roster.sheet, row, f"{roster.letters[header]}{row}", column.field, header)


def _build(roster: Roster, rule: Rule, row: dict[str, Any], names: Mapping[str, NamedValue], count: int) -> Finding:
    column = roster.by_header[rule.column]
    value = show_cell(column, row)
    asked = load_catalogue()[rule.message].placeholders
    params: dict[str, Any] = {
        other.field: _context_value(other, row) for other in roster.columns if other.field in asked
    }
    params |= {name: _context_value(roster.by_header[header], row) for name, header in rule.show.items()}
    params |= _hints(rule, column, value, row, names)
    params |= {"count": count} | (rule.own._asdict() if rule.own else {})
    params.pop("value", None)
    place = place_of(roster, rule.column, row["row"])
    return build_finding(rule.message, place, value=value, source=rule.source, **params)


def _context_value(column: Column, row: dict[str, Any]) -> Text:
    """Return what a sentence quotes of another cell; of one that a clerk left empty, that it is."""
    computed, found = f"{column.field}.computed", str(row.get(f"{column.field}.raw") or "")
    if computed not in row or (found and column.filler is Filler.DEFAULT):
        return found or _word("not_filled")
    return show_value(column, row[computed])


def _word(key: str) -> Phrase:
    return Phrase(load_lists()["cell_words"][key])


def _hints(
    rule: Rule, column: Column, value: str, row: dict[str, Any], names: Mapping[str, NamedValue]
) -> dict[str, object]:
    """What a message may quote beside the row: lengths, what was expected, what was probably meant."""
    hints: dict[str, Any] = {
        "length": len(str(row.get("cert") or value)) if column.field == "cert_no" else len(value),
        "policy_year": int(_number(names, "政策年度")),
        "paid": _paid(row.get("self_paid")),
        "birth_text": value[6:14],
        "suggestion": suggest(rule, column, row, names),
    }
    if column.is_computed and "expected" not in rule.show:
        hints["expected"] = show_value(column, row[f"{column.field}.computed"]) or _word("empty")
    if rule.message == "V02.form":
        hints["reason"] = say_trouble(str(row.get("cert_type") or ""), str(row.get("cert.computed") or ""))
    if rule.message == "V02.old_15":
        hints["upgraded"] = upgrade_15(str(row.get("cert.computed") or value))
    if rule.message == "V17.amount":
        category, kind = row.get("chosen_category.computed"), row.get("subsidy_kind.computed")
        hints["reason"] = f"（{category}，{kind}）" if category else ""
    return hints


def _number(names: Mapping[str, NamedValue], name: str) -> float:
    value = names[name].value
    return float(value) if isinstance(value, float | int) else 0.0


def _paid(value: Any) -> str:
    """Return what a cell says was paid, 0.00 where it says nothing."""
    return show_money(value if isinstance(value, float) and not isnan(value) else 0.0)
