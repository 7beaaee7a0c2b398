"""`canbao reconcile-copies`: two people filled one workbook each; both of their work is in the result."""

from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from canbao_addin.cli.main import run
from support.case_books import BOOKS, full_row
from support.cli import check_json, fill, read_sheet, write_units

KNOWN = BOOKS["settlement-huining"]
SHEET, DEPOSITS = "应保及应资对象", "存款登记"
ZHAO, ZHENG, WANG = ({"谁": name} for name in ("小赵", "小郑", "阿王"))
PAID = {"缴": "微信"}
SLIP: dict[str, Any] = {
    "村(社区)": "一村",
    "收缴人/代征人": "靳保国",
    "解缴批次": "一村-01",
    "存款日期": "2020-10-14",
    "回单号": "HD1",
}


class Copies(NamedTuple):
    base: Path
    first: Path
    second: Path


def write(blank: Path, path: Path, rows: list[dict[str, Any]], deposits: list[dict[str, Any]]) -> Path:
    path.write_bytes(blank.read_bytes())
    fill(path, {SHEET: [full_row(KNOWN, "R1", row) for row in rows], DEPOSITS: deposits})
    return path


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    home = tmp_path_factory.mktemp("copies")
    units = write_units(home / "units.csv", [["甲镇", "一村", "一组", ""]])
    words = ["--units", str(units), "--out", str(home / "blank"), "--rows", "12"]
    assert run(["generate", "huining-2021", *words]) == 0
    blank = home / "blank" / "甲镇.xlsx"
    base = write(blank, home / "base.xlsx", [ZHAO, {**ZHENG, "备注": "待查"}], [])
    first = write(
        blank,
        home / "甲.xlsx",
        [{**ZHAO, **PAID}, {**ZHENG, "备注": "待查", "联系电话": "13900000001"}],
        [{**SLIP, "存款金额": 280}],
    )
    second = write(
        blank,
        home / "乙.xlsx",
        [{**ZHENG, "联系电话": "13900000002"}, WANG, {**ZHAO, "家庭住址": "一村二组3号"}],
        [{**SLIP, "解缴批次": "一村-02", "回单号": "HD2", "存款金额": 280}],
    )
    return Copies(base, first, second)


def by_name(path: Path) -> dict[str, dict[str, Any]]:
    return {row["姓名"]: row for row in read_sheet(path, SHEET)}


@pytest.fixture(scope="module")
def merged(copies: Copies) -> Path:
    """The result of both, from what both were before."""
    out = copies.base.parent / "甲镇.xlsx"
    before = [path.read_bytes() for path in copies]
    assert run([*words_for(copies), "--out", str(out)]) == 1
    assert [path.read_bytes() for path in copies] == before
    return out


def words_for(copies: Copies) -> list[str]:
    return ["reconcile-copies", str(copies.first), str(copies.second), "--base", str(copies.base)]


def test_both_are_in_the_result(merged: Path, tmp_path: Path) -> None:
    rows = by_name(merged)
    assert list(rows) == ["赵彩琴", "郑一鸣", "王建国"]
    zhao, zheng = rows["赵彩琴"], rows["郑一鸣"]
    assert (zhao["实缴金额"], zhao["家庭住址"]) == (280, "一村二组3号"), "what each of them has changed"
    assert zheng["备注"] is None, "taken out by one, as the other had it before"
    assert zheng["联系电话"] == "13900000001"
    status, report = check_json(tmp_path, merged)
    assert status == 1
    assert not {found["code"] for found in report["files"][0]["findings"]} & {"V39", "V42"}
    assert report["files"][0]["rows"] == {"R1": 3, "R2": 0, "R3": 0, "R4": 0, "R7": 2, "R17": 0}


def test_what_both_changed_is_chosen_in_the_sheet(
    copies: Copies, merged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(merged.with_name("甲镇_两边都改过.xlsx"))
    [row] = list(book["两边都改过"].iter_rows(min_row=4))
    shown = [cell.value for cell in row]
    assert shown == [SHEET, 6, "郑一鸣", "联系电话", "13909431234", "13900000001", "13900000002", "A"]
    chosen, out = tmp_path / "chosen.xlsx", tmp_path / "out.xlsx"
    for word, status in (("都行", 2), ("b", 0)):
        row[-1].value = word
        book.save(chosen)
        assert run([*words_for(copies), "--choices", str(chosen), "--out", str(out)]) == status
    assert by_name(out)["郑一鸣"]["联系电话"] == "13900000002"
    told = capsys.readouterr()
    assert "A 或 B" in told.err
    assert "只在A里的1行，只在B里的2行" in "".join(told.out.split())


def test_what_is_no_copy_is_refused(copies: Copies, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    units = write_units(tmp_path / "units.csv", [["乙镇", "三村", "", ""]])
    words = ["--units", str(units), "--out", str(tmp_path / "blank"), "--rows", "5"]
    assert run(["generate", "huining-2021", *words]) == 0
    other = tmp_path / "blank" / "乙镇.xlsx"
    assert run(["reconcile-copies", str(copies.first), str(other), "--out", str(tmp_path / "none.xlsx")]) == 2
    assert "不是同一个工作簿" in "".join(capsys.readouterr().err.split())
    assert not (tmp_path / "none.xlsx").exists()
