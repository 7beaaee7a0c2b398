"""Characters that look like a digit or a Latin letter and are another: what was meant by them in a number.

For numbers only. A name is never folded (identity.md section 6).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALPHABETS = (  # letters of other scripts, and the Latin capital that each looks like
    ("АВЕКМНОРСТХУЗЅІЈҮҒ", "ABEKMHOPCTXY3SIJYF"),
    ("аеорсхуѕіј", "AEOPCXYSIJ"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("οιχνυ", "OIXVU"),
    ("ՕօⲞⲟ", "OOOO"),
)
LATIN = {ord(other): latin for others, latins in _ALPHABETS for other, latin in zip(others, latins, strict=True)}
ZERO = "OoQD〇○◯◌⓪°º"
ONE = "lIi|｜丨ǀ∣¦!│ıɩӏӀ︱ー"
SIMILAR_DIGITS = {  # what stands for a digit where only a digit can stand
    **dict.fromkeys(ZERO, "0"), **dict.fromkeys(ONE, "1"), "Z": "2", "z": "2", "З": "3", "з": "3", "Ʒ": "3",
    "Ч": "4", "S": "5", "s": "5", "б": "6", "B": "8",
}  # fmt: skip
SIMILAR_X = frozenset("xXХхΧχ×✕✖✗✘╳⨯☓ⅹⅩ*＊乂㐅")


@lru_cache(maxsize=4096)
def plain(character: str) -> str:
    """Return the ASCII digit or letter that a character is in another form or another script, itself if it is none."""
    if character.isascii():
        return character
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) == 1 and folded.isascii() and folded.isalnum():
        return folded
    digit = unicodedata.decimal(character, None)
    return LATIN.get(ord(character), character) if digit is None else str(digit)


def as_digit(character: str) -> str:
    """Return the digit that a character may stand for in the middle of a number, "" where it looks like none."""
    found = plain(character)
    if found.isascii() and found.isdigit():
        return found
    return SIMILAR_DIGITS.get(character) or SIMILAR_DIGITS.get(found, "")


def as_last(character: str) -> str:
    """Return the digit or X that a character may stand for at the end of a citizen number, "" for none."""
    return "X" if character in SIMILAR_X or plain(character) in {"x", "X"} else as_digit(character)
