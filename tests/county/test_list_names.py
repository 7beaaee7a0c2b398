"""V10: numbers that lists give to somebody else, by the names beside them."""

from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from canbao_county.lists.stored import Lists
from canbao_rulebook.findings import Severity
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.messages import render
from canbao_validators.normalise.names import HIDDEN, SEPARATORS, listed_name_key, name_key, names_fit
from support.lists import make_list
from support.merged import ONE, OTHER, THREE, TWO, person, review

KINDS = sorted(kind for kind, spec in load_list_kinds().items() if spec.about_persons)
NOISE = f"· \u3000\u200b{SEPARATORS.replace(HIDDEN, '').replace('＊', '')}"
POOR = {"身份类别": "建档立卡"}


def row(cert: str = ONE, name: str = "田守仁", **more: Any) -> dict[str, Any]:
    return {"证件号码": cert, "姓名": name, **more}


def list_of(kind: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"owner PAO": [one | POOR for one in rows]} if kind == "owner" else {kind: list(rows)}


def told(people: Any, lists: Any, policy: str = "huining-2021") -> list[tuple[str, str, str]]:
    """The findings about names: severity, file and cell."""
    found = [finding for finding in review(people, lists, policy).findings if finding.code == "V10"]
    return [(finding.severity.value, finding.file, finding.cell) for finding in found]


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_about_persons_is_compared(kind: str) -> None:
    severity = "错误" if kind == "owner" else "提醒"
    assert told([person()], list_of(kind, row())) == [(severity, "甲镇.xlsx", "K5")]
    assert told([person(enrolment=False)], list_of(kind, row())) == [(severity, "甲镇.xlsx", "K5")]
    assert told([person()], list_of(kind, row(name="田守义"))) == []
    assert told([person()], list_of(kind, row(cert=TWO))) == []


def test_the_finding_says_whom_the_list_means() -> None:
    (found,) = [one for one in review([person()], {"tax": [row(入库金额=280)]}).findings if one.code == "V10"]
    assert found.value == ONE
    assert all(word in render(found).message for word in (ONE, "田守义", "田守仁", "税务入库明细", "第3行"))
    (found,) = [one for one in review([person()], list_of("owner", row())).findings if one.code == "V10"]
    assert all(word in render(found).message for word in (ONE, "田守义", "田守仁", "扶贫"))


@pytest.mark.parametrize(
    ("own", "listed", "same"),
    [
        ("田守义", " 田 守义 ", True),
        ("买买提·艾力", "买买提．艾力", True),
        ("买买提·艾力", "买买提・艾力", True),
        ("买买提·艾力", "买买提艾力", True),
        ("ANNA LI", "ａｎｎａ　ｌｉ", True),
        ("张一三", "张*三", True),
        ("张一三", "张＊三", True),
        ("张一三", "张·三", True),  # as a list is kept: the star was taken for a separator
        ("张一三", "张**", True),
        ("张一三", "*一三", True),
        ("欧阳明三", "欧阳*三", True),
        ("张一三", "张*四", False),
        ("张三", "张*三", False),  # nobody is hidden
        ("张一三", "李*三", False),
        ("田守义", "", True),
        ("", "田守义", True),
        ("田守义", "田守仪", False),
    ],
)
def test_names_are_compared_by_what_they_have_in_common(own: str, listed: str, same: bool) -> None:
    assert told([person(name=own)], {"deaths": [row(name=listed)]}) == ([] if same else [("提醒", "甲镇.xlsx", "K5")])


@given(
    st.text("田守义买AB ", min_size=1),
    st.text(f"·{SEPARATORS.replace(HIDDEN, '').replace('＊', '')} \u200b", max_size=3),
)
def test_blanks_and_dots_make_no_other_name(name: str, noise: str) -> None:
    parted = any(character in SEPARATORS or character == "·" for character in noise)
    assume(not (len(name.strip()) == 2 and parted))  # 张·三 is read as 张*三: one character is hidden
    frame = pl.DataFrame({"own": [name], "listed": [noise.join(name)]})
    keys = frame.select(own=name_key(pl.col("own")), listed=listed_name_key(pl.col("listed")))
    assert keys.select(names_fit(pl.col("own"), pl.col("listed"))).item()


def test_once_a_person_and_kind_of_list() -> None:
    payments = {"tax": [row(入库金额=140), row(入库金额=140, 电子税票号码="2")]}
    assert len(told([person()], payments)) == 1
    assert len(told([person(), person(row=6)], payments)) == 1
    assert len(told([person()], payments | {"mib": [row()], "population": [row()]})) == 3
    assert (
        told([person()], {"tax": [row(入库金额=140), row(name="田守义", 入库金额=140)]}) == []
    )  # the list's own fault


