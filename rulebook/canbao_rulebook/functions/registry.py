"""The functions of the language: each with its worksheet face and its polars face side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from canbao_rulebook.formula.nodes import Type
    from canbao_rulebook.formula.scope import Scalar


class Want(StrEnum):
    """What an argument must be."""

    NUMBER = "number"  # a number, money or date
    DATE = "date"
    TEXT = "text"
    BOOL = "bool"
    COLUMN = "column"  # a column of the same row, for questions about the cell itself
    COMPUTED = "computed"  # a computed column
    LIST = "list"  # a defined name of a list
    ANY = "any"


@dataclass(frozen=True)
class Argument:
    """A compiled argument as the polars face sees it; ``kind`` and ``shown`` of the cell where it is a column."""

    expr: pl.Expr
    kind: pl.Expr | None = None
    shown: pl.Expr | None = None
    items: tuple[Scalar | None, ...] = ()


@dataclass(frozen=True)
class Function:
    """A function.

    ``in_sheet`` is what its worksheet face sees, where that may miss a problem that the polars face sees, never the
    reverse; None where both see the same.
    ``tests``: where all of these formulas are TRUE the function is TRUE, and where one is not, it is FALSE or an error;
    ``tests_against``: the same for FALSE. They are for rules, which ask for nothing else (formula/nested.py).
    """

    name: str
    wants: tuple[Want, ...]
    result: Type | None
    excel: Callable[[Sequence[str]], str]
    polars: Callable[[Sequence[Argument]], pl.Expr]
    doc: str
    repeats: bool = False
    in_sheet: Callable[[Sequence[Argument]], pl.Expr] | None = None
    tests: Callable[[Sequence[str]], Sequence[str]] | None = None
    tests_against: Callable[[Sequence[str]], Sequence[str]] | None = None

    @property
    def weaker(self) -> bool:
        """Whether the worksheet face may miss a problem."""
        return self.in_sheet is not None


REGISTRY: dict[str, Function] = {}


def never(_: Sequence[str]) -> str:
    """Return the worksheet face of a question that no worksheet function can answer."""
    return "FALSE"


def never_seen(_: Sequence[Argument]) -> pl.Expr:
    """Return what that face sees."""
    return pl.lit(value=False)


def all_of(tests: Sequence[str]) -> str:
    """Return whether all tests are TRUE; those after the first one that is not are not computed.

    The same as their AND where the first is an error whenever any of them is.
    """
    nested = tests[-1]
    for test in reversed(tests[:-1]):
        nested = f"IF({test},{nested},FALSE)"
    return nested


def register(function: Function) -> Function:
    """Add a function to the language."""
    REGISTRY[function.name] = function
    return function
