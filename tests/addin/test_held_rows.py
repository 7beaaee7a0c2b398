"""暂留: where the notice lets clean rows travel, one bad row does not stop a township (SC:81)."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.functions.identity import check_character
from support.cli import check_json, fill, read_sheet, write_units
from support.ooxml import lint, validate

ROLL, DEPOSITS = "代征登记表", "存款登记"
TOWNSHIP, VILLAGE = "邵店", "一村"
SURNAMES = "赵钱孙李周吴郑王冯陈"


def payer(serial: int, batch: str = "P1", **changes: Any) -> dict[str, Any]:
    first17 = f"41172219{70 + serial % 10:02d}0101{serial:03d}"
    row = {
        "村(社区)": VILLAGE, "组": "一组", "姓名": f"{SURNAMES[serial % 10]}守义",
        "证件号码": first17 + check_character(first17), "缴费日期": date(2019, 9, 25), "实缴金额": 250,
        "凭证号码": f"S{serial}", "收缴人/代征人": "靳保国", "解缴批次": batch,
    }  # fmt: skip
    return row | changes


def deposit(batch: str, persons: int, **changes: Any) -> dict[str, Any]:
    return {
        "解缴批次": batch, "村(社区)": VILLAGE, "收缴人/代征人": "靳保国", "首笔收取日期": date(2019, 9, 25),
        "回单号": f"HD{batch}", "存款日期": date(2019, 9, 25), "存款金额": 250 * persons,
        "银行附言": f"{TOWNSHIP} {VILLAGE} 靳保国",
    } | changes  # fmt: skip


def write(folder: Path, rows: list[dict[str, Any]], deposits: list[dict[str, Any]]) -> Path:
    units = write_units(folder / "units.csv", [[TOWNSHIP, VILLAGE, "一组", ""]])
    assert run(["generate", "shangcai-2020", "--units", str(units), "--out", str(folder), "--rows", "20"]) == 0
    path = folder / f"{TOWNSHIP}.xlsx"
    fill(path, {ROLL: rows, DEPOSITS: deposits})
    return path


def read_list(folder: Path) -> list[dict[str, Any]]:
    path = folder / "暂留名单_上报.xlsx"
    assert validate(path) + lint(path) == []
    rows = [list(row) for row in openpyxl.load_workbook(path)["暂留名单"].iter_rows(values_only=True)]
    start = next(index for index, row in enumerate(rows) if row[0] == "工作表")
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :] if row[0]]


def submit(folder: Path, path: Path) -> int:
    return run(["submit", str(path), "--out", str(folder / "上报.xlsx")])


def test_clean_rows_travel_and_the_others_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short = payer(2)["证件号码"][:17]
    rows = [payer(1), payer(2, 证件号码=short, 情况说明="下周补"), payer(3, "P2"), payer(4, "P2", 姓名="")]
    rows += [payer(5, "P3"), payer(6, "P3")]
    path = write(tmp_path, rows, [deposit("P1", 2), deposit("P2", 2), deposit("P3", 2)])
    before = path.read_bytes()
    assert submit(tmp_path, path) == 0
    said = capsys.readouterr().out
    assert "上报 4 人" in said
    assert "暂留 2 行" in said
    assert "对不上：P1、P2。" in said
    assert path.read_bytes() == before
    travelled = read_sheet(tmp_path / "上报.xlsx", ROLL)
    assert [row["证件号码"] for row in travelled] == [payer(serial)["证件号码"] for serial in (1, 3, 5, 6)]
    listed = read_list(tmp_path)
    assert {(row["工作表"], row["行"], row["姓名"] or "", row["证件号码"]) for row in listed} == {
        (ROLL, 6, "孙守义", short), (ROLL, 8, "", payer(4)["证件号码"]),
    }  # fmt: skip
    assert {row["级别"] for row in listed} == {"错误"}
    assert {row["情况说明"] for row in listed if row["行"] == 6} == {"下周补"}
    _, result = check_json(tmp_path, tmp_path / "上报.xlsx")
    assert {
        (found["sheet"], found["code"]) for found in result["files"][0]["findings"] if found["severity"] == "错误"
    } == {(DEPOSITS, "V31")}


def test_the_merge_reads_no_list_of_held_rows(tmp_path: Path) -> None:
    path = write(tmp_path, [payer(1), payer(2, 姓名="")], [deposit("P1", 2)])
    folder = tmp_path / "交来"
    folder.mkdir()
    assert run(["submit", str(path), "--out", str(folder / "上报.xlsx")]) == 0
    out = tmp_path / "merge.json"
    words = ["--policy", "shangcai-2020", "--out", str(tmp_path / "县.xlsx"), "--json", str(out)]
    run(["merge", str(folder), *words])
    assert (folder / "暂留名单_上报.xlsx").is_file()
    assert "暂留名单" not in out.read_text(encoding="utf-8")


def test_rows_that_are_wrong_together_stay_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One person twice: both rows stay, whichever is right. A batch that no deposit knows stays as a whole."""
    twice = payer(7, 证件号码=payer(1)["证件号码"])
    rows = [payer(1), twice, payer(2), payer(3, "P9"), payer(4, "P9")]
    path = write(tmp_path, rows, [deposit("P1", 3)])
    assert submit(tmp_path, path) == 0
    assert "暂留 4 行" in capsys.readouterr().out
    assert [row["姓名"] for row in read_sheet(tmp_path / "上报.xlsx", ROLL)] == [payer(2)["姓名"]]
    assert {row["行"] for row in read_list(tmp_path)} == {5, 6, 8, 9}


@pytest.mark.parametrize(
    ("rows", "deposits"),
    [
        ([payer(1), payer(2)], [deposit("P1", 2, 银行附言="")]),  # the deposit itself is wrong
        ([payer(1), payer(2)], [deposit("P1", 3)]),  # its money is not that of its persons, all of them clean
        ([payer(1), payer(2)], []),  # no deposit at all
        ([payer(1, 姓名=""), payer(2, 姓名="")], [deposit("P1", 2)]),  # nobody is left
    ],
)
def test_errors_of_the_money_still_block(
    rows: list[dict[str, Any]], deposits: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, rows, deposits)
    assert submit(tmp_path, path) == 2
    assert "不能生成上报文件" in capsys.readouterr().err
    assert not (tmp_path / "上报.xlsx").exists()
    assert not (tmp_path / "暂留名单_上报.xlsx").exists()
