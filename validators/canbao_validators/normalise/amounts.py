"""Amounts of money and counts, typed as text."""

from __future__ import annotations

import re

from canbao_validators.normalise.result import Normalised
from canbao_validators.normalise.text import drop_blanks, to_half_width

MAX_DIGITS = 15
LARGEST = 1e10  # of an amount in yuan, or a count: the fen of a county of two million such rows are still whole numbers
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?|[+-]?\.\d+")
_CURRENCY = re.compile(r"^(¥|￥|rmb|人民币)|(元整|圆整|元|圆|块钱|块|rmb)$", re.IGNORECASE)
_COMMAS = re.compile(r"[+-]?\d[\d.,]*,[\d.,]*")
_COUNTED = re.compile(r"[人户口名个位岁天月年份张次]$")
_WORDS = re.compile(r"[零〇一二两三四五六七八九十百千万亿元圆角分整正壹贰叁肆伍陆柒捌玖拾佰仟萬]+")


def normalise_amount(value: str) -> Normalised:
    """Read money typed as text: currency signs, 元 and thousands separators go, words are not guessed."""
    text = _clean(value)
    if not text:
        return Normalised(None)
    bare = _CURRENCY.sub("", _CURRENCY.sub("", text, count=1))
    if _is_number(bare):
        return Normalised(float(bare.replace(",", "")), note="V42.text_to_number" if bare == text else "V42.amount")
    if _COMMAS.fullmatch(bare) and not _NUMBER.fullmatch(bare):
        return Normalised(value, problem="V41.amount_comma")
    return Normalised(value, problem="V41.amount_words" if _WORDS.fullmatch(text) else "V41.amount")


def normalise_integer(value: str) -> Normalised:
    """Read a count typed as text, with or without its measure word (3人, 5户)."""
    text = _clean(value)
    if not text:
        return Normalised(None)
    bare = _COUNTED.sub("", text)
    if not _is_number(bare) or not float(bare.replace(",", "")).is_integer():
        return Normalised(value, problem="V41.integer")
    return Normalised(float(bare.replace(",", "")), note="V42.text_to_number")


def normalise_integer_number(value: float) -> Normalised:
    """Look at a number where a whole number is due."""
    return Normalised(value, problem=None if value.is_integer() else "V41.integer")


def _clean(value: str) -> str:
    return drop_blanks(to_half_width(value)).lstrip("'\u2018\u2019")


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and sum(map(str.isdigit, text)) <= MAX_DIGITS
