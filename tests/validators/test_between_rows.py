"""Rows of one workbook beside each other: a number twice, households, what the roster of exemptions says of others."""

from datetime import date
from typing import Any

import pytest

from canbao_rulebook.units import Unit
from canbao_validators import judging_rows
from canbao_validators.workbook import FilledWorkbook
from support.every_message import all_rosters, load_cases
from support.frames import raw_frame
from support.nearest_rows import number

TOWN = Unit("甲镇", ("一村", "二村"), (("一村", ("一组",)), ("二村", ("一组",))))
OF_SEVERAL = ("V07.", "V08.", "V26.", "V01.phone", "V14.other_roster")
PAID = load_cases()["paid"]
Row = dict[str, Any]


def of(nth: int, born: date = date(1970, 1, 1)) -> str:
    return number("620422", born, 500 + nth)


def person(nth: int, **more: Any) -> Row:
    """A person who is the head of a household of their own."""
    own = {"姓名": f"田{'一二三四五六七八九'[nth]}", "证件号码": of(nth), "户编号": f"{nth}", "户主证件号码": of(nth)}
    return load_cases()["base"]["R1"] | {"组": "一组", "村(社区)": "一村", "联系电话": "13909431234"} | own | more


def member(nth: int, head: int = 0, **more: Any) -> Row:
    """A member of somebody's household."""
    return person(nth, **{"户编号": f"{head}", "户主证件号码": of(head), "与户主关系": "配偶"} | more)


def exempt(nth: int, **more: Any) -> Row:
    """A row of R3 of the same person, proven to be a soldier."""
    return load_cases()["base"]["R3"] | {"姓名": person(nth)["姓名"], "证件号码": of(nth)} | more


def judged(r1: list[Row], r3: list[Row] | None = None) -> FilledWorkbook:
    """A workbook with these rows, checked."""
    book = all_rosters("huining-2021")
    rows = {"R1": r1, "R3": r3 or []}
    frames = {code: raw_frame(book.rosters[code], own) for code, own in rows.items() if own}
    filled = FilledWorkbook("甲镇.xlsx", book, TOWN, frames)
    judging_rows.judge_frames(filled)
    return filled


def said(r1: list[Row], r3: list[Row] | None = None) -> list[tuple[str, str, int | None]]:
    """What is said of several rows: the message, the roster and the row, 5 being the first."""
    filled = judged(r1, r3)
    codes = {all_rosters("huining-2021").rosters[code].sheet: code for code in ("R1", "R3")}
    return sorted(
        (found.key, codes[found.sheet], found.row) for found in filled.findings if found.key.startswith(OF_SEVERAL)
    )


