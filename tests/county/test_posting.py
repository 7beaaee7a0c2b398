"""Money held against what was posted, banked and returned: each difference by its own message, at its own place."""

from datetime import date
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import pytest

from canbao_county.reconcile.bank import reconcile_bank
from canbao_county.reconcile.clearing import reconcile_clearing
from canbao_county.reconcile.days import agent_days
from canbao_county.reconcile.lists import Entries
from canbao_county.reconcile.matter import Matter, signed
from canbao_county.reconcile.model import Result, is_count
from canbao_county.reconcile.posting import reconcile_posting
from canbao_county.reconcile.refunds import list_refunds
from canbao_rulebook.findings import Finding
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from canbao_rulebook.policy.refunds import Reason, Way
from canbao_rulebook.vocabulary import load_lists
from support.every_message import words_of
from support.lists import make_lists
from support.open_books import (
    ACCOUNTS,
    AGENTS,
    DAY,
    FIRST,
    POLICY,
    SECOND,
    Open,
    body,
    deposit,
    matter_of,
    payment,
    unit_of,
)

if TYPE_CHECKING:
    from canbao_county.reconcile.books import Books


def posted(number: int, **more: Any) -> dict[str, Any]:
    """A line of the results of posting: everything went well."""
    row = {"证件号码": f"K{number}", "姓名": f"侯{number}", "金额": 250, "医保流水号": f"LS{number}", "是否入库": "是"}
    return row | more


def keys_of(findings: list[Finding], *keys: str) -> list[str]:
    """Which of some messages the findings are, in order."""
    return [key for found in findings for key in keys if words_of(key).fullmatch(render(found).message)]


# --- posting ----------------------------------------------------------------------------------------------------------

MESSAGES = ("V33.no_result", "V33.posted_amount", "V33.no_serial", "V33.serial_twice", "V33.posted_stranger")
RESULTS = {
    "all well": ([posted(1), posted(2)], []),
    "nothing said of one": ([posted(1)], [("V33.no_result", "邵店.xlsx", 6)]),
    "said to have failed": ([posted(1), posted(2, 是否入库="否", 医保流水号="", 原因="姓名不符")], []),
    "less posted": ([posted(1), posted(2, 金额=200)], [("V33.posted_amount", "邵店.xlsx", 6)]),
    "more posted": ([posted(1, 金额=300), posted(2)], [("V33.posted_amount", "邵店.xlsx", 5)]),
    "no serial": ([posted(1), posted(2, 医保流水号="")], [("V33.no_serial", "邵店.xlsx", 6)]),
    "one serial for both": ([posted(1), posted(2, 医保流水号="LS1")], [("V33.serial_twice", "邵店.xlsx", 6)]),
    "somebody else posted": ([posted(1), posted(2), posted(9)], [("V33.posted_stranger", "posting.xlsx", 5)]),
    "posted twice, paid once": (
        [posted(1), posted(1, 医保流水号="LS7"), posted(2)], [("V33.posted_stranger", "posting.xlsx", 4)]
    ),
}  # fmt: skip


def post(lines: list[dict[str, Any]]) -> Result:
    """What is said when two persons paid and these lines were posted."""
    unit = unit_of([payment(1), payment(2)], [deposit(50000)])
    return reconcile_posting(matter_of("POSTING", [unit], {"posting": lines}))


@pytest.mark.parametrize("case", RESULTS)
def test_each_difference_with_posting_has_its_message_and_its_place(case: str) -> None:
    lines, expected = RESULTS[case]
    result = post(lines)
    found = [(key, one.file, one.row) for one in result.findings for key in keys_of([one], *MESSAGES)]
    assert found == expected
    assert len(result.findings) == result.differences == len(expected)


def test_the_sums_of_posting_are_what_was_paid_and_what_was_posted() -> None:
    result = post([posted(1, 金额=300), posted(2, 是否入库="否", 医保流水号="")])
    assert result.sums == {"paid_persons": 2, "paid": 50000, "posted_persons": 1, "posted": 30000}
    assert "缴了250.00元，入库300.00元" in render(result.findings[0]).message


def test_the_person_of_a_serial_s_first_use_is_named() -> None:
    (found,) = post([posted(1), posted(2, 医保流水号="LS1")]).findings
    assert (found.value, "侯2，侯1" in render(found).message) == ("LS1", True)


@pytest.mark.parametrize(("amount", "gap"), [(250, 0), (300, 5000), (200, 5000)])
def test_what_was_posted_beyond_a_payment_leaves_the_village_open(amount: int, gap: int) -> None:
    """Neither is netted: 50 too much for one and 50 too little for the other are 100 without an explanation."""
    unit = unit_of([payment(1), payment(2)], [deposit(50000)])
    lines = [posted(1, 金额=amount), posted(2)]
    result = reconcile_clearing(matter_of("CLEARING", [unit], {"posting": lines}))
    assert result.sums["short"] + result.sums["unresolved"] == gap
    assert result.differences == (1 if gap else 0)
    both = [posted(1, 金额=300), posted(2, 金额=200)]
    netted = reconcile_clearing(matter_of("CLEARING", [unit], {"posting": both}))
    assert netted.sums["short"] + netted.sums["unresolved"] == 10000


