"""Which row stands: each single step of the order, alone (rules.md C25, settlement.md 3 and 7)."""

from typing import Any

import polars as pl
import pytest

from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.phrases import say
from canbao_rulebook.policy import load_policy
from canbao_validators.settlement.persons import NumberedRow, SettledRow, schema_of
from canbao_validators.settlement.places import place_persons
from canbao_validators.settlement.settle import settle
from canbao_validators.settlement.terms import Ruling, Rulings, Terms
from canbao_validators.settlement.unit import settle_unit
from canbao_validators.settlement.withhold import withhold
from support.settled import CENTRAL, EARLY, EXEMPT, KEY, LATER, PAID, QUOTA, facts, settled

PUTUO = "putuo-2022"
ARRIVED: dict[str, Any] = {"row_enrolled": True, "arrived": True, "arrived_on": EARLY}
PAID_FOR: dict[str, Any] = {"row_enrolled": True}


def standing(*rows: dict[str, Any], **more: Any) -> list[str]:
    """The units whose rows stand."""
    units: list[str] = settled(*rows, **more).filter("stands")["unit"].cast(pl.String).to_list()
    return units


def ruled(unit: str, *, stands: bool, sheet: str = "应保及应资对象") -> Rulings:
    """The county's decision about one row."""
    return Rulings({(KEY, unit, sheet): Ruling(stands, "")})


