"""What withholds a payment takes away exactly that payment, and nothing else of the county changes."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from canbao_county.merge.merging import Merge
from canbao_county.merge.parts import Part
from canbao_rulebook.units import TOWNSHIP
from canbao_validators.settlement.facts import SCHEMA
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.withhold import OF_REBATES, withhold
from support.decks import decks, shared_policy
from support.settled_counties import (
    KNOWN_REBATES,
    NO_SUMS,
    POLICIES,
    SOME,
    Row,
    holding,
    merged_counties,
    planted,
    rows_of,
)


def payments(merge: Merge | pl.DataFrame) -> dict[tuple[str, str, int], int]:
    """What is paid out, by row."""
    people = merge if isinstance(merge, pl.DataFrame) else merge.people
    paid = people.filter(pl.col("payable") > 0)
    return {(row["unit"], row["sheet"], row["row"]): row["payable"] for row in paid.iter_rows(named=True)}


def test_a_direct_payment_needs_no_account_of_the_person() -> None:
    """五保 with an account that stands at somebody else, too: the county pays the premium, nobody pays into it."""

    asked = 0
    for county, merge in merged_counties("huining-2021", tidy=True)[:SOME]:
        terms = Terms(shared_policy("huining-2021"), county.rulings)
        settled = merge.people.drop("withheld_by", "withheld", "payable")
        for row in merge.people.filter((pl.col("payable") > 0) & (pl.col("gov_direct") > 0)).iter_rows(named=True):
            errors = [planted(code, row) for code in OF_REBATES]
            assert payments(withhold(settled, [*merge.findings, *errors], terms)) == payments(merge)
            asked += 1
    assert asked


@pytest.mark.parametrize("policy", POLICIES)
def test_every_code_that_withholds_takes_away_exactly_that_payment(policy: str) -> None:
    seen: set[str] = set()
    for county, merge in merged_counties(policy, tidy=True)[:SOME]:
        terms = Terms(shared_policy(policy), county.rulings)
        before = payments(merge)
        settled = merge.people.drop("withheld_by", "withheld", "payable")
        for row in merge.people.filter(pl.col("payable") > 0).iter_rows(named=True):
            own = (row["unit"], row["sheet"], row["row"])
            for code in sorted(holding(terms, rebate=row["rebate_due"] > 0)):
                after = withhold(settled, [*merge.findings, planted(code, row)], terms)
                assert payments(after) == {place: fen for place, fen in before.items() if place != own}, code
                held = next(entry for entry in after.to_dicts() if entry["person"] == row["person"])
                assert code in held["withheld_by"], code
                assert held["withheld"] == held["due"], code
                seen.add(code)
    assert seen == holding(Terms(shared_policy(policy)), rebate=policy in KNOWN_REBATES) or policy in NO_SUMS


SPOILT = {
    "V22": {"account_ok": False},
    "V31": {"cash": True, "ticket": True, "cover": "short"},
    "V32": {"cash": True, "ticket": False, "cover": "covered"},
    "neither": {"cash": True, "ticket": False, "cover": "none"},
    "late": {"in_time": False, "paid_ok": False, "arrived": None},
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_spoilt_fact_takes_away_the_payment_of_the_rebate_and_no_other(spoilt: str) -> None:
    seen: list[str] = []
    for county, merge in merged_counties("huining-2021", tidy=True)[:SOME]:
        before = payments(merge)
        for row in merge.people.filter((pl.col("payable") > 0) & (pl.col("rebate_due") > 0)).iter_rows(named=True):
            own = (row["unit"], row["sheet"], row["row"])
            after = payments(county.merge(lambda parts, at=row: [spoil(part, at, SPOILT[spoilt]) for part in parts]))
            assert sum(after.values()) <= sum(before.values()), row
            if merge.people.filter(pl.col("pid") == row["pid"]).height == 1:  # else another row may stand now
                assert after == {place: fen for place, fen in before.items() if place != own}, row
                seen.append(row["pid"])
    assert seen


def spoil(part: Part, at: Row, facts: dict[str, Any]) -> Part:
    """The workbook with other facts in one row."""
    people = part.load_people()
    here = (pl.col("sheet") == at["sheet"]) & (pl.col("row") == at["row"]) & (pl.col("unit") == at["unit"])
    changed = [
        pl.when(here)
        .then(pl.lit(value))
        .otherwise(pl.col(name).cast(pl.String) if name == "cover" else name)
        .alias(name)
        for name, value in facts.items()
    ]
    people = people.with_columns(changed).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    return replace(part, people=people)


def test_an_unproven_exemption_elsewhere_takes_away_exactly_that_payment() -> None:
    blank = [card for card in decks("huining-2021")[TOWNSHIP].cards if card.roster == "R3"]
    unproven = {
        card.key: card for card in blank if not card.values.get("证明编号") and not card.values.get("是否自愿参保")
    }
    seen: list[str] = []
    for county, merge in merged_counties("huining-2021", tidy=True)[:SOME]:
        before = payments(merge)
        for row in merge.people.filter(pl.col("payable") > 0).iter_rows(named=True):
            own = (row["unit"], row["sheet"], row["row"])
            if any(key == row["cert"] for key, _, _ in county.rulings.rows) or row["cert"] not in unproven:
                continue
            more = decks("huining-2021")[TOWNSHIP].deal("丁镇", [unproven[row["cert"]]])
            after = county.merge(lambda parts, more=more: [*parts, more])
            assert payments(after) == {place: fen for place, fen in before.items() if place != own}, row
            held = next(entry for entry in rows_of(after) if (entry["unit"], entry["sheet"], entry["row"]) == own)
            assert held["state"] == ("enrolled" if held["accepted"] else "pending"), held
            seen.append(row["pid"])
    assert seen
