"""Every reason why money does not count, all that holds a payment back, every state: alone, to the fen."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from canbao_rulebook.findings import Finding, Place, Severity
from canbao_templates import read_text
from canbao_validators.settlement.terms import Rulings
from canbao_validators.settlement.told import Told
from support.settled import CENTRAL, EARLY, EXEMPT, KEY, PAID, QUOTA, settled

Row = dict[str, Any]
HUINING, SHANGCAI, DONGXING, PUTUO = "huining-2021", "shangcai-2020", "dongxing-2022", "putuo-2022"
CASH: Row = PAID | {"cash": True}
LATE: Row = PAID | {"in_time": False, "paid_ok": False, "row_enrolled": False, "pay_date": 44200.0, "missed": "期外"}
TODAY = {"unit": "甲镇", "file": "甲镇.xlsx", "sheet": "应保及应资对象", "row": 5}
# What came, and what becomes of it: accepted, unproven, returnable (fen), the reason and the way.
MONEY: dict[str, tuple[Row, tuple[int, int, int, str, str]]] = {
    "nothing came": ({}, (0, 0, 0, "", "")),
    "paid": (PAID, (28000, 0, 0, "", "")),
    "a fen less": (PAID | {"received": 27999}, (0, 0, 27999, "partial", "when_corrected")),
    "a fen more": (PAID | {"received": 28001}, (28000, 0, 1, "too_much", "county_decides")),
    "twice": (PAID | {"received": 56000}, (28000, 0, 28000, "twice", "county_decides")),
    "twice and a fen": (PAID | {"received": 56001}, (28000, 0, 28001, "too_much", "county_decides")),
    "cash with a ticket": (CASH, (28000, 0, 0, "", "")),
    "cash with a deposit that holds it": (CASH | {"ticket": False, "cover": "covered"}, (28000, 0, 0, "", "")),
    "cash with neither": (CASH | {"ticket": False}, (0, 28000, 0, "", "")),
    "cash with a deposit that is short": (CASH | {"ticket": False, "cover": "short"}, (0, 28000, 0, "", "")),
    "cash with a deposit that nobody knows": (CASH | {"ticket": False, "cover": "unknown"}, (0, 28000, 0, "", "")),
    "cash where no deposits are registered": (CASH | {"ticket": False, "cover": "no_deposits"}, (0, 28000, 0, "", "")),
    "not cash, without a ticket": (PAID | {"ticket": False}, (28000, 0, 0, "", "")),
    "who must not enrol": (PAID | {"forbidden": True}, (0, 0, 28000, "not_eligible", "county_decides")),
    "paid for by government": (PAID | {"claims": ["F3"]}, (0, 0, 28000, "government_also_paid", "county_decides")),
    "no day": (PAID | {"pay_date": float("nan")}, (0, 0, 28000, "no_date", "when_corrected")),
    "no day, unknown": (PAID | {"pay_date": None}, (0, 0, 28000, "no_date", "when_corrected")),
    "too late": (LATE, (0, 0, 28000, "late", "county_decides")),
    "too late, and too little": (LATE | {"received": 100}, (0, 0, 100, "late", "county_decides")),
    "the day before the window": (LATE | {"pay_date": 44074.0}, (0, 0, 28000, "early", "county_decides")),
    "the first day, for another reason": (LATE | {"pay_date": 44075.0}, (0, 0, 28000, "late", "county_decides")),
    "before the birth": (LATE | {"missed": "出生前"}, (0, 0, 28000, "before_birth", "county_decides")),
    "before the identification": (LATE | {"missed": "识别前"}, (0, 0, 28000, "early", "county_decides")),
    "born after the window": (LATE | {"missed": "未规定"}, (0, 0, 28000, "not_ruled", "county_decides")),
    "late, and arrived all the same": (LATE | {"arrived": True, "row_enrolled": True}, (28000, 0, 0, "", "")),
    "late, arrived, not enrolled by the row": (LATE | {"arrived": True}, (0, 0, 28000, "late", "county_decides")),
    "late, arrived, too little": (
        LATE | {"arrived": True, "row_enrolled": True, "received": 100}, (0, 0, 100, "late", "county_decides")
    ),
    "in time, never arrived": (PAID | {"arrived": False}, (0, 0, 28000, "not_arrived", "when_corrected")),
    "in time, never posted": (PAID | {"posted": False}, (0, 0, 28000, "not_posted", "when_corrected")),
    "in time, posted": (PAID | {"posted": True}, (28000, 0, 0, "", "")),
    "one key field missing, where that does not matter": (PAID | {"complete": False}, (28000, 0, 0, "", "")),
}  # fmt: skip


def outcome(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("accepted", "unproven", "returnable", "reason", "way"))


@pytest.mark.parametrize("case", MONEY)
def test_what_becomes_of_money(case: str) -> None:
    row, expected = MONEY[case]
    (found,) = settled(row).to_dicts()
    assert outcome(found) == expected
    assert found["received"] == sum(expected[:3])


IN_SHANGCAI: Row = {"row_premium": 25000, "received": 25000}
BATCHES = {
    "whole": ({"cover": "covered"}, ""),
    "none registered": ({"cover": "no_deposits"}, ""),
    "short": ({"cover": "short"}, "batch"),
    "unknown": ({"cover": "unknown"}, "batch"),
    "no batch": ({"cover": "none"}, "batch"),
    "short, and posted": ({"cover": "short", "posted": True}, ""),
    "whole, a key field missing": ({"cover": "covered", "complete": False}, "incomplete"),
    "short, a key field missing": ({"cover": "short", "complete": False}, "incomplete"),
    "whole, not posted": ({"cover": "covered", "posted": False}, "not_posted"),
    "not cash": ({"cash": False, "cover": "short", "complete": False}, ""),
}


@pytest.mark.parametrize("case", BATCHES)
def test_agents_rows_count_when_their_batch_is_whole(case: str) -> None:
    row, reason = BATCHES[case]
    (found,) = settled(CASH | IN_SHANGCAI | row, policy=SHANGCAI).to_dicts()
    assert (found["reason"], found["accepted"]) == (reason, 0 if reason else 25000)
    assert found["state"] == ("not_accepted" if reason else "enrolled")


def test_a_closed_channel_takes_no_money() -> None:
    (found,) = settled(PAID | {"claims": ["S3"], "row_premium": 32000, "received": 32000}, policy=DONGXING).to_dicts()
    assert (found["reason"], found["accepted"], found["returnable"]) == ("closed_channel", 0, 32000)
    (other,) = settled(PAID | {"row_premium": 32000, "received": 32000}, policy=DONGXING).to_dicts()
    assert (other["reason"], other["accepted"]) == ("", 32000)


@pytest.mark.parametrize(("received", "accepted"), [(1, 1), (40000, 40000)])
def test_where_nobody_knows_the_premium_the_row_s_own_word_counts(received: int, accepted: int) -> None:
    (found,) = settled(PAID | {"row_premium": None, "received": received}, policy=PUTUO).to_dicts()
    assert (found["accepted"], found["returnable"], found["premium"], found["self_due"]) == (accepted, 0, None, None)
    assert found["state"] == "due"  # whether it is the whole premium is unknown


LISTED = pl.DataFrame({"cert": [KEY], "listed": [True]})
NOT_LISTED = pl.DataFrame({"cert": [KEY], "listed": [False]})


@pytest.mark.parametrize(
    ("row", "listed", "reason"),
    [
        ({"posted": False}, LISTED, ""), ({"arrived": False}, LISTED, ""), ({"posted": True}, NOT_LISTED, "not_posted"),
        ({}, NOT_LISTED, "not_arrived"), ({"arrived": True, "row_enrolled": True}, NOT_LISTED, ""),
    ],
)  # fmt: skip
def test_imported_lists_of_money_decide_against_what_was_entered(row: Row, listed: pl.DataFrame, reason: str) -> None:
    (found,) = settled(PAID | row, told=Told(listed=listed)).to_dicts()
    assert found["reason"] == reason
    assert not found["unverified"]


def test_who_cannot_enrol_by_a_list_is_not_enrolled_and_may_be_without_a_subsidy() -> None:
    barred = pl.DataFrame({"cert": [KEY], "unsubsidised": [True]})
    (found,) = settled(PAID | QUOTA, told=Told(barred=barred)).to_dicts()
    assert (found["state"], found["reason"], found["category"], found["due"]) == ("not_accepted", "not_eligible", "", 0)
    (kept,) = settled(PAID | QUOTA, told=Told(barred=barred.with_columns(unsubsidised=pl.lit(value=False)))).to_dicts()
    assert (kept["state"], kept["category"], kept["rebate_due"]) == ("not_accepted", "建档立卡贫困人口", 0)
    (unpaid,) = settled({}, told=Told(barred=barred)).to_dicts()
    assert unpaid["state"] == "not_accepted"


STATES: dict[str, tuple[Row, str]] = {
    "nothing": ({}, "due"),
    "paid": (PAID, "enrolled"),
    "refuses": ({"refuses": True}, "refused"),
    "refuses, and paid": (PAID | {"refuses": True}, "enrolled"),
    "refuses, and paid too late": (LATE | {"refuses": True}, "not_accepted"),
    "must not enrol": ({"forbidden": True}, "not_accepted"),
    "exempt": (EXEMPT | {"proof": "证1"}, "exempt"),
    "paid for": ({"claims": ["F3"], "direct_ok": True}, "enrolled"),
    "paid for, registered too late": ({"claims": ["F3"], "direct_ok": False}, "due"),
    "paid for, money known to have come": ({"claims": ["F3"], "direct_ok": True, "arrived": True}, "enrolled"),
    "paid for, money known not to have come": ({"claims": ["F3"], "direct_ok": True, "arrived": False}, "due"),
    "arrived": ({"arrived": True, "row_enrolled": True}, "enrolled"),
    "arrived, not enrolled by the row": ({"arrived": True}, "due"),
    "cash that nothing shows": (CASH | {"ticket": False}, "due"),
}


@pytest.mark.parametrize("case", STATES)
def test_states(case: str) -> None:
    row, state = STATES[case]
    (found,) = settled(row).to_dicts()
    assert (found["state"], found["enrolled"]) == (state, state == "enrolled")


@pytest.mark.parametrize(
    ("row", "unverified"),
    [({}, True), ({"arrived": True}, False), ({"posted": True}, False), ({"received": 0}, False)],
)
def test_who_is_enrolled_on_the_rows_own_word_is_unverified(row: Row, *, unverified: bool) -> None:
    (found,) = settled(PAID | row).to_dicts()
    assert found["unverified"] is unverified


# --- the category -----------------------------------------------------------------------------------------------------


def verdicts(**said: str) -> Told:
    return Told(
        verdicts=pl.DataFrame(
            [(KEY, code, word) for code, word in said.items()], ["cert", "code", "verdict"], orient="row"
        )
    )


CHOICES: dict[str, tuple[list[str], dict[str, str], tuple[str, int, int]]] = {
    "none": ([], {}, ("", 0, 0)),
    "one": (["Q1"], {}, ("建档立卡贫困人口", 0, 20000)),
    "the higher": (["Q1", "F4"], {}, ("孤儿", 28000, 0)),
    "equal amounts by precedence": (["Q3", "Q1"], {}, ("建档立卡贫困人口", 0, 20000)),
    "equal and full by precedence": (["F5", "F1"], {}, ("农村一类保障对象", 28000, 0)),
    "no money": (["N1"], {}, ("重度残疾人", 0, 0)),
    "no money beside money": (["N1", "Q5"], {}, ("城市差额保障对象", 0, 20000)),
    "the higher is denied": (["Q1", "F4"], {"F4": "denied"}, ("建档立卡贫困人口", 0, 20000)),
    "both are denied": (["Q1", "F4"], {"F4": "denied", "Q1": "denied"}, ("", 0, 0)),
    "the lower is denied": (["Q1", "F4"], {"Q1": "denied"}, ("孤儿", 28000, 0)),
    "the higher is unsure": (["Q1", "F4"], {"F4": "unsure", "Q1": "confirmed"}, ("孤儿", 28000, 0)),
}


@pytest.mark.parametrize("case", CHOICES)
def test_the_best_claim_that_counts_is_executed(case: str) -> None:
    claims, said, (category, direct, rebate) = CHOICES[case]
    paid = {} if direct else PAID
    (found,) = settled(paid | {"claims": claims, "direct_ok": True}, told=verdicts(**said) if said else None).to_dicts()
    assert (found["category"], found["gov_direct"], found["rebate_due"]) == (category, direct, rebate)
    assert found["self_due"] == 28000 - direct
    assert found["due"] == direct + rebate
    assert found["payer"] == ("县财政局" if direct or rebate else "")


def test_claims_of_all_rows_count_once_on_the_row_that_stands() -> None:
    first, second = settled(PAID | QUOTA, {"claims": ["F4"], "direct_ok": True}).to_dicts()
    assert (first["category"], first["gov_direct"], second["category"], second["gov_direct"]) == ("孤儿", 28000, "", 0)
    assert (first["returnable"], first["reason"]) == (28000, "government_also_paid")
    both = settled(PAID | QUOTA | {"groups": ["G_POOR"]}, {"groups": ["G_SPECIAL"]})["groups"].to_list()
    assert [sorted(groups) for groups in both] == [["G_POOR", "G_SPECIAL"]] * 2


def test_an_unknown_amount_beside_other_money_leaves_the_choice_open() -> None:
    claims = {"row_premium": 25000, "received": 25000}
    (open_,) = settled(PAID | claims | {"claims": ["P1", "P2"]}, policy=SHANGCAI).to_dicts()
    assert (open_["category"], open_["rebate_due"], open_["confirmed"]) == (None, None, "unsure")
    (one,) = settled(PAID | claims | {"claims": ["P1"]}, policy=SHANGCAI).to_dicts()
    assert one["category"] is not None
    assert (one["rebate_due"], one["payable"], one["gov_direct"], one["state"]) == (None, 0, 0, "enrolled")
    (full,) = settled({**claims, "received": 0, "claims": ["P1", "F2"], "direct_ok": True}, policy=SHANGCAI).to_dicts()
    assert (full["category"], full["gov_direct"]) == ("特困人员", 25000)
    (manual,) = settled(PAID | claims | {"claims": ["D1"]}, policy=SHANGCAI).to_dicts()
    assert (manual["gov_direct"], manual["self_due"], manual["rebate_due"]) == (None, None, None)


def test_a_blocked_person_gets_no_subsidy_from_any_row() -> None:
    (found,) = settled(PAID | QUOTA | {"blocked": True}).to_dicts()
    assert (found["category"], found["rebate_due"], found["state"]) == ("", 0, "enrolled")
    first, _ = settled(PAID | QUOTA, EXEMPT | {"blocked": True, "volunteers": True, "proof": "证1"}).to_dicts()
    assert (first["category"], first["rebate_due"]) == ("", 0)


@pytest.mark.parametrize(("approved", "category", "payable"), [(True, "建档立卡贫困人口", 20000), (False, "", 0)])
def test_the_county_s_word_on_an_identity_stands_over_the_list_s(
    approved: bool,
    category: str,
    payable: int,
) -> None:
    rulings = Rulings(approvals={(KEY, "建档立卡贫困人口"): approved})
    against = verdicts(Q1="denied" if approved else "confirmed")
    (found,) = settled(PAID | QUOTA, rulings=rulings, told=against).to_dicts()
    assert (found["category"], found["payable"]) == (category, payable)


# --- what holds a payment back ----------------------------------------------------------------------------------------

CONFIRMED = verdicts(Q1="confirmed", F3="confirmed")


def held(row: Row, *findings: Finding, told: Told | None = CONFIRMED) -> tuple[str, int, int]:
    (found,) = settled(row, told=told, findings=findings).to_dicts()
    assert (found["payable"] == 0) or not found["withheld_by"]
    return found["withheld_by"], found["payable"], found["withheld"]


def said(code: str, severity: Severity = Severity.ERROR, **where: Any) -> Finding:
    at = TODAY | where
    return Finding(f"{code}.said", severity, Place(at["sheet"], at["row"], file=at["file"]))


BACK: dict[str, tuple[Row, str]] = {
    "nothing": (PAID | QUOTA, ""),
    "no usable account": (PAID | QUOTA | {"account_ok": False}, "V22"),
    "no account, paid for": ({"claims": ["F3"], "direct_ok": True}, ""),
    "cash in a short deposit": (CASH | QUOTA | {"cover": "short"}, "V31"),
    "cash in a deposit that nobody knows": (CASH | QUOTA | {"cover": "unknown"}, "V31"),
    "cash in a whole deposit": (CASH | QUOTA | {"cover": "covered"}, ""),
    "cash without a deposit, with a ticket": (CASH | QUOTA, ""),
    "cash in a whole deposit, no ticket": (CASH | QUOTA | {"cover": "covered", "ticket": False}, "V32"),
    "paid for, money known not to have come": ({"claims": ["F3"], "direct_ok": True, "arrived": False}, "未参保"),
}


@pytest.mark.parametrize("case", BACK)
def test_what_holds_a_payment_back(case: str) -> None:
    row, codes = BACK[case]
    due = 28000 if "F3" in row["claims"] else 20000
    assert held(row) == (codes, 0 if codes else due, due if codes else 0)


def test_nobody_waits_who_is_due_nothing() -> None:
    assert held(PAID | {"account_ok": False}) == ("", 0, 0)
    assert held(QUOTA | {"account_ok": False}) == ("", 0, 0)


@pytest.mark.parametrize(("said_of", "codes"), [(None, "名单"), (verdicts(Q1="unsure"), "名单"), (CONFIRMED, "")])
def test_who_is_on_no_list_waits(said_of: Told | None, codes: str) -> None:
    assert held(PAID | QUOTA, told=said_of)[0] == codes


@pytest.mark.parametrize("code", ["V10", "V12", "V13", "V14", "V15", "V22", "V31", "V32", "V33"])
def test_an_error_at_the_row_holds_its_rebate_back(code: str) -> None:
    assert held(PAID | QUOTA, said(code)) == (code, 0, 20000)
    assert held(PAID | QUOTA, said(code, Severity.WARNING)) == ("", 20000, 0)
    assert held(PAID | QUOTA, said(code, row=6)) == ("", 20000, 0)
    assert held(PAID | QUOTA, said(code, sheet="外地户籍应保对象")) == ("", 20000, 0)
    assert held(PAID | QUOTA, said(code, file="乙镇.xlsx")) == ("", 20000, 0)


@pytest.mark.parametrize(
    ("code", "waits"), [("V10", True), ("V22", False), ("V31", False), ("V32", False), ("V33", True)]
)
def test_what_is_wrong_with_an_account_or_cash_holds_no_direct_payment_back(code: str, *, waits: bool) -> None:
    assert held({"claims": ["F3"], "direct_ok": True}, said(code)) == ((code, 0, 28000) if waits else ("", 28000, 0))


def test_an_error_that_the_policy_does_not_name_holds_nothing_back() -> None:
    assert held(PAID | QUOTA, said("V41")) == ("", 20000, 0)


def test_several_reasons_stand_side_by_side() -> None:
    codes, payable, withheld = held(PAID | QUOTA | {"account_ok": False}, said("V12"), said("V33"), told=None)
    assert (set(codes.split("、")), payable, withheld) == ({"名单", "V12", "V22", "V33"}, 0, 20000)


def test_a_claim_that_is_denied_is_shown_as_held_back_though_it_is_due_nothing() -> None:
    (found,) = settled(PAID | QUOTA, told=verdicts(Q1="denied"), findings=(said("V15"),)).to_dicts()
    assert (found["withheld_by"], found["due"], found["payable"]) == ("V15", 0, 0)


def test_a_department_s_row_stands_and_the_other_money_is_government_s_too() -> None:
    paid = PAID | IN_SHANGCAI
    department = CENTRAL | {"claims": ["F2"], "row_premium": 25000, "direct_ok": True}
    own, theirs = settled(paid, department, policy=SHANGCAI).to_dicts()
    assert (own["state"], own["reason"], own["way"], own["returnable"]) == ("", "government_also_paid", "refund", 25000)
    assert (theirs["state"], theirs["gov_direct"], theirs["pay_date"] == EARLY) == ("enrolled", 25000, False)


@pytest.mark.parametrize(
    ("received", "accepted", "state"), [(0, 0, "due"), (17999, 0, "not_accepted"), (18000, 18000, "enrolled")]
)
def test_where_government_pays_a_part_the_person_pays_the_rest(
    received: int, accepted: int, state: str, tmp_path: Path
) -> None:
    """No notice of the four has this; a county's own policy may."""
    text = read_text("policies/huining-2021.yaml")
    part = 'name: 孤儿, aliases: [], tier: FULL, kind: direct, amount: "280.00"'
    assert part in text
    own = tmp_path / "own-2021.yaml"
    own.write_text(text.replace(part, part.replace("280.00", "100.00")), encoding="utf-8")
    (found,) = settled(PAID | {"claims": ["F4"], "direct_ok": True, "received": received}, policy=own).to_dicts()
    assert (found["gov_direct"], found["self_due"], found["accepted"]) == (10000, 18000, accepted)
    assert (found["state"], found["returnable"]) == (state, received - accepted)
