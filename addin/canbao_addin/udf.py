"""Worksheet functions: the workbook's own rules for any cell of any workbook, each under an English and a Chinese name.

Every function is a formula of the formula language (docs/formula-language.md), so that it says what the columns of a
roster say. What a cell holds is read as there: a number where text is due counts as no text, text where a date is due
as no date. A blank cell, and an error (which xlwings hands over as blank), gives a blank; a policy value that the
notice does not state gives 待定; a policy year or a category that does not exist gives a short sentence. Nothing is
raised. Arguments are lists of rows and so are the results: a whole range in one call.

``policy`` is the id of a shipped policy year (``canbao policy list``). Left out, it is the one that the workbook of the
calling cell was generated for; in any other workbook it has to be given for amounts, and is the latest for numbers.
"""

from __future__ import annotations

from inspect import signature
from types import FunctionType
from typing import TYPE_CHECKING, Any

import xlwings as xw

from canbao_addin.udf_values import (
    Cells,
    compute_cells,
    is_blank,
    is_known,
    latest_policy,
    load_functions,
    policy_value,
)
from canbao_rulebook.meta import META_SHEET

if TYPE_CHECKING:
    from collections.abc import Callable

_CATEGORY = "参保"
_ARGUMENTS = {
    "cert": "18位证件号码，一格或一片",
    "person": "18位证件号码或出生日期，一格或一片",
    "day": "哪一天，一格或一片",
    "category": "资助类别或它的别名，一格或一片",
    "policy": "政策年度，如 huining-2021；在参保工作簿里可以不写",
}
_META_RANGE = "A1:B20"


def _in_excel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function as a worksheet function. Its annotations go: xlwings would take them for converters."""
    function.__annotations__ = {}
    for name in signature(function).parameters:
        if name in _ARGUMENTS:
            function = xw.arg(name, ndim=2, doc=_ARGUMENTS[name])(function)
    return xw.func(category=_CATEGORY)(function)


def _named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a worksheet function once more under another name: xlwings goes by the name of the function itself."""
    assert isinstance(function, FunctionType)
    twin = FunctionType(function.__code__, function.__globals__, name, function.__defaults__)
    twin.__doc__ = function.__doc__
    return _in_excel(twin)


@_in_excel
def CANBAO_ID_VALID(cert: Cells, policy: Cells | None = None, caller: Any = None) -> Cells:
    """18位证件号码是否有效：长度、出生日期、校验位都正确，出生日期不在参保年度之后"""
    return _about_number("证件有效", {"证件号码": cert}, policy, caller)


@_in_excel
def CANBAO_ID_BIRTH(cert: Cells, policy: Cells | None = None, caller: Any = None) -> Cells:
    """18位证件号码里的出生日期；号码无效的留空"""
    return _about_number("证件出生日期", {"证件号码": cert}, policy, caller)


@_in_excel
def CANBAO_ID_SEX(cert: Cells, policy: Cells | None = None, caller: Any = None) -> Cells:
    """18位证件号码里的性别；号码无效的留空"""
    return _about_number("证件性别", {"证件号码": cert}, policy, caller)


@_in_excel
def CANBAO_AGE_ON(person: Cells, day: Cells, policy: Cells | None = None, caller: Any = None) -> Cells:
    """某日的周岁，由18位证件号码或出生日期算出；那天还没有出生的是0"""
    return _about_number("周岁", {"证件号码": person, "出生日期": person, "日期": day}, policy, caller)


@_in_excel
def CANBAO_PREMIUM(policy: Cells | None = None, caller: Any = None) -> Any:
    """一个政策年度的个人缴费标准（元）；通知没有规定的是“待定”"""
    policy_id, trouble = _which_policy(policy, caller)
    return trouble or policy_value("缴费标准", policy_id)


@_in_excel
def CANBAO_SUBSIDY(category: Cells, policy: Cells | None = None, caller: Any = None) -> Cells:
    """一个资助类别的资助标准（元）；通知没有规定的是“待定”"""
    return _about_category("资助标准", category, policy, caller)


@_in_excel
def CANBAO_SUBSIDY_KIND(category: Cells, policy: Cells | None = None, caller: Any = None) -> Cells:
    """一个资助类别的资助方式：代缴、先缴后返等；金额没有规定的是“待定”"""
    return _about_category("资助方式", category, policy, caller)


证件有效 = _named("证件有效", CANBAO_ID_VALID)
证件出生日期 = _named("证件出生日期", CANBAO_ID_BIRTH)
证件性别 = _named("证件性别", CANBAO_ID_SEX)
周岁 = _named("周岁", CANBAO_AGE_ON)
个人缴费标准 = _named("个人缴费标准", CANBAO_PREMIUM)
资助标准 = _named("资助标准", CANBAO_SUBSIDY)
资助方式 = _named("资助方式", CANBAO_SUBSIDY_KIND)

PAIRS: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
    (CANBAO_ID_VALID, 证件有效),
    (CANBAO_ID_BIRTH, 证件出生日期),
    (CANBAO_ID_SEX, 证件性别),
    (CANBAO_AGE_ON, 周岁),
    (CANBAO_PREMIUM, 个人缴费标准),
    (CANBAO_SUBSIDY, 资助标准),
    (CANBAO_SUBSIDY_KIND, 资助方式),
)
FUNCTIONS: tuple[Callable[..., Any], ...] = tuple(function for pair in PAIRS for function in pair)


def _text(key: str) -> str:
    text: str = load_functions()["texts"][key]
    return text


def _about_number(header: str, cells: dict[str, Cells], policy: Cells | None, caller: Any) -> Cells:
    """A column about numbers, judged as the rosters of a policy year do: nobody is born after it.

    Where neither the argument nor the workbook names a policy year, the latest that is shipped is gone by.
    """
    policy_id, trouble = _which_policy(policy, caller)
    if trouble and trouble != _text("which_policy"):
        return [[trouble]]
    return compute_cells(header, cells, policy_id or latest_policy())


def _about_category(header: str, category: Cells, policy: Cells | None, caller: Any) -> Cells:
    """A column about subsidy categories; a word that is none of the policy's categories says so."""
    policy_id, trouble = _which_policy(policy, caller)
    if trouble:
        return [[trouble]]
    strange = _text("no_category")
    return [
        [strange if value is None and not is_blank(cell) else value for cell, value in zip(cells, values, strict=True)]
        for cells, values in zip(category, compute_cells(header, {"资助类别": category}, policy_id), strict=True)
    ]


def _which_policy(policy: Cells | None, caller: Any) -> tuple[str, str]:
    """Return the policy year to go by, or the sentence that says why there is none."""
    given = next((cell for row in policy or [] for cell in row if not is_blank(cell)), None)
    named = _policy_of_book(caller) if given is None else str(given).strip()
    if not named:
        return "", _text("which_policy")
    return (named, "") if is_known(named) else ("", _text("no_policy").format(policy=named))


_books: dict[str, str] = {}  # what the workbooks that were asked before were generated for, by full name


def _policy_of_book(caller: Any) -> str:
    """Return the policy year that the workbook of the calling cell was generated for; "" when it says none."""
    try:
        book = caller.sheet.book
        if book.fullname not in _books:
            rows = book.sheets[META_SHEET].range(_META_RANGE).value
            _books[book.fullname] = str(dict(rows)["policy_id"])
        return _books[book.fullname]
    except Exception:  # noqa: BLE001 - whatever Excel refuses, the formula then has to name the policy year
        return ""
