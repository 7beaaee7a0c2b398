"""What holds of every settlement (settlement.md 1): small counties of rows in every situation, in all four years."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from canbao_county.merge.merging import Merge
from canbao_rulebook.units import TOWNSHIP
from support.decks import decks, shared_policy
from support.settled_counties import (
    FEW,
    POLICIES,
    SOME,
    Row,
    by_person,
    merged_counties,
    merged_sweep,
    rows_of,
)
from support.small_counties import County, sweep

SITUATIONS = (
    "enrolled", "due", "refused", "exempt", "pending", "not_accepted",
    "duplicate", "twice", "too_much", "partial", "late", "early", "before_birth", "no_date", "closed_channel",
    "government_also_paid", "not_eligible", "not_arrived",
    "confirmed", "no_list", "unsure", "county", "covered", "short", "unknown", "none", "no_deposits",
    "名单", "未参保", "V09", "V10", "V12", "V15", "V22", "V33",
)  # fmt: skip
DUES = ("premium", "gov_direct", "self_due", "rebate_due")
CAME = ("received", "accepted", "unproven", "returnable")
PAID_OUT = ("withheld", "payable")
TIE = "条件相同"


def fen(text: str | None) -> int | None:
    """An amount of the JSON."""
    return None if text is None else int(Decimal(text) * 100)


def check_whole(merge: Merge) -> None:
    rows = rows_of(merge)
    for row in rows:
        check_money_that_came(row)
        check_dues(row)
        check_payment(row)
    for person in by_person(rows).values():
        check_person(person)
    check_sums(merge, rows)


@pytest.mark.parametrize("policy", POLICIES)
def test_rows_persons_and_sums_hold(policy: str) -> None:
    for _, merge in (*merged_sweep(policy), *merged_counties(policy)):
        check_whole(merge)


def check_money_that_came(row: Row) -> None:
    """Every fen that came is accepted, unproven or to be settled, and the last has its reason and its way."""
    assert row["received"] == row["accepted"] + row["unproven"] + row["returnable"], row
    assert all(row[name] >= 0 for name in CAME), row
    assert (row["returnable"] > 0) == (row["reason"] != "") == (row["way"] != ""), row
    shown = not row["cash"] or row["ticket"] or row["cover"] == "covered"
    assert row["unproven"] == (0 if shown else row["received"]), row


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


def check_sums(merge: Merge, rows: list[Row]) -> None:
    """Σ persons = Σ units = county, for each figure and for the counts of unknown; the sums are added up anew here."""
    county = merge.county.as_dict("zh")
    units = [unit.as_dict("zh") for unit in merge.townships]
    assert {row["township"] for row in rows} <= {unit["unit"] for unit in units}
    for total in units:
        check_total(total, [row for row in rows if row["township"] == total["unit"]])
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
    unstated = sum(row["village_due"] is None for row in counting)
    counted_apart = {name: count for name, count in (("village_due", unstated), ("benefit_start", undated)) if count}
    assert total["unknown"] == unknown | counted_apart
    if not unknown:
        assert fen(total["premium"]) == (fen(total["gov_direct"]) or 0) + (fen(total["self_due"]) or 0)
        dues = (fen(total["gov_direct"]) or 0) + (fen(total["rebate_due"]) or 0)
        assert (fen(total["payable"]) or 0) + (fen(total["withheld"]) or 0) == dues
    came = (fen(total["accepted"]) or 0) + (fen(total["unproven"]) or 0) + (fen(total["returnable"]) or 0)
    assert fen(total["self_paid"]) == came


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_holds_of_whole_workbooks(policy: str) -> None:
    """Judged with the other rosters of the unit: statuses carried, duplicates found, batches as they add up."""

    def rows(county: County) -> int:
        return sum(len(unit.cards) for unit in county.units)

    drawn = sorted((county for county, _ in merged_counties(policy)), key=rows, reverse=True)
    for county in drawn[:FEW]:
        check_whole(county.merge(lambda _, county=county: county.written()))


def figures(merge: Merge) -> dict[str, Any]:
    """All figures of the county and its units by unit, without what is said of files and what rates are taken of.

    Whether a rate counts what was paid or what was posted hangs on whether anything was posted in the county.
    """
    said = {"errors", "warnings", "unanswered", "rate", "rate_basis", "denominator"}
    return {
        total.unit: {name: value for name, value in total.as_dict("zh").items() if name not in said}
        for total in (merge.county, *merge.townships)
    }


@pytest.mark.parametrize("policy", POLICIES)
def test_an_unrelated_township_changes_nothing_elsewhere(policy: str) -> None:
    for county, before in merged_counties(policy)[:SOME]:
        cast = {card.person for unit in county.units for card in unit.cards}
        others = [card for card in decks(policy)[TOWNSHIP].cards if card.person not in cast]
        more = decks(policy)[TOWNSHIP].deal("丁镇", others[:: len(others) // 7])
        after = county.merge(lambda parts, more=more: [*parts, more])
        own = after.people.filter(pl.col("unit") != "丁镇")
        assert own.drop("person").equals(before.people.drop("person"), null_equal=True)
        told, whole = figures(before), figures(after)
        assert {unit: whole[unit] for unit in told if unit != before.county.unit} == {
            unit: told[unit] for unit in told if unit != before.county.unit
        }
        check_sums(after, rows_of(after))


@pytest.mark.parametrize("policy", POLICIES)
def test_the_order_of_files_decides_nothing_but_ties(policy: str) -> None:
    compared = 0
    for county, before in merged_counties(policy):
        if compared < SOME and not is_tied(before):
            after = county.merge(lambda parts: parts[::-1])
            assert is_tied(after) or figures(before) == figures(after)
            compared += not is_tied(after)
    assert compared


def is_tied(merge: Merge) -> bool:
    """Whether the order of files had to decide between rows of a person."""
    return any(TIE in reason for reason in merge.decisions["reason"].to_list())


@pytest.mark.parametrize("policy", POLICIES)
def test_what_nobody_knows_is_neither_nothing_nor_everything(policy: str) -> None:
    known = {category.name: category for category in shared_policy(policy).subsidy.categories}
    premium = shared_policy(policy).premium_fen(None)

    for _, merge in merged_counties(policy):
        for row in rows_of(merge):
            if not row["counts"]:
                continue
            if premium is None:
                assert row["premium"] is None, row
                assert row["self_due"] is None, row
            category = known.get(row["category"] or "")
            if category is None or category.amount is not None:
                continue
            if category.kind in {"special_channel", "direct", "manual"}:
                assert row["gov_direct"] is None, row
                assert row["self_due"] is None, row
                assert row["due"] is None, row
            if category.kind in {"rebate", "manual"}:
                assert row["rebate_due"] is None or row["accepted"] == 0, row


@pytest.mark.parametrize("policy", POLICIES)
def test_a_claim_that_its_owner_denies_is_never_paid(policy: str) -> None:
    """And none is paid that neither the owner's list, under the person's own name, nor the county has confirmed."""
    known = {category.name: category for category in shared_policy(policy).subsidy.categories}

    for county, merge in merged_counties(policy):
        for row in rows_of(merge):
            category = known.get(row["category"] or "")
            if category is None:
                continue
            ruled = county.rulings.approvals.get((row["cert"], category.name))
            assert ruled is not False, row
            owners = [f"owner {agency}" for agency in (category.identity_owner or "").split("|") if agency]
            lines = [line for owner in owners for line in county.lists.get(owner, ())]
            names = [
                line["姓名"] for line in lines if line["证件号码"] == row["cert"] and line["身份类别"] == category.name
            ]
            of_others = any(line["身份类别"] == category.name for line in lines)  # or the list may be about others
            if owners and all(owner in county.lists for owner in owners) and of_others and not names:
                assert ruled, row
            if row["payable"]:
                assert ruled or row["name"] in names, row


@pytest.mark.parametrize("policy", POLICIES)
def test_money_past_every_limit_is_never_accepted(policy: str) -> None:
    def check(county: County) -> None:
        late = {
            (unit.name, card.roster, card.row)
            for unit in county.units
            for card in unit.cards
            if card.too_late and card.values.get("到账核对") != "已到账"
        }
        for row in rows_of(county.merge()):
            if (row["unit"], row["roster"], row["row"]) in late:
                assert row["accepted"] == 0, row
                assert row["rebate_due"] == 0, row

    for county in sweep(policy, each=1):
        check(county)


def test_a_proven_exemption_pays_nothing_to_anybody() -> None:
    for county, merge in merged_counties("huining-2021"):
        ruled = {key for key, _, _ in county.rulings.rows}
        proven = {
            card.key
            for unit in county.units
            for card in unit.cards
            if card.roster == "R3" and card.values.get("证明编号") and not card.values.get("是否自愿参保")
        }
        for row in rows_of(merge):
            if row["cert"] in proven - ruled:
                assert [row[name] for name in ("gov_direct", "rebate_due", "due", "payable", "accepted")] == [0] * 5
                assert not row["stands"], row


def test_the_counties_contain_every_situation() -> None:
    """Each state, each reason, each word of confirmation comes up, or the properties above would say little."""
    seen: set[str] = set()
    for policy in POLICIES:
        for _, merge in (*merged_sweep(policy), *merged_counties(policy)):
            for row in rows_of(merge):
                seen.update({row["state"], row["reason"], row["confirmed"], row["cover"]})
                seen.update(row["withheld_by"].split("、"))
    assert set(SITUATIONS) - seen == set()
