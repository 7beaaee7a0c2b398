"""Cash, deposits and clearing: the worked scenarios of the notices, and what holds for any village (SC-54, C7)."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao_county.reconcile.books import Unit
from canbao_county.reconcile.clearing import _villages
from canbao_county.reconcile.days import agent_days
from canbao_county.reconcile.model import load_words
from canbao_county.reconcile.outcomes import Postings, spare_money
from canbao_county.reconcile.posting import commission_fen
from canbao_county.reconcile.run import find_spec
from canbao_county.reconcile.village import batches_of
from canbao_rulebook.findings import Finding
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import render
from canbao_rulebook.policy import Policy, load_policy
from canbao_rulebook.policy.words import AfterCutoff
from canbao_validators.money.holding import running_cash
from canbao_validators.money.ledger import DEPOSIT_SCHEMA, PAYMENT_SCHEMA, TICKET_SCHEMA, Ledger
from canbao_validators.money.months import month_of
from canbao_validators.money.times import due_days, read_time
from support.every_message import _fill, all_rosters

MONEY = {"V28", "V29", "V30", "V31", "V32"}
DAY = date(2020, 10, 14)  # a Wednesday


@cache
def policy_of(name: str) -> Policy:
    return load_policy(name)


def judge(policy: str, sheets: dict[str, list[dict[str, Any]]]) -> list[Finding]:
    filled = _fill(all_rosters(policy), "甲镇", sheets)
    return [finding for finding in filled.findings if finding.code in MONEY and finding.severity.value != "提示"]


def spots(findings: list[Finding]) -> list[str]:
    return [f"{finding.code} {finding.header}{finding.row}" for finding in findings]


def paid_in_cash(count: int, time: str, batch: str, *, start: int = 0, day: date = DAY) -> list[dict[str, Any]]:
    rows = [
        {"with": ["cash"], "收款时间": time, "解缴批次": batch, "缴费日期": day, "凭证号码": f"G{start + n:04}"}
        for n in range(count)
    ]
    return [{**row, "姓名": f"郑{row['凭证号码']}", "证件号码": ""} for row in rows]


def slip(batch: str, amount: int, day: date) -> dict[str, Any]:
    return {"with": ["slip"], "解缴批次": batch, "存款金额": amount, "存款日期": day, "回单号": f"HD{batch}"}


def test_a_month_is_said_by_its_six_digits() -> None:
    days = pl.DataFrame({"day": [float(to_serial(date(2020, 10, 31))), float(to_serial(date(2021, 1, 1))), None]})
    assert days.select(month_of(pl.col("day"))).to_series().to_list() == [202010, 202101, None]


def test_a_receipt_used_twice_cites_the_article_about_receipts() -> None:
    rows = [row | {"凭证号码": "G0001"} for row in paid_in_cash(2, "9:00", "A")]
    found = judge("huining-2021", {"R1": rows, "R7": [slip("A", 560, DAY)]})
    policy = load_policy("huining-2021")
    assert policy.collection.receipts is not None
    article = policy.article(policy.collection.receipts.ref)
    assert article
    assert [one.source for one in found if one.code == "V32"] == [article]


CUTOFF = [
    ("A on the day, B on the next", {"A": (10_360, 0), "B": (1_400, 1)}, []),
    ("B a day late", {"A": (10_360, 0), "B": (1_400, 2)}, ["V30 存款日期6"]),
    ("A a day late", {"A": (10_360, 1), "B": (1_400, 1)}, ["V30 存款日期5"]),
    ("one slip on the next day", {"A": (11_760, 1)}, ["V30 存款日期5"]),
]


@pytest.mark.parametrize(("slips", "expected"), [case[1:] for case in CUTOFF], ids=[case[0] for case in CUTOFF])
def test_scenario_18_same_day_and_five_o_clock(slips: dict[str, tuple[int, int]], expected: list[str]) -> None:
    evening = "B" if "B" in slips else "A"
    persons = paid_in_cash(37, "16:40", "A") + paid_in_cash(5, "17:30", evening, start=37)
    deposits = [slip(batch, amount, DAY + timedelta(days=after)) for batch, (amount, after) in slips.items()]
    found = judge("huining-2021", {"R1": persons, "R7": deposits})
    assert spots(found) == expected
    if len(slips) == 1:
        assert "37人10360.00元应在2020-10-14解缴" in render(found[0]).message


def collected(count: int, batch: str, day: date, *, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"姓名": f"侯{start + n}", "证件号码": "", "缴费日期": day, "解缴批次": batch, "凭证号码": f"{start + n:04}"}
        for n in range(count)
    ]


def test_scenario_20_eighty_persons_are_the_limit() -> None:
    first, last = date(2019, 9, 23), date(2019, 9, 25)
    persons = collected(40, "A", first) + collected(40, "A", last, start=40)
    deposit = {"解缴批次": "A", "存款日期": last, "首笔收取日期": first}
    assert judge("shangcai-2020", {"R6": persons, "R7": [{**deposit, "存款金额": 20_000}]}) == []
    one_more = [*persons, *collected(1, "A", last, start=80)]
    found = judge("shangcai-2020", {"R6": one_more, "R7": [{**deposit, "存款金额": 20_250}]})
    assert spots(found) == ["V29 实缴金额85"]
    assert "20250.00元" in render(found[0]).message
    later = {"解缴批次": "B", "首笔收取日期": last, "回单号": "HD2", "存款日期": last + timedelta(days=1)}
    deposits = [{**deposit, "存款金额": 20_000}, {**later, "存款金额": 250}]
    kept = judge("shangcai-2020", {"R6": [*persons, *collected(1, "B", last, start=80)], "R7": deposits})
    assert kept == []  # the bank had the 20,000 before the next person paid


@pytest.mark.parametrize(("days", "codes"), [(3, []), (4, ["V29"])])
def test_scenario_20_three_days(days: int, codes: list[str]) -> None:
    first = date(2019, 9, 23)
    deposit = {"解缴批次": "A", "存款日期": first + timedelta(days=days), "首笔收取日期": first + timedelta(days=1)}
    found = judge("shangcai-2020", {"R6": collected(1, "A", first), "R7": [{**deposit, "存款金额": 250}]})
    assert [finding.code for finding in found if finding.severity.value == "错误"] == codes


@pytest.mark.parametrize(("slip_of_the_pen", "codes"), [(date(2020, 12, 30), ["V29"]), (date(2091, 9, 24), [])])
def test_a_day_in_another_year_makes_no_money_late(slip_of_the_pen: date, codes: list[str]) -> None:
    """Money that is not deposited is late by the last day that the workbook speaks of, if that can be right at all."""
    persons = collected(1, "A", date(2019, 9, 23)) + collected(1, "B", slip_of_the_pen, start=1)
    found = judge("shangcai-2020", {"R6": persons, "R7": []})
    assert [finding.code for finding in found if render(finding).message.count("没有存")] == codes


def test_scenario_23_commission() -> None:
    agent = policy_of("shangcai-2020").collection.agent
    assert agent is not None
    assert agent.commission_per_success is not None
    assert commission_fen(29_861, agent.commission_per_success) == 1_493_050


def test_opposite_differences_are_two_findings() -> None:
    persons = collected(2, "A", DAY) + collected(2, "B", DAY, start=2)
    deposits = [
        {"解缴批次": batch, "存款金额": amount, "存款日期": DAY, "首笔收取日期": DAY, "回单号": batch}
        for batch, amount in (("A", 250), ("B", 750))
    ]
    found = [one for one in judge("shangcai-2020", {"R6": persons, "R7": deposits}) if one.code == "V31"]
    assert spots(found) == ["V31 存款金额5", "V31 存款金额6"]
    assert "少存250.00元（1人）" in render(found[0]).message
    assert "多存250.00元（1人）" in render(found[1]).message


TIMES = [
    ("16:40", 1000), ("16：40", 1000), ("1640", 1000), ("16点40分", 1000),
    ("下午4:40", 1000), ("下午4点半", 990),
    ("9点", 540), ("0.6944444444", 1000), ("16:40:30", 1000), ("5:30", None), ("25:00", None), ("16:75", None),
    ("下班后", None), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "minutes"), TIMES)
def test_times_as_cadres_write_them(text: str, minutes: int | None) -> None:
    assert read_time(text) == minutes


def test_due_days_of_a_friday() -> None:
    agent = policy_of("huining-2021").collection.agent
    assert agent is not None
    friday = to_serial(date(2020, 10, 16))
    assert due_days(friday, "16:59", agent) == (friday, friday)
    assert due_days(friday, "17:00", agent) == (friday + 1, friday + 1)
    assert due_days(friday, "", agent) == (friday, friday + 1)
    bank = agent.model_copy(update={"after_cutoff": AfterCutoff.NEXT_BANK_DAY})
    assert due_days(friday, "17:01", bank) == (friday + 3, friday + 3)


def test_every_reconciliation_of_every_policy_is_known() -> None:
    for name in ("huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"):
        for entry in policy_of(name).reconciliation:
            assert find_spec(entry) is not None, (name, entry.id)


# ---- what holds for any village

PERSON = st.fixed_dictionaries({
    "cert": st.sampled_from([f"K{number}" for number in range(6)]),
    "village": st.sampled_from(["一村", "二村"]),
    "agent": st.sampled_from(["甲", "乙"]),
    "batch": st.sampled_from(["", "B1", "B2", "B3", "B9"]),
    "day": st.integers(43_730, 43_740),
    "fen": st.sampled_from([25_000, 12_500]),
    "valid": st.booleans(),
})  # fmt: skip
DEPOSIT = st.fixed_dictionaries({
    "village": st.sampled_from(["一村", "二村"]),
    "agent": st.sampled_from(["甲", "乙"]),
    "batch": st.sampled_from(["", "B1", "B2", "B3"]),
    "day": st.integers(43_730, 43_745),
    "fen": st.integers(0, 6).map(lambda count: count * 12_500),
})  # fmt: skip
POSTING = st.fixed_dictionaries({
    "cert": st.sampled_from([f"K{number}" for number in range(7)]),
    "posted": st.sampled_from(["是", "否"]),
    "reason": st.sampled_from(["", "重复参保", "姓名不符"]),
    "fen": st.sampled_from([25_000, 12_500, None]),
})  # fmt: skip


def make_unit(persons: list[dict[str, Any]], deposits: list[dict[str, Any]]) -> Unit:
    rows = [
        {"roster": "R6", "row": n, "cash": True, "receipt": str(n), "name": one["cert"], **one}
        for n, one in enumerate(persons)
    ]
    extra = {"valid": pl.Boolean, "cert": pl.String}
    payments = pl.DataFrame(
        [{**dict.fromkeys(PAYMENT_SCHEMA), **row} for row in rows], schema={**PAYMENT_SCHEMA, **extra}
    )
    text = [pl.col(name).fill_null("") for name in ("channel", "time", "mib_serial", "receipt_kind")]
    payments = payments.with_columns(*text, nth=pl.int_range(pl.len()).over("cert"), counts=pl.lit(value=True))
    slips = [{**dict.fromkeys(DEPOSIT_SCHEMA), "roster": "R7", "row": n, **one} for n, one in enumerate(deposits)]
    ledger = Ledger(
        policy_of("shangcai-2020"),
        {},
        payments,
        pl.DataFrame(slips, schema=DEPOSIT_SCHEMA),
        pl.DataFrame(schema=TICKET_SCHEMA),
    )
    return Unit("甲镇", "township", "甲镇.xlsx", ledger)


def make_postings(rows: list[dict[str, Any]]) -> Postings:
    schema = {
        "cert": pl.String,
        "posted": pl.String,
        "reason": pl.String,
        "fen": pl.Int64,
        "tax_cert": pl.String,
        "mib_serial": pl.String,
    }
    full = [{"tax_cert": "", "mib_serial": "", **row} for row in rows]
    return Postings(pl.DataFrame(full, schema=schema).with_row_index("line"), load_words()["reasons"])


@settings(max_examples=60)
@given(st.lists(PERSON, max_size=12), st.lists(DEPOSIT, max_size=5), st.lists(POSTING, max_size=10))
def test_every_yuan_of_a_village_is_accounted_for(
    persons: list[dict[str, Any]], deposits: list[dict[str, Any]], posted: list[dict[str, Any]]
) -> None:
    unit = make_unit(persons, deposits)
    payments = make_postings(posted).outcomes(unit)
    table = _villages(unit, payments, spare_money(unit))
    for row in table.iter_rows(named=True):
        assert row["deposited"] == row["posted"] + row["returned"] + row["unresolved"] - row["short"]
        assert row["returned"] == row["info"] + row["duplicate"] + row["no_record"]
        if row["verdict"] == "平":
            assert row["deposited"] == row["posted"] + row["returned"]
    assert table["deposited"].sum() == sum(one["fen"] for one in deposits)
    assert table["claimed"].sum() == payments["fen"].sum() == sum(one["fen"] for one in persons)
    assert table["persons"].sum() == len(persons)


@given(st.lists(PERSON, max_size=12), st.lists(DEPOSIT, max_size=5))
def test_a_netted_difference_hides_nothing(persons: list[dict[str, Any]], deposits: list[dict[str, Any]]) -> None:
    table = batches_of(make_unit(persons, deposits))
    assert table["sum"].sum() == sum(one["fen"] for one in persons)
    assert table["fen"].sum() == sum(one["fen"] for one in deposits)
    for batch in ("B1", "B2", "B3", "B9"):
        own = sum(one["fen"] for one in persons if one["batch"] == batch)
        bank = sum(one["fen"] for one in deposits if one["batch"] == batch)
        gap = table.filter(pl.col("batch") == batch)["gap"].sum()
        assert gap == bank - own


@given(st.lists(PERSON, max_size=15), st.lists(DEPOSIT, max_size=6))
def test_the_days_of_an_agent_add_up(persons: list[dict[str, Any]], deposits: list[dict[str, Any]]) -> None:
    days = agent_days(make_unit(persons, deposits).ledger)
    for row in days.iter_rows(named=True):
        assert row["brought"] + row["collected"] - row["deposited"] - row["allowed"] == row["gap"]
        assert row["allowed"] >= 0
    assert days["collected"].sum() == sum(one["fen"] for one in persons)


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["A", "B", "C"]), st.integers(1, 3)), max_size=15))
def test_cash_in_hand_is_never_negative(entries: list[tuple[int, str, int]]) -> None:
    deposited = {"A": 4, "B": 6, "C": None}
    rows = [
        {"day": day, "batch": batch, "deposited": deposited[batch], "fen": fen * 100}
        for day, batch, fen in entries
        if deposited[batch] is None or day <= (deposited[batch] or 0)
    ]
    rows.sort(key=lambda row: (row["day"], row["deposited"] or 99, row["batch"]))
    sums = running_cash(rows)
    assert all(cash > 0 for cash in sums)
    assert all(cash <= sum(row["fen"] for row in rows) for cash in sums)
    for index, row in enumerate(rows):
        kept = [one for one in rows[: index + 1] if one["deposited"] is None or one["deposited"] >= row["day"]]
        assert sums[index] <= sum(one["fen"] for one in kept)


def test_nothing_is_said_where_the_policy_has_no_agents() -> None:
    unit = make_unit([], [])
    ledger = replace(unit.ledger, policy=policy_of("putuo-2022"))
    assert ledger.agent is None
