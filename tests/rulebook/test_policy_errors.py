"""A broken policy file gives issues with code, path, line and plain words: one table, each row one patch."""

import re
from typing import NamedTuple

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.policy import PolicyError, check_policy, list_policies, load_policy, parse_policy, render_issue
from canbao_rulebook.policy.issues import build_issue, describe_issue, load_policy_messages
from canbao_templates import read_text

PYDANTIC_ENGLISH = re.compile(r"[Ii]nput|valid|should|permitted|required|Extra|pydantic|Error")


class Case(NamedTuple):
    """Replace ``old`` by ``new`` in a shipped file: ``code`` at ``path``, ``words`` in the sentence.

    The line is where ``new`` stands, or ``mark`` if given; None when the issue has no line.
    """

    policy: str
    old: str
    new: str
    code: str
    path: str
    words: tuple[str, ...]
    mark: str | None = ""


HN, SC, PT, DX = "huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"

UNREADABLE = [
    Case(HN, "  county: 会宁县", "\tcounty: 会宁县", "P01", "", ("制表符", "空格")),
    Case(HN, "R19, R21]", "R19, R21", "P01", "", ("YAML", "括号"), None),
    Case(HN, "county: 会宁县", "county: &c 会宁县\n  prefecture2: *c", "P01", "meta.prefecture2",
         ("引用",), "prefecture2"),
    Case(HN, "county: 会宁县", "county: !!python/name:os.system 会宁", "P01", "meta.county", ("标记",)),
    Case(HN, "county: 会宁县", "conty: 会宁县", "P02", "meta.conty", ("conty", "是不是“county”")),
    Case(HN, 'tier: QUOTA, kind: rebate, amount: "200.00", payer: FIN, identity_owner: PAO',
         'tier: QUOTA, kind: rebate, amout: "200.00", payer: FIN, identity_owner: PAO',
         "P02", "subsidy.categories[5].amout", ("amout", "是不是“amount”")),
    Case(HN, "reconciliation:", "reconcilation:", "P02", "reconcilation", ("是不是“reconciliation”",)),
    Case(HN, "writeoff: null", "writeoff: null\nrefunds: null", "P03", "refunds",
         ("两次", "第一次在第"), "refunds: null"),
    Case(HN, "name: 县财政局, role: payer", "name: 县财政局, name: 财政, role: payer", "P03",
         "org.agencies.FIN.name", ("两次",)),
    Case(HN, 'gb2260: "620422"', "gb2260: 620422", "P04", "meta.gb2260", ("620422", "引号")),
    Case(HN, 'gb2260: "620422"', 'gb2260: "62042"', "P04", "meta.gb2260", ("62042", "六位")),
    Case(HN, "id: huining-2021", "id: 会宁2021", "P04", "meta.id", ("会宁2021", "huining-2021")),
    Case(HN, "policy_year: 2021", 'policy_year: "2021"', "P04", "meta.policy_year", ("整数",)),
    Case(HN, "policy_year: 2021", "policy_year: 1021", "P04", "meta.policy_year", ("超出范围", "2000")),
    Case(HN, "province: 甘肃省", 'province: ""', "P04", "meta.province", ("空文字",)),
    Case(HN, "province: 甘肃省", "province: null", "P04", "meta.province", ("空值",)),
    Case(HN, "  province: 甘肃省\n", "", "P04", "meta.province", ("缺少", "province"), "meta:"),
    Case(HN, "combine: highest_wins", "combine: highest_win", "P04", "subsidy.combine", ("是不是“highest_wins”",)),
    Case(HN, "schema: resident-premium-policy/1", "schema: resident-premium-policy/2", "P04", "schema", ("policy/1",)),
    Case(HN, "rebate_requires_full_payment: true ", 'rebate_requires_full_payment: "yes" ', "P04",
         "subsidy.rules.rebate_requires_full_payment", ("true", "false")),
    Case(HN, "exempt: [EMPLOYEE_INSURED, SCHOOL_INSURED, SOLDIER, PRISONER, INSURED_ELSEWHERE]", "exempt: SOLDIER",
         "P04", "eligibility.household.exempt", ("列表",)),
    Case(HN, "  household: {rule: all_members_must_enrol", "  household: [{rule: all_members_must_enrol", "P01", "",
         ("YAML",), None),
    Case(HN, "items: [人, 票, 款, 录入信息]", "items: [人]", "P04", "reconciliation[1].items", ("至少要有 2",)),
    Case(HN, "due: 2020-12-10, from: township", "due: 2020-12-10, from: 3", "P04", "calendar.milestones[1].from",
         ("名称",)),
    Case(HN, 'cutoff_time: "17:00"', 'cutoff_time: "25:00"', "P04", "collection.agent.cutoff_time", ("25:00", "钟点")),
    Case(HN, "start: 2020-09-01, end: 2020-12-10", "start: 2020-09-01, end: 2020-12-32", "P07",
         "calendar.windows[0].end", ("2020-12-32", "年-月-日")),
    Case(HN, "start: 2020-09-01, end: 2020-12-10", "start: 2020/9/1, end: 2020-12-10", "P07",
         "calendar.windows[0].start", ("2020/9/1",)),
    Case(HN, "start: 2020-09-01, end: 2020-12-10", "start: 2020-09-01, end: 2020-12-10 17:00:00", "P07",
         "calendar.windows[0].end", ("17:00:00",)),
    Case(HN, "start: 2020-09-01, end: 2020-12-10", "start: 2020-09-01, end: null", "P04",
         "calendar.windows[0].end", ("空值",)),
    Case(HN, 'standard: {amount: "280.00"', "standard: {amount: 280.00", "P08", "premium.standard.amount",
         ("280.00", "英文引号")),
    Case(HN, 'standard: {amount: "280.00"', "standard: {amount: 280", "P08", "premium.standard.amount", ("两位小数",)),
    Case(HN, 'standard: {amount: "280.00"', 'standard: {amount: "280元"', "P08", "premium.standard.amount", ("280元",)),
    Case(HN, 'standard: {amount: "280.00"', 'standard: {amount: "-280.00"', "P08", "premium.standard.amount",
         ("金额",)),
    Case(HN, 'op: gt, value: "0.97"', 'op: gt, value: "97"', "P08", "targets.thresholds[0].value", ("0 到 1",)),
    Case(SC, 'account: "94100301003453889010036"', "account: 94100301003453889010036", "P04",
         "org.townships[0].account", ("94100301003453889010036", "引号")),
]  # fmt: skip

