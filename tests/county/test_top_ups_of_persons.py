"""Subsidies on top of another one, person by person: the sheet, the settlement and the list of claims say the same."""

from itertools import product
from typing import Any

import polars as pl
import pytest

from canbao_rulebook.policy import Policy, list_policies, load_policy, parse_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from canbao_templates import read_text
from canbao_validators.checking import judge_frames
from canbao_validators.settlement.top_ups import TOP_UP, claims_of, owed_claims
from canbao_validators.settlement.unit import settle_workbook
from canbao_validators.workbook import FilledWorkbook
from support.case_books import BOOKS
from support.counties import named, number
from support.frames import raw_frame
from support.small_counties import sweep

POLICY, TOWNSHIP = BOOKS["settlement-liuhe"]["settled"], "柳树镇"

# --- a policy whose amounts are the same for all ----------------------------------------------------------------------

HUINING = read_text("policies/huining-2021.yaml")
NEW = """    - {code: A1, name: 高龄老人, tier: QUOTA, kind: KIND, amount: "100.00", stackable: true, cap: premium, payer: township, identity_owner: CIV, precedence: 99, ref: "L1 二(二)2"}
  rules:
"""  # noqa: E501 - a line of the file
PAID = {"缴费方式": "微信", "缴费日期": 44120.0, "实缴金额": 280.0, "凭证号码": "PZ1"}


LISTED = {
    "资助类别": "建档立卡贫困人口", "资助方式": "先缴后返", "资助标准": 200.0,
    "叠加资助类别": "高龄老人", "叠加资助方式": "先缴后返", "叠加资助": 80.0, "资助金额": 280.0,
    "个人实缴": 280.0, "缴费日期": 44120.0, "社保卡银行账号": "6230123400001112201",
}  # fmt: skip
ALONE: dict[str, Any] = dict.fromkeys(("资助类别", "资助方式", "资助标准")) | {"叠加资助": 100.0, "资助金额": 100.0}


def huining(kind: str = "rebate") -> Policy:
    assert "\n  rules:\n" in HUINING
    return parse_policy(HUINING.replace("  rules:\n", NEW.replace("KIND", kind), 1).encode())


def judged(policy: Policy, **cells: Any) -> FilledWorkbook:
    book = load_rulebook(policy)
    filled = FilledWorkbook("甲镇.xlsx", book=book, unit=Unit("甲镇", ("一村",)))
    person = {"村(社区)": "一村", "姓名": "田守义", "证件类型": "居民身份证", "证件号码": "620422194803079511"}
    filled.frames = {"R1": raw_frame(book.rosters["R1"], [{**person, **PAID, **cells}])}
    judge_frames(filled)
    return filled


@pytest.mark.parametrize(
    ("kind", "cells", "direct", "rebate"),
    [
        ("rebate", {"身份属性1": "高龄老人"}, 0, 10000),
        ("rebate", {"身份属性1": "高龄老人", "身份属性2": "建档立卡贫困人口"}, 0, 28000),  # 200 and 80 of 100
        ("rebate", {"身份属性1": "高龄老人", "身份属性2": "边缘户"}, 0, 10000),
        ("rebate", {"身份属性1": "高龄老人", "身份属性2": "孤儿"}, 28000, 0),
        ("rebate", {"身份属性1": "高龄老人", "特殊情形": "参加职工医保"}, 0, 0),  # who gets no subsidy gets none on top
        ("direct", {"身份属性1": "高龄老人", "实缴金额": 180.0}, 10000, 0),
        ("direct", {"身份属性1": "建档立卡贫困人口", "身份属性2": "高龄老人", "实缴金额": 200.0}, 8000, 20000),
    ],
)
def test_sheet_and_settlement_agree(kind: str, cells: dict[str, Any], direct: int, rebate: int) -> None:
    filled = judged(huining(kind), **cells)
    [row] = settle_workbook(filled).to_dicts()
    frame = filled.frames["R1"].row(0, named=True)
    if row["counts"]:
        assert (row["gov_direct"], row["rebate_due"]) == (direct, rebate)
    assert round(frame["gov_direct.computed"] * 100) == direct
    assert round(frame["rebate_due.computed"] * 100) == rebate


