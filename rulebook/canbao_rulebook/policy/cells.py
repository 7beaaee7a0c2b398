"""Values of a policy file as people write them in a cell, and back: 是, 未知, 2020-09-01, 280.00, words of a list."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal, get_args, get_origin

from canbao_rulebook.policy.absent import block_type
from canbao_rulebook.policy.labels import cell_word, word_meaning
from canbao_rulebook.policy.types import BENEFIT_STARTS, PREMIUM

ABSENT: Final = object()  # an empty cell: the file does not say it
UNKNOWN, NOTHING, YES, NO = (cell_word(code) for code in ("unknown", "nothing", "right", "wrong"))
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MONEY = re.compile(r"-?\d+(\.\d{1,2})?")
_FLAGS = {YES: True, NO: False, "true": True, "false": False}
_WHOLE = re.compile(r"-?\d+")
_BETWEEN = re.compile(r"[、,，;；]")  # the items of a list in one line


def allowed_words(kind: Any) -> tuple[str, ...]:
    """Return the words that may stand in a cell of a kind, as people read them; empty where anything may."""
    if kind is bool:
        return (YES, NO)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(_meaning(member.value, kind) for member in kind)
    if get_origin(kind) is Literal:
        return tuple(_meaning(word, None) for word in get_args(kind))
    return ()


def show_cell(value: Any, kind: Any) -> str:
    """Return a value of the file as its cell shows it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return _show_list(value, kind)
    text = value.isoformat() if isinstance(value, date) else str(value)
    if kind is Decimal and text == PREMIUM:
        return _meaning(text, None)
    if kind is date and text in BENEFIT_STARTS:
        return _meaning(text, None)
    if allowed_words(kind):
        return _meaning(text, kind if isinstance(kind, type) else None)
    return _quoted(text) if text in {UNKNOWN, NOTHING} or text.startswith('"') else text


def parse_cell(value: object, kind: Any, *, is_share: bool = False) -> Any:
    """Return what a cell says as the file has it; ABSENT for an empty one.

    What cannot be read stays the text that it is: the file's own check says what is wrong with it.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return ABSENT
    if isinstance(value, str) and value.strip() == UNKNOWN:
        return None
    if get_origin(kind) is tuple:
        return _parse_list(str(value), kind)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool):
        return value
    text = _plain_number(value) if isinstance(value, int | float) else str(value).strip()
    return _parse_text(text, kind, is_share=is_share)


def _parse_text(text: str, kind: Any, *, is_share: bool) -> Any:
    if kind is bool:
        return _FLAGS.get(text.lower(), text)
    if kind is int:
        return int(text) if _WHOLE.fullmatch(text) else text
    if kind is date:
        return _parse_day(text)
    if kind is Decimal:
        return _parse_amount(text, is_share=is_share)
    if allowed_words(kind):
        return _code_of(text, kind)
    return text[1:-1] if len(text) > 1 and text.startswith('"') and text.endswith('"') else text


def _show_list(items: list[Any], kind: Any) -> str:
    inner = _inner(kind)
    shown = [show_cell(item, inner) for item in items]
    if not shown:
        return NOTHING
    by_line = any(map(_BETWEEN.search, shown))
    return "".join(f"{text}\n" for text in shown) if by_line else "、".join(shown)


def _parse_list(text: str, kind: Any) -> Any:
    if text.strip() == NOTHING:
        return []
    parts = text.splitlines() if "\n" in text else _BETWEEN.split(text)
    return [_parse_text(part.strip(), _inner(kind), is_share=False) for part in parts if part.strip()]


def _inner(kind: Any) -> Any:
    return block_type(next(iter(get_args(kind)), str))


def _parse_day(text: str) -> Any:
    code = _code_among(text, BENEFIT_STARTS)
    if code:
        return code
    if match := _DAY.fullmatch(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return text
    return text


def _parse_amount(text: str, *, is_share: bool) -> str:
    if _code_among(text, (PREMIUM,)):
        return PREMIUM
    if is_share:
        share = text.removesuffix("%")
        return str(Decimal(share) / 100) if share != text and _MONEY.fullmatch(share) else text
    return f"{Decimal(text):.2f}" if _MONEY.fullmatch(text) else text


def _plain_number(value: float) -> str:
    return format(Decimal(repr(value)).normalize(), "f")


def _code_of(text: str, kind: Any) -> str:
    owner = kind if isinstance(kind, type) and issubclass(kind, Enum) else None
    codes = [member.value for member in owner] if owner else list(get_args(kind))
    return next((code for code in codes if text in {code, _meaning(code, owner)}), text)


def _code_among(text: str, codes: tuple[str, ...]) -> str:
    return next((code for code in codes if text in {code, _meaning(code, None)}), "")


def _meaning(word: str, kind: type | None) -> str:
    return word_meaning(word, kind) or word


def _quoted(text: str) -> str:
    return f'"{text}"'
