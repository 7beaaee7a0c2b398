"""Dates: from the forms people type to the serial number a date cell holds. What has two readings is not guessed."""

from __future__ import annotations

import re
from datetime import date, timedelta

from canbao_validators.normalise.result import Normalised
from canbao_validators.normalise.text import drop_blanks, squeeze_blanks, to_half_width

EPOCH = date(1899, 12, 30)
DAYS_OF_1900 = 367
FIRST_YEAR, LAST_YEAR = 1900, 2099
FIRST_SERIAL, LAST_SERIAL = 1, 73_050
SHIFT_1904 = 1_462
FIRST_YMD, LAST_YMD = 10_000_000, 99_999_999
LAST_MONTH = 12

_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_FULL = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT_YEAR = re.compile(r"\d{1,2}[-./年]\d{1,2}[-./月]\d{1,2}[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_SIX_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{2})")
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
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(value, *(int(part) for part in match.groups()))
    if match := _SIX_DIGITS.fullmatch(text):
        return _six_digits(value, match)
    if _SHORT_YEAR.fullmatch(text):
        return Normalised(value, problem="V41.date_ambiguous")
    if _INCOMPLETE.fullmatch(text):
        return Normalised(value, problem="V41.date_incomplete")
    return Normalised(value, problem="V41.date")


def is_like_year(number: float) -> bool:
    """Tell whether a number in a date column may be a year, or a year and a month (2020.11), rather than a serial."""
    return FIRST_YEAR <= number < LAST_YEAR + 1


def normalise_date_number(value: float, *, date1904: bool = False) -> Normalised:
    """Read a number in a date column: a serial, or yyyymmdd in eight digits, which is never taken for a serial.

    A number that may be a year, with or without a month, becomes the text it was typed as: no day of 1905.
    """
    if is_like_year(value):
        return _year_number(value, date1904=date1904)
    if FIRST_YMD <= value <= LAST_YMD and value.is_integer():
        number = int(value)
        return _build(value, number // 10_000, number // 100 % 100, number % 100)
    serial = value + SHIFT_1904 if date1904 else value
    if 1 <= value < DAYS_OF_1900 and not value.is_integer():
        typed = f"{value:.10g}"  # 10.1, and no hour of a day of 1900
        return Normalised(typed, problem="V41.date_incomplete")
    if not FIRST_SERIAL <= serial < LAST_SERIAL + 1:
        return Normalised(value, problem="V41.date_number")
    day = float(int(serial))
    if date1904:
        return Normalised(day, note="V42.date_1904")
    return Normalised(day, note=None if day == value else "V42.date_time")


def _year_number(value: float, *, date1904: bool) -> Normalised:
    """Return 2020.11 with what it may mean: a month, or the day that has this serial; 2022.1 may have lost a zero."""
    typed = f"{value:.10g}"
    year, _, month = typed.partition(".")
    months = {int(month), int(month) * (10 if month == "1" else 1)} if month and int(month) <= LAST_MONTH else set()
    named = [f"{year}-{number:02}" for number in sorted(months)] or [typed]
    serial = value + SHIFT_1904 if date1904 else value
    return Normalised(typed, problem="V41.date_readings", readings=(*named, serial_to_date(serial).isoformat()))


def _year_last(value: str, first: int, second: int, year: int) -> Normalised:
    """Return 1/9/2020 with the days that it may mean."""
    days = sorted({*_days(year, first, second), *_days(year, second, first)})
    if not days:
        return Normalised(value, problem="V41.date_impossible")
    return Normalised(value, problem="V41.date_day_month", readings=tuple(days))


def _six_digits(value: str, match: re.Match[str]) -> Normalised:
    """Return 202011 or 200901 with what it may mean: four digits of a year and a month, or two of a year."""
    year, month, day = (int(part) for part in match.groups())
    whole = year * 100 + month
    named = (f"{whole}-{day:02}",) if FIRST_YEAR <= whole <= LAST_YEAR and 1 <= day <= LAST_MONTH else ()
    readings = (*named, *(found for century in (1900, 2000) for found in _days(century + year, month, day)))
    return Normalised(value, problem="V41.date_readings" if readings else "V41.date_impossible", readings=readings)


def _days(year: int, month: int, day: int) -> list[str]:
    try:
        return [date(year, month, day).isoformat()]
    except ValueError:
        return []


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
