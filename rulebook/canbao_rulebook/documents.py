"""What documents of identity there are and what their numbers say (identity.md sections 2 and 3).

Every number is checked as far as the standard of its document goes: characters, length, date, check digit. Labels are
those of the drop-down 证件类型 (lists.yaml ``cert_types``); numbers come cleaned, without blanks and in capitals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from canbao_rulebook.vocabulary import coded_words, list_words, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
_LABELS = coded_words("cert_types")
IDENTITY_CARD, RESIDENCE_PERMIT = _LABELS["identity_card"], _LABELS["residence_permit"]
FOREIGN_PASSPORT = _LABELS["foreign_passport"]
CARDS = frozenset({IDENTITY_CARD, RESIDENCE_PERMIT})  # 18 characters each: the row rules of a roster judge them
FORM, DATE, CHECK = "form", "date", "check"  # what can be wrong with a number
FIRST_YEAR = 1900
_ICAO = (7, 3, 1)
_PERMIT_PLACES = ("810000", "820000", "830000")


@dataclass(frozen=True, slots=True)
class Birth:
    """The birth date that a number tells; ``year`` has two digits only where the number has."""

    year: int
    month: int
    day: int

    def fits(self, day: date) -> bool:
        """Tell whether a date may be this one."""
        years = {day.year, day.year % 100} if self.year < 100 else {day.year}
        return self.year in years and (self.month, self.day) == (day.month, day.day)

    def __str__(self) -> str:
        year = f"{self.year:02}" if self.year < 100 else str(self.year)
        return f"{year}-{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the numbers of a document.

    ``birth`` is where YYYYMMDD or YYMMDD stands, ``sex`` the place of the digit that is odd for men, ``check`` tells
    whether the check digit fits. ``certain``: such a number can hardly be another document's.
    """

    pattern: str
    birth: slice | None = None
    sex: int | None = None
    check: Callable[[str], bool] | None = None

    @property
    def certain(self) -> bool:
        return self.check is not None

    def trouble(self, number: str) -> str:
        """Return what is wrong with a number: its form, its date, its check digit, or nothing."""
        if not re.fullmatch(self.pattern, number):
            return FORM
        if self.birth is not None and self.born(number) is None:
            return DATE
        return "" if self.check is None or self.check(number) else CHECK

    def born(self, number: str) -> Birth | None:
        """Return the birth date in a number of this form, None where there is none."""
        digits = number[self.birth] if self.birth is not None else ""
        if not digits:
            return None
        year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
        short = len(digits) == len("YYMMDD")
        try:
            date(2000 if short else year, month, day)  # a year of two digits may be a leap year
        except ValueError:
            return None
        return Birth(year, month, day) if short or year >= FIRST_YEAR else None