WRONG = [
    Case(HN, "{header: certno, field: cert_no}", "{header: certno, field: cert_number}", "P04",
         "export[0].columns[1].field", ("cert_number", "是不是“cert_no”")),
    Case(HN, "field: sex, codes_from: sexes", "field: sex, codes_from: gender", "P04",
         "export[0].columns[3].codes_from", ("gender",)),
    Case(HN, '{header: insutype, value: "390"}', "{header: insutype}", "P04", "export[0].columns[6]",
         ("insutype", "field", "value")),
    Case(HN, 'RATE: "R1.should_enrol + R2.should_enrol"', 'RATE: "R1.should_enrol + R2.residents"', "P04",
         "targets.denominators.RATE", ("R2.residents", "targets.headcounts[township]")),
    Case(SC, '{RATE: "posted_to_treasury_from_township_account"}', '{RATE: "posted_to_treasury"}', "P04",
         "targets.numerators.RATE", ("posted_to_treasury", "是不是")),
    Case(DX, 'value: "0.90", numerator: "self_paid + government_paid"',
         'value: "0.90", numerator: "self_paid + gov_paid"', "P04", "targets.stages[0].numerator", ("gov_paid",)),
    Case(SC, "tie_break: unknown, ref", "tie_break: alphabet, ref", "P04", "targets.ranking.tie_break", ("alphabet",)),
    Case(HN, "role: primary", "role: other", "P04", "legal", ("primary",), "legal:"),
    Case(HN, 'code: SOLDIER, label: 参军, enrol: forbidden_by_default, voluntary_if: "release_year == policy_year"',
         'code: SOLDIER, label: 参军, enrol: forbidden_by_default, voluntary_if: "__import__(os)"', "P04",
         "eligibility.statuses[1].voluntary_if", ("读不懂",)),
    Case(SC, '94100301003453889010036"', '9410030100345388901003X"', "P04", "org.townships[0].account", ("数字以外",)),
    Case(HN, "payer: FIN, identity_owner: PAO", "payer: FINN, identity_owner: PAO", "P05",
         "subsidy.categories[5].payer", ("FINN", "是不是“FIN”")),
    Case(SC, 'identity_owner: "CIV|PAO"', 'identity_owner: "CIV|PAX"', "P05",
         "subsidy.categories[8].identity_owner", ("PAX", "org.agencies")),
    Case(HN, 'window: MAIN, ref: "L1 二(一)2"', 'window: MIAN, ref: "L1 二(一)2"', "P05",
         "populations[1].window", ("MIAN", "是不是“MAIN”")),
    Case(HN, "population: [RESIDENT, OUTSIDER]", "population: [RESIDENT, OUTSIDERS]", "P05",
         "calendar.windows[0].population[1]", ("OUTSIDERS",)),
    Case(HN, "population: [RESIDENT, OUTSIDER]", "population: [RESIDENT]", "P05", "populations[1].window",
         ("OUTSIDER", "MAIN"), "code: OUTSIDER"),
    Case(HN, "combine: highest_wins", "combine: sum_capped_at_premium", "P04", "subsidy.combine", ("还不能计算",)),
    Case(HN, "R17, R18, R19, R21]", "R17, R18, R19, R99]", "P05", "rosters[9]", ("R99",)),
    Case(HN, "rosters: [R1, R2, R3,", "rosters: [R1, R2,", "P05", "eligibility.statuses[0].roster",
         ("R3", "不会生成"), "code: EMPLOYEE_INSURED"),
    Case(HN, "categories: [Q1]", "categories: [Q9]", "P05", "late_entry.newly_identified.categories[0]", ("Q9",)),
    Case(HN, "enrolment_rate, group: G_POOR", "enrolment_rate, group: G_POR", "P05",
         "targets.thresholds[1].group", ("是不是“G_POOR”",)),
    Case(HN, "exempt: [EMPLOYEE_INSURED,", "exempt: [EMPLOYE_INSURED,", "P05", "eligibility.household.exempt[0]",
         ("是不是“EMPLOYEE_INSURED”",)),
    Case(HN, 'unit: CNY/person/year, ref: "L1 一"', 'unit: CNY/person/year, ref: "L7 一"', "P05",
         "premium.standard.ref", ("L7", "legal")),
    Case(HN, "path: benefit.newly_identified.start", "path: benefit.newly_identifed.start", "P05",
         "unknown[4].path", ("newly_identifed",)),
    Case(HN, "aliases: [五保户, 特困供养对象, 特困人员]", "aliases: [五保户, 孤 儿, 特困人员]", "P06",
         "subsidy.categories[3].name", ("孤儿", "subsidy.categories[2].aliases[1]"), "code: F4"),
    Case(SC, "aliases: [建档立卡贫困人员, 脱贫享受政策]", "aliases: [脱贫人员（不享受政策）]", "P06",
         "subsidy.categories[9].name", ("重复",), "code: N1"),
    Case(HN, "precedence: 11", "precedence: 10", "P06", "subsidy.categories[1].precedence", ("10",),
         "code: F2"),
    Case(SC, "name: 芦岗, target", "name: 重 阳, target", "P06", "org.townships[1].name", ("重阳",)),
    Case(SC, "94100301003453889010034", "94100301003453889010036", "P06", "org.townships[1].account", ("重复",),
         "name: 芦岗"),
    Case(HN, "  overrides: []", '  overrides: [{population: OUTSIDER, amount: "280.00"}, '
         '{population: OUTSIDER, amount: "300.00"}]', "P06", "premium.overrides[1]", ("OUTSIDER", "effective_from")),
    Case(HN, "start: 2020-09-01, end: 2020-12-10", "start: 2020-12-11, end: 2020-12-10", "P07", "calendar.windows[0]",
         ("2020-12-11", "晚于")),
    Case(SC, "start: 2019-11-01, end: 2019-12-31, counts", "start: 2019-10-31, end: 2019-12-31, counts", "P07",
         "calendar.windows[6]", ("MAIN", "RETAIL", "重叠")),
    Case(SC, "lock_from: 2019-10-11", "lock_from: 2019-09-30", "P07", "collection.deposit_accounts.lock_from",
         ("2019-09-30", "代征")),
    Case(HN, "policy_year: 2021", "policy_year: 2023", "P07", "calendar.windows", ("2023", "2022-06-01"), "  windows:"),
    Case(HN, "policy_year: 2021", "policy_year: 2022", "P07", "meta.id", ("huining-2021", "2022"), "id: huining-2021"),
    Case(HN, "due: 2020-12-31", "due: 2002-12-31", "P07", "calendar.milestones[2].due", ("2002-12-31",)),
    Case(HN, "default: {start: 2021-01-01", "default: {start: 2022-01-01", "P07", "benefit.default", ("晚于",)),
    Case(HN, 'standard: {amount: "280.00"', 'standard: {amount: "0.00"', "P08", "premium.standard.amount", ("大于零",)),
    Case(HN, 'amount: "200.00", payer: FIN, identity_owner: PAO', 'amount: "300.00", payer: FIN, identity_owner: PAO',
         "P08", "subsidy.categories[5].amount", ("300.00", "280.00")),
    Case(HN, 'name: 边缘户, aliases: [边缘易致贫户], tier: NONE, kind: none, amount: "0.00"',
         'name: 边缘户, aliases: [边缘易致贫户], tier: NONE, kind: none, amount: "50.00"', "P08",
         "subsidy.categories[11].amount", ("0.00",)),
    Case(HN, 'standard: {amount: "280.00"', "standard: {amount: null", "P09", "premium.standard.amount",
         ("unknown", "premium.standard.amount")),
    Case(HN, 'amount: "200.00", payer: FIN, identity_owner: PAO', "amount: null, payer: FIN, identity_owner: PAO",
         "P09", "subsidy.categories[5].amount", ("subsidy.categories.Q1.amount",)),
    Case(HN, "  - {path: org.townships, reason: 通知未列乡镇名单, needed_for: 生成模板}\n", "", "P09", "org.townships",
         ("unknown",), "townships: []"),
    Case(HN, 'RATE: "R1.should_enrol + R2.should_enrol"', "RATE: null", "P09", "targets.denominators.RATE", ("RATE",)),
    Case(HN, "  - {path: publicity.start,", "  - {path: publicity.min_days,", "P09", "publicity.start", ("空值",),
         "publicity: {required"),
    Case(HN, "  - {path: publicity.start,", "  - {path: premium.standard.amount,", "P09", "unknown[10].path",
         ("已经填写",)),
    Case(SC, "headcount_total_computed: 1510380", "headcount_total_computed: 1510381", "V37",
         "targets.headcount_total_computed", ("1510381", "1510380")),
    Case(SC, "township_count_stated: 26", "township_count_stated: 27", "V37", "org.townships", ("26", "27"),
         "  townships:"),
]  # fmt: skip


