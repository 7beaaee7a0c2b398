"""Reasons that the worked cases do not hold, people who are not where they should be, and the catalogue."""

# ruff: noqa: E501 - a row of a table is a line

from collections.abc import Mapping, Sequence
from functools import cache
from string import Formatter
from typing import Any

import pytest

from canbao_rulebook.policy import Policy, load_policy, parse_policy
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import Unit
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text
from canbao_validators.checking import judge_frames
from canbao_validators.explain import explain_person, find_person, render
from canbao_validators.workbook import FilledWorkbook
from support.frames import ERROR, raw_frame

PERSON = {"村(社区)": "一村", "证件类型": "居民身份证", "证件号码": "620422194803079511", "姓名": "田守义"}
PAID = {"缴费方式": "微信", "缴费日期": 44_105.0, "实缴金额": 280.0}


def changed(**replacements: tuple[str, str]) -> Policy:
    """The policy year of 会宁 with something said otherwise."""
    text = read_text("policies/huining-2021.yaml")
    for old, new in replacements.values():
        assert old in text
        text = text.replace(old, new, 1)
    return parse_policy(text.encode())


Q1, ORPHAN = "amount: {}, payer: FIN, identity_owner: PAO", "name: 孤儿, aliases: [], tier: FULL, kind: {}, amount: {}"
GAP = "unknown:\n  - {path: subsidy.categories.Q1.amount, reason: 另文规定, needed_for: 返还}\n"
PLAIN_ORPHAN = ORPHAN.format("direct", '"280.00"')
STACKABLE = "identity_owner: CIV, precedence: 24"
POLICIES = {
    "会宁": load_policy("huining-2021"),
    "建档立卡金额未知": changed(amount=(Q1.format('"200.00"'), Q1.format("null")), gap=("unknown:\n", GAP)),
    "缴费标准未知": changed(amount=('standard: {amount: "280.00"', "standard: {amount: null")),
    "城市差额可叠加": changed(category=(STACKABLE, f"{STACKABLE}, stackable: true")),
    "孤儿部分代缴": changed(amount=(PLAIN_ORPHAN, ORPHAN.format("direct", '"100.00"'))),
    "孤儿村补": changed(kind=(PLAIN_ORPHAN, ORPHAN.format("village_after_success", '"280.00"'))),
    "退费有规定": changed(
        rule=("withdrawal: unknown,", "withdrawal: never,"),
        too=("government_also_paid: unknown", "government_also_paid: refund"),
        much=("too_much: unknown, ref: null", 'too_much: refund, ref: "L1 九"'),
    ),
}
RELEASED_LATER = {"特殊情形": "服刑", "预计复员/刑满年份": 2023, "是否自愿参保": "是"}
PARTLY = {"缴费日期": 44_105.0, "实缴金额": 180.0}
BROKEN = {"缴费日期": 44_105.0, "实缴金额": ERROR}

# policy year, 身份属性1 / 2, further cells; what is applied; what must be said
REASONS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("会宁", "孤儿/特困供养人员", {}, "特困供养人员", "孤儿（代缴，280.00元）：金额相同，优先序13在12之后（会政办发〔2020〕115号 二(二)1）"),
    ("会宁", "五保户/特困供养人员", {}, "特困供养人员", "五保户（即特困供养人员）"),
    ("会宁", "五保户/特困供养人员", {}, "特困供养人员", "特困供养人员：与执行的是同一类别，不重复资助"),
    ("会宁", "特困/", {}, "", "填写的身份都不在资助类别里"),
    ("会宁", "特困/", {}, "", "特困：不是通知里的资助类别，没有计算"),
    ("会宁", "特困/", {}, "", "错误V15 身份属性1"),
    ("会宁", "重度残疾人/", {}, "重度残疾人", "重度残疾人：只用于考核，不资助；个人应缴280.00元"),
    ("会宁", "/", {}, "", "【身份】没有填写身份属性"),
    ("会宁", "/", {}, "", "【执行】没有资助身份，不资助；个人应缴280.00元"),
    ("会宁", "建档立卡/", BROKEN, "建档立卡贫困人口", "【执行】这一行有单元格是错误值，算不出来"),
    ("会宁", "孤儿/", RELEASED_LATER, "", "这一行填的是：预计年份“2023”，自愿“是”"),
    ("会宁", "孤儿/", RELEASED_LATER, "", "这一行不用缴费"),
    ("建档立卡金额未知", "建档立卡/农村二类低保", PAID, "待定", "待定：通知没有规定“建档立卡贫困人口”的资助金额，补齐之前不能计算（另文规定）"),
    ("建档立卡金额未知", "建档立卡/农村二类低保", PAID, "待定", "建档立卡：资助金额通知没有规定，待定"),
    ("建档立卡金额未知", "建档立卡/农村二类低保", PAID, "待定", "农村二类低保（先缴后返，200.00元）：另有身份的金额待定，不能比较"),
    ("建档立卡金额未知", "建档立卡/农村二类低保", PAID, "待定", "应返资助待定"),
    ("缴费标准未知", "/", PAID, "", "【执行】待定：通知没有规定个人缴费标准"),
    ("缴费标准未知", "/", PAID, "", "个人应缴待定"),
    ("城市差额可叠加", "城市差额低保/", {}, "", "城市差额低保：可以与其他资助叠加，另行办理，这里不计算"),
    ("孤儿部分代缴", "孤儿/建档立卡", {}, "建档立卡贫困人口", "孤儿（代缴，100.00元）：低于执行的200.00元"),
    ("孤儿部分代缴", "孤儿/", PARTLY, "孤儿", "孤儿，代缴：政府直接缴100.00元，个人再缴180.00元"),
    ("孤儿部分代缴", "孤儿/", PARTLY, "孤儿", "实缴180.00：计入参保费180.00"),
    ("孤儿村补", "孤儿/", PAID, "孤儿", "孤儿，村补：到账后由村补助，这里不计算资助"),
    ("退费有规定", "孤儿/", PAID, "孤儿", "待处理的280.00：政府代缴的人又缴费；退费（会政办发〔2020〕115号 九）"),
]  # fmt: skip


