"""Lists and lookups. Names are compared exactly; a worksheet MATCH would read ``*`` and ``?`` as wildcards.

An empty text is in no list, though a list without entries has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.registry import Argument, Function, Want, all_of, register

if TYPE_CHECKING:
    from collections.abc import Sequence


def found_at(text: str, items: str) -> str:
    """Return whether MATCH, which knows neither case nor a plain ``*``, finds the very text: quick, where it does."""
    return f"IFERROR(EXACT(INDEX({items},MATCH({text},{items},0)),{text}),FALSE)"


def _place_of_every(text: str, items: str) -> str:
    """Return where a text stands by comparing it with each entry: slow, for what MATCH does not find."""
    return f"SUMPRODUCT(EXACT({items},{text})*(ROW({items})-ROW(INDEX({items},1))+1))"


def _position_excel(args: Sequence[str]) -> str:
    text, items = args
    found = found_at(text, items)
    return f'IF({text}="",0,IF({found},MATCH({text},{items},0),{_place_of_every(text, items)}))'


def _position(args: Sequence[Argument]) -> pl.Expr:
    text, items = args[0].expr, args[1].items
    places = {item: float(index) for index, item in enumerate(items, start=1) if item}
    found = text.replace_strict(list(places), list(places.values()), default=0.0, return_dtype=pl.Float64)
    return pl.when(text.is_not_null()).then(found)


def _in_list_excel(args: Sequence[str]) -> str:
    return all_of(_in_list_tests(args))


def _in_list_tests(args: Sequence[str]) -> list[str]:
    text, items = args
    return [f"LEN({text})>0", f"IF({found_at(text, items)},TRUE,SUMPRODUCT(--EXACT({items},{text}))>0)"]


def _not_in_list_tests(args: Sequence[str]) -> list[str]:
    text, items = args
    return [f"NOT({found_at(text, items)})", f'IF({text}="",TRUE,SUMPRODUCT(--EXACT({items},{text}))=0)']


def _in_list(args: Sequence[Argument]) -> pl.Expr:
    text, items = args[0].expr, args[1].items
    known = pl.Series([str(item) for item in items if item], dtype=pl.String)
    return pl.when(text.is_not_null()).then(text.is_in(known.implode()))


def _item_excel(args: Sequence[str]) -> str:
    items, number = args
    return f"IF({number}<1,NA(),INDEX({items},{number}))"


def _item(args: Sequence[Argument]) -> pl.Expr:
    items, number = args[0].items, args[1].expr
    text = any(isinstance(item, str) for item in items)
    dtype = pl.String if text else pl.Float64
    values = pl.Series([item if item is None or text else float(item) for item in items], dtype=dtype)
    keys = [float(index) for index in range(1, len(items) + 1)]
    return number.floor().replace_strict(keys, values, default=None, return_dtype=dtype)


def _item_beside_excel(args: Sequence[str]) -> str:
    items, text, keys = args
    elsewhere = _item_excel((items, _place_of_every(text, keys)))
    return f'IF({text}="",NA(),IF({found_at(text, keys)},INDEX({items},MATCH({text},{keys},0)),{elsewhere}))'


def _item_beside(args: Sequence[Argument]) -> pl.Expr:
    items, text, keys = args
    return _item((items, Argument(_position((text, keys)))))


register(
    Function(
        "IN_LIST",
        (Want.TEXT, Want.LIST),
        Type.BOOL,
        _in_list_excel,
        _in_list,
        "在名单里",
        tests=_in_list_tests,
        tests_against=_not_in_list_tests,
    )
)
register(
    Function("POSITION", (Want.TEXT, Want.LIST), Type.NUMBER, _position_excel, _position, "在名单里的位次，不在为 0")
)
register(Function("ITEM", (Want.LIST, Want.NUMBER), None, _item_excel, _item, "名单里的第几项"))
register(
    Function(
        "ITEM_BESIDE",
        (Want.LIST, Want.TEXT, Want.LIST),
        None,
        _item_beside_excel,
        _item_beside,
        "前一名单里的一项：与文本在后一名单里同一位的，后一名单里没有则出错",
    )
)
