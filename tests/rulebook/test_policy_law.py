"""Policy check knows law: who owns and pays, what an article names, last year's values, what does not apply."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.policy import PolicyError, check_policy, parse_policy, render_issue
from canbao_templates import read_text

DATA = Path(__file__).parents[1] / "data"
HN, SC, PT, DX, FIFTH = "huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022", "fifth"


def text_of(name: str) -> str:
    return (
        (DATA / "fifth-county.yaml").read_text(encoding="utf-8")
        if name == FIFTH
        else read_text(f"policies/{name}.yaml")
    )


class Slip(NamedTuple):
    """``old`` becomes ``bad``: one finding ``key`` at ``path``, told at the line where ``bad`` stands."""

    policy: str
    old: str
    bad: str
    key: str
    path: str
    words: tuple[str, ...] = ()


SLIPS = [
    Slip(HN, "payer: FIN, identity_owner: PAO, precedence: 20", "payer: FIN, precedence: 20", "P04.owner",
         "subsidy.categories[5].identity_owner", ("建档立卡贫困人口", "identity_owner: null")),
    Slip(SC, "kind: manual, amount: null, payer: FIN, ", "kind: manual, amount: null, ", "P04.payer",
         "subsidy.categories[8].payer", ("确实无力缴纳",)),
    Slip(PT, "amount: null, payer: village, identity_owner: village", "amount: null, identity_owner: village",
         "P04.payer", "subsidy.categories[1].payer"),
    Slip(HN, 'unit: CNY/person/year, ref: "L1 一"', 'unit: CNY/person/year, ref: "一"', "P05.article",
         "premium.standard.ref", ("“一”", "L1、L2、L3")),
    Slip(HN, "kind: data_entry, population: [ALL]", "kind: data_entry, population: []", "P05.nobody",
         "calendar.windows[2].population", ("ENTRY",)),
    Slip(HN, "categories: [Q1]", "categories: []", "P05.nobody", "late_entry.newly_identified.categories"),
    Slip(FIFTH, "targets:\n", "targets:\n  headcounts: {红土镇: 90}\n", "P05.reference", "targets.headcounts.红土镇",
         ("红土镇", "org.townships")),
    Slip(FIFTH, "tier: FULL, kind: direct, amount: premium", 'tier: QUOTA, kind: direct, amount: "300.00"',
         "P08.direct", "subsidy.categories[0].amount", ("个人不再缴费", "300.00", "350.00")),
    Slip(FIFTH, 'kind: rebate, amount: "150.00"', 'kind: rebate, amount: "320.00"', "P08.rebate",
         "subsidy.categories[1].amount", ("320.00", "300.00")),
]  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.key}-{slip.path}")
def test_a_slip_is_told_at_its_line(slip):
    text = text_of(slip.policy)
    assert slip.old in text
    text = text.replace(slip.old, slip.bad, 1)
    found = [issue for issue in check_policy(parse_policy(text.encode())) if issue.severity is Severity.ERROR]
    assert [(issue.key, issue.path) for issue in found] == [(slip.key, slip.path)]
    sentence = render_issue(found[0], "policy.yaml")
    assert all(word in sentence for word in slip.words), sentence
    at = text.index(slip.bad) + len(slip.bad.rstrip("\n"))
    assert found[0].line == text[:at].count("\n") + 1


def test_a_village_and_a_rebate_may_not_be_more_than_was_paid():
    text = text_of(PT).replace("standard: {amount: null", 'standard: {amount: "500.00"', 1)
    rebate = (
        '    - {code: B1, name: 低保对象, tier: QUOTA, kind: rebate, amount: "300.00", payer: MIB, '
        'identity_owner: MIB, precedence: 50, ref: "L1 三"}\n'
    )
    text = text.replace("  categories:\n", f"  categories:\n{rebate}", 1)
    for amount, told in (("200.00", []), ("200.01", ["P08.stacked"])):
        changed = text.replace("village_after_success, amount: null", f'village_after_success, amount: "{amount}"', 1)
        issues = check_policy(parse_policy(changed.encode()))
        assert [issue.key for issue in issues if issue.code == "P08"] == told


def test_a_rate_of_a_roster_that_the_county_does_not_use():
    text = text_of(HN).replace("rosters: [R1, R2, R3,", "rosters: [R1, R3,", 1)
    [issue] = [issue for issue in check_policy(parse_policy(text.encode())) if issue.severity is Severity.ERROR]
    assert (issue.key, issue.path, issue.params["roster"]) == ("P05.base", "targets.denominators.RATE", "R2")
    assert text.splitlines()[issue.line - 1].lstrip().startswith("denominators:")


def test_the_four_and_the_fifth_are_accepted():
    for name in (HN, SC, PT, DX, FIFTH):
        issues = check_policy(parse_policy(text_of(name).encode()))
        assert [render_issue(issue) for issue in issues if issue.severity is Severity.ERROR] == []


def without(text: str, section: str, instead: str = "") -> str:
    """The file without a block of the top level."""
    lines, kept, inside = text.splitlines(keepends=True), [], False
    for line in lines:
        if line.startswith(f"{section}:"):
            inside = True
            kept.append(instead)
        elif inside and not line.startswith((" ", "#", "\n")):
            inside = False
        if not inside:
            kept.append(line)
    return "".join(kept)


OPTIONAL = ["eligibility", "late_entry", "targets", "publicity", "refunds", "reconciliation", "writeoff", "export"]


@pytest.mark.parametrize("section", OPTIONAL)
def test_what_does_not_apply_is_left_out_or_none_in_one_word(section):
    gaps = without(text_of(HN), "unknown")
    left_out = parse_policy(without(gaps, section).encode())
    none = parse_policy(without(gaps, section, f"{section}: none\n").encode())
    assert left_out.model_dump() == none.model_dump()
    assert left_out.sha256 == none.sha256
    assert section not in left_out.model_fields_set
    wrong = [issue for issue in check_policy(left_out) if issue.path.startswith(section)]
    assert [issue.key for issue in wrong if issue.severity is Severity.ERROR] == []


def test_a_block_inside_a_block_may_be_none_and_what_is_needed_may_not():
    text = text_of(HN).replace(
        "late_entry:\n  newborn: {limit: 90, unit: day, inclusive: true, "
        'exempt_from_window: true, channel: [bank_counter], ref: "L1 三、八(一)"}',
        "late_entry:\n  newborn: none",
        1,
    )
    assert parse_policy(text.encode()).late_entry.newborn is None
    with pytest.raises(PolicyError) as caught:
        parse_policy(without(text_of(HN), "premium", "premium: none\n").encode())
    assert [issue.key for issue in caught.value.issues] == ["P04.mapping"]
    with pytest.raises(PolicyError) as caught:
        parse_policy(without(text_of(HN), "premium").encode())
    assert "不能写 none" in caught.value.in_words()


def test_a_sentence_says_how_to_write_what_does_not_apply():
    text = text_of(FIFTH).replace("publicity: {required: false}", "publicity: null", 1)
    with pytest.raises(PolicyError) as caught:
        parse_policy(text.encode())
    assert "不适用的，整行删去；不适用的整块也可以写 none" in caught.value.in_words()
    assert "you may also write none" in caught.value.in_words("en")


def test_all_problems_at_once():
    """What cannot be read does not hide what contradicts itself elsewhere, and causes nothing by itself."""
    text = text_of(HN)
    for old, new in (
        ("county: 会宁县", "conty: 会宁县"),
        ("start: 2020-09-01, end: 2020-12-10", "start: 2020-09-01, end: 2020/12/10"),
        ("default: {start: 2021-01-01, end: 2021-12-31", "default: {start: 2020-01-01, end: 2020-12-31"),
        ("born_from: 2020-10-01, born_to: 2020-12-31", "born_from: 2019-10-01, born_to: 2019-12-31"),
        (
            'name: 孤儿, aliases: [], tier: FULL, kind: direct, amount: "280.00"',
            'name: 孤儿, aliases: [], tier: FULL, kind: direct, amount: "240.00"',
        ),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(PolicyError) as caught:
        parse_policy(text.encode())
    assert [(issue.key, issue.path) for issue in caught.value.issues] == [
        ("P04.missing", "meta.county"),
        ("P02.key", "meta.conty"),
        ("P07.format", "calendar.windows[0].end"),
        ("P08.full", "subsidy.categories[3].amount"),
        ("P07.benefit_end", "benefit.default.end"),
        ("P07.benefit_start", "benefit.default.start"),
        ("P07.other_year", "benefit.newborn_q4.born_from"),
        ("P07.other_year", "benefit.newborn_q4.born_to"),
    ]
    assert all(issue.line for issue in caught.value.issues)


BROKEN = [
    "code: Q1, name", "precedence: 20", 'amount: "200.00", payer: FIN, identity_owner: PAO', "kind: rebate",
    "identity_owner: PAO", "code: OUTSIDER", "hukou: outside", "id: MAIN", "due: 2020-09-30", "limit: 90", "op: gt",
    'tolerance: "0.00"', 'cutoff_time: "17', "{name: 县税务局", "freq: ten_day", "role: primary",
    "combine: highest_wins", "levels: [group, village, township, county]", "gb2260:", "policy_year: 2021",
    'amount: "280.00", unit',
    "start: 2021-01-01", "min_days: null", "withdrawal: unknown", "evidence: required",
]  # fmt: skip


@pytest.mark.parametrize("where", BROKEN)
def test_a_value_that_cannot_be_read_causes_no_other_finding(where):
    """One value of a good file is broken: only it is told."""
    text = text_of(HN)
    at = text.index(where)
    start = at + where.rindex(":") + 1
    value = re.match(r"[^,}\n]*\]?", text[start:])[0]
    broken = f"{text[:start]} [{{x: 1}}]{text[start + len(value) :]}"
    line = text[:at].count("\n") + 1
    with pytest.raises(PolicyError) as caught:
        parse_policy(broken.encode())
    assert {issue.line for issue in caught.value.issues} == {line}


def next_year() -> str:
    """Huining's file made by hand into one of 2022: the slips of today are not in it."""
    text = (DATA / "policy-benefit-of-last-year.yaml").read_text(encoding="utf-8")
    old = "default: {start: 2021-01-01, end: 2021-12-31"
    assert old in text
    return text.replace(old, "default: {start: 2022-01-01, end: 2022-12-31", 1)


