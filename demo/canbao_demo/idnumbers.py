"""Invented numbers that pass every check: citizen numbers (sequence codes 950 to 989), accounts, phones, receipts."""

from __future__ import annotations

from itertools import count
from operator import mul
from typing import TYPE_CHECKING

from canbao_rulebook.functions.identity import CHECK_CHARACTERS, WEIGHTS

if TYPE_CHECKING:
    from datetime import date
    from random import Random

_FIRST, _SPAN = 950, 20  # twenty numbers for each sex: 950, 952 … 988 and 951, 953 … 989
_FORMER_UNTIL = 1985
_ZEROS = sum(WEIGHTS) * ord("0")
_DIGITS = {character: int(character) for character in "0123456789"}
_DOUBLED = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))  # Luhn
BANKS = {"甘肃省农村信用社": "623012", "中国农业银行": "622848", "中国邮政储蓄银行": "621797", "中国建设银行": "621700"}
_MOBILES = ("139", "138", "136", "150", "151", "152", "157", "158", "180", "181", "187", "188", "199")


class NumbersExhaustedError(ValueError):
    """More people than the synthetic number range holds."""


class Numbers:
    """Numbers that are unique in the whole county."""

    def __init__(self, rng: Random, codes: tuple[str, ...]) -> None:
        self.rng = rng
        self.codes = codes
        self._used: dict[str, int] = {}
        self._receipts = count(1)
        self._accounts = count(rng.randrange(10_000_000))
        self._certificates = count(rng.randrange(100_000, 800_000))
        self._evidence = count(1)

    def citizen(self, birth: date, sex: str, prefix: str = "") -> str:
        """Return a citizen number nobody else has; without ``prefix`` the county's, for some elders its old one."""
        day = f"{birth.year:04d}{birth.month:02d}{birth.day:02d}"
        codes = (prefix,) if prefix else self._local(birth)
        for code in codes:
            key = f"{code}{day}{sex}"
            taken = self._used.get(key, 0)
            if taken < _SPAN:
                self._used[key] = taken + 1
                step = (taken * 7 + birth.day) % _SPAN  # so that neighbours do not differ by one digit only
                first17 = f"{code}{day}{_FIRST + 2 * step + (sex == '男')}"
                total = sum(map(mul, WEIGHTS, first17.encode())) - _ZEROS
                return first17 + CHECK_CHARACTERS[total % 11]
        raise NumbersExhaustedError(f"{day}")

    def _local(self, birth: date) -> tuple[str, ...]:
        if birth.year >= _FORMER_UNTIL or len(self.codes) == 1:
            return self.codes[:1]
        return self.codes if self.rng.random() < 0.85 else self.codes[::-1]

    def account(self, bank: str) -> str:
        """Return a bank account of 19 digits with a right check digit."""
        body = f"{BANKS[bank]}{next(self._accounts) % 10**12:012d}"
        total = sum(map(_DOUBLED.__getitem__, body[::-2])) + sum(map(_DIGITS.__getitem__, body[-2::-2]))
        return f"{body}{-total % 10}"

    def mobile(self) -> str:
        """Return a mobile number."""
        return f"{_MOBILES[int(self.rng.random() * len(_MOBILES))]}{int(self.rng.random() * 100_000_000):08d}"

    def receipt(self, year: int) -> str:
        """Return a receipt number that occurs once."""
        return f"GS{year}{next(self._receipts):07d}"

    def birth_certificate(self) -> str:
        """Return the number of a medical certificate of birth."""
        return f"T62{next(self._certificates):07d}"

    def evidence(self, prefix: str) -> str:
        """Return the number of a proof."""
        return f"{prefix}{next(self._evidence):05d}"
