"""Dates and amounts of a policy file that contradict its year or each other are refused; their neighbours pass."""

from pathlib import Path
from typing import NamedTuple

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.policy import check_policy, parse_policy, render_issue
from canbao_rulebook.policy.issues import describe_issue
from canbao_templates import read_text

DATA = Path(__file__).parents[1] / "data"
HN, SC, PT, DX = "huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"


class Pair(NamedTuple):
    """``old`` of a shipped file becomes ``bad``, refused with ``code`` at ``path``, or ``good``, which is not."""

    policy: str
    old: str
    bad: str
    good: str
    code: str
    path: str
    words: tuple[str, ...] = ()


DATES = [
    Pair(HN, "default: {start: 2021-01-01, end: 2021-12-31", "default: {start: 2020-01-01, end: 2020-12-31",
         "default: {start: 2021-07-01, end: 2022-06-30", "P07", "benefit.default.start", ("2020-01-01", "2021 年度")),
    Pair(HN, "default: {start: 2021-01-01, end: 2021-12-31", "default: {start: 2020-01-01, end: 2021-12-31",
         "default: {start: 2021-02-01, end: 2021-12-31", "P07", "benefit.default.start"),
    Pair(HN, "default: {start: 2021-01-01, end: 2021-12-31", "default: {start: 2021-01-01, end: 2022-01-01",
         "default: {start: 2021-01-02, end: 2022-01-01", "P07", "benefit.default.end", ("2022-01-01", "一年")),
    Pair(HN, "start: enrolment_date, end: 2021-12-31", "start: enrolment_date, end: 2020-12-31",
         "start: birth_date, end: 2021-12-31", "P07", "benefit.newborn_q4.end"),
    Pair(HN, "newly_identified: {start: null, end: 2021-12-31", "newly_identified: {start: null, end: 2020-12-31",
         "newly_identified: {start: null, end: 2021-11-30", "P07", "benefit.newly_identified.end"),
    Pair(HN, "born_from: 2020-10-01, born_to: 2020-12-31", "born_from: 2019-10-01, born_to: 2019-12-31",
         "born_from: 2020-01-01, born_to: 2020-12-31", "P07", "benefit.newborn_q4.born_to"),
    Pair(HN, "born_from: 2020-10-01, born_to: 2020-12-31", "born_from: 2021-10-01, born_to: 2022-12-31",
         "born_from: 2020-10-01, born_to: 2021-12-31", "P07", "benefit.newborn_q4.born_to"),
    Pair(HN, "id: SUBSIDY, kind: subsidy_payout, population: [ALL], start: 2020-12-21, end: 2020-12-31",
         "id: SUBSIDY, kind: subsidy_payout, population: [ALL], start: 2019-12-21, end: 2019-12-31",
         "id: SUBSIDY, kind: subsidy_payout, population: [ALL], start: 2021-12-21, end: 2021-12-31",
         "P07", "calendar.windows[3].end", ("别的年度",)),
    Pair(HN, "due: 2020-12-31", "due: 2019-12-31", "due: 2021-12-31", "P07", "calendar.milestones[2].due"),
    Pair(HN, "due: 2020-09-30", "due: 2020-08-31", "due: 2020-09-01", "P07", "calendar.milestones[0].due",
         ("早于第一个时段", "2020-09-01")),
    Pair(DX, "due: 2022-03-31", "due: 2023-07-01", "due: 2023-06-30", "P07", "calendar.milestones[0].due"),
    Pair(HN, "  policy_year: 2021\n", "  policy_year: 2021\n  reference_date: 2019-12-31\n",
         "  policy_year: 2021\n  reference_date: 2021-01-01\n", "P07", "meta.reference_date"),
    Pair(SC, "start: 2019-11-01, mask", "start: 2019-09-15, mask", "start: 2019-09-16, mask", "P07", "publicity.start"),
    Pair(PT, "starts: {STUDENT: 2021-10-26}", "starts: {STUDENT: 2020-10-26}", "starts: {STUDENT: 2021-09-01}",
         "P07", "publicity.starts.STUDENT"),
    Pair(PT, "writeoff: {date: 2022-01-01", "writeoff: {date: 2021-12-15", "writeoff: {date: 2021-12-16", "P07",
         "writeoff.date", ("核销日期", "2021-12-15")),
    Pair(HN, "newborn: {limit: 90, unit: day", "newborn: {limit: 90, unit: month", "newborn: {limit: 12, unit: month",
         "P07", "late_entry.newborn.limit", ("90",)),
    Pair(DX, "id: S90, by: 2021-12-31", "id: S90, by: 2021-08-31", "id: S90, by: 2021-09-01", "P07",
         "targets.stages[0].by"),
    Pair(DX, 'op: ge, value: "1.00"', 'op: ge, value: "0.80"', 'op: ge, value: "0.90"', "P08",
         "targets.stages[1].value", ("0.80", "S90")),
]  # fmt: skip

