"""Reasons that the worked cases do not hold, people who are not where they should be, and the catalogue."""

# ruff: noqa: E501 - a row of a table is a line

from collections.abc import Mapping, Sequence
from functools import cache
from string import Formatter
from typing import Any

import pytest

from canbao_county.explain import explain_in_words, explain_person, find_person
from canbao_rulebook.policy import Policy, load_policy, parse_policy
from canbao_rulebook.policy.refunds import Reason, Way
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import Unit
from canbao_rulebook.vocabulary import load_lists
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text
from canbao_validators.judging_rows import judge_frames
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
VILLAGE = 'kind: {}, amount: "200.00", payer: FIN, identity_owner: CIV, precedence: 24'
POLICIES = {
    "会宁": load_policy("huining-2021"),
    "建档立卡金额未知": changed(amount=(Q1.format('"200.00"'), Q1.format("null")), gap=("unknown:\n", GAP)),
    "缴费标准未知": changed(amount=('standard: {amount: "280.00"', "standard: {amount: null")),
    "城市差额村补": changed(
        category=(VILLAGE.format("rebate"), f"{VILLAGE.format('village_after_success')}, stackable: true")
    ),
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
    ("城市差额村补", "城市差额低保/", {}, "", "城市差额低保：可以与其他资助叠加，另行办理，这里不计算"),
    ("孤儿部分代缴", "孤儿/建档立卡", {}, "建档立卡贫困人口", "孤儿（代缴，100.00元）：低于执行的200.00元"),
    ("孤儿部分代缴", "孤儿/", PARTLY, "孤儿", "孤儿，代缴：政府直接缴100.00元，个人再缴180.00元"),
    ("孤儿部分代缴", "孤儿/", PARTLY, "孤儿", "实缴180.00：计入参保费180.00"),
    ("孤儿村补", "孤儿/", PAID, "孤儿", "孤儿，村补：到账后由村补助，这里不计算资助"),
    ("退费有规定", "孤儿/", PAID, "孤儿", "待处理的280.00：政府代缴的人又缴费；退费（会政办发〔2020〕115号 九）"),
]  # fmt: skip


@cache
def open_book(year: str) -> Rulebook:
    return load_rulebook(POLICIES[year] if year in POLICIES else load_policy(year))


def judged(rows: Mapping[str, Sequence[Mapping[str, Any]]], year: str = "会宁") -> FilledWorkbook:
    """Rows as header -> value, checked as the rows of a workbook are."""
    book = open_book(year)
    filled = FilledWorkbook("甲镇.xlsx", book=book, unit=Unit("甲镇", ("一村",)))
    filled.frames = {
        code: raw_frame(book.rosters[code], [{**PERSON, **row} for row in given]) for code, given in rows.items()
    }
    judge_frames(filled)
    return filled


@pytest.mark.parametrize(("year", "identities", "cells", "applied", "words"), REASONS)
def test_reasons(year: str, identities: str, cells: dict[str, Any], applied: str, words: str) -> None:
    first, _, second = identities.partition("/")
    row = {"身份属性1": first or None, "身份属性2": second or None, **cells}
    explanation = explain_person(judged({"R1": [row]}, year), "R1", 5)
    assert explanation is not None
    assert explanation.category == applied
    assert words in explain_in_words(explanation)
    assert (
        len(explain_in_words(explanation, "en").splitlines()) == len(explain_in_words(explanation).splitlines()) <= 25
    )


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
    text = explain_in_words(explanation)
    assert "特殊情形：参军，来自「异地参保和无法参保对象」第5行" in text
    assert "预计年份“2023”，自愿“否”" in text
    assert "待处理的280.00：已有异地参保或无法参保证明的人缴费；由县决定" in text


def test_somebody_of_the_subsidy_roster_who_is_nowhere_else() -> None:
    filled = judged({"R1": [{"证件号码": "620422195204019802"}], "R4": [{"资助金额": 200.0}]})
    explanation = explain_person(filled, "R4", 5)
    assert explanation is not None
    assert "不在「应保及应资对象」里，算不出资助" in explain_in_words(explanation)
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


