"""Static types: unknown names, wrong types and functions outside the subset are errors at load, not at run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_rulebook.formula.errors import FormulaError, nearest, type_phrase
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
    depth_of,
    typed,
)
from canbao_rulebook.formula.parser import parse
from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.registry import Function, Want
from canbao_rulebook.phrases import AND, Phrases

if TYPE_CHECKING:
    from canbao_rulebook.formula.scope import Scope

_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
_MAX_DEPTH = 60
_BRANCHING = {"IF", "IFERROR"}


def compile_formula(source: str, scope: Scope) -> Node:
    """Return the checked tree of a formula. Raises FormulaError with the position and a suggestion."""
    node = _Checker(source, scope).check(parse(source))
    if depth_of(node) > _MAX_DEPTH:
        raise FormulaError(source, 0, "deep")
    return node


class _Checker:
    def __init__(self, source: str, scope: Scope) -> None:
        self.source = source
        self.scope = scope

    def error(self, node: Node, key: str, suggestion: str = "", **params: object) -> FormulaError:
        return FormulaError(self.source, node.position, key, suggestion, **params)

    def check(self, node: Node) -> Node:
        match node:
            case NumberNode():
                return typed(node, Type.NUMBER)
            case TextNode():
                return typed(node, Type.TEXT)
            case BoolNode():
                return typed(node, Type.BOOL)
            case ColumnNode():
                return self.column(node)
            case NameNode():
                return self.name(node)
            case NegateNode():
                operand = self.value(node.operand)
                self.require_number(operand)
                return typed(replace(node, operand=operand), operand.type, unknowable=operand.unknowable)
            case BinaryNode():
                return self.binary(node)
            case CallNode():
                return self.call(node)
        raise self.error(node, "unsupported")

    def column(self, node: ColumnNode) -> Node:
        info = self.scope.columns.get(node.header)
        if info is None:
            raise self.error(node, "column", nearest(node.header, self.scope.columns), word=node.header)
        return typed(node, info.type, unknowable=info.unknowable)

    def name(self, node: NameNode) -> Node:
        value = self.scope.names.get(node.name)
        if value is None:
            raise self.error(node, "name", nearest(node.name, self.scope.names), word=node.name)
        if value.is_list:
            raise self.error(node, "list_here", word=node.name)
        return typed(node, value.type, unknowable=value.is_unknown)

    def value(self, node: Node) -> Node:
        checked = self.check(node)
        if checked.blankable:
            raise self.error(node, "blankable")
        return checked

    def require_number(self, node: Node) -> None:
        if not node.type.is_numeric:
            raise self.error(node, "needs_number", type=type_phrase(node.type))

    def binary(self, node: BinaryNode) -> Node:
        left, right = self.value(node.left), self.value(node.right)
        result = self.binary_type(node, left, right)
        unknowable = left.unknowable or right.unknowable
        return typed(replace(node, left=left, right=right), result, unknowable=unknowable)

    def binary_type(self, node: BinaryNode, left: Node, right: Node) -> Type:
        if node.operator == "&":
            for side in (left, right):
                if side.type is not Type.TEXT:
                    raise self.error(side, "joins_text", "TEXT", type=type_phrase(side.type))
            return Type.TEXT
        if node.operator in _COMPARISONS:
            self.comparable(node, left, right)
            return Type.BOOL
        self.require_number(left)
        self.require_number(right)
        return self.arithmetic_type(node, left.type, right.type)

    def comparable(self, node: BinaryNode, left: Node, right: Node) -> None:
        same = left.type is right.type or (left.type.is_numeric and right.type.is_numeric)
        dates = (left.type is Type.DATE) != (right.type is Type.DATE)
        if not same or (dates and Type.MONEY in {left.type, right.type}):
            raise self.error(node, "comparison", left=type_phrase(left.type), right=type_phrase(right.type))
        if left.type in {Type.TEXT, Type.BOOL} and node.operator not in {"=", "<>"}:
            raise self.error(node, "order")

    def arithmetic_type(self, node: BinaryNode, left: Type, right: Type) -> Type:
        dates = [left, right].count(Type.DATE)
        if dates == 2 and node.operator == "-":
            return Type.NUMBER
        if dates == 1 and Type.MONEY not in {left, right} and node.operator in {"+", "-"} and right is not Type.DATE:
            return Type.DATE
        if dates:
            raise self.error(node, "dates")
        return Type.MONEY if Type.MONEY in {left, right} else Type.NUMBER

    def call(self, node: CallNode) -> Node:
        function = REGISTRY.get(node.name)
        if function is None:
            raise self.error(node, "function", nearest(node.name, REGISTRY), word=node.name)
        self.count(node, function)
        wants = [function.wants[min(index, len(function.wants) - 1)] for index in range(len(node.args))]
        branching = node.name in _BRANCHING
        args = tuple(self.argument(arg, want, branching) for arg, want in zip(node.args, wants, strict=True))
        result = function.result or self.branch_type(node, args)
        decisive = {"IFERROR": args[1:], "IS_UNKNOWN": ()}.get(node.name, args)
        unknowable = node.name == "UNKNOWN" or any(arg.unknowable for arg in decisive)
        blankable = node.name == "BLANK" or (branching and any(arg.blankable for arg in args))
        return typed(replace(node, args=args), result, blankable=blankable, unknowable=unknowable)

    def count(self, node: CallNode, function: Function) -> None:
        low, high = len(function.wants), (255 if function.repeats else len(function.wants))
        if not low <= len(node.args) <= high:
            key = "count_least" if function.repeats else "count"
            raise self.error(node, key, word=node.name, wanted=low, found=len(node.args))

    def argument(self, node: Node, want: Want, branching: bool) -> Node:
        if want is Want.LIST:
            return self.list_name(node)
        checked = self.check(node) if branching and want is Want.ANY else self.value(node)
        if want in {Want.COLUMN, Want.COMPUTED}:
            self.column_argument(checked, want)
        fits = {
            Want.NUMBER: checked.type.is_numeric,
            Want.DATE: checked.type is Type.DATE,
            Want.TEXT: checked.type is Type.TEXT,
            Want.BOOL: checked.type is Type.BOOL,
        }
        if not fits.get(want, True):
            raise self.error(node, "argument", type=type_phrase(checked.type))
        return checked

    def column_argument(self, node: Node, want: Want) -> None:
        if not isinstance(node, ColumnNode):
            raise self.error(node, "column_argument")
        if want is Want.COMPUTED and not self.scope.columns[node.header].computed:
            raise self.error(node, "computed_argument", word=node.header)

    def list_name(self, node: Node) -> Node:
        if not isinstance(node, NameNode):
            raise self.error(node, "list_argument")
        value = self.scope.names.get(node.name)
        if value is None or not value.is_list:
            lists = [name for name, item in self.scope.names.items() if item.is_list]
            raise self.error(node, "list", nearest(node.name, lists), word=node.name)
        return typed(node, value.type, unknowable=value.is_unknown)

    def branch_type(self, node: CallNode, args: tuple[Node, ...]) -> Type:
        """Type of IF and IFERROR, whose branches agree, and of ITEM, STATED and others: that of the first argument."""
        branches = {"IF": args[1:], "IFERROR": args}.get(node.name, args[:1])
        types = {branch.type for branch in branches} - {Type.NOTHING}
        if not types:
            return Type.NOTHING
        if types == {Type.NUMBER, Type.MONEY}:
            return Type.MONEY
        if types == {Type.NUMBER, Type.DATE}:
            return Type.DATE
        if len(types) > 1:
            found = Phrases([type_phrase(type_) for type_ in sorted(types, key=lambda type_: type_.value)], AND)
            raise self.error(node, "branches", word=node.name, types=found)
        return types.pop()