F1 = 'tier: FULL, kind: direct, amount: "280.00", payer: FIN, identity_owner: CIV, precedence: 10'
Q1 = 'tier: QUOTA, kind: rebate, amount: "200.00", payer: FIN, identity_owner: PAO, precedence: 20'
V1 = "tier: VILLAGE, kind: village_after_success, amount: null, payer: village, identity_owner: village, precedence: 80"
AMOUNTS = [
    Pair(HN, F1, F1.replace("280", "260"), F1.replace('"280.00"', "premium"), "P08", "subsidy.categories[0].amount",
         ("260.00", "280.00", "amount: premium")),
    Pair(HN, F1, F1.replace("280", "260"),
         F1.replace("280", "260").replace("FULL", "QUOTA").replace("direct", "rebate"), "P08",
         "subsidy.categories[0].amount"),
    Pair(PT, "tier: FULL, kind: direct, amount: premium", 'tier: FULL, kind: direct, amount: "450.00"',
         "tier: FULL, kind: rebate, amount: premium", "P08", "subsidy.categories[0].amount"),
    Pair(HN, Q1, Q1.replace("QUOTA", "PARTIAL").replace("200", "280"), Q1.replace("QUOTA", "PARTIAL"), "P08",
         "subsidy.categories[5].amount", ("PARTIAL", "FULL")),
    Pair(HN, Q1, Q1.replace("200", "281"), Q1.replace("200", "280"), "P08",
         "subsidy.categories[5].amount", ("281.00",)),
    Pair(HN, Q1, Q1.replace("200", "0"), Q1.replace("200", "1"), "P08", "subsidy.categories[5].amount", ("rebate",)),
    Pair(HN, Q1, Q1.replace("QUOTA", "NONE"), Q1.replace("QUOTA", "PARTIAL"), "P04", "subsidy.categories[5].kind",
         ("NONE", "none")),
    Pair(HN, Q1, Q1.replace("rebate", "manual"), Q1.replace("rebate", "special_channel"), "P04",
         "subsidy.categories[5].kind"),
    Pair(HN, Q1, Q1.replace("payer: FIN, ", ""), Q1.replace("FIN", "MIB"), "P04", "subsidy.categories[5].payer",
         ("payer",)),
    Pair(PT, V1 + ", stackable: true", V1, V1.replace("payer: village", "payer: MIB") + ", stackable: true", "P04",
         "subsidy.categories[1].stackable"),
    Pair(HN, Q1, Q1 + ", stackable: true", Q1 + ", stackable: false", "P04", "subsidy.categories[5].stackable"),
    Pair(SC, "deposit_multiple_of: premium", 'deposit_multiple_of: "280.00"', 'deposit_multiple_of: "125.00"', "P08",
         "collection.agent.deposit_multiple_of", ("280.00", "250.00")),
    Pair(SC, "deposit_multiple_of: premium", 'deposit_multiple_of: "0.00"', 'deposit_multiple_of: "0.01"', "P08",
         "collection.agent.deposit_multiple_of"),
    Pair(SC, 'max_hold_amount: "20000.00"', 'max_hold_amount: "249.99"', 'max_hold_amount: "250.00"', "P08",
         "collection.agent.max_hold_amount"),
    Pair(HN, "max_hold_days: 0", "max_hold_days: 3", "max_hold_days: null", "P08", "collection.agent.max_hold_days",
         ("remit_same_day",)),
    Pair(SC, '{amount: "0.50", op: ge', '{amount: "250.00", op: ge', '{amount: "2.50", op: ge', "P08",
         "collection.agent.commission_per_success.amount"),
    Pair(HN, 'items: [人, 票, 款, 录入信息], freq: daily, tolerance: "0.00"',
         'items: [人, 票, 款, 录入信息], freq: daily, tolerance: "280.00"',
         'items: [人, 票, 款, 录入信息], freq: daily, tolerance: "279.99"', "P08", "reconciliation[1].tolerance"),
    Pair(HN, 'scope: township, op: eq, value: "1", ref: "L1 六 社保卡账号采集率"',
         'scope: township, op: gt, value: "1", ref: "L1 六 社保卡账号采集率"',
         'scope: township, op: ge, value: "1", ref: "L1 六 社保卡账号采集率"', "P08", "targets.thresholds[4].op"),
    Pair(SC, "tier: 三等奖, count: 2", "tier: 三等奖, count: 23", "tier: 三等奖, count: 22", "P08",
         "targets.awards[2].count", ("27", "26")),
    Pair(SC, "rank_from_last: 3", "rank_from_last: 27", "rank_from_last: 26", "P08",
         "targets.penalties[2].rank_from_last"),
]  # fmt: skip