def test_every_yuan_that_goes_back_has_its_reason() -> None:
    unit = unit_of([payment(1), payment(2), payment(3)], [deposit(100000)])
    failed = {"是否入库": "否", "医保流水号": ""}
    lines = [posted(1), posted(2, **failed, 原因="姓名不符"), posted(3, **failed, 原因="重复参保")]
    result = reconcile_clearing(matter_of("CLEARING", [unit], {"posting": lines}))
    refunds = next(body(table) for table in result.tables if table.name == "退款明细")
    assert sorted(zip(refunds["refund_class"], refunds["fen"], strict=True)) == [
        ("信息错误", 25000), ("无登记信息", 25000), ("重复缴费", 25000)
    ]  # fmt: skip
    assert refunds["use"].to_list().count("") == 0
    assert refunds["agent"].to_list() == ["靳保国"] * 3


# --- the bank ---------------------------------------------------------------------------------------------------------


def line(unit: str, account: str, fen: int = 25000) -> dict[str, Any]:
    """A line of the statement of an account about a unit's deposit."""
    return {
        "账号": account, "交易日期": date(2019, 9, 26), "交易时间": date(2019, 9, 26), "交易金额": fen / 100,
        "方向": "收", "附言": "".join(AGENTS[unit]), "流水号": f"HD-{unit}",
    }  # fmt: skip


def bank(accounts: dict[str, str]) -> Result:
    """Two townships' deposits, each in the statement of some account."""
    sums = {FIRST: 25000, SECOND: 50000}
    units = [unit_of([payment(1)], [deposit(sums[name], name)], name) for name in (FIRST, SECOND)]
    lines = [line(name, account, sums[name]) for name, account in accounts.items()]
    return reconcile_bank(matter_of("TAXBANK", units, {"bank": lines}))


def test_each_township_s_money_is_looked_for_in_its_own_account() -> None:
    own = bank({name: ACCOUNTS[name] for name in (FIRST, SECOND)})
    assert own.differences == 0
    summary = {row["unit"]: row["account"] for row in body(own.tables[0]).to_dicts()}
    assert summary == {FIRST: ACCOUNTS[FIRST], SECOND: ACCOUNTS[SECOND]}


def test_a_line_of_nobody_s_account_has_no_money_registered() -> None:
    units = [unit_of([payment(1)], [deposit(25000)])]
    lines = [line(FIRST, ACCOUNTS[FIRST]), line(SECOND, "1", 50000) | {"附言": "", "流水号": ""}]
    result = reconcile_bank(matter_of("TAXBANK", units, {"bank": lines}))
    figures = ("unit", "account", "registered", "rows", "fen", "lines", "line_fen", "matched", "wrong", "verdict")
    assert body(result.tables[0]).select(figures).rows() == [
        (FIRST, ACCOUNTS[FIRST], 25000, 1, 25000, 1, 25000, 1, 0, "相符"),
        ("（不是乡镇待解户）", "", 0, 0, 0, 1, 50000, 0, 1, "不符"),
    ]


@pytest.mark.parametrize(("fen", "direction", "rows"), [(1, "收", 1), (0, "收", 0), (1, "支", 0), (-1, "收", 0)])
def test_what_came_into_an_account_is_every_fen_of_it(fen: int, direction: str, rows: int) -> None:
    lines = [line(FIRST, ACCOUNTS[FIRST], fen) | {"方向": direction}]
    result = reconcile_bank(matter_of("TAXBANK", [unit_of([payment(1)], [deposit(25000)])], {"bank": lines}))
    assert (result.sums["statement_rows"], result.sums["statement"]) == (rows, rows * fen)


def test_accounts_of_two_townships_exchanged_are_found() -> None:
    wrong = bank({FIRST: ACCOUNTS[SECOND], SECOND: ACCOUNTS[FIRST]})
    assert wrong.differences == 2
    assert keys_of(wrong.findings, "V31.line_differs") == ["V31.line_differs"] * 2
    own, other = ACCOUNTS[FIRST], ACCOUNTS[SECOND]
    told = [(one.file, render(one).message.index(own) < render(one).message.index(other)) for one in wrong.findings]
    assert sorted(told) == [("五龙.xlsx", False), ("邵店.xlsx", True)]


# --- the day and the reasons ------------------------------------------------------------------------------------------


def returned(**more: Any) -> dict[str, Any]:
    """A row whose money is to be settled."""
    row = {
        "township": FIRST, "unit": FIRST, "village": "高庙村", "file": "邵店.xlsx", "sheet": "代征登记表", "row": 5,
        "name": "侯1", "cert": "K1", "returnable": 25000, "day": DAY, "reason": "late", "way": "county_decides",
    }  # fmt: skip
    return row | more


