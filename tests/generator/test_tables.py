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


def test_sheets_of_sources_hold_their_own_rows_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 4)
    path = tmp_path / "县.xlsx"
    sources = [Rows(f"{number}镇", number % 5, 1) for number in range(12)]
    write_tables(path, [TableSheet("册", "全县", COLUMNS, FRAME.clear(), sources)], command="merge")
    workbook = openpyxl.load_workbook(path)
    numbers = {page.title: [row[1] for row in page.iter_rows(min_row=3, values_only=True)] for page in workbook}
    assert numbers == {f"册-{number}镇": [[1, 2, 3, None, 10][number % 5]] for number in range(12)}


def test_an_empty_table_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "县.xlsx"
    empty = TableSheet("空", "空", COLUMNS, FRAME.clear())
    write_tables(path, [empty], command="merge")
    assert validate(path) == []


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="各乡镇"):
        write_tables(tmp_path / "县.xlsx", [sheet(), sheet()], command="merge")
    assert list(tmp_path.iterdir()) == []


def wide_sheet(**changes: object) -> TableSheet:
    """Sixty columns, the first four of which stand on every page."""
    columns = [TableColumn(f"列{number}", CellType.TEXT, 12) for number in range(60)]
    return TableSheet("宽", "很长的标题" * 12, columns, pl.DataFrame([["甲"]] * 60), **({"freeze": 4} | changes))  # type: ignore[arg-type]


def test_what_every_page_repeats_does_not_cut_the_title(tmp_path: Path) -> None:
    path = tmp_path / "县.xlsx"
    write_tables(path, [wide_sheet()], command="merge")
    page = openpyxl.load_workbook(path)["宽"]
    assert page.page_setup.fitToWidth > 1
    assert (page.print_title_cols, page.print_title_rows) == ("$A:$D", "$1:$2")
    assert [str(merged) for merged in page.merged_cells.ranges] == ["A1:D1"]
    assert page["A1"].alignment.wrap_text
    letters = 60 * 2 * 1.2  # characters of the width of cells that the title takes
    assert page.row_dimensions[1].height / 17 >= letters / 48
    assert validate(path) == lint(path) == []


def test_one_column_that_every_page_repeats_is_no_merge(tmp_path: Path) -> None:
    target = tmp_path / "wide.xlsx"
    write_tables(target, [wide_sheet(freeze=1)], command="merge")
    assert lint(target) == []
    assert not openpyxl.load_workbook(target).worksheets[0].merged_cells.ranges


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "甲镇情况（金额单位：元）"),
        ({"notes": ("单位：元。",)}, "甲镇情况"),
        ({"columns": [COLUMNS[0], COLUMNS[2]._replace(header="金额(元)")]}, "甲镇情况"),
        ({"columns": COLUMNS[:1]}, "甲镇情况"),
        ({"frame": FRAME.clear()}, "甲镇情况（金额单位：元；没有记录）"),
        ({"frame": FRAME[:1], "total_row": True}, "甲镇情况（金额单位：元；没有记录）"),
    ],
)
def test_the_title_says_the_unit_of_money_and_that_nothing_is_there(
    tmp_path: Path, changes: dict[str, object], title: str
) -> None:
    given: dict[str, object] = {"columns": [COLUMNS[0], COLUMNS[2]], "frame": FRAME} | changes
    frame = given.pop("frame")
    assert isinstance(frame, pl.DataFrame)
    frame = frame.select(["a", "c"][: len(given["columns"])])  # type: ignore[arg-type]
    write_tables(tmp_path / "a.xlsx", [TableSheet("表", "甲镇情况", frame=frame, **given)], command="merge")  # type: ignore[arg-type]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]["A1"].value == title


@pytest.mark.parametrize(
    ("kind", "text", "width", "lines"),
    [
        (CellType.TEXT, "镇", 10, 1),
        (CellType.TEXT, "舟山群岛新区旅游与健康职业学院", 11.5, 4),
        (CellType.CENTRED, "舟山群岛新区旅游与健康职业学院", 11.5, 4),
        (CellType.CENTRED, "EQ54-M8MC-6W4Z", 16.5, 1),  # a number is not broken
        (CellType.TEXT, "1" * 40, 28, 2),
    ],
)
def test_no_text_is_cut_by_what_stands_beside_it(
    tmp_path: Path, kind: CellType, text: str, width: float, lines: int
) -> None:
    columns = [TableColumn("单位", kind, 10), TableColumn("数", CellType.COUNT)]
    frame = pl.DataFrame({"unit": [text, "合计"], "count": [1, 1]})
    write_tables(tmp_path / "a.xlsx", [TableSheet("表", "表", columns, frame, total_row=True)], command="merge")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert page.column_dimensions["A"].width == width
    assert bool(page["A3"].alignment.wrap_text) is (lines > 1 or kind is CellType.CENTRED)
    assert (page.row_dimensions[3].height or 15) == 15 * lines


def test_a_total_is_as_high_as_its_texts(tmp_path: Path) -> None:
    columns = [TableColumn("单位", CellType.TEXT, 14), TableColumn("待定", CellType.WRAPPED, 12)]
    frame = pl.DataFrame({"a": ["甲镇", "合计"], "b": ["", "缴费标准723人、个人应缴723人"]})
    write_tables(tmp_path / "a.xlsx", [TableSheet("表", "表", columns, frame, total_row=True)], command="merge")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    assert page["B4"].alignment.wrap_text
    assert page.row_dimensions[4].height == 45


@pytest.mark.parametrize(("rows", "orientation"), [(3, "landscape"), (26, "portrait")])
def test_a_chart_stands_on_one_page_with_its_rows(tmp_path: Path, rows: int, orientation: str) -> None:
    columns = [COLUMNS[0], TableColumn("参保率", CellType.RATE)]
    frame = pl.DataFrame({"a": ["镇"] * rows, "b": [0.5] * rows})
    table = TableSheet("表", "表", columns, frame, chart=ChartSpec("参保率", "乡镇", ("参保率",)))
    write_tables(tmp_path / "a.xlsx", [table], command="merge")
    setup = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"].page_setup
    assert (setup.fitToHeight, setup.orientation) == (1, orientation)
