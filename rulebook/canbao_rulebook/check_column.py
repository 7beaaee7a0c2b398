"""校验结果 and 校验说明: what a roster sheet says of each row, few words at its left and a sentence at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.evaluate import rule_id
from canbao_rulebook.findings import SEVERITY_ORDER, Severity
from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD
from canbao_rulebook.sheet_rules import sheet_rules

if TYPE_CHECKING:
    from canbao_rulebook.roster import Roster, Rule

ROW_ALL_RIGHT, ALL_RIGHT = "✓ 本行无误", "✓ 无误"  # looked at alone, and beside all other rows
REMOVED = "已删除"
SIGNS = {Severity.ERROR: "错", Severity.WARNING: "醒", Severity.INFO: "示"}
MARK = {Severity.ERROR: "E", Severity.WARNING: "W", Severity.INFO: "I"}  # the gravest first
MARK_END = "|"  # of every mark
LOOKED_AT = "#"  # behind the marks of a check of the whole workbook, before its words or the row's key
SEE_LIST = f"见「{RESULT_SHEET}」"
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
    if rule.own:
        return sign_text(rule.severity, rule.column, rule.own.says)
    return glance_text(rule.column, rule.message, rule.severity)


def short_text(rule: Rule) -> str:
    """Return what is wrong where a rule fails, without values."""
    return rule.own.says if rule.own else load_catalogue()[rule.message].short


def note_text(rule: Rule) -> str:
    """Return what 校验说明 says of a failing rule: what is wrong, and how to mend it where that needs no values."""
    message = load_catalogue()[rule.message]
    text = f"{rule.severity.value}·{rule.column}：{short_text(rule)}"
    if rule.own:
        return f"{text}。{rule.own.fix}"
    fix = message.fix["zh"]
    if message.fix_names <= _TOLD:
        text += f"。{fix.format(header=rule.column, suggestion='')}"
    return text


def row_key_fields(roster: Roster) -> list[str]:
    """Return the fields that say who or what a row is: as long as they hold, a check of the workbook has seen it."""
    return [column.field for column in roster.columns[: roster.frozen] if column.is_input]


def check_texts(
    roster: Roster, flags: pl.DataFrame, outside: pl.Series | None = None, keys: pl.Series | None = None
) -> pl.DataFrame:
    """Return 校验结果 and 校验说明 of used rows from the rules' flags (``flag_rules``), as the sheet must show them.

    ``outside`` is what a check of the whole workbook left beside each row, ``keys`` what says who each row is; None
    where the rows were looked at alone.
    """
    ranked = ranked_rules(roster)
    rows = flags.with_columns(
        outside=pl.lit("") if outside is None else outside,
        right=pl.lit(LOOKED_AT) + (pl.lit("") if keys is None else keys),
    )
    left = pl.col("outside")
    own = pl.coalesce(*(_said(rule, MARK[rule.severity]) for rule in ranked), pl.lit(""))
    graver = pl.any_horizontal((left.str.head(1) == MARK[severity]) & own.is_in(_milder(severity)) for severity in MARK)
    right = pl.when(left == pl.col("right")).then(pl.lit(ALL_RIGHT)).otherwise(pl.lit(ROW_ALL_RIGHT))
    said = pl.coalesce(*(_said(rule, rule_text(rule)) for rule in ranked), right)
    told = left.str.split(LOOKED_AT).list.last().str.strip_chars()
    count = pl.sum_horizontal(pl.lit(0), *(pl.col(rule_id(rule)).cast(pl.Int32) for rule in ranked))
    others = count + left.str.count_matches(MARK_END, literal=True).cast(pl.Int32) - 1
    more = pl.when(others > 0).then(pl.format(" (+{})", others)).otherwise(pl.lit(""))
    note = pl.coalesce(*(_said(rule, note_text(rule)) for rule in ranked), pl.lit(""))
    return rows.select(
        (pl.when(graver).then(told).otherwise(said) + more).alias(CHECK_FIELD),
        pl.when(graver).then(pl.lit(SEE_LIST)).otherwise(note).alias(CHECK_NOTE_FIELD),
    )


def _milder(severity: Severity) -> list[str]:
    """Return the marks of what is less grave, an empty one for nothing."""
    return [*(MARK[other] for other in MARK if SEVERITY_ORDER[other] > SEVERITY_ORDER[severity]), ""]


def _said(rule: Rule, text: str) -> pl.Expr:
    return pl.when(pl.col(rule_id(rule))).then(pl.lit(text))