def refunds_of(rows: list[dict[str, Any]], as_of: int | None = None) -> pl.DataFrame:
    """The list of what is to be settled, up to a day."""
    matter = matter_of("POSTING", [], {}, pl.DataFrame(rows))
    books = Open([], matter.policy, pl.DataFrame(rows), as_of)
    result = list_refunds(Matter(cast("Books", books), matter.entries, "REFUNDS", None, matter.spec))
    return body(result.tables[0])


def test_every_reason_and_every_way_has_its_words_on_the_list() -> None:
    words = load_lists()
    assert set(words["money_reasons"]) == {str(reason) for reason in Reason}
    assert set(words["money_ways"]) == {str(way) for way in Way}
    rows = [returned(reason=str(reason), way=str(way)) for reason in Reason for way in Way]
    table = refunds_of(rows)
    assert table.height == len(rows)
    assert "" not in {*table["reason"], *table["type"]}
    assert table["fen"].sum() == 25000 * len(rows)


@pytest.mark.parametrize(("as_of", "rows"), [(DAY - 1, 0), (DAY, 1), (DAY + 1, 1), (None, 1)])
def test_a_day_includes_itself(as_of: int | None, rows: int) -> None:
    assert refunds_of([returned()], as_of).height == rows
    paid = {"证件号码": "K1", "姓名": "侯1", "入库金额": 250, "缴费日期": date(2019, 9, 26)}
    listed = Entries(make_lists({"tax": [paid]}, POLICY), as_of).people("tax")
    assert listed is not None
    assert listed.height == rows


# --- the days of agents -----------------------------------------------------------------------------------------------


def days_of(payments: list[dict[str, Any]], deposits: list[dict[str, Any]]) -> list[tuple[int, ...]]:
    """The rows of an agent's days: day, brought, collected, deposited, allowed, gap (days from DAY, money in yuan)."""
    table = agent_days(unit_of(payments, deposits).ledger)
    money = ("brought", "collected", "deposited", "allowed", "gap")
    return [(row["day"] - DAY, *(row[name] // 100 for name in money)) for row in table.to_dicts()]


def test_cash_that_is_not_due_yet_is_allowed_and_no_gap() -> None:
    """Three days may pass: what was collected on the first day is deposited on the third."""
    both = [payment(1), payment(2, day=DAY + 1)]
    assert days_of(both, [deposit(50000, day=DAY + 2)]) == [
        (0, 0, 250, 0, 250, 0),
        (1, 250, 250, 0, 500, 0),
        (2, 500, 0, 500, 0, 0),
    ]


def test_cash_that_is_overdue_is_a_gap() -> None:
    late = [payment(1), payment(2, batch="B2", day=DAY + 4)]
    assert days_of(late, [deposit(25000, batch="B2", day=DAY + 4)]) == [
        (0, 0, 250, 0, 250, 0),
        (4, 250, 250, 250, 0, 250),
    ]


def test_what_was_deposited_and_never_collected_is_a_negative_gap() -> None:
    assert days_of([payment(1)], [deposit(50000, day=DAY + 1)]) == [(0, 0, 250, 0, 250, 0), (1, 250, 0, 500, 0, -250)]


@pytest.mark.parametrize(("fen", "said"), [(1, "+0.01"), (0, "0.00"), (-1, "-0.01"), (25000, "+250.00")])
def test_differences_have_their_sign(fen: int, said: str) -> None:
    assert signed(fen) == said


@pytest.mark.parametrize("kind", ["tax", "mib", "treasury", "bank"])
def test_the_last_day_is_that_of_any_list_of_money(kind: str) -> None:
    rows: dict[str, Any] = {
        "tax": {"证件号码": "K1", "姓名": "侯1", "入库金额": 250, "缴费日期": date(2019, 9, 30)},
        "mib": {"证件号码": "K1", "姓名": "侯1", "到账金额": 250, "到账日期": date(2019, 9, 30)},
        "treasury": {"入库日期": date(2019, 9, 30), "入库金额": 250, "凭证号": "K1"},
        "bank": line(FIRST, ACCOUNTS[FIRST]) | {"交易日期": date(2019, 9, 30), "交易时间": date(2019, 9, 30)},
    }
    entries = Entries(make_lists({kind: [rows[kind]]}, POLICY))
    assert entries.last_day(load_policy(POLICY)) == to_serial(date(2019, 9, 30))
    assert Entries(make_lists({}, POLICY)).last_day(load_policy(POLICY)) is None


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("persons", True),
        ("tax_persons", True),
        ("deposit_rows", True),
        ("receipts", True),
        ("paid", False),
        ("rows_paid", False),
    ],
)
def test_which_figures_are_counts_and_which_are_money(name: str, *, counts: bool) -> None:
    assert is_count(name) is counts
    result = Result("X", "posting", sums={name: 12345})
    assert result.as_dict()["sums"] == {name: 12345 if counts else "123.45"}
