"""Static types: unknown names, wrong types and functions outside the subset are errors at load, not at run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_rulebook.formula.errors import FormulaError, nearest
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

if TYPE_CHECKING:
    from canbao_rulebook.formula.scope import Scope

TYPE_WORDS = {
    Type.NUMBER: "数字",
    Type.MONEY: "金额",
    Type.DATE: "日期",
    Type.TEXT: "文本",
    Type.BOOL: "真假",
    Type.NOTHING: "空",
}
_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
_MAX_DEPTH = 60
_BRANCHING = {"IF", "IFERROR"}


def compile_formula(source: str, scope: Scope) -> Node:
    """Return the checked tree of a formula. Raises FormulaError with the position and a suggestion."""
    node = _Checker(source, scope).check(parse(source))
    if depth_of(node) > _MAX_DEPTH:
        raise FormulaError(source, 0, "函数嵌套太深，Excel 最多允许 64 层")
    return node


class _Checker:
    def __init__(self, source: str, scope: Scope) -> None:
        self.source = source
        self.scope = scope

    def error(self, node: Node, problem: str, suggestion: str = "") -> FormulaError:
        return FormulaError(self.source, node.position, problem, suggestion)

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
        raise self.error(node, "不支持的写法")

    def column(self, node: ColumnNode) -> Node:
        info = self.scope.columns.get(node.header)
        if info is None:
            raise self.error(node, f"没有名为“{node.header}”的列", nearest(node.header, self.scope.columns))
        return typed(node, info.type, unknowable=info.unknowable)

    def name(self, node: NameNode) -> Node:
        value = self.scope.names.get(node.name)
        if value is None:
            raise self.error(node, f"没有名为“{node.name}”的政策参数", nearest(node.name, self.scope.names))
        if value.is_list:
            raise self.error(node, f"“{node.name}”是名单，只能用在 IN_LIST、POSITION、ITEM 中")
        return typed(node, value.type, unknowable=value.is_unknown)

    def value(self, node: Node) -> Node:
        checked = self.check(node)
        if checked.blankable:
            raise self.error(node, "可能为空的结果不能参与计算，请先放进一列再引用")
        return checked

    def require_number(self, node: Node) -> None:
        if not node.type.is_numeric:
            raise self.error(node, f"这里需要数字，却是{TYPE_WORDS[node.type]}")

    def binary(self, node: BinaryNode) -> Node:
        left, right = self.value(node.left), self.value(node.right)
        result = self.binary_type(node, left, right)
        unknowable = left.unknowable or right.unknowable
        return typed(replace(node, left=left, right=right), result, unknowable=unknowable)

    def binary_type(self, node: BinaryNode, left: Node, right: Node) -> Type:
        if node.operator == "&":
            for side in (left, right):
                if side.type is not Type.TEXT:
                    raise self.error(side, f"“&”只连接文本，这里是{TYPE_WORDS[side.type]}", "TEXT")
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
            raise self.error(node, f"{TYPE_WORDS[left.type]}不能与{TYPE_WORDS[right.type]}比较")
        if left.type in {Type.TEXT, Type.BOOL} and node.operator not in {"=", "<>"}:
            raise self.error(node, "文本只能比较是否相同，不能比大小")

    def arithmetic_type(self, node: BinaryNode, left: Type, right: Type) -> Type:
        dates = [left, right].count(Type.DATE)
        if dates == 2 and node.operator == "-":
            return Type.NUMBER
        if dates == 1 and Type.MONEY not in {left, right} and node.operator in {"+", "-"} and right is not Type.DATE:
            return Type.DATE
        if dates:
            raise self.error(node, "日期只能加减天数，或两个日期相减")
        return Type.MONEY if Type.MONEY in {left, right} else Type.NUMBER

    def call(self, node: CallNode) -> Node:
        function = REGISTRY.get(node.name)
        if function is None:
            raise self.error(node, f"不支持函数 {node.name}", nearest(node.name, REGISTRY))
        self.count(node, function)
        wants = [function.wants[min(index, len(function.wants) - 1)] for index in range(len(node.args))]
        branching = node.name in _BRANCHING
        args = tuple(self.argument(arg, want, branching) for arg, want in zip(node.args, wants, strict=True))
        result = function.result or self.branch_type(node, args)
        unknowable = node.name == "UNKNOWN" or (
            any(arg.unknowable for arg in args) and node.name not in {"IFERROR", "IS_UNKNOWN"}
        )
        blankable = node.name == "BLANK" or (branching and any(arg.blankable for arg in args))
        return typed(replace(node, args=args), result, blankable=blankable, unknowable=unknowable)

    def count(self, node: CallNode, function: Function) -> None:
        low, high = len(function.wants), (255 if function.repeats else len(function.wants))
        if not low <= len(node.args) <= high:
            wanted = f"至少{low}个" if function.repeats else f"{low}个"
            raise self.error(node, f"{node.name} 需要{wanted}参数，这里有{len(node.args)}个")

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
            raise self.error(node, f"这个参数不能是{TYPE_WORDS[checked.type]}")
        return checked

    def column_argument(self, node: Node, want: Want) -> None:
        if not isinstance(node, ColumnNode):
            raise self.error(node, "这个参数必须是一列，如 [@姓名]")
        if want is Want.COMPUTED and not self.scope.columns[node.header].computed:
            raise self.error(node, f"“{node.header}”不是自动计算的列")

    def list_name(self, node: Node) -> Node:
        if not isinstance(node, NameNode):
            raise self.error(node, "这个参数必须是名单的名称")
        value = self.scope.names.get(node.name)
        if value is None or not value.is_list:
            lists = [name for name, item in self.scope.names.items() if item.is_list]
            raise self.error(node, f"没有名为“{node.name}”的名单", nearest(node.name, lists))
        return typed(node, value.type, unknowable=value.is_unknown)

    def branch_type(self, node: CallNode, args: tuple[Node, ...]) -> Type:
        """Type of IF, IFERROR (their branches agree) and of ITEM, STATED, EXPECTED (that of their first argument)."""
        branches = {"IF": args[1:], "IFERROR": args}.get(node.name, args[:1])
        types = {branch.type for branch in branches} - {Type.NOTHING}
        if not types:
            return Type.NOTHING
        if types == {Type.NUMBER, Type.MONEY}:
            return Type.MONEY
        if types == {Type.NUMBER, Type.DATE}:
            return Type.DATE
        if len(types) > 1:
            words = "与".join(sorted(TYPE_WORDS[type_] for type_ in types))
            raise self.error(node, f"{node.name} 的各个结果类型不同：{words}")
        return types.pop()
