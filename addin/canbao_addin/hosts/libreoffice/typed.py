"""What Excel makes of a text that is put into a cell whose format is General: a number, a date, TRUE, or the text.

Imitated is Excel with Chinese regional settings: 0012 is 12; digits behind the 15th become 0 (an ID number is lost);
12% is 0.12; 1,234.5, (5), ￥5 and 1e3 are numbers; 2020-1-2, 2020/1/2, 2020年1月2日 are dates, 1-2, 1/2 and 1月2日
dates of this year, 8:30 a time; TRUE and #N/A are what they say; a leading apostrophe only marks a text.
Not imitated: fractions, full-width digits, dates with a time or in words.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import NamedTuple

from canbao_addin.hosts.libreoffice.cell_errors import ERROR_NUMBERS

_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - dates in cells have no time zone
_DIGITS = 15
STARTS_AN_ENTRY = frozenset("=0123456789+-.(￥¥$ '#tTfF")
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?(?P<currency>[￥¥$])?(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?P<fraction>\.\d*)?"
    r"(?P<exponent>[eE][+-]?\d{1,3})?(?P<percent>%)?(?P<close>\))?"
)
_DATES = (
    re.compile(r"(?P<y>\d{4})(?P<mark>[-/])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
    re.compile(r"(?P<m>\d{1,2})(?P<mark>[-/])(?P<d>\d{1,2})"),
    re.compile(r"(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
)
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
_BOOLEANS = {"true": True, "false": False}


class Entry(NamedTuple):
    """A value, and the number format that Excel gives a General cell with it (None: it stays General)."""

    value: str | float | bool | int
    format: str | None = None


def type_in(text: str) -> Entry:
    """The value of a text put into a General cell; an error is Excel's number for it (an int)."""
    if not text or text[0] not in STARTS_AN_ENTRY:
        return Entry(text)
    if text[0] == "'":
        return Entry(text[1:])
    bare = text.strip(" ")
    if bare.lower() in _BOOLEANS:
        return Entry(_BOOLEANS[bare.lower()])
    if bare.upper() in ERROR_NUMBERS:
        return Entry(ERROR_NUMBERS[bare.upper()])
    return _number(bare) or _date(bare) or _time(bare) or Entry(text)


def _number(text: str) -> Entry | None:
    found = _NUMBER.fullmatch(text)
    if not found or not (found["whole"] or (found["fraction"] or ".") != "."):
        return None
    if bool(found["open"]) != bool(found["close"]) or (found["open"] and found["sign"]):
        return None
    digits = found["whole"].replace(",", "") + (found["fraction"] or "")
    value = float(_first_digits(digits) + (found["exponent"] or ""))
    if value == float("inf"):
        return None
    negative = found["open"] or found["sign"] == "-"
    value = (-value if negative else value) / (100 if found["percent"] else 1)
    return Entry(value, _number_format(found))


def _first_digits(digits: str) -> str:
    """Excel keeps 15 significant digits; the others become zeros."""
    kept, seen = [], 0
    for character in digits:
        if character.isdigit() and (seen or character != "0"):
            seen += 1
            kept.append(character if seen <= _DIGITS else "0")
        else:
            kept.append(character)
    return "".join(kept)


def _number_format(found: re.Match[str]) -> str | None:
    decimals = bool((found["fraction"] or ".") != ".")
    if found["percent"]:
        return "0.00%" if decimals else "0%"
    if found["exponent"]:
        return "0.00E+00"
    if found["currency"]:
        return f'"{found["currency"]}"#,##0' + ".00" * decimals
    if "," in found["whole"]:
        return "#,##0" + ".00" * decimals
    return None


def _date(text: str) -> Entry | None:
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            parts = found.groupdict()
            year = int(parts.get("y") or dt.datetime.now().astimezone().year)
            try:
                date = dt.datetime(year, int(parts["m"]), int(parts["d"]))  # noqa: DTZ001
            except ValueError:
                return None
            return Entry(serial(date), "yyyy/m/d" if parts.get("y") else 'm"月"d"日"')
    return None


def _time(text: str) -> Entry | None:
    found = _TIME.fullmatch(text)
    if not found or int(found[1]) > 23:
        return None
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    return Entry(seconds / 86400, "h:mm:ss" if found[3] else "h:mm")


def serial(value: dt.date) -> float:
    """Days since 1899-12-30; a time zone is cut off, as xlwings does on Windows."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return (value.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1)


def from_serial(days: float) -> dt.datetime | float:
    """The date and time, to the millisecond; the number itself when there is no such date."""
    try:
        return _EPOCH + dt.timedelta(seconds=round(days * 86400, 3))
    except OverflowError:
        return days


def number_text(value: float) -> str:
    """A number as text, as Excel writes it into a text cell or hands it out as a formula: 15 digits at most."""
    text = f"{value:.15g}"
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    power = int(exponent)
    return f"{mantissa}E{power:+03d}" if power < 0 or power >= 20 else f"{Decimal(text):f}"


def date_text(value: dt.date) -> str:
    """A date as text in the short Chinese form."""
    text = f"{value.year}/{value.month}/{value.day}"
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        text += f" {value.hour}:{value:%M}" + (f":{value:%S}" if value.second else "")
    return text