def test_the_row_with_the_wrong_name_is_told_not_the_right_one() -> None:
    people = [person(name="田守义"), person(name="田守仁", unit="乙镇", file="乙镇.xlsx", row=9)]
    assert told(people, {"population": [row(name="田守义")]}) == [("提醒", "乙镇.xlsx", "K9")]


def test_two_lists_of_departments_are_each_compared() -> None:
    right, wrong = row(name="田守义", 身份类别="孤儿"), row(身份类别="建档立卡")
    assert told([person()], {"owner CIV": [right], "owner PAO": [wrong]}) == [("错误", "甲镇.xlsx", "K5")]
    assert told([person()], {"owner CIV": [right]}) == []


@pytest.mark.parametrize(("kind", "severity"), [("tax", "提醒"), ("population", "提醒"), ("owner", "错误")])
def test_exchanged_numbers(kind: str, severity: str) -> None:
    people = [person(ONE, "田守义"), person(TWO, "赵彩琴", unit="乙镇", file="乙镇.xlsx", row=8)]
    lists = list_of(kind, row(ONE, "赵彩琴"), row(TWO, "田守义"), row(THREE, "郑一鸣"))
    found = [finding for finding in review(people, lists).findings if finding.code == "V10"]
    assert sorted((one.severity.value, one.file, one.cell) for one in found) == [
        (severity, "乙镇.xlsx", "K8"), (severity, "甲镇.xlsx", "K5"),
    ]  # fmt: skip
    assert all("对调" in render(finding).message for finding in found)
    by_file = {finding.file: render(finding).message for finding in found}
    assert "乙镇.xlsx「应保及应资对象」K8" in by_file["甲镇.xlsx"]


def test_half_an_exchange_is_none() -> None:
    people = [person(ONE, "田守义"), person(TWO, "赵彩琴", row=6)]
    found = review(people, {"population": [row(ONE, "赵彩琴"), row(OTHER, "田守义")]}).findings
    assert ["对调" in render(finding).message for finding in found if finding.code == "V10"] == [False]


def test_exchange_between_two_lists_is_none() -> None:
    people = [person(ONE, "田守义"), person(TWO, "赵彩琴", row=6)]
    found = review(people, {"tax": [row(ONE, "赵彩琴")], "mib": [row(TWO, "田守义")]}).findings
    assert ["对调" in render(finding).message for finding in found if finding.code == "V10"] == [False, False]


@pytest.mark.parametrize("name", ["owner CIV", "owner CIV F3"])
def test_nobody_in_a_township_learns_who_stands_on_a_confidential_list(name: str) -> None:
    lists = Lists((make_list(name, [row(身份类别="艾滋病患者")], "shangcai-2020"),))
    found = [finding for finding in review([person()], lists, "shangcai-2020").findings if finding.code == "V10"]
    assert [finding.file for finding in found] == [f"{name.replace(' ', '-')}.xlsx"]


def test_without_lists_and_without_people() -> None:
    assert told([person()], {}) == []
    assert told([], {"tax": [row(入库金额=280)]}) == []


@pytest.mark.parametrize("kind", ["employee", "school", "elsewhere", "soldiers", "prisoners", "deaths"])
@pytest.mark.parametrize(
    ("listed", "found"),
    [("田守义", True), ("田 守义", True), ("田**", True), ("", True), ("郑一鸣", False), ("田守仁", False)],
)
def test_a_list_means_whom_it_names(kind: str, listed: str, found: bool) -> None:
    """Whose number a list gives to another name is not insured, away or dead by it: V10 asks for a look."""
    told = review([person()], {kind: [{"证件号码": ONE, "姓名": listed}]}).findings
    codes = {finding.code for finding in told}
    assert codes & {"V12", "V13"} == ({"V13" if kind in {"soldiers", "prisoners"} else "V12"} if found else set())
    assert ("V10" in codes) is not found
    assert {finding.severity for finding in told if finding.code == "V10"} <= {Severity.WARNING}


def test_whom_another_name_explains_is_still_missed() -> None:
    lists = {"last_year": [{"证件号码": TWO, "姓名": "赵彩琴"}], "deaths": [{"证件号码": TWO, "姓名": "赵彩琴"}]}
    assert not [found for found in review([person()], lists).findings if found.code == "V38"]
    lists["deaths"] = [{"证件号码": TWO, "姓名": "郑一鸣"}]
    assert [found.code for found in review([person()], lists).findings] == ["V38"]
