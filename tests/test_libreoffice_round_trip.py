"""A workbook that LibreOffice opened and saved again is the same workbook: same findings, same check code."""

from pathlib import Path

import openpyxl
import pytest

from canbao_addin.actions.policies import open_library
from canbao_addin.cli.main import run
from canbao_rulebook.kinds import Filler
from canbao_rulebook.messages import render_all
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.checking import check_workbook
from support.cli import fill, headers, write_units
from support.libreoffice import recalculate, type_into
from support.ooxml import lint, validate

SHEET = "应保及应资对象"
COMMON = {
    "与户主关系": "户主", "证件类型": "居民身份证", "联系电话": "13909431234", "参保类型": "续保",
    "人员群体": "普通居民", "参保意愿": "同意参保", "家庭住址": "一村一组12号",
}  # fmt: skip
ROWS = [
    COMMON
    | {"村(社区)": "一村", "户编号": "1", "户主姓名": "田守义", "户主证件号码": "620422194803079511", "姓名": "田守义"}
    | {"证件号码": "620422194803079511", "身份属性1": "特困供养人员", "佐证材料": "民政1"},
    COMMON
    | {"村(社区)": "无此村", "户编号": "2", "户主姓名": "赵彩琴", "户主证件号码": "620422196902289783"}
    | {"姓名": "赵彩琴", "证件号码": "62042219690228978", "实缴金额": 279},
]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "一组", ""]])
    assert run(["generate", "huining-2021", "--units", str(units), "--out", str(tmp_path), "--rows", "8"]) == 0
    path = tmp_path / "甲镇.xlsx"
    fill(path, {SHEET: ROWS})
    return path


def test_saved_by_libreoffice(filled: Path, tmp_path: Path) -> None:
    library = open_library()
    before = check_workbook(filled, library)
    saved = recalculate(filled, tmp_path / "lo" / "甲镇.xlsx")
    after = check_workbook(saved, library)
    assert after.check_code == before.check_code
    assert render_all(after.findings) == render_all(before.findings)
    assert {"V01", "V02", "V06", "V21"} <= {entry.code for entry in after.findings}


def test_the_sheet_says_what_the_check_says(filled: Path, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(recalculate(filled, tmp_path / "r.xlsx"), data_only=True)[SHEET]
    column = headers(sheet)["校验结果"]
    assert sheet.cell(5, column).value == "✓ 本行无误"
    assert str(sheet.cell(6, column).value).startswith("错·")
    assert sheet.cell(5, headers(sheet)["政府代缴"]).value == 280
    assert sheet.cell(7, column).value in {None, ""}


def test_clerks_type_where_they_may(filled: Path) -> None:
    roster = load_rulebook(load_policy("huining-2021")).rosters["R1"]
    shown = [column for column in roster.columns if not column.hidden]
    entries = [(SHEET, f"{roster.letters[column.header]}9", "1") for column in shown]
    taken = type_into(filled, entries)
    expected = [column.filler in {Filler.CLERK, Filler.DEFAULT} for column in shown if column.field != "check"]
    assert [took for took, column in zip(taken, shown, strict=True) if column.field != "check"] == expected


def test_what_is_written_is_valid(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "computed.xlsx"
    run(["compute", str(filled), "--out", str(out)])
    assert validate(out) + lint(out) == []
