"""A county's own rules: formulas with a message and a severity in the policy file, run in sheet, check and merge."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.findings import Severity
from canbao_rulebook.formula.scope import Scope
from canbao_rulebook.judging import LONGEST, judge_policy
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy import parse_policy, render_issue
from canbao_rulebook.roster_compile import scope_of
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import TOWNSHIP, Unit
from support import counties as c
from support.cli import check_json, fill, write_units
from support.frames import raw_frame
from support.fuzz import RowMaker
from support.own_blocks import huining_with
from support.parity import differences, sheet_values

LONG = "AND(" + ",".join(f"LUHN([@社保卡银行账号])<>LUHN(MID([@联系电话],{n},9))" for n in range(15)) + ")"
SAYS, FIX = "九十岁以上的要写明由谁照料", "请在备注里写照料人的姓名和电话"
OLD = "AND([@年龄]>=90,IS_EMPTY([@备注]))"
OWN = f"""own_rules:
  - roster: R1
    column: 备注
    when: '{OLD}'
    severity: warning
    says: {SAYS}
    fix: {FIX}
    ref: L1 四
  - roster: R1
    column: 联系电话
    when: 'LEFT([@联系电话],3)="139"'
    severity: error
    says: '"139"号段停用了'
    fix: 请换一个号码
