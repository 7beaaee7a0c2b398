"""Names of places as people write them: blanks inside, 镇, 乡, 街道, 村 or 社区 left out or added."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.lookups import found_at
from canbao_rulebook.functions.registry import Argument, Function, Want, register

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_BLANKS = (" ", "\u00a0", "\u3000")
_SUFFIXES = ("镇", "乡", "街道", "村", "社区", "居委会", "村委会")


def match_place(text: str, known: Collection[str]) -> str | None:
    """Return the known place that a name without blanks means: the same, or the only one that differs by its kind."""
    if text in known:
        return text
    alike = [name for name in dict.fromkeys(known) if text in set(_other_ways(name))]
    return alike[0] if len(alike) == 1 else None


def _other_ways(name: str) -> Iterator[str]:
    """Yield what else a place may be called: with a word for its kind added or left out."""
    for suffix in _SUFFIXES:
        yield name + suffix
        if name.endswith(suffix) and name != suffix:
            yield name.removesuffix(suffix)


def _other_spelling(args: Sequence[str]) -> str:
    text, items = args
    for blank in _BLANKS:
        text = f'SUBSTITUTE({text},"{blank}","")'
    words = "{" + ",".join(f'"{word}"' for word in _SUFFIXES) + "}"  # across, where the list goes down
    others = f"EXACT({items},{text}&{words})+EXACT({items}&{words},{text})"
    return f"OR(SUMPRODUCT(--EXACT({items},{text}))>0,SUMPRODUCT({others})=1)"


def _excel(args: Sequence[str]) -> str:
    return f"IF({found_at(*args)},TRUE,{_other_spelling(args)})"


def _tests_against(args: Sequence[str]) -> list[str]:
    return [f"NOT({found_at(*args)})", f"NOT({_other_spelling(args)})"]


def _polars(args: Sequence[Argument]) -> pl.Expr:
    given = args[0].expr
    text = given.str.replace_all(f"[{''.join(_BLANKS)}]", "")
    own = [str(item) for item in args[1].items if item is not None]
    ways = Counter(way for name in own for way in _other_ways(name))
    known = pl.Series([*own, *(way for way, count in ways.items() if count == 1)], dtype=pl.String)
    as_listed = given.is_in(pl.Series([name for name in own if name], dtype=pl.String).implode())
    return pl.when(text.is_not_null()).then(as_listed | text.is_in(known.implode()))


register(
    Function(
        "IS_PLACE",
        (Want.TEXT, Want.LIST),
        Type.BOOL,
        _excel,
        _polars,
        "在地名名单里；空格不算，镇、乡、街道、村、社区可写可不写",
        tests_against=_tests_against,
    )
)
