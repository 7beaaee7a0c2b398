"""A county's own columns: lines of the policy file, filled in by people, checked, merged, and read by own rules."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.findings import Severity
from canbao_rulebook.formula.scope import Scope
from canbao_rulebook.judging import judge_policy
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy import list_policies, load_policy, parse_policy, render_issue
from canbao_rulebook.roster_compile import scope_of
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import TOWNSHIP, Unit
from support import counties as c
from support.cli import fill, headers, write_units
from support.frames import raw_frame
from support.fuzz import RowMaker
from support.own_blocks import huining_with, write_huining
from support.parity import differences, sheet_values

OWN = """own_columns:
  - {roster: R1, header: 外出务工地, choices: [省内, 省外, 没有外出], required: true, hint: 今年在哪里务工, ref: L1 四}
  - {roster: R1, header: 回访日期, type: date}
  - {roster: R2, header: 回访次数, type: integer}
  - {roster: R1, header: 自筹（元）, type: money}
own_rules:
  - roster: R1
    column: 回访日期
    when: 'AND([@外出务工地]="省外",IS_EMPTY([@回访日期]))'
    severity: warning
    says: 在省外的要回访
    fix: 请填写回访日期
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """Return Huining's policy year with columns of its own."""
    return write_huining(tmp_path, OWN)


@pytest.fixture
def issued(policy: Path, tmp_path: Path) -> Path:
    """Return the workbook of a township, as it was issued."""
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    out = tmp_path / "乡镇"
    assert run(["generate", str(policy), "--units", str(units), "--out", str(out), "--rows", "5"]) == 0
    return out / "甲镇.xlsx"


def findings(tmp_path: Path, words: list[str]) -> list[tuple[str, str, str]]:
    report = tmp_path / "report.json"
    run([*words, "--json", str(report)])
    result = json.loads(report.read_text(encoding="utf-8"))
    found = result["findings"] if "findings" in result else result["files"][0]["findings"]
    own = {"外出务工地", "回访日期", "回访次数", "自筹（元）"}
    return sorted((one["code"], one["header"], one["message"]) for one in found if one["header"] in own)


def test_the_sheet_has_them_before_the_remarks(issued: Path) -> None:
    book = openpyxl.load_workbook(issued)
    sheet = book[c.R1]
    places = headers(sheet)
    assert places["外出务工地"] + 1 == places["回访日期"] < places["自筹（元）"] < places["备注"]
    assert "回访次数" not in places
    assert "回访次数" in headers(book["外地户籍应保对象"])
    first = sheet.cell(5, places["外出务工地"]).coordinate
    (rule,) = [one for one in sheet.data_validations.dataValidation if first in one.sqref]
    assert rule.type == "list"
    assert "今年在哪里务工" in (rule.prompt or "")
    assert sheet.cell(5, places["自筹（元）"]).number_format == sheet.cell(5, places["实缴金额"]).number_format


def test_they_are_checked_and_merged(issued: Path, policy: Path, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        c.resident(1, 外出务工地="省外"),
        c.resident(2, 外出务工地="国外", 回访日期="昨天"),
        c.resident(3),
        c.resident(4, 外出务工地="省内", 回访日期=date(2020, 10, 8), **{"自筹（元）": 12.5}),
    ]
    fill(issued, {c.R1: rows})
    wanted = [("V01", "外出务工地"), ("V41", "回访日期"), ("V41", "外出务工地"), ("V43", "回访日期")]
    county = tmp_path / "县.xlsx"
    merge = ["merge", str(issued.parent), "--policy", str(policy), "--out", str(county)]
    said = findings(tmp_path, ["check", str(issued), "--policy", str(policy)])
    assert findings(tmp_path, merge) == said
    assert [one[:2] for one in said] == wanted, said
    table = openpyxl.load_workbook(county, data_only=True, read_only=True)[c.R1].iter_rows(min_row=2, values_only=True)
    first = next(table)
    kept = [dict(zip(first, row, strict=True)) for row in table]
    assert [row["外出务工地"] for row in kept] == ["省外", "国外", None, "省内"]
    assert kept[3]["自筹（元）"] == 12.5
    assert kept[3]["回访日期"].date() == date(2020, 10, 8)


