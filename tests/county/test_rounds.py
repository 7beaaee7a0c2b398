"""Screening in rounds: what was returned, what came back corrected, what is still wrong (SC-44, SC-46)."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.functions.identity import check_character
from support.cli import fill, write_units
from support.ooxml import lint, validate

ROLL = "代征登记表"
UNITS = [["邵店", "一村", "一组", ""], ["五龙", "二村", "一组", ""], ["杨屯", "三村", "一组", ""]]
VILLAGE = {"邵店": "一村", "五龙": "二村", "杨屯": "三村"}
COUNTS = ("returned", "rows", "before", "corrected", "remaining", "fresh")


def payer(serial: int, township: str, **changes: Any) -> dict[str, Any]:
    first17 = f"41172219700101{serial:03d}"
    row = {
        "村(社区)": VILLAGE[township], "组": "一组", "姓名": "田守义", "证件号码": first17 + check_character(first17),
        "缴费日期": date(2019, 9, 25), "实缴金额": 250, "凭证号码": f"S{serial}", "收缴人/代征人": "靳保国",
        "解缴批次": f"P{township}",
    }  # fmt: skip
    return row | changes


def deposit(township: str, persons: int) -> dict[str, Any]:
    return {
        "解缴批次": f"P{township}", "村(社区)": VILLAGE[township], "收缴人/代征人": "靳保国",
        "首笔收取日期": date(2019, 9, 25), "回单号": f"HD{township}", "存款日期": date(2019, 9, 25),
        "存款金额": 250 * persons,
        "银行附言": f"{township} {VILLAGE[township]} 靳保国",
    }  # fmt: skip


FIRST = {
    "邵店": [
        payer(950, "邵店"),
        payer(951, "邵店", 证件号码="4117221970010195"),
        payer(952, "邵店", 姓名=""),
        payer(953, "邵店", 证件号码="411722197001019999"),
    ],
    "五龙": [payer(960, "五龙", 组="")],
    "杨屯": [payer(970, "杨屯", 解缴批次="")],
}
SECOND = {
    "邵店": [
        payer(953, "邵店", 证件号码="411722197001019999"),  # still wrong, in another row
        payer(951, "邵店"),
        payer(952, "邵店"),
        payer(950, "邵店", 解缴批次=""),  # newly wrong
    ],
    "五龙": [payer(960, "五龙")],
}


def write(folder: Path, filled: Mapping[str, list[dict[str, Any]]]) -> Path:
    units = write_units(folder / "units.csv", [row for row in UNITS if row[0] in filled])
    words = ["--units", str(units), "--out", str(folder / "交来"), "--rows", "20"]
    assert run(["generate", "shangcai-2020", *words]) == 0
    for path in (folder / "交来").iterdir():
        if path.stem not in filled:
            path.unlink()  # the departments'
    for township, rows in filled.items():
        fill(folder / "交来" / f"{township}.xlsx", {ROLL: rows, "存款登记": [deposit(township, len(rows))]})
    return folder / "交来"


def merge(folder: Path, source: Path, *more: str) -> dict[str, Any]:
    report = folder / "merge.json"
    words = ["--out", str(folder / "汇总.xlsx"), "--returns", str(folder / "退回"), "--json", str(report)]
    assert run(["merge", str(source), "--policy", "shangcai-2020", *words, *more]) in {0, 1}
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return result


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any]]:
    """The folders of both rounds, and the JSON of the second merge."""
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    assert "rounds" not in merge(one, write(one, FIRST))
    return one, two, merge(two, write(two, SECOND), "--previous-returns", str(one / "退回"))


def read(path: Path, sheet: str) -> list[dict[str, Any]]:
    rows = [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]
    start = next(index for index, row in enumerate(rows) if sum(value is not None for value in row) > 1)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :] if row[0] is not None]


def test_the_second_round_is_held_against_the_first(rounds: tuple[Path, Path, dict[str, Any]]) -> None:
    one, _, result = rounds
    returned = {path.stem[5:]: read(path, "退回清单") for path in (one / "退回").glob("退回清单_*.xlsx")}
    errors = {unit: [row for row in found if row["级别"] == "错误"] for unit, found in returned.items()}
    told = {entry["unit"]: entry for entry in result["rounds"]["units"]}
    assert result["rounds"]["number"] == 2
    assert {unit: entry["before"] for unit, entry in told.items()} == {
        unit: len(found) for unit, found in errors.items()
    }
    assert all(entry["before"] == entry["corrected"] + entry["remaining"] for entry in told.values())
    assert all(
        entry["returned"] == entry["remaining"] + entry["fresh"] for entry in told.values() if entry["handed_in"]
    )
    assert (told["五龙"]["returned"], told["五龙"]["remaining"], told["五龙"]["handed_in"]) == (0, 0, True)
    assert (told["杨屯"]["handed_in"], told["杨屯"]["remaining"]) == (False, told["杨屯"]["before"])
    assert told["邵店"]["remaining"] == 1
    assert told["邵店"]["fresh"] >= 1


def test_return_lists_say_what_was_returned_before(rounds: tuple[Path, Path, dict[str, Any]]) -> None:
    one, two, _ = rounds
    again = [row for row in read(two / "退回" / "退回清单_邵店.xlsx", "退回清单") if row["上一轮"] == "已退回过"]
    assert [(row["代码"], row["填写的内容"], row["单元格"][-1]) for row in again] == [
        ("V02", "411722197001019999", "5")
    ]
    assert "上一轮" not in read(one / "退回" / "退回清单_邵店.xlsx", "退回清单")[0]


def test_the_table_of_rounds_goes_on(rounds: tuple[Path, Path, dict[str, Any]], tmp_path: Path) -> None:
    one, two, _ = rounds
    path = two / "退回" / "筛查轮次.xlsx"
    assert not (one / "退回" / path.name).exists()
    assert validate(path) + lint(path) == []
    shown = [(row["轮次"], row["单位"], row["结果"]) for row in read(path, "筛查轮次")]
    assert set(shown[:3]) == {(1, unit, "退回更正") for unit in VILLAGE}
    assert set(shown[3:]) == {(2, "杨屯", "没有再交"), (2, "五龙", "信息规范"), (2, "邵店", "退回更正")}
    third = merge(tmp_path, two / "交来", "--previous-returns", str(two / "退回"))["rounds"]
    assert third["number"] == 3
    assert all(entry["corrected"] == entry["fresh"] == 0 for entry in third["units"])
    rows = read(tmp_path / "退回" / path.name, "筛查轮次")
    assert [row["轮次"] for row in rows].count(2) == 3
    assert {row["轮次"] for row in rows} == {1, 2, 3}


def test_a_folder_without_return_lists_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "交来").mkdir()
    (tmp_path / "交来" / "邵店.xlsx").write_bytes(b"")
    words = ["--policy", "shangcai-2020", "--out", str(tmp_path / "a.xlsx"), "--previous-returns", str(tmp_path)]
    assert run(["merge", str(tmp_path / "交来"), *words]) == 2
    assert "退回清单" in capsys.readouterr().err
