"""Sums over people are those of all rows, however many are looked at at once; so are the rows that say the same."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao_county.targets import summing
from canbao_validators.settlement.looking_up import repeated_rows, rows_in

PEOPLE = st.lists(
    st.tuples(st.sampled_from(["甲镇", "乙镇", ""]), st.none() | st.integers(-5, 500), st.none() | st.booleans()),
    max_size=12,
)
SCHEMA = {"township": pl.String, "due": pl.Int64, "counts": pl.Boolean}


@settings(max_examples=60)
@given(PEOPLE, st.integers(1, 13))
def test_sums_do_not_hang_on_how_many_rows_are_looked_at(rows, at_once):
    people = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(summing, "_AT_ONCE", at_once)
        found = summing.sum_by_township(people, due=pl.col("due"), counted=pl.col("counts") & (pl.col("due") > 0))
    expected = {
        town: (
            sum(due or 0 for place, due, _ in rows if place == town),
            sum(bool(counts and due and due > 0) for place, due, counts in rows if place == town),
        )
        for town in dict.fromkeys(place for place, _, _ in rows)
    }
    assert {town: (due, counted) for town, due, counted in found.iter_rows()} == expected


@settings(max_examples=60)
@given(PEOPLE)
def test_repeated_rows_are_those_that_a_count_finds(rows):
    people = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index()
    wanted = [number for number, (town, _, _) in enumerate(rows) if town]
    named = [rows[number][1] for number in wanted]
    expected = [number for number in wanted if named.count(rows[number][1]) > 1]
    assert repeated_rows(people, "due", pl.col("township") != "")["index"].to_list() == expected


@settings(max_examples=60)
@given(PEOPLE)
def test_rows_in_a_table_are_those_of_an_inner_join(rows):
    people = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index()
    table = pl.DataFrame({"township": ["乙镇", "丙镇"], "why": ["乙", "丙"]})
    expected = people.join(table, on="township", how="inner", maintain_order="left")
    assert rows_in(people, table, "township").equals(expected)
