"""Workbooks judged together come to what each comes to alone: frames, findings and their order."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from canbao_demo import plan_county, read_rows
from canbao_rulebook.policy import list_policies
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from canbao_validators.judging_rows import judge_frames, judge_together
from canbao_validators.workbook import FilledWorkbook
from support.decks import shared_book
from support.every_message import rows_of
from support.frames import raw_frame
from support.times import times

POLICIES = list_policies()
PLACES = ("一村", "二村", "三村", "张李村")
GROUPS = ("一组", "二组", "10组")


def copies(workbooks: Sequence[FilledWorkbook]) -> list[FilledWorkbook]:
    return [replace(one, frames=dict(one.frames), findings=list(one.findings)) for one in workbooks]


def assert_same_together(workbooks: Sequence[FilledWorkbook]) -> None:
    together, alone = copies(workbooks), copies(workbooks)
    judge_together(together)
    for one in alone:
        judge_frames(one)
    for one, expected in zip(together, alone, strict=True):
        assert one.findings == expected.findings
        assert (one.read, one.check_code, one.answers) == (expected.read, expected.check_code, expected.answers)
        for frames, others in ((one.frames, expected.frames), (one.typed, expected.typed)):
            assert list(frames) == list(others)
            for code, frame in frames.items():
                assert_frame_equal(frame, others[code])


def test_the_demo_county_with_all_its_mistakes() -> None:
    book = shared_book("huining-2021")
    county = plan_county(book, people=times(500, 1_000), townships=5)
    workbooks = []
    for unit in county.units:
        parts = {code: read_rows(book.rosters[code], rows) for code, rows in county.rows[unit.name].items()}
        filled = FilledWorkbook(unit.name, book, unit, {code: part.frame for code, part in parts.items()})
        filled.findings = [found for part in parts.values() for found in part.findings]
        workbooks.append(filled)
    assert_same_together(workbooks)
    judge_together(workbooks)
    assert min(len(one.findings) for one in workbooks) > 5


def units(kind: str) -> st.SearchStrategy[Unit]:
    """Units of a kind, which differ in everything that formulas read of them."""
    villages = st.lists(st.sampled_from(PLACES), max_size=3, unique=True).map(tuple)
    groups = st.lists(st.sampled_from(GROUPS), max_size=2, unique=True).map(tuple)
    return st.builds(
        lambda name, villages, groups, insurer, account, parent: Unit(
            name,
            villages,
            tuple((village, groups) for village in villages if groups),
            body=kind,
            insurer=insurer,
            account=account,
            parent=Unit("丙镇", villages) if parent and kind == TOWNSHIP and villages else None,
        ),
        st.sampled_from(["甲镇", "乙镇"]),
        villages,
        groups,
        st.sampled_from(["", "人保"]),
        st.sampled_from(["", "94100301003453889010048"]),
        st.booleans(),
    )


@pytest.mark.parametrize("policy", POLICIES)
def test_rows_of_every_kind_among_units_of_every_shape(policy: str) -> None:
    """The smallest rows that raise each message, dealt out by chance."""
    judged = 0

    @settings(max_examples=times(4, 10))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        nonlocal judged
        workbooks = []
        for kind in (TOWNSHIP, SCHOOL, AGENCY):
            rosters = shared_book(policy).of_kind(kind).rosters
            rows = {code: own for code, own in rows_of(policy).items() if code in rosters}
            for unit in data.draw(st.lists(units(kind), min_size=2, max_size=4)) if rows else ():
                dealt = {code: data.draw(st.lists(st.sampled_from(own), max_size=6)) for code, own in rows.items()}
                frames = {code: raw_frame(rosters[code], own) for code, own in dealt.items()}
                workbooks.append(FilledWorkbook(unit.name, shared_book(policy).of_kind(unit.kind), unit, frames))
        assert_same_together(workbooks)
        judged += sum(frame.height for one in workbooks for frame in one.frames.values())

    check()
    assert judged > 20
