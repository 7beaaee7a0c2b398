"""The scalars of a policy file. Money is Decimal here and integer fen everywhere else."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from annotated_types import Ge, Len
from pydantic import PlainValidator, Strict, StringConstraints
from pydantic_core import PydanticCustomError

PREMIUM: Final = "premium"
SHARE: Final = "share"  # the amount is a share of a premium, which ``share`` says
BY_TIER: Final = "by_tier"  # the amount hangs on the tier that the person has chosen, which ``amounts`` say
AMOUNT_WORDS: Final = (PREMIUM, SHARE, BY_TIER)  # of a category
AMOUNT_KEYS: Final = frozenset({"amount", "cap"})  # what holds money that a notice sets
DEFAULT: Final = "默认"  # how a ref begins that cites no document
BENEFIT_STARTS: Final = ("enrolment_date", "birth_date")
ID_PATTERN: Final = r"^[a-z]+(-[a-z]+)*-[0-9]{4}$"
REGION_PATTERN: Final = r"^[1-9][0-9]{5}$"
WORD_PATTERN: Final = r"^[^\x00-\x20\x7f\u3000\"'`{}<>&\\]{1,40}$"
_HEADER: Final = r"\p{C}\p{Z}\"'`{}<>&\\\[\]@#※|"  # what no header holds, what nobody sees included
HEADER_PATTERN: Final = rf"^[^={_HEADER}][^{_HEADER}]{{0,19}}$"  # pydantic's regular expressions; no formula
SHEET_PATTERN: Final = r"^\p{Han}[\p{Han}0-9]{1,19}$"  # of a sheet that formulas name without quotes
OWN_CODE_PATTERN: Final = r"^Z[1-9][0-9]?$"
FORMULA_PATTERN: Final = r"^[^\x00-\x1f\x7f]{1,1000}$"
SHORT_PATTERN: Final = r"^[^\x00-\x1f\x7f]{1,40}$"  # fits a narrow cell
SENTENCE_PATTERN: Final = r"^[^\x00-\x1f\x7f]{1,120}$"  # fits a formula's text
CLOCK_PATTERN: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
_MONEY = re.compile(r"\d{1,10}\.\d{2}")
_RATIO = re.compile(r"\d(\.\d{1,6})?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Quantity:
    """Marks a type whose explicit null is a gap of the notice and has to stand in ``unknown``."""


def parse_iso_date(value: object) -> date:
    """Return the date of an ISO text or YAML date; PydanticCustomError ``policy_date`` for anything else."""
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("policy_date", "not an ISO date")


def _parse_date_or_unknown(value: object) -> date | None:
    return None if value is None else parse_iso_date(value)


def _parse_benefit_start(value: object) -> date | str | None:
    return value if isinstance(value, str) and value in BENEFIT_STARTS else _parse_date_or_unknown(value)


def _parse_money(value: object) -> Decimal:
    if isinstance(value, str) and _MONEY.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("policy_money", "not a quoted amount with two decimals")


def _parse_money_or_unknown(value: object) -> Decimal | None:
    return None if value is None else _parse_money(value)


def _parse_amount(value: object) -> Decimal | str | None:
    return PREMIUM if value == PREMIUM else _parse_money_or_unknown(value)


def _parse_category_amount(value: object) -> Decimal | str | None:
    return value if isinstance(value, str) and value in AMOUNT_WORDS else _parse_money_or_unknown(value)


def _parse_ratio(value: object) -> Decimal:
    if isinstance(value, str) and _RATIO.fullmatch(value) and Decimal(value) <= 1:
        return Decimal(value)
    raise PydanticCustomError("policy_ratio", "not a quoted decimal from 0 to 1")


def _parse_ratio_or_unknown(value: object) -> Decimal | None:
    return None if value is None else _parse_ratio(value)


def _parse_names(value: object) -> tuple[str, ...]:
    if isinstance(value, str) and value:
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    raise PydanticCustomError("policy_names", "neither a name nor a list of names")


Text = Annotated[str, Strict(), StringConstraints(min_length=1)]
Formula = Annotated[str, Strict(), StringConstraints(pattern=FORMULA_PATTERN)]
ShortSentence = Annotated[str, Strict(), StringConstraints(pattern=SHORT_PATTERN)]
Sentence = Annotated[str, Strict(), StringConstraints(pattern=SENTENCE_PATTERN)]
Word = Annotated[str, Strict(), StringConstraints(pattern=WORD_PATTERN)]  # what a drop-down shows
Header = Annotated[str, Strict(), StringConstraints(pattern=HEADER_PATTERN)]  # formulas write it in brackets
SheetName = Annotated[str, Strict(), StringConstraints(pattern=SHEET_PATTERN)]
OwnCode = Annotated[str, Strict(), StringConstraints(pattern=OWN_CODE_PATTERN)]
Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Ge(0)]
Positive = Annotated[int, Strict(), Ge(1)]
PolicyId = Annotated[str, Strict(), StringConstraints(pattern=ID_PATTERN)]
RegionCode = Annotated[str, Strict(), StringConstraints(pattern=REGION_PATTERN)]
ClockTime = Annotated[str, Strict(), StringConstraints(pattern=CLOCK_PATTERN)]
Names = Annotated[tuple[str, ...], PlainValidator(_parse_names)]
Items = Annotated[tuple[Text, ...], Len(2)]

IsoDate = Annotated[date, PlainValidator(parse_iso_date)]
DateOrUnknown = Annotated[date | None, PlainValidator(_parse_date_or_unknown), Quantity()]
BenefitStart = Annotated[
    date | Literal["enrolment_date", "birth_date"] | None, PlainValidator(_parse_benefit_start), Quantity()
]
Money = Annotated[Decimal, PlainValidator(_parse_money)]
MoneyOrUnknown = Annotated[Decimal | None, PlainValidator(_parse_money_or_unknown), Quantity()]
Amount = Annotated[Decimal | Literal["premium"] | None, PlainValidator(_parse_amount), Quantity()]
CategoryAmount = Annotated[
    Decimal | Literal["premium", "share", "by_tier"] | None, PlainValidator(_parse_category_amount), Quantity()
]
TextOrUnknown = Annotated[Text | None, Quantity()]
Ratio = Annotated[Decimal, PlainValidator(_parse_ratio)]
RatioOrUnknown = Annotated[Decimal | None, PlainValidator(_parse_ratio_or_unknown), Quantity()]
