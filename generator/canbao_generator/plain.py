"""The same sheet without names that refer to a row, for programs that do not know such names (decision 0045)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_generator.layout import build_layout
from canbao_rulebook.formula.excel import MAX_LENGTH
from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook


def build_plain_layout(book: Rulebook, roster: Roster) -> RosterLayout:
    """Return the sheet of a roster with all formulas in its cells, and with cells for all its helpers.

    Raises ValueError when a cell cannot hold its formula.
    """
    columns = tuple(replace(column, cell=True) for column in roster.columns)
    return _inline_names(build_layout(book, replace(roster, columns=columns), names_a_cell=1))


def _inline_names(layout: RosterLayout) -> RosterLayout:
    if not layout.names:
        return layout
    seen_from_a1 = re.compile(rf"{re.escape(layout.roster.sheet)}!(\$[A-Z]+)1\b")
    own = {name: seen_from_a1.sub(rf"\g<1>{FIRST_ROW}", formula) for name, formula in layout.names.items()}
    called = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in own))

    def expand(formula: str) -> str:
        return called.sub(lambda found: f"({expand(own[found[0]])})", formula)

    columns = []
    for entry in layout.columns:
        formula = entry.formula and expand(entry.formula)
        if formula and len(formula) > MAX_LENGTH:
            raise ValueError(f"{layout.roster.sheet}「{entry.column.header}」：{len(formula)} > {MAX_LENGTH}")
        columns.append(replace(entry, formula=formula))
    return replace(layout, columns=tuple(columns), names={})
