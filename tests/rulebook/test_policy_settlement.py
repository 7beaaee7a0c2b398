"""What the policy says of payments that wait and of money that does not count, and what the shipped files say of it."""

from datetime import date

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.names import policy_names, show_named
from canbao_rulebook.policy import PolicyError, check_policy, load_policy, parse_policy, render_issue
from canbao_rulebook.policy.issues import describe_issue
from canbao_rulebook.policy.people import WITHHELD_BY
from canbao_rulebook.policy.refunds import Reason, Refunds, Way
from canbao_rulebook.policy.words import AtCutoff, RefundWord
from canbao_rulebook.vocabulary import load_lists
from canbao_templates import read_text

HN, SC, PT, DX = "huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"
IDS = [DX, HN, PT, SC]
DEFAULT_CODES = ["V09", "V10", "V12", "V13", "V14", "V15", "V22", "V31", "V32", "V33"]
DEFAULT_WORDS = "、".join(load_lists()["withheld_words"][code] for code in DEFAULT_CODES)
MENDABLE = {"partial", "no_date", "batch", "incomplete", "not_arrived", "not_posted"}


def changed(policy_id: str, old: str, new: str):
    text = read_text(f"policies/{policy_id}.yaml")
    assert old in text
    return parse_policy(text.replace(old, new, 1).encode())


def replaced(policy_id: str, first: str, after: str, instead: str = ""):
    """The file with other text for the lines from the one that begins with ``first`` to before ``after``."""
    lines = read_text(f"policies/{policy_id}.yaml").splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith(first))
    end = next(i for i, line in enumerate(lines) if i > start and line.startswith(after))
    return parse_policy("".join([*lines[:start], instead, *lines[end:]]).encode())


def errors(policy) -> list[str]:
    return [render_issue(issue) for issue in check_policy(policy) if issue.severity is Severity.ERROR]


# --- what a payment waits for -----------------------------------------------------------------------------------------


def test_a_silent_file_withholds_by_default() -> None:
    policy = replaced(HN, "  withheld_by:", "late_entry:")
    assert [entry.code for entry in policy.subsidy.withheld_by] == DEFAULT_CODES
    assert policy.subsidy.withheld_by == WITHHELD_BY
    assert changed(HN, "  requires_owner_list: true", "  #").subsidy.requires_owner_list is True
    assert errors(policy) == []


def test_a_code_alone_is_an_entry_without_article() -> None:
    policy = changed(HN, '    - {code: V13, ref: "L1 二(一)3"}\n', "    - V13\n")
    assert {entry.code: entry.ref for entry in policy.subsidy.withheld_by}["V13"] is None
    assert errors(policy) == []


