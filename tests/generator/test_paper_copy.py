"""打印稿 as it comes out of a printer: pages, letters, what is on them."""

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from canbao_generator.paper_copy import paper_sheets
from canbao_generator.tables import write_tables
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.policy.load import list_policies
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.tables import CellType
from support.frames import raw_frame
from support.libreoffice import to_pdf
from support.manners import lint_manners
from support.ooxml import lint
from test_parity_of_counties import ROWS, open_book

from .conftest import CODE, UNIT, number, person

ROSTERS = {"R1": 270, "R2": 30, "R3": 30, "R4": 40}  # 370 people
WIDEST = {
    "A3": 228,
    "A4": 157,
}  # characters that print at 7 points even where the font is missing and another one is wider
MOST_PAGES, LEAST_POINTS = 20, 7.0


@pytest.fixture(scope="module")
def copy(book: Rulebook, names: dict[str, NamedValue], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("paper") / "打印稿.xlsx"
    frames = {}
    for code, count in ROSTERS.items():
        roster = book.rosters[code]
        headers = {column.header for column in roster.columns}
        people = [person(serial % 900 + 1, 证件号码=number(serial % 900 + 1)) for serial in range(count)]
        rows = [{header: value for header, value in one.items() if header in headers} for one in people]
        frames[code] = compute_columns(roster, raw_frame(roster, rows), names)
    write_tables(path, list(paper_sheets(book, UNIT, frames, CODE)), command="submit")
    return path


@pytest.fixture(scope="module")
def pdf(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return to_pdf(copy, tmp_path_factory.mktemp("pdf"))


def test_it_is_a_sound_workbook(copy: Path) -> None:
    assert lint(copy) == lint_manners(copy) == []


def test_370_people_take_few_pages(pdf: Path) -> None:
    said = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    pages = re.search(r"Pages:\s+(\d+)", said)
    assert pages
    assert len(ROSTERS) <= int(pages[1]) <= MOST_PAGES


def test_no_letter_is_too_small_to_read(pdf: Path) -> None:
    """The letters of the rows and headers, as the PDF has them: the footer is no smaller."""
    zoom = 3  # pixels of a point, the most that pdftohtml knows
    command = ["pdftohtml", "-xml", "-i", "-zoom", str(zoom), "-stdout", str(pdf)]
    page = subprocess.run(command, capture_output=True, check=True).stdout
    sizes = {int(size) / zoom for size in re.findall(rb'<fontspec [^>]*size="(\d+)"', page)}
    assert sizes
    assert min(sizes) >= LEAST_POINTS


def test_it_names_unit_code_and_signatures(pdf: Path) -> None:
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    for words in (f"校验码：{CODE}", f"填报单位：{UNIT.title}", "乡镇分管领导（签字）", "单位（盖章）", "共 270 行"):
        assert words in text
    assert "存款登记" not in text  # nobody filled it in


def test_cells_are_printed_as_they_are_shown(book: Rulebook, names: dict[str, NamedValue]) -> None:
    roster = book.rosters["R1"]
    rows = [person(1), person(2, 实缴金额="二百八", 缴费日期="昨天"), person(3, 实缴金额=None, 缴费日期=None)]
    frame = compute_columns(roster, raw_frame(roster, rows), names)
    (sheet,) = paper_sheets(book, UNIT, {"R1": frame}, CODE)
    printed = dict(zip((column.header for column in sheet.columns), sheet.frame.get_columns(), strict=True))
    assert printed["实缴金额"].to_list() == ["280.00", "二百八", ""]
    assert printed["缴费日期"].to_list() == [str(date(2020, 10, 8)), "昨天", ""]
    assert printed["性别"].to_list() == ["男", "女", "男"]
    assert printed["个人应缴"].to_list() == [280.0, 280.0, 280.0]


def test_a_number_stands_in_one_line() -> None:
    book = load_rulebook(load_policy("shangcai-2020"))
    for code, roster in book.rosters.items():
        if "cert_no" in roster.on_paper:
            row = {"姓名": "王测试", "证件号码": number(1)}
            frame = compute_columns(roster, raw_frame(roster, [row]), {**book.names, **unit_names(UNIT)})
            (sheet,) = paper_sheets(book, UNIT, {code: frame}, CODE)
            printed = next(column for column in sheet.columns if column.header == "证件号码")
            assert printed.kind is CellType.CENTRED
            assert printed.width >= 20, code


@pytest.mark.parametrize("name", list_policies())
def test_what_is_printed_fits_in_the_order_of_the_spec(name: str) -> None:
    book = load_rulebook(load_policy(name))
    for roster in book.rosters.values():
        assert sum(max(5, column.width - 1) for column in roster.paper_columns) <= WIDEST[roster.paper]
        printed = [field for field in roster.on_paper if field in roster.by_field]
        assert printed
        assert [column.field for column in roster.paper_columns] == printed


def test_every_printed_column_is_one_of_some_policy_year() -> None:
    books = [*(load_rulebook(load_policy(name)) for name in list_policies()), *map(open_book, ROWS)]
    known: dict[str, set[str]] = {}
    for book in books:
        for code, roster in book.rosters.items():
            known.setdefault(code, set()).update(roster.by_field)
    for book in books:
        for code, roster in book.rosters.items():
            assert set(roster.on_paper) - known[code] == set(), code
