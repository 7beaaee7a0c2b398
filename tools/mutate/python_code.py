"""Mutations of Python: comparisons, boundaries, and/or, constants, dropped conditions and calls, changed results."""

from __future__ import annotations

import ast
import re

from mutate.mutation import Edit

_COMPARISONS = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}  # fmt: skip
_OPERATORS = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"),
}  # fmt: skip
# Methods that only narrow, order or fill in: without one of them the code still runs.
_PASSING = frozenset(
    "filter sort unique fill_null fill_nan drop_nulls strip lower upper clip abs round".split()  # noqa: SIM905
)
_COLLECTING = frozenset({"append", "extend", "add", "update", "discard", "remove", "pop", "setdefault"})
_CHANGED_RESULTS = {"bool": "not ({})", "int": "({}) + 1", "str": '""', "float": "({}) + 1"}
_LONG_ENOUGH = 3


def find_edits(text: str) -> list[Edit]:
    """Return every edit that this module knows for a module's text; annotations, imports and docstrings stay."""
    tree = ast.parse(text)
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = _Finder(text, starts)
    found.visit(tree)
    return found.edits


class _Finder(ast.NodeVisitor):
    def __init__(self, text: str, starts: list[int]) -> None:
        self.text, self.starts = text, starts
        self.lines = text.splitlines(keepends=True)
        self.edits: list[Edit] = []
        self.returns = ""

    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def _span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset)

    def _source(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self.text[start:end]

    def _add(self, start: int, end: int, new: str, kind: str) -> None:
        self.edits.append(Edit(start, end, new, kind))

    def _between(self, left: ast.expr, right: ast.expr, old: str, new: str, kind: str) -> None:
        """Replace an operator that stands between two expressions."""
        first, last = self._span(left)[1], self._span(right)[0]
        word = re.escape(old).replace(r"\ ", r"\s+")
        match = re.search(rf"\b{word}\b" if old[0].isalpha() else word, self.text[first:last])
        if match:
            self._add(first + match.start(), first + match.end(), new, kind)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self.returns = self.returns, ast.unparse(node.returns) if node.returns else ""
        for statement in node.body:
            self.visit(statement)
        for default in [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]:
            self.visit(default)
        self.returns = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_Import(self, node: ast.Import) -> None:
        """Imports stay."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Imports stay."""

    def visit_Raise(self, node: ast.Raise) -> None:
        """What programmers are told stays."""

    def visit_Assert(self, node: ast.Assert) -> None:
        """An assertion is a test itself."""

    def visit_Assign(self, node: ast.Assign) -> None:
        """Pass over ``__all__``: it only says what a star would import."""
        if not any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _COLLECTING:
            self._add(*self._span(node), "pass", "statement dropped")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if type(node.op) in _OPERATORS:
            old, new = _OPERATORS[type(node.op)]
            self._between(node.target, node.value, f"{old}=", f"{new}=", f"{old}= becomes {new}=")
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value and self.returns in _CHANGED_RESULTS and not isinstance(node.value, ast.Constant):
            new = _CHANGED_RESULTS[self.returns].format(self._source(node.value))
            self._add(*self._span(node.value), new, "returned value changed")
        if node.value and self.returns.startswith("list[") and not isinstance(node.value, ast.List):
            self._add(*self._span(node.value), f"({self._source(node.value)})[1:]", "first of a list dropped")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            old, new = _COMPARISONS[type(operator)]
            self._between(left, right, old, new, f"{old} becomes {new}")
            left = right
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, old, new, f"{old} becomes {new}")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in _OPERATORS and not any(map(_is_words, (node.left, node.right))):
            old, new = _OPERATORS[type(node.op)]
            self._between(node.left, node.right, old, new, f"{old} becomes {new}")
            if isinstance(node.op, ast.BitAnd | ast.BitOr):
                self._add(*self._span(node), f"({self._source(node.left)})", "second condition dropped")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not | ast.Invert):
            self._add(*self._span(node), f"({self._source(node.operand)})", "negation dropped")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        one, other = self._source(node.body), self._source(node.orelse)
        if one != other:
            self._add(*self._span(node), f"({other} if {self._source(node.test)} else {one})", "if and else exchanged")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            self._add(*self._span(condition), "True", "condition of a comprehension dropped")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._add(*self._span(node), str(not node.value), f"{node.value} becomes {not node.value}")
        elif isinstance(node.value, int):
            self._add(*self._span(node), str(node.value + 1), "number one more")
            if node.value > 1:
                self._add(*self._span(node), str(node.value - 1), "number one less")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Words stay."""

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        self.visit(node.slice)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        self._drop_element(node.elts)
        self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> None:
        self._drop_element(node.elts)
        self.generic_visit(node)

    def visit_List(self, node: ast.List) -> None:
        self._drop_element(node.elts)
        self.generic_visit(node)

    def _drop_element(self, elements: list[ast.expr]) -> None:
        if len(elements) >= _LONG_ENOUGH and all(isinstance(one, ast.Constant | ast.Name) for one in elements):
            start, end = self._span(elements[0])[0], self._span(elements[1])[0]
            self._add(start, end, "", "element dropped")

    def visit_Call(self, node: ast.Call) -> None:
        self._change_call(node)
        self.generic_visit(node)

    def _change_call(self, node: ast.Call) -> None:
        _, end = self._span(node)
        for one in node.keywords:
            if one.arg:
                first, last = self._span(one)
                rest = self.text[last:end]
                comma = re.match(r"\s*,\s*", rest)
                self._add(first, last + (comma.end() if comma else 0), "", "argument dropped")
        if not isinstance(node.func, ast.Attribute):
            return
        if node.func.attr in _PASSING:
            dot = self.text.rindex(".", 0, self._span(node.func)[1])
            self._add(dot, end, "", f".{node.func.attr}() dropped")
        if node.func.attr == "when" and len(node.args) == 1:
            self._add(*self._span(node.args[0]), f"~({_as_expression(self._source(node.args[0]))})", "when negated")
        if node.func.attr == "otherwise":
            self._exchange(node)

    def _exchange(self, node: ast.Call) -> None:
        """Swap ``then`` and ``otherwise`` of one when."""
        then = node.func.value if isinstance(node.func, ast.Attribute) else None
        if not (isinstance(then, ast.Call) and isinstance(then.func, ast.Attribute) and then.func.attr == "then"):
            return
        if len(then.args) == 1 and len(node.args) == 1:
            (first, middle), (second, end) = self._span(then.args[0]), self._span(node.args[0])
            new = self.text[second:end] + self.text[middle:second] + self.text[first:middle]
            self._add(first, end, new, "then and otherwise exchanged")


def _is_words(node: ast.expr) -> bool:
    """Texts and lists are only ever put together: any other operator is an error at once."""
    literal = isinstance(node, ast.Constant) and not isinstance(node.value, int | float)
    return literal or isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp)


def _as_expression(source: str) -> str:
    """A column's name as an expression, so that it can be negated."""
    return f"pl.col({source})" if re.fullmatch(r"""["'][^"']*["']""", source) else source
