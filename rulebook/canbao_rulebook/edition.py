"""The edition of a roster: a digest of what its sheet is made from (decision 0038).

It covers the columns, formulas and rules as they reach the sheet, and the values and lists of the policy year, which
every workbook holds. What only the looks depend on (widths, paper, frozen columns, room for rows) makes no new edition:
nothing is read otherwise, and nothing is held against it. The names of a unit are another in every workbook.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from canbao_rulebook.check_column import note_text, ranked_rules, rule_text
from canbao_rulebook.formula.excel import ExcelContext, emit_cell
from canbao_rulebook.formula.nested import emit_flag
from canbao_rulebook.names import unit_names
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.roster_compile import scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Column, Roster

_LENGTH = 16


def digest_roster(roster: Roster, names: Mapping[str, NamedValue]) -> str:
    """Return the edition of a roster in the workbooks of a kind of unit: the first hexadecimal digits of a SHA-256.

    ``names`` are those of the kind of unit; the same rosters and names give the same digest on every machine.
    """
    context = ExcelContext(roster.letters, scope_of(roster, names).columns, FIRST_ROW, names=roster.formula_names)
    content = {
        "page": [roster.sheet, roster.title, roster.ref, roster.role, roster.place_field],
        "notes": [roster.notes, roster.signatures],
        "columns": [_describe(column, context) for column in roster.columns],
        "rules": [[rule_text(rule), note_text(rule), emit_flag(rule.node, context)] for rule in ranked_rules(roster)],
        "names": {name: named.value for name, named in names.items() if name not in unit_names(None)},
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:_LENGTH]


def _describe(column: Column, context: ExcelContext) -> list[Any]:
    """What the sheet shows and checks of a column."""
    formula = emit_cell(column.node, context, unknowable=column.may_be_unknown) if column.node else None
    looks = [column.required, column.identifier, column.hidden, column.cell, column.strict_list]
    return [column.field, column.header, column.type, column.filler, column.list_name, column.hint, formula, *looks]