def test_values_equal_to_last_years_where_the_document_is_new():
    before = parse_policy(text_of(HN).encode())
    policy = parse_policy(next_year().encode())
    told = [issue for issue in check_policy(policy, before) if issue.code == "P11"]
    assert {issue.severity for issue in told} == {Severity.WARNING}
    paths = {issue.path for issue in told}
    assert {f"subsidy.categories[{i}].amount" for i in range(5, 13)} <= paths  # 200.00 and 0.00 as in 2021
    assert "premium.standard.amount" not in paths  # 320.00
    assert not [path for path in paths if path.startswith(("calendar", "benefit"))]
    assert "会政办发〔2021〕99号" in render_issue(told[0])
    assert [issue for issue in check_policy(policy) if issue.code == "P11"] == []
    looked_at = parse_policy((next_year() + "confirm: []\n").encode())
    assert [issue for issue in check_policy(looked_at, before) if issue.code == "P11"] == []


def test_last_years_number_of_the_notice():
    before = parse_policy(text_of(HN).encode())
    policy = parse_policy(next_year().replace("会政办发〔2021〕99号", "会政办发〔2020〕115号").encode())
    [issue] = [issue for issue in check_policy(policy, before) if issue.code == "P11"]
    assert (issue.key, issue.path) == ("P11.document", "legal.L1.doc_no")


def test_what_is_to_be_confirmed():
    added = "confirm: [premium.standard.amount, calendar.windows.MAIN, subsidy.categories.*.amount, benefit.gone]\n"
    text = text_of(HN) + added
    policy = parse_policy(text.encode())
    assert policy.sha256 == parse_policy(text_of(HN).encode()).sha256
    told = {issue.key: issue for issue in check_policy(policy) if "confirm" in issue.key}
    assert {key: issue.path for key, issue in told.items()} == {
        "V40.unconfirmed_amount": "subsidy.categories[0].amount",
        "V40.unconfirmed": "calendar.windows[0]",
        "P05.confirm": "confirm[3]",
    }
    assert told["V40.unconfirmed_amount"].severity is Severity.ERROR
    assert "280.00" in render_issue(told["V40.unconfirmed_amount"])
