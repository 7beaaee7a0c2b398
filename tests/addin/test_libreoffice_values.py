"""Ranges, values and formulas through xlwings in a real LibreOffice, as Excel on Windows gives and takes them."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from openpyxl.workbook.defined_name import DefinedName

from canbao_addin.hosts.libreoffice.formula_syntax import Place, Translator
from support.office import open_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture
def sheet(office: xw.App) -> Iterator[xw.Sheet]:
    book = office.books.add()
    yield book.sheets[0]
    book.close()


def at(*parts: int) -> dt.datetime:
    """A moment; dates in cells have no time zone."""
    return dt.datetime(*parts)  # noqa: DTZ001


def open_cells(office: xw.App, folder: Path, cells: dict[str, Any], formats: dict[str, str] | None = None) -> xw.Sheet:
    """A workbook of these cells, made by openpyxl, opened."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for address, value in cells.items():
        sheet[address] = value
    for address, code in (formats or {}).items():
        sheet[address].number_format = code
    path = folder / "值.xlsx"
    book.save(path)
    return office.books.open(path).sheets[0]


def test_each_kind_of_value_comes_back_as_from_excel(office: xw.App, tmp_path: Path) -> None:
    cells = {"A1": 1.5, "B1": "文字", "C1": True, "D1": at(2020, 1, 2), "E1": "0012", "F1": None, "G1": "=1=2"}
    sheet = open_cells(office, tmp_path, cells | {"H1": '=""', "I1": at(2020, 1, 2, 8, 30), "J1": "=D1"})
    sheet["J1"].number_format = "yyyy-mm-dd"
    date = at(2020, 1, 2)
    expected = [1.5, "文字", True, date, "0012", None, False, None, at(2020, 1, 2, 8, 30), date]
    values = sheet["A1:J1"].value
    assert values == expected
    assert [type(value) for value in values] == [type(value) for value in expected]
    assert sheet["F1:F2"].options(empty="").value == ["", ""]
    assert sheet["A1:B1"].options(ndim=2).value == [[1.5, "文字"]]
    assert sheet["D1"].options(dates=dt.date).value == dt.date(2020, 1, 2)
    assert sheet["A1"].options(numbers=int).value == 2
    sheet.book.close()


def test_a_boolean_in_a_text_cell_is_a_boolean(office: xw.App, tmp_path: Path) -> None:
    sheet = open_cells(office, tmp_path, {"A1": True, "A2": "TRUE", "A3": False}, {"A1": "@", "A2": "@", "A3": "@"})
    assert sheet["A1:A3"].value == [True, "TRUE", False]
    sheet.book.close()


def test_errors_are_none_or_their_text(office: xw.App, tmp_path: Path) -> None:
    formulas = ["=NA()", "=1/0", '="x"+1', "=不存在的名称", "=SQRT(-1)", '=INDIRECT("坏")']
    sheet = open_cells(office, tmp_path, {f"A{row}": formula for row, formula in enumerate(formulas, 1)} | {"B2": 5})
    assert sheet["A1:A6"].value == [None] * 6
    texts = ["#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#VALUE!", "#REF!"]
    assert sheet["A1:A6"].options(err_to_str=True).value == texts
    assert sheet["A1:B2"].options(err_to_str=True).value == [["#N/A", None], ["#DIV/0!", 5]]
    assert sheet["A1"].raw_value == -2146826246
    sheet["C1"].value = "#n/a"
    assert sheet["C1"].options(err_to_str=True).value == "#N/A"
    assert sheet["C1"].formula == "#N/A"
    sheet.book.close()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0012", 12.0),
        ("620422197001010041", 620422197001010000.0),
        ("12%", 0.12),
        ("1,234.5", 1234.5),
        ("(5)", -5.0),
        (" 7 ", 7.0),
        ("1e3", 1000.0),
        ("2020-01-05", at(2020, 1, 5)),
        ("2020年1月5日", at(2020, 1, 5)),
        ("2020-02-30", "2020-02-30"),
        ("8:30", at(1899, 12, 30, 8, 30)),
        ("true", True),
        ("'0012", "0012"),
        ("139-1234-5678", "139-1234-5678"),
        ("1,23", "1,23"),
        ("-", "-"),
        ("3号", "3号"),
        ("62042219700101004X", "62042219700101004X"),
    ],
)
def test_a_text_in_a_general_cell_is_taken_as_typed(sheet: xw.Sheet, text: str, value: object) -> None:
    sheet["A1"].value = text
    assert sheet["A1"].value == value
    assert type(sheet["A1"].value) is type(value)