def test_a_county_may_withhold_nothing() -> None:
    policy = replaced(HN, "  withheld_by:", "late_entry:", "  withheld_by: []\n")
    assert policy.subsidy.withheld_by == ()
    named = policy_names(policy)["暂缓情形"]
    assert (show_named(named), named.source) == ("0 种", "无")
    assert errors(policy) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("V99", ("【P05】", "V99", "V9")),
        ("V8", ("【P04】", "“V8”", "V22")),
        ("名单", ("【P04】", "“名单”")),
        ("P04", ("【P04】",)),
        ("V22", ("【P06】", "V22", "重复")),
    ],
)
def test_codes_that_hold_nothing_back_are_refused(code: str, words: tuple[str, ...]) -> None:
    found = errors(changed(HN, "code: V13,", f"code: {code},"))
    assert any(all(word in sentence for word in words) for sentence in found), found
    assert all("subsidy.withheld_by[" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("new", "path", "code"),
    [
        ("{kode: V13}", "subsidy.withheld_by[3].kode", "P02"),
        ("13", "subsidy.withheld_by[3]", "P04"),
        ("[V13]", "subsidy.withheld_by[3]", "P04"),
        ("null", "subsidy.withheld_by[3]", "P04"),
    ],
)
def test_entries_of_another_shape_cannot_be_read(new: str, path: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        changed(HN, '{code: V13, ref: "L1 二(一)3"}', new)
    assert (path, code) in [(issue.path, issue.code) for issue in caught.value.issues]


def test_articles_of_entries_name_documents() -> None:
    found = errors(changed(HN, 'code: V13, ref: "L1', 'code: V13, ref: "L9'))
    assert len(found) == 1
    assert "L9" in found[0]


@pytest.mark.parametrize("policy_id", IDS)
def test_shipped_files_withhold_the_default_and_say_by_which_article(policy_id: str) -> None:
    subsidy = load_policy(policy_id).subsidy
    assert subsidy.requires_owner_list is True
    assert [entry.code for entry in subsidy.withheld_by] == DEFAULT_CODES
    cited = {entry.code: entry.ref for entry in subsidy.withheld_by if entry.ref}
    expected = {
        HN: {"V14": "L1 二(二)4", "V15": "L1 九(四)", "V22": "L1 二(三)2", "V32": "L1 九(二)"},
        SC: {"V15": "L1 三(一)、四(七)", "V31": "L1 三(二)2.1)、三(二)2.3)", "V32": "L1 三(二)1.1)"},
        PT: {"V33": "L1 二(二)3(2)、三(三)6"},
        DX: {"V15": "L1 六(二)3", "V33": "L1 六(三)"},
    }[policy_id]
    assert expected.items() <= cited.items()


# --- which way money goes ---------------------------------------------------------------------------------------------

WAYS = {
    HN: {},
    DX: {},
    PT: {},
    SC: dict.fromkeys(["duplicate", "twice", "government_also_paid", "not_posted"], Way.REFUND),
}


@pytest.mark.parametrize("policy_id", IDS)
@pytest.mark.parametrize("reason", [str(reason) for reason in Reason])
def test_way_of_every_reason(policy_id: str, reason: str) -> None:
    silent = Way.WHEN_CORRECTED if reason in MENDABLE else Way.COUNTY_DECIDES
    assert load_policy(policy_id).refunds.way(reason) is WAYS[policy_id].get(reason, silent)


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("via_agent", Way.REFUND),
        ("refund", Way.REFUND),
        ("never", Way.NEVER),
        ("when_corrected", Way.WHEN_CORRECTED),
        ("unknown", Way.COUNTY_DECIDES),
        ("conditions_elsewhere", Way.COUNTY_DECIDES),
    ],
)
@pytest.mark.parametrize("reason", [str(reason) for reason in Reason])
def test_a_stated_word_decides(word: str, way: Way, reason: str) -> None:
    key = {"twice": "duplicate", "exempt": "not_eligible"}.get(reason, reason)
    refunds = Refunds.model_validate({"withdrawal": "never", key: word, "ref": "L1 二", "refs": {key: "L1 三"}})
    assert refunds.rule(reason) == (RefundWord(word), "L1 三", way)
    assert refunds.model_copy(update={"refs": Refunds(withdrawal="never").refs}).rule(reason).ref == "L1 二"


def test_words_about_other_cases_are_no_catch_all() -> None:
    refunds = Refunds(withdrawal="never", correct_and_not_duplicate="never", ref="L1 二(四)")
    assert Way.NEVER not in {refunds.way(reason) for reason in Reason}
    assert refunds.rule("late") == (None, None, Way.COUNTY_DECIDES)
    with pytest.raises(ValueError, match="withdrawal"):
        refunds.way("withdrawal")


def test_shangcai_cites_the_article_of_each_word() -> None:
    refunds = load_policy(SC).refunds
    assert (refunds.withdrawal, refunds.correct_and_not_duplicate) == ("never", "never")
    assert refunds.rule("government_also_paid") == ("via_agent", "L1 三(二)4.2)", Way.REFUND)
    assert refunds.rule("not_posted") == ("via_agent", "L1 三(二)4.1)、三(二)4.2)", Way.REFUND)
    assert refunds.rule("exempt").word == "unknown"
    assert load_policy(PT).refunds.withdrawal == "conditions_elsewhere"


def test_other_words_are_refused_with_the_nearest() -> None:
    with pytest.raises(PolicyError) as caught:
        changed(SC, "  duplicate: via_agent", "  duplicate: via_agents")
    (issue,) = caught.value.issues
    assert (issue.code, issue.path) == ("P04", "refunds.duplicate")
    assert "是不是“via_agent”" in describe_issue(issue)[1]
    with pytest.raises(PolicyError) as caught:
        changed(SC, "  refs: {withdrawal:", "  refs: {withdrawl:")
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("P02", "refunds.refs.withdrawl")]


def test_articles_of_single_reasons_name_documents() -> None:
    assert "L7" in errors(changed(SC, 'duplicate: "L1 三(二)4.2)"', 'duplicate: "L7 三(二)4.2)"'))[0]


# --- switches and their defaults --------------------------------------------------------------------------------------


