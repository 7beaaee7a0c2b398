"""A county's own rosters: lines of the policy file, issued, checked, merged; nobody counts by them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_policy_book import set_cells

from canbao_addin.cli.main import run
from canbao_rulebook.phrases import say
from canbao_rulebook.policy import list_policies, load_policy, parse_policy
from canbao_rulebook.policy.diff import compare_policies
from canbao_rulebook.rulebook import load_rulebook
from support import counties as c
from support.cli import fill, headers, read_sheet, write_units
from support.own_blocks import huining_with, write_huining
from support.shown_tables import rows_of

SHEET = "外出务工登记表"
OWN = """own_rosters:
  - {code: Z1, name: 外出务工登记表, note: 出县务工三个月以上的填, ref: L1 四}
  - {code: Z2, name: 高龄走访登记}
own_columns:
  - {roster: Z1, header: 务工地, choices: [省内, 省外], required: true}
  - {roster: Z1, header: 回乡日期, type: date}
own_rules:
  - roster: Z1
    column: 回乡日期
    when: 'AND([@务工地]="省外",IS_EMPTY([@回乡日期]))'
    severity: warning
    says: 要写回乡日期
    fix: 请填写
"""
ROWS: list[dict[str, Any]] = [
    {"务工地": "省外"},
    {"务工地": "国外", "回乡日期": date(2021, 1, 20)},
    {"务工地": "省内", "证件号码": "62042219700101001X"},
    {},
]


def person(serial: int, row: dict[str, Any]) -> dict[str, Any]:
    number = c.number("huining-2021", serial)
    return {"村(社区)": "一村", "姓名": c.named(serial), "证件类型": "居民身份证", "证件号码": number, **row}


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_huining(tmp_path_factory.mktemp("policy"), OWN)


@pytest.fixture(scope="module")
def county(policy: Path) -> Path:
    """A township whose own roster names the persons of R1 and one more; merged with own rosters and without."""
    home = policy.parent
    units = write_units(home / "units.csv", [["甲镇", "一村", "", ""], ["乙镇", "二村", "", ""]])
    people = [c.resident(serial, **c.paid(date(2020, 10, 3))) for serial in (1, 2, 3)]
    own = [person(serial, row) for serial, row in enumerate(ROWS, start=1)]
    for name, file, sheets in (
        ("own", str(policy), {c.R1: people, SHEET: own}),
        ("plain", "huining-2021", {c.R1: people}),
    ):
        folder = home / name
        assert run(["generate", file, "--units", str(units), "--out", str(folder), "--rows", "8"]) == 0
        fill(folder / "甲镇.xlsx", sheets)
        words = ["merge", str(folder), "--policy", file, "--out", str(home / f"{name}.xlsx")]
        assert run([*words, "--json", str(home / f"{name}.json"), "--parquet", str(home / f"{name}.parquet")]) in {0, 1}
    return home


def test_it_is_a_sheet_of_every_township(county: Path) -> None:
    book = openpyxl.load_workbook(county / "own" / "乙镇.xlsx")
    places = headers(book[SHEET])
    assert places["证件号码"] < places["务工地"] < places["备注"]
    assert book[SHEET]["A1"].value == "会宁县2021年度外出务工登记表"
    assert "高龄走访登记" in book.sheetnames
    guide = " ".join(str(cell.value) for row in book["填表说明"].iter_rows() for cell in row if cell.value)
    assert "出县务工三个月以上的填" in guide


def test_its_cells_are_checked_as_all_others(county: Path, policy: Path) -> None:
    out = county / "check.json"
    assert run(["check", str(county / "own" / "甲镇.xlsx"), "--policy", str(policy), "--json", str(out)]) == 1
    [file] = json.loads(out.read_text(encoding="utf-8"))["files"]
    found = sorted((one["code"], one["cell"]) for one in file["findings"] if one["sheet"] == SHEET)
    sheet = headers(openpyxl.load_workbook(county / "own" / "甲镇.xlsx")[SHEET])
    letters = {name: openpyxl.utils.get_column_letter(place) for name, place in sheet.items()}
    place, day, number = letters["务工地"], letters["回乡日期"], letters["证件号码"]
    assert found == [("V01", f"{place}8"), ("V02", f"{number}7"), ("V41", f"{place}6"), ("V43", f"{day}5")]


def test_it_is_stacked_and_nobody_counts_by_it(county: Path) -> None:
    rows = rows_of(county / "own.xlsx", SHEET)
    assert [(row["来源文件"], row["姓名"], row["务工地"]) for row in rows] == [
        ("甲镇.xlsx", c.named(1), "省外"),
        ("甲镇.xlsx", c.named(2), "国外"),
        ("甲镇.xlsx", c.named(3), "省内"),
        ("甲镇.xlsx", c.named(4), None),
    ]
    assert {(row["是否计入"], row["参保状态"]) for row in rows} == {("—", "—")}
    own, plain = (json.loads((county / f"{name}.json").read_text(encoding="utf-8")) for name in ("own", "plain"))
    said = {"errors", "warnings", "unanswered"}
    counted = [{key: value for key, value in one["county"].items() if key not in said} for one in (own, plain)]
    assert counted[0] == counted[1]
    assert counted[0]["should_enrol"] == counted[0]["enrolled"] == 3
    assert (county / "own.parquet").stat().st_size


def test_comparing_and_carrying_know_the_years_persons_only(county: Path, policy: Path, tmp_path: Path) -> None:
    out = tmp_path / "compared.xlsx"
    words = ["--policy", str(policy), "--out", str(out), "--json", str(tmp_path / "c.json")]
    assert run(["compare", str(county / "plain.xlsx"), str(county / "own.xlsx"), *words]) == 0
    found = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert (found["new"], found["gone"]) == ([], [])


def test_villages_are_joined(policy: Path, tmp_path: Path) -> None:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""], ["甲镇", "二村", "", ""]])
    words = ["--units", str(units), "--level", "village", "--out", str(tmp_path / "v"), "--rows", "6"]
    assert run(["generate", str(policy), *words]) == 0
    for serial, village in enumerate(("一村", "二村"), start=1):
        row = person(serial, {"村(社区)": village, "务工地": "省内"})
        fill(tmp_path / "v" / "甲镇" / f"{village}.xlsx", {SHEET: [row]})
    merge = ["merge", str(tmp_path / "v" / "甲镇"), "--policy", str(policy), "--out", str(tmp_path / "甲镇.xlsx")]
    assert run(merge) in {0, 1}
    assert [row["姓名"] for row in read_sheet(tmp_path / "甲镇.xlsx", SHEET)] == [c.named(1), c.named(2)]


def test_officials_add_one_in_the_policy_workbook(tmp_path: Path) -> None:
    book, made = tmp_path / "policy.xlsx", tmp_path / "new.yaml"
    assert run(["policy", "workbook", "huining-2021", "--out", str(book)]) == 0
    opened = openpyxl.load_workbook(book)
    set_cells(
        opened,
        {
            ("own_rosters", "+1", "code"): "Z1",
            ("own_rosters", "+1", "name"): SHEET,
            ("own_columns", "+1", "roster"): "Z1",
            ("own_columns", "+1", "header"): "务工地",
        },
    )
    opened.save(book)
    assert run(["policy", "load", str(book), "--out", str(made)]) == 0
    loaded = load_policy(str(made))
    assert [(one.code, one.name) for one in loaded.own_rosters] == [("Z1", SHEET)]
    roster = load_rulebook(loaded).rosters["Z1"]
    assert (roster.sheet, roster.by_header["务工地"].is_input) == (SHEET, True)
    assert run(["policy", "workbook", str(made), "--out", str(tmp_path / "again.xlsx")]) == 0
    assert run(["policy", "load", str(tmp_path / "again.xlsx"), "--out", str(tmp_path / "again.yaml")]) == 0
    assert (tmp_path / "again.yaml").read_text(encoding="utf-8") == made.read_text(encoding="utf-8")


def test_the_comparison_of_years_names_it() -> None:
    before, after = (parse_policy(huining_with(own).encode()) for own in ("", OWN.replace("三个月", "六个月")))
    told = {say(change.name, "zh") for change in compare_policies(before, after)}
    assert {"自己的花名册 外出务工登记表", "自己的花名册 高龄走访登记", "自己的列 Z1·务工地"} <= told
    [note] = compare_policies(parse_policy(huining_with(OWN).encode()), after)
    assert say(note.name, "zh") == "自己的花名册 外出务工登记表：表上的说明"


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("code: Z2", "code: R23", "own_rosters[1].code", "Z99"),
        ("code: Z2", "code: Z1", "own_rosters[1]", "Z1"),
        ("name: 高龄走访登记", "name: 外出务工登记表", "own_rosters[1].name", "外出务工登记表"),
        ("name: 高龄走访登记", "name: 应保及应资对象", "own_rosters[1].name", "已经是别的表"),
        ("name: 高龄走访登记", "name: 汇总", "own_rosters[1].name", "已经是别的表"),
        ("name: 高龄走访登记", "name: 问题清单", "own_rosters[1].name", "已经是别的表"),
        ("name: 高龄走访登记", "name: '高龄 走访'", "own_rosters[1].name", "不能做表的名称"),
        ("name: 高龄走访登记", "name: 2022走访", "own_rosters[1].name", "不能做表的名称"),
        ("ref: L1 四}", "ref: L9 四}", "own_rosters[0].ref", "L9"),
        ("roster: Z1, header: 务工地", "roster: Z3, header: 务工地", "own_columns[0].roster", "Z3"),
        ("header: 回乡日期", "header: 姓名", "own_columns[1].header", "姓名"),
    ],
)  # fmt: skip
def test_one_that_cannot_be_is_told_at_its_line(
    old: str, new: str, path: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert OWN.count(old) == 1
    file = tmp_path / "huining-2021.yaml"
    file.write_text(huining_with(OWN.replace(old, new)), encoding="utf-8")
    assert run(["policy", "check", str(file)]) != 0
    lines = [line for line in "".join(capsys.readouterr()).splitlines() if path in line]
    assert any(words in line for line in lines), lines


@pytest.mark.parametrize("name", list_policies())
def test_who_adds_none_has_the_rosters_of_before(name: str) -> None:
    assert {code[0] for code in load_rulebook(load_policy(name)).rosters} == {"R"}
