"""For any county: amounts add up from persons to townships to the county, and nobody is counted or subsidised twice."""

from typing import Any

import polars as pl
from canbao_validators.merge.people import gather_people
from hypothesis import given
from hypothesis import strategies as st

from canbao_validators.merge.decisions import Terms, decide_conflicts
from canbao_validators.merge.totals import MONEY, county_totals, mark_counting, township_totals

UNITS = ("甲镇", "乙镇", "丙中学", "县民政局")
AGENCY = "县民政局"
SCHEMA = gather_people([]).drop("person").schema
BLANK: dict[str, Any] = {
    name: [] if dtype == pl.List else False if dtype == pl.Boolean else 0.0 if dtype == pl.Float64 else ""
    for name, dtype in SCHEMA.items()
}


@st.composite
def row(draw: st.DrawFn) -> dict[str, Any]:
    """One row of a roster: applicants with or without payment, those paid for, exempt persons with or without proof."""
    unit = draw(st.sampled_from(UNITS))
    enrolment = unit == AGENCY or draw(st.booleans())
    kind = "代缴" if unit == AGENCY else draw(st.sampled_from(["无", "代缴", "先缴后返"]))
    paid = draw(st.sampled_from([0.0, 250.0, 200.0, 280.05])) if enrolment and unit != AGENCY else 0.0
    direct = 250.0 if enrolment and kind == "代缴" else 0.0
    own = {
        "unit": unit,
        "place": draw(st.sampled_from(UNITS[:2])) if unit == AGENCY else unit,
        "file": f"{unit}.xlsx",
        "roster": draw(st.sampled_from(["R1", "R6"])) if enrolment else "R3",
        "sheet": "花名册",
        "letter": "G",
        "row": draw(st.integers(5, 99)),
        "key": draw(st.sampled_from(["", "41172219781112958A", "411722198506069515", "411722196905069516"])),
        "name": draw(st.sampled_from(["侯一鸣", "侯二鸣"])),
        "enrolment": enrolment,
        "central": unit == AGENCY,
        "self_paid": paid,
        "pay_date": draw(st.sampled_from([43700.0, 43710.0, float("nan")])),
        "premium": 250.0 if enrolment else 0.0,
        "gov_direct": direct,
        "self_due": 250.0 - direct if enrolment else 0.0,
        "paid_ok": paid == 250.0,
        "rebate_due": 100.05 if kind == "先缴后返" and paid == 250.0 else 0.0,
        "enrolled": enrolment and (direct > 0 or paid == 250.0),
        "forbidden": draw(st.booleans()) and draw(st.booleans()),
        "category": "特困人员" if direct else "",
        "kind": kind,
        "proof": "" if enrolment else draw(st.sampled_from(["", "ZM1"])),
    }
    return BLANK | own


def fen(value: float) -> int:
    return round(value * 100)


@given(st.lists(row(), max_size=12))
def test_amounts_add_up_and_nobody_counts_twice(rows: list[dict[str, Any]]) -> None:
    people = gather_people([pl.DataFrame(rows, schema=SCHEMA)])
    counted = mark_counting(people, decide_conflicts(people, Terms("")).rejected)
    places = counted["place"].cast(pl.String).unique(maintain_order=True).to_list()
    totals = township_totals(counted, places, {})
    county = county_totals("县", totals, [])
    standing = counted.filter("counts")
    for name in MONEY:
        source = counted if name == "self_paid" else standing
        assert getattr(county, name) == sum(fen(value) for value in source[name]), name
        assert getattr(county, name) == sum(getattr(total, name) for total in totals), name
    assert county.fund_income == sum(fen(paid) for paid in counted["self_paid"]) + sum(
        fen(direct) for direct in standing["gov_direct"]
    )
    keys = standing.filter(pl.col("key") != "")["key"]
    assert keys.n_unique() == len(keys)
    subsidised = standing.filter((pl.col("key") != "") & (pl.col("gov_direct") + pl.col("rebate_due") > 0))["key"]
    assert subsidised.n_unique() == len(subsidised)
    assert (county.should_enrol, county.enrolled) == (len(standing), int(standing["enrolled"].sum()))


@given(st.lists(row(), max_size=12))
def test_every_conflict_between_units_is_a_decision_with_a_reason(rows: list[dict[str, Any]]) -> None:
    people = gather_people([pl.DataFrame(rows, schema=SCHEMA)])
    conflicts = decide_conflicts(people, Terms("依据"))
    assert all(decision.reason and decision.article for decision in conflicts.decisions)
    refunds = sum(fen(decision.refund) for decision in conflicts.decisions)
    fallen = [decision for decision in conflicts.decisions if decision.verdict == "不采信"]
    assert refunds == sum(fen(decision.self_paid) for decision in fallen)
    assert not any(decision.subsidy for decision in fallen)