# --- the settlement in words ------------------------------------------------------------------------------------------

POOR = {**PAID, "身份属性1": "建档立卡"}
CASH = {**POOR, "缴费方式": "干部上门收缴", "收缴人/代征人": "安永平"}
SLIP = {"解缴批次": "一村-01", "收缴人/代征人": "安永平", "存款日期": 44_105.0, "存款金额": 200.0}
SOLDIER = {"特殊情形": "参军", "是否自愿参保": "是"}
BABY = {"人员群体": "新生儿", "出生日期": 44_119.0, "证件号码": "620422202010150013"}
ELSEWHERE = {"类别": "异地参保", "原因": "职工医保"}

# rows by roster, the row that is explained; what is said in Chinese; what is said in English
SETTLED: list[tuple[str, dict[str, list[dict[str, Any]]], str, list[str], list[str]]] = [
    ("名单未核对", {"R1": [POOR]}, "R1 5", ["应由政府支出200.00，暂不拨付200.00，可以拨付0.00", "名单未核对：导入主管部门的名单，或由县里在「参保资助花名册」的“县里核定”栏核定", "只看了这一个工作簿"], ["200.00 are withheld", "not checked against a list: import the department's list", "one workbook only"]),
    ("没有账号", {"R1": [POOR]}, "R1 5", ["没有可用的账号：补填本人社保卡账号；没有办卡的未成年人填监护人的卡（会政办发〔2020〕115号 二(三)2）"], ["no usable account: enter the person's own account"]),
    ("现金无凭据", {"R1": [CASH]}, "R1 5", ["现在应返0.00元，因为收的是现金，没有凭据", "实缴280.00：无凭据280.00", "无凭据的280.00是现金", "【参保】待缴"], ["280.00 are not shown by anything", "they count once there is a receipt"]),
    ("有票，存款不足", {"R1": [{**CASH, "凭证号码": "PZ1", "解缴批次": "一村-01"}], "R7": [SLIP]}, "R1 5", ["计入参保费280.00", "存款不足：补足存款，或更正解缴批次", "【参保】已参保"], ["deposit is short: deposit what the batch lacks"]),
    ("存款已足，没有票", {"R1": [{**CASH, "解缴批次": "一村-01"}], "R7": [{**SLIP, "存款金额": 280.0}]}, "R1 5", ["计入参保费280.00", "没有凭证：补开票据或缴费证明，填写凭证号码"], ["no receipt: write the receipt"]),
    ("缴两份", {"R1": [{**POOR, "实缴金额": 560.0}]}, "R1 5", ["实缴560.00：计入参保费280.00；待处理280.00", "待处理的280.00：同一人缴了两份以上；由县决定", "应返200.00元"], ["280.00 count as premium; 280.00 are to be settled", "one person paid twice or more; the county decides"]),
    ("多缴", {"R1": [{**POOR, "实缴金额": 300.0}]}, "R1 5", ["实缴300.00：计入参保费280.00；待处理20.00", "待处理的20.00：多缴；由县决定"], ["The 20.00 to be settled: too much was paid"]),
    ("没有缴足", {"R1": [{**POOR, "实缴金额": 200.0}]}, "R1 5", ["现在应返0.00元，因为没有缴足", "还差80.00", "待处理的200.00：没有缴足；更正后计入", "【参保】缴费未计入"], ["80.00 are missing", "less was paid than is due; it counts when corrected"]),
    ("差半分", {"R1": [{**POOR, "实缴金额": 279.996}]}, "R1 5", ["实缴279.99：待处理279.99", "还差0.01"], ["0.01 are missing"]),
    ("超期", {"R1": [{**POOR, "缴费日期": 44_200.0}]}, "R1 5", ["待处理的280.00：超过缴费期限；由县决定", "不在期内", "【参保】缴费未计入"], ["paid after the period; the county decides", "outside it"]),
    ("没有日期", {"R1": [{**POOR, "缴费日期": None}]}, "R1 5", ["待处理的280.00：没有缴费日期；更正后计入"], ["no payment date; it counts when corrected"]),
    ("没有缴费", {"R1": [{"身份属性1": "建档立卡"}]}, "R1 5", ["现在应返0.00元，因为还没有缴费", "还没有缴费，应缴280.00", "【参保】待缴"], ["because nothing has been paid yet", "Payment is due"]),
    ("拒绝", {"R1": [{"参保意愿": "拒绝参保"}]}, "R1 5", ["【参保】拒绝参保（销号状态：拒绝）"], ["Refuses to enrol"]),
    ("全额代缴又缴费", {"R1": [{**PAID, "身份属性1": "孤儿"}]}, "R1 5", ["孤儿，代缴：政府直接缴280.00元，个人不再缴费", "待处理的280.00：政府代缴的人又缴费；由县决定", "应由政府支出280.00，暂不拨付280.00"], ["the government pays for the person, who paid too"]),
    ("另一行身份更高", {"R1": [POOR, {"身份属性1": "孤儿"}]}, "R1 5", ["孤儿（写在「应保及应资对象」第6行）", "【执行】孤儿，代缴：政府直接缴280.00元", "建档立卡（先缴后返，200.00元）：低于执行的280.00元", "表里只看这一行，算出的是政府代缴0.00；个人应缴280.00；应返资助200.00"], ["孤儿 (entered in “应保及应资对象”, row 6)", "The sheet sees this row alone"]),
    ("另一行为准", {"R1": [POOR, PAID]}, "R1 6", ["这一行不执行：同一个人登记了两次，以「应保及应资对象」第5行为准", "这一行不用缴费", "待处理的280.00：重复缴费(另一处已参保)；由县决定"], ["This row is not applied: the person is registered twice; row 5", "paid twice (enrolled in another row)"]),
    ("待裁定", {"R1": [{"身份属性1": "建档立卡"}], "R3": [ELSEWHERE]}, "R1 5", ["待裁定：一处登记参保，一处登记异地参保或无法参保（「异地参保和无法参保对象」第5行）", "【参保】待裁定"], ["Pending: the person is registered both", "【Enrolment】Pending"]),
    ("已缴，待裁定", {"R1": [POOR], "R3": [ELSEWHERE]}, "R1 5", ["【参保】已参保", "待裁定(有异地参保登记)：补齐异地参保或无法参保的证明"], ["pending (registered as exempt elsewhere): prove the exemption"]),
    ("待裁定的另一行", {"R1": [POOR], "R3": [ELSEWHERE]}, "R3 5", ["待裁定：一处登记参保，一处登记异地参保或无法参保（「应保及应资对象」第5行）"], ["Pending: the person is registered both"]),
    ("有证明", {"R1": [POOR], "R3": [{**ELSEWHERE, "证明编号": "ZG-1"}]}, "R1 5", ["这一行不用缴费", "已有异地参保或无法参保证明的人缴费；由县决定"], ["the person has a proven exemption; the county decides"]),
    ("户籍地已参保", {"R2": [{**POOR, "户籍地是否参保": "是"}]}, "R2 5", ["按这一行填写的户籍地是否参保“是”，此人不在这里参保", "待处理的280.00：不应在此参保的人缴费；由县决定"], ["户籍地是否参保 “是” of this row the person does not enrol here", "the person may not enrol here; the county decides"]),
    ("没有填年份", {"R1": [{**PAID, **SOLDIER}]}, "R1 5", ["预计年份没有填写，自愿“是”", "不应在此参保的人缴费"], ["year not filled in, volunteers “是”"]),
    ("以出生日期为准", {"R1": [{**BABY, **PAID, "人员群体": "学龄前儿童", "缴费日期": 44_195.0, "登记日期": 44_195.0}]}, "R1 5", ["新生儿，", "按出生日期是新生儿，缴费期内和出生后的期限内都可以", "在期内", "已参保（销号状态：已缴），待遇2020-12-30至2021-12-31"], ["Newborn by the birth date", "benefits 2020-12-30 to 2021-12-31"]),
    ("登记太晚", {"R1": [{**BABY, **PAID, "缴费日期": 44_195.0, "登记日期": 44_230.0}]}, "R1 5", ["不都在期内", "超过缴费期限；由县决定"], ["not both within it"]),
    ("代缴的新生儿登记太晚", {"R1": [{**BABY, "身份属性1": "孤儿", "登记日期": 44_230.0}]}, "R1 5", ["新生儿不用缴费，登记期限到2021-01-13，", "超过期限", "还没有参保：落实参保（代缴）后再拨付"], ["to be registered by 2021-01-13", "not enrolled yet: it is paid out once the person is enrolled"]),
    ("识别日期只对建档立卡", {"R1": [{**PAID, "身份属性1": "农村三类低保", "识别日期": 44_185.0, "缴费日期": 44_204.0}]}, "R1 5", ["【缴费期】2020-09-01至2020-12-10，", "不在期内", "超过缴费期限"], ["【Payment period】2020-09-01 to 2020-12-10; "]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "place", "zh", "en"), [pytest.param(*case[1:], id=case[0]) for case in SETTLED])