"""


def told(own: str) -> list[str]:
    issues = judge_policy(parse_policy(huining_with(own).encode()))
    return [f"{issue.path} {render_issue(issue)}" for issue in issues if issue.severity is Severity.ERROR]


def test_rules_that_can_run_are_no_problem() -> None:
    assert told(OWN) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("[@年龄]", "[@年令]", "[0].when", "是否想写“年龄”"),
        ("[@年龄]>=90", "([@年龄]>=90", "[0].when", "缺少“)”"),
        (OLD, "[@年龄]", "[0].when", "真假"),
        (OLD, "本校保险公司=[@姓名]", "[0].when", "本校保险公司"),
        (OLD, LONG, "[0].when", str(LONGEST)),
        ("column: 备注", "column: 备注栏", "[0].column", "是不是“备注”"),
        ("column: 备注", "column: ※证号", "[0].column", "※证号"),
        ("roster: R1\n", "roster: R5\n", "[0].roster", "R1"),
        ("severity: error", "severity: 严重", "[1].severity", "error"),
        (OLD, "1" * 1001, "[0].when", "最多1000个字"),
        ("says: ", f"says: {'长' * 41}", "[0].says", "最多40个字"),
        ("fix: ", f"fix: {'长' * 121}", "[0].fix", "最多120个字"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_run_is_told_at_its_line(
    old: str, new: str, path: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "huining-2021.yaml"
    file.write_text(huining_with(OWN.replace(old, new, 1)), encoding="utf-8")
    assert run(["policy", "check", str(file)]) != 0
    (line,) = [line for line in "".join(capsys.readouterr()).splitlines() if "own_rules" in line]
    assert f"own_rules{path}" in line
    assert words in line
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    assert run(["generate", str(file), "--units", str(units), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


def test_a_rule_runs_in_check_and_merge(tmp_path: Path) -> None:
    policy = tmp_path / "huining-2021.yaml"
    policy.write_text(huining_with(OWN), encoding="utf-8")
    folder = tmp_path / "乡镇"
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    assert run(["generate", str(policy), "--units", str(units), "--out", str(folder), "--rows", "5"]) == 0
    path = folder / "甲镇.xlsx"
    old = c.number("huining-2021", 1, "19300101")
    first = c.resident(1, 证件号码=old, 户主证件号码=old, 联系电话="13809431234")
    fill(path, {c.R1: [first, c.resident(2, 联系电话="13909431234"), c.resident(3, 联系电话="13809431234")]})
    expected = [("V43", "提醒", "备注", SAYS, FIX), ("V43", "错误", "联系电话", '"139"号段停用了', "请换一个号码")]
    for words in (["check", str(path), "--policy", str(policy)], _merge(tmp_path, policy)):
        assert _own(tmp_path, words) == expected


def _merge(tmp_path: Path, policy: Path) -> list[str]:
    return ["merge", str(tmp_path / "乡镇"), "--policy", str(policy), "--out", str(tmp_path / "县.xlsx")]


def _own(tmp_path: Path, words: list[str]) -> list[tuple[Any, ...]]:
    report = tmp_path / "report.json"
    assert run([*words, "--json", str(report)]) == 1
    result = json.loads(report.read_text(encoding="utf-8"))
    findings = result["findings"] if "findings" in result else result["files"][0]["findings"]
    own = [one for one in findings if one["code"] == "V43"]
    return sorted(tuple(one[key] for key in ("code", "severity", "header", "message", "fix")) for one in own)


def test_the_sheet_says_what_the_check_says(tmp_path: Path) -> None:
    book = load_rulebook(parse_policy(huining_with(OWN).encode())).of_kind(TOWNSHIP)
    roster = book.rosters["R1"]
    names = {**book.names, **unit_names(Unit("甲镇", ("一村",)))}
    maker = RowMaker(roster, names, seed=5)
    rows = [maker.row() | {"联系电话": phone} for phone in ("13909431234", "13809431234", None) for _ in range(20)]
    cells = sheet_values(roster, Scope(scope_of(roster, names).columns, names), rows, tmp_path / "rules.xlsx")
    flags = flag_rules(roster, compute_columns(roster, raw_frame(roster, rows), names), names, in_sheet=True)
    letters = list(cells)[-len(roster.rules) :]
    own = [(rule_id(rule), letter) for rule, letter in zip(roster.rules, letters, strict=True) if rule.own]
    assert len(own) == 2
    for rule, letter in own:
        assert differences(rule, cells[letter], flags[rule]) == []
    assert flags[own[1][0]].to_list() == [True] * 20 + [False] * 40


def test_the_template_holds_the_words(tmp_path: Path) -> None:
    policy = tmp_path / "huining-2021.yaml"
    policy.write_text(huining_with(OWN), encoding="utf-8")
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    assert run(["generate", str(policy), "--units", str(units), "--out", str(tmp_path / "out"), "--rows", "5"]) == 0
    book = openpyxl.load_workbook(tmp_path / "out" / "甲镇.xlsx", read_only=True)
    texts = {cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {f"醒·备注 {SAYS}", f"提醒·备注：{SAYS}。{FIX}"} <= texts


def test_an_official_adds_a_rule_in_the_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy, workbook = tmp_path / "huining-2021.yaml", tmp_path / "policy.xlsx"
    policy.write_text(huining_with(OWN), encoding="utf-8")
    assert run(["policy", "workbook", str(policy), "--out", str(workbook)]) == 0
    _set(workbook, {("own_rules", 0, "when"): "[@年令]>90"})
    assert run(["policy", "check", str(workbook)]) == 1
    out = capsys.readouterr().out
    assert "是否想写“年龄”" in out
    assert "自己的规则!E7" in out
    _set(workbook, {("own_rules", 0, "when"): "[@年龄]>95", ("own_rules", 0, "severity"): "error"})
    assert run(["policy", "load", str(workbook), "--out", str(tmp_path / "new.yaml")]) == 0
    changed = OWN.replace(OLD, "[@年龄]>95").replace("severity: warning", "severity: error")
    made = parse_policy((tmp_path / "new.yaml").read_bytes())
    assert made.own_rules == parse_policy(huining_with(changed).encode()).own_rules


def _set(path: Path, changes: dict[tuple[str | int, ...], str]) -> None:
    """Write into 今年 of the rows of some places."""
    book = openpyxl.load_workbook(path)
    left = dict(changes)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=3, max_col=8) if sheet.title != "_yaml" else ():
            loc = tuple(json.loads(row[7].value)) if len(row) == 8 and row[7].value else None
            if loc in left:
                row[4].value = left.pop(loc)
    assert not left, left
    book.save(path)


def test_checks_of_files_say_it_in_english(tmp_path: Path) -> None:
    policy, folder = tmp_path / "huining-2021.yaml", tmp_path / "乡镇"
    policy.write_text(huining_with(OWN), encoding="utf-8")
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    assert run(["generate", str(policy), "--units", str(units), "--out", str(folder), "--rows", "5"]) == 0
    fill(folder / "甲镇.xlsx", {c.R1: [c.resident(1, 联系电话="13909431234")]})
    _, result = check_json(tmp_path, folder / "甲镇.xlsx", "--policy", policy, "--lang", "en")
    assert [one["message"] for one in result["files"][0]["findings"] if one["code"] == "V43"] == ['"139"号段停用了']
