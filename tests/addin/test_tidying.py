"""What the checks understand is written into the cells, so that sheet, 校验 and 计算 say the same of it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from canbao_addin.buttons import press
from canbao_addin.cli.main import run
from canbao_demo import plan_county
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.policy import load_policy
from canbao_rulebook.problem_list import RESULT_FIRST_ROW
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_rulebook.rulebook import load_rulebook
from support.cli import headers
from support.hosts import AnsweringHost, fill_county
from support.office import open_office
from support.times import some

R1 = "应保及应资对象"
AMOUNTS = {"280元": 280.0, "２８０": 280.0, " 280.00": 280.0, "¥280": 280.0}
DAYS = {
    "2020.10.1": date(2020, 10, 1),
    "2020年11月3日": date(2020, 11, 3),
    "20201009": date(2020, 10, 9),
    " 2020-10-01": date(2020, 10, 1),
}
PHONES = FIRST_ROW + 15
PHONE, FORMULA = ("138 0000 0000", "13800000000"), '="1380000"&"0001 "'


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = load_rulebook(load_policy("huining-2021"))
    county = plan_county(book, people=60, townships=1, mistakes=False)
    source = fill_county(book, county, tmp_path_factory.mktemp("filled"))[0]
    target = tmp_path_factory.mktemp("computed") / source.name
    assert run(["compute", str(source), "--out", str(target)]) == 0
    return target


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture
def book(office: xw.App, filled: Path, tmp_path: Path) -> Iterator[xw.Book]:
    """A workbook in which a clerk pasted four amounts, four dates and two telephones in ways of their own."""
    path = tmp_path / filled.name
    paste(filled, path)
    book = office.books.open(str(path))
    book.app.calculate()
    yield book
    book.close()


def paste(source: Path, target: Path, *overwritten: str) -> None:
    """Write what a clerk would paste, and 1 over the formulas of some columns in the first row that is paid for."""
    workbook = openpyxl.load_workbook(source)
    sheet = workbook[R1]
    places = headers(sheet)
    paid = [row for row in range(FIRST_ROW, FIRST_ROW + 40) if sheet.cell(row, places["实缴金额"]).value]
    for row, amount, day in zip(paid[:4], AMOUNTS, DAYS, strict=True):
        sheet.cell(row, places["实缴金额"]).value = amount
        sheet.cell(row, places["缴费日期"]).value = day
    for row, phone in enumerate((PHONE[0], FORMULA, PHONE[0]), start=PHONES):
        sheet.cell(row, places["联系电话"]).value = phone
    for header in overwritten:
        sheet.cell(paid[0], places[header]).value = 1
    workbook.save(target)


def column(book: xw.Book, header: str) -> int:
    sheet = book.sheets[R1]
    headers = sheet.range((HEADER_ROW, 1), (HEADER_ROW, sheet.used_range.last_cell.column)).options(ndim=1).value
    return headers.index(header) + 1


def cell(book: xw.Book, header: str, row: int) -> xw.Range:
    return book.sheets[R1].range((row, column(book, header)))


def paid_rows(book: xw.Book) -> list[int]:
    """The first rows with an amount that is paid."""
    place = column(book, "实缴金额")
    values = book.sheets[R1].range((FIRST_ROW, place), (FIRST_ROW + 40, place)).value
    return [row for row, value in enumerate(values, start=FIRST_ROW) if value][: len(AMOUNTS)]


def typed(book: xw.Book) -> list[object]:
    values = [cell(book, header, row).value for row in paid_rows(book) for header in ("实缴金额", "缴费日期")]
    return [value.date() if isinstance(value, datetime) else value for value in values]


def marks(book: xw.Book) -> list[str]:
    return [str(cell(book, "校验结果", row).value) for row in paid_rows(book)]


def listed(book: xw.Book) -> list[str]:
    sheet = book.sheets[RESULT_SHEET]
    rows = sheet.range((RESULT_FIRST_ROW, 1), (RESULT_FIRST_ROW + 40, 8)).value
    return [" ".join(map(str, row)) for row in rows if row[0]]


@pytest.mark.parametrize("button", some("check", soak=["compute"]))
def test_what_was_understood_stands_in_the_cell(button: str, book: xw.Book, office: xw.App) -> None:
    host = AnsweringHost(office)
    assert all(mark.startswith("错") for mark in marks(book)), "the sheet cannot read them"
    text = press(button, book, host)
    wanted = [value for pair in zip(AMOUNTS.values(), DAYS.values(), strict=True) for value in pair]
    assert typed(book) == wanted
    assert cell(book, "联系电话", PHONES).value == PHONE[1]
    assert cell(book, "联系电话", PHONES + 1).formula == FORMULA, "a clerk's formula is left to the clerk"
    book.app.calculate()
    assert not [mark for mark in marks(book) if mark.startswith("错")]
    assert "有 10 格" in host.asked[0]
    assert "“280元”已在格子里改写成“280”" in host.asked[0]
    assert PHONE[1] not in host.asked[0]
    assert "改成了别的内容" not in text
    if button == "check":
        assert sum("已在格子里改写成" in line for line in listed(book)) == 10
    host.asked.clear()
    press(button, book, host)
    assert host.asked == [], "a second time there is nothing to write"


@pytest.mark.parametrize("button", some("compute", soak=["check"]))
def test_no_has_everything_as_it_was(button: str, book: xw.Book, office: xw.App) -> None:
    host = AnsweringHost(office, yes=False)
    before = typed(book)
    text = press(button, book, host)
    assert typed(book) == before
    assert cell(book, "联系电话", PHONES).value == PHONE[0]
    assert len(host.asked) == 1
    assert "改成了别的内容" not in text, "no formula was touched"


def test_only_a_cell_without_its_formula_is_called_altered(office: xw.App, filled: Path, tmp_path: Path) -> None:
    path = tmp_path / filled.name
    paste(filled, path, "应缴标准")
    book = office.books.open(str(path))
    text = press("compute", book, AnsweringHost(office, yes=False))
    book.close()
    assert "有 1 个自动计算的格子被改成了别的内容" in text
