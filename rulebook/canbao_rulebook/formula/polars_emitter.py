"""The polars face: a checked tree to an expression over a frame (docs/architecture.md says what the columns hold).

An error is null and propagates as in Excel; an empty cell is NaN or "".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import (
    BinaryNode,
    BoolNode,
    CallNode,
    ColumnNode,
    NameNode,
    NegateNode,
    Node,
    NumberNode,
    TextNode,
    Type,
)
from canbao_rulebook.formula.stack import column_of
from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.numbers import compare, compare_with, round_half_away
from canbao_rulebook.functions.registry import Argument
from canbao_rulebook.kinds import CellKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import ColumnInfo, NamedValue


_ABOUT_COMPUTED = {"STATED", "EXPECTED", "IS_UNKNOWN"}
_FALSE = pl.lit(value=False)
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}  # with what stood left on the right


@dataclass(frozen=True)
class PolarsContext:
    """The columns and names that expressions read; ``prepared`` are columns of the frame that hold nodes' values.

    ``stacked`` are the names whose values stand in columns of the frame, because they differ from row to row.
    ``in_sheet``: they see what their worksheet faces see.
    """

    columns: Mapping[str, ColumnInfo]
    names: Mapping[str, NamedValue]
    prepared: Mapping[Node, str] = field(default_factory=dict)
    stacked: frozenset[str] = frozenset()
    in_sheet: bool = False


def emit_polars(node: Node, context: PolarsContext) -> pl.Expr:
    """Return the expression of a checked tree."""
    if context.prepared and (column := context.prepared.get(node)) is not None:
        return pl.col(column)
    match node:
        case NumberNode(value=number):
            return pl.lit(number, dtype=pl.Float64)
        case TextNode(value=text):
            return pl.lit(text, dtype=pl.String)
        case BoolNode(value=flag):
            return pl.lit(flag, dtype=pl.Boolean)
        case NameNode(name=name):
            return _name(name, context)
        case ColumnNode(header=header):
            return _column(context.columns[header])
        case NegateNode(operand=operand):
            return -emit_polars(operand, context)
        case BinaryNode():
            return _binary(node, context)
        case CallNode():
            return _call(node, context)
    raise TypeError(node)


def emit_flag(node: Node, context: PolarsContext) -> pl.Expr:
    """Return the expression of a rule, which tells where its formula is true; it is false where that is an error."""
    return _where_true(node, context).fill_null(_FALSE)


def _where_true(node: Node, context: PolarsContext) -> pl.Expr:
    """Return an expression that is true where a node is: what it is elsewhere, false or null, does not matter."""
    if node not in context.prepared:
        match node:
            case CallNode(name="AND", args=args):
                return reduce(and_, [_where_true(arg, context) for arg in args])
            case CallNode(name="NOT", args=(CallNode(name="OR", args=args) as inner,)) if inner not in context.prepared:
                return reduce(and_, [~emit_polars(arg, context) for arg in args])
    return emit_polars(node, context)


def _name(name: str, context: PolarsContext) -> pl.Expr:
    if name in context.stacked:
        return pl.col(column_of(name))
    named = context.names[name]
    dtype = pl.Float64 if named.type.is_numeric else pl.String
    return pl.lit(None if isinstance(named.value, tuple) else named.value, dtype=dtype)


def _column(info: ColumnInfo) -> pl.Expr:
    if not info.computed:
        column = pl.col(info.field)
    elif info.overridable:
        column = found_or_computed(info.field)
    else:
        column = pl.col(f"{info.field}.computed")
    return _as_operand(info, column)


def is_plain_column(info: ColumnInfo) -> bool:
    """Tell whether a column of the frame is what formulas read of a roster column."""
    return not (info.type.is_numeric or info.overridable)


def _as_operand(info: ColumnInfo, column: pl.Expr) -> pl.Expr:
    """A cell without a number counts as 0, but as an error where it may be waiting for an unknown policy value."""
    if not info.type.is_numeric:
        return column
    return column.fill_nan(None) if info.unknowable else column.fill_nan(0.0)


def found_or_computed(field: str) -> pl.Expr:
    """What stands in the cell of a computed column: an overwritten value, else what the formula gives."""
    blank = pl.col(f"{field}.kind") == int(CellKind.BLANK)
    return pl.when(blank).then(pl.col(f"{field}.computed")).otherwise(pl.col(field))


def _binary(node: BinaryNode, context: PolarsContext) -> pl.Expr:
    left, right = emit_polars(node.left, context), emit_polars(node.right, context)
    if node.left.type in {Type.TEXT, Type.BOOL} and node.operator in {"=", "<>"}:
        return left == right if node.operator == "=" else left != right
    match node.operator:
        case "&":
            return left + right
        case "=" | "<>" | "<" | "<=" | ">" | ">=":
            return _compare_nodes(node, left, right, context)
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case _:
            result = pl.when(right != 0).then(left / right)
    return round_half_away(result, 2) if node.type is Type.MONEY else result


def _compare_nodes(node: BinaryNode, left: pl.Expr, right: pl.Expr, context: PolarsContext) -> pl.Expr:
    number = _constant(node.right, context)
    if number is not None:
        return compare_with(node.operator, left, number)
    number = _constant(node.left, context)
    if number is not None:
        return compare_with(_TURNED.get(node.operator, node.operator), right, number)
    return compare(node.operator, left, right)


def _constant(node: Node, context: PolarsContext) -> float | None:
    """Return the number that a node is in every row, None where it may differ or is unknown."""
    match node:
        case NumberNode(value=number):
            return number
        case NameNode(name=name) if name not in context.stacked:
            value = context.names[name].value
            return float(value) if isinstance(value, int | float) else None
    return None


def _call(node: CallNode, context: PolarsContext) -> pl.Expr:
    if node.name in _ABOUT_COMPUTED and isinstance(target := node.args[0], ColumnNode):
        return _about_computed(node.name, context.columns[target.header])
    function = REGISTRY[node.name]
    face = function.in_sheet if context.in_sheet and function.in_sheet else function.polars
    return face([_argument(arg, context, node.type) for arg in node.args])


def _about_computed(name: str, info: ColumnInfo) -> pl.Expr:
    """STATED, EXPECTED and IS_UNKNOWN ask about a computed cell rather than use its value."""
    computed = pl.col(f"{info.field}.computed")
    if name == "IS_UNKNOWN":
        return computed.is_null() if info.unknowable else pl.when(computed.is_not_null()).then(pl.lit(value=False))
    return _as_operand(info, found_or_computed(info.field) if name == "STATED" else computed)


def _argument(node: Node, context: PolarsContext, result: Type) -> Argument:
    if isinstance(node, CallNode) and node.name == "BLANK":
        return Argument(pl.lit(float("nan")) if result.is_numeric else pl.lit(""))
    if isinstance(node, NameNode) and isinstance(items := context.names[node.name].value, tuple):
        return Argument(pl.lit(None), items=items)
    if not isinstance(node, ColumnNode):
        return Argument(emit_polars(node, context))
    info = context.columns[node.header]
    kind, shown = _standing(info) if info.overridable else (pl.col(f"{info.field}.kind"), pl.col(f"{info.field}.raw"))
    return Argument(emit_polars(node, context), kind=kind, shown=shown)


def _standing(info: ColumnInfo) -> tuple[pl.Expr, pl.Expr]:
    """Kind and text of a cell that holds a formula unless it was overwritten; a formula's "" is a text."""
    kind, computed = pl.col(f"{info.field}.kind"), pl.col(f"{info.field}.computed")
    number = computed.is_not_nan() if info.type.is_numeric else pl.lit(value=False)
    given = pl.when(computed.is_null()).then(int(CellKind.ERROR)).when(number).then(int(CellKind.NUMBER))
    untouched = kind == int(CellKind.BLANK)
    shown = pl.lit("") if info.type.is_numeric else computed
    return (
        pl.when(untouched).then(given.otherwise(int(CellKind.TEXT)).cast(pl.UInt8)).otherwise(kind),
        pl.when(untouched).then(shown).otherwise(pl.col(f"{info.field}.raw")),
    )
