"""One person in two units: who is told what at which row, and what the table of decisions has of each row."""

from typing import Any

import polars as pl
import pytest

from canbao_county.merge.decisions import decide_findings, tabulate_decisions
from canbao_county.merge.differences import find_differences
from canbao_rulebook.policy import load_policy
from canbao_rulebook.policy.words import SubsidyKind
from canbao_rulebook.vocabulary import word
from canbao_validators.settlement.places import place_persons
from canbao_validators.settlement.settle import settle
from canbao_validators.settlement.terms import Ruling, Rulings, Terms
from canbao_validators.settlement.told import Told
from canbao_validators.settlement.withhold import withhold
from support.settled import CENTRAL, EARLY, EXEMPT, KEY, LATER, PAID, QUOTA, facts

Row = dict[str, Any]
HUINING = load_policy("huining-2021")
KINDS = Terms(HUINING).kinds
REBATE = {"row_subsidy_kind": KINDS[SubsidyKind.REBATE], **QUOTA}
BY_CHANNEL = {"row_subsidy_kind": KINDS[SubsidyKind.SPECIAL_CHANNEL]}
DIRECT = {"row_subsidy_kind": KINDS[SubsidyKind.DIRECT]}
SECOND = "应保及应资对象"


def decided(*rows: Row, rulings: Rulings | None = None) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
    """Messages by unit with the other unit that they name, and the verdict on each row."""
    table, terms = facts(*rows), Terms(HUINING, rulings or Rulings())
    places = place_persons(table, terms)
    settled = withhold(settle(table, places, terms), (), terms)
    found = [
        (one.key, one.place.file.removesuffix(".xlsx"), str(one.params.get("other_unit", "")))
        for one in decide_findings(places, settled, terms)
    ]
    return found, tabulate_decisions(places, settled, terms).select("unit", "verdict").rows()


