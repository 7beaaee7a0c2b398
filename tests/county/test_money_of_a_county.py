"""Huining's money lists, to the cent: who is paid, who waits for what, what is to be settled, late entries by date."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from support import counties as c
from support.reports import HN, Package, import_owner, texts

POOR = {"身份属性1": "建档立卡贫困人口", "佐证材料": "扶贫1"}
THIRD = {"身份属性1": "农村三类低保对象", "佐证材料": "民政1"}
FULL = {"身份属性1": "特困供养人员", "佐证材料": "民政2"}
R3, R7 = "异地参保和无法参保对象", c.R7
OCTOBER, LATE = date(2020, 10, 12), date(2020, 12, 20)
END, MOST = "2021-01-31", 9


def cash(batch: str, ticket: str, amount: int = 280) -> c.Row:
    """A payment to a cadre."""
    row = {
        "缴费方式": "干部上门收缴",
        "收缴人/代征人": "靳保国",
        "收款时间": "10:00",
        "解缴批次": batch,
        "凭证号码": ticket,
    }
    return row | {"缴费日期": OCTOBER, "实缴金额": amount}


def card(serial: int) -> c.Row:
    """An account of one's own; the last figure is the check digit (Luhn)."""
    first = f"62301234000011{serial:04d}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(first))]
    check = -sum(value - 9 if value > MOST else value for value in doubled) % 10
    return {"收款账户类型": "本人", "社保卡银行账号": f"{first}{check}", "开户银行": "农商银行"}


def baby(serial: int, born: date, **changes: Any) -> c.Row:
    """A child in a household of its own."""
    cert = c.number(HN, serial, f"{born:%Y%m%d}")
    own = {"证件号码": cert, "户主证件号码": cert, "人员群体": "新生儿", "参保类型": "新参保"}
    guardian = {"监护人姓名": "王建国", "监护人证件号码": c.number(HN, 900)}
    return c.resident(serial, **(own | guardian | changes))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    slip = {"村(社区)": "一村", "收缴人/代征人": "靳保国", "存款日期": OCTOBER, "首笔收取日期": OCTOBER}
    first = [
        c.resident(1, **POOR, **card(1), **c.paid(OCTOBER)),  # paid out
        c.resident(2, **POOR, **c.paid(OCTOBER)),  # no account: V22
        c.resident(3, **POOR, **card(3), **cash("一村-A", "G3")),  # a batch 280 short: V31
        c.resident(4, **POOR, **card(4), **cash("一村-B", "")),  # in the bank, no ticket: V32
        c.resident(5, **POOR, **card(5), **c.paid(OCTOBER)),  # not on the list: V15
        c.resident(6, **THIRD, **card(6), **c.paid(OCTOBER)),  # no list of these: 名单
        c.resident(7, **POOR, **card(7), **c.paid(OCTOBER)),  # an unproven exemption in 乙镇: V09
        c.resident(8, **FULL),  # paid for
        c.resident(9, **c.paid(LATE)),
        c.resident(10, **c.paid(OCTOBER, 560)),
        c.resident(11, **cash("", "")),  # nothing shows it
        c.resident(12, **c.paid(OCTOBER, 200)),
    ]
    deposits = [
        slip | {"解缴批次": "一村-A", "存款金额": 280, "回单号": "HD1"},
        slip | {"解缴批次": "一村-B", "存款金额": 280, "回单号": "HD2"},
    ]
    first.append(c.resident(13, **cash("一村-A", "G13")))
    babies = [
        baby(31, date(2020, 10, 15), **c.paid(date(2020, 12, 1)), 人员群体="学龄前儿童", 登记日期=date(2020, 12, 1)),
        baby(32, date(2020, 10, 20), **FULL, 登记日期=date(2020, 11, 2)),
        baby(33, date(2020, 10, 25), **c.paid(date(2021, 1, 25)), 登记日期=date(2021, 1, 25)),  # day 92
        baby(34, date(2020, 11, 20)),
        c.resident(35, 人员群体="新生儿"),  # of 1970, whatever the tag says
    ]
    away = {"村(社区)": "三村", "姓名": c.named(7), "证件类型": "居民身份证", "证件号码": c.number(HN, 7)}
    second = [c.resident(1, "三村", **c.paid(date(2020, 11, 5)))]  # paid twice, the first stands
    filled = {
        "甲镇": {c.R1: [*first, *babies], R7: deposits},
        "乙镇": {c.R1: second, R3: [away | {"类别": "异地参保", "原因": "异地居民医保"}]},
    }
    units = [["甲镇", "一村", "", ""], ["乙镇", "三村", "", ""]]
    return c.issue(tmp_path_factory.mktemp("money"), HN, units, filled)


