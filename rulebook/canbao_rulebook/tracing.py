"""How a computed column came to its value in one row: the branch that its formula took.

The formula's own tree is followed and its parts are evaluated on the row; no rule is said here a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from canbao_rulebook.formula.nodes import CallNode, Node, columns_of, names_of
from canbao_rulebook.formula.polars_emitter import PolarsContext, emit_polars
from canbao_rulebook.roster_compile import scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Roster


@dataclass(frozen=True)
class Trace:
    """The conditions of IF that held on the way, and the expression that gave the value."""

    held: tuple[Node, ...]
    result: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The policy's names that decided: those of the expression, then those of the conditions that held."""
        return tuple(dict.fromkeys(name for node in (self.result, *self.held) for name in sorted(names_of(node))))


def trace_column(roster: Roster, header: str, row: pl.DataFrame, names: Mapping[str, NamedValue]) -> Trace:
    """Return the branch that a column's formula took in a frame of one row with its computed columns.

    A condition that is an error ends the way: ``result`` is then the whole rest.
    """
    node, held = _tree(roster, header), []
    while isinstance(node, CallNode) and node.name == "IF":
        condition, yes, no = node.args
        truth = evaluate_node(roster, condition, row, names)
        if truth is None:
            break
        if truth:
            held.append(condition)
        node = yes if truth else no
    return Trace(tuple(held), node)


def sources_of(roster: Roster, headers: Iterable[str]) -> frozenset[str]:
    """Return the headers of columns together with all columns that their formulas read, however indirectly."""
    found: set[str] = set()
    waiting = set(headers)
    while waiting:
        header = waiting.pop()
        found.add(header)
        node = roster.by_header[header].node
        waiting |= (columns_of(node) if node is not None else set()) - found
    return frozenset(found)


def evaluate_node(roster: Roster, node: Node, row: pl.DataFrame, names: Mapping[str, NamedValue]) -> Any:
    """Return the value of a checked tree in a frame of one row; None is an error or an unknown policy value."""
    context = PolarsContext(scope_of(roster, names).columns, names)
    return row.select(emit_polars(node, context)).item()


def _tree(roster: Roster, header: str) -> Node:
    node = roster.by_header[header].node
    assert node is not None
    return node
