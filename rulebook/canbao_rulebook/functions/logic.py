"""IF, AND, OR, NOT, IFERROR: as in Excel, an error in any argument of AND and OR wins over the other arguments."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.registry import Argument, Function, Want, register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def call(name: str) -> Callable[[Sequence[str]], str]:
    """Return the worksheet face of a function that Excel has under the same name."""
    return lambda args: f"{name}({','.join(args)})"


def _if(args: Sequence[Argument]) -> pl.Expr:
    condition, yes, no = (arg.expr for arg in args)
    return pl.when(condition.is_null()).then(None).when(condition).then(yes).otherwise(no)


def _holding(args: Sequence[Argument]) -> pl.Expr:
    """How many arguments hold; null where any of them is an error. Each stands in it once, however deep they nest."""
    return reduce(add, [arg.expr.cast(pl.UInt8) for arg in args])


def _all(args: Sequence[Argument]) -> pl.Expr:
    return _holding(args) == len(args)


def _any(args: Sequence[Argument]) -> pl.Expr:
    return _holding(args) > 0


register(Function("IF", (Want.BOOL, Want.ANY, Want.ANY), None, call("IF"), _if, "条件成立取前者，否则取后者"))
register(Function("AND", (Want.BOOL,), Type.BOOL, call("AND"), _all, "都成立", repeats=True))
register(Function("OR", (Want.BOOL,), Type.BOOL, call("OR"), _any, "有一个成立", repeats=True))
register(Function("NOT", (Want.BOOL,), Type.BOOL, call("NOT"), lambda args: ~args[0].expr, "不成立"))
register(
    Function(
        "IFERROR",
        (Want.ANY, Want.ANY),
        None,
        call("IFERROR"),
        lambda args: args[0].expr.fill_null(args[1].expr),
        "前者出错时取后者",
    )
)
