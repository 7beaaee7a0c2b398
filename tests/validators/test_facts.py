"""What the settlement takes from a row of a roster: from cells as typed to facts, without a workbook."""

from datetime import date
from functools import cache
from typing import Any

import pytest

from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.units import AGENCY, TOWNSHIP
from canbao_validators.settlement.claims import stated_status
from canbao_validators.settlement.facts import gather_facts, select_facts
from support.decks import judge_rows, shared_book, shared_policy
from support.every_message import load_cases
from support.frames import ERROR, raw_frame

Row = dict[str, Any]
HUINING, SHANGCAI = "huining-2021", "shangcai-2020"
DAY = date(2020, 10, 12)
PAID: Row = {"缴费方式": "微信", "缴费日期": DAY, "实缴金额": 280, "凭证号码": "PZ1"}
CASH: Row = PAID | {"缴费方式": "干部上门收缴", "收缴人/代征人": "靳保国", "收款时间": "10:00"}
POOR: Row = {"身份属性1": "建档立卡贫困人口", "佐证材料": "扶贫1"}
CARD: Row = {"收款账户类型": "本人", "社保卡银行账号": "6230123400001112201", "开户银行": "农商银行"}
BABY: Row = {"证件号码": "620422202011189621", "户主证件号码": "620422202011189621", "人员群体": "新生儿"}
# A row's cells beside the usual ones, and facts of it; what is not said here is the usual.
CASES: dict[str, tuple[str, Row, Row]] = {
    "an ordinary row": ("R1", {}, {
        "unit": "甲镇", "township": "甲镇", "sheet": "应保及应资对象", "letter": "D", "cert": "620422197811129586",
        "name": "郑一鸣", "guardian": "郑一鸣", "valid": True, "birth": float(to_serial(date(1978, 11, 12))),
        "village": "一村", "enrolment": True, "received": 0, "row_premium": 28000, "central": False, "groups": [],
        "claims": [], "status": "", "cover": "none", "proof": "", "volunteers": False, "arrived": None, "posted": None,
        "cash": False, "ticket": False, "complete": True, "refuses": False, "direct_ok": True, "account_ok": False,
        "paid_ok": False, "in_time": False, "row_enrolled": False, "forbidden": False, "blocked": False,
    }),
    "paid": ("R1", PAID, {
        "received": 28000, "pay_date": float(to_serial(DAY)), "paid_ok": True, "in_time": True, "row_enrolled": True,
        "ticket": True, "cash": False, "window_start": float(to_serial(date(2020, 9, 1))),
        "window_end": float(to_serial(date(2020, 12, 10))), "benefit_start": float(to_serial(date(2021, 1, 1))),
    }),
    "half a fen less than the premium": ("R1", PAID | {"实缴金额": 279.996}, {"received": 27999}),
    "a fen that binary numbers miss": ("R1", PAID | {"实缴金额": 280.29}, {"received": 28029}),
    "less than nothing": ("R1", PAID | {"实缴金额": -280}, {"received": 0}),
    "an amount with its unit": ("R1", PAID | {"实缴金额": "280元"}, {"received": 28000}),
    "a word for an amount": ("R1", PAID | {"实缴金额": "二百八"}, {"received": 0}),
    "too late": ("R1", PAID | {"缴费日期": date(2020, 12, 11)}, {"in_time": False, "missed": "期外"}),
    "cash": ("R1", CASH, {"cash": True, "ticket": True, "cover": "none"}),
    "cash without anything": ("R1", CASH | {"凭证号码": ""}, {"cash": True, "ticket": False, "paid_ok": False}),
    "cash of a batch that holds it": ("R1", CASH | {"解缴批次": "足"}, {"cover": "covered"}),
    "cash of a batch that nobody deposited": ("R1", CASH | {"解缴批次": "别"}, {"cover": "unknown"}),
    "a claim": ("R1", POOR, {"claims": ["Q1"], "groups": ["G_POOR"], "row_category": "建档立卡贫困人口"}),
    "a claim by another word": ("R1", POOR | {"身份属性1": "五保户"}, {"claims": ["F3"], "groups": ["G_SPECIAL"]}),
    "two claims": ("R1", POOR | {"身份属性2": "孤儿"}, {"claims": ["F4", "Q1"], "groups": ["G_POOR", "G_SPECIAL"]}),
    "a usable account": ("R1", PAID | POOR | CARD, {"account_ok": True, "account": "6230123400001112201"}),
    "an account that is none": ("R1", PAID | POOR | CARD | {"社保卡银行账号": "12345"}, {"account_ok": False}),
    "refuses": ("R1", {"参保意愿": "拒绝参保"}, {"refuses": True}),
    "a key field missing": ("R1", {"姓名": ""}, {"complete": False, "name": ""}),
    "another field missing": ("R1", {"家庭住址": ""}, {"complete": True}),
    "four characters are no number": ("R1", {"证件类型": "其他", "证件号码": "1234"}, {"cert": "", "valid": False}),
    "five are one": ("R1", {"证件类型": "其他", "证件号码": "12345"}, {"cert": "12345", "valid": False}),
    "a guardian before the head of the household": ("R1", {"监护人姓名": "王建国"}, {"guardian": "王建国"}),
    "arrived": ("R1", PAID | {"到账核对": "已到账"}, {"arrived": True}),
    "not arrived": ("R1", PAID | {"到账核对": "未到账"}, {"arrived": False}),
    "a soldier who wants to": ("R1", {"特殊情形": "参军", "预计复员/刑满年份": 2021, "是否自愿参保": "是"}, {
        "status": "参军", "blocked": True, "forbidden": False,
    }),
    "a soldier": ("R1", {"特殊情形": "参军", "预计复员/刑满年份": 2022}, {"blocked": True, "forbidden": True}),
    "a baby paid for, registered late": ("R1", BABY | POOR | {"身份属性1": "孤儿", "登记日期": date(2021, 2, 17)}, {
        "direct_ok": False, "newborn": True, "row_enrolled": False,
    }),
    "a baby, paid for, registered in time": ("R1", BABY | POOR | {"身份属性1": "孤儿", "登记日期": date(2021, 2, 16)}, {
        "direct_ok": True, "newborn": True, "row_enrolled": True,
    }),
    "newly identified": ("R1", POOR | {"识别日期": date(2020, 9, 20)}, {"newly_identified": True}),
    "exempt": ("R3", {}, {
        "enrolment": False, "status": "职工医保", "proof": "ZG-1", "blocked": True, "volunteers": False, "received": 0,
        "row_premium": 0, "claims": [], "groups": [], "direct_ok": False, "letter": "D",
    }),
    "exempt without a proof": ("R3", {"证明编号": ""}, {"proof": "", "blocked": False}),
    "exempt for a reason that blocks no subsidy": ("R3", {"原因": "异地居民医保"}, {"blocked": False}),
    "a soldier among the exempt": ("R3", {
        "类别": "无法参保", "原因": "参军", "预计复员/刑满年份": 2021, "是否自愿参保": "是", "自愿申请人": "本人"
    }, {"volunteers": True, "blocked": True}),
    "one who does not want to": ("R3", {
        "类别": "无法参保", "原因": "参军", "预计复员/刑满年份": 2021, "是否自愿参保": "否"
    }, {"volunteers": False}),
    "one who comes home later": ("R3", {
        "类别": "无法参保", "原因": "参军", "预计复员/刑满年份": 2022, "是否自愿参保": "是", "自愿申请人": "本人"
    }, {"volunteers": False}),
}  # fmt: skip


