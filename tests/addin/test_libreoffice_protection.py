"""LibreOffice under xlwings refuses what Excel refuses; on a small book and on a generated township workbook."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from openpyxl.styles import Protection
from openpyxl.workbook.protection import WorkbookProtection

from canbao_addin.hosts.libreoffice.errors import ProtectedError
from canbao_generator.unit_workbook import generate_unit
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from support.office import open_office

PASSWORD = "参保2021"
_CONSTANT = re.compile(r"(TRUE|FALSE)\(\)")
_OWN_ROW = re.compile(rf"(?<=[A-Z]){FIRST_ROW}(?!\d)")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture(scope="module")
def locked(office: xw.App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.Book]:
    """A protected sheet, B2:C50 unlocked but for C30, columns may be widened; a hidden sheet; a locked structure."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "名册"
    sheet["A1"] = "锁"
    for row in range(2, 51):
        for column in (2, 3):
            sheet.cell(row, column).protection = Protection(locked=False)
    sheet["C30"].protection = Protection(locked=True)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    made.create_sheet("参数")["A1"] = 280
    made["参数"].sheet_state = "veryHidden"
    made.create_sheet("说明")
    made.security = WorkbookProtection(lockStructure=True)
    path = tmp_path_factory.mktemp("locked") / "锁.xlsx"
    made.save(path)
    book = office.books.open(path)
    yield book
    book.close()


def test_unlocked_cells_take_values_and_formulas(locked: xw.Book) -> None:
    sheet = locked.sheets["名册"]
    sheet["B2:C29"].value = [[row, "字"] for row in range(28)]
    sheet["B31:B50"].formula = "=B2*2"
    assert sheet["B29"].value == 27
    assert sheet["B40"].formula == "=B11*2"
    sheet["B2:C29"].clear_contents()
    assert sheet["B29"].value is None


def test_one_locked_cell_refuses_the_whole_block(locked: xw.Book) -> None:
    sheet = locked.sheets["名册"]
    with pytest.raises(ProtectedError, match=r"名册 is protected and \$C\$30 is locked"):
        sheet["B2:C50"].value = [["新", "新"]] * 49
    assert set(sheet["B2:C29"].value[0]) == {None}


REFUSED: dict[str, Callable[[xw.Book, xw.Sheet], object]] = {
    "value": lambda _, sheet: setattr(sheet["A1"], "value", "开"),
    "formula": lambda _, sheet: setattr(sheet["A1:B2"], "formula", "=1"),
    "contents": lambda _, sheet: sheet["A1"].clear_contents(),
    "all contents": lambda _, sheet: sheet.clear_contents(),
    "everything": lambda _, sheet: sheet["B2"].clear(),
    "colour": lambda _, sheet: setattr(sheet["B2"], "color", "#ff0000"),
    "bold": lambda _, sheet: setattr(sheet["B2"].font, "bold", True),
    "number format": lambda _, sheet: setattr(sheet["B2"], "number_format", "@"),
    "wrapping": lambda _, sheet: setattr(sheet["B2"], "wrap_text", True),
    "row height": lambda _, sheet: setattr(sheet["B2"], "row_height", 40),
    "hidden row": lambda _, sheet: setattr(sheet["B2"].rows, "hidden", True),
    "merging": lambda _, sheet: sheet["B2:C2"].merge(),
    "note": lambda _, sheet: sheet["B2"].add_note("注"),
    "link": lambda _, sheet: sheet["B2"].add_hyperlink("https://example.org"),
    "insert a row": lambda _, sheet: sheet["2:2"].insert("down"),
    "delete a row": lambda _, sheet: sheet["2:2"].delete("up"),
    "insert a column": lambda _, sheet: sheet["B:B"].insert("right"),
    "add a sheet": lambda book, _: book.sheets.add("新"),
    "delete a sheet": lambda book, _: book.sheets["说明"].delete(),
    "rename a sheet": lambda book, _: setattr(book.sheets["说明"], "name", "新"),
    "hide a sheet": lambda book, _: setattr(book.sheets["说明"], "visible", False),
    "show a sheet": lambda book, _: setattr(book.sheets["参数"], "visible", True),
    "move a sheet": lambda book, _: book.sheets["说明"].move(before=book.sheets["名册"]),
    "copy a sheet": lambda _, sheet: sheet.copy(),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(locked: xw.Book, what: str) -> None:
    with pytest.raises(ProtectedError, match="protected"):
        REFUSED[what](locked, locked.sheets["名册"])
    assert locked.sheet_names == ["名册", "参数", "说明"]
    assert locked.sheets["名册"]["A1"].value == "锁"
    assert locked.sheets["名册"]["B2"].color is None


def test_what_the_protection_allows_is_allowed(locked: xw.Book) -> None:
    sheet = locked.sheets["名册"]
    sheet["B1"].column_width = 30
    assert sheet["B1"].column_width == 30


def test_a_very_hidden_sheet_can_be_read_but_not_shown(locked: xw.Book) -> None:
    sheet = locked.sheets["参数"]
    assert not sheet.visible
    assert sheet["A1"].value == 280
    with pytest.raises(xw.XlwingsError, match="hidden"):
        sheet.activate()


def test_a_structure_stays_locked_after_saving(office: xw.App, tmp_path: Path) -> None:
    """LibreOffice drops it from the file; for the open book the answer does not change."""
    made = openpyxl.Workbook()
    made.security = WorkbookProtection(lockStructure=True)
    made.save(tmp_path / "存.xlsx")
    with office.books.open(tmp_path / "存.xlsx") as book:
        book.sheets[0]["A1"].value = 1
        book.save(tmp_path / "另存.xlsx")
        with pytest.raises(ProtectedError, match="structure"):
            book.sheets.add()


def test_a_generated_township_workbook(office: xw.App, tmp_path: Path) -> None:
    rulebook = load_rulebook(load_policy("huining-2021"))
    path = tmp_path / "新堡子镇.xlsx"
    unit = Unit("新堡子镇", ("新堡子村",), (("新堡子村", ("上社",)),), target=20)
    generate_unit(rulebook, unit, path, rows=30, password=PASSWORD)
    roster = rulebook.rosters["R1"]
    with office.books.open(path) as book:
        sheet = book.sheets[roster.sheet]
        fields = sheet.range((FIRST_ROW - 1, 1), (FIRST_ROW - 1, sheet.used_range.last_cell.column)).value
        assert {column.header for column in roster.sheet_columns} <= set(fields)
        name = sheet.range((FIRST_ROW, 1 + fields.index("姓名")), (FIRST_ROW + 29, 1 + fields.index("姓名")))
        name.value = [["王测试"]] * 30
        assert name.value == ["王测试"] * 30
        whole = sheet.range((FIRST_ROW, 1), (FIRST_ROW + 29, len(fields)))
        with pytest.raises(ProtectedError, match="locked"):
            whole.value = [[None] * len(fields)] * 30
        assert name.value == ["王测试"] * 30
        with pytest.raises(ProtectedError, match="structure"):
            book.sheets.add()
        formulas = whole.formula
        assert formulas[29] == tuple(_OWN_ROW.sub(str(FIRST_ROW + 29), text) for text in formulas[0])
        stored = openpyxl.load_workbook(path)[roster.sheet][FIRST_ROW][: len(fields)]
        written = {_CONSTANT.sub(r"\1", cell.value) for cell in stored if cell.data_type == "f"}
        assert len(written) > 20
        assert written <= {_CONSTANT.sub(r"\1", text) for text in formulas[0]}
        assert all(isinstance(defined.refers_to, str) for defined in book.names)