@pytest.fixture(scope="module")
def lists(county: Path) -> Path:
    import_owner(county.parent, HN, "PAO", dict.fromkeys((1, 2, 3, 4, 7), "建档立卡贫困人口"))
    alone, word = {32: "20201020"}, FULL["身份属性1"]
    return import_owner(county.parent, HN, "CIV", {8: word, 32: word}, born=alone, only=word)


@pytest.fixture(scope="module")
def package(county: Path, lists: Path) -> Package:
    return Package(county, HN, END, county.parent / "reports", "--lists", str(lists))


@pytest.fixture(scope="module")
def merged(county: Path, lists: Path) -> dict[str, Any]:
    report, target = county.parent / "merge.json", county.parent / "county.xlsx"
    words = ["--policy", HN, "--lists", str(lists), "--out", str(target), "--json", str(report)]
    assert run(["merge", str(county), *words]) in {0, 1}
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["county"]
    return result


def yuan(text: str) -> float:
    return float(text)


def test_only_what_is_payable_is_on_the_payment_lists(package: Package) -> None:
    rebates = package.table("FUNDS", "返还清单", "返还_甲镇")
    assert [(row["姓名"], row["金额(元)"], row["收款账号"]) for row in rebates] == [
        (c.named(1), 200, card(1)["社保卡银行账号"])
    ]
    direct = package.table("FUNDS", "代缴清单", "代缴_县财政局")
    assert [(row["姓名"], row["金额(元)"]) for row in direct] == [(c.named(8), 280), (c.named(32), 280)]


def test_who_waits_stands_on_the_second_sheet_with_what_is_missing(package: Package) -> None:
    waiting = {row["姓名"]: row for row in package.table("FUNDS", "暂不拨付", "返还_甲镇")}
    why = {
        2: ("没有可用的账号", 200), 3: ("存款不足", 200), 4: ("没有凭证", 200), 5: ("身份与名单不符", 0),
        6: ("名单未核对", 200), 7: ("待裁定", 200),
    }  # fmt: skip
    assert set(waiting) == {c.named(serial) for serial in why}
    for serial, (reason, amount) in why.items():
        row = waiting[c.named(serial)]
        assert reason in row["暂不拨付的原因"], serial
        assert row["应资助(元)"] == amount, serial
        assert row["怎么办"], serial
    assert package.table("FUNDS", "暂不拨付", "代缴_县财政局") == []


def test_payment_lists_add_up_to_the_county(package: Package, merged: dict[str, Any]) -> None:
    rows = package.table("FUNDS", "汇总", "拨付汇总")
    assert [row["清单"] for row in rows] == ["代缴_县财政局", "返还_甲镇", "合计"]
    for row in rows:
        assert row["可拨付(元)"] + row["暂不拨付(元)"] == row["应资助(元)"]
    total = rows[-1]
    assert (total["可拨付(元)"], total["暂不拨付(元)"]) == (760, 1000)
    assert (total["可拨付(元)"], total["暂不拨付(元)"]) == (yuan(merged["payable"]), yuan(merged["withheld"]))
    assert total["应资助(元)"] == yuan(merged["gov_direct"]) + yuan(merged["rebate_due"])


