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
    """Tell which numbers have the form of their documents; where no document stands, nothing is asked."""
    kinds, numbers = columns
    if kinds.null_count() == len(kinds):
        return pl.Series([True], dtype=pl.Boolean).new_from_index(0, len(kinds))
    right = [
        kind is None or (number is not None and 5 <= len(number) <= 20 and _RIGHT(kind, number))
        for kind, number in zip(kinds.to_list(), numbers.to_list(), strict=True)
    ]
    return pl.Series(right, dtype=pl.Boolean)


def _form(args: Sequence[Argument]) -> pl.Expr:
    kind, text = args[0].expr, args[1].expr
    other = pl.when((kind != "") & (kind != IDENTITY_CARD)).then(kind)
    found = pl.map_batches([other, text], _form_series, return_dtype=pl.Boolean, is_elementwise=True)
    return pl.when(kind.is_not_null() & text.is_not_null()).then(found)


def _form_in_sheet(args: Sequence[Argument]) -> pl.Expr:
    kind, text = args[0].expr, args[1].expr
    return (kind == "") | (kind == IDENTITY_CARD) | text.str.len_chars().is_between(5, 20)


def _known_excel(args: Sequence[str]) -> str:
    text = args[0]
    return f"OR(ISERROR(--LEFT({text},1)),LEN({text})<=12,LEN({text})=20)"


def _known_series(numbers: pl.Series) -> pl.Series:
    """Tell which texts are numbers of a document; there are few."""
    if numbers.null_count() == len(numbers):
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(numbers))
    known = [number is not None and is_document(number) for number in numbers.to_list()]
    return pl.Series(known, dtype=pl.Boolean)


def _known(args: Sequence[Argument]) -> pl.Expr:
    text = args[0].expr
    asked = pl.when((text != "") & ~text.str.contains(_CARD)).then(text)  # most guardians have a card
    return asked.map_batches(_known_series, return_dtype=pl.Boolean, is_elementwise=True)


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
        _known,
        "不是18位身份证号码，是别的证件的号码；表内只看首字和长度",
        in_sheet=_known_in_sheet,
    )
)
