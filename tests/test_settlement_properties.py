"""What holds of every settlement (settlement.md 1), over small counties of rows in every situation, in all four years."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_rulebook.policy import list_policies
from canbao_validators.lists.hearing import hear_lists
from canbao_validators.merge.merging import Merge
from canbao_validators.settlement.terms import Rulings, Terms
from canbao_validators.settlement.withhold import withhold
from support.decks import Card, shared_policy
from support.lists import make_lists
from support.small_counties import County, counties

POLICIES = list_policies()
EXAMPLES = 50
DUES = ("premium", "gov_direct", "self_due", "rebate_due")
CAME = ("received", "accepted", "unproven", "returnable")
PAID_OUT = ("withheld", "payable")
TIE = "条件相同"
Row = dict[str, Any]


def over_counties(check: Callable[[County], None], policy: str, examples: int = EXAMPLES) -> None:
    """Let a check see counties of a policy year."""
    some = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    some(given(counties(policy))(check))()


def rows_of(merge: Merge) -> list[Row]:
    """The settled rows."""
    return merge.people.to_dicts()


def fen(text: str | None) -> int | None:
    """An amount of the JSON."""
    return None if text is None else int(Decimal(text) * 100)


def by_person(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows of each person."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["pid"]].append(row)
    return found


# --- every row and every person ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
def test_rows_persons_and_sums_hold(policy: str) -> None:
    def check(county: County) -> None:
        merge = county.merge()
        rows = rows_of(merge)
        for row in rows:
            check_money_that_came(row)
            check_dues(row)
            check_payment(row)
        for person in by_person(rows).values():
            check_person(person)
        check_sums(merge, rows)

    over_counties(check, policy)


def check_money_that_came(row: Row) -> None:
    """Every fen that came is accepted, unproven or to be settled, and the last has its reason and its way."""
    assert row["received"] == row["accepted"] + row["unproven"] + row["returnable"], row
    assert all(row[name] >= 0 for name in CAME), row
    assert (row["returnable"] > 0) == (row["reason"] != "") == (row["way"] != ""), row


def check_dues(row: Row) -> None:
    """What is due where it is known, and nothing at all on rows that do not count."""
    if not row["counts"]:
        assert [row[name] for name in (*DUES, "due", *PAID_OUT)] == [0] * 7, row
        return
    known = None not in {row["premium"], row["gov_direct"]}
    assert row["self_due"] == (row["premium"] - row["gov_direct"] if known else None), row
    if known:
        assert 0 <= row["gov_direct"] <= row["premium"], row
    assert row["accepted"] == 0 or row["self_due"] is None or row["accepted"] <= row["self_due"], row


def check_payment(row: Row) -> None:
    """Nobody is both paid and withheld; nobody is paid more than is due, or without being enrolled."""
    if row["due"] is None:
        assert row["payable"] == (0 if row["withheld_by"] else None), row
        return
    assert row["payable"] + row["withheld"] == row["due"], row
    assert 0 in {row["payable"], row["withheld"]}, row
    assert row["payable"] >= 0, row
    if row["withheld_by"]:
        assert row["payable"] == 0, row
    if row["payable"]:
        assert row["enrolled"], row
        assert row["state"] == "enrolled", row


def check_person(rows: list[Row]) -> None:
    """One place, one state, one subsidy a person."""
    applied = [row for row in rows if row["enrolment"]]
    stands = [row for row in rows if row["stands"]]
    exempt = [row for row in rows if row["state"] == "exempt"]
    assert len(stands) == 1 or (not stands and (exempt or not applied)), rows
    assert sum(row["state"] not in {"", "exempt"} for row in rows) <= 1, rows
    assert sum(row["due"] != 0 for row in rows) <= 1, rows
    assert sum(row["enrolled"] for row in rows) <= 1, rows
    assert all(row["state"] == "" for row in applied if not row["stands"]), rows
    assert all(row["stands"] and row["category"] is not None for row in rows if row["category"]), rows


# --- units and county -------------------------------------------------------------------------------------------------


def check_sums(merge: Merge, rows: list[Row]) -> None:
    """Σ persons = Σ units = county, for each figure and for the counts of unknown; the sums are added up anew here."""
    county = merge.county.as_dict()
    units = [unit.as_dict() for unit in merge.townships]
    assert {row["place"] for row in rows} <= {unit["unit"] for unit in units}
    for total in units:
        check_total(total, [row for row in rows if row["place"] == total["unit"]])
    check_total(county, rows)
    for name in ("should_enrol", "enrolled", "pending", "unverified"):
        assert county[name] == sum(unit[name] for unit in units), name
    for name in (*DUES, "self_paid", "accepted", "unproven", "returnable", *PAID_OUT):
        told = [known for unit in units if (known := fen(unit[name])) is not None]
        assert fen(county[name]) in {None, sum(told)}, name
        assert (county[name] is None) == (len(told) < len(units) and not any(told)), name


def check_total(total: dict[str, Any], rows: list[Row]) -> None:
    """One unit's figures, added up row by row."""
    counting = [row for row in rows if row["counts"]]
    assert total["should_enrol"] == len(counting)
    assert total["enrolled"] == sum(row["enrolled"] for row in rows)
    assert total["pending"] == sum(row["state"] == "pending" for row in rows)
    assert total["unverified"] == sum(row["unverified"] for row in rows)
    unknown = {}
    for name in DUES:
        open_ones = sum(row[name] is None for row in counting)
        unknown |= {name: open_ones} if open_ones else {}
        assert fen(total[name]) in {None, sum(row[name] or 0 for row in counting)}, name
        assert open_ones or total[name] is not None, name
    for name in CAME:
        assert fen(total["self_paid" if name == "received" else name]) == sum(row[name] for row in rows), name
    undated = sum(row["enrolled"] and row["benefit_start"] is None for row in rows)
    assert total["unknown"] == unknown | ({"benefit_start": undated} if undated else {})
    if not unknown:
        assert fen(total["premium"]) == (fen(total["gov_direct"]) or 0) + (fen(total["self_due"]) or 0)
        dues = (fen(total["gov_direct"]) or 0) + (fen(total["rebate_due"]) or 0)
        assert (fen(total["payable"]) or 0) + (fen(total["withheld"]) or 0) == dues
    came = (fen(total["accepted"]) or 0) + (fen(total["unproven"]) or 0) + (fen(total["returnable"]) or 0)
    assert fen(total["self_paid"]) == came
