"""From a roster sheet to its frame: used rows, headers, kinds, notes and the check code."""

import math

import polars as pl
import pytest
from openpyxl import Workbook
from polars.testing import assert_frame_equal

from canbao_rulebook.kinds import CellKind, ColumnType, Filler, Normaliser
from canbao_rulebook.messages import render_line
from canbao_rulebook.roster import Column, Roster
from canbao_validators.check_code import format_code, input_digest
from canbao_validators.frames import build_frame, with_blank_columns, without_blank_columns
from canbao_validators.reading.sheets import read_workbook

HEADERS = ["序号", "姓名", "证件号码", "组", "联系电话", "缴费日期", "实缴金额", "自愿", "签名", "应缴"]
ROSTER = Roster(
    code="R1",
    sheet="应保",
    title="",
    rules=(),
    columns=(
        Column("seq", "序号", ColumnType.INTEGER, Filler.FORMULA, formula="ROW_NUMBER()"),
        Column("name", "姓名", ColumnType.TEXT, Filler.CLERK, normaliser=Normaliser.NAME),
        Column("cert_no", "证件号码", ColumnType.TEXT, Filler.CLERK, identifier=True, normaliser=Normaliser.IDENTIFIER),
        Column("group", "组", ColumnType.TEXT, Filler.CLERK),
        Column("phone", "联系电话", ColumnType.TEXT, Filler.CLERK, normaliser=Normaliser.PHONE),
        Column("paid_on", "缴费日期", ColumnType.DATE, Filler.CLERK, normaliser=Normaliser.DATE),
        Column("paid", "实缴金额", ColumnType.MONEY, Filler.COUNTY, normaliser=Normaliser.MONEY),
        Column(
            "volunteer", "自愿", ColumnType.TEXT, Filler.DEFAULT, normaliser=Normaliser.CHOICE, list_name="是否名单"
        ),
        Column("sign", "签名", ColumnType.TEXT, Filler.PRINT),
        Column("due", "应缴", ColumnType.MONEY, Filler.FORMULA, formula="缴费标准"),
    ),
)
CLEAN = [1, "张三", "62042219750125957X", "3组", "13812345678", 44075, 280, "是", None, 280]


def build(tmp_path, *rows, headers=HEADERS, prepare=None, **more):
    book = Workbook()
    sheet = book.active
    sheet.title = "应保"
    for number, row in enumerate([headers, *rows], start=4):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    if prepare:
        prepare(sheet)
    book.save(tmp_path / "a.xlsx")
    return build_frame(read_workbook(tmp_path / "a.xlsx").sheets["应保"], ROSTER, **more)


def keys(result):
    return [(finding.code, finding.cell, finding.severity.value) for finding in result.findings]


def row_with(**values):
    fields = [column.field for column in ROSTER.columns]
    return [values.get(field) for field in fields]


def test_a_clean_row(tmp_path):
    result = build(tmp_path, CLEAN)
    assert result.findings == []
    row = result.frame.to_dicts()[0]
    assert {name: value for name, value in row.items() if "." not in name} == {
        "row": 5, "seq": 1.0, "name": "张三", "cert_no": "62042219750125957X", "group": "3组", "phone": "13812345678",
        "paid_on": 44075.0, "paid": 280.0, "volunteer": "是", "due": 280.0,
    }  # fmt: skip
    assert (row["paid_on.raw"], row["paid.raw"], row["paid.kind"]) == ("2020-09-01", "280", CellKind.NUMBER)
    types = dict(result.frame.schema)
    assert (types["row"], types["name"], types["paid"], types["name.kind"]) == (
        pl.Int64,
        pl.String,
        pl.Float64,
        pl.UInt8,
    )


def test_the_schema_is_the_same_without_rows(tmp_path):
    assert build(tmp_path).frame.schema == build(tmp_path, CLEAN).frame.schema


def test_only_rows_in_which_somebody_typed_are_used(tmp_path):
    result = build(
        tmp_path, row_with(seq=1, volunteer="否", due=280), CLEAN, row_with(name=" \u3000"), row_with(paid=1)
    )
    assert result.frame["row"].to_list() == [6, 8]
    assert result.frame["name.kind"].to_list() == [CellKind.TEXT, CellKind.BLANK]


def test_values_follow_their_kind(tmp_path):
    result = build(tmp_path, row_with(name="张三", cert_no=620422199003120013, paid="二百", due="#N/A", group=True))
    row = result.frame.to_dicts()[0]
    assert (row["cert_no"], row["cert_no.kind"], row["cert_no.raw"]) == ("", CellKind.NUMBER, "6.2042219900312e+17")
    assert (math.isnan(row["paid"]), row["paid.kind"], row["paid.raw"]) == (True, CellKind.TEXT, "二百")
    assert (row["due"], row["due.kind"], row["due.raw"]) == (None, CellKind.ERROR, "#N/A")
    assert (row["group"], row["group.kind"], row["group.raw"]) == ("", CellKind.BOOL, "TRUE")
    assert math.isnan(row["paid_on"])
    assert keys(result) == [("V41", "D5", "错误"), ("V41", "G5", "错误")]


