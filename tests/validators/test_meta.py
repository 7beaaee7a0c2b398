"""What a workbook says of itself, and what is noticed when somebody changed it: ``_meta``, hidden lists, the cover."""

from pathlib import Path
from typing import Any

import pytest

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.meta import META_SCHEMA, seal_rows
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.units import AGENCY, TOWNSHIP, VILLAGE
from canbao_validators.meta import Meta, read_cover, read_list, read_meta, read_name, read_unit
from canbao_validators.reading.builder import SheetBuilder
from canbao_validators.reading.numbers import MAX_ROW
from canbao_validators.reading.raw import RawCell, RawSheet, RawWorkbook

ROWS: list[list[str]] = [
    ["schema", META_SCHEMA], ["unit", "甲镇"], ["unit_kind", "township"], ["target", "33440"],
    ["roster", "R1", "2", "应保及应资对象", "5", "34", "abc"], ["village", "一村", "一组", "二组"], ["village", "二村"],
]  # fmt: skip


def sheet_of(name: str, rows: list[list[Any]]) -> RawSheet:
    """A sheet of texts and numbers; "" is no cell."""
    builder = SheetBuilder(name)
    for row, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells, start=1):
            if isinstance(value, str):
                cell = RawCell(CellKind.TEXT, 0.0, value, formula=False)
            else:
                cell = RawCell(CellKind.NUMBER, float(value), "", formula=False)
            if value != "":
                builder.add(row, column, cell)
    return builder.build()


def workbook(names: dict[str, str] | None = None, **sheets: list[list[Any]]) -> RawWorkbook:
    return RawWorkbook(
        Path("a.xlsx"), {name: sheet_of(name, rows) for name, rows in sheets.items()}, False, names or {}
    )


def meta_of(rows: list[list[Any]]) -> Meta:
    return read_meta(workbook(_meta=rows))


def sealed(rows: list[list[str]]) -> list[list[str]]:
    return [*rows, seal_rows(rows)]


def test_values_rosters_and_villages() -> None:
    meta = meta_of(sealed(ROWS))
    assert (meta.get("unit"), meta.get("nothing"), meta.number("target"), meta.number("unit")) == (
        "甲镇",
        "",
        33440,
        None,
    )
    assert (meta.edition("R1"), meta.edition("R2")) == ("2", "")
    assert (meta.row_limit("R1"), meta.row_limit("R2")) == (34 - FIRST_ROW + 1, 0)
    assert meta.villages() == [("一村", ("一组", "二组")), ("二村", ())]
    assert meta.is_sealed
    assert meta_of([["unit", "甲镇"]]).is_sealed is False
    assert read_meta(workbook()) == Meta()


@pytest.mark.parametrize(("last", "limit"), [("5", 1), ("4", 0), ("1", 0), ("x", 0), ("", 0), ("9999999", MAX_ROW)])
def test_the_room_of_a_sheet_is_never_less_than_nothing_nor_more_than_a_sheet(last: str, limit: int) -> None:
    assert meta_of([["roster", "R1", "2", "表", "5", last]]).row_limit("R1") == limit


def test_numbers_that_excel_made_of_texts_are_texts() -> None:
    assert meta_of([["target", 33440], ["share", 0.5]]).values == {"target": ("33440",), "share": ("0.5",)}


def altered(change: int, value: str) -> list[int]:
    """The rows that are told when the second cell of one is changed."""
    rows = [list(row) for row in sealed(ROWS)]
    rows[change - 1][1] = value
    return meta_of(rows).altered_rows()


def test_an_altered_row_is_told_by_its_number() -> None:
    whole = sealed(ROWS)
    assert meta_of(whole).altered_rows() == []
    assert [altered(row, "x") for row in range(2, len(ROWS) + 1)] == [[row] for row in range(2, len(ROWS) + 1)]
    assert altered(len(whole), "00000000") == [len(whole)]
    assert meta_of([*whole[:-1], [*whole[-1], "", "more"]]).altered_rows() == [len(whole)]