TEXTS = [
    Pair(HN, "county: 会宁县", 'county: "会宁县 #1"', "county: 会宁县（一）", "P04", "meta.county", ("中文标点",)),
    Pair(HN, "county: 会宁县", "county: 会宁/县", "county: 会宁·县", "P04", "meta.county", ("文件名",)),
    Pair(HN, 'unit: CNY/person/year, ref: "L1 一"', "unit: CNY/person/year, ref: \"L1 '一'\"",
         'unit: CNY/person/year, ref: "L1 “一”"', "P04", "premium.standard.ref", ("'",)),
    Pair(HN, "name: 孤儿,", 'name: "孤儿,弃婴",', 'name: "孤儿、弃婴",', "P04", "subsidy.categories[3].name", (",",)),
    Pair(SC, "name: 重阳,", 'name: "重阳.",', 'name: "重阳街道",', "P04", "org.townships[0].name"),
]  # fmt: skip


PAIRS = [*DATES, *AMOUNTS, *TEXTS]


def _text(pair: Pair, new: str) -> str:
    text = read_text(f"policies/{pair.policy}.yaml")
    assert pair.old in text
    return text.replace(pair.old, new, 1)


@pytest.mark.parametrize(
    "pair", [*DATES, *AMOUNTS, *TEXTS], ids=lambda pair: f"{pair.code}-{pair.path}-{pair.bad[-24:]}"
)
def test_what_contradicts_is_refused_at_its_line(pair):
    text = _text(pair, pair.bad)
    issues = check_policy(parse_policy(text.encode()))
    [issue] = [
        issue for issue in issues if (issue.code, issue.path, issue.severity) == (pair.code, pair.path, Severity.ERROR)
    ]
    sentence = render_issue(issue, "policy.yaml")
    assert all(word in sentence for word in pair.words), sentence
    assert issue.line == text[: text.index(pair.bad) + len(pair.bad.rstrip("\n"))].count("\n") + 1


@pytest.mark.parametrize(
    "pair", [*DATES, *AMOUNTS, *TEXTS], ids=lambda pair: f"{pair.code}-{pair.path}-{pair.good[-24:]}"
)
def test_its_neighbour_passes(pair):
    issues = check_policy(parse_policy(_text(pair, pair.good).encode()))
    assert [render_issue(issue) for issue in issues if issue.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("file", "code", "path", "line", "words"),
    [
        ("policy-benefit-of-last-year.yaml", "P07", "benefit.default.start", 89, ("2021-01-01", "2022 年度")),
        ("policy-full-is-not-the-premium.yaml", "P08", "subsidy.categories[0].amount", 68, ("280.00", "320.00")),
    ],
)
def test_last_years_values_in_this_years_file(file, code, path, line, words):
    issues = check_policy(parse_policy((DATA / file).read_bytes()))
    [issue] = [issue for issue in issues if (issue.code, issue.path) == (code, path)]
    assert (issue.severity, issue.line) == (Severity.ERROR, line)
    assert all(word in render_issue(issue) for word in words)


def test_a_full_subsidy_is_everybodys_premium():
    """A fixed amount is not the premium of a population that has another one; ``premium`` is."""
    override = 'overrides: [{population: OUTSIDER, amount: "300.00", ref: "L1 一"}]'
    text = read_text(f"policies/{HN}.yaml").replace("overrides: []", override, 1)
    issues = [issue for issue in check_policy(parse_policy(text.encode())) if issue.code == "P08"]
    assert [issue.path for issue in issues] == [f"subsidy.categories[{i}].amount" for i in range(5)]
    assert "280.00、300.00" in describe_issue(issues[0])[0]
    text = text.replace('tier: FULL, kind: direct, amount: "280.00"', "tier: FULL, kind: direct, amount: premium")
    assert [issue for issue in check_policy(parse_policy(text.encode())) if issue.code == "P08"] == []
