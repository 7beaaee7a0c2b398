"""What the county decides in 资助决定 is read again by the next merge and wins."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from support.cli import fill, write_units

NUMBER = "411722197811129582"
ROW = {"组": "一组", "姓名": "侯一鸣", "证件号码": NUMBER, "实缴金额": 250, "收缴人/代征人": "靳保国", "解缴批次": "01"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One person who paid in two townships on the same day."""
    units = write_units(tmp_path / "units.csv", [["邵店", "高庙村", "一组", ""], ["五龙", "五龙村", "一组", ""]])
    blank, folder = tmp_path / "blank", tmp_path / "filled"
    where = ["--units", str(units), "--out", str(blank)]
    assert run(["generate", "shangcai-2020", *where, "--rows", "5"]) == 0
    folder.mkdir()
    for name, village in (("邵店", "高庙村"), ("五龙", "五龙村")):
        (blank / f"{name}.xlsx").rename(folder / f"{name}.xlsx")
        row = {**ROW, "村(社区)": village, "缴费日期": "2019-09-23", "凭证号码": f"PZ{name}"}
        fill(folder / f"{name}.xlsx", {"代征登记表": [row]})
    return folder


def merge(folder: Path, target: Path, *more: str) -> dict[str, Any]:
    report = target.with_suffix(".json")
    command = ["merge", str(folder), "--policy", "shangcai-2020", "--out", str(target), "--json", str(report), *more]
    assert run(command) in {0, 1}
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return result


def decisions(path: Path) -> tuple[openpyxl.Workbook, list[str], list[list[Any]]]:
    workbook = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in workbook["资助决定"].iter_rows()]
    start = next(index for index, row in enumerate(rows) if "县里决定" in row)
    return workbook, [str(header) for header in rows[start]], rows[start + 1 :]


def verdicts(path: Path) -> dict[str, tuple[str, str]]:
    _, headers, rows = decisions(path)
    at = {name: headers.index(name) for name in ("乡镇(街道)", "决定", "理由")}
    return {row[at["乡镇(街道)"]]: (row[at["决定"]], row[at["理由"]]) for row in rows if row[0]}


def decide(path: Path, unit: str, ruling: str, reason: str) -> None:
    workbook, headers, rows = decisions(path)
    sheet = workbook["资助决定"]
    row = next(cell.row for cell in sheet["C"] if cell.value == unit)
    sheet.cell(row, headers.index("县里决定") + 1, ruling)
    sheet.cell(row, headers.index("县里理由") + 1, reason)
    workbook.save(path)
    assert rows


def test_the_county_decides_and_the_next_merge_follows(folder: Path, tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{number}.xlsx" for number in (1, 2, 3))
    before = {total["unit"]: total["enrolled"] for total in merge(folder, first)["townships"]}
    found = verdicts(first)
    kept = next(unit for unit, (verdict, _) in found.items() if verdict == "采信")
    other = next(unit for unit in found if unit != kept)
    assert "请县里核定" in found[kept][1]
    decide(first, kept, "不采信", "查实住在另一个乡镇")
    after = {
        total["unit"]: total["enrolled"] for total in merge(folder, second, "--decisions", str(first))["townships"]
    }
    assert verdicts(second)[other] == ("采信", "县里决定：查实住在另一个乡镇")
    assert (before[kept], before[other], after[kept], after[other]) == (1, 0, 0, 1)
    merge(folder, third, "--decisions", str(second))  # a decision is carried on from workbook to workbook
    assert verdicts(third) == verdicts(second)


def test_a_decision_that_is_none_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    merge(folder, first)
    decide(first, next(iter(verdicts(first))), "看情况", "")
    command = ["merge", str(folder), "--policy", "shangcai-2020", "--out", str(second), "--decisions"]
    assert run([*command, str(first)]) == 2
    told = capsys.readouterr().err
    assert "看情况" in told
    assert "采信 或 不采信" in told, "what is allowed is said"
    assert not second.exists()
    assert run([*command, str(next(folder.iterdir()))]) == 2
    told = capsys.readouterr().err
    assert "没有「资助决定」表" in told
    assert "请用以前合并出来的县级汇总" in told
