"""The marks of a row: which rules fail in it, worked out in a few hidden cells whose formulas stand in defined names.

LibreOffice puts the formulas of names, and of names in them, into each cell that mentions them, and takes 8,192 parts
of a formula there. So a cell joins as few rules as that; and a name holds no more of them than Excel takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_generator.check_formulas import MARK_DIGITS
from canbao_rulebook.check_column import MARK, MARK_END, ranked_rules
from canbao_rulebook.formula.nested import emit_choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from canbao_rulebook.formula.excel import ExcelContext
    from canbao_rulebook.roster import Roster, Rule

MAX_NAME = 7_500  # Excel takes 8,192 characters, and 16,384 bytes once the formula is compiled
MAX_PARTS = 7_000
MANY = 99
_PART = re.compile(r'"(?:[^"]|"")*"|[^\s"(),&=<>+\-*/]+|<=|>=|<>|[(),&=<>+\-*/]')


@dataclass(frozen=True)
class MarkedRule:
    """A rule and the mark it leaves in a row where it fails."""

    rule: Rule
    mark: str


def mark_rules(roster: Roster) -> tuple[MarkedRule, ...]:
    """Return the sheet's rules with their marks, which say where in the sheet a rule's column stands."""
    places = {column.header: place for place, column in enumerate(roster.sheet_columns, start=1)}
    return tuple(
        MarkedRule(rule, f"{number:0{MARK_DIGITS}d}{MARK[rule.severity]}{places[rule.column]}{MARK_END}")
        for number, rule in enumerate(ranked_rules(roster), start=1)
    )


def divide_rules(
    rules: Iterable[MarkedRule], context: ExcelContext, names: Mapping[str, str], names_a_cell: int = MANY
) -> Iterator[tuple[tuple[MarkedRule, ...], list[str]]]:
    """Yield for each cell its rules and the formulas that together are its marks.

    ``names`` are the formulas that these mention by their names; a cell joins ``names_a_cell`` at most.
    """
    here: list[MarkedRule] = []
    formulas: list[str] = []
    room = MAX_PARTS
    for marked in rules:
        piece = emit_choice(marked.rule.node, context, f'"{marked.mark}"', '""')
        parts = count_parts(piece, names) + 1
        fits = bool(formulas) and len(formulas[-1]) + 1 + len(piece) <= MAX_NAME
        if here and (parts > room or (not fits and len(formulas) == names_a_cell)):
            yield tuple(here), formulas
            here, formulas, room, fits = [], [], MAX_PARTS, False
        room -= parts
        here.append(marked)
        if fits:
            formulas[-1] += f"&{piece}"
        else:
            formulas.append(piece)
    if here:
        yield tuple(here), formulas


def count_parts(formula: str, names: Mapping[str, str]) -> int:
    """Return how many parts a formula has where the formulas of names stand in place of them."""
    return sum(count_parts(names[part], names) if part in names else 1 for part in _PART.findall(formula))
