"""Claims that owners' lists confirm, deny, leave open; and what they list that nobody claims."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from canbao_county.lists.checks import claim_verdicts
from canbao_county.lists.stored import Lists
from canbao_rulebook.policy import load_policy
from support.lists import make_list, make_lists
from support.merged import ONE, THREE, TWO, gather, person, review

CIV, PAO = "owner CIV", "owner PAO"


def owner(key: str = ONE, word: str = "建档立卡", name: str = "田守义", **more: Any) -> dict[str, Any]:
    return {"证件号码": key, "姓名": name, "身份类别": word, **more}


def verdicts(people: Any, lists: Any, policy: str = "huining-2021") -> set[tuple[str, str, str]]:
    given = lists if isinstance(lists, Lists) else make_lists(lists, policy)
    table = claim_verdicts(gather(people), given, load_policy(policy))
    assert table.columns == ["cert", "code", "verdict"]
    assert table.select("cert", "code").is_duplicated().sum() == 0
    return set(table.rows())


@pytest.mark.parametrize(
    ("lists", "verdict"),
    [
        ({}, "no_list"),
        ({PAO: [owner()]}, "confirmed"),
        ({PAO: [owner(TWO)]}, "denied"),
        ({CIV: [owner(TWO, "孤儿")]}, "no_list"),  # not theirs to say
        ({CIV: [owner()]}, "no_list"),
        ({CIV: [owner(TWO, "孤儿")], PAO: [owner()]}, "confirmed"),
        ({CIV: [owner(TWO, "孤儿")], PAO: [owner(TWO)]}, "denied"),
        ({PAO: [owner(取消日期=date(2020, 1, 1))]}, "denied"),
        ({PAO: [owner(取消日期=date(2021, 1, 1))]}, "confirmed"),
        ({PAO: [owner(取消日期=date(2020, 1, 1)), owner()]}, "confirmed"),
        ({PAO: [owner(name="田守仁")]}, "unsure"),
        ({PAO: [owner(name="田*义")]}, "confirmed"),
        ({PAO: [owner("62042219480307951")]}, "unsure"),
        ({PAO: [owner("6204")]}, "unsure"),
        ({PAO: [owner("62042219480307951"), owner(取消日期=date(2020, 1, 1))]}, "denied"),
        ({PAO: [owner("62042219480307951", name="田守仁")]}, "denied"),
        ({"tax": [{"证件号码": ONE, "姓名": "田守义", "入库金额": 280}]}, "no_list"),
    ],
)
def test_a_claim(lists: dict[str, Any], verdict: str) -> None:
    assert (ONE, "Q1", verdict) in verdicts([person(claims=["Q1"])], lists)


def test_a_lost_number_makes_unsure() -> None:
    lists = Lists((make_list(PAO, [owner(TWO)], "huining-2021", lost=("田 守义",)),))
    assert verdicts([person(claims=["Q1"])], lists) == {(ONE, "Q1", "unsure")}
    assert verdicts([person(name="田守仁", claims=["Q1"])], lists) == {(ONE, "Q1", "denied")}


def test_both_of_two_deciding_departments_are_needed_to_deny_one_to_confirm() -> None:
    row, word = person(claims=["D1"]), "确实无力缴纳的困难群众"
    civ, pao = {CIV: [owner(TWO, word)]}, {PAO: [owner(THREE, word)]}
    assert verdicts([row], civ, "shangcai-2020") == {(ONE, "D1", "no_list")}
    assert verdicts([row], civ | pao, "shangcai-2020") == {(ONE, "D1", "denied")}
    assert verdicts([row], civ | {PAO: [owner(ONE, word)]}, "shangcai-2020") == {(ONE, "D1", "confirmed")}
    assert verdicts([row], {CIV: [owner(ONE, word)]}, "shangcai-2020") == {(ONE, "D1", "confirmed")}


def test_a_list_of_one_category_denies_no_other() -> None:
    lists = {"owner CIV F3": [owner(TWO, "特困供养人员")]}
    assert verdicts([person(claims=["F4"])], lists) == {(ONE, "F4", "no_list")}
    assert verdicts([person(claims=["F3"])], lists) == {(ONE, "F3", "denied")}


def test_without_an_owner_no_list_can_say_anything() -> None:
    lists = {"owner DPF": [owner(ONE, "重度残疾人")]}
    assert verdicts([person(claims=["N1"])], lists) == {(ONE, "N1", "no_list")}


def test_all_rows_of_a_person_are_one_claim() -> None:
    people = [
        person(claims=["Q1"]), person(claims=["Q1", "F4"], row=6), person(claims=["F4"], unit="乙镇", file="乙镇.xlsx"),
    ]  # fmt: skip
    assert verdicts(people, {PAO: [owner()]}) == {(ONE, "Q1", "confirmed"), (ONE, "F4", "no_list")}


def test_who_enrols_nowhere_or_has_no_number_claims_nothing() -> None:
    people = [person(claims=["Q1"], enrolment=False), person("", claims=["Q1"])]
    assert verdicts(people, {PAO: [owner()]}) == set()


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        ({PAO: [owner()]}, {(ONE, "Q1", "listed")}),
        ({PAO: [owner(), owner()]}, {(ONE, "Q1", "listed")}),
        ({PAO: [owner()], CIV: [owner(word="孤儿")]}, {(ONE, "Q1", "listed"), (ONE, "F4", "listed")}),
        ({PAO: [owner(取消日期=date(2020, 1, 1))]}, set()),
        ({PAO: [owner(name="田守仁")]}, set()),
        ({PAO: [owner(TWO)]}, set()),
        ({CIV: [owner()]}, set()),
    ],
)
def test_what_is_listed_and_not_claimed(lists: dict[str, Any], found: set[tuple[str, str, str]]) -> None:
    assert verdicts([person()], lists) == found


def test_claimed_and_listed_is_told_once() -> None:
    lists = {PAO: [owner()], CIV: [owner(word="孤儿")]}
    assert verdicts([person(claims=["Q1"])], lists) == {(ONE, "Q1", "confirmed"), (ONE, "F4", "listed")}


@pytest.mark.parametrize("claims", [["Q1"], ["F4"], ["Q1", "F4", "F3"]])
@pytest.mark.parametrize(
    "lists", [{}, {PAO: [owner()]}, {PAO: [owner(TWO)], CIV: [owner(word="孤儿")]}, {CIV: [owner(THREE, "孤儿")]}]
)
def test_v15_says_what_is_denied(claims: list[str], lists: dict[str, Any]) -> None:
    told = [one[2] for one in verdicts([person(claims=claims)], lists)]
    found = [finding for finding in review([person(claims=claims)], lists).findings if finding.code == "V15"]
    assert len(found) == told.count("denied") + told.count("unsure")


def test_a_list_without_anybody_of_a_category_denies_nobody() -> None:
    lists = {CIV: [owner(THREE, "五保户")]}
    assert verdicts([person(claims=["F4"])], lists) == {(ONE, "F4", "unsure")}
    assert verdicts([person(claims=["F4"])], {CIV: [owner(THREE, "孤儿")]}) == {(ONE, "F4", "denied")}


def test_nobody_and_nothing() -> None:
    assert verdicts([], {}) == set()
    assert verdicts([], {PAO: [owner()]}) == set()
    assert claim_verdicts(gather([]), Lists(), load_policy("putuo-2022")).schema == pl.Schema(
        {"cert": pl.String, "code": pl.String, "verdict": pl.String}
    )
