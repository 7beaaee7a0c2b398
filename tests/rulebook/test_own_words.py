"""Channels, drop-downs and target groups that one county alone has: in its policy file, and nowhere in code."""

import pytest

from canbao_rulebook.channels import cash_labels, deduction_labels
from canbao_rulebook.findings import Severity
from canbao_rulebook.formula.nodes import BinaryNode, ColumnNode, TextNode, children
from canbao_rulebook.policy import (
    PolicyError,
    check_policy,
    list_policies,
    load_policy,
    parse_policy,
    render_issue,
)
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.vocabulary import coded_words, list_words, load_lists, word
from canbao_templates import read_text

CHANNELS = "  channels: [agent_cash, bank_counter, mobile_app, wechat, alipay]\n"
OWN = (
    "  channels: [agent_cash, bank_counter, huining_app, market]\n"
    "  own_channels:\n"
    "    huining_app: {label: 会宁医保APP, receipt: online}\n"
    "    market: {label: 集市收费点, receipt: agent_cash}\n"
)


def _policy(*patches):
    text = read_text("policies/huining-2021.yaml")
    for old, new in patches:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def _errors(text):
    return [issue for issue in check_policy(parse_policy(text.encode())) if issue.severity is Severity.ERROR]


def test_own_channels_stand_in_the_drop_down_with_their_receipts():
    text = _policy((CHANNELS, OWN))
    assert _errors(text) == []
    book = load_rulebook(parse_policy(text.encode()))
    assert book.names["缴费方式名单"].value == ("干部上门收缴", "银行柜台", "会宁医保APP", "集市收费点")
    ticket = "甘肃省城乡居民基本医疗保险个人缴费专用票据"
    assert book.names["缴费方式凭证"].value == (ticket, "经收凭据", "缴费证明或征收凭据", ticket)
    assert cash_labels(book.policy) == ["干部上门收缴", "集市收费点"]
    formula = book.rosters["R1"].by_field["bare_cash"].formula
    assert '"集市收费点"' in str(formula) or "集市收费点" in repr(formula)


def test_a_channel_by_which_a_bank_deducts():
    own = OWN.replace("market: {label: 集市收费点, receipt: agent_cash}", "market: {label: 农商行代扣, deducts: true}")
    policy = parse_policy(_policy((CHANNELS, own)).encode())
    assert deduction_labels(policy) == ["银行批量扣款", "银行代扣", "农商行代扣"]


LISTS = "rosters: [R1, R2, R3, R4, R5,"


@pytest.mark.parametrize(
    ("patches", "code", "path", "words"),
    [
        ([("wechat, alipay]", "wechat, huining_app]")], "P05", "collection.channels[4]", ("huining_app",)),
        ([("wechat, alipay]", "wechat, online]")], "P05", "collection.channels[4]", ("online",)),
        ([("wechat, alipay]", "wechat, wechat]")], "P06", "collection.channels[4]", ("wechat",)),
        ([(CHANNELS, OWN.replace(", market]", "]"))], "P05", "collection.own_channels.market", ("market",)),
        ([(CHANNELS, OWN.replace("集市收费点", "银行柜台"))], "P06", "collection.own_channels.market.label", ()),
        ([("channel: [bank_counter], ref", "channel: [tax_hall], ref")], "P05", "late_entry.newborn.channel[0]", ()),
        (
            [(LISTS, "lists: {enrol_type: [续保, 新参保]}\n" + LISTS)],
            "P05",
            "lists.enrol_type",
            ("是不是“enrol_types”",),
        ),
        ([(LISTS, "lists: {sexes: [男, 女]}\n" + LISTS)], "P05", "lists.sexes", ()),
        ([(LISTS, "lists: {enrol_types: [续保, 转入]}\n" + LISTS)], "P04", "lists.enrol_types", ("新参保",)),
        ([(LISTS, "lists: {volunteers: []}\n" + LISTS)], "P04", "lists.volunteers", ("1",)),
        ([(LISTS, "lists: {volunteers: [本人, 家人, 本人]}\n" + LISTS)], "P06", "lists.volunteers[2]", ("本人",)),
        ([("  headcounts: {}", "  groups: {G_FARM: 种粮大户}\n  headcounts: {}")], "P05", "targets.groups.G_FARM", ()),
        ([("label: 服刑,", "label: 参军,")], "P06", "eligibility.statuses[2].label", ("参军",)),
    ],
)
def test_what_generate_cannot_use_is_refused_at_its_line(patches, code, path, words):
    text = _policy(*patches)
    [issue] = [issue for issue in _errors(text) if (issue.code, issue.path) == (code, path)]
    assert issue.line
    assert all(word in render_issue(issue) for word in words)


