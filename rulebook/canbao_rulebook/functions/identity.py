"""Identity documents and account numbers (identity.md sections 2 to 5).

Length, a real date that is not in the future, and the check digit decide; the region code never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from canbao_rulebook.documents import CHECK_CHARACTERS, IDENTITY_CARD, WEIGHTS, check_character
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.registry import Argument, Function, Want, all_of, register
from canbao_rulebook.functions.text import are_digits, count_digits, digit_tests, found_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["CHECK_CHARACTERS", "IDENTITY_CARD", "WEIGHTS", "check_character", "upgrade_15"]

_SHAPE = r"^[1-9][0-9]{16}[0-9X]$"
_WEIGHED, _BORN, _ACCOUNT = 17, 8, 30  # digits
_CHARACTERS = np.array([ord(character) - ord("0") for character in CHECK_CHARACTERS], dtype=np.uint8)
_WEIGHTS = np.array(WEIGHTS, dtype=np.int32)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)
_SERIAL_YEAR_0, _SERIAL_1900 = -693_899, 2  # of 0000-03-01 and of 1900-01-01


def upgrade_15(number: str) -> str:
    """Return the 18-digit form that a first-generation 15-digit number would have; a suggestion only."""
    century = "18" if number[12:] >= "996" else "19"
    first17 = number[:6] + century + number[6:]
    return first17 + check_character(first17)


# --- 18-digit numbers -------------------------------------------------------------------------------------------------


def _shape_tests(args: Sequence[str]) -> list[str]:
    text = args[0]
    last = found_in(f"RIGHT({text},1)", '"0123456789X"', never_empty=True)  # where LEN is 18
    return [f"LEN({text})=18", last, f'LEFT({text},1)<>"0"', are_digits(text, 17)]


def _shape_excel(args: Sequence[str]) -> str:
    *others, digits = _shape_tests(args)
    return all_of([*others, f"IFERROR({digits},FALSE)"])


def _checksum_tests(args: Sequence[str]) -> list[str]:
    text = args[0]
    total = f"SUMPRODUCT(MID({text},前十七位,1)*校验权重)"
    return [f'MID("{CHECK_CHARACTERS}",MOD({total},11)+1,1)=RIGHT({text},1)']


def _of_texts(work: Callable[[NDArray[np.uint8]], NDArray[Any]], width: int, nothing: Any) -> Callable[..., pl.Series]:
    """Return ``work`` for a series: of texts of ``width`` bytes it takes one row a byte; others are ``nothing``.

    “0” is 0 there; what is no digit is more than 9.
    """

    def of_series(series: pl.Series) -> pl.Series:
        fitting = (series.str.len_bytes() == width).fill_null(value=False)
        if fitting.all():
            return pl.Series(work(_digits(series, width))) if len(series) else pl.Series([nothing]).clear()
        result = np.full(len(series), nothing)
        if fitting.any():
            result[fitting.to_numpy()] = work(_digits(series.filter(fitting), width))
        return pl.Series(result)

    return of_series


def _digits(texts: pl.Series, width: int) -> NDArray[np.uint8]:
    """Return texts of ``width`` bytes each as ``width`` rows with a column a text; “0” is 0."""
    joined = texts.str.join("").cast(pl.Binary).item()
    return np.ascontiguousarray(np.frombuffer(joined, dtype=np.uint8).reshape(-1, width).T) - np.uint8(ord("0"))


def _are_digits(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = digits.max(axis=0) <= 9
    return found


def _fits(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell whether there are seventeen digits and then their check character."""
    weighed, last = digits[:_WEIGHED], digits[_WEIGHED]
    found: NDArray[np.bool_] = _CHARACTERS[_WEIGHTS @ weighed.astype(np.int32) % len(_CHARACTERS)] == last
    return found & _are_digits(weighed)


def _checksum(args: Sequence[Argument]) -> pl.Expr:
    """As the worksheet face, which reads the first seventeen characters and the last one of numbers of any length."""
    text = args[0].expr
    read = text.str.slice(0, _WEIGHED) + text.str.slice(-1)
    series = _of_texts(_fits, _WEIGHED + 1, nothing=False)
    return read.map_batches(series, return_dtype=pl.Boolean, is_elementwise=True)


def _birth_parts(text: str) -> tuple[str, str, str]:
    return f"MID({text},7,4)", f"MID({text},11,2)", f"MID({text},13,2)"


def _birth_excel(args: Sequence[str]) -> str:
    year, month, day = _birth_parts(args[0])
    return f"DATE({year},{month},{day})"


def _date_ok_tests(args: Sequence[str]) -> list[str]:
    text = args[0]
    year, month, day = _birth_parts(text)
    months = [f"--{month}>=1", f"--{month}<=12"]
    return [f"--{year}>=1900", *months, f"DAY(DATE({year},{month},{day}))=--{day}", f'MID({text},7,8)<>"19000229"']


def _or_false(tests: Callable[[Sequence[str]], list[str]]) -> Callable[[Sequence[str]], str]:
    """The worksheet face of tests: what is an error, is not so."""
    return lambda args: f"IFERROR({all_of(tests(args))},FALSE)"