def test_the_sheet_says_what_the_check_says(tmp_path: Path) -> None:
    book = load_rulebook(parse_policy(huining_with(OWN).encode())).of_kind(TOWNSHIP)
    roster = book.rosters["R1"]
    names = {**book.names, **unit_names(Unit("甲镇", ("一村",)))}
    maker = RowMaker(roster, names, seed=8)
    rows = [maker.row() for _ in range(120)]
    cells = sheet_values(roster, Scope(scope_of(roster, names).columns, names), rows, tmp_path / "own.xlsx")
    flags = flag_rules(roster, compute_columns(roster, raw_frame(roster, rows), names), names, in_sheet=True)
    letters = list(cells)[-len(roster.rules) :]
    own = [
        (rule_id(rule), letter)
        for rule, letter in zip(roster.rules, letters, strict=True)
        if rule.column in {"外出务工地", "回访日期", "自筹（元）"}
    ]
    assert len(own) >= 4
    for rule, letter in own:
        assert differences(rule, cells[letter], flags[rule]) == []
    assert any(flags[rule].any() for rule, _ in own)


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("roster: R2", "roster: R5", "[2].roster", "没有可以填写的花名册"),
        ("roster: R2", "roster: R4", "[2].roster", "由程序从别的花名册生成"),
        ("header: 回访日期", "header: 姓名", "[1].header", "姓名"),
        ("header: 回访日期", "header: 外出务工地", "[1].header", "外出务工地"),
        ("header: 回访日期", "header: '[回访]'", "[1].header", "不能做列名"),
        ("header: 回访日期", "header: '=1+1'", "[1].header", "不能做列名"),
        ("header: 回访日期", "header: 回访\u200b日期", "[1].header", "不能做列名"),
        ("header: 回访日期", "header: 自筹(元)", "[3].header", "自筹"),
        ("header: 回访日期", "header: 村（社区）", "[1].header", "村"),
        ("header: 自筹（元）", "header: 校验结果", "[3].header", "软件自己加"),
        ("header: 自筹（元）", "header: 参保状态", "[3].header", "软件自己加"),
        ("header: 自筹（元）", "header: row", "[3].header", "软件自己加"),
        ("type: integer", "type: 次数", "[2].type", "integer"),
        ("省外, 没有外出]", "省外, 省外]", "[0].choices", "写了两次"),
        ("type: date}", "type: date, choices: [昨天]}", "[1].choices", "又不是文字列"),
        ("ref: L1 四}", "ref: L9 四}", "[0].ref", "L9"),
    ],
)  # fmt: skip
def test_a_column_that_cannot_be_is_told_at_its_line(
    old: str, new: str, path: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert OWN.count(old) == 1
    file = tmp_path / "huining-2021.yaml"
    file.write_text(huining_with(OWN.replace(old, new)), encoding="utf-8")
    assert run(["policy", "check", str(file)]) != 0
    lines = [line for line in "".join(capsys.readouterr()).splitlines() if f"own_columns{path}" in line]
    assert any(words in line for line in lines), lines
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    assert run(["generate", str(file), "--units", str(units), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_they_go_through_the_policy_workbook(policy: Path, tmp_path: Path) -> None:
    workbook, made = tmp_path / "policy.xlsx", tmp_path / "new.yaml"
    assert run(["policy", "workbook", str(policy), "--out", str(workbook)]) == 0
    assert "自己的列" in openpyxl.load_workbook(workbook, read_only=True).sheetnames
    assert run(["policy", "load", str(workbook), "--out", str(made)]) == 0
    assert made.read_text(encoding="utf-8") == policy.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list_policies())
def test_who_adds_none_has_the_columns_of_before(name: str) -> None:
    plain = load_policy(name)
    assert plain.own_columns == ()
    assert not [issue for issue in judge_policy(plain) if issue.severity is Severity.ERROR], list(
        map(render_issue, judge_policy(plain))
    )
    for roster in load_rulebook(plain).rosters.values():
        assert not [column for column in roster.columns if column.field.startswith("own_")]