TYPED = [
    ("R1", {"身份属性1": "高龄老人", "叠加资助": 50.0}, {("V17.top_up", "叠加资助")}),
    ("R1", {"身份属性1": "孤儿", "叠加资助类别": "高龄老人"}, {("V17.top_up", "叠加资助类别")}),
    ("R1", {"身份属性1": "高龄老人", "叠加资助方式": "代缴"}, {("V17.top_up", "叠加资助方式")}),
    ("R1", {"身份属性1": "高龄老人", "叠加资助": 100.0, "应返资助": 100.0}, set()),
    ("R1", {"身份属性1": "高龄老人", "应返资助": 40.0}, {("V17.amount", "应返资助")}),
    ("R4", {}, set()),
    ("R4", {"叠加资助": 100.0, "资助金额": 300.0}, {("V17.roster_amount", "叠加资助")}),
    ("R4", {"资助金额": 200.0}, {("V17.roster_sum", "资助金额")}),
    ("R4", {"叠加资助方式": "代缴"}, {("V17.roster_kind", "叠加资助方式")}),
    ("R4", {"叠加资助类别": "建档立卡贫困人口"}, {("V15.unknown_category", "叠加资助类别")}),
    ("R4", {"叠加资助": None}, {("V01.required", "叠加资助"), ("V17.roster_sum", "资助金额")}),
    ("R4", ALONE, set()),
    ("R4", ALONE | {"叠加资助": 120.0, "资助金额": 120.0}, {("V17.roster_amount", "叠加资助")}),
    ("R4", ALONE | {"叠加资助类别": None}, {("V01.required", name) for name in ("资助类别", "资助方式", "资助标准")}),
]


@pytest.mark.parametrize(("code", "cells", "told"), TYPED)
def test_what_was_typed_otherwise_is_told(code: str, cells: dict[str, Any], told: set[tuple[str, str]]) -> None:
    policy = huining()
    if code == "R1":
        found = judged(policy, **cells).findings
    else:
        book = load_rulebook(policy)
        filled = FilledWorkbook("甲镇.xlsx", book=book, unit=Unit("甲镇", ("一村",)))
        person = {"村(社区)": "一村", "姓名": "田守义", "证件类型": "居民身份证", "证件号码": "620422194803079511"}
        filled.frames = {code: raw_frame(book.rosters[code], [{**person, **LISTED, **cells}])}
        judge_frames(filled)
        found = filled.findings
    keys = {"V01.required", "V15.unknown_category", "V17.amount"}
    said = {(one.key, one.header) for one in found if one.key in keys or one.key.startswith("V17.")}
    asked = {name for _, name in told} | {"叠加资助类别", "叠加资助方式", "叠加资助", "资助金额", "应返资助"}
    assert {pair for pair in said if pair[1] in asked} == told


def test_what_is_owed_are_the_claims_that_money_is_due_for_or_may_be(everybody: FilledWorkbook) -> None:
    people = settle_workbook(everybody)
    owed = pl.col("counts") & ((pl.col("due") > 0) | pl.col("due").is_null())
    wanted = claims_of(people).filter(owed).select("person", "category", "payable", "is_top_up")
    assert owed_claims(people, ["person", "category", "payable"]).select(wanted.columns).equals(wanted)
    assert 0 < wanted.filter("is_top_up").height < wanted.height < claims_of(people).height


def test_a_unit_that_pays_is_called_what_people_call_it() -> None:
    [row] = claims_of(settle_workbook(judged(huining(), 身份属性1="高龄老人"))).filter("is_top_up").to_dicts()
    assert row["payer"] == "乡镇"


