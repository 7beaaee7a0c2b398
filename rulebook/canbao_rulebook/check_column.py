"""校验结果: what the last column of a roster sheet says of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.evaluate import rule_id
from canbao_rulebook.findings import SEVERITY_ORDER
from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.roster import CHECK_FIELD

if TYPE_CHECKING:
    from canbao_rulebook.roster import Roster, Rule

ALL_RIGHT = "✓ 无误"
SEE_RESULTS = "见“检查结果”表"


def ranked_rules(roster: Roster) -> list[Rule]:
    """Return the rules as 校验结果 prefers them: errors, warnings, infos, each in their own order."""
    return sorted(roster.rules, key=lambda rule: (SEVERITY_ORDER[rule.severity], rule.order))


def rule_text(rule: Rule) -> str:
    """Return what 校验结果 says of a failing rule, e.g. ``错误·姓名：未填写``."""
    return f"{rule.severity.value}·{rule.column}：{load_catalogue()[rule.message].short}"


def check_text(roster: Roster, flags: pl.DataFrame) -> pl.Series:
    """Return 校验结果 of used rows from the rules' flags (``flag_rules``): the text the sheet must show."""
    texts = [pl.when(pl.col(rule_id(rule))).then(pl.lit(rule_text(rule))) for rule in ranked_rules(roster)]
    return flags.select(pl.coalesce(*texts, pl.lit(ALL_RIGHT)).alias(CHECK_FIELD))[CHECK_FIELD]
