"""V18: amounts of owners' lists against the notice's, and persons whom two lists subsidise."""

from datetime import date
from typing import Any

import pytest

from canbao_rulebook.messages import render
from support.merged import ONE, TWO, person, review

CIV, PAO = "owner CIV", "owner PAO"


def owner(word: str = "建档立卡", amount: float | None = None, cert: str = ONE, **more: Any) -> dict[str, Any]:
    return {"证件号码": cert, "姓名": "田守义", "身份类别": word, "资助金额": amount, **more}


def told(lists: Any, policy: str = "huining-2021", people: Any = ()) -> list[tuple[str, str, str]]:
    found = [finding for finding in review(people, lists, policy).findings if finding.code == "V18"]
    return [(finding.severity.value, finding.file, finding.cell) for finding in found]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (owner(), False),
        (owner(amount=200), False),
        (owner(amount=200.004), False),
        (owner(amount=200.01), True),
        (owner(amount=199.99), True),
        (owner(amount=280), True),
        (owner(amount=0), True),
        (owner(amount=280, 取消日期=date(2020, 1, 1)), False),
        (owner("孤儿", 280), False),
        (owner("孤儿", 200), True),
        (owner("不认识的身份", 1), False),
        (owner("边缘户", 0), False),
        (owner("边缘户", 100), True),
    ],
)
def test_another_amount_than_the_notice(row: dict[str, Any], wrong: bool) -> None:
    assert told({PAO: [owner(amount=200, cert=TWO), row]}) == ([("错误", "owner-PAO.xlsx", "B4")] if wrong else [])


def test_both_amounts_are_told_and_the_list_keeps_the_finding() -> None:
    lists = {PAO: [owner(amount=280) | {"乡镇(街道)": "甲镇"}]}
    (found,) = [finding for finding in review([person()], lists).findings if finding.code == "V18"]
    assert found.file == "owner-PAO.xlsx"
    assert "280.00元" in render(found).message
    assert "200.00元" in render(found).message


def test_an_amount_where_the_notice_is_silent() -> None:
    row = owner("城乡低保对象", 125)
    (found,) = [one for one in review([], {CIV: [row]}, "shangcai-2020").findings if one.code == "V18"]
    assert (found.severity.value, found.file, "125.00元" in render(found).message) == ("提醒", "owner-CIV.xlsx", True)
    assert told({CIV: [owner("城乡低保对象")]}, "shangcai-2020") == []


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        ({PAO: [owner()]}, []),
        ({PAO: [owner()], CIV: [owner("孤儿", cert=TWO)]}, []),
        ({PAO: [owner()], CIV: [owner("孤儿")]}, ["owner-PAO.xlsx"]),  # 280 against 200
        ({CIV: [owner("孤儿")], PAO: [owner()]}, ["owner-PAO.xlsx"]),
        ({PAO: [owner()], CIV: [owner("农村一类低保")]}, ["owner-PAO.xlsx"]),
        ({PAO: [owner()], CIV: [owner("孤儿", 取消日期=date(2020, 1, 1))]}, []),
        ({PAO: [owner("边缘户")], CIV: [owner("孤儿")]}, []),  # not subsidised
        ({PAO: [owner()], "owner CIV F4": [owner("孤儿")], "owner CIV F3": [owner("特困供养人员")]},
         ["owner-CIV-F4.xlsx", "owner-PAO.xlsx"]),
        ({CIV: [owner("孤儿"), owner("特困供养人员")]}, []),  # one list, one department
    ],
)  # fmt: skip
def test_two_lists_with_two_subsidies(lists: dict[str, Any], found: list[str]) -> None:
    assert sorted(file for severity, file, _ in told(lists) if severity == "提醒") == found


def test_what_is_executed_and_what_is_not() -> None:
    (found,) = [
        one for one in review([], {PAO: [owner(amount=200)], CIV: [owner("孤儿")]}).findings if one.code == "V18"
    ]
    assert (found.file, found.cell, found.severity.value) == ("owner-PAO.xlsx", "B3", "提醒")
    assert "200.00元" in render(found).message
    assert "只执行“孤儿”" in render(found).fix


def test_another_departments_confidential_category_is_not_named() -> None:
    lists = {CIV: [owner("艾滋病患者")], "owner VET": [owner("优抚对象")]}
    (found,) = [one for one in review([], lists, "shangcai-2020").findings if one.code == "V18"]
    assert found.file == "owner-VET.xlsx"
    assert "艾滋" not in render(found).message + render(found).fix
    assert "民政" not in render(found).message + render(found).fix
    lists = {CIV: [owner("艾滋病患者")], PAO: [owner("建档立卡贫困人员")]}
    (found,) = [one for one in review([], lists, "shangcai-2020").findings if one.code == "V18"]
    assert (found.file, "艾滋病患者" in render(found).message) == ("owner-CIV.xlsx", True)
