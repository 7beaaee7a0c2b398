"""Numbers of other documents than citizens' cards in the formula language; what they are stands in ``documents``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.documents import IDENTITY_CARD, is_document, trouble
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.registry import Argument, Function, Want, register

if TYPE_CHECKING:
    from collections.abc import Sequence

_CARD = "^[0-9]{17}[0-9X]$"
_RIGHT = lru_cache(maxsize=100_000)(lambda label, number: not trouble(label, number))


def _form_excel(args: Sequence[str]) -> str:
    kind, text = args
    return f'OR(EXACT({kind},""),EXACT({kind},"{IDENTITY_CARD}"),AND(LEN({text})>=5,LEN({text})<=20))'


def _form_series(columns: Sequence[pl.Series]) -> pl.Series:
    kinds, numbers = columns
    others = ((kinds != "") & (kinds != IDENTITY_CARD)).fill_null(value=False)
    places = others.arg_true()
    right = [
        number is not None and 5 <= len(number) <= 20 and _RIGHT(kind, number)
        for kind, number in zip(kinds.gather(places), numbers.gather(places), strict=True)
    ]
    return (~others).scatter(places, pl.Series(right, dtype=pl.Boolean))


def _form(args: Sequence[Argument]) -> pl.Expr:
    kind, text = args[0].expr, args[1].expr
    found = pl.map_batches([kind, text], _form_series, return_dtype=pl.Boolean)
    return pl.when(kind.is_not_null() & text.is_not_null()).then(found)


def _form_in_sheet(args: Sequence[Argument]) -> pl.Expr:
    kind, text = args[0].expr, args[1].expr
    return (kind == "") | (kind == IDENTITY_CARD) | text.str.len_chars().is_between(5, 20)


def _known_excel(args: Sequence[str]) -> str:
    text = args[0]
    return f"OR(ISERROR(--LEFT({text},1)),LEN({text})<=12,LEN({text})=20)"


def _known_series(numbers: pl.Series) -> pl.Series:
    """Look at the few that are neither blank nor a card's: most guardians have one."""
    asked = (numbers.str.contains(".") & ~numbers.str.contains(_CARD)).fill_null(value=False)
    places = asked.arg_true()
    found = pl.Series([is_document(number) for number in numbers.gather(places)], dtype=pl.Boolean)
    return pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(numbers)).scatter(places, found)


def _known_in_sheet(args: Sequence[Argument]) -> pl.Expr:
    text = args[0].expr
    length = text.str.len_chars()
    return ~text.str.contains("^[0-9]") | (length <= 12) | (length == 20)


register(
    Function(
        "CERT_FORM",
        (Want.TEXT, Want.TEXT),
        Type.BOOL,
        _form_excel,
        _form,
        "其他证件号码符合该证件的格式、日期和校验位；表内只看长度",
        in_sheet=_form_in_sheet,
    )
)
register(
    Function(
        "OTHER_CERT",
        (Want.TEXT,),
        Type.BOOL,
        _known_excel,
        lambda args: args[0].expr.map_batches(_known_series, return_dtype=pl.Boolean),
        "不是18位身份证号码，是别的证件的号码；表内只看首字和长度",
        in_sheet=_known_in_sheet,
    )
)