def test_notes_tell_what_was_understood(tmp_path):
    typed = row_with(
        name="张 三", cert_no="62042219750125957x", group=3, phone=13812345678, paid_on="2020.9.1", paid="280元"
    )
    typed[7] = "√"
    result = build(tmp_path, typed)
    row = result.frame.to_dicts()[0]
    expected = {
        "name": "张三",
        "cert_no": "62042219750125957X",
        "group": "3",
        "phone": "13812345678",
        "volunteer": "是",
    }
    assert {name: row[name] for name in expected} == expected
    assert (row["paid_on"], row["paid"], row["paid.raw"]) == (44075.0, 280.0, "280元")
    assert [cell for _, cell, _ in keys(result)] == ["B5", "C5", "D5", "E5", "F5", "G5", "H5"]
    assert {(code, severity) for code, _, severity in keys(result)} == {("V42", "提示")}
    assert "2020-09-01" in render_line(result.findings[4])


def test_dates_of_the_1904_system_are_shifted(tmp_path):
    result = build(tmp_path, row_with(name="张三", paid_on=42613), date1904=True)
    assert result.frame["paid_on"].to_list() == [44075.0]
    assert result.frame["paid_on.raw"].to_list() == ["2020-09-01"]
    assert keys(result) == [("V42", "F5", "提示")]


def test_errors_and_formulas_without_result_are_problems_of_typed_cells(tmp_path):
    result = build(tmp_path, row_with(name="#REF!", cert_no="=A1", volunteer="#N/A"))
    assert keys(result) == [("V41", "B5", "错误"), ("V41", "C5", "错误")]
    assert result.frame["name"].to_list() == [None]


@pytest.mark.parametrize(
    ("change", "expected", "name"),
    [
        ({1: "姓  名"}, [("V39", "B4", "提醒")], "张三"),
        ({1: "姓\u00a0\n名", 2: " 证件号码\u3000"}, [("V39", "B4", "提醒")], "张三"),
        ({1: "名字"}, [("V39", "B4", "错误")], ""),
        ({1: None}, [("V39", "B4", "错误")], ""),
        ({1: "证件号码", 2: "姓名"}, [("V39", "B4", "错误"), ("V39", "C4", "错误")], "62042219750125957X"),
        ({10: "备用"}, [("V39", "K4", "提示")], "张三"),
    ],
)
def test_headers_must_stand_as_in_the_roster(tmp_path, change, expected, name):
    headers = [change.get(index, header) for index, header in enumerate([*HEADERS, None])]
    result = build(tmp_path, CLEAN, headers=headers)
    assert [key for key in keys(result) if key[0] == "V39"] == expected
    assert result.frame["name"].to_list() == [name]


def test_totals_repeated_headers_and_merged_cells_are_no_persons(tmp_path):
    total = row_with(name="合　计", paid=560)
    result = build(tmp_path, CLEAN, HEADERS, CLEAN, total, prepare=lambda sheet: sheet.merge_cells("D5:D7"))
    assert result.frame["row"].to_list() == [5, 7]
    assert keys(result)[:3] == [("V39", "D5", "错误"), ("V39", "A6", "提示"), ("V39", "A8", "提醒")]


def test_list_entries_are_matched_when_the_list_is_given(tmp_path):
    result = build(tmp_path, row_with(name="张三", volunteer="是 "), lists={"是否名单": ("是", "否")})
    assert result.frame["volunteer"].to_list() == ["是"]


def test_the_check_code_knows_data_not_their_order(tmp_path):
    other = row_with(name="李四", cert_no="620422194803079511", paid=200)
    first = input_digest({"R1": build(tmp_path, CLEAN, other).frame}, {"R1": ROSTER})
    blank = [None] * 10
    moved = [*other[:7], "否", None, 5]
    assert input_digest({"R1": build(tmp_path, moved, blank, CLEAN).frame}, {"R1": ROSTER}) == first
    assert (
        input_digest({"R1": build(tmp_path, [*CLEAN[:6], "280元", *CLEAN[7:]], other).frame}, {"R1": ROSTER}) == first
    )
    assert input_digest({"R1": build(tmp_path, CLEAN, [*other[:6], 201]).frame}, {"R1": ROSTER}) != first
    once = input_digest({"R1": build(tmp_path, CLEAN).frame}, {"R1": ROSTER})
    assert once != first
    twice = input_digest({"R1": build(tmp_path, CLEAN, CLEAN).frame}, {"R1": ROSTER})
    assert twice not in {once, input_digest({"R1": build(tmp_path, CLEAN, CLEAN, CLEAN).frame}, {"R1": ROSTER})}


def test_the_check_code_is_stable_and_readable(tmp_path):
    assert format_code(bytes(32)) == "0000-0000-0000"
    assert format_code(b"\xff" * 32) == "ZZZZ-ZZZZ-ZZZZ"
    assert input_digest({"R1": build(tmp_path).frame}, {"R1": ROSTER}) == input_digest({}, {})
    assert input_digest({"R1": build(tmp_path, CLEAN).frame}, {"R1": ROSTER}) == "168F-0BGC-W26Z"


def test_a_frame_is_stored_without_its_blank_columns_and_is_the_same_again(tmp_path):
    frame = build(tmp_path, row_with(name="张三", cert_no="#N/A"), row_with(name="李四", paid=280.5)).frame
    stored = without_blank_columns(ROSTER, frame)
    assert {column.partition(".")[0] for column in stored.columns} == {"row", "name", "cert_no", "paid"}
    assert_frame_equal(with_blank_columns(ROSTER, stored), frame)
    nobody = build(tmp_path).frame
    assert without_blank_columns(ROSTER, nobody).columns == ["row"]
    assert_frame_equal(with_blank_columns(ROSTER, without_blank_columns(ROSTER, nobody)), nobody)
