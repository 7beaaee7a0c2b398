"""A row that a clerk has taken out counts nowhere, is listed as removed, and comes back when 删除 is cleared."""

from pathlib import Path

import openpyxl
import pytest

from canbao_addin.cli.main import run
from support.cli import check_json, fill, headers, read_sheet, write_units
from support.issued import person

SHEET = "应保及应资对象"
CODE = "是"


def issue(folder: Path, second: dict[str, str]) -> Path:
    units = write_units(folder / "units.csv", [("河畔镇", "北坪村", "一组", 20)])
    assert run(["generate", "huining-2021", "--units", str(units), "--out", str(folder / "issued"), "--rows", "9"]) == 0
    path = folder / "issued" / "河畔镇.xlsx"
    twice = person(2, 姓名="田守礼", 证件号码=person(1)["证件号码"], 户主证件号码=person(1)["证件号码"])
    fill(path, {SHEET: [person(1), {**twice, **second}, person(3)]})
    return path


def test_it_counts_nowhere_and_is_listed(tmp_path: Path) -> None:
    status, result = check_json(tmp_path, issue(tmp_path, {"删除": CODE}))
    [file] = result["files"]
    assert (status, file["rows"]["R1"]) == (0, 2)
    [removed] = file["findings"]
    assert (removed["code"], removed["severity"], removed["row"]) == ("V39", "提示", 6)
    assert "田守礼" in removed["message"]


def test_clearing_the_cell_brings_it_back(tmp_path: Path) -> None:
    status, result = check_json(tmp_path, issue(tmp_path, {}))
    [file] = result["files"]
    assert (status, file["rows"]["R1"]) == (1, 3)
    assert "V07" in {found["code"] for found in file["findings"]}


def test_what_is_computed_closes_the_gap_and_repairing_keeps_the_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = issue(tmp_path, {"删除": CODE})
    computed, repaired = tmp_path / "computed.xlsx", tmp_path / "repaired.xlsx"
    assert run(["compute", str(path), "--out", str(computed)]) == 0
    assert [row["姓名"] for row in read_sheet(computed, SHEET)] == ["田守义", "田守义"]
    assert f"1 行没有写进新文件，仍在原文件里（如「{SHEET}」第6行）" in capsys.readouterr().out
    assert run(["repair", str(path), "--out", str(repaired)]) == 0
    sheet = openpyxl.load_workbook(repaired)[SHEET]
    assert sheet.cell(6, headers(sheet)["姓名"]).value == "田守礼"
    assert sheet.cell(6, headers(sheet)["删除"]).value == CODE


def test_a_row_with_nothing_in_it_is_not_told_of(tmp_path: Path) -> None:
    path = issue(tmp_path, {"删除": CODE, "姓名": ""})
    sheets = openpyxl.load_workbook(path)
    places = headers(sheets[SHEET])
    sheets[SHEET].cell(9, places["删除"]).value = CODE
    sheets.save(path)
    [removed] = [found for found in check_json(tmp_path, path)[1]["files"][0]["findings"] if found["row"] in {6, 9}]
    assert removed["row"] == 6
    assert "“没有姓名”" in removed["message"]
