"""Two policy years beside each other: every difference in words with both articles, and what follows in templates."""

import pytest

from canbao_rulebook.book_diff import compare_books
from canbao_rulebook.phrases import say
from canbao_rulebook.policy import list_policies, load_policy, parse_policy
from canbao_rulebook.policy.absent import block_type
from canbao_rulebook.policy.diff import ChangeKind, compare_policies
from canbao_rulebook.policy.labels import entry_label, field_label, is_block, section_label
from canbao_rulebook.policy.model import Policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_templates import read_text

HN = read_text("policies/huining-2021.yaml")
Q5 = next(line for line in HN.splitlines(keepends=True) if "{code: Q5," in line)
NEWBORN = next(line for line in HN.splitlines() if line.startswith("  newborn: {limit"))
OWN = (
    Q5.replace("Q5", "O1")
    .replace("城市差额保障对象", "果农")
    .replace("[城市差额低保]", "[]")
    .replace("200.00", "100.00")
)


def zh(text):
    return say(text, "zh")


def changed(*pairs):
    text = HN
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_policy(text.encode())


def changes(*pairs):
    return compare_policies(parse_policy(HN.encode()), changed(*pairs))


def test_an_amount_with_both_articles():
    [change] = changes(('standard: {amount: "280.00", unit: CNY/person/year, ref: "L1 一"',
                        'standard: {amount: "320.00", unit: CNY/person/year, ref: "L2 三"'))  # fmt: skip
    assert (zh(change.name), change.before, change.after) == ("个人缴费标准", "280.00", "320.00")
    assert change.article_before == "会政办发〔2020〕115号 一"
    assert change.article_after == "市医保发〔2020〕77号 三"


@pytest.mark.parametrize(
    ("old", "new", "name", "before", "after"),
    [
        ("end: 2020-12-10", "end: 2020-12-20", "时段 缴费（MAIN）：截止", "2020-12-10", "2020-12-20"),
        ("payer: FIN, identity_owner: PAO", "payer: CIV, identity_owner: PAO", "资助类别 建档立卡贫困人口：出资部门",
         "县财政局", "县民政局"),
        ("rebate_requires_full_payment: true", "rebate_requires_full_payment: false", "资助规则：先缴费后资助",
         "是", "否"),
        ('tier: QUOTA, kind: rebate, amount: "200.00", payer: FIN, identity_owner: PAO',
         "tier: QUOTA, kind: rebate, amount: premium, payer: FIN, identity_owner: PAO",
         "资助类别 建档立卡贫困人口：资助金额", "200.00", "等于本人缴费标准"),
        ("limit: 90, unit: day", "limit: 60, unit: day", "期外参保：新生儿：期限", "90", "60"),
        ("channels: [agent_cash, bank_counter, mobile_app, wechat, alipay]",
         "channels: [agent_cash, bank_counter, mobile_app, wechat]", "收缴：缴费方式",
         "agent_cash、bank_counter、mobile_app、wechat、alipay", "agent_cash、bank_counter、mobile_app、wechat"),
        ("start: null, end: 2020-09-30", "start: 2020-09-01, end: 2020-09-30", "时段 摸底（SURVEY）：开始", "未知",
         "2020-09-01"),
    ],
)  # fmt: skip
def test_a_value_in_words(old, new, name, before, after):
    [change] = changes((old, new))
    assert change.kind is ChangeKind.CHANGED
    assert (zh(change.name), zh(change.before), zh(change.after)) == (name, before, after)


def test_entries_that_one_year_has_alone_are_one_change_each():
    told = changes((Q5, OWN))
    assert [(change.kind, zh(change.name)) for change in told] == [
        (ChangeKind.ADDED, "资助类别 果农"),
        (ChangeKind.REMOVED, "资助类别 城市差额保障对象"),
    ]
    assert "资助金额 100.00" in zh(told[0].after)
    assert told[0].article_after == "会政办发〔2020〕115号 二(二)2"


@pytest.mark.parametrize("one", list_policies())
@pytest.mark.parametrize("other", list_policies())
def test_any_two_years_can_be_compared_both_ways(one, other):
    policies = load_policy(one), load_policy(other)
    there, back = compare_policies(*policies), compare_policies(*policies[::-1])
    assert (there == []) is (one == other)
    assert {change.keys for change in there} == {change.keys for change in back}
    assert all(change.name for change in there)
    assert all(change.before != change.after for change in there if change.kind is ChangeKind.CHANGED)
    assert {zh(change.before) for change in there if change.kind is ChangeKind.CHANGED} <= (
        {zh(change.after) for change in back} | {"（没有写）"}
    )


def test_what_follows_in_the_templates():
    old = load_rulebook(parse_policy(HN.encode()))
    new = load_rulebook(
        changed(('standard: {amount: "280.00"', 'standard: {amount: "320.00"'), (Q5, OWN), ("R4, R5, R7", "R4, R5"))
    )
    told = {(zh(change.what), zh(change.name)): change for change in compare_books(old, new)}
    premium = told["参数", "个人缴费标准(元/人)"]
    assert (zh(premium.before), zh(premium.after)) == ("280.00", "320.00")
    assert "应保及应资对象：应缴标准" in zh(premium.where)
    category = told["下拉名单", "资助身份"]
    assert (zh(category.before), zh(category.after)) == ("城市差额保障对象", "果农")
    assert "身份属性1" in zh(category.where)
    [sheet] = [change for change in told.values() if zh(change.what) == "工作表"]
    assert (sheet.sheet, sheet.kind) == ("存款登记", ChangeKind.REMOVED)


