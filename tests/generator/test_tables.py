"""Workbooks of plain tables."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from canbao_generator import tables
from canbao_generator.tables import write_tables
from canbao_rulebook.tables import CellType, ChartSpec, TableColumn, TableSheet
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
        "c": [28_000, 10, None, 550, 100],
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
    write_tables(path, [sheet()], title="县汇总", password="x", command="merge")
    assert validate(path) == []
    assert lint(path) == []
    assert to_pdf(path, tmp_path).stat().st_size > 0


def test_values_keep_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "县.xlsx"
    write_tables(path, [sheet()], command="merge")
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
    write_tables(path, [sheet(total_row=False, locked=False)], command="merge")
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["各乡镇", "各乡镇(2)", "各乡镇(3)"]
    assert [row[1] for page in workbook for row in page.iter_rows(min_row=4, values_only=True)] == [1, 2, 3, None, 10]
    assert lint(path) == []


@dataclass(frozen=True)
class Rows:
    """Rows that are loaded when they are written."""

    name: str
    start: int
    height: int

    def load(self) -> pl.DataFrame:
        return FRAME.slice(self.start, self.height)


def test_sources_follow_one_another(tmp_path: Path) -> None:
    path, whole = tmp_path / "县.xlsx", tmp_path / "整.xlsx"
    sources = [Rows("甲镇", 0, 2), Rows("乙镇", 2, 0), Rows("丙镇", 2, 3)]
    write_tables(path, [TableSheet("花名册", "全县", COLUMNS, FRAME.clear(), sources)], command="merge")
    write_tables(whole, [TableSheet("花名册", "全县", COLUMNS, FRAME)], command="merge")
    cells, expected = (
        [[cell.value for cell in row] for row in openpyxl.load_workbook(one)["花名册"]] for one in (path, whole)
    )
    assert cells == expected
    assert validate(path) == []
    assert lint(path) == []


def test_too_long_for_one_sheet_each_source_has_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 4)
    path = tmp_path / "县.xlsx"
    sources = [Rows("甲镇", 0, 2), Rows("乙镇", 2, 3)]
    write_tables(path, [TableSheet("应保及应资对象", "全县", COLUMNS, FRAME.clear(), sources)], command="merge")
    workbook = openpyxl.load_workbook(path)
    assert workbook.sheetnames == ["应保及应资对象-甲镇", "应保及应资对象-乙镇"]
    numbers = [[row[1] for row in page.iter_rows(min_row=3, values_only=True)] for page in workbook]
    assert numbers == [[1, 2], [3, None, 10]]
    assert lint(path) == []


def test_an_empty_table_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "县.xlsx"
    empty = TableSheet("空", "空", COLUMNS, FRAME.clear())
    write_tables(path, [empty], command="merge")
    assert validate(path) == []


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="各乡镇"):
        write_tables(tmp_path / "县.xlsx", [sheet(), sheet()], command="merge")
    assert list(tmp_path.iterdir()) == []
