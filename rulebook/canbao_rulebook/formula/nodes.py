"""The syntax tree of the formula language, and its types."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar


class Type(StrEnum):
    """Static type of an expression. Numbers, money and dates are all worksheet numbers."""

    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TEXT = "text"
    BOOL = "bool"
    NOTHING = "nothing"  # BLANK() and UNKNOWN(): fit any branch

    @property
    def is_numeric(self) -> bool:
        """Whether the worksheet holds this as a number."""
        return self in {Type.NUMBER, Type.MONEY, Type.DATE}


@dataclass(frozen=True)
class Node:
    """A node at ``position`` of its source, which does not make it another node. ``type`` is set by the checker.

    ``blankable``: may yield an empty cell, so only a whole column may hold it. ``unknowable``: may yield #N/A because a
    policy value is unknown.
    """

    position: int = field(compare=False)
    type: Type = Type.NOTHING
    blankable: bool = False
    unknowable: bool = False


@dataclass(frozen=True)
class NumberNode(Node):
    """A number literal."""

    value: float = 0.0


@dataclass(frozen=True)
class TextNode(Node):
    """A text literal."""

    value: str = ""


@dataclass(frozen=True)
class BoolNode(Node):
    """TRUE or FALSE."""

    value: bool = False


@dataclass(frozen=True)
class ColumnNode(Node):
    """A cell of the same row: ``[@header]``."""

    header: str = ""


@dataclass(frozen=True)
class NameNode(Node):
    """A policy or unit value by its defined name."""

    name: str = ""


@dataclass(frozen=True)
class CallNode(Node):
    """A function call."""

    name: str = ""
    args: tuple[Node, ...] = ()


@dataclass(frozen=True)
class BinaryNode(Node):
    """``left operator right``."""

    operator: str = ""
    left: Node = Node(0)
    right: Node = Node(0)


@dataclass(frozen=True)
class NegateNode(Node):
    """Unary minus."""

    operand: Node = Node(0)


AnyNode = TypeVar("AnyNode", bound=Node)


def typed(node: AnyNode, type_: Type, *, blankable: bool = False, unknowable: bool = False) -> AnyNode:
    """Return the node with its type set."""
    return replace(node, type=type_, blankable=blankable, unknowable=unknowable)


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct sub-expressions."""
    match node:
        case CallNode(args=args):
            return args
        case BinaryNode(left=left, right=right):
            return (left, right)
        case NegateNode(operand=operand):
            return (operand,)
        case _:
            return ()


def columns_of(node: Node) -> set[str]:
    """Return the headers that an expression reads."""
    own = {node.header} if isinstance(node, ColumnNode) else set()
    return own.union(*(columns_of(child) for child in children(node)))


def names_of(node: Node) -> set[str]:
    """Return the defined names that an expression reads."""
    own = {node.name} if isinstance(node, NameNode) else set()
    return own.union(*(names_of(child) for child in children(node)))


def depth_of(node: Node) -> int:
    """Return the nesting depth of calls, which Excel limits to 64."""
    below = max((depth_of(child) for child in children(node)), default=0)
    return below + isinstance(node, CallNode)