REFUSES = {"参保意愿": "拒绝参保"}
ON_RECORD = REFUSES | {"情况说明": "有记录"}
SOLDIER = {"类别": "无法参保", "原因": "参军", "预计复员/刑满年份": 2022}
CASES: dict[str, tuple[list[Row], list[Row], list[str]]] = {
    "each their own number": ([person(0), person(1)], [], []),
    "one number, one name": (
        [person(0), person(1, 姓名="田一", 证件号码=of(0), 户主证件号码=of(0))], [],
        ["V07.duplicate R1 5", "V07.duplicate R1 6"],
    ),
    "one number, a blank in the name": (
        [person(0), person(1, 姓名="田 一", 证件号码=of(0))], [], ["V07.duplicate R1 5", "V07.duplicate R1 6"]
    ),
    "one number, two names": (
        [person(0), person(1, 证件号码=of(0))], [], ["V07.two_persons R1 5", "V07.two_persons R1 6"]
    ),
    "one number, a newborn": (
        [person(0), member(1, 证件号码=of(0), 人员群体="新生儿", 与户主关系="子")], [],
        ["V07.newborn R1 5", "V07.newborn R1 6"],
    ),
    "one number, a child": (
        [person(0), member(1, 证件号码=of(0), 与户主关系="女")], [], ["V07.newborn R1 5", "V07.newborn R1 6"]
    ),
    "no number": ([person(0), person(1, 证件号码=""), person(2, 证件号码="")], [], []),
    "a number too short for anybody": ([person(0), person(1, 证件号码="1234"), person(2, 证件号码="1234")], [], []),
    "in both rosters": ([person(0)], [exempt(0)], ["V08.two_rosters R1 5", "V08.two_rosters R3 5"]),
    "in both rosters, two names": (
        [person(0)], [exempt(0, 姓名="李二")], ["V08.two_persons R1 5", "V08.two_persons R3 5"]
    ),
    "in both rosters, once without a name": (
        [person(0)], [exempt(0, 姓名="")], ["V08.two_rosters R1 5", "V08.two_rosters R3 5"]
    ),
    "a soldier who volunteers": ([person(0)], [exempt(0, **SOLDIER, 是否自愿参保="是")], ["V14.other_roster R1 5"]),
    "a soldier who does not": (
        [person(0)], [exempt(0, **SOLDIER, 是否自愿参保="否")], ["V08.two_rosters R1 5", "V08.two_rosters R3 5"]
    ),
    "a soldier who volunteers, without a proof": (
        [person(0)], [exempt(0, **SOLDIER, 是否自愿参保="是", 证明编号="")], []
    ),
    "a soldier who says so himself": (
        [person(0, 特殊情形="现役军人", 是否自愿参保="是")], [exempt(0, **SOLDIER, 是否自愿参保="是")], []
    ),
    "nobody has paid yet": ([person(0), member(1)], [], []),
    "one of two paid": ([person(0, **PAID), member(1)], [], ["V26.incomplete R1 6"]),
    "both paid": ([person(0, **PAID), member(1, **PAID)], [], []),
    "another household paid": ([person(0, **PAID), person(1), member(2, 1)], [], []),
    "the same number in another village": ([person(0, **PAID), person(1, 户编号="0", **{"村(社区)": "二村"})], [], []),
    "two of three missing": ([person(0, **PAID), member(1), member(2)], [], ["V26.incomplete R1 6"]),
    "one refuses, on record": ([person(0, **PAID), member(1, **ON_RECORD)], [], ["V26.refused R1 6"]),
    "one refuses, not on record": ([person(0, **PAID), member(1, **REFUSES)], [], ["V26.incomplete R1 6"]),
    "one refuses on record, another is missing": (
        [person(0, **PAID), member(1, **ON_RECORD), member(2)], [], ["V26.incomplete R1 7", "V26.refused R1 6"]
    ),
    "a household refuses": ([person(0, **PAID), person(1, **REFUSES)], [], ["V26.incomplete R1 6"]),
    "a household refuses, on record": ([person(0, **PAID), person(1, **ON_RECORD)], [], ["V26.refused R1 6"]),
    "a household refuses before anybody paid": ([person(0), person(1, **REFUSES)], [], []),
    "one is exempt": ([person(0, **PAID)], [exempt(1, 户编号="0", 户主证件号码=of(0), 与户主关系="配偶")], []),
    "two heads": ([person(0), member(1, 与户主关系="户主")], [], ["V26.two_heads R1 6"]),
    "no head": ([member(1), member(2)], [], ["V26.no_head R1 5"]),
    "no head, whose number is among them": ([member(1, 1), member(2, 1)], [], []),
    "the head is exempt": ([member(1)], [exempt(0, 户编号="0", 户主证件号码=of(0), 与户主关系="户主")], []),
    "no number of the household": ([member(1, 户编号=""), member(2, 户编号="")], [], []),
    "one telephone in the household": ([person(0), member(1, 联系电话="")], [], []),
    "none in the household": ([person(0, 联系电话=""), member(1, 联系电话="")], [], ["V01.phone R1 5"]),
    "none in one of two": ([person(0), person(1, 联系电话="")], [], ["V01.phone R1 6"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_rows_say_beside_each_other(case: str) -> None:
    r1, r3, expected = CASES[case]
    assert [f"{key} {code} {row}" for key, code, row in said(r1, r3)] == expected


def test_what_the_roster_of_exemptions_says_stands_in_the_row_that_says_nothing() -> None:
    filled = judged([person(0), person(1), person(2, 特殊情形="服刑")], [exempt(0, **SOLDIER, 是否自愿参保="是")])
    shown = ("status", "status.kind", "status.raw", "release_year", "release_year.kind", "volunteer", "volunteer.kind")
    carried, blank, own = filled.frames["R1"].select(shown).rows()
    assert carried == ("参军", 2, "参军", 2022.0, 1, "是", 2)
    assert (blank[:3], blank[4:]) == (("", 0, ""), (0, "", 0))
    assert own[:3] == ("服刑", 2, "服刑")


@pytest.mark.parametrize(("first", "second", "younger"), [("子", "孙子女", 1), ("孙子女", "女", 0), ("户主", "子", 1)])
def test_the_younger_one_of_two_with_one_number_is_the_child(first: str, second: str, younger: int) -> None:
    rows = [member(1, 证件号码=of(1), 与户主关系=first), member(2, 证件号码=of(1), 与户主关系=second)]
    found = [one for one in judged(rows).findings if one.key == "V07.newborn"]
    assert [one.params["child"] for one in found] == [rows[younger]["姓名"]] * 2
