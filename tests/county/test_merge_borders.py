"""What a merge says at its borders: names and numbers of two rows, rounds, copies of a workbook, sums with unknowns."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from canbao_county.merge.conflicts import compare_parts, settle_units
from canbao_county.merge.rounds import compare_round, first_round
from canbao_county.merge.same_person import check_names
from canbao_county.merge.standing import standing_columns, standing_value
from canbao_county.merge.totals import county_totals, township_totals
from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.kinds import ColumnType, Filler
from canbao_rulebook.messages import build_finding, render
from canbao_rulebook.roster import Column, Roster
from support.merged import gather, person

ONE = "620422194803079511"


def names(*rows: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    """What is said of the names and numbers of rows: which message, in which file and row."""
    people = [{"row": 5 + number} | row for number, row in enumerate(rows)]
    found = check_names(gather([person(**row) for row in people]))
    return [(one.key.partition(".")[2], one.place.file, one.place.row) for one in found]


ELSEWHERE = {"unit": "乙镇", "township": "乙镇", "file": "乙镇.xlsx"}


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"cert": ONE, "name": "田守仁", **ELSEWHERE}, [("two_names", "乙镇.xlsx", 6)]),
        ({"cert": ONE, "name": "田守义", **ELSEWHERE}, []),
        ({"cert": ONE, "name": "田 守义", **ELSEWHERE}, []),
        ({"cert": ONE, "name": "田守仁"}, []),  # in one workbook its own check says so
        ({"cert": "", "name": "田守仁", **ELSEWHERE}, []),
        ({"cert": "620422194803079521", **ELSEWHERE}, [("near_ids", "乙镇.xlsx", 6)]),
        ({"cert": "62042219480307951X", **ELSEWHERE}, []),  # the check digit alone is another rule's
        ({"cert": "620422194803079522", **ELSEWHERE}, [("near_ids", "乙镇.xlsx", 6)]),
        ({"cert": "620422194803079621", **ELSEWHERE}, []),
        ({"cert": "620422194803089511", **ELSEWHERE}, []),  # another birthday
        ({"cert": "620422194803079521", "name": "田守仁", **ELSEWHERE}, []),
        ({"cert": "620423194803079511", **ELSEWHERE}, [("near_ids", "乙镇.xlsx", 6)]),
        ({"cert": "62042219480307951"}, []),
    ],
)
def test_one_number_with_two_names_and_one_name_with_two_numbers(second: dict[str, Any], said: list[Any]) -> None:
    assert names({}, second) == said


def test_every_pair_of_numbers_a_digit_apart_is_told() -> None:
    rows: list[dict[str, Any]] = [{}, {"cert": "620422194803079521"}, {"cert": "620422194803079531"}, {"cert": ONE}]
    assert [row for _, _, row in names(*rows)] == [6, 7, 7]


# --- rounds -----------------------------------------------------------------------------------------------------------


def wrong(value: str = "1", row: int = 5, header: str = "姓名", severity: Severity = Severity.ERROR) -> Finding:
    place = Place("名册", row, f"B{row}", "name", header, file="甲镇.xlsx")
    return build_finding("V02.length", place, value=value, severity=severity)


@pytest.mark.parametrize(
    ("earlier", "now", "figures", "again"),
    [
        ([("1", 5)], [], (0, 0, 1, 1, 0, 0), []),
        ([("1", 5)], [("1", 9)], (1, 1, 1, 0, 1, 0), [9]),
        ([("1", 5)], [("2", 5)], (1, 1, 1, 1, 0, 1), []),
        ([("", 5)], [("", 5)], (1, 1, 1, 0, 1, 0), [5]),
        ([("", 5)], [("", 6)], (1, 1, 1, 1, 0, 1), []),
        ([("1", 5), ("1", 6)], [("1", 7), ("1", 8), ("1", 9)], (3, 3, 2, 0, 2, 1), [7, 8]),
        ([("1", 5)], [(" 1 ", 5)], (1, 1, 1, 0, 1, 0), [5]),
        ([], [("1", 5), ("2", 5)], (2, 1, 0, 0, 0, 2), []),
    ],
)
def test_what_came_back_corrected_and_what_did_not(earlier: Any, now: Any, figures: Any, again: list[int]) -> None:
    before = [wrong(*one) for one in earlier]
    one, same = compare_round(2, "甲镇", before, [wrong(*each) for each in now])
    assert (one.returned, one.rows, one.before, one.corrected, one.remaining, one.fresh) == figures
    assert [found.place.row for found in same] == again
    assert one.passed is (figures[0] == 0)


def test_warnings_are_counted_apart_and_return_nothing() -> None:
    told = [wrong(), wrong(severity=Severity.WARNING), wrong(row=6, severity=Severity.WARNING)]
    first = first_round("甲镇", told)
    assert (first.number, first.returned, first.rows, first.warnings, first.unanswered) == (1, 1, 1, 2, 2)
    later, _ = compare_round(2, "甲镇", told, None)
    assert (later.handed_in, later.returned, later.rows, later.remaining, later.passed) == (False, 1, 1, 1, False)
    clean, same = compare_round(2, "甲镇", told, told[1:])
    assert (clean.returned, clean.corrected, clean.passed, same) == (0, 1, True, [])


# --- copies of a workbook ---------------------------------------------------------------------------------------------


def part(file: str, code: str, rows: list[tuple[int, str, str]], *, accepted: bool = True, unit: str = "甲镇") -> Any:
    """A workbook of a unit as the merge keeps it: row, document number, name."""
    frame = pl.DataFrame(rows, schema=["row", "证件号码", "姓名"], orient="row")
    sheets = {"R1": SimpleNamespace(load=lambda: frame)}
    return SimpleNamespace(
        file=file, check_code=code, sheets=sheets, whole=None, accepted=accepted, reason=None, findings=["own"],
        unit=SimpleNamespace(title=unit),
    )  # fmt: skip


BASE = [(5, "K1", "甲"), (6, "K2", "乙"), (7, "", "丙")]


@pytest.mark.parametrize(
    ("rows", "difference"),
    [
        (BASE, (0, 0, 0)),
        ([(9, "K2", "乙"), (8, "K1", "甲"), (7, "", "丙")], (0, 0, 0)),
        ([*BASE, (8, "K3", "丁")], (1, 0, 0)),
        ([*BASE, (8, "K1", "甲")], (1, 0, 0)),
        (BASE[1:], (0, 1, 0)),
        ([(5, "K1", "丁"), *BASE[1:]], (0, 0, 1)),
        ([(5, "K1", "甲"), (6, "K2", "乙"), (8, "", "丙")], (1, 1, 0)),
        ([], (0, 3, 0)),
    ],
)
def test_how_the_rows_of_two_workbooks_differ(rows: Any, difference: tuple[int, int, int]) -> None:
    found = compare_parts(cast("Any", None), part("一.xlsx", "A", BASE), part("二.xlsx", "B", rows))
    assert tuple(found) == difference


def settled(parts: list[Any], *taken: str) -> list[str]:
    """What becomes of each workbook: the message that refuses it."""
    files = [SimpleNamespace(name=one.file, path=Path("/nowhere") / one.file) for one in parts]
    settle_units(cast("Any", None), parts, cast("Any", files), taken)
    return [one.reason.key.partition(".")[2] if one.reason else "" for one in parts]


def test_which_of_several_workbooks_of_a_unit_counts() -> None:
    def make() -> list[Any]:
        return [part("一.xlsx", "A", BASE), part("二.xlsx", "B", BASE[1:]), part("三.xlsx", "A", BASE, unit="乙镇")]

    assert settled(make()) == ["units_differ", "units_differ", ""]
    assert settled(make(), "二.xlsx") == ["not_taken", "", ""]
    assert settled(make(), "一.xlsx", "二.xlsx") == ["units_differ", "units_differ", ""]
    copies = [part("一.xlsx", "A", BASE), part("二.xlsx", "A", BASE)]
    assert settled(copies) == ["", "unit_twice"]
    assert copies[1].reason.severity is Severity.WARNING
    assert settled([part("一.xlsx", "A", BASE), part("二.xlsx", "B", BASE, accepted=False)]) == ["", ""]
    one, other, _ = parts = make()
    settled(parts)
    assert (one.findings, other.findings) == ([one.reason], [])
    assert "一.xlsx" in render(one.reason).message
    assert "二.xlsx" in render(one.reason).message


# --- totals -----------------------------------------------------------------------------------------------------------

PEOPLE = {
    "township": "甲镇", "counts": True, "enrolled": True, "state": "enrolled", "unverified": False, "premium": 28000,
    "self_due": 28000, "gov_direct": 0, "rebate_due": 0, "received": 28000, "accepted": 28000, "unproven": 0,
    "returnable": 0, "withheld": 0, "payable": 0, "due": 0, "benefit_start": 44197, "village_due": 0,
}  # fmt: skip


_FIELDS = {name: pl.Int64 if type(usual) is int else None for name, usual in PEOPLE.items()}


def totals(*rows: dict[str, Any]) -> Any:
    """The totals of one township with these people."""
    return township_totals(pl.DataFrame([PEOPLE | row for row in rows], _FIELDS), ["甲镇"], {})[0]


def test_dues_are_of_persons_who_count_and_money_that_came_is_anybody_s() -> None:
    found = totals(
        {},
        {"counts": False, "received": 500, "accepted": 0, "returnable": 500},
        {"enrolled": False, "state": "pending", "unverified": True, "gov_direct": 28000, "self_due": 0, "received": 0,
         "accepted": 0, "due": 28000, "payable": 28000},
        {"township": "乙镇"},
    )  # fmt: skip
    assert tuple(found.persons) == (2, 1, 1, 1)
    money = ("premium", "self_due", "self_paid", "gov_direct", "accepted", "returnable", "payable", "withheld")
    assert [found.fen(name) for name in money] == [56000, 28000, 28500, 28000, 28000, 500, 28000, 0]
    assert (found.fund_income, found.fund_accepted, found.unknown) == (56500, 56000, {})


def test_a_sum_is_unknown_only_while_nothing_of_it_is_known() -> None:
    lost = {"premium": None, "benefit_start": None, "village_due": None}
    assert totals(lost).fen("premium") is None
    found = totals(lost, {})
    assert (found.fen("premium"), found.unknown) == (28000, {"premium": 1, "village_due": 1, "benefit_start": 1})
    assert totals(lost | {"counts": False}, {}).unknown == {"benefit_start": 1}
    assert totals(lost | {"enrolled": False}, {}).unknown == {"premium": 1, "village_due": 1}
    assert totals({"due": None, "payable": None, "withheld": 0}).fen("payable") is None
    assert totals({"due": 0, "payable": None}).fen("payable") == 0
    assert township_totals(pl.DataFrame([PEOPLE]), ["丙镇"], {})[0].fen("premium") == 0


@pytest.mark.parametrize(
    ("parts", "premium", "unknown"),
    [
        ([{}, {}], 56000, {}),
        ([{}, {"premium": None}], 28000, {"premium": 1}),
        ([{"premium": None}, {"premium": None}], None, {"premium": 2}),
        ([{"premium": None}, {"premium": 0}], None, {"premium": 1}),
    ],
)
def test_the_county_adds_up_what_is_known(parts: list[dict[str, Any]], premium: int | None, unknown: Any) -> None:
    county = county_totals("县", [totals(row) for row in parts], [])
    assert (county.fen("premium"), county.unknown, county.enrolled) == (premium, unknown, 2)
    assert county.as_dict("zh")["premium"] == (None if premium is None else f"{premium // 100}.00")


# --- what a cell stands for -------------------------------------------------------------------------------------------

STANDING: dict[str, tuple[dict[str, Any], tuple[int, Any, Any, str], Any]] = {
    "typed": ({}, (2, "甲", None, "甲"), "甲"),
    "typed, of the wrong kind": ({}, (1, "", None, "5"), "5"),
    "blank": ({}, (0, "", None, ""), ""),
    "an error": ({}, (4, None, None, "#N/A"), "#N/A"),
    "computed": ({"filler": "formula", "formula": "x"}, (2, "旧", "新", "旧"), "新"),
    "computed, blank": ({"filler": "formula", "formula": "x"}, (2, "旧", "", "旧"), ""),
    "computed, unknown": ({"filler": "formula", "formula": "x", "may_be_unknown": True}, (0, "", None, ""), "待定"),
    "computed, in error": ({"filler": "formula", "formula": "x"}, (0, "", None, ""), ""),
    "proposed": ({"filler": "default", "formula": "x"}, (0, "", "新", ""), "新"),
    "proposed, typed over": ({"filler": "default", "formula": "x"}, (2, "旧", "新", "旧"), "旧"),
    "a number": ({"type": "money"}, (1, 1.5, None, ""), 1.5),
    "no number": ({"type": "money"}, (0, float("nan"), None, ""), None),
    "a computed number": ({"type": "money", "filler": "formula", "formula": "x"}, (1, 1.5, 2.5, ""), 2.5),
    "a proposed number": ({"type": "money", "filler": "default", "formula": "x"}, (0, 1.5, 2.5, ""), 2.5),
}


@pytest.mark.parametrize("case", STANDING)
def test_what_the_county_takes_a_cell_to_hold(case: str) -> None:
    about, (kind, found, computed, shown), expected = STANDING[case]
    told = {"type": "text", "filler": "clerk"} | about
    column = Column("f", "列", ColumnType(told.pop("type")), Filler(told.pop("filler")), **told)
    own = pl.Float64 if column.type.is_number else pl.String
    frame = pl.DataFrame(
        {"f.kind": [kind], "f": [found], "f.computed": [computed], "f.raw": [shown]},
        schema={"f.kind": pl.UInt8, "f": own, "f.computed": own, "f.raw": pl.String},
    )
    assert frame.select(standing_value(column)).item() == expected


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        (Column("name", "姓名", ColumnType.TEXT, Filler.CLERK), True),
        (Column("name", "姓名", ColumnType.TEXT, Filler.CLERK, hidden=True), False),
        (Column("box", "签字", ColumnType.TEXT, Filler.PRINT), False),
        (Column("seq", "序号", ColumnType.INTEGER, Filler.FORMULA), False),
        (Column("check", "校验结果", ColumnType.TEXT, Filler.FORMULA), False),
        (Column("check_note", "校验说明", ColumnType.TEXT, Filler.FORMULA), False),
        (Column("removed", "删除", ColumnType.TEXT, Filler.CLERK), False),
    ],
)
def test_which_columns_the_county_shows(column: Column, *, shown: bool) -> None:
    roster = Roster("R1", "名册", "名册", (column,), ())
    assert standing_columns(roster) == ([column] if shown else [])
