"""Dates: from the forms people type to the serial number a date cell holds. What has two readings is not guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from canbao_validators.normalise.result import Normalised
from canbao_validators.normalise.text import drop_blanks, squeeze_blanks, to_half_width

EPOCH = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1900, 2099
FIRST_SERIAL, LAST_SERIAL = 1, 73_050
SHIFT_1904 = 1_462
FIRST_YMD, LAST_YMD = 10_000_000, 99_999_999

_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_FULL = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_AMBIGUOUS = re.compile(r"\d{1,2}[-./年]\d{1,2}[-./月]\d{1,2}[日号]?|\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{6}")
_INCOMPLETE = re.compile(r"\d{1,2}[-./月]\d{1,2}[日号]?|\d{4}[-./年]\d{1,2}月?|\d{4}年?")
_ONES = "一二三四五六七八九"
_HANZI_DATE = re.compile(f"([〇○零{_ONES}]{{4}})年([{_ONES}十]{{1,2}})月([{_ONES}十]{{1,3}})[日号]")
_HANZI_DIGITS = {hanzi: str(digit) for digit, hanzi in enumerate("〇" + _ONES)} | {"○": "0", "零": "0"}


def serial_to_date(serial: float) -> date:
    """Return the day of a serial number of the 1900 system."""
    return EPOCH + timedelta(days=int(serial))


def date_to_serial(day: date) -> int:
    """Return the serial number of a day in the 1900 system."""
    return (day - EPOCH).days


def normalise_date(value: str) -> Normalised:
    """Read a date typed as text as its serial number."""
    text = _TIME.sub("", squeeze_blanks(to_half_width(value)))
    text = _read_hanzi(drop_blanks(text.replace("。", ".").removeprefix("'")))
    if not text:
        return Normalised(None)
    match = _FULL.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _build(value, *(int(part) for part in match.groups()))
    if _AMBIGUOUS.fullmatch(text):
        return Normalised(value, problem="V41.date_ambiguous")
    if _INCOMPLETE.fullmatch(text):
        return Normalised(value, problem="V41.date_incomplete")
    return Normalised(value, problem="V41.date")


def normalise_date_number(value: float, *, date1904: bool = False) -> Normalised:
    """Read a number in a date column: a serial, or yyyymmdd in eight digits, which is never taken for a serial."""
    if FIRST_YMD <= value <= LAST_YMD and value.is_integer():
        number = int(value)
        return _build(value, number // 10_000, number // 100 % 100, number % 100)
    serial = value + SHIFT_1904 if date1904 else value
    if not FIRST_SERIAL <= serial < LAST_SERIAL + 1:
        return Normalised(value, problem="V41.date_number")
    day = float(int(serial))
    if date1904:
        return Normalised(day, note="V42.date_1904")
    return Normalised(day, note=None if day == value else "V42.date_time")


def _build(found: str | float, year: int, month: int, day: int) -> Normalised:
    try:
        serial = date_to_serial(date(year, month, day))
    except ValueError:
        return Normalised(found, problem="V41.date_impossible")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Normalised(found, problem="V41.date_range")
    return Normalised(float(serial), note="V42.date")


def _read_hanzi(text: str) -> str:
    match = _HANZI_DATE.fullmatch(text)
    if not match:
        return text
    year = "".join(_HANZI_DIGITS[hanzi] for hanzi in match[1])
    return f"{year}-{_read_tens(match[2])}-{_read_tens(match[3])}"


def _read_tens(hanzi: str) -> str:
    """Return a number below 100 written in hanzi, ``二十一 -> "21"``; "0", which no date has, when it is none."""
    tens, ten, units = hanzi.partition("十")
    if len(tens) > 1 or len(units) > 1 or units == "十":
        return "0"
    if not ten:
        return _HANZI_DIGITS[tens]
    return (_HANZI_DIGITS[tens] if tens else "1") + (_HANZI_DIGITS[units] if units else "0")
