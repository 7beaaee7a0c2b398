"""The tables of reconciliations, cell by cell: who stands on which line, with what money, and what the line says."""

from datetime import date
from typing import Any

import pytest

from canbao_county.reconcile.five import reconcile_five
from canbao_county.reconcile.four import reconcile_four
from canbao_county.reconcile.model import Result
from canbao_county.reconcile.treasury import reconcile_treasury
from canbao_county.reconcile.village import reconcile_village
from canbao_rulebook.policy import load_policy
from support.open_books import DAY, HUINING, SECOND, deposit, matter_of, payment, unit_of
from support.shown_tables import TOWN, shown


def paid(number: int, **more: Any) -> dict[str, Any]:
    """A payment of Huining's premium in cash."""
    return payment(number, **{"fen": 28000, "row_premium": 28000, "roster": "R1", "day": DAY} | more)


ONLINE = {"cash": False, "channel": "微信", "agent": "", "batch": "", "village": "高庙村"}


def four(payments: list[dict[str, Any]], deposits: list[dict[str, Any]], lists: dict[str, Any]) -> Result:
    """The four figures of one township."""
    unit = unit_of(payments, deposits, TOWN, HUINING)
    return reconcile_four(matter_of("FOUR", [unit], lists, policy_id=HUINING))


def test_who_lacks_a_receipt_money_or_a_record_stands_on_the_line_of_its_day() -> None:
    payments = [
        paid(1, mib_serial="M1"),
        paid(2, receipt=""),
        paid(3, batch="B9", mib_serial="M3", day=DAY + 1),
        paid(4, **ONLINE, mib_serial="M4"),
        paid(5, **ONLINE),
        paid(6, receipt="", batch="B9", day=None),
    ]
    tax, mib = [{"证件号码": "K4", "姓名": "侯4"}], [{"证件号码": "K2", "姓名": "侯2"}]
    result = four(payments, [deposit(56000)], {"tax": tax, "mib": mib})
    table, detail = result.tables
    assert shown(table, "day", "persons", "receipts", "arrived", "entered", "fen", "arrived_fen", "open_fen") == [
        (0, 4, 3, 3, 3, 112000, 84000, 28000),
        (1, 1, 1, 0, 1, 28000, 0, 28000),
        (None, 1, 0, 0, 0, 28000, 0, 28000),
    ]
    assert shown(table, "wrong", "verdict") == [(2, "不符"), (1, "不符"), (1, "不符")]
    assert shown(detail, "name", "day", "reason", "fen", "row") == [
        ("侯6", None, "票、款、录入信息", 28000, 10),
        ("侯2", 0, "票", 28000, 6),
        ("侯5", 0, "款、录入信息", 28000, 9),
        ("侯3", 1, "款", 28000, 7),
    ]
    assert (result.status, result.differences) == ("differ", 4)
    assert result.sums == {
        "persons": 6, "receipts": 4, "arrived_persons": 3, "entered_persons": 4, "paid": 168000, "arrived": 84000,
    }  # fmt: skip


def test_four_figures_that_agree_say_so() -> None:
    result = four([paid(1, mib_serial="M1"), paid(2, mib_serial="M2")], [deposit(56000)], {})
    assert shown(result.tables[0], "persons", "wrong", "verdict") == [(2, 0, "相符")]
    assert (result.status, result.missing, result.differences) == ("agree", (), 0)
    assert shown(result.tables[1], "name") == []