def test_rows_added_removed_or_exchanged_are_told() -> None:
    whole = sealed(ROWS)
    assert meta_of([*whole, ["more", "1"]]).altered_rows() == [len(whole) + 1]
    assert meta_of([*whole, [], ["more", "1"]]).altered_rows() == [len(whole) + 2]
    assert meta_of([whole[0], whole[2], whole[1], *whole[3:]]).altered_rows() == [2, 3]
    assert meta_of([*whole[:-2], whole[-1]]).altered_rows() == [len(whole)]
    assert meta_of(whole[:-1]).altered_rows() == [len(whole) - 1]
    assert meta_of([["unit", "甲镇"]]).altered_rows() == []  # issued before there was a digest


def test_the_unit_of_a_sealed_workbook_is_what_its_meta_says() -> None:
    raw = workbook(_meta=sealed(ROWS), 代码表=[["村名单"], ["别村"]])
    unit = read_unit(raw, read_meta(raw))
    assert (unit.name, unit.villages, unit.groups) == ("甲镇", ("一村", "二村"), (("一村", ("一组", "二组")),))
    assert (unit.target, unit.parent, unit.body) == (33440, None, TOWNSHIP)


def test_an_older_workbook_names_villages_in_its_hidden_lists() -> None:
    raw = workbook(
        _meta=[["unit", "甲镇"]], 代码表=[["村名单", "村组名单"], ["一村", "一村/一组"], ["", "一村/二组"], ["二村"]]
    )
    unit = read_unit(raw, read_meta(raw))
    assert (unit.villages, unit.groups) == (("一村", "二村"), (("一村", ("一组", "二组")),))


def test_a_village_belongs_to_its_township() -> None:
    rows = [
        ["unit", "一村"],
        ["unit_kind", VILLAGE],
        ["parent", "甲镇"],
        ["parent_target", "900"],
        ["parent_villages", "一村", "二村"],
    ]
    raw = workbook(_meta=rows)
    unit = read_unit(raw, read_meta(raw))
    assert unit.parent is not None
    assert (unit.kind, unit.body, unit.parent.name, unit.parent.target) == (VILLAGE, TOWNSHIP, "甲镇", 900)
    assert unit.parent.villages == ("一村", "二村")
    agency = workbook(_meta=[["unit", "县民政局"], ["unit_kind", AGENCY], ["parent", "甲镇"]])
    assert (read_unit(agency, read_meta(agency)).body, read_unit(agency, read_meta(agency)).parent) == (AGENCY, None)
    odd = workbook(_meta=[["unit", "甲镇"], ["unit_kind", "planet"]])
    assert read_unit(odd, read_meta(odd)).kind == TOWNSHIP


NAMED = [["", "", "甲"], ["", "", "乙"], ["", "", 5]]


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("表!$C$1:$C$3", ["甲", "乙", "5"]), ("'表'!$C$2", ["乙"]), ("表!C2:C3", ["乙", "5"]), ("表!$D$1", [""]),
        ("没有!$C$1", []), ("表!$C$99999999999", [""]),
        ("表!$C$1:$C$200000", []), ("表!#REF!", []), ("", []), ("表!$c$1", []),
    ],
)  # fmt: skip
def test_the_texts_of_a_defined_name(reference: str, found: list[str]) -> None:
    assert read_name(workbook({"名": reference}, 表=NAMED), "名") == found


def test_a_list_is_found_by_the_word_above_it_or_by_its_name() -> None:
    codes = [["别的", "村名单"], ["x", "一村"], ["", ""], ["", "三村"]]
    assert read_list(workbook({"村名单": "表!$C$1"}, 代码表=codes, 表=NAMED), "村名单") == ["一村", "", "三村"]
    assert read_list(workbook({"村名单": "表!$C$1"}, 代码表=[["别的"]], 表=NAMED), "村名单") == ["甲"]


def test_the_cover_is_read_beside_its_labels_and_else_by_name() -> None:
    cover = [["", "校验码", "AB12"], ["", "责任人", ""]]
    names = {"校验码": "封面!$C$9", "责任人": "表!$C$1"}
    assert read_cover(workbook(names, 封面=cover, 表=NAMED)) == {"校验码": "AB12", "责任人": "甲", "责任人电话": ""}
