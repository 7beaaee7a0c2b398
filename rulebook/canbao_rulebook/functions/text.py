"""Text. Characters are counted as code points; comparison with ``=`` is exact (Excel's EXACT)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.logic import call
from canbao_rulebook.functions.registry import Argument, Function, Want, all_of, register

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 32_767  # characters of a cell
_PRECISION = 15
_PADDED = '&"000000000000000000000000000000"'  # so that MID finds a character at every place
_LITERAL = re.compile(r'"(?:[^"]|"")+"')


def _length(expr: pl.Expr) -> pl.Expr:
    return expr.str.len_chars().cast(pl.Float64)


def _count(expr: pl.Expr) -> pl.Expr:
    return expr.floor().clip(0, _LONGEST).cast(pl.Int64, strict=False)


def _left(args: Sequence[Argument]) -> pl.Expr:
    text, count = args[0].expr, args[1].expr
    return pl.when(count >= 0).then(text.str.slice(0, _count(count)))


def _right(args: Sequence[Argument]) -> pl.Expr:
    text, count = args[0].expr, args[1].expr
    start = (_length(text) - count.floor()).clip(lower_bound=0)
    return pl.when(count >= 0).then(text.str.slice(start.cast(pl.Int64, strict=False), _count(count)))


def _mid(args: Sequence[Argument]) -> pl.Expr:
    text, start, count = (arg.expr for arg in args)
    return pl.when((start >= 1) & (count >= 0)).then(text.str.slice(_count(start) - 1, _count(count)))


def found_in(part: str, text: str, *, never_empty: bool = False, start: int = 1) -> str:
    """Return the worksheet test whether a text holds a part; it is the only place that writes FIND.

    An empty part stands in no text: Excel finds it at 1, LibreOffice nowhere. ``never_empty``: the part, or every
    element of it, is known to hold something. ``start``: the first character of the text that is looked at.
    """
    if start > 1:
        text = f"{text},{start}"
    if never_empty or _LITERAL.fullmatch(part):
        return f"ISNUMBER(FIND({part},{text}))"
    return f"IFERROR(IF(LEN({part})>0,FIND({part},{text})>0,FALSE),FALSE)"


def _contains(args: Sequence[Argument]) -> pl.Expr:
    text, part = args[0].expr, args[1].expr
    return text.str.contains(part, literal=True).fill_null(value=False) & (part != "").fill_null(value=False)


def count_digits(text: str) -> str:
    """Return the worksheet count of digits among the first 30 characters, every missing character counting as one."""
    digit = found_in(f"MID({text}{_PADDED},位序,1)", '"0123456789"', never_empty=True)
    return f"SUMPRODUCT(--{digit})"


def _piece(text: str, start: int, length: int) -> str:
    """Return digits as the number that they are, written with as many digits."""
    return f'TEXT(--MID({text},{start},{length}),"{"0" * length}")'


def are_digits(text: str, length: int) -> str:
    """Return the worksheet test whether the first characters are digits; an error where they are no number at all.

    In pieces, as a worksheet's numbers have fifteen digits.
    """
    first = (length + 1) // 2 if length > _PRECISION else length
    pieces = [_piece(text, 1, first), *([_piece(text, first + 1, length - first)] if length > first else [])]
    return f"EXACT({'&'.join(pieces)},LEFT({text},{length}))"


def all_digits(text: str) -> str:
    """Return the worksheet test for 1 to 30 digits and nothing else."""
    *lengths, digits = digit_tests(text)
    return all_of([*lengths, f"IFERROR({digits},FALSE)"])


def digit_tests(text: str) -> list[str]:
    """Return the same as tests one after the other."""
    return [f"LEN({text})>0", f"LEN({text})<=30", are_digits(f"({text}{_PADDED})", 30)]


register(Function("LEN", (Want.TEXT,), Type.NUMBER, call("LEN"), lambda args: _length(args[0].expr), "字数"))
register(Function("LEFT", (Want.TEXT, Want.NUMBER), Type.TEXT, call("LEFT"), _left, "左起若干字"))
register(Function("RIGHT", (Want.TEXT, Want.NUMBER), Type.TEXT, call("RIGHT"), _right, "右起若干字"))
register(Function("MID", (Want.TEXT, Want.NUMBER, Want.NUMBER), Type.TEXT, call("MID"), _mid, "中间若干字"))
register(
    Function(
        "CONTAINS",
        (Want.TEXT, Want.TEXT),
        Type.BOOL,
        lambda args: found_in(args[1], args[0]),
        _contains,
        "前者包含后者；不分析通配符，空的不算包含",
    )
)
register(
    Function(
        "ALL_DIGITS",
        (Want.TEXT,),
        Type.BOOL,
        lambda args: all_digits(args[0]),
        lambda args: args[0].expr.str.contains(r"^[0-9]{1,30}$"),
        "1 至 30 位，全是半角数字",
        tests=lambda args: digit_tests(args[0]),
    )
)