@pytest.mark.parametrize(
    ("more", "lists", "missing"),
    [
        ({"mib_serial": "M1"}, (), ()),  # cash that clerks entered themselves needs nobody's list
        ({}, (), ("mib",)),
        ({}, ("mib",), ()),
        ({**ONLINE, "mib_serial": "M1"}, (), ("tax",)),
        (ONLINE, (), ("tax", "mib")),
        (ONLINE, ("tax",), ("mib",)),
        (ONLINE, ("tax", "mib"), ()),
    ],
)
def test_which_lists_four_figures_cannot_be_made_without(
    more: dict[str, Any], lists: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    result = four([paid(1, **more)], [deposit(28000)], {kind: [{"证件号码": "K1", "姓名": "侯1"}] for kind in lists})
    assert result.missing == missing
    assert result.status == ("not_made" if missing else "agree")


def five(payments: list[dict[str, Any]], deposits: list[dict[str, Any]]) -> Result:
    """The five figures of one township."""
    unit = unit_of(payments, deposits, TOWN, HUINING)
    return reconcile_five(matter_of("FIVE", [unit], {}, policy_id=HUINING))


def test_an_agent_s_day_in_figures() -> None:
    payments = [
        paid(1, mib_serial="M1", time="9:00"),
        paid(2, fen=30000, receipt="1", time="9:00"),
        paid(3, receipt="", mib_serial="M3", time="9:00"),
        paid(4, cert="K1", name="侯1", time="9:00"),
        paid(5, cert="", name="侯甲", time="9:00"),
        paid(6, cert="", name="侯甲", batch="B2", time="9:00"),
        paid(7, **ONLINE, mib_serial="M7"),
        paid(8, agent="", batch="", day=None),
    ]
    result = five(payments, [deposit(142000)])
    table, detail = result.tables
    figures = ("day", "village", "agent", "persons", "names", "due", "paid", "receipts", "receipt_fen")
    assert shown(table, *figures) == [
        (0, "", "（微信）", 1, 1, 28000, 28000, 1, 28000),
        (0, "高庙村", "靳保国", 6, 4, 168000, 170000, 4, 112000),
        (None, "高庙村", "（未填代征人）", 1, 1, 28000, 28000, 1, 28000),
    ]
    wrong = (
        "实收与标准不同；姓名重复（同一人缴了几次）；没有凭证；凭证号码重复；存款登记里没有这一批；当日应存未存+280.00"
    )
    assert shown(table, "entered", "entered_fen", "brought", "deposited", "allowed", "gap", "verdict") == [
        (1, 28000, None, None, None, None, "相符"),
        (2, 56000, 0, 142000, 0, 28000, wrong),
        (0, 0, None, None, None, None, "没有缴费日期"),
    ]
    assert shown(detail, "day", "agent", "name", "cert", "receipt", "fen", "reason", "row_name") == [
        (0, "靳保国", "侯2", "K2", "1", 2000, "实收与标准不同", "6"),
        (0, "靳保国", "侯1", "K1", "4", 28000, "姓名重复（同一人缴了几次）", "8"),
        (0, "靳保国", "侯甲", "", "6", 28000, "姓名重复（同一人缴了几次）", "10"),
        (0, "靳保国", "侯3", "K3", "", 28000, "没有凭证", "7"),
        (0, "靳保国", "侯2", "K2", "1", 30000, "凭证号码重复", "6"),
        (None, "（未填代征人）", "侯8", "K8", "8", 28000, "没有缴费日期", "12"),
        (0, "靳保国", "B2", "", "", -28000, "存款登记里没有这一批", "10"),
        (0, "靳保国", "", "", "", 28000, "当日应存未存+280.00", None),
    ]
    assert (result.status, result.differences) == ("differ", 8)
    assert result.sums == {
        "persons": 8, "names_persons": 6, "due": 224000, "paid": 226000, "receipts": 6, "receipt_amount": 168000,
        "deposited": 142000,
    }  # fmt: skip


def test_a_deposit_that_is_not_its_persons_money_stands_on_its_own_line() -> None:
    payments = [paid(1, time="9:00"), paid(2, batch="B2", agent="", time="17:30")]
    result = five(payments, [deposit(30000), deposit(28000, batch="B3", agent="", day=DAY + 1, row=6)])
    assert shown(result.tables[1], "day", "agent", "name", "fen", "reason", "row_name") == [
        (0, "靳保国", "B1", 2000, "批次存款300.00，各人280.00", "5"),
        (1, "（未填代征人）", "B3", 28000, "批次存款280.00，各人0.00", "6"),
        (0, "（未填代征人）", "B2", -28000, "存款登记里没有这一批", "6"),
        (0, "靳保国", "", -2000, "当日应存未存-20.00", None),
    ]
    assert shown(result.tables[0], "day", "agent", "brought", "paid", "deposited", "allowed", "gap") == [
        (0, "靳保国", 0, 28000, 30000, 0, -2000),
        (0, "（未填代征人）", 0, 28000, 0, 28000, 0),
        (1, "（未填代征人）", 28000, 0, 28000, 0, 0),
    ]


@pytest.mark.parametrize(
    ("payments", "deposits", "status", "missing"),
    [
        ([], [], "agree", ()),
        ([paid(1)], [], "not_made", ("deposit",)),
        ([paid(1, **ONLINE)], [], "agree", ()),
        ([], [deposit(28000)], "differ", ()),
        ([paid(1)], [deposit(28000)], "agree", ()),
    ],
)
def test_five_figures_need_deposits_where_there_is_cash(
    payments: list[dict[str, Any]], deposits: list[dict[str, Any]], status: str, missing: tuple[str, ...]
) -> None:
    result = five(payments, deposits)
    assert (result.status, result.missing) == (status, missing)


def test_a_township_that_has_registered_no_deposit_leaves_the_others_their_figures() -> None:
    units = [unit_of([paid(1)], [deposit(28000)], TOWN, HUINING), unit_of([paid(2)], [], "乙镇", HUINING)]
    result = reconcile_five(matter_of("FIVE", units, {}, policy_id=HUINING))
    assert [(name, verdict == "相符") for name, verdict in shown(result.tables[0], "unit", "verdict")] == [
        (TOWN, True), ("乙镇", False),
    ]  # fmt: skip
    assert result.missing == ()


def treasury(**lists: list[tuple[int, float]]) -> Result:
    """The three sides of Putuo: (day of September, yuan)."""
    written = {kind: [_line(kind, *line) for line in enumerate(lines)] for kind, lines in lists.items()}
    entry = next(one.id for one in load_policy("putuo-2022").reconciliation if set(one.items) >= {"税", "库", "银行"})
    return reconcile_treasury(matter_of(entry, [], written, policy_id="putuo-2022"))


def _line(kind: str, number: int, line: tuple[int, float]) -> dict[str, Any]:
    day, yuan = date(2021, 9, line[0]) if line[0] else None, line[1]
    match kind:
        case "tax":
            return {"证件号码": f"K{number}", "姓名": "侯", "入库金额": yuan, "缴费日期": day}
        case "treasury":
            return {"凭证号": f"P{number}", "入库金额": yuan, "入库日期": day}
        case _:
            way = "支" if yuan < 0 else "收"
            return {"账号": "1", "流水号": f"S{number}", "交易金额": yuan, "交易时间": day, "方向": way}


def test_three_sides_day_by_day() -> None:
    result = treasury(
        tax=[(1, 450), (1, 450), (2, 450), (3, 450), (0, 1)],
        treasury=[(1, 900), (2, 449.99), (4, 450), (0, 1)],
        bank=[(1, 900), (2, 450), (3, 0.01), (3, 449.99), (3, -450), (0, 1)],
    )
    columns = ("tax_rows", "tax", "treasury", "bank_rows", "bank", "treasury_gap", "bank_gap", "verdict")
    assert shown(result.tables[0], *columns) == [
        (2, 90000, 90000, 1, 90000, 0, 0, "相符"),
        (1, 45000, 44999, 1, 45000, -1, 0, "不符"),
        (1, 45000, 0, 2, 45000, -45000, 0, "不符"),
        (0, 0, 45000, 0, 0, 45000, 0, "不符"),
        (1, 100, 100, 1, 100, 0, 0, "相符"),
    ]
    assert (result.status, result.differences, result.missing) == ("differ", 3, ())
    assert result.sums == {"tax": 180100, "treasury": 180099, "bank": 180100}


@pytest.mark.parametrize(
    ("sides", "missing", "tables"),
    [
        (("tax", "treasury", "bank"), (), 1),
        (("tax", "treasury"), ("bank",), 1),
        (("tax", "bank"), ("treasury",), 1),
        (("treasury", "bank"), ("tax",), 0),
        (("tax",), ("treasury", "bank"), 0),
        ((), ("tax", "treasury", "bank"), 0),
    ],
)
def test_two_sides_can_be_compared_when_one_is_the_tax_office(
    sides: tuple[str, ...], missing: tuple[str, ...], tables: int
) -> None:
    result = treasury(**{side: [(1, 450)] for side in sides})
    assert (result.missing, len(result.tables)) == (missing, tables)
    assert result.status == ("not_made" if missing else "agree")
    if tables:
        assert set(result.sums) == set(sides)
        notes = [note for note in result.tables[0].notes if "只有两方" in note]
        assert len(notes) == (1 if missing else 0)


def test_every_batch_that_differs_from_its_persons_has_its_reason() -> None:
    payments = [
        payment(1), payment(2, batch="B2"), payment(3, batch="B3"), payment(4, batch="B9"),
        payment(5, batch="", agent=""), payment(6, village="五龙村", agent="李保田", batch="B6"),
    ]  # fmt: skip
    deposits = [
        deposit(25000), deposit(24999, batch="B2", row=6), deposit(25001, batch="B3", row=7),
        deposit(100, batch="B7", row=8), deposit(200, batch="", row=9),
        deposit(25000, SECOND, batch="B6", row=10),
    ]  # fmt: skip
    result = reconcile_village(matter_of("VILLAGE", [unit_of(payments, deposits)], {}))
    villages, agents, detail = result.tables
    figures = ("persons", "sum", "slips", "fen", "short", "over", "wrong", "verdict")
    assert shown(villages, "village", *figures) == [
        ("五龙村", 1, 25000, 1, 25000, 0, 0, 0, "相符"),
        ("高庙村", 5, 125000, 5, 75300, 50001, 301, 6, "不符"),
    ]
    assert shown(agents, "agent", *figures) == [
        ("李保田", 1, 25000, 1, 25000, 0, 0, 0, "相符"),
        ("靳保国", 4, 100000, 5, 75300, 25001, 301, 5, "不符"),
        ("（未填代征人）", 1, 25000, 0, 0, 25000, 0, 1, "不符"),
    ]
    assert shown(detail, "batch", "persons", "sum", "fen", "gap", "reason") == [
        ("B2", 1, 25000, 24999, -1, "存款少于登记"),
        ("B3", 1, 25000, 25001, 1, "存款多于登记"),
        ("B7", 0, 0, 100, 100, "登记表里没有这个批次的人"),
        ("B9", 1, 25000, 0, -25000, "存款登记里没有这个批次"),
        ("（未填批次）", 0, 0, 200, 200, "没有写解缴批次"),
        ("（未填批次）", 1, 25000, 0, -25000, "没有写解缴批次"),
    ]
    assert result.differences == 6
    assert result.sums == {
        "persons": 6, "registered": 150000, "deposit_rows": 6, "deposited": 100300, "short": 50001, "over": 301,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("payments", "deposits", "missing"),
    [([], [], ()), ([payment(1)], [], ("deposit",)), ([], [deposit(25000)], ()), ([payment(1)], [deposit(25000)], ())],
)
def test_villages_need_deposits_where_there_is_cash(
    payments: list[dict[str, Any]], deposits: list[dict[str, Any]], missing: tuple[str, ...]
) -> None:
    assert reconcile_village(matter_of("VILLAGE", [unit_of(payments, deposits)], {})).missing == missing
