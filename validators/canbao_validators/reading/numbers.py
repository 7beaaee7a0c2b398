"""Numbers in the attributes of a file: what is none, or beyond what a sheet has, is nobody's crash."""

from __future__ import annotations

from functools import lru_cache

from canbao_validators.reading.unreadable import UnreadableFile

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_MOST_DIGITS = 10
_BLANKS = " \t\r\n"


def whole(text: str) -> int | None:
    """Return a whole number written in plain ASCII digits, None for anything else; blanks around it are XML's own."""
    return _whole(text) if len(text) < _MOST_DIGITS else _read(text)


@lru_cache(maxsize=4096)  # styles, rows and numbers of strings come again and again
def _whole(text: str) -> int | None:
    return _read(text)


def _read(text: str) -> int | None:
    bare = text.strip(_BLANKS)
    digits = bare[1:] if bare[:1] in {"-", "+"} else bare
    if not (digits.isascii() and digits.isdigit()):
        return None
    significant = digits.lstrip("0") or "0"
    if len(significant) > _MOST_DIGITS:
        return None
    return -int(significant) if bare.startswith("-") else int(significant)


def style_number(text: str) -> int:
    """Return the number of a style, -1 for what is none: it has the default look."""
    number = whole(text)
    return -1 if number is None else number


def row_number(text: str) -> int:
    """Return the number of a row. Raises UnreadableFile for what is none, or no sheet has."""
    number = whole(text)
    if number is None:
        raise UnreadableFile("V39.damaged")
    if not 1 <= number <= MAX_ROW:
        raise UnreadableFile("V39.beyond_limit")
    return number