def _patched(case: Case) -> str:
    text = read_text(f"policies/{case.policy}.yaml")
    assert case.old in text
    return text.replace(case.old, case.new, 1)


def _expected_line(case: Case, text: str) -> int:
    at = text.index(case.mark or case.new)
    while text[at] == "\n":
        at += 1
    return text[:at].count("\n") + 1


def _assert_found(case, issues, text, lang="zh"):
    found = [issue for issue in issues if (issue.code, issue.path) == (case.code, case.path)]
    sentences = [render_issue(issue, "policy.yaml", lang) for issue in found]
    assert found, [(issue.code, issue.path) for issue in issues]
    assert any(all(word in sentence for word in case.words) for sentence in sentences), sentences
    if case.mark is not None:
        assert found[0].line == _expected_line(case, text)
    assert not any(PYDANTIC_ENGLISH.search(describe_issue(issue)[0]) for issue in found)


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: f"{case.code}-{case.new[:40]}")
def test_file_that_cannot_be_used(case):
    text = _patched(case)
    with pytest.raises(PolicyError) as caught:
        parse_policy(text.encode(), "policy.yaml")
    _assert_found(case, caught.value.issues, text)
    assert all(issue.severity is Severity.ERROR for issue in caught.value.issues)
    assert "Traceback" not in caught.value.in_words()


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case.code}-{case.new[:40]}")
def test_file_that_is_wrong(case):
    text = _patched(case)
    _assert_found(case, check_policy(parse_policy(text.encode())), text)


