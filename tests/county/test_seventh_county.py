"""The invented seventh county: benefits wait for who pays late, and begin at birth for a baby in time."""

from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from canbao_county.explain import explain_in_words, explain_person
from canbao_rulebook.findings import Severity
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.policy import Policy, check_policy, parse_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from canbao_validators.checking import judge_frames
from canbao_validators.settlement.unit import settle_workbook
from canbao_validators.workbook import FilledWorkbook
from support.frames import raw_frame

TEXT = (Path(__file__).parents[1] / "data" / "seventh-county.yaml").read_text(encoding="utf-8")
ADULT, BABY = "420107197001010017", "420107202602010016"
PERSON = {"村(社区)": "一村", "证件类型": "居民身份证", "姓名": "水小明", "缴费方式": "微信", "实缴金额": 400.0}


def day(text: str) -> float:
    return float(to_serial(date.fromisoformat(text)))


def judged(policy: Policy, **cells: Any) -> FilledWorkbook:
    """One row of R1, checked."""
    book = load_rulebook(policy)
    filled = FilledWorkbook("春水镇.xlsx", book=book, unit=Unit("春水镇", ("一村",)))
    row = {key: day(value) if key.endswith("日期") else value for key, value in cells.items()}
    filled.frames = {"R1": raw_frame(book.rosters["R1"], [{**PERSON, "证件号码": ADULT, **row}])}
    judge_frames(filled)
    return filled


def changed(*pairs: tuple[str, str]) -> Policy:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_policy(text.encode())


PLAIN = changed()
DAYS = changed(("limit: 2, unit: month, per_missed_year: 1, longest: 6", "limit: 90, unit: day"))
FIRST_DAY = changed(("first_day_counted: false", "first_day_counted: true"))
LONGER = changed(("longest: 6", "longest: 8"))
ENROLMENT = changed(("newborn_current_year: {start: birth_date", "newborn_current_year: {start: enrolment_date"))
IN_TIME = {"证件号码": BABY, "人员群体": "新生儿", "缴费日期": "2026-03-01", "登记日期": "2026-03-05"}
BEGINS = [
    (PLAIN, {"缴费日期": "2025-12-31"}, "2026-01-01", "待遇2026-01-01至2026-12-31"),
    (PLAIN, {"缴费日期": "2026-01-01", "断保年数": 0.0}, "2026-03-02", "等待2个月，待遇2026-03-02至2026-12-31"),
    (PLAIN, {"缴费日期": "2026-03-10", "断保年数": 0.0}, "2026-05-11", "2026-03-10缴费在集中缴费期以后"),
    (PLAIN, {"缴费日期": "2026-03-31", "断保年数": 3.0}, "2026-09-01", "断保3年另加，待遇2026-09-01"),
    (PLAIN, {"缴费日期": "2026-06-30", "断保年数": 9.0}, "2026-12-31", "待遇2026-12-31至2026-12-31"),
    (LONGER, {"缴费日期": "2026-06-30", "断保年数": 9.0}, None, "要等到2027-03-01才有待遇"),
    (PLAIN, {"缴费日期": "2026-03-10"}, None, "没有填断保年数"),
    (FIRST_DAY, {"缴费日期": "2026-03-10", "断保年数": 0.0}, "2026-05-10", "待遇2026-05-10"),
    (DAYS, {"缴费日期": "2026-03-10"}, "2026-06-09", "等待90天，待遇2026-06-09"),
    (PLAIN, IN_TIME, "2026-02-01", "待遇2026-02-01至2026-12-31"),
    (ENROLMENT, IN_TIME, "2026-03-05", "待遇2026-03-05"),
    (PLAIN, {**IN_TIME, "登记日期": "2026-05-03", "断保年数": 0.0}, "2026-05-02", "等待2个月"),
    (PLAIN, {**IN_TIME, "登记日期": "2026-05-02"}, "2026-02-01", "待遇2026-02-01"),
]


@pytest.mark.parametrize(("policy", "cells", "start", "words"), BEGINS)
def test_when_benefits_begin(policy: Policy, cells: dict[str, Any], start: str | None, words: str) -> None:
    filled = judged(policy, **cells)
    [found] = settle_workbook(filled)["benefit_start"].to_list()
    assert (None if isnan(found) else found) == (None if start is None else day(start))
    explanation = explain_person(filled, "R1", 5)
    assert explanation is not None
    assert words in explain_in_words(explanation)
    assert "{" not in explain_in_words(explanation, "en")


def codes(filled: FilledWorkbook) -> set[str]:
    return {found.key for found in filled.findings}


def test_who_waits_is_told() -> None:
    assert "V23.waiting" in codes(judged(PLAIN, 缴费日期="2026-03-10", 断保年数=0.0))
    late = codes(judged(LONGER, 缴费日期="2026-06-30", 断保年数=9.0))
    assert "V23.no_benefit" in late
    assert "V23.waiting" not in late
    assert not {"V23.waiting", "V23.no_benefit"} & codes(judged(PLAIN, 缴费日期="2025-12-31"))


def test_without_a_period_of_their_own_babies_have_that_of_everybody() -> None:
    line = '  newborn_current_year: {start: birth_date, end: 2026-12-31, ref: "L1 五(二)"}\n'
    [found] = settle_workbook(judged(changed((line, "")), **IN_TIME))["benefit_start"].to_list()
    assert found == day("2026-01-01")


@pytest.mark.parametrize(
    ("old", "bad", "key", "path"),
    [
        ("until: 2026-06-30", "until: 2025-12-31", "P07.after_window", "late_entry.after_window.until"),
        ("longest: 6", "longest: 1", "P07.waiting", "late_entry.after_window.longest"),
        ("limit: 2, unit: month", "limit: 13, unit: month", "P07.limit", "late_entry.after_window.limit"),
        (
            "receipt: online, family_account: true}",
            "receipt: online}",
            "P05.family_account",
            "collection.family_account",
        ),
        (
            "wechat, family]\n  student_channels: [wechat, family]",
            "wechat]\n  student_channels: [wechat]",
            "P05.family_account",
            "collection.family_account",
        ),
        ("rosters: [R1, R2, R4, R11]", "rosters: [R1, R4, R11]", "P05.residence", "eligibility.residence"),
        ("tier: PARTIAL, kind: direct", "tier: FULL, kind: direct", "P08.full", "subsidy.categories[1].amount"),
    ],
)
def test_a_slip_is_told(old: str, bad: str, key: str, path: str) -> None:
    issues = [issue for issue in check_policy(changed((old, bad))) if issue.severity is Severity.ERROR]
    assert (key, path) in {(issue.key, issue.path) for issue in issues}