def test_the_settlement_in_words(
    rows: dict[str, list[dict[str, Any]]], place: str, zh: list[str], en: list[str]
) -> None:
    code, row = place.split()
    explanation = explain_person(judged(rows), code, int(row))
    assert explanation is not None
    for words in zh:
        assert words in explain_in_words(explanation)
    for words in en:
        assert words in explain_in_words(explanation, "en")


def test_what_is_unknown_is_open_in_words_and_null_in_json() -> None:
    explanation = explain_person(judged({"R1": [{**PAID, "身份属性1": "建档立卡"}]}, "建档立卡金额未知"), "R1", 5)
    assert explanation is not None
    text = explain_in_words(explanation)
    assert "应返资助待定" in text
    assert "应由政府支出待定，暂不拨付待定，可以拨付0.00" in text
    assert "待定：通知没有规定“建档立卡贫困人口”的资助金额，补齐之前不能计算（另文规定）" in text
    told = explanation.as_dict("zh")
    assert (told["amounts"]["rebate_due"], told["amounts"]["due"], told["amounts"]["accepted"]) == (
        None,
        None,
        "280.00",
    )
    assert (told["state"], told["withheld_by"]) == ("enrolled", "名单、V22")


def test_every_code_of_the_settlement_has_words_in_both_languages() -> None:
    for section in ("money_reasons", "money_ways", "person_states", "withheld_words", "withheld_remedies"):
        words, english = load_lists()[section], load_lists()[f"{section}_en"]
        assert words.keys() == english.keys()
        assert all(english.values())
    assert load_lists()["money_reasons"].keys() == set(Reason)
    assert load_lists()["money_ways"].keys() == set(Way)
    assert load_lists()["withheld_words"].keys() <= load_lists()["withheld_remedies"].keys()


@pytest.mark.parametrize(
    ("year", "code", "cells", "words"),
    [
        ("dongxing-2022", "R15", {"资助类别": "特困人员"}, "待定：通知没有规定“特困人员”的资助金额"),
        ("putuo-2022", "R10", {"排查结论": "职工医保", "实缴金额": 100.0}, "按这一行填写的排查结论“职工医保”，此人不在这里参保"),
        ("shangcai-2020", "R6", {"身份属性": "城乡低保对象", "实缴金额": 250.0, "缴费日期": 43_731.0}, "应返资助待定"),
        ("shangcai-2020", "R8", {"资助类别": "特困人员"}, "特困人员，代缴：政府直接缴250.00元，个人不再缴费"),
    ],
)  # fmt: skip
def test_other_counties(year: str, code: str, cells: dict[str, Any], words: str) -> None:
    explanation = explain_person(judged({code: [cells]}, year), code, 5)
    assert explanation is not None
    for lang in ("zh", "en"):
        assert not any(mark in explain_in_words(explanation, lang) for mark in ("{", "}", "None", "nan"))
    assert words in explain_in_words(explanation)
