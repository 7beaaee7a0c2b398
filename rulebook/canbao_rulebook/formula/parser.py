"""Formula text to syntax tree: a tokeniser and a precedence-climbing parser."""

from __future__ import annotations

import re
from dataclasses import dataclass

from canbao_rulebook.formula.errors import FormulaError
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
)

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      |(?P<number>\d+(?:\.\d+)?)
      |(?P<text>"(?:[^"]|"")*")
      |(?P<column>\[@[^\[\]]+\])
      |(?P<operator><>|<=|>=|[-+*/&=<>])
      |(?P<word>[^\W\d][\w.]*)
      |(?P<punctuation>[(),])""",
    re.VERBOSE,
)
_PRECEDENCE = {"=": 1, "<>": 1, "<": 1, "<=": 1, ">": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4}


@dataclass(frozen=True, slots=True)
class Token:
    """One lexical unit."""

    kind: str
    text: str
    position: int


def tokenise(source: str) -> list[Token]:
    """Return the tokens of a formula, without blanks, closed by an ``end`` token. Raises FormulaError."""
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise FormulaError(source, position, "character", word=source[position])
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, match.group(), position))
        position = match.end()
    return [*tokens, Token("end", "", len(source))]


def parse(source: str) -> Node:
    """Return the untyped tree of a formula (without a leading ``=``). Raises FormulaError."""
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokenise(source)
        self.index = 0

    def parse(self) -> Node:
        node = self.expression(0)
        if self.current.kind != "end":
            raise self.error("extra", word=self.current.text)
        return node

    @property
    def current(self) -> Token:
        return self.tokens[self.index]

    def error(self, key: str, **params: str) -> FormulaError:
        return FormulaError(self.source, self.current.position, key, "", **params)

    def take(self) -> Token:
        token = self.current
        self.index += 1
        return token

    def expect(self, text: str) -> None:
        if self.current.text != text or self.current.kind == "text":
            raise self.error("missing", word=text)
        self.index += 1

    def expression(self, minimum: int) -> Node:
        left = self.operand()
        while self.current.kind == "operator" and _PRECEDENCE[self.current.text] > minimum:
            token = self.take()
            right = self.expression(_PRECEDENCE[token.text])
            left = BinaryNode(token.position, operator=token.text, left=left, right=right)
        return left

    def operand(self) -> Node:
        token = self.take()
        match token.kind:
            case "number":
                return NumberNode(token.position, value=float(token.text))
            case "text":
                return TextNode(token.position, value=token.text[1:-1].replace('""', '"'))
            case "column":
                return ColumnNode(token.position, header=token.text[2:-1])
            case "word":
                return self.word(token)
        if token.text == "-":
            return NegateNode(token.position, operand=self.expression(_PRECEDENCE["*"]))
        if token.text == "(":
            node = self.expression(0)
            self.expect(")")
            return node
        self.index -= 1
        if token.kind == "end":
            raise self.error("value")
        raise self.error("unexpected", word=token.text)

    def word(self, token: Token) -> Node:
        if self.current.text == "(" and self.current.kind == "punctuation":
            return CallNode(token.position, name=token.text, args=self.arguments())
        if token.text in {"TRUE", "FALSE"}:
            return BoolNode(token.position, value=token.text == "TRUE")
        return NameNode(token.position, name=token.text)

    def arguments(self) -> tuple[Node, ...]:
        self.expect("(")
        if self.current.text == ")":
            self.take()
            return ()
        args = [self.expression(0)]
        while self.current.text == "," and self.current.kind == "punctuation":
            self.take()
            args.append(self.expression(0))
        self.expect(")")
        return tuple(args)