def test_a_name_of_an_export_given_twice_is_told():
    twice = "  - {name: national, encoding: utf-8-sig, columns: [{header: a, field: name}]}\nunknown:\n"
    text = read_text("policies/huining-2021.yaml").replace("unknown:\n", twice)
    (issue,) = [one for one in check_policy(parse_policy(text.encode())) if one.code == "P06"]
    assert (issue.key, issue.path) == ("P06.unique", "export")
    assert issue.params["value"] == "national"


def test_all_problems_are_collected():
    text = read_text("policies/huining-2021.yaml")
    for old, new in (
        ("county: 会宁县", "conty: 会宁县"),
        ('"280.00", unit', "280.0, unit"),
        ("2020-12-10, counts", "x, counts"),
    ):
        text = text.replace(old, new, 1)
    text += "writeoff: null\n"
    with pytest.raises(PolicyError) as caught:
        parse_policy(text.encode())
    found = [(issue.code, issue.path) for issue in caught.value.issues]
    assert found == [
        ("P04", "meta.county"),
        ("P02", "meta.conty"),
        ("P07", "calendar.windows[0].end"),
        ("P08", "premium.standard.amount"),
        ("P03", "writeoff"),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("schema: 会宁".encode("gb18030"), "UTF-8"),
        (b"", "docs/policy-files.md"),
        (b"# only a comment\n", "docs/policy-files.md"),
        (b"- a\n- b\n", "docs/policy-files.md"),
        (b"a: \x07\n", ""),
        (b"[" * 5000, "YAML"),
        (b"a: b\n---\nc: d\n", "YAML"),
        (b"? [a, b]\n: c\n", ""),
        (b"#" * 1_000_001, "1000 KB"),
        (b"meta: {policy_year: 0x7e5}\nlegal: [1.5e3, 0o17, 1:20.5, .inf]\n", ""),
    ],
)
def test_content_that_is_no_policy(content, word, lang):
    with pytest.raises(PolicyError) as caught:
        parse_policy(content, "p.yaml")
    assert word in caught.value.in_words(lang)
    assert ("错误" in caught.value.in_words(lang)) is (lang == "zh")