def test_a_text_cell_keeps_texts_and_makes_texts(sheet: xw.Sheet) -> None:
    sheet["A1:F1"].number_format = "@"
    sheet["A1"].value = ["0012", "620422197001010041", 280, True, dt.date(2020, 1, 2), "=1+1"]
    assert sheet["A1:F1"].value == ["0012", "620422197001010041", "280", "TRUE", "2020/1/2", "=1+1"]
    assert sheet["A1"].formula == "0012"
    sheet["A1"].formula = "=B1"
    assert sheet["A1"].value == "=B1"


def test_values_written_come_back(sheet: xw.Sheet) -> None:
    rows = [["甲", 1.5, True, at(2020, 1, 2)], [None, -3.0, False, at(2021, 12, 31, 23, 59)]]
    sheet["B2"].value = rows
    assert sheet["B2:E3"].value == rows
    assert sheet["E2"].number_format == "yyyy/m/d"
    assert sheet["C2"].number_format == "General"
    sheet["B2:E3"].clear_contents()
    assert sheet["B2:E3"].value == [[None] * 4] * 2
    assert sheet["E2"].number_format == "yyyy/m/d"


def test_a_single_value_fills_and_a_formula_moves(sheet: xw.Sheet) -> None:
    sheet["A1:A3"].value = [[1], [2], [3]]
    sheet["B1:C3"].formula = "=A1*$A$3"
    assert sheet["B1:C3"].formula == (
        ("=A1*$A$3", "=B1*$A$3"),
        ("=A2*$A$3", "=B2*$A$3"),
        ("=A3*$A$3", "=B3*$A$3"),
    )
    assert sheet["C3"].value == 27
    sheet["D1:D2"].value = "×"
    assert sheet["D1:D3"].value == ["×", "×", None]


FORMULAS = [
    "=参数!$B$1+'R1 名册'!C3",
    '=IF(A2="","a,b;c",SUM(参数!A1:B2,3))',
    "=IFERROR(MATCH(1,{1,2;3,4},0),0)",
    '=SUMPRODUCT((参数!A$1:A2="b")*1)+LOG10(100)',
    "=SUM(A:A)+SUM((A1:A2,B1))",
    '=TEXT(A2,"0000")&"A2 \'x\' 甲""乙"',
    "=单位&算式",
    "=EDATE(A2,A3)",
]


@pytest.fixture(scope="module")
def formulas(office: xw.App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.Book]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "R1 名册"
    book.create_sheet("参数")
    book.defined_names["单位"] = DefinedName("单位", attr_text="'R1 名册'!$H$1")
    book.defined_names["算式"] = DefinedName("算式", attr_text="IF(参数!$B$1>0,1,2)")
    for place, formula in enumerate(FORMULAS, 1):
        sheet.cell(2, place, formula)
    path = tmp_path_factory.mktemp("formulas") / "公式.xlsx"
    book.save(path)
    opened = office.books.open(path)
    yield opened
    opened.close()


def test_formulas_read_as_excel_writes_them(formulas: xw.Book) -> None:
    assert list(formulas.sheets[0].range("A2:H2").formula[0]) == FORMULAS


def test_formulas_written_mean_the_same(formulas: xw.Book) -> None:
    """The union is left out: LibreOffice's parser knows it in files only."""
    sheet = formulas.sheets[0]
    asked = [formula for formula in FORMULAS if "(A1:A2,B1)" not in formula]
    sheet["A20"].formula = [asked]
    assert list(sheet["A20"].resize(1, len(asked)).formula[0]) == asked
    assert sheet["A20"].api.getFormulaArray()[0][0] == "=$参数.$B$1+$'R1 名册'.C3"
    sheet["A21"].formula = "=EDATE(43832,1)+0"
    assert sheet["A21"].raw_value == 43863


