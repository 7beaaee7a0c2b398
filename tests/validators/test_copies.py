"""Two copies of a roster as one: no row lost, no row twice, no cell lost, and who comes first matters to nobody."""

from collections import Counter
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.check_code import input_digest
from canbao_validators.copies import MergedRows, merge_rows
from canbao_validators.frames import typed_frame

BOOK = load_rulebook(load_policy("huining-2021"))
ROSTER = BOOK.rosters["R1"].only({"姓名", "证件号码", "户主姓名", "村(社区)", "联系电话", "备注", "实缴金额"})
DEPOSITS = BOOK.rosters["R7"]
FIELDS = ("cert_no", "name", "phone", "remark", "self_paid")
Row = dict[str, Any]
SOME = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Rows of few persons, so that copies meet: one without a number, some twice, cells blank or filled."""
    people = [("620422195109080365", "田守义"), ("620422197704110433", "赵彩琴"), ("", "周子涵"), ("", "")]
    found = []
    for number, name in draw(st.lists(st.sampled_from(people), max_size=5)):
        phone, remark = draw(st.sampled_from(["", "1", "2"])), draw(st.sampled_from(["", "甲", "乙"]))
        paid = draw(st.sampled_from([None, 280.0]))
        if name or phone or remark or paid:
            found.append({"cert_no": number, "name": name, "phone": phone, "remark": remark, "self_paid": paid})
    return found


def frame(found: list[Row]) -> pl.DataFrame:
    schema = {"cert_no": pl.String, "name": pl.String, "phone": pl.String, "remark": pl.String, "self_paid": pl.Float64}
    return typed_frame(ROSTER, pl.DataFrame(found, schema=schema))


def merge(first: list[Row], second: list[Row], base: list[Row] | None = None, **more: Any) -> MergedRows:
    return merge_rows(ROSTER, frame(first), frame(second), None if base is None else frame(base), **more)


def persons(frame: pl.DataFrame) -> Counter[tuple[str, str]]:
    """Whose rows these are; rows of nobody are not counted, they are known by all that stands in them."""
    return Counter(pair for pair in frame.select("cert_no", "name").iter_rows() if any(pair))


def digest(done: MergedRows) -> str:
    return input_digest({"R1": done.frame}, {"R1": ROSTER})


@SOME
@given(rows(), rows(), st.none() | rows())
def test_no_row_is_lost_and_none_stands_twice(first: list[Row], second: list[Row], base: list[Row] | None) -> None:
    done = merge(first, second, base)
    assert persons(done.frame) == persons(frame(first)) | persons(frame(second))
    assert done.frame["row"].to_list() == list(range(FIRST_ROW, FIRST_ROW + done.frame.height))


@SOME
@given(rows(), rows(), st.none() | rows())
def test_every_filled_cell_is_there_or_listed(first: list[Row], second: list[Row], base: list[Row] | None) -> None:
    done = merge(first, second, base)
    before = {(row["cert_no"] or row["name"], name, row[name]) for row in base or [] for name in FIELDS}
    listed = {(one["name"], one["field"]) for one in done.conflicts.to_dicts()}
    kept = {(row["cert_no"] or row["name"], name, row[name]) for row in done.frame.to_dicts() for name in FIELDS}
    for row in (*first, *second):
        for name in FIELDS:
            cell = (row["cert_no"] or row["name"], name, row[name])
            assert row[name] in {"", None} or cell in kept or cell in before or (row["name"], name) in listed


@SOME
@given(rows(), rows(), st.none() | rows())
def test_who_comes_first_matters_only_where_both_differ(
    first: list[Row], second: list[Row], base: list[Row] | None
) -> None:
    one, other = merge(first, second, base), merge(second, first, base)
    places = [Counter(done.conflicts.select("name", "field").iter_rows()) for done in (one, other)]
    assert places[0] == places[1]
    if one.conflicts.is_empty():
        assert digest(one) == digest(other)
    else:
        choices = {(found["row"], found["field"]): "B" for found in other.conflicts.to_dicts()}
        assert digest(one) == digest(merge(second, first, base, choices=choices))


@SOME
@given(rows())
def test_with_itself_nothing_changes(found: list[Row]) -> None:
    done = merge(found, found)
    assert done.conflicts.is_empty()
    assert digest(done) == input_digest({"R1": frame(found)}, {"R1": ROSTER})


def test_what_one_of_them_changed_is_changed() -> None:
    tian = {"cert_no": "620422195109080365", "name": "田守义", "phone": "1", "remark": "甲", "self_paid": None}
    first, second = {**tian, "phone": "2"}, {**tian, "remark": "", "self_paid": 280.0}
    done = merge([first], [second], [tian])
    assert done.conflicts.is_empty()
    assert done.frame.select(FIELDS).rows() == [("620422195109080365", "田守义", "2", "", 280.0)]
    alone = merge([first], [second])
    assert [(one["field"], one["first"], one["second"]) for one in alone.conflicts.to_dicts()] == [("phone", "2", "1")]
    assert alone.frame["remark"].to_list() == ["甲"], "without a base nobody knows that it was taken out"


def test_deposits_are_known_by_batch_and_slip() -> None:
    def deposits(*found: tuple[str, str, float]) -> pl.DataFrame:
        return typed_frame(DEPOSITS, pl.DataFrame(found, schema=["deposit_id", "slip_no", "amount"], orient="row"))

    first, second = deposits(("一村-01", "HD1", 280.0)), (("一村-01", "HD1", 560.0), ("一村-02", "HD2", 280.0))
    done = merge_rows(DEPOSITS, first, deposits(*second))
    assert done.frame["amount"].to_list() == [280.0, 280.0]
    assert [(one["row"], one["second"]) for one in done.conflicts.to_dicts()] == [(FIRST_ROW, "560")]
    assert (done.only_first, done.only_second) == (0, 1)