@pytest.mark.parametrize("name", ["huning-2021", "policies/huning-2021.yaml", "", "../..", "a\x00b"])
def test_missing_file_suggests_the_nearest_id(name):
    with pytest.raises(PolicyError) as caught:
        load_policy(name)
    (issue,) = caught.value.issues
    assert issue.code == "P01"
    assert "huining-2021" in describe_issue(issue)[1]


def test_english_messages():
    with pytest.raises(PolicyError) as caught:
        load_policy("huning-2021")
    assert 'Did you mean "huining-2021"?' in caught.value.in_words("en")
    issues = check_policy(load_policy("shangcai-2020"))
    assert "a difference of 1" in describe_issue(issues[0], "en")[0]


def test_own_file_by_path(tmp_path):
    text = read_text("policies/putuo-2022.yaml").replace("standard: {amount: null", 'standard: {amount: "500.00"', 1)
    file = tmp_path / "ours.yaml"
    file.write_text(text, encoding="utf-8-sig")
    policy = load_policy(str(file))
    assert (policy.premium_fen(), policy.premium_fen("STUDENT")) == (50000, None)
    assert policy.path == str(file)
    assert policy.sha256 != load_policy("putuo-2022").sha256
    assert [issue.code for issue in check_policy(policy) if issue.severity is Severity.WARNING] == ["P09"]


def test_premium_of_a_population_from_a_date_on():
    from datetime import date

    overrides = (
        '[{population: NEWBORN, amount: "140.00"}, {population: NEWBORN, amount: "150.00", effective_from: 2020-11-01}]'
    )
    text = read_text("policies/huining-2021.yaml").replace("overrides: []", f"overrides: {overrides}", 1)
    policy = parse_policy(text.encode())
    assert policy.premium_fen("NEWBORN") == 14000
    assert policy.premium_fen("NEWBORN", date(2020, 10, 31)) == 14000
    assert policy.premium_fen("NEWBORN", date(2020, 11, 1)) == 15000
    assert policy.premium_fen("RESIDENT", date(2020, 11, 1)) == 28000


def test_every_message_can_be_written_and_is_described():
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "policy-files.md").read_text(encoding="utf-8")
    for key, entry in load_policy_messages().items():
        names = set(re.findall(r"\{(\w+)\}", " ".join(str(value) for value in entry.values())))
        for lang in ("zh", "en"):
            issue = build_issue(key, path="a.b", line=1, **dict.fromkeys(names - {"path"}, "某"))
            assert "{" not in "".join(describe_issue(issue, lang))
        assert f"| {key.partition('.')[0]} |" in page, key


def test_every_message_is_raised_by_a_case():
    """The remaining kinds of P01 stand in the tests above, those of roster specs in test_roster_specs.py,

    what is compared with the year before in test_policy_law.py.
    """
    raised = {case.code for case in (*UNREADABLE, *WRONG)} | {"V40", "P10", "P11"}
    assert raised == {key.partition(".")[0] for key in load_policy_messages()}
    assert len(list_policies()) == 4
