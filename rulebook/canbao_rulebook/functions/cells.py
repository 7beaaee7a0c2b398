"""Questions about the cell itself: is it empty, what kind is in it, what was found where the sheet computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.registry import Argument, Function, Want, all_of, register
from canbao_rulebook.functions.text import found_in
from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind
from canbao_rulebook.nothing import LONGEST_NOTHING, NOTHING_NAME, NOTHING_TEXTS
from canbao_rulebook.roster import HEADER_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence


_NOTHINGS = pl.Series(NOTHING_TEXTS)
_EMPTY_TEXTS = pl.Series(["", *NOTHING_TEXTS])


def _is_kind(argument: Argument, kind: CellKind) -> pl.Expr:
    if argument.kind is None:
        raise TypeError(argument)
    return argument.kind == pl.lit(int(kind), dtype=pl.UInt8)


def _is_text_in(cell: Argument, texts: pl.Series) -> pl.Expr:
    """Whether a text, without the spaces around it, is one of these."""
    if cell.shown is None:
        raise TypeError(cell)
    return _is_kind(cell, CellKind.TEXT) & cell.shown.str.strip_chars(" ").is_in(texts.implode())


def _is_said(cell: str, start: int = 1) -> str:
    """Whether a text stands between the bars of 空话, which begin with nothing at all; from ``start`` on."""
    return found_in(f'"|"&TRIM({cell})&"|"', NOTHING_NAME, start=start, never_empty=True)


def _is_empty(args: Sequence[Argument]) -> pl.Expr:
    cell = args[0]
    empty = _is_kind(cell, CellKind.BLANK) | _is_text_in(cell, _EMPTY_TEXTS)
    return pl.when(~_is_kind(cell, CellKind.ERROR)).then(empty)


def _is_empty_excel(args: Sequence[str]) -> str:
    cell = args[0]
    return f"IF(ISTEXT({cell}),{_is_said(cell)},LEN({cell})=0)"


def _empty_tests(args: Sequence[str]) -> list[str]:
    return [f"LEN(TRIM({args[0]}))<={LONGEST_NOTHING}", _is_empty_excel(args)]


def _filled_tests(args: Sequence[str]) -> list[str]:
    cell = args[0]
    return [f"LEN({cell})>0", f"IF(ISTEXT({cell}),NOT({_is_said(cell)}),TRUE)"]


def _text_tests(args: Sequence[str]) -> list[str]:
    cell = args[0]
    return [f"ISTEXT({cell})", f"NOT({_is_said(cell, 2)})"]


def _says_tests(args: Sequence[str]) -> list[str]:
    return [f"ISTEXT({args[0]})", f"NOT({_is_said(args[0])})"]


def _says_something(args: Sequence[Argument]) -> pl.Expr:
    return _is_kind(args[0], CellKind.TEXT) & ~_is_text_in(args[0], _EMPTY_TEXTS)


def _number_tests(args: Sequence[str]) -> list[str]:
    return [f"ISNUMBER({args[0]})", f"NOT(ISLOGICAL({args[0]}))"]


def _is_other(args: Sequence[Argument]) -> pl.Expr:
    """Whether a cell holds a number or a truth value; an error is one."""
    other = _is_kind(args[0], CellKind.NUMBER) | _is_kind(args[0], CellKind.BOOL)
    return pl.when(~_is_kind(args[0], CellKind.ERROR)).then(other)


def _other_tests(args: Sequence[str]) -> list[str]:
    return [f"NOT(ISTEXT({args[0]}))", f"LEN({args[0]})>0"]


def _row_number(_: Sequence[Argument]) -> pl.Expr:
    return (pl.col("row") - HEADER_ROW).cast(pl.Float64)


register(
    Function(
        "IS_EMPTY",
        (Want.COLUMN,),
        Type.BOOL,
        _is_empty_excel,
        _is_empty,
        "单元格没有内容，或写着“无”“/”等",
        tests=_empty_tests,
        tests_against=_filled_tests,
    )
)
register(
    Function(
        "IS_NUMBER",
        (Want.COLUMN,),
        Type.BOOL,
        lambda args: all_of(_number_tests(args)),
        lambda args: _is_kind(args[0], CellKind.NUMBER),
        "单元格里是数字",
        tests=_number_tests,
    )
)
register(
    Function(
        "SAYS_SOMETHING",
        (Want.COLUMN,),
        Type.BOOL,
        lambda args: all_of(_says_tests(args)),
        _says_something,
        "单元格里是文本，不是空格，也不是“无”“/”等",
        tests=_says_tests,
    )
)
register(
    Function(
        "IS_NOT_TEXT",
        (Want.COLUMN,),
        Type.BOOL,
        lambda args: all_of(_other_tests(args)),
        _is_other,
        "单元格里有内容，但不是文本",
        tests=_other_tests,
    )
)
register(
    Function(
        "IS_TEXT",
        (Want.COLUMN,),
        Type.BOOL,
        lambda args: all_of(_text_tests(args)),
        lambda args: _is_kind(args[0], CellKind.TEXT) & ~_is_text_in(args[0], _NOTHINGS),
        "单元格里是文本，不是“无”“/”等",
        tests=_text_tests,
    )
)
register(
    Function(
        "IS_UNKNOWN",
        (Want.COMPUTED,),
        Type.BOOL,
        lambda args: f'EXACT({args[0]},"{UNKNOWN_TEXT}")',
        lambda args: args[0].expr.is_null(),
        "计算结果因政策参数未知而待定",
    )
)
register(Function("ROW_NUMBER", (), Type.NUMBER, lambda _: f"(ROW()-{HEADER_ROW})", _row_number, "本行在名册中的序号"))
register(Function("BLANK", (), Type.NOTHING, lambda _: '""', lambda _: pl.lit(None), "留空"))
register(Function("UNKNOWN", (), Type.NOTHING, lambda _: "NA()", lambda _: pl.lit(None), "通知没有规定，待定"))
register(
    Function(
        "STATED",
        (Want.COMPUTED,),
        None,
        lambda args: args[0],
        lambda args: args[0].expr,
        "表里写着的值；没有写时就是应有的值",
    )
)
register(
    Function(
        "EXPECTED",
        (Want.COMPUTED,),
        None,
        lambda args: args[0],
        lambda args: args[0].expr,
        "按公式应有的值，不管表里写着什么",
    )
)