@cache
def facts_of(policy: str, code: str) -> list[Row]:
    """The facts of every case of a roster, judged in one frame: each in a household of its own."""
    base = load_cases()["base"][code]
    rows = [base | {"户编号": f"{at:04d}"} | row for at, (own, row, _) in enumerate(CASES.values()) if own == code]
    cleaned = [{header: value for header, value in row.items() if value != ""} for row in rows]
    filled = judge_rows(policy, TOWNSHIP, "甲镇", {code: cleaned})
    return gather_facts([select_facts(filled, shared_policy(policy))]).to_dicts()


@pytest.mark.parametrize("case", CASES)
def test_what_a_row_says(case: str) -> None:
    code, _, expected = CASES[case]
    place = [name for name, (own, *_) in CASES.items() if own == code].index(case)
    found = facts_of(HUINING, code)[place]
    told = {name: sorted(found[name]) if isinstance(found[name], list) else found[name] for name in expected}
    assert told == expected


def test_a_department_s_row_counts_for_the_township_that_it_names() -> None:
    base = load_cases()["base"]["R8"]
    rows = [base | {"乡镇(街道)": name, "证件类型": "居民身份证"} for name in ("甲镇", "乙镇")]
    filled = judge_rows(SHANGCAI, AGENCY, "县民政局", {"R8": rows})
    found = select_facts(filled, shared_policy(SHANGCAI)).to_dicts()
    assert [(row["unit"], row["township"], row["central"]) for row in found] == [
        ("县民政局", "甲镇", True),
        ("县民政局", "乙镇", True),
    ]
    assert [(row["claims"], row["row_subsidy_kind"]) for row in found] == [(["F2"], "代缴")] * 2


@pytest.mark.parametrize(("result", "posted"), [("已入库", True), ("未入库", False), ("退回", False), ("", None)])
def test_results_of_posting(result: str, posted: bool | None) -> None:
    row = load_cases()["base"]["R6"] | {"入库结果": result}
    filled = judge_rows(
        SHANGCAI, TOWNSHIP, "甲镇", {"R6": [{name: value for name, value in row.items() if value != ""}]}
    )
    (found,) = select_facts(filled, shared_policy(SHANGCAI)).to_dicts()
    assert (found["posted"], found["cash"], found["received"]) == (posted, True, 25000)


@pytest.mark.parametrize(("cell", "status"), [("参军", "参军"), (None, ""), (ERROR, "")])
def test_a_status_that_is_an_error_is_none(cell: str | None, status: str) -> None:
    frame = raw_frame(shared_book(HUINING).rosters["R1"], [{"特殊情形": cell}])
    assert frame.select(stated_status(frame)).item() == status