@cache
def open_book(year: str) -> Rulebook:
    return load_rulebook(POLICIES[year])


def judged(rows: Mapping[str, Sequence[Mapping[str, Any]]], year: str = "会宁") -> FilledWorkbook:
    """Rows as header -> value, checked as the rows of a workbook are."""
    book = open_book(year)
    filled = FilledWorkbook("甲镇.xlsx", book=book, unit=Unit("甲镇", ("一村",)))
    filled.frames = {
        code: raw_frame(book.rosters[code], [{**PERSON, **row} for row in given]) for code, given in rows.items()
    }
    judge_frames(filled, "zh")
    return filled


@pytest.mark.parametrize(("year", "identities", "cells", "applied", "words"), REASONS)
def test_reasons(year: str, identities: str, cells: dict[str, Any], applied: str, words: str) -> None:
    first, _, second = identities.partition("/")
    row = {"身份属性1": first or None, "身份属性2": second or None, **cells}
    explanation = explain_person(judged({"R1": [row]}, year), "R1", 5)
    assert explanation is not None
    assert explanation.category == applied
    assert words in render(explanation)
    assert len(render(explanation, "en").splitlines()) == len(render(explanation).splitlines()) <= 25


def test_a_status_of_another_roster_and_its_answers_are_told() -> None:
    exempt = {
        "类别": "无法参保",
        "原因": "参军",
        "预计复员/刑满年份": 2023,
        "是否自愿参保": "否",
        "证明编号": "征2020-7",
    }
    explanation = explain_person(judged({"R1": [PAID], "R3": [exempt]}), "R1", 5)
    assert explanation is not None
    text = render(explanation)
    assert "特殊情形：参军，来自「异地参保和无法参保对象」第5行" in text
    assert "预计年份“2023”，自愿“否”" in text
    assert "待处理的280.00：已有异地参保或无法参保证明的人缴费；由县决定" in text


def test_somebody_of_the_subsidy_roster_who_is_nowhere_else() -> None:
    filled = judged({"R1": [{"证件号码": "620422195204019802"}], "R4": [{"资助金额": 200.0}]})
    explanation = explain_person(filled, "R4", 5)
    assert explanation is not None
    assert "不在「应保及应资对象」里，算不出资助" in render(explanation)
    assert "V16" in {finding.code for finding in explanation.findings}
    assert explanation.amounts == {}


def test_a_person_is_found_by_number_those_with_amounts_first() -> None:
    filled = judged({"R1": [{"证件号码": "620422195204019802"}, {}], "R3": [{}], "R4": [{}]})
    assert find_person(filled, " 620422194803079511 ") == [("R1", 6), ("R3", 5), ("R4", 5)]
    assert find_person(filled, "620422194803079512") == find_person(filled, "") == []
    assert explain_person(filled, "R1", 7) is explain_person(filled, "R2", 5) is None


def test_both_languages_say_the_same() -> None:
    catalogue = parse_yaml(read_text("explain.yaml"))
    for entry in [entry for section in catalogue.values() for entry in section.values()]:
        zh, en = ({name for _, name, _, _ in Formatter().parse(entry[lang]) if name} for lang in ("zh", "en"))
        assert zh == en, entry["zh"]
