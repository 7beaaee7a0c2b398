"""Numbers: the one rounding, comparison at worksheet precision, and a few functions."""

from __future__ import annotations

from functools import lru_cache, reduce
from math import inf, nextafter
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.logic import call
from canbao_rulebook.functions.registry import Argument, Function, Want, register

if TYPE_CHECKING:
    from collections.abc import Sequence

_PRECISION = 2.0**-48  # relative difference below which a worksheet holds two numbers equal


def compare(operator: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Return how two numbers compare (``= <> < <= > >=``) for a worksheet: to about 15 significant digits."""
    difference = (left - right).abs()
    equal = (left == right) | ((difference < left.abs() * _PRECISION) & (difference < right.abs() * _PRECISION))
    match operator:
        case "=":
            return equal
        case "<>":
            return ~equal
        case "<":
            return ~equal & (left < right)
        case "<=":
            return equal | (left < right)
        case ">":
            return ~equal & (left > right)
        case _:
            return equal | (left > right)


def compare_with(operator: str, left: pl.Expr, number: float) -> pl.Expr:
    """Return the same for a number that is known, at a fraction of the cost."""
    least, most = equal_numbers(number)
    match operator:
        case "=":
            return left == number if least == most else left.is_between(least, most)
        case "<>":
            return left != number if least == most else ~left.is_between(least, most)
        case "<":
            return left < least
        case "<=":
            return left <= most
        case ">":
            return left > most
        case _:
            return left >= least


@lru_cache(maxsize=1024)
def equal_numbers(number: float) -> tuple[float, float]:
    """Return the least and the largest number that a worksheet holds equal to a number."""
    ends = []
    for beyond in (-inf, inf):
        end, further = number, nextafter(number, beyond)
        while abs(further - number) < min(abs(further), abs(number)) * _PRECISION:
            end, further = further, nextafter(further, beyond)
        ends.append(end)
    return ends[0], ends[1]


def round_half_away(value: pl.Expr, places: int) -> pl.Expr:
    """Return the number rounded half away from zero, as ROUND does, correcting for binary fractions such as 1.005."""
    scaled = value.abs() * 10.0**places
    nudged = scaled * (1 + 2.0**-50)
    return value.sign() * (nudged + 0.5).floor() / 10.0**places


def _round(args: Sequence[Argument]) -> pl.Expr:
    value, places = args[0].expr, args[1].expr
    factor = pl.lit(10.0).pow(places)
    return value.sign() * (value.abs() * factor * (1 + 2.0**-50) + 0.5).floor() / factor


def _mod(args: Sequence[Argument]) -> pl.Expr:
    value, divisor = args[0].expr, args[1].expr
    return pl.when(divisor != 0).then(value - divisor * (value / divisor).floor())


def _extreme(args: Sequence[Argument], *, largest: bool) -> pl.Expr:
    def pick(left: pl.Expr, right: pl.Expr) -> pl.Expr:
        chosen = pl.when((left > right) == largest).then(left).otherwise(right)
        return pl.when(left.is_not_null() & right.is_not_null()).then(chosen)

    return reduce(pick, [arg.expr for arg in args])


register(Function("ROUND", (Want.NUMBER, Want.NUMBER), Type.NUMBER, call("ROUND"), _round, "四舍五入"))
register(Function("ABS", (Want.NUMBER,), Type.NUMBER, call("ABS"), lambda args: args[0].expr.abs(), "绝对值"))
register(Function("INT", (Want.NUMBER,), Type.NUMBER, call("INT"), lambda args: args[0].expr.floor(), "向下取整"))
register(Function("MOD", (Want.NUMBER, Want.NUMBER), Type.NUMBER, call("MOD"), _mod, "余数"))
register(
    Function(
        "MIN",
        (Want.NUMBER, Want.NUMBER),
        Type.NUMBER,
        call("MIN"),
        lambda args: _extreme(args, largest=False),
        "最小值",
        repeats=True,
    )
)
register(
    Function(
        "MAX",
        (Want.NUMBER, Want.NUMBER),
        Type.NUMBER,
        call("MAX"),
        lambda args: _extreme(args, largest=True),
        "最大值",
        repeats=True,
    )
)