STEPS = {
    "a department's row before one that was paid": (CENTRAL, PAID),
    "the better category of two departments": (
        CENTRAL | {"row_category": "建档立卡贫困人员(含脱贫享受政策)"}, CENTRAL | {"row_category": "特困人员"}
    ),
    "paid before unpaid": (PAID, {}),
    "paid before paid for by government": (PAID, PAID_FOR),
    "the earliest payment": (PAID, PAID | {"pay_date": LATER}),
    "a complete payment before an earlier one that is not": (PAID | {"pay_date": LATER}, PAID | {"paid_ok": False}),
    "cash with a ticket before earlier cash that nothing shows": (
        PAID | {"cash": True, "pay_date": LATER}, PAID | {"cash": True, "ticket": False}
    ),
    "cash in a deposit that is whole before one that is short": (
        PAID | {"cash": True, "ticket": False, "cover": "covered", "pay_date": LATER},
        PAID | {"cash": True, "ticket": False, "cover": "short"},
    ),
    "a payment with a day before one without": (PAID, PAID | {"pay_date": float("nan")}),
    "paid for by government before nothing": (PAID_FOR, {}),
    "what arrived before a later payment": (ARRIVED, PAID | {"pay_date": LATER}),
    "an earlier payment before what arrived": (PAID, ARRIVED | {"arrived_on": LATER}),
    "money that does not count before none": (PAID | {"paid_ok": False, "row_enrolled": False}, {}),
    "the first roster before the second": ({"roster": "R1"}, {"roster": "R2", "sheet": "外地户籍应保对象"}),
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_each_step_decides_whatever_the_order_of_files(step: str) -> None:
    better, worse = STEPS[step]
    policy = "shangcai-2020" if better.get("central") else "huining-2021"
    assert standing(better, worse, policy=policy) == ["甲镇"]
    assert standing(worse, better, policy=policy) == ["乙镇"]


def test_where_nothing_differs_the_first_file_stands() -> None:
    assert standing(PAID, PAID) == ["甲镇"]


def test_a_ruling_stands_over_every_step() -> None:
    assert standing(CENTRAL, PAID, policy="shangcai-2020", rulings=ruled("乙镇", stands=True)) == ["乙镇"]
    assert standing(PAID, {}, rulings=ruled("甲镇", stands=False)) == ["乙镇"]
    assert standing({}, PAID, PAID | {"pay_date": LATER}, rulings=ruled("乙镇", stands=False)) == ["丙镇"]


def test_who_was_rejected_is_paid_nothing() -> None:
    """The row that falls gets neither premium nor rebate, though it was paid; the row that stands gets its own."""
    people = settled(PAID | QUOTA, QUOTA, rulings=ruled("甲镇", stands=False)).to_dicts()
    assert [row["premium"] for row in people] == [0, 28000]
    assert [row["due"] for row in people] == [0, 0]
    assert [row["returnable"] for row in people] == [28000, 0]
    assert [row["reason"] for row in people] == ["duplicate", ""]
    assert [row["state"] for row in people] == ["", "due"]
    both = settled(PAID | QUOTA, PAID | QUOTA | {"pay_date": LATER}, rulings=ruled("甲镇", stands=False)).to_dicts()
    assert [row["rebate_due"] for row in both] == [0, 20000]
    assert [row["account"] for row in both if row["due"]] == ["6230123400001112201"]


def test_the_reason_names_what_decided_between_rows_that_a_ruling_leaves() -> None:
    rows = facts(PAID, {}, {})
    reasons = [
        place_persons(rows, Terms(load_policy("huining-2021"), ruling)).decisions[0].reason
        for ruling in (ruled("甲镇", stands=False), ruled("甲镇", stands=True))
    ]
    assert [say(reason, "zh") for reason in reasons] == [
        "县里决定：不采信另一行；条件相同，暂按文件先后采信，请县里核定",
        "县里决定：采信本行",
    ]


# --- exemptions -------------------------------------------------------------------------------------------------------


def states(*rows: dict[str, Any], rulings: Rulings | None = None) -> list[str]:
    """The states of one person's rows."""
    found: list[str] = settled(*rows, rulings=rulings)["state"].to_list()
    return found


def test_a_proven_exemption_beats_a_payer() -> None:
    people = settled(PAID | QUOTA, EXEMPT | {"proof": "证1"}).to_dicts()
    assert [row["state"] for row in people] == ["", "exempt"]
    assert [row["returnable"] for row in people] == [28000, 0]
    assert [row["due"] for row in people] == [0, 0]
    assert people[0]["reason"] == "exempt"


def test_an_exemption_without_proof_beats_nobody() -> None:
    """A payer stands, and the rebate waits; who has not paid is open, and nothing is paid."""
    payer = settled(PAID | QUOTA, EXEMPT).to_dicts()
    assert [row["state"] for row in payer] == ["enrolled", ""]
    assert (payer[0]["accepted"], payer[0]["rebate_due"], payer[0]["payable"]) == (28000, 20000, 0)
    assert "V09" in payer[0]["withheld_by"]
    assert states(QUOTA, EXEMPT) == ["pending", ""]


def test_of_an_exemption_that_is_dropped_nothing_is_left() -> None:
    drop = ruled("乙镇", stands=False, sheet=EXEMPT["sheet"])
    people = settled(PAID | QUOTA, EXEMPT | {"proof": "证1"}, rulings=drop).to_dicts()
    assert people[0]["state"] == "enrolled"
    assert "V09" not in people[0]["withheld_by"]
    assert settled(QUOTA, EXEMPT, rulings=drop).to_dicts()[0]["state"] == "due"


def test_the_county_may_uphold_an_exemption_without_proof_and_an_application_against_a_proven_one() -> None:
    assert states(PAID, EXEMPT, rulings=ruled("乙镇", stands=True, sheet=EXEMPT["sheet"])) == ["", "exempt"]
    assert states(PAID, EXEMPT | {"proof": "证1"}, rulings=ruled("甲镇", stands=True))[0] == "enrolled"


def test_who_volunteers_is_no_exemption() -> None:
    assert states(PAID, EXEMPT | {"proof": "证1", "volunteers": True})[0] == "enrolled"


# --- what government pays ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "claim", "premium"), [("huining-2021", "F3", 28000), ("shangcai-2020", "F2", 25000), (PUTUO, "X1", None)]
)
def test_who_is_paid_for_is_enrolled_and_own_money_goes_back(policy: str, claim: str, premium: int | None) -> None:
    """Also where nobody knows the premium that government pays (PT: 免缴人员)."""
    row = {"claims": [claim], "row_premium": premium, "direct_ok": True}
    (unpaid,) = settled(row, policy=policy).to_dicts()
    assert (unpaid["state"], unpaid["gov_direct"]) == ("enrolled", premium)
    (paid,) = settled(PAID | row, policy=policy).to_dicts()
    assert (paid["accepted"], paid["returnable"], paid["reason"]) == (0, 28000, "government_also_paid")