def _serials(digits: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the serials of dates as eight digits, NaN where there is no such day.

    Years are counted from March, so that the day that some have and others do not is their last one.
    """
    numbers = digits.astype(np.int32)
    years = numbers[0] * 1000 + numbers[1] * 100 + numbers[2] * 10 + numbers[3]
    months, days = numbers[4] * 10 + numbers[5], numbers[6] * 10 + numbers[7]
    leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    lengths = _MONTH_DAYS[np.where(months <= 12, months, 0)] + (leap & (months == 2))
    real = _are_digits(digits) & (days >= 1) & (days <= lengths)
    since = years - (months <= 2)
    leap_days = since // 4 - since // 100 + since // 400
    of_year = (153 * ((months + 9) % 12) + 2) // 5 + days - 1
    return np.where(real, since * 365 + leap_days + of_year + _SERIAL_YEAR_0, np.nan)


def _birth(args: Sequence[Argument]) -> pl.Expr:
    """The date in a number as a serial, null where there is none: eight digits behind six characters."""
    born = args[0].expr.str.slice(6, _BORN)
    series = _of_texts(_serials, _BORN, nothing=np.nan)
    return born.map_batches(series, return_dtype=pl.Float64, is_elementwise=True).fill_nan(None)


def _date_ok(args: Sequence[Argument]) -> pl.Expr:
    return (_birth(args) >= _SERIAL_1900).fill_null(value=False)


def _sex(args: Sequence[Argument]) -> pl.Expr:
    digit = args[0].expr.str.slice(16, 1).cast(pl.Int32, strict=False)
    return pl.when(digit.is_not_null()).then(pl.when(digit % 2 == 1).then(pl.lit("男")).otherwise(pl.lit("女")))


register(
    Function(
        "ID_SHAPE",
        (Want.TEXT,),
        Type.BOOL,
        _shape_excel,
        lambda args: args[0].expr.str.contains(_SHAPE),
        "18 位：前 17 位数字，末位数字或 X",
        tests=_shape_tests,
    )
)
register(
    Function(
        "ID_CHECKSUM",
        (Want.TEXT,),
        Type.BOOL,
        _or_false(_checksum_tests),
        _checksum,
        "18 位证件号码的校验位正确",
        tests=_checksum_tests,
    )
)
register(
    Function(
        "ID_DATE_OK",
        (Want.TEXT,),
        Type.BOOL,
        _or_false(_date_ok_tests),
        _date_ok,
        "18 位证件号码里的出生日期存在",
        tests=_date_ok_tests,
    )
)
register(Function("ID_BIRTH", (Want.TEXT,), Type.DATE, _birth_excel, _birth, "18 位证件号码里的出生日期"))
register(
    Function(
        "ID_SEX",
        (Want.TEXT,),
        Type.TEXT,
        lambda args: f'IF(MOD(MID({args[0]},17,1),2)=1,"男","女")',
        _sex,
        "18 位证件号码里的性别",
    )
)


# --- accounts and telephones ------------------------------------------------------------------------------------------


def _luhn_tests(args: Sequence[str]) -> list[str]:
    text = args[0]
    doubled = f'("0"&MID({text},位序,1))*(1+MOD(LEN({text})-位序,2))'
    return [*digit_tests(text), f"MOD(SUMPRODUCT({doubled}-9*({doubled}>9)),10)=0"]


def _is_luhn(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell whether the check digits of numbers are right that were filled up with zeros to an even length."""
    doubled = 2 * digits[::2]
    totals = digits[1::2].sum(axis=0) + (doubled - np.uint8(9) * (doubled > 9)).sum(axis=0)
    found: NDArray[np.bool_] = totals % 10 == 0
    return found & _are_digits(digits)


def _luhn(args: Sequence[Argument]) -> pl.Expr:
    text = args[0].expr
    number = pl.when(text != "").then(text.str.zfill(_ACCOUNT))
    series = _of_texts(_is_luhn, _ACCOUNT, nothing=False)
    return number.map_batches(series, return_dtype=pl.Boolean, is_elementwise=True)


def _phone_excel(args: Sequence[str]) -> str:
    text = args[0]
    digits = count_digits(text)
    second = found_in(f"MID({text},2,1)", '"3456789"', never_empty=True)  # where LEN is 11
    mobile = all_of([f"LEN({text})=11", second, f"IFERROR({are_digits(text, 11)},FALSE)"])
    landline = all_of([f"LEN({text})>=10", f"LEN({text})<=13", f'LEFT({text},1)="0"', f"{digits}>=29"])
    return f'IF(LEFT({text},1)="1",{mobile},{landline})'


def _phone_in_sheet(args: Sequence[Argument]) -> pl.Expr:
    """A mobile number, or 10 to 13 characters of which all but one at most are digits."""
    text = args[0].expr
    length, digits = text.str.len_chars(), text.str.count_matches("[0-9]")
    landline = text.str.starts_with("0") & length.is_between(10, 13) & (length - digits <= 1)
    return pl.when(text.str.starts_with("1")).then(text.str.contains("^1[3-9][0-9]{9}$")).otherwise(landline)


register(
    Function(
        "LUHN",
        (Want.TEXT,),
        Type.BOOL,
        _or_false(_luhn_tests),
        _luhn,
        "银行卡号的校验位正确",
        tests=_luhn_tests,
    )
)
register(
    Function(
        "PHONE_OK",
        (Want.TEXT,),
        Type.BOOL,
        _phone_excel,
        lambda args: args[0].expr.str.contains(r"^1[3-9][0-9]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$"),
        "手机或固定电话；表内对固定电话只看长度",
        in_sheet=_phone_in_sheet,
    )
)


# --- cleaning ---------------------------------------------------------------------------------------------------------

_BLANKS = (" ", "\u00a0", "\u3000")


def _clean_excel(args: Sequence[str]) -> str:
    text = args[0]
    for blank in _BLANKS:
        text = f'SUBSTITUTE({text},"{blank}","")'
    return f"UPPER({text})"


def _clean(args: Sequence[Argument]) -> pl.Expr:
    return args[0].expr.str.replace_all(f"[{''.join(_BLANKS)}]", "").str.to_uppercase()


register(
    Function("CLEAN_ID", (Want.TEXT,), Type.TEXT, _clean_excel, _clean, "去掉空格、字母变大写，空格和小写 x 不算错号")
)
