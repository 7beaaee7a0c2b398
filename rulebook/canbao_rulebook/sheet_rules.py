"""The rules that a sheet carries; the others are the merge's alone (decision 0044).

A rule that asks what stands in a locked formula cell can only hold where somebody has broken the protection, which no
formula of that sheet can be trusted to tell. A rule whose formula needs what no worksheet function knows never holds
there. Neither is worth a formula in every row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import CallNode, ColumnNode, Node, children
from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.registry import never
from canbao_rulebook.kinds import Filler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.roster import Roster, Rule


def sheet_rules(roster: Roster) -> list[Rule]:
    """Return the rules that a roster's sheet computes, in their order."""
    return [rule for rule in roster.rules if not judges_locked_cells(roster, rule) and not _is_hidden_from_sheets(rule)]


def judges_locked_cells(roster: Roster, rule: Rule) -> bool:
    """Whether a rule asks for what stands in cells that nobody may overwrite."""
    return any(roster.by_header[header].filler is Filler.FORMULA for header in _stated(rule.node))


def _is_hidden_from_sheets(rule: Rule) -> bool:
    return isinstance(rule.node, CallNode) and REGISTRY[rule.node.name].excel is never


def _stated(node: Node) -> Iterator[str]:
    match node:
        case CallNode(name="STATED", args=(ColumnNode(header=header),)):
            yield header
        case _:
            for child in children(node):
                yield from _stated(child)