def test_a_name_that_no_drop_down_can_show():
    with pytest.raises(PolicyError) as caught:
        parse_policy(_policy((CHANNELS, OWN.replace("集市收费点", '"集市 收费点"'))).encode())
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [
        ("P04", "collection.own_channels.market.label")
    ]


def test_own_list():
    text = _policy(
        (LISTS, "lists: {enrol_types: [续保, 新参保, 转移接续], volunteers: [本人, 父母, 村委会]}\n" + LISTS)
    )
    assert _errors(text) == []
    names = load_rulebook(parse_policy(text.encode())).names
    assert names["参保类型名单"].value == ("续保", "新参保", "转移接续")
    assert names["申请人名单"].value == ("本人", "父母", "村委会")
    assert names["关系名单"].value == tuple(list_words("relations"))


@pytest.mark.parametrize(
    ("stated", "shown"), [("[self, family]", ("本人", "家人")), ("[family]", ("家人",)), ("[]", ("本人", "家人"))]
)
def test_who_may_volunteer_is_as_the_notice_says(stated: str, shown: tuple[str, ...]) -> None:
    both = [("voluntary_by: [self, family]", f"voluntary_by: {stated}")] * 2  # soldiers and prisoners
    text = _policy(*both)
    assert load_rulebook(parse_policy(text.encode())).names["申请人名单"].value == shown


def test_who_may_volunteer_is_a_word_of_the_schema() -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(_policy(("voluntary_by: [self, family]", "voluntary_by: [neighbour]")).encode())
    assert [issue.path for issue in caught.value.issues] == ["eligibility.statuses[1].voluntary_by[0]"]


def test_own_target_group_without_a_name_is_asked_about():
    text = _policy(
        ("identity_owner: CIV, precedence: 21,", "identity_owner: CIV, precedence: 21, target_group: G_FARM,")
    )
    issues = check_policy(parse_policy(text.encode()))
    [issue] = [issue for issue in issues if issue.path == "subsidy.categories[6].target_group"]
    assert (issue.code, issue.severity) == ("P05", Severity.WARNING)
    named = text.replace("  headcounts: {}", "  groups: {G_FARM: 种粮大户}\n  headcounts: {}")
    assert [issue for issue in check_policy(parse_policy(named.encode())) if issue.path.endswith("target_group")] == []


def _walk(node):
    yield node
    for child in children(node):
        yield from _walk(child)


def _asked(roster):
    """Yield list and word of every comparison of a formula with a word of a drop-down."""
    for tree in filter(None, [*(column.node for column in roster.columns), *(rule.node for rule in roster.rules)]):
        for node in _walk(tree):
            if isinstance(node, BinaryNode):
                sides = sorted((node.left, node.right), key=lambda side: isinstance(side, TextNode))
                if isinstance(sides[0], ColumnNode) and isinstance(sides[1], TextNode):
                    yield roster.by_header[sides[0].header].list_name, sides[1].value


def test_words_that_formulas_ask_for_have_codes():
    """An own list could drop a word otherwise, and a rule would never fire again."""
    lists = load_lists()
    keys = {
        name: set(keys)
        for block in (lists["drop_downs"], *lists["roster_drop_downs"].values())
        for name, keys in block.items()
    }
    asked = {
        pair
        for year in list_policies()
        for roster in load_rulebook(load_policy(year)).rosters.values()
        for pair in _asked(roster)
    }
    asked = {(name, text) for name, text in asked if name in keys}
    assert len(asked) > 15
    coded = {name: {text for key in keys[name] for text in coded_words(key).values()} for name in keys}
    assert {(name, text) for name, text in asked if text not in coded[name]} == set()


def test_every_code_is_one_word():
    assert word("intents", "refused") == "拒绝参保"
    with pytest.raises(KeyError):
        word("intents", "拒绝参保")