def test_a_window_reaches_columns_through_columns_nobody_sees():
    old, new = load_rulebook(parse_policy(HN.encode())), load_rulebook(changed(("end: 2020-12-10", "end: 2020-12-20")))
    [change] = [change for change in compare_books(old, new) if zh(change.name) == "缴费期最后一天"]
    assert "V23" in zh(change.where)


def test_columns_and_checks_that_only_one_year_has():
    told = compare_books(
        load_rulebook(load_policy("huining-2021")), load_rulebook(changed((NEWBORN, "  newborn: none")))
    )
    assert {"检查", "列"} & {zh(change.what) for change in told}
    assert all(
        change.kind is ChangeKind.REMOVED for change in told if zh(change.what) == "检查" and "V24" in zh(change.name)
    )
    assert [change for change in told if zh(change.what) == "检查" and "V24" in zh(change.name)]


def blocks():
    seen, waiting = [], [Policy]
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.append(model)
        for field in model.model_fields.values():
            kind, is_entry = block_type(field.annotation), False
            while not is_block(kind) and getattr(kind, "__args__", None):
                kind, is_entry = block_type([one for one in kind.__args__ if one is not Ellipsis][-1]), True
            if is_block(kind):
                waiting.append(kind)
                if is_entry:
                    yield "entry", kind, ""
        yield from (("field", model, field.alias or name) for name, field in model.model_fields.items())


@pytest.mark.parametrize(("what", "model", "key"), [*blocks()], ids=str)
def test_every_place_of_a_policy_file_has_a_name(what, model, key):
    if what == "entry":
        assert entry_label(model)
    elif model is Policy:
        assert key == "schema" or section_label(key)
    else:
        assert field_label(model, key).name


ROSTERS = "\nrosters:"
OWN_BEFORE = """
own_columns:
  - {roster: R1, header: 外出务工地, choices: [省内, 省外, 国外]}
  - {roster: R1, header: 回访日期, type: date}
  - {roster: R1, header: 家庭困难, choices: [是, 否]}
own_rules:
  - {roster: R1, column: 回访日期, when: "IS_EMPTY([@回访日期])", severity: warning, says: 要回访, fix: 请填写}
  - {roster: R1, column: 备注, when: "[@年龄]>90", severity: warning, says: 九十岁以上, fix: 请填写}
"""
OWN_AFTER = """
own_columns:
  - {roster: R1, header: 回访日期, type: date, required: true}
  - {roster: R1, header: 外出务工地, choices: [省内, 省外]}
  - {roster: R2, header: 外出务工地, choices: [省内]}
own_rules:
  - {roster: R1, column: 备注, when: "[@年龄]>95", severity: warning, says: 九十岁以上, fix: 请填写}
"""


def with_own(own):
    return parse_policy(HN.replace(ROSTERS, own.rstrip() + ROSTERS, 1).encode())


def test_own_columns_and_rules_are_told_by_their_names():
    changes = compare_policies(with_own(OWN_BEFORE), with_own(OWN_AFTER))
    assert {(zh(change.name), zh(change.before), zh(change.after)) for change in changes} == {
        ("自己的列 R1·外出务工地：只能填", "省内、省外、国外", "省内、省外"),
        ("自己的列 R1·回访日期：必须填", "（没有写）", "是"),
        ("自己的列 R2·外出务工地", "", "只能填 省内"),
        ("自己的列 R1·家庭困难", "只能填 是、否", ""),
        ("自己的规则 R1·九十岁以上：有问题的条件（公式）", "[@年龄]>90", "[@年龄]>95"),
        ("自己的规则 R1·要回访",
         "问题所在的列 回访日期；有问题的条件（公式） IS_EMPTY([@回访日期])；级别 提醒；怎么改 请填写", ""),
    }  # fmt: skip


def test_lists_of_own_columns_are_told_by_their_columns():
    books = [load_rulebook(with_own(own)) for own in (OWN_BEFORE, OWN_AFTER)]
    lists = [change for change in compare_books(*books) if zh(change.what) == "下拉名单"]
    assert {(change.name, zh(change.before), zh(change.after), zh(change.where)) for change in lists} == {
        ("外出务工地", "国外", "", "应保及应资对象：外出务工地、V41"),
        ("外出务工地", "", "省内", "外地户籍应保对象：外出务工地、V41"),
        ("家庭困难", "是、否", "", ""),
    }


def test_two_entries_of_one_name_are_two():
    """Rules of one roster may say the same: the second one is known by its place, too."""
    twice = OWN_BEFORE.replace("says: 要回访", "says: 九十岁以上")
    [change] = compare_policies(with_own(twice), with_own(twice.replace(">90", ">95")))
    assert (change.keys[1], change.before, change.after) == ("R1·九十岁以上·1", "[@年龄]>90", "[@年龄]>95")