@pytest.mark.parametrize("policy", list_policies())
def test_without_any_claims_are_persons(policy: str) -> None:
    """For the four notices nothing stands beside the frame of persons."""
    assert not [one for one in load_policy(policy).subsidy.categories if one.is_top_up]
    for county in list(sweep(policy))[:3]:
        people = county.merge().people
        assert TOP_UP not in people.columns
        assert claims_of(people).drop("is_top_up").equals(people)


# --- everybody who can be ---------------------------------------------------------------------------------------------

ORDINARY = ("", "特困人员", "低保对象", "脱贫人口", "边缘户", "重度残疾人")
ON_TOP = (
    ("",),
    ("高龄老人",),
    ("村集体成员",),
    ("离任村干部",),
    ("计生家庭",),
    ("高龄老人", "村集体成员"),
    ("村集体成员", "计生家庭"),
)
SAYS = {"gov_direct": "政府代缴", "rebate_due": "应返资助", "self_due": "个人应缴"}


@pytest.fixture(scope="module")
def everybody() -> FilledWorkbook:
    """Persons of every ordinary category, every top-up, tier and year, some of whom have paid 780."""
    rows = [
        {
            "村(社区)": "一村",
            "姓名": named(serial),
            "证件类型": "居民身份证",
            "证件号码": number("huining-2021", serial),
        }
        | dict(zip(("身份属性1", "身份属性2", "身份属性3"), filter(None, (ordinary, *on_top)), strict=False))
        | {"缴费档次": tier}
        | ({"身份终止年份": ended} if ended else {})
        | ({"缴费方式": "微信", "缴费日期": 45577.0, "实缴金额": 780.0, "凭证号码": f"PZ{serial}"} if pays else {})
        for serial, (ordinary, on_top, tier, ended, pays) in enumerate(
            product(ORDINARY, ON_TOP, ("一档", "二档"), (None, 2024.0, 2023.0), (True, False)), start=1
        )
    ]
    book = load_rulebook(load_policy(POLICY))
    filled = FilledWorkbook("柳树镇.xlsx", book=book, unit=Unit(TOWNSHIP, ("一村",)))
    filled.frames = {"R1": raw_frame(book.rosters["R1"], rows)}
    judge_frames(filled)
    return filled


def test_both_faces_say_the_same_of_everybody(everybody: FilledWorkbook) -> None:
    people = settle_workbook(everybody).sort("row")
    frame = everybody.frames["R1"].sort("row")
    assert people.height == len(ORDINARY) * len(ON_TOP) * 2 * 3 * 2
    for name in SAYS:
        sheet = [None if value is None else round(value * 100) for value in frame[f"{name}.computed"].to_list()]
        owed = people[name].to_list()
        if name == "rebate_due":  # which is open, the sheet cannot say of a rebate that nobody is due yet either
            unpaid = (~people["paid_full"]).to_list()
            owed = [None if none and cell is None else fen for none, cell, fen in zip(unpaid, sheet, owed, strict=True)]
        assert sheet == owed, name


def test_claims_are_the_parts_of_each_person(everybody: FilledWorkbook) -> None:
    people = settle_workbook(everybody)
    claims = claims_of(people)
    assert claims.filter(~pl.col("is_top_up")).height == people.height
    assert claims.filter("is_top_up").height == people.height * (len(ON_TOP) - 1) // len(ON_TOP)
    parts = {person: list(rows) for person, rows in claims.rows_by_key("person", named=True).items()}
    for row in people.to_dicts():
        own = parts[row["person"]]
        for name in ("gov_direct", "rebate_due", "due"):
            known = [part[name] for part in own]
            assert row[name] == (None if None in known else sum(known)), (name, row)
        if row["due"] is None:
            continue
        assert row["payable"] + row["withheld"] == row["due"] == sum(part["payable"] + part["withheld"] for part in own)
        assert row["due"] <= row["premium"] == row["gov_direct"] + row["self_due"]
