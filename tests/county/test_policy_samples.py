"""Sample persons of a policy year, through the settlement, and the sheets of the comparison."""

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_county.policy_diff import pair_samples, say_sample
from canbao_rulebook.phrases import say
from canbao_rulebook.policy import list_policies, load_policy, parse_policy
from canbao_templates import read_text
from canbao_validators.settlement.samples import settle_samples

HN = read_text("policies/huining-2021.yaml")


def samples(policy):
    return {one.who: one for one in settle_samples(policy)}


def test_huining_as_the_worked_cases_have_it():
    """scenarios 1, 3, 7: premium 280, full 280, quota 200; babies of the fourth quarter from enrolment on."""
    told = samples(load_policy("huining-2021"))
    money = {who: (one.own, one.government, one.rebate, one.burden) for who, one in told.items()}
    assert money["普通居民"] == (28000, 0, 0, 28000)
    assert money["特困供养人员"] == (0, 28000, 0, 0)
    assert money["建档立卡贫困人口"] == (28000, 0, 20000, 8000)
    assert say(told["新生儿"].benefit, "zh") == "参保之日 至 2021-12-31"
    assert say(told["普通居民"].benefit, "zh") == "2021-01-01 至 2021-12-31"


def test_what_the_notice_does_not_say_is_unknown():
    shangcai = samples(load_policy("shangcai-2020"))
    assert shangcai["城乡低保对象"].own == 25000
    assert shangcai["城乡低保对象"].rebate is None
    assert shangcai["城乡低保对象"].burden is None
    assert say(shangcai["普通居民"].benefit, "zh") == "待定 至 待定"
    assert samples(load_policy("putuo-2022"))["普通居民"].own is None
    huining = samples(parse_policy(HN.replace('standard: {amount: "280.00"', "standard: {amount: null", 1).encode()))
    assert huining["建档立卡贫困人口"].rebate is None, "it is returned of a payment that nobody knows"
    assert huining["普通居民"].rebate == 0
    assert (huining["特困供养人员"].government, huining["特困供养人员"].rebate) == (28000, 0)


@pytest.mark.parametrize("name", list_policies())
def test_the_same_year_twice_changes_nobody(name):
    policy = load_policy(name)
    assert all(old == new for old, new in pair_samples(policy, policy))


def test_a_higher_premium_is_paid_by_those_who_pay():
    text = HN.replace('standard: {amount: "280.00"', 'standard: {amount: "320.00"', 1)
    after = parse_policy(text.replace('kind: direct, amount: "280.00"', "kind: direct, amount: premium").encode())
    pairs = {old.who: (old, new) for old, new in pair_samples(load_policy("huining-2021"), after)}
    assert pairs["普通居民"][1].burden - pairs["普通居民"][0].burden == 4000
    assert pairs["特困供养人员"][1].burden == 0
    assert pairs["特困供养人员"][1].government == 32000
    assert "净负担 80.00 → 120.00" in str(say(say_sample(*pairs["建档立卡贫困人口"]), "zh"))


def test_the_command_says_it_and_writes_sheets_to_sign(tmp_path, capsys):
    after = tmp_path / "huining-2022.yaml"
    assert run(["policy", "new", "huining-2022", "--from", "huining-2021", "--out", str(after)]) == 0
    after.write_text(
        after.read_text(encoding="utf-8").replace('{amount: "280.00"', '{amount: "320.00"', 1), encoding="utf-8"
    )
    out = tmp_path / "对照.xlsx"
    assert run(["policy", "diff", "huining-2021", str(after), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "个人缴费标准 280.00 → 320.00" in said
    assert "时段 缴费（MAIN）：截止 2020-12-10 → 2021-12-10" in said
    book = openpyxl.load_workbook(out)
    assert {"政策变化", "表格变化", "样例"} <= set(book.sheetnames)
    rows = list(book["政策变化"].iter_rows(values_only=True))
    [row] = [row for row in rows if row[2] == "个人缴费标准"]
    assert row[3:6:2] == ("280.00", "320.00")
    assert any("签字" in str(cell) for cell in rows[1])
    assert "特困供养人员" in [row[0] for row in book["样例"].iter_rows(values_only=True)]


def test_in_english_it_says_nothing_in_chinese_but_names_and_headers(tmp_path, capsys):
    """What stands in a policy file or in a sheet stays; kinds of changes, values and sample persons are English."""
    after = tmp_path / "huining-2022.yaml"
    assert run(["policy", "new", "huining-2022", "--from", "huining-2021", "--out", str(after)]) == 0
    text = after.read_text(encoding="utf-8").replace('{amount: "280.00"', '{amount: "320.00"', 1)
    text = text.replace("rebate_requires_full_payment: true", "rebate_requires_full_payment: false")
    text = text.replace("code: Q5, name: 城市差额保障对象", "code: O1, name: 果农")
    after.write_text(text.replace("kind: rebate, amount", "kind: direct, amount", 1), encoding="utf-8")
    capsys.readouterr()
    assert run(["policy", "diff", "huining-2021", str(after), "--lang", "en"]) == 0
    said = capsys.readouterr().out.replace("\n", " ")
    for words in (
        "premium.standard.amount 280.00 → 320.00",
        "subsidy.rules.rebate_requires_full_payment yes → no",
        "subsidy.categories.Q1.kind (建档立卡贫困人口) rebate → direct",
        "new: subsidy.categories.O1 (果农)",
        "gone: subsidy.categories.Q5 (城市差额保障对象)",
        "ordinary resident: pays 280.00 → 320.00",
        "newborn: pays",
        "to 2021-12-31",
    ):
        assert words in " ".join(said.split()), words
    for skeleton in (
        "修改",
        "新增",
        "删去",
        "返还",
        "净负担",
        "待遇 ",
        "未知",
        "（没有写）",
        "；",
        " 至 ",
        "普通居民：",
    ):
        assert skeleton not in said, skeleton