def check_character(first17: str) -> str:
    """Return the 18th character of a citizen number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first17, strict=True))
    return CHECK_CHARACTERS[total % 11]


def _mod_11_2(number: str) -> bool:
    return check_character(number[:17]) == number[17]


def _icao(number: str) -> bool:
    """Check digit 7-3-1 of machine readable documents (ICAO 9303): letters count from A = 10."""
    total = sum(int(character, 36) * _ICAO[place % 3] for place, character in enumerate(number[:-1]))
    return total % 10 == int(number[-1])


_CITIZEN = "[0-9]{11}[0-9X]"
_PROVINCE = f"(?:{'|'.join(code for code in list_words('provinces') if code < '8')})"
_BIRTH_18 = slice(6, 14)
_FORMS: dict[str, tuple[Form, ...]] = {
    "identity_card": (Form(f"{_PROVINCE}[0-9]{{4}}{_CITIZEN}", _BIRTH_18, 16, _mod_11_2),),
    "residence_permit": (Form(f"(?:{'|'.join(_PERMIT_PLACES)}){_CITIZEN}", _BIRTH_18, 16, _mod_11_2),),
    "hong_kong_macao_permit": (Form("[HM][0-9]{8}(?:[0-9]{2})?"),),
    "taiwan_permit": (Form("[0-9]{8}|[0-9]{10}[A-Z]?"),),
    "permanent_residence": (
        Form(f"9{_PROVINCE}[0-9]{{3}}{_CITIZEN}", _BIRTH_18, 16, _mod_11_2),  # since 2023-12-01
        Form("[A-Z]{3}[0-9]{12}", slice(7, 13), 13, _icao),
    ),
    "chinese_passport": (Form("E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|[DSP]E?[0-9]{7,8}"),),
    "foreign_passport": (Form("[A-Z0-9]{5,17}"),),
    "birth_certificate": (Form("[A-Z][0-9]{9}"),),
    "officer": (Form("[\u4e00-\u9fff]{1,6}字?第?[0-9A-Z]{4,12}号?|[0-9]{6,12}"),),
    "soldier": (Form("[\u4e00-\u9fff]{1,6}字?第?[0-9A-Z]{4,12}号?|[0-9]{6,12}"),),
    "disability": (
        Form(f"{_PROVINCE}[0-9]{{4}}{_CITIZEN}[1-7][1-4]", _BIRTH_18, 16, lambda number: _mod_11_2(number[:18])),
    ),
    "social_security_number": (Form("(?:HKG|MAC|TWN)0[0-9]{8}"),),
}  # fmt: skip
# Documents whose form nobody with authority has published: another number is asked about, not refused.
_LOOSE = {"chinese_passport": "[A-Z0-9]{5,17}", "officer": ".{4,30}", "soldier": ".{4,30}"}
DOCUMENTS = {_LABELS[code]: forms for code, forms in _FORMS.items()}
LOOSE = {_LABELS[code]: pattern for code, pattern in _LOOSE.items()}

ANY_FORM = f"^(?:{'|'.join(form.pattern for forms in DOCUMENTS.values() for form in forms)})$"


def trouble(label: str, number: str) -> str:
    """Return what is wrong with a number: "form", "date" or "check"; "" for nothing, and for a document unknown."""
    found = [form.trouble(number) for form in DOCUMENTS.get(label, ())]
    if not found or "" in found:
        return ""
    if label in LOOSE and re.fullmatch(LOOSE[label], number):
        return ""
    return next((reason for reason in found if reason != FORM), FORM)


def is_unusual(label: str, number: str) -> bool:
    """Tell whether a number is let pass though it has not the form that numbers of its document are known to have."""
    return label in LOOSE and not trouble(label, number) and not _fitting(label, number)


def _fitting(label: str, number: str) -> list[Form]:
    return [form for form in DOCUMENTS.get(label, ()) if not form.trouble(number)]


def other_types(label: str, number: str, *, certain: bool) -> Iterator[str]:
    """Yield the documents beside its own whose form a number has; ``certain``: only where a check digit says so."""
    for other in DOCUMENTS:
        if other not in {label, FOREIGN_PASSPORT}:
            forms = _fitting(other, number)
            if any(form.certain or not certain for form in forms):
                yield other


def birth_of(label: str, number: str) -> Birth | None:
    """Return the birth date that a number of a document tells, None where it tells none or the number is wrong."""
    return next((form.born(number) for form in _fitting(label, number)), None)


def sex_of(label: str, number: str) -> str:
    """Return the sex as a number of a document tells, "" where it does not or the number is wrong."""
    places = [form.sex for form in _fitting(label, number) if form.sex is not None]
    return "" if not places else word("sexes", "male" if int(number[places[0]]) % 2 else "female")


def is_document(number: str) -> bool:
    """Tell whether a number is that of some document; a passport has letters and digits, or nine digits."""
    named = any(_fitting(label, number) for label in DOCUMENTS if label not in LOOSE and label != FOREIGN_PASSPORT)
    return named or bool(re.fullmatch("(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{5,12}|[0-9]{9}", number))
