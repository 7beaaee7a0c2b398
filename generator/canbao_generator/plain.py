"""The same sheet without names that refer to a row, for programs that do not know such names (decision 0045)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_rulebook.formula.excel import MAX_LENGTH
from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from canbao_generator.layout import RosterLayout


def inline_names(layout: RosterLayout) -> RosterLayout:
    """Return a layout whose cells hold the formulas themselves, which stood in names of the layout.

    Raises ValueError when a cell cannot hold its formula.
    """
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
