"""Numbers that are names: ID documents, accounts, phones. What Excel has damaged is never repaired."""

from __future__ import annotations

import re

from canbao_validators.normalise.result import Normalised, note_of
from canbao_validators.normalise.text import drop_blanks, drop_invisible, to_half_width, to_half_width_alnum

SUSPECT_IDENTIFIER = "^$|[^0-9A-Z]"
SUSPECT_PHONE = r"^$|[^0-9]|^86"
FIRST_MOBILE, LAST_MOBILE = 10_000_000_000, 19_999_999_999
_APOSTROPHES = "'\u2018\u2019\uff07"
_QUOTES = _APOSTROPHES + '"`´“”＂'
_LAST_X = re.compile(r"(\d{17})[xⅩⅹ]")
_COUNTRY_CODE = re.compile(r"(?:\+|00)?86-?(?=1\d{10}$)")
_MOBILE_GROUPS = re.compile(r"(1\d{2})-(\d{4})-(\d{4})")


def normalise_identifier(value: str) -> Normalised:
    """Remove a leading apostrophe or other quotes, blanks and full-width forms; write the final x of an ID number as X.

    ``×``, Cyrillic ``Х`` and ``*`` in the last place stay: the rules suggest what they may be.
    """
    changes: list[str] = []
    text = _step(value, drop_invisible(value), "V42.invisible", changes)
    text = _step(text, drop_blanks(text), "V42.blanks", changes)
    text = _step(text, _unwrap(text), "V42.apostrophe", changes)
    text = _step(text, to_half_width_alnum(text), "V42.full_width", changes)
    match = _LAST_X.fullmatch(text)
    if match:
        text = _step(text, f"{match[1]}X", "V42.last_x", changes)
    return Normalised(text, note_of(changes)) if text else Normalised(None)


def normalise_phone(value: str) -> Normalised:
    """Remove blanks, full-width forms, +86 and the hyphens of a mobile number; a landline keeps its hyphen."""
    changes: list[str] = []
    text = _step(value, drop_blanks(value), "V42.blanks", changes)
    text = _step(text, text.lstrip(_APOSTROPHES), "V42.apostrophe", changes)
    text = _step(text, to_half_width(text), "V42.full_width", changes)
    plain = _MOBILE_GROUPS.sub(r"\1\2\3", text) if text[-13:].count("-") == 2 else text
    text = _step(text, _COUNTRY_CODE.sub("", plain), "V42.phone", changes)
    return Normalised(text, note_of(changes)) if text else Normalised(None)


def normalise_phone_number(value: float) -> Normalised:
    """Read a mobile number stored as a number: 11 digits survive. Anything else has lost a zero or more."""
    if value.is_integer() and FIRST_MOBILE <= value <= LAST_MOBILE:
        return Normalised(str(int(value)), note="V42.number_to_text")
    return Normalised(value, problem="V41.phone_number")


def _unwrap(text: str) -> str:
    """Return a number without the marks by which programs make it a text: ="6204…", `6204…."""
    return text.lstrip("=＝" + _QUOTES).rstrip(_QUOTES)


def _step(before: str, after: str, key: str, changes: list[str]) -> str:
    if after != before:
        changes.append(key)
    return after
