"""Formulas in steps: what several of them share, or one asks for twice, stands in the frame before it is used.

An expression of polars is computed, and made ready, anew in every place where it stands. Steps know formulas and
columns alone; the values of names come with each frame, and an expression is kept as long as those that it reads stay.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import BinaryNode, CallNode, ColumnNode, Node, children, names_of
from canbao_rulebook.formula.polars_emitter import PolarsContext, emit_flag, emit_polars, is_plain_column

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from canbao_rulebook.formula.scope import ColumnInfo, NamedValue
    from canbao_rulebook.formula.stack import Stack

_SIMPLER = pl.QueryOptFlags.none(simplify_expression=True)
_JOINING = {"AND", "OR", "NOT", "IF", "IFERROR"}  # nothing is looked up in these


@dataclass
class _Entry:
    """A node and the column that it fills; ``expr`` is its expression with the values ``given`` for its names.

    ``is_rule``: it is only asked where it is true. ``reads`` are the columns of a frame that the expression reads.
    """

    node: Node
    column: str
    dtype: pl.DataType | None
    names: tuple[str, ...]
    is_rule: bool = False
    given: tuple[NamedValue | None, ...] = ()
    expr: pl.Expr | None = None
    reads: frozenset[str] = frozenset()

    def emit(self, context: PolarsContext) -> pl.Expr:
        """Return the expression, made anew only where a name has another value than the last time."""
        given = tuple(None if name in context.stacked else context.names[name] for name in self.names)
        if self.expr is None or given != self.given:
            expr = emit_flag(self.node, context) if self.is_rule else emit_polars(self.node, context)
            if None not in given and not _differs_by_row(self.node):
                expr = expr.first()  # one value, which polars may spread over all rows
            self.expr = (expr if self.dtype is None else expr.cast(self.dtype)).alias(self.column)
            self.given, self.reads = given, frozenset(expr.meta.root_names())
        return self.expr


@dataclass
class _Step:
    """Nodes that read nothing of each other; ``prepared`` are the columns that earlier steps have filled."""

    entries: list[_Entry]
    prepared: dict[Node, str]


@dataclass
class Steps:
    """Some formulas in the order in which they are computed, with helpers: columns of what several of them share.

    ``in_sheet``: they see what their worksheet faces see.
    """

    columns: Mapping[str, ColumnInfo]
    in_sheet: bool = False
    _steps: list[_Step] = field(default_factory=list)
    _prepared: dict[Node, str] = field(default_factory=dict)

    def add(self, formulas: Mapping[str, Node], dtypes: Mapping[str, pl.DataType] | None = None) -> None:
        """Add formulas by the column that they fill; they may read the columns of those that were added before.

        ``dtypes`` are the types of the columns that are asked for by type.
        """
        self._share(formulas.values())
        self._append(formulas, dtypes or {})

    def add_rules(self, rules: Mapping[str, Node]) -> None:
        """Add rules by the column that tells where they are true; where they are an error, it may be false."""
        self._share(rules.values())
        self._append(rules, {}, are_rules=True)

    def _share(self, formulas: Collection[Node]) -> None:
        """Fill columns of their own with what several formulas ask for."""
        for nodes in _shared_nodes(formulas, self._prepared, self.columns):
            fresh = {node: f"~{len(self._prepared) + number}" for number, node in enumerate(nodes)}
            self._append({column: node for node, column in fresh.items()}, {})
            self._prepared |= fresh

    def _append(
        self, formulas: Mapping[str, Node], dtypes: Mapping[str, pl.DataType], *, are_rules: bool = False
    ) -> None:
        entries = [
            _Entry(node, column, dtypes.get(column), tuple(sorted(names_of(node))), are_rules)
            for column, node in formulas.items()
        ]
        self._steps.append(_Step(entries, dict(self._prepared)))

    def fill(self, stack: Stack) -> pl.DataFrame:
        """Return the rows of a stack with the columns of all formulas, the helpers, and what these read at least.

        Step by step: planned as one query, the same takes half as long again for a small frame, as long for a large.
        """
        frame = stack.frames[0] if len(stack.frames) == 1 else stack.gather(self._reads(stack))
        for step in self._steps:
            alone = [entry for entry in step.entries if not stack.lists.isdisjoint(entry.names)]
            if alone:
                frame = frame.hstack(pl.concat(self._fill_alone(alone, step, stack, frame)))
            context = self._context(stack.names[0], step, stack)
            together = [entry.emit(context) for entry in step.entries if stack.lists.isdisjoint(entry.names)]
            try:
                frame = frame.with_columns(together)
            except pl.exceptions.InvalidOperationError:  # a call that reads no cell is spread once it is worked out
                frame = frame.lazy().with_columns(together).collect(optimizations=_SIMPLER)
        return frame

    def _reads(self, stack: Stack) -> set[str]:
        """Return the columns that the formulas read of a stack."""
        read: set[str] = set()
        for step in self._steps:
            contexts = [self._context(names, step, stack) for names in stack.names]
            for entry in step.entries:
                for context in contexts[:1] if stack.lists.isdisjoint(entry.names) else contexts:
                    entry.emit(context)
                    read |= entry.reads
        return read

    def _fill_alone(
        self, entries: Sequence[_Entry], step: _Step, stack: Stack, frame: pl.DataFrame
    ) -> Iterator[pl.DataFrame]:
        """Yield the columns of entries workbook by workbook."""
        for part, names in stack.parts(frame):
            context = self._context(names, step, stack)
            yield part.with_columns(entry.emit(context) for entry in entries).select(entry.column for entry in entries)

    def _context(self, names: Mapping[str, NamedValue], step: _Step, stack: Stack) -> PolarsContext:
        return PolarsContext(self.columns, names, step.prepared, stack.columns, self.in_sheet)


def _shared_nodes(
    formulas: Iterable[Node], known: Mapping[Node, str], columns: Mapping[str, ColumnInfo]
) -> list[list[Node]]:
    """Return the nodes that are worth a column of their own, in layers that read only those before them."""
    counts: Counter[Node] = Counter()
    for node in formulas:
        _count(node, known, columns, counts)
    layers: list[list[Node]] = []
    depths: dict[Node, int] = {}
    for node in counts:
        _place(node, counts, depths, layers)
    return layers


def _count(
    node: Node, known: Mapping[Node, str], columns: Mapping[str, ColumnInfo], counts: Counter[Node], times: int = 1
) -> None:
    """Count how often a node is asked for, ``times`` here, and, the first time, those below it.

    A cell that is used as it stands costs nothing, and what is the same in all rows is no column.
    """
    is_plain = isinstance(node, ColumnNode) and is_plain_column(columns[node.header])
    if is_plain or node in known or not _differs_by_row(node):
        return
    is_new = node not in counts
    counts[node] += 2 if _is_lookup(node) else times
    if is_new:
        for place, below in enumerate(children(node)):
            _count(below, known, columns, counts, _times(node, place))


def _times(node: Node, place: int) -> int:
    """Return how often the expression of a node holds that of its child in a place."""
    if isinstance(node, CallNode):
        return 1 if node.name in _JOINING and not (node.name == "IF" and place == 0) else 2
    return 2 if isinstance(node, BinaryNode) else 1


def _differs_by_row(node: Node) -> bool:
    """Tell whether an expression reads anything of its row."""
    if isinstance(node, ColumnNode) or (isinstance(node, CallNode) and node.name == "ROW_NUMBER"):
        return True
    return any(map(_differs_by_row, children(node)))


def _is_lookup(node: Node) -> bool:
    """Tell whether a call looks at cells, names and literals only: what stands around it may ask for it twice."""
    return isinstance(node, CallNode) and node.name not in _JOINING and not any(map(children, node.args))


def _place(node: Node, counts: Counter[Node], depths: dict[Node, int], layers: list[list[Node]]) -> int:
    """Put a node that is worth it into the first layer after those of the nodes below; return how many it needs."""
    if node not in depths:
        depth = max((_place(below, counts, depths, layers) for below in children(node)), default=0)
        if counts[node] > 1:
            if depth == len(layers):
                layers.append([])
            layers[depth].append(node)
            depth += 1
        depths[node] = depth
    return depths[node]