def test_constants_are_texts_among_formulas(office: xw.App, tmp_path: Path) -> None:
    cells = {"A1": 280, "B1": "=A1", "C1": True, "D1": "字", "E1": at(2020, 1, 2), "F1": "#N/A", "H1": 0.1}
    sheet = open_cells(office, tmp_path, cells)
    assert sheet["A1:H1"].formula == (("280", "=A1", "TRUE", "字", "43832", "#N/A", "", "0.1"),)
    sheet["C2"].value = True
    assert sheet["C2"].formula == "TRUE"
    sheet.book.close()


def test_a_column_of_formulas_keeps_every_cell_s_own_format(sheet: xw.Sheet) -> None:
    sheet["A1:A40"].color = "#ff0000"
    sheet["A21:A40"].number_format = "0.00"
    sheet["A1:A40"].formula = "=ROW()+B1"
    assert sheet["A40"].formula == "=ROW()+B40"
    assert sheet["A20"].number_format == "General"
    assert sheet["A21"].number_format == "0.00"
    assert sheet["A40"].color == (255, 0, 0)
    again = [list(row) for row in sheet["A1:A40"].formula]
    sheet["A1:A40"].formula = again[::-1]
    assert sheet["A1"].formula == "=ROW()+B40"
    assert [row[0] for row in sheet["A1:A40"].formula] == [row[0] for row in again[::-1]]


def test_what_is_translated_once_a_column_equals_what_is_parsed_anew(sheet: xw.Sheet) -> None:
    document = sheet.book.api
    asked = ["A{r}+B{n}", 'IF(A{r}="A{r}",{r},A$1)', "SUM(A$1:A{r})", "LOG10({r})+A1{r}", "Sheet1!A{r}*{r}{r}"]
    shared = Translator(document)
    for row in (1, 2, 9, 10, 11, 99, 100):
        for text in asked:
            formula, place = text.format(r=row, n=row + 1), Place(0, row, 5)
            office_formula = Translator(document).to_office(formula, place)
            assert shared.to_office(formula, place) == office_formula
            assert shared.to_excel(office_formula, place) == Translator(document).to_excel(office_formula, place)


def test_a_tall_block_in_one_call_each(sheet: xw.Sheet) -> None:
    rows = 5000
    sheet["A1"].resize(rows, 1).number_format = "@"
    data = [[f"62042219700101{row:04d}", f"王{row}", float(row)] for row in range(rows)]
    sheet["A1"].value = data
    sheet["D1"].resize(rows, 1).formula = '=IF(C1=0,NA(),A1&"-"&C1)'
    assert sheet["A1"].resize(rows, 3).value == data
    values = sheet["D1"].resize(rows, 1).options(err_to_str=True).value
    assert values[0] == "#N/A"
    assert values[1:] == [f"{row[0]}-{row[2]:g}" for row in data[1:]]
    formulas = sheet["D1"].resize(rows, 1).formula
    assert formulas[-1] == (f'=IF(C{rows}=0,NA(),A{rows}&"-"&C{rows})',)
    assert sheet["A1"].row_height == sheet["A5000"].row_height


def test_blocks_of_another_shape_are_refused(sheet: xw.Sheet) -> None:
    with pytest.raises(ValueError, match="2 rows of 2 values"):
        sheet["A1:B2"].raw_value = [[1, 2, 3]]


# ---- ranges


