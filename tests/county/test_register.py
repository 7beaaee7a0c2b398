"""上报登记: who has handed in, carried from merge to merge, and who is waited for."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_county.merge.parts import Part
from canbao_county.merge.register import Entry, State, update_register
from canbao_rulebook.units import Unit
from support.cli import fill, write_units
from support.counties import R1, issue, paid, resident

POLICY = "huining-2021"
TOWNS = ("甲镇", "乙镇", "丙乡")
UNITS = [[town, "一村", "", 10] for town in TOWNS]
GOOD = {R1: [resident(1, **paid(date(2020, 10, 1)))]}
BAD = {R1: [resident(2, 姓名=None)]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return issue(tmp_path, POLICY, UNITS, {"甲镇": GOOD, "乙镇": BAD})


def merge(folder: Path, *options: str) -> dict[str, Any]:
    target = folder.parent / "结果" / "县.xlsx"
    report = folder.parent / "县.json"
    run(["merge", str(folder), "--policy", POLICY, "--out", str(target), "--json", str(report), *options])
    return json.loads(report.read_text(encoding="utf-8"))


def register(folder: Path) -> dict[str, dict[str, Any]]:
    sheet = openpyxl.load_workbook(folder.parent / "结果" / f"上报登记_{POLICY}.xlsx")["上报登记"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(index for index, row in enumerate(rows) if row[0] == "单位")
    return {row[0]: dict(zip(rows[header], row, strict=True)) for row in rows[header + 1 :]}


def missing(result: dict[str, Any]) -> list[str]:
    return [finding["value"] for finding in result["findings"] if "没有收到" in finding["message"]]


def test_the_list_of_generate_says_who_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "下发"
    listed = write_units(tmp_path / "u.csv", UNITS)
    assert run(["generate", POLICY, "--units", str(listed), "--out", str(folder), "--rows", "5"]) == 0
    (folder / "丙乡.xlsx").unlink()
    assert missing(merge(folder)) == ["丙乡"]
    (folder / "单位清单.csv").rename(tmp_path / "名单.csv")
    assert missing(merge(folder)) == []
    assert missing(merge(folder, "--units", str(tmp_path / "名单.csv"))) == ["丙乡"]


def test_the_list_of_generate_is_what_generate_reads(tmp_path: Path) -> None:
    rows = [
        ["甲镇", "一村", "一组", 120],
        ["甲镇", "一村", "二组", ""],
        ["甲镇", "二村", "", 80],
        ["乙镇", "三村", "", 50],
    ]
    listed = write_units(tmp_path / "u.csv", rows)
    for level in ("township", "village"):
        one, two = tmp_path / f"{level}1", tmp_path / f"{level}2"
        assert (
            run(["generate", POLICY, "--level", level, "--units", str(listed), "--out", str(one), "--rows", "3"]) == 0
        )
        again = ["--units", str(one / "单位清单.csv"), "--out", str(two), "--rows", "3"]
        assert run(["generate", POLICY, "--level", level, *again]) == 0
        files = {path.relative_to(one) for path in one.rglob("*") if path.is_file()}
        assert files == {path.relative_to(two) for path in two.rglob("*") if path.is_file()}
        for name in files:
            assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_a_unit_goes_from_missing_to_passed(folder: Path) -> None:
    units = ["--units", str(folder.parent / "units.csv")]
    merge(folder, *units)
    states = {unit: (entry["状态"], entry["第几次"]) for unit, entry in register(folder).items()}
    assert states == {"甲镇": ("通过", 1), "乙镇": ("已交", 1), "丙乡": ("没有交", 0)}
    merge(folder, *units, "--returns", str(folder.parent / "退回"))
    first = register(folder)
    assert (first["乙镇"]["状态"], first["乙镇"]["第几次"], first["乙镇"]["错误(处)"]) == ("退回", 1, 1)
    merge(folder, *units)
    assert register(folder)["乙镇"]["状态"] == "退回"
    fill(folder / "乙镇.xlsx", {R1: [resident(2, 姓名=None, 联系电话="13909431239")]})
    merge(folder, *units)
    second = register(folder)["乙镇"]
    assert (second["状态"], second["第几次"]) == ("更正后已交", 2)
    assert second["校验码"] != first["乙镇"]["校验码"]
    fill(folder / "乙镇.xlsx", {R1: [resident(2, **paid(date(2020, 10, 2)))]})
    merge(folder, *units)
    assert (register(folder)["乙镇"]["状态"], register(folder)["乙镇"]["第几次"]) == ("通过", 3)


def test_what_the_county_writes_beside_a_unit_stays(folder: Path) -> None:
    units = ["--units", str(folder.parent / "units.csv")]
    merge(folder, *units)
    path = folder.parent / "结果" / f"上报登记_{POLICY}.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["上报登记"]
    row = next(row for row in sheet.iter_rows() if row[0].value == "丙乡")
    row[-1].value = "已电话催交"
    book.save(path)
    before = register(folder)
    merge(folder)
    assert register(folder) == before
    assert before["丙乡"]["备注"] == "已电话催交"
    assert len(list(path.parent.glob("上报登记*"))) == 1


def test_a_unit_that_is_not_in_this_folder_keeps_its_entry(folder: Path) -> None:
    merge(folder)
    shutil.move(folder / "甲镇.xlsx", folder.parent / "甲镇.xlsx")
    merge(folder)
    assert register(folder)["甲镇"]["状态"] == "通过"


def test_a_file_that_cannot_be_read_belongs_to_the_unit_in_its_name() -> None:
    broken = Part("三合乡（更正）.xlsx", reason="损坏")
    for names, expected in ((["三合乡", "合乡"], "三合乡"), (["甲镇"], None)):
        entries = {entry.unit: entry for entry in update_register([], names, [broken], [], returned=True, now="n")}
        for unit, entry in entries.items():
            state = State.RECEIVED if unit == expected else State.MISSING
            assert (unit, entry.state) == (unit, state)


def test_an_entry_that_comes_back_unchanged_keeps_its_time() -> None:
    part = Part("甲.xlsx", policy_id="p", unit=Unit("甲"), check_code="C1")
    first = update_register([], ["甲"], [part], [], returned=False, now="早")
    assert first == [Entry("甲", State.PASSED, "甲.xlsx", "早", 1, "C1", 0)]
    assert update_register(first, ["甲"], [part], [], returned=False, now="晚") == first


def test_townships_go_by_the_policys_names(tmp_path: Path) -> None:
    """The policy says 卧龙 and 重阳: 卧龙街道 and 重 阳镇 are expected, and hand in, under these names."""
    listed = write_units(tmp_path / "u.csv", [["卧龙街道", "一村", "", ""], ["重 阳镇", "二村", "", ""]])
    out = tmp_path / "in"
    words = ["generate", "shangcai-2020", "--units", str(listed), "--out", str(out), "--rows", "3"]
    assert run(words) == 0
    assert {"卧龙.xlsx", "重阳.xlsx"} <= {path.name for path in out.iterdir()}
    report = tmp_path / "r.json"
    target = ["--out", str(tmp_path / "x.xlsx"), "--json", str(report), "--units", str(listed)]
    run(["merge", str(out), "--policy", "shangcai-2020", *target])
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
    assert not [found for found in findings if "卧龙" in found["message"] and "没有" in found["message"]]