def test_switches_are_shown_with_their_article_or_as_default() -> None:
    shown = {
        policy_id: {name: (show_named(named), named.source) for name, named in policy_names(policy).items()}
        for policy_id, policy in {policy_id: load_policy(policy_id) for policy_id in IDS}.items()
    }
    assert shown[HN]["整点收取"] == ("算以后", "默认")
    assert shown[HN]["他处参保计入"] == ("是", "默认")
    assert shown[HN]["合并方式"] == ("就高", "L1 二(二)3、五")
    assert shown[HN]["名单确认"] == ("是", "政策文件")
    assert shown[SC]["补缴计入"] == ("否", "默认")
    assert shown[SC]["代缴计入"] == ("待定", "政策文件")
    assert shown[DX]["代缴计入"] == ("是", "政策文件")
    assert "补缴计入" not in shown[HN]
    for policy_id in (SC, PT, DX):
        assert shown[policy_id]["合并方式"][1].startswith("默认值")
        assert shown[policy_id]["暂缓情形"] == ("10 种", DEFAULT_WORDS)


def test_an_unwritten_list_of_findings_is_shown_as_default() -> None:
    named = policy_names(replaced(HN, "  withheld_by:", "late_entry:"))["暂缓情形"]
    assert named.source == f"默认：{DEFAULT_WORDS}"


def test_the_cut_off_itself_is_a_switch() -> None:
    assert load_policy(HN).collection.agent.at_cutoff is AtCutoff.AFTER
    policy = changed(HN, '    cutoff_time: "17:00"\n', '    cutoff_time: "17:00"\n    at_cutoff: before\n')
    assert policy.collection.agent.at_cutoff is AtCutoff.BEFORE
    assert policy_names(policy)["整点收取"].source == "L1 八(一)、九(二)"


# --- what the notices say, read a second time -------------------------------------------------------------------------


def gaps(policy_id: str) -> set[str]:
    return {entry.path for entry in load_policy(policy_id).unknown}


def test_huining() -> None:
    policy = load_policy(HN)
    statuses = {status.code: status.subsidy for status in policy.eligibility.statuses}
    assert [code for code, subsidy in statuses.items() if subsidy] == ["EMPLOYEE_INSURED", "SOLDIER", "PRISONER"]
    assert {f"eligibility.statuses.{code}.subsidy" for code, subsidy in statuses.items() if subsidy is None} <= gaps(HN)
    assert policy.collection.banks == ("农行", "农商行", "邮政银行")
    assert policy.collection.ref == "L1 八(一)"
    assert policy.collection.receipts.agent_no_ticket == "缴费证明"
    assert policy.collection.receipts.seals["agent_cash"] == "税务委托代征专用章"
    assert "九(二)" in policy.collection.deposit_accounts.ref
    words = {word for category in policy.subsidy.categories for word in (category.name, *category.aliases)}
    assert "贫困户" not in words
    owned = {category.code for category in policy.subsidy.categories if category.owner_ref == "L1 九(四)"}
    assert owned == {category.code for category in policy.subsidy.categories if category.identity_owner}
    assert {f"subsidy.categories.N{number}.identity_owner" for number in (1, 2, 3)} <= gaps(HN)


def test_shangcai() -> None:
    policy = load_policy(SC)
    partial = [category for category in policy.subsidy.categories if category.tier == "PARTIAL"]
    assert [category.code for category in partial] == ["P1", "P2", "P9"]
    for category in partial:
        assert (category.kind, category.amount, category.payer, category.identity_owner) == ("rebate", None, None, None)
        keys = ("amount", "payer", "identity_owner")
        assert {f"subsidy.categories.{category.code}.{key}" for key in keys} <= gaps(SC)
    assert partial[2].ref == "L1 二(三)2 “等”"
    due = {entry.id: (entry.due, entry.deliverables) for entry in policy.calendar.milestones}
    assert due["AGENCY_PAYMENT"] == (date(2019, 10, 31), ("R8",))
    assert due["CLEARING"] == (date(2019, 10, 31), ("R9", "R20"))
    tickets = next(entry for entry in policy.calendar.recurring if entry.deliverable == "R17")
    assert (tickets.by, tickets.to, tickets.freq) == ("agent", ("TAXB",), "once")
    accounts = policy.collection.deposit_accounts
    last_deposit = date.fromordinal(accounts.lock_from.toordinal() - 1)
    assert (due["BANK_STATEMENT"][0] - last_deposit).days == accounts.statement_within_days == 2
    assert policy.collection.agent.ref == "L1 三(二)1、三(二)2.1)、五(二)"
    assert policy.collection.remedial_channels == ("wechat", "alipay", "henan_tax_app", "tax_hall")
    retail = next(window for window in policy.calendar.windows if window.id == "RETAIL")
    assert retail.channels == ()
    assert {"calendar.windows.RETAIL.channels", "late_entry.newborn", "late_entry.newly_identified"} <= gaps(SC)
    assert {"refunds.not_eligible", "refunds.late", "refunds.too_much"} <= gaps(SC)


