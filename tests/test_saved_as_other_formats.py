"""A workbook of ours that a clerk saved in another format: the same data, the same findings, and one that says so."""

from datetime import date

import openpyxl
import pytest

from canbao_addin.actions.policies import open_library
from canbao_addin.cli.main import run
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.messages import render, render_all
from canbao_validators.checking import check_workbook
from canbao_validators.reading.raw import Form
from canbao_validators.reading.sheets import read_workbook
from support.cli import fill, write_units
from support.libreoffice import save_as
from support.raw_workbooks import as_xml_2003

SHEET = "应保及应资对象"
COMMON = {
    "与户主关系": "户主", "证件类型": "居民身份证", "联系电话": "13909431234", "参保类型": "续保",
    "人员群体": "普通居民", "参保意愿": "同意参保", "家庭住址": "一村一组12号", "村(社区)": "一村",
}  # fmt: skip
ROWS = [
    COMMON
    | {"户编号": "1", "户主姓名": "田守义", "户主证件号码": "620422194803079511", "姓名": "田守义"}
    | {"证件号码": "620422194803079511", "身份属性1": "特困供养人员", "佐证材料": "民政1"},
    COMMON
    | {"户编号": "2", "户主姓名": "赵彩琴", "户主证件号码": "620422196902289783", "姓名": "赵彩琴"}
    | {"证件号码": 620422196902289000, "村(社区)": "无此村", "实缴金额": 279, "缴费日期": date(2020, 10, 9)},
    COMMON | {"户编号": "3", "姓名": "李 四", "证件号码": "62042219690228978", "出生日期": date(1969, 2, 27)},
]
SAVED = ["xls", "ods", "fods", "xml"]
FORMS = {"xls": Form.XLS, "ods": Form.ODS, "fods": Form.ODS, "xml": Form.XML_2003}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    units = write_units(folder / "units.csv", [["甲镇", "一村", "一组", ""]])
    assert run(["generate", "huining-2021", "--units", str(units), "--out", str(folder), "--rows", "8"]) == 0
    fill(folder / "甲镇.xlsx", {SHEET: ROWS})
    assert run(["compute", str(folder / "甲镇.xlsx"), "--out", str(folder / "computed.xlsx")]) == 1
    (folder / "甲镇.xlsx").unlink()
    path = (folder / "computed.xlsx").rename(folder / "甲镇.xlsx")
    for suffix in ("xls", "ods", "fods"):
        save_as(path, suffix, folder)
    (folder / "甲镇.xml").write_bytes(as_xml_2003(read_workbook(path)))
    return folder


@pytest.fixture(scope="module")
def library():
    return open_library()


def described(filled):
    return [found | {"file": ""} for found in render_all(filled.findings) if "不是 .xlsx" not in str(found["message"])]


@pytest.mark.parametrize("suffix", SAVED)
def test_the_findings_are_those_of_the_workbook_and_one_more(folder, library, suffix):
    before = check_workbook(folder / "甲镇.xlsx", library)
    after = check_workbook(folder / f"甲镇.{suffix}", library)
    assert after.check_code == before.check_code
    assert after.rows == before.rows == {"R1": 3, "R2": 0, "R3": 0, "R4": 1, "R7": 0, "R17": 0}
    assert after.cover == before.cover
    assert described(after) == described(before)
    assert {"V01", "V02", "V03", "V06", "V21"} <= {found.code for found in after.findings}
    extra = [found for found in after.findings if "不是 .xlsx" in render(found).message]
    assert [(found.code, found.severity.value, found.file) for found in extra] == [("V39", "提醒", f"甲镇.{suffix}")]


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_repair_makes_a_workbook_of_it_again(folder, library, tmp_path, suffix, capsys):
    out = tmp_path / "甲镇.xlsx"
    assert run(["repair", str(folder / f"甲镇.{suffix}"), "--out", str(out)]) == 0
    assert "原文件不是 .xlsx" in capsys.readouterr().out
    before, after = check_workbook(folder / "甲镇.xlsx", library), check_workbook(out, library)
    assert after.check_code == before.check_code
    assert described(after) == described(before)


@pytest.fixture(scope="module")
def kinds(tmp_path_factory):
    """A workbook with every kind of cell, whose data begins at C3, in other formats."""
    folder = tmp_path_factory.mktemp("kinds")
    book = openpyxl.Workbook()
    for row, value in enumerate(KINDS, start=3):
        book.active.cell(row, 3, value)
    book.active.merge_cells("E5:F6")
    book.save(folder / "kinds.xlsx")
    for suffix in ("xls", "ods"):
        save_as(folder / "kinds.xlsx", suffix, folder)
    return folder


KINDS = {
    "  前后 ": (CellKind.TEXT, "  前后 ", False),
    "0012": (CellKind.TEXT, "0012", False),
    "a\nb": (CellKind.TEXT, "a\nb", False),
    620422194803079000: (CellKind.NUMBER, 620422194803079000, False),  # more than 15 digits no program keeps
    0.1: (CellKind.NUMBER, 0.1, False),
    date(2020, 9, 1): (CellKind.NUMBER, 44075, False),
    True: (CellKind.BOOL, 1, True),  # LibreOffice writes it as a formula
    "=1+1": (CellKind.NUMBER, 2, True),
    '="张"&"三"': (CellKind.TEXT, "张三", True),
    "=NA()": (CellKind.ERROR, "#N/A", True),
    "=1/0": (CellKind.ERROR, "#DIV/0!", True),
    "#REF!": (CellKind.ERROR, "#REF!", True),  # this too
}


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_every_kind_of_cell_stays_what_it_is(kinds, suffix):
    raw = read_workbook(kinds / f"kinds.{suffix}")
    assert raw.form is FORMS[suffix]
    sheet = raw.sheets["Sheet"]
    assert sorted(sheet.columns) == [3]
    assert sheet.merged == ["E5:F6"]
    for row, (kind, value, formula) in enumerate(KINDS.values(), start=3):
        cell = sheet.cell(row, 3)
        assert (cell.kind, cell.formula) == (kind, formula)
        assert cell.text == value if isinstance(value, str) else cell.number == pytest.approx(value, rel=1e-14)