def test_nothing_is_paid_for_who_is_not_enrolled() -> None:
    """A department's row whose money is known not to have come is due, confirmed or not."""
    approved = Rulings(approvals={(KEY, "特困人员"): True})
    row = CENTRAL | {"claims": ["F2"], "row_premium": 25000}
    (came,) = settled(row, policy="shangcai-2020", rulings=approved).to_dicts()
    assert (came["withheld_by"], came["payable"]) == ("", 25000)
    (missing,) = settled(row | {"arrived": False}, policy="shangcai-2020", rulings=approved).to_dicts()
    assert (missing["withheld_by"], missing["payable"], missing["withheld"]) == ("未参保", 0, 25000)


@pytest.mark.parametrize("code", ["V10", "V33"])
def test_what_is_said_of_a_person_at_another_row_or_list_holds_the_payment_back(code: str) -> None:
    """Lists name a person once, at the row that comes first or at their own line: the payment waits wherever it is."""
    terms = Terms(load_policy("huining-2021"), Rulings(approvals={(KEY, "建档立卡贫困人口"): True}))
    rows = facts({}, PAID | QUOTA)
    people = settle(rows, place_persons(rows, terms), terms)
    places = [("甲镇.xlsx", "应保及应资对象", 5), ("owner-PAO.xlsx", "名单", 3)]
    for file, sheet, row in places:
        found = Finding(f"{code}.test", Severity.ERROR, Place(sheet, row, file=file), KEY)
        assert withhold(people, [found], terms)["payable"].to_list() == [0, 0]
    assert withhold(people, [], terms)["payable"].to_list() == [0, 20000]


# --- whose row it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("other", "same"), [({}, True), ({"guardian": "李四"}, False), ({"birth": 18880.0}, False)])
def test_babies_without_a_number_have_name_guardian_and_birth(other: dict[str, Any], *, same: bool) -> None:
    baby = {"cert": "", "guardian": "王建国"}
    assert len(standing(baby, baby | other)) == (1 if same else 2)


# --- the reason that is told ------------------------------------------------------------------------------------------


REASONS = {
    "两个部门都在册，按类别次序采信": (CENTRAL | {"row_category": "特困人员"}, CENTRAL | {"row_category": "优抚对象"}),
    "已由部门统一缴费": (CENTRAL, PAID),
    "先缴足（2020-09-26）": (PAID, {}),
    "政府代缴已落实": (PAID_FOR, {}),
    "在此处缴过费": (PAID | {"paid_ok": False, "row_enrolled": False}, {}),
    "以户籍所在地为准": ({}, {"roster": "R2", "sheet": "外地户籍应保对象"}),
    "条件相同，暂按文件先后采信，请县里核定": ({}, {}),
}


@pytest.mark.parametrize("reason", REASONS)
def test_the_reason_names_the_step_that_decided(reason: str) -> None:
    policy = "shangcai-2020" if REASONS[reason][0].get("central") else "huining-2021"
    places = place_persons(facts(*REASONS[reason]), Terms(load_policy(policy)))
    (placed,) = places.decisions
    assert (say(placed.reason, "zh"), placed.units) == (reason, {"甲镇", "乙镇"})
    assert set(places.fallen.values()) <= {"duplicate", "government_also_paid"}


def test_the_rows_of_a_unit_s_villages_count_for_the_unit() -> None:
    rows = facts(PAID | QUOTA, QUOTA)
    alone = settle_unit(rows, "甲镇", [], Terms(load_policy("huining-2021")))
    assert alone.select(pl.col("unit", "township").cast(pl.String)).rows() == [("甲镇", "甲镇")] * 2
    assert alone["stands"].to_list() == [True, False]


def test_the_frames_of_persons_have_the_columns_that_are_declared() -> None:
    terms = Terms(load_policy("huining-2021"))
    rows = facts({}, PAID | QUOTA)
    people = withhold(settle(rows, place_persons(rows, terms), terms), [], terms)
    assert dict(rows.schema) == schema_of(NumberedRow)
    assert dict(people.schema) == schema_of(SettledRow)