def test_what_the_county_verified_is_paid(county: Path, lists: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "资助决定"
    sheet.append(["证件号码", "乡镇(街道)", "花名册", "县里决定", "县里理由"])
    sheet.append([c.number(HN, 7), "乙镇", R3, "不采信", "查无此事"])
    approvals = book.create_sheet("参保资助花名册")
    approvals.append(["证件号码", "资助类别", "县里核定"])
    approvals.append([c.number(HN, 6), THIRD["身份属性1"], "核定"])
    book.save(county.parent / "decisions.xlsx")
    words = ["--only", "FUNDS", "--lists", str(lists), "--decisions", str(county.parent / "decisions.xlsx")]
    package = Package(county, HN, END, county.parent / "decided", *words)
    paid = {row["姓名"] for row in package.table("FUNDS", "返还清单", "返还_甲镇")}
    assert paid == {c.named(1), c.named(6), c.named(7)}


def test_every_yuan_that_is_to_be_settled_is_listed_with_its_way(package: Package, merged: dict[str, Any]) -> None:
    rows = package.table("R20", "待处理")
    told = ("姓名", "乡镇(街道)、学校", "实缴(元)", "待处理(元)", "原因", "去向")
    assert Counter(tuple(row[name] for name in told) for row in rows) == Counter([
        (c.named(1), "乙镇", 280, 280, "重复缴费(另一处已参保)", "由县决定"),
        (c.named(9), "甲镇", 280, 280, "超过缴费期限", "由县决定"),
        (c.named(10), "甲镇", 560, 280, "同一人缴了两份以上", "由县决定"),
        (c.named(12), "甲镇", 200, 200, "没有缴足", "更正后计入"),
        (c.named(33), "甲镇", 280, 280, "超过缴费期限", "由县决定"),
    ])  # fmt: skip
    assert {row["通知的规定"] for row in rows} == {"通知没有规定，由县决定", "通知没有规定，更正以后计入"}
    assert sum(row["待处理(元)"] for row in rows) == yuan(merged["returnable"]) == 1320
    assert "通知规定不退" not in "".join(texts(package.files("R20")[0]))


def test_money_that_nothing_shows_is_neither_accepted_nor_refunded(package: Package, merged: dict[str, Any]) -> None:
    rows = package.table("R20", "无凭据")
    assert [(row["姓名"], row["无凭据(元)"], row["代征人"]) for row in rows] == [(c.named(11), 280, "靳保国")]
    assert yuan(merged["unproven"]) == 280
    chased = {row["姓名"]: row["状态"] for row in package.table("R12", "一村", "甲镇")}
    assert {chased[c.named(serial)] for serial in (9, 12)} == {"缴费未计入"}
    assert chased[c.named(11)] == "缴费无凭据"


def test_the_ledger_says_the_income_of_the_fund_in_two_parts(package: Package) -> None:
    said = [" ".join(texts(path)) for path in package.files("R5")]
    first = next(text for text in said if "甲镇" in text)
    assert "基金收入：计入(元) 3360.00" in first  # ten premiums paid, two paid for
    assert "基金收入：待处理(元) 1040.00，" in first
    assert "无凭据(元) 280.00" in first


def test_late_entries_go_by_the_date_of_birth(package: Package) -> None:
    rows = {row["姓名"]: row for row in package.table("R21", "台账")}
    assert set(rows) == {c.named(serial) for serial in (31, 32, 33, 34)}
    told = {name: (row["截止日期"], row["是否逾期"], row["待遇起"]) for name, row in rows.items()}
    assert told == {
        c.named(31): ("2021-01-13", "否", "2020-12-01"),
        c.named(32): ("2021-01-18", "否", "2020-11-02"),
        c.named(33): ("2021-01-23", "逾期", None),
        c.named(34): ("2021-02-18", "未缴", None),
    }
    assert rows[c.named(32)]["缴费(登记)日期"] == "2020-11-02"
    assert rows[c.named(34)]["剩余天数"] == 18


def test_who_dies_before_the_benefits_is_a_case_and_no_part_of_the_sum(county: Path) -> None:
    """Paid, counted, and died before 2021-01-01: the county decides; R20's sum stays what the settlement says."""
    csv, folder = county.parent / "deaths.csv", county.parent / "dead"
    csv.write_text(f"证件号码,姓名,死亡日期\n{c.number(HN, 1)},{c.named(1)},2020-12-25", encoding="utf-8")
    assert run(["import", str(csv), "--policy", HN, "--kind", "deaths", "--out", str(folder)]) == 0
    package = Package(county, HN, END, county.parent / "cases", "--only", "R20", "--lists", str(folder))
    cases = package.table("R20", "个案")
    assert [(row["姓名"], row["已计入(元)"], row["情况"]) for row in cases] == [
        (c.named(1), 280, "缴费后死亡(待遇期前)")
    ]
    assert sum(row["待处理(元)"] for row in package.table("R20", "待处理")) == 1320
