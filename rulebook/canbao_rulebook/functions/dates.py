"""Dates are Excel serials: days since 1899-12-30, whole numbers, 1901-01-01 to 2099-12-31 being accepted as dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.logic import call
from canbao_rulebook.functions.registry import Argument, Function, Want, all_of, register

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPOCH_OFFSET = 25569  # serial of 1970-01-01
FIRST_SERIAL, LAST_SERIAL = 61, 73050  # 1900-03-01, after Excel's invented 29 February 1900, to 2099-12-31


def to_serial(day: date) -> int:
    """Return the Excel serial of a date from 1900-03-01 on."""
    return (day - date(1899, 12, 30)).days


def from_serial(serial: float) -> date:
    """Return the date of an Excel serial from 61 on."""
    return date(1899, 12, 30) + timedelta(days=int(serial))


def as_date(serial: pl.Expr) -> pl.Expr:
    """Return the polars Date of a serial; null where it is null or outside the range of dates."""
    valid = (serial >= 0) & (serial <= LAST_SERIAL + 366 * 200)
    return pl.when(valid).then((serial.floor() - _EPOCH_OFFSET).cast(pl.Int32, strict=False)).cast(pl.Date)


def as_serial(day: pl.Expr) -> pl.Expr:
    """Return the serial of a polars Date."""
    return day.cast(pl.Int32).cast(pl.Float64) + _EPOCH_OFFSET


def _part(name: str) -> None:
    def face(args: Sequence[Argument]) -> pl.Expr:
        day = as_date(args[0].expr)
        part: pl.Expr = getattr(day.dt, name.lower())()
        return part.cast(pl.Float64)

    words = {"YEAR": "年份", "MONTH": "月份", "DAY": "日"}
    register(Function(name, (Want.DATE,), Type.NUMBER, call(name), face, words[name]))


for _name in ("YEAR", "MONTH", "DAY"):
    _part(_name)


def _edate(args: Sequence[Argument]) -> pl.Expr:
    """The same day some months later, clamped to the month's end."""
    start, months = as_date(args[0].expr), args[1].expr.floor().cast(pl.Int64, strict=False)
    return as_serial(start.dt.offset_by(pl.format("{}mo", months)))


def _age_excel(args: Sequence[str]) -> str:
    birth, day = args
    return f"(YEAR({day})-YEAR({birth})-(MONTH({day})*100+DAY({day})<MONTH({birth})*100+DAY({birth})))"


def _age(args: Sequence[Argument]) -> pl.Expr:
    birth, day = as_date(args[0].expr).dt, as_date(args[1].expr).dt
    month_day = day.month().cast(pl.Int32) * 100 + day.day()
    birth_month_day = birth.month().cast(pl.Int32) * 100 + birth.day()
    return (day.year() - birth.year() - (month_day < birth_month_day).cast(pl.Int32)).cast(pl.Float64)


def _date_tests(args: Sequence[str]) -> list[str]:
    cell = args[0]  # N of what is no number is at most 1
    return [f"N({cell})>={FIRST_SERIAL}", f"{cell}<={LAST_SERIAL}", f"{cell}=INT({cell})"]


def _is_date(args: Sequence[Argument]) -> pl.Expr:
    value = args[0].expr
    return (value == value.floor()) & (value >= FIRST_SERIAL) & (value <= LAST_SERIAL)


register(
    Function("EDATE", (Want.DATE, Want.NUMBER), Type.DATE, call("EDATE"), _edate, "若干个月后的同一天，月末不足取月末")
)
register(Function("AGE_ON", (Want.DATE, Want.DATE), Type.NUMBER, _age_excel, _age, "某日的周岁"))
register(
    Function(
        "IS_DATE",
        (Want.COLUMN,),
        Type.BOOL,
        lambda args: all_of(_date_tests(args)),
        _is_date,
        "单元格里是日期",
        tests=_date_tests,
    )
)
