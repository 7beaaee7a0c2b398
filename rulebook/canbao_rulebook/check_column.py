"""校验结果 and 校验说明: what a roster sheet says of each row, few words at its left and a sentence at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.evaluate import rule_id
from canbao_rulebook.findings import SEVERITY_ORDER, Severity
from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD
from canbao_rulebook.sheet_rules import sheet_rules

if TYPE_CHECKING:
    from canbao_rulebook.roster import Roster, Rule

ROW_ALL_RIGHT, ALL_RIGHT = "✓ 本行无误", "✓ 无误"  # looked at alone, and beside all other rows
REMOVED = "已删除"
SIGNS = {Severity.ERROR: "错", Severity.WARNING: "醒", Severity.INFO: "示"}
_MISSING = "V01"
_TOLD = {
    "header",
    "suggestion",
}  # what a way to mend may mention: a cell's sentence knows its column, and no suggestion


def ranked_rules(roster: Roster) -> list[Rule]:
    """Return the sheet's rules as 校验结果 prefers them: errors before warnings before infos.

    Among equals the name and the number come first, then what is wrong before what is missing, then from left to right.
    """
    places = {column.header: place for place, column in enumerate(roster.columns)}

    def rank(rule: Rule) -> tuple[int, bool, bool, int, int]:
        place = places[rule.column]
        who = place < roster.frozen
        return SEVERITY_ORDER[rule.severity], not who, rule.code == _MISSING, place, rule.order

    return sorted(sheet_rules(roster), key=rank)


def glance_text(header: str, key: str, severity: Severity | None = None) -> str:
    """Return what the frozen cell says of a message at a column, e.g. ``错·证件号码 不是18位``."""
    message = load_catalogue()[key]
    return sign_text(severity or message.severity, header, message.glance)


def sign_text(severity: Severity, header: str, words: str) -> str:
    """Return some words as 校验结果 says them of a column."""
    return f"{SIGNS[severity]}·" + " ".join(filter(None, (header, words)))


def rule_text(rule: Rule) -> str:
    """Return what 校验结果 says of a failing rule."""
    return glance_text(rule.column, rule.message, rule.severity)


def note_text(rule: Rule) -> str:
    """Return what 校验说明 says of a failing rule: what is wrong, and how to mend it where that needs no values."""
    message = load_catalogue()[rule.message]
    text = f"{rule.severity.value}·{rule.column}：{message.short}"
    fix = message.fix["zh"]
    if message.fix_names <= _TOLD:
        text += f"。{fix.format(header=rule.column, suggestion='')}"
    return text


def check_texts(roster: Roster, flags: pl.DataFrame) -> pl.DataFrame:
    """Return 校验结果 and 校验说明 of used rows from the rules' flags (``flag_rules``), as the sheet must show them."""
    ranked = ranked_rules(roster)
    if not ranked:
        shown = {CHECK_FIELD: ROW_ALL_RIGHT, CHECK_NOTE_FIELD: ""}
        return pl.DataFrame({field: [text] * len(flags) for field, text in shown.items()})
    others = pl.sum_horizontal(pl.col(rule_id(rule)).cast(pl.Int32) for rule in ranked) - 1
    more = pl.when(others > 0).then(pl.format(" (+{})", others)).otherwise(pl.lit(""))
    first = pl.coalesce(*(_said(rule, rule_text(rule)) for rule in ranked))
    note = pl.coalesce(*(_said(rule, note_text(rule)) for rule in ranked), pl.lit(""))
    right = pl.lit(ROW_ALL_RIGHT)
    return flags.select((first + more).fill_null(right).alias(CHECK_FIELD), note.alias(CHECK_NOTE_FIELD))


def _said(rule: Rule, text: str) -> pl.Expr:
    return pl.when(pl.col(rule_id(rule))).then(pl.lit(text))
