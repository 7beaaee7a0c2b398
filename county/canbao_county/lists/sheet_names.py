"""What the name of a sheet says of all its rows: the identity or the place that the table has no column for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from canbao_county.lists.places import fold_place, index_places, near_places
from canbao_validators.normalise.choices import fold_choice
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_county.lists.headers import HeaderFit
    from canbao_county.lists.request import ListRequest

CATEGORY, TOWNSHIP, VILLAGE = "category", "township", "village"
_AROUND = re.compile(
    r"^(?:20\d\d年度?)|^[(（]?[0-9一二三四五六七八九十]{1,3}[)）]?[、.．]|[(（][^()（）]*[)）]|\d+人$|(?:花名册|名单|明细表?|汇总表?|统计表|表)$"
)
_OF_PEOPLE = re.compile("(?:人员|对象|人口)$")
_IS_TOWNSHIP = re.compile("(?:镇|乡|街道|办事处|管委会|管理区|农场)$")
_IS_VILLAGE = re.compile("(?:村|社区|居委会|村委会|居民委员会|村民委员会)$")
_NEAR, _MOST = 0.5, 4


@dataclass(frozen=True)
class SheetWord:
    """What a sheet's name says: the field, its value, and whether that is a name of the policy (or of any place)."""

    field: str
    value: str
    known: bool = True
    near: tuple[str, ...] = ()


def read_name(name: str, fit: HeaderFit, request: ListRequest) -> SheetWord | None:
    """Return what the name of a sheet says of its rows, None where the table says it or the name says nothing."""
    wanted = [
        entry.field
        for entry in request.kind.fields
        if entry.field in {CATEGORY, TOWNSHIP, VILLAGE} and entry.field not in {*fit.places, *request.supplied}
    ]
    bare = bare_name(name)
    said = request.sheet_words.get(name) or request.sheet_words.get(bare)
    if said:
        field = CATEGORY if fold_choice(said) in request.words and CATEGORY in wanted else TOWNSHIP
        return SheetWord(field, said) if field in wanted else None
    readers = {CATEGORY: _read_category, TOWNSHIP: _read_township, VILLAGE: _read_village}
    return next((word for field in wanted if (word := readers[field](bare, request)) is not None), None)


def near_words(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Return names that may be meant by another, the same one left out."""
    names = [word for word in dict.fromkeys(words) if fold_choice(word) != fold_choice(text)]
    inside = [word for word in names if text in word or word in text]
    return tuple(dict.fromkeys([*inside, *get_close_matches(text, names, n=_MOST, cutoff=_NEAR)]))[:_MOST]


def bare_name(name: str) -> str:
    """Return a name without its year, number, remark in brackets, headcount and kind of table."""
    text, before = drop_blanks(name), ""
    while text != before:
        before, text = text, _AROUND.sub("", text)
    return text or drop_blanks(name)


def _read_category(bare: str, request: ListRequest) -> SheetWord | None:
    for text in (bare, _OF_PEOPLE.sub("", bare), f"{bare}人员", f"{bare}对象"):
        if fold_choice(text) in request.words:
            return SheetWord(CATEGORY, text)
    near = near_words(bare, [entry[1] for entry in request.words.values()] + list(request.words))
    return SheetWord(CATEGORY, bare, known=False, near=near) if near else None


def _read_township(bare: str, request: ListRequest) -> SheetWord | None:
    found = index_places(request.townships).get(fold_place(bare))
    if found:
        return SheetWord(TOWNSHIP, found)
    if not _IS_TOWNSHIP.search(bare):
        return None
    near = near_places(bare, request.townships)
    return SheetWord(TOWNSHIP, bare, known=not request.townships, near=near)


def _read_village(bare: str, _: ListRequest) -> SheetWord | None:
    return SheetWord(VILLAGE, bare) if _IS_VILLAGE.search(bare) else None
