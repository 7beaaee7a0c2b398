"""The worksheet face: a checked tree to the text of an Excel 2010 formula for one row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.registry import Want
from canbao_rulebook.kinds import UNKNOWN_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import ColumnInfo

MAX_LENGTH = 8192
_PRECEDENCE = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4}
_ATOM = 9
_MONEY_SAFE = {"*", "+", "-"}


@dataclass(frozen=True)
class ExcelContext:
    """Where the columns of a row stand: ``letters`` by header, the row number that relative references are written for.

    ``sheet`` stands before every reference, for formulas that are kept in defined names; ``names`` are those of
    columns without a cell, by header.
    """

    letters: Mapping[str, str]
    columns: Mapping[str, ColumnInfo]
    row: int
    sheet: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def emit_excel(node: Node, context: ExcelContext) -> str:
    """Return the formula text, without a leading ``=``."""
    return _emit(node, context)[0]


def emit_cell(node: Node, context: ExcelContext, *, unknowable: bool) -> str:
    """Return the formula of a computed cell: what depends on an unknown policy value shows 待定."""
    text = emit_excel(node, context)
    return f'IFERROR({text},"{UNKNOWN_TEXT}")' if unknowable else text


def quote(text: str) -> str:
    """Return a text literal."""
    return '"' + text.replace('"', '""') + '"'


def cell_reference(header: str, context: ExcelContext) -> str:
    """Return the reference to a cell of the row, column absolute, row relative, or the name that stands for it."""
    name = context.names.get(header)
    return name or place_reference(context.letters[header], context)


def place_reference(letter: str, context: ExcelContext) -> str:
    """Return the reference to a column of the row by its letter."""
    return f"{context.sheet}!${letter}{context.row}" if context.sheet else f"${letter}{context.row}"


def _emit(node: Node, context: ExcelContext) -> tuple[str, int]:
    match node:
        case NumberNode(value=value):
            return (str(int(value)) if value == int(value) else repr(value)), _ATOM
        case TextNode(value=value):
            return quote(value), _ATOM
        case BoolNode(value=value):
            return ("TRUE" if value else "FALSE"), _ATOM
        case NameNode(name=name):
            return name, _ATOM
        case ColumnNode(header=header):
            return _column(header, context), _ATOM
        case NegateNode(operand=operand):
            return f"-{_wrapped(operand, context, _PRECEDENCE['*'] + 1)}", _PRECEDENCE["*"]
        case BinaryNode():
            return _binary(node, context)
        case CallNode():
            return _call(node, context), _ATOM
    raise TypeError(node)


def _column(header: str, context: ExcelContext) -> str:
    reference = cell_reference(header, context)
    info = context.columns[header]
    if info.unknowable:
        return _known_or_error(reference, info.type)
    if info.type is Type.BOOL or (info.helper and _stays_of_its_type(info)):
        return reference
    return f"N({reference})" if info.type.is_numeric else f"T({reference})"


def _stays_of_its_type(info: ColumnInfo) -> bool:
    """Whether a helper never shows an empty text in place of a number."""
    return info.type is Type.TEXT or (info.node is not None and not info.node.blankable)


def _known_or_error(reference: str, kind: Type) -> str:
    """A cell that may show 待定: an error where it does, so that what depends on it is 待定, too."""
    if kind.is_numeric:
        return f"({reference}+0)"
    if kind is Type.BOOL:
        return f"({reference}+0<>0)"
    return f'IF({reference}="{UNKNOWN_TEXT}",NA(),{reference})'


def _wrapped(node: Node, context: ExcelContext, minimum: int) -> str:
    text, precedence = _emit(node, context)
    return text if precedence >= minimum else f"({text})"


def _binary(node: BinaryNode, context: ExcelContext) -> tuple[str, int]:
    if node.operator in {"=", "<>"} and node.left.type is Type.TEXT:
        same = f"EXACT({emit_excel(node.left, context)},{emit_excel(node.right, context)})"
        return (same if node.operator == "=" else f"NOT({same})"), _ATOM
    precedence = _PRECEDENCE[node.operator]
    left = _wrapped(node.left, context, precedence)
    right = _wrapped(node.right, context, precedence + 1)
    text = f"{left}{node.operator}{right}"
    if node.type is Type.MONEY and node.operator in _MONEY_SAFE | {"/"}:
        return f"ROUND({text},2)", _ATOM
    return text, precedence


def _call(node: CallNode, context: ExcelContext) -> str:
    function = REGISTRY[node.name]
    if node.name == "STATED":
        return emit_excel(node.args[0], context)
    if node.name == "EXPECTED":
        return _expected(node.args[0], context)
    return function.excel(emit_arguments(node, context))


def emit_arguments(node: CallNode, context: ExcelContext) -> list[str]:
    """Return the arguments of a call as its function takes them."""
    wants = REGISTRY[node.name].wants
    asked = [wants[min(index, len(wants) - 1)] for index in range(len(node.args))]
    return [_argument(arg, want, context) for arg, want in zip(node.args, asked, strict=True)]


def _argument(node: Node, want: Want, context: ExcelContext) -> str:
    if want in {Want.COLUMN, Want.COMPUTED} and isinstance(node, ColumnNode):
        return cell_reference(node.header, context)
    return emit_excel(node, context)


def _expected(node: Node, context: ExcelContext) -> str:
    """The column's own formula in place of its cell, so that an overwritten cell can be held against it."""
    if not isinstance(node, ColumnNode):
        raise TypeError(node)
    formula = context.columns[node.header].node
    if formula is None:
        raise TypeError(node.header)
    return f"({emit_excel(formula, context)})"