def test_places(sheet: xw.Sheet) -> None:
    sheet["B2"].value = [["甲", "乙", None], ["丙", "丁", None], [None, None, None], ["戊", None, None]]
    block = sheet.range((2, 2), (3, 3))
    assert (block.address, block.row, block.column, block.shape, block.size) == ("$B$2:$C$3", 2, 2, (2, 2), 4)
    assert block.last_cell.address == "$C$3"
    assert block.get_address(False, False) == "B2:C3"
    assert block.get_address(external=True) == f"'[{sheet.book.name}]Sheet1'!$B$2:$C$3"
    assert sheet["B2"].end("down").address == "$B$3"
    assert sheet["B3"].end("down").address == "$B$5"
    assert sheet["B5"].end("down").row == sheet.cells.shape[0]
    assert sheet["C2"].end("left").address == "$B$2"
    assert sheet["B9"].end("up").address == "$B$5"
    assert sheet["B2"].end("right").address == "$C$2"
    assert sheet["B2"].current_region.address == sheet["B2"].expand().address == "$B$2:$C$3"
    assert sheet["A1"].offset(1, 1).resize(2, 2) == block
    assert [cell.value for cell in block] == ["甲", "乙", "丙", "丁"]
    assert (block.rows[1].value, block.columns[1].value) == (["丙", "丁"], ["乙", "丁"])
    assert sheet["B:B"].shape == (sheet.cells.shape[0], 1)
    assert sheet["2:3"].shape == (2, sheet.cells.shape[1])
    with pytest.raises(xw.NoSuchObjectError):
        sheet["没有的名称"]
    with pytest.raises(IndexError):
        sheet.range((0, 1))


def test_looks(sheet: xw.Sheet) -> None:
    cells = sheet["A1:B2"]
    cells.value = [[1, 2], [3, 4]]
    assert (cells.color, cells.number_format, cells.font.bold, cells.wrap_text) == (None, "General", False, False)
    cells.color, cells.number_format, cells.wrap_text = (255, 0, 0), "#,##0.00", True
    cells.font.bold, cells.font.color, cells.font.size = True, "#0000ff", 14
    cells[0, 0].color, cells[1, 1].number_format, cells[0, 1].font.bold = None, "yyyy-mm-dd", False
    assert [cell.color for cell in cells] == [None, *[(255, 0, 0)] * 3]
    assert (cells[0, 0].number_format, cells[1, 1].number_format) == ("#,##0.00", "yyyy-mm-dd")
    assert (cells.color, cells.number_format, cells.font.bold, cells.wrap_text) == (None, None, None, True)
    assert (cells.font.color, cells.font.size) == ((0, 0, 255), 14)


def test_rows_and_columns(sheet: xw.Sheet) -> None:
    sheet["A1:A3"].value = [[1], [2], [3]]
    sheet["A1:A2"].row_height, sheet["B1"].column_width = 30, 20
    assert (sheet["A1:A2"].row_height, sheet["A1:A3"].row_height) == (30, None)
    assert (sheet["B1"].column_width, sheet["A1:B1"].column_width) == (20, None)
    sheet["A2"].rows.hidden = True
    assert (sheet["A2"].rows.hidden, sheet["A1:A3"].rows.hidden, sheet["A1"].rows.hidden) == (True, None, False)
    sheet["C1"].columns.hidden = True
    assert (sheet["C1"].columns.hidden, sheet["A1:B1"].columns.hidden) == (True, False)
    sheet["2:2"].insert("down")
    assert sheet["A1:A4"].value == [1, None, 2, 3]
    sheet["2:3"].delete()
    assert sheet["A1:A3"].value == [1, 3, None]
    sheet["A1:A2"].copy(sheet["D1"])
    assert sheet["D1:D2"].value == [1, 3]


def test_merged_cells(sheet: xw.Sheet) -> None:
    sheet["A1:B2"].merge()
    assert sheet["B2"].merge_area.address == "$A$1:$B$2"
    assert sheet["C3"].merge_area.address == "$C$3"
    assert [sheet[area].merge_cells for area in ("A1:B2", "A1", "C3", "A1:C3", "C3:D4")] == [
        *(True, True, False, None, False)
    ]
    sheet["A1:B2"].unmerge()
    assert not sheet["A1"].merge_cells


def test_an_array_formula(sheet: xw.Sheet) -> None:
    sheet["A1:B1"].value = [[2, 3]]
    sheet["C1"].formula_array = "=SUM(A1:B1*A1:B1)"
    assert (sheet["C1"].value, sheet["C1"].has_array, sheet["A1"].has_array) == (13, True, False)
    assert sheet["C1"].formula_array == sheet["C1"].formula == "=SUM(A1:B1*A1:B1)"
