"""Codes in the place of document numbers: HMAC-SHA256 with a key that the counties share and nobody else has.

Without the key no number can be tried out; with it every number of the country can, so the one who compares never has
it. The policy year is part of what is hashed: files of two years cannot be joined, whatever the key. docs/province.md
says what this protects and what it does not.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from canbao_province.trouble import ProvinceError
from canbao_rulebook.documents import is_document
from canbao_rulebook.functions.identity import upgrade_15
from canbao_rulebook.functions.registry import REGISTRY, Argument
from canbao_validators.normalise.names import name_key

if TYPE_CHECKING:
    from pathlib import Path

_FORM = "canbao-province-key/1"
_LINE = re.compile(rf"{re.escape(_FORM)} ([0-9a-f]{{64}}) ([0-9a-f]{{8}})\s*")
_SECRET, _PERSON, _NAME, _FINGERPRINT = 32, 16, 8, 8  # bytes
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijkmnpqr")
_OLD = r"^[1-9][0-9]{14}$"


@dataclass(frozen=True)
class Key:
    """The counties' key. It is random and long, so that its fingerprint lets nobody guess it."""

    secret: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """What two counties compare by telephone, and what a file says of the key that it was made with.

        Sixteen letters: digits would be masked on the screen as those of a document are.
        """
        letters = self._hash(b"fingerprint")[:_FINGERPRINT].hex().translate(_LETTERS)
        return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))

    def person(self, year: int, number: str) -> bytes:
        """Return the code of a number, cleaned and upgraded (``comparable_numbers``), in a policy year."""
        return self._hash(b"person", str(year), number)[:_PERSON]

    def name(self, year: int, number: str, name: str) -> bytes:
        """Return the code of a person's name: equal names of two persons have different codes."""
        return self._hash(b"name", str(year), number, name)[:_NAME]

    def _hash(self, purpose: bytes, *parts: str) -> bytes:
        message = b"\x00".join((_FORM.encode(), purpose, *(part.encode() for part in parts)))
        return hmac.digest(self.secret, message, "sha256")


def new_key() -> Key:
    """Return a key that nobody has had."""
    return Key(secrets.token_bytes(_SECRET))


def write_key(key: Key) -> str:
    """Return the line that a key file holds: the key, and eight digits by which a slip of the pen is noticed."""
    return f"{_FORM} {key.secret.hex()} {_check(key.secret)}\n"


def read_key(path: Path) -> Key:
    """Return the key of a file. Raises ProvinceError for a file that is none, and OSError."""
    try:
        found = _LINE.fullmatch(path.read_text(encoding="ascii"))
    except UnicodeDecodeError:
        found = None
    secret = bytes.fromhex(found[1]) if found else b""
    if found is None or _check(secret) != found[2]:
        raise ProvinceError("province_key_bad", path=path)
    return Key(secret)


def _check(secret: bytes) -> str:
    return sha256(b"check" + secret).hexdigest()[:8]


def comparable_numbers(numbers: pl.Series) -> pl.Series:
    """Return cleaned document numbers as they are compared; null for what is no number of any document.

    A number of fifteen digits is that of eighteen that it became. A number that nobody can have is left out: whoever
    typed it wrongly, or typed a word, is nobody's duplicate.
    """
    texts = pl.DataFrame({"number": numbers}, schema={"number": pl.String})
    texts = texts.with_columns(
        pl.when(pl.col("number").str.contains(_OLD))
        .then(pl.col("number").map_elements(_upgraded, pl.String))
        .otherwise("number")
        .alias("number")
    )
    good = _holds("ID_SHAPE") & _holds("ID_DATE_OK") & _holds("ID_CHECKSUM")
    texts = texts.with_columns(good=good.fill_null(value=False))
    others = pl.col("number").map_elements(is_document, pl.Boolean)
    checked = texts.with_columns(good=pl.when("good").then(pl.lit(value=True)).otherwise(others))
    return checked.select(pl.when("good").then("number"))["number"]


def _upgraded(number: str) -> str:
    return upgrade_15(number) if number.isdigit() else number


def _holds(function: str) -> pl.Expr:
    return REGISTRY[function].polars([Argument(pl.col("number"))])


def person_codes(key: Key, year: int, numbers: pl.Series) -> pl.Series:
    """Return the codes of comparable numbers, null where there is none."""
    return pl.Series([None if one is None else key.person(year, one) for one in numbers], dtype=pl.Binary)


def name_codes(key: Key, year: int, numbers: pl.Series, names: pl.Series) -> pl.Series:
    """Return the codes of names, blanks and dots left out; null where the number is, or nobody wrote a name."""
    folded = pl.select(name_key(pl.lit(names))).to_series()
    pairs = zip(numbers, folded, strict=True)
    codes = [key.name(year, number, name) if number and name else None for number, name in pairs]
    return pl.Series(codes, dtype=pl.Binary)