def test_putuo() -> None:
    policy = load_policy(PT)
    assert policy.publicity.first_day("STUDENT") == date(2021, 10, 26)
    assert policy.publicity.first_day("RESIDENT") == policy.publicity.first_day(None) == date(2021, 12, 1)
    windows = {window.id: window for window in policy.calendar.windows}
    assert (windows["RESIDENT"].end, windows["RESIDENT"].hard_end) == (date(2021, 12, 15), False)
    assert "二(二)3(6)" in windows["RESIDENT"].ref
    assert windows["RES_CHASE"].start == date(2021, 11, 11)
    assert policy.targets.denominators["RATE"] == "R10.should_enrol + R11.should_enrol"
    assert {entry.id: entry.freq for entry in policy.reconciliation}["TAX_TREASURY_BANK"] == "unspecified"
    assert next(entry.place for entry in policy.populations if entry.code == "RESIDENT") is None
    assert {
        "populations.RESIDENT.place", "eligibility.statuses.EXEMPT.subsidy", "subsidy.categories.X1.payer",
        "subsidy.categories.X1.identity_owner", "late_entry.newborn", "late_entry.newly_identified",
    } <= gaps(PT)  # fmt: skip


def test_dongxing() -> None:
    policy = load_policy(DX)
    owners = {
        category.code: (category.identity_owner, category.owner_is_default) for category in policy.subsidy.categories
    }
    assert owners == {"S1": ("CIV", True), "S2": ("RRB", True), "S3": ("DPF", True), "S9": (None, False)}
    assert policy.legal["L2"].title.endswith("工作的通知〉的通知")
    new = next(entry for entry in policy.populations if entry.code == "NEW")
    assert new.documents == ("身份证（户口簿）或社会保障卡",)
    assert {
        "subsidy.categories.*.payer", "subsidy.categories.S9.identity_owner", "late_entry.newborn",
        "late_entry.newly_identified", "refunds",
    } <= gaps(DX)  # fmt: skip


@pytest.mark.parametrize(
    ("policy_id", "path"),
    [
        (HN, "eligibility.statuses.SCHOOL_INSURED.subsidy"),
        (PT, "populations.RESIDENT.place"),
        (SC, "subsidy.categories.P9.payer"),
        (SC, "late_entry.newborn"),
    ],
)
def test_a_gap_that_is_not_listed_is_found(policy_id: str, path: str) -> None:
    lines = read_text(f"policies/{policy_id}.yaml").splitlines(keepends=True)
    policy = parse_policy("".join(line for line in lines if f"path: {path}," not in line).encode())
    found = [issue for issue in check_policy(policy) if issue.code == "P09"]
    assert any(path in describe_issue(issue)[1] for issue in found)


def test_publicity_of_a_population_that_does_not_exist() -> None:
    found = errors(changed(PT, "starts: {STUDENT:", "starts: {STUDENTS:"))
    assert "publicity.starts.STUDENTS" in found[0]
    assert "是不是“STUDENT”" in found[0]


# --- workbooks issued before ------------------------------------------------------------------------------------------

FORMER = {
    DX: "0e7e121bd5f422b9d4a19d1260f33b0afc8f98ed32e359fd3e274a176694f011",
    HN: "39484c4672b2094557a6771a88da32fe393faeea1ca326e2a329ee5cfae8820e",
    PT: "9c11efd93be196b4b811a45ac6129cf042fe070264a241bbb9cd8c35a7cd8526",
    SC: "60a0f6fc53f8ab83b869c90abb508000a1207c50c321f84079effe7ca3e2dc31",
}


@pytest.mark.parametrize("policy_id", IDS)
def test_digests_of_files_that_workbooks_were_issued_with_stay_accepted(policy_id: str) -> None:
    policy = load_policy(policy_id)
    assert FORMER[policy_id] in policy.supersedes
    assert policy.sha256 not in policy.supersedes
