"""Workbooks of plain tables."""

from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from canbao_generator import tables
from canbao_generator.tables import CellType, ChartSpec, TableColumn, TableSheet, write_tables
from support.libreoffice import to_pdf
from support.ooxml import lint, validate

COLUMNS = [
    TableColumn("乡镇", CellType.TEXT, 16),
    TableColumn("人数", CellType.COUNT),
    TableColumn("金额", CellType.MONEY),
    TableColumn("参保率", CellType.RATE),
    TableColumn("日期", CellType.DATE),
]
FRAME = pl.DataFrame(
    {
        "a": ["郭城驿镇", "=1+1", "<x>&", None, "合计"],
        "b": [1, 2, 3, None, 10],
        "c": [280.0, 0.1, float("nan"), 5.5, 1.0],
        "d": [0.97, 0.5, 1.0, 0.0, 0.9],
        "e": [date(2020, 9, 1), None, None, None, None],
    }
)


def sheet(**changes: object) -> TableSheet:
    chart = ChartSpec("参保率", "乡镇", ("参保率",))
    options: dict[str, object] = {"notes": ("单位：会宁县",), "freeze": 1, "chart": chart, "total_row": True}
    return TableSheet("各乡镇", "会宁县各乡镇参保情况", COLUMNS, FRAME, **(options | changes))


def test_a_table_is_valid_and_prints(tmp_path: Path) -> None:
    path = tmp_path / "县.xlsx"
    write_tables(path, [sheet()], title="县汇总", password="x")
    assert validate(path) == []
    assert lint(path) == []
    assert to_pdf(path, tmp_path).stat().st_size > 0


def test_values_keep_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "县.xlsx"
    write_tables(path, [sheet()])
    page = openpyxl.load_workbook(path)["各乡镇"]
    assert [cell.value for cell in page[3]] == ["乡镇", "人数", "金额", "参保率", "日期"]
    assert page["A5"].value == "=1+1"
    assert page["A5"].data_type != "f"
    assert page["A6"].value == "<x>&"
    assert (page["B4"].value, page["C5"].value, page["C6"].value, page["B7"].value) == (1, 0.1, None, None)
    assert page["E4"].value.date() == date(2020, 9, 1)
    assert page["A8"].font.bold
    assert page.protection.sheet


def test_long_tables_continue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    path = tmp_path / "县.xlsx"
    write_tables(path, [sheet(total_row=False, locked=False)])
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["各乡镇", "各乡镇(2)", "各乡镇(3)"]
    assert [row[1] for page in workbook for row in page.iter_rows(min_row=4, values_only=True)] == [1, 2, 3, None, 10]
    assert lint(path) == []


def test_an_empty_table_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "县.xlsx"
    empty = TableSheet("空", "空", COLUMNS, FRAME.clear())
    write_tables(path, [empty])
    assert validate(path) == []


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="各乡镇"):
        write_tables(tmp_path / "县.xlsx", [sheet(), sheet()])
    assert list(tmp_path.iterdir()) == []