STANDS, FALLS, OPEN = (word("rulings", code) for code in ("stands", "falls", "open"))
TWO = [("V09.two_townships", "甲镇", "乙镇"), ("V09.two_townships", "乙镇", "甲镇")]
CASES: dict[str, tuple[list[Row], list[tuple[str, str, str]], list[str]]] = {
    "one row": ([PAID], [], []),
    "two in one unit": ([PAID, PAID | {"unit": "甲镇", "file": "甲镇.xlsx", "row": 6}], [], []),
    "paid in both": ([PAID, PAID | {"pay_date": LATER}], TWO, [STANDS, FALLS]),
    "paid here first": ([PAID | {"pay_date": LATER}, PAID], [TWO[1], TWO[0]], [STANDS, FALLS]),
    "both ask for a rebate": ([PAID | REBATE, PAID | REBATE], [*TWO, ("V18.twice", "乙镇", "")], [STANDS, FALLS]),
    "one asks for a rebate": ([PAID | REBATE, PAID], TWO, [STANDS, FALLS]),
    "a rebate that was not paid for": ([PAID | REBATE, REBATE], TWO, [STANDS, FALLS]),
    "both are paid for": ([DIRECT, DIRECT], [*TWO, ("V18.twice", "乙镇", "")], [STANDS, FALLS]),
    "one must not enrol": ([PAID | REBATE, PAID | REBATE | {"forbidden": True}], TWO, [STANDS, FALLS]),
    "a department pays": ([CENTRAL | DIRECT, {}], [("V09.paid_for", "乙镇", "甲镇")], [STANDS, FALLS]),
    "a department pays, and they": ([CENTRAL | DIRECT, PAID], [("V19.paid_for", "乙镇", "甲镇")], [STANDS, FALLS]),
    "a department of a closed channel pays": (
        [CENTRAL | BY_CHANNEL, PAID], [("V34.self_payment", "乙镇", "甲镇")],
        [STANDS, FALLS],
    ),
    "a department of a closed channel pays alone": (
        [CENTRAL | BY_CHANNEL, {}], [("V09.paid_for", "乙镇", "甲镇")],
        [STANDS, FALLS],
    ),
    "two departments": ([CENTRAL | DIRECT, CENTRAL | DIRECT], [*TWO, ("V18.twice", "乙镇", "")], [STANDS, FALLS]),
    "exempt with a proof": (
        [EXEMPT | {"proof": "证1"}, PAID], [("V09.exempt", "甲镇", "乙镇"), ("V09.exempt", "乙镇", "甲镇")],
        [STANDS, FALLS],
    ),
    "exempt without one, paid": (
        [EXEMPT, PAID], [("V09.unproven_paid", "乙镇", "甲镇"), ("V09.unproven_paid", "甲镇", "乙镇")], [STANDS, OPEN]
    ),
    "exempt without one, unpaid": (
        [EXEMPT, {}], [("V09.unproven", "乙镇", "甲镇"), ("V09.unproven", "甲镇", "乙镇")], [OPEN, OPEN]
    ),
    "in three units": (
        [PAID, PAID | {"pay_date": LATER}, {}],
        [*TWO, ("V09.two_townships", "甲镇", "丙镇"), ("V09.two_townships", "丙镇", "甲镇")],
        [STANDS, FALLS, FALLS],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_who_is_told_what_and_which_row_stands(case: str) -> None:
    rows, said, verdicts = CASES[case]
    found, table = decided(*rows)
    assert found == said
    assert [verdict for _, verdict in table] == verdicts


def test_the_county_s_ruling_turns_a_decision_round() -> None:
    rows = [PAID, PAID | {"pay_date": LATER}]
    ruled = Rulings({(KEY, "乙镇", SECOND): Ruling(True, "人在这里")})
    found, table = decided(*rows, rulings=ruled)
    assert table == [("乙镇", STANDS), ("甲镇", FALLS)]
    assert found == [TWO[1], TWO[0]]


def test_the_table_has_what_was_paid_and_what_comes_back() -> None:
    table, terms = facts(PAID, PAID | {"pay_date": LATER}), Terms(HUINING)
    places = place_persons(table, terms)
    found = tabulate_decisions(places, settle(table, places, terms), terms)
    assert found.select("cert", "name", "sheet", "row", "received", "returnable", "ruling").rows() == [
        (KEY, "田守义", SECOND, 5, 28000, 0, ""), (KEY, "田守义", SECOND, 5, 28000, 28000, ""),
    ]  # fmt: skip
    assert found["article"].to_list() == [terms.article] * 2


# --- where the county knows more than a workbook ----------------------------------------------------------------------


def differing(*rows: Row, told: Told | None = None, rulings: Rulings | None = None) -> list[tuple[str, str]]:
    """The rows whose figures are other ones in the county: unit and why."""
    table, terms = facts(*rows), Terms(HUINING, rulings or Rulings())
    people = withhold(settle(table, place_persons(table, terms), terms, told), (), terms)
    people = people if "barred" in people.columns else people.with_columns(barred=pl.lit(value=False))
    found = find_differences(table, people, told, [], terms)
    return found.select("unit", "why").rows() if found.height else []


def test_only_rows_with_other_figures_differ_and_each_has_its_reason() -> None:
    assert differing(PAID) == []
    assert differing(PAID, PAID | {"pay_date": LATER}) == [("乙镇", "other_unit")]
    assert differing(PAID, PAID | {"unit": "甲镇", "township": "甲镇", "file": "甲镇.xlsx", "row": 6}) == []
    listed = Told(listed=pl.DataFrame({"cert": [KEY], "listed": [False]}))
    assert differing(PAID, told=listed) == [("甲镇", "not_arrived")]
    assert differing(PAID, told=Told(listed=pl.DataFrame({"cert": [KEY], "listed": [True]}))) == []
    barred = Told(barred=pl.DataFrame({"cert": [KEY], "unsubsidised": [True]}))
    assert differing(PAID, told=barred) == [("甲镇", "barred")]
    assert EARLY < LATER
