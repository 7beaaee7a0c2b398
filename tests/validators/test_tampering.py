"""Whatever is altered beside the data is found at its cell by `canbao check`; ordinary mess is accepted without a word.

The variants are made by chance, by a seed: any header, list entry, policy value, row of _meta, formula or locked cell.
"""

import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from canbao_addin.cli.main import run
from canbao_generator.master import sheet_names
from canbao_generator.unit_workbook import generate_unit
from canbao_rulebook.kinds import Filler
from canbao_rulebook.meta import (
    CODE_SHEET,
    COVER_SHEET,
    GUIDE_SHEET,
    META_SHEET,
    PARAMETER_SHEET,
    RESULT_SHEET,
    SUMMARY_SHEET,
)
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW, Roster, column_letter
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from canbao_validators.unit_check import check_unit
from support.cli import check_json, write_units
from support.edits import Edit, edit_parts, in_turn, put, put_text
from support.issued import PEOPLE, R1, ROWS, UNIT, Issued, issue
from support.libreoffice import recalculate

LAST = FIRST_ROW + ROWS - 1
SAMPLES = 5  # variants of each kind
SEED = 20210228
TYPED = "随便写的"
R4 = "参保资助花名册"
ERROR, WARNING, INFO = "错误", "提醒", "提示"


class Tampering(NamedTuple):
    """Edits of sheets by name, and where they must be found: (sheet, cell) with a severity."""

    edits: dict[str, Edit]
    wanted: dict[tuple[str, str], str]


_REFERENCE = re.compile(r"&#(\d{3,});")


def as_references(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")


def as_hexadecimal_references(text: str) -> bytes:
    return "".join(one if one.isascii() else f"&#x{ord(one):X};" for one in text).encode()


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    people = [row for row in PEOPLE if "姓名" in row]
    return issue(load_rulebook(load_policy("huining-2021")), tmp_path_factory.mktemp("issued"), people)


@pytest.fixture(scope="module")
def book(issued: Issued) -> Workbook:
    return openpyxl.load_workbook(issued.filled)


def part(issued: Issued, sheet: str) -> str:
    return f"worksheets/sheet{sheet_names(issued.book).index(sheet) + 1}"


def check(tmp_path: Path, *files: Path) -> list[list[dict[str, Any]]]:
    """The V39 findings of each file."""
    _, result = check_json(tmp_path, *files)
    return [[found for found in file["findings"] if found["code"] == "V39"] for file in result["files"]]


def demand(issued: Issued, tmp_path: Path, variants: Sequence[Tampering]) -> None:
    """Every variant is found where it is, and nothing else of V39 but remarks on the whole of it."""
    assert variants
    files = []
    for number, variant in enumerate(variants):
        edits = {part(issued, sheet): edit for sheet, edit in variant.edits.items()}
        files.append(edit_parts(issued.filled, tmp_path / f"{number}.xlsx", edits))
    for variant, found in zip(variants, check(tmp_path, *files), strict=True):
        places = {(entry["sheet"], entry["cell"]): entry["severity"] for entry in found}
        assert variant.wanted.items() <= places.items(), variant.wanted
        assert all(entry["message"] and entry["fix"] for entry in found)


def chosen(cells: Iterable[str], count: int = SAMPLES) -> list[str]:
    every = sorted(cells)
    return random.Random(SEED).sample(every, min(count, len(every)))


def filled_cells(sheet: Worksheet) -> list[str]:
    return [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value is not None]


def locked_cells(sheet: Worksheet) -> list[str]:
    """Locked cells within a page, filled or empty, that are no hidden part of a merged one."""
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return [cell.coordinate for cell in cells if cell.protection.locked and type(cell).__name__ == "Cell"]


def one_each(sheet: str, cells: Iterable[str], severity: str) -> list[Tampering]:
    return [Tampering({sheet: put_text(cell, TYPED)}, {(sheet, cell): severity}) for cell in cells]


def headers(sheet: Worksheet) -> dict[str, str]:
    """Column letters by header."""
    return {str(cell.value): cell.column_letter for cell in sheet[HEADER_ROW] if cell.value}


def rosters(issued: Issued) -> list[Roster]:
    return list(issued.book.rosters.values())


def test_as_issued(issued: Issued, tmp_path: Path) -> None:
    assert check(tmp_path, issued.filled, issued.fresh) == [[], []]


def test_headers(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    """Of data columns the data can no longer be told apart; a hidden column is computed anew."""
    variants = []
    for roster in rosters(issued):
        letters = headers(book[roster.sheet])
        own = [f"{letters[column.header]}{HEADER_ROW}" for column in roster.sheet_columns]
        hidden = [f"{letter}{HEADER_ROW}" for header, letter in letters.items() if header not in roster.by_header]
        variants += one_each(roster.sheet, chosen(own, 3), ERROR)
        for cell in chosen(hidden, 2):
            variants.append(Tampering({roster.sheet: put_text(cell, "※" + TYPED)}, {(roster.sheet, cell): WARNING}))
    demand(issued, tmp_path, variants)


def test_swapped_headers(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    variants = []
    for roster in rosters(issued):
        typed = [column.header for column in roster.columns if column.is_input]
        first, second = random.Random(SEED).sample(typed, 2)
        letters = headers(book[roster.sheet])
        one, other = (f"{letters[header]}{HEADER_ROW}" for header in (first, second))
        edit = in_turn(put_text(one, second), put_text(other, first))
        variants.append(Tampering({roster.sheet: edit}, {(roster.sheet, one): ERROR, (roster.sheet, other): ERROR}))
    demand(issued, tmp_path, variants)


def test_every_formula_column(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    """A formula altered in every column that has one, each in a row of its own, in one file."""
    chance, edits, wanted = random.Random(SEED), {}, {}
    for roster in rosters(issued):
        sheet = book[roster.sheet]
        columns = [cell.column_letter for cell in sheet[LAST] if cell.data_type == "f"]
        cells = [f"{letter}{chance.randint(FIRST_ROW + 1, LAST)}" for letter in columns]
        edits[roster.sheet] = in_turn(*(put(cell, "<f>1+1</f><v>2</v>") for cell in cells))
        wanted |= {(roster.sheet, cell): WARNING for cell in cells}
    assert len(wanted) > 100
    demand(issued, tmp_path, [Tampering(edits, wanted)])


def test_every_computed_cell(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    """Typed over with what it does not give: found under some code where its row is a person's, else as V39."""
    chance, edits, cells = random.Random(SEED), {}, set()
    for roster in rosters(issued):
        letters = headers(book[roster.sheet])
        own = [column for column in roster.computed_columns if column.filler is Filler.FORMULA and not column.hidden]
        typed = [f"{letters[column.header]}{chance.randint(FIRST_ROW + 1, LAST)}" for column in own]
        edits[part(issued, roster.sheet)] = in_turn(*(put_text(cell, TYPED) for cell in typed))
        cells |= {(roster.sheet, cell) for cell in typed}
    _, result = check_json(tmp_path, edit_parts(issued.filled, tmp_path / "typed.xlsx", edits))
    found = [(entry["sheet"], entry["cell"]) for entry in result["files"][0]["findings"]]
    assert cells <= set(found)
    told = [entry for entry in result["files"][0]["findings"] if (entry["sheet"], entry["cell"]) in cells]
    assert all(found.count(cell) == 1 for cell in cells), [entry["message"] for entry in told]


def test_values_pasted_over_formulas(issued: Issued, tmp_path: Path) -> None:
    """Formulas gone, and what they gave left in their place: one remark for the file."""
    pasted, values = (openpyxl.load_workbook(issued.filled, data_only=only) for only in (False, True))
    for roster in rosters(issued):
        for row in values[roster.sheet].iter_rows(min_row=FIRST_ROW):
            for cell in row:
                pasted[roster.sheet][cell.coordinate].value = cell.value
    pasted.save(tmp_path / "pasted.xlsx")
    [found] = check(tmp_path, tmp_path / "pasted.xlsx")
    assert [entry["severity"] for entry in found] == [INFO]


@pytest.mark.parametrize("sheet", [CODE_SHEET, PARAMETER_SHEET])
def test_lists_and_policy_values(sheet: str, issued: Issued, book: Workbook, tmp_path: Path) -> None:
    demand(issued, tmp_path, one_each(sheet, chosen(filled_cells(book[sheet])), ERROR))


def test_the_list_of_villages(issued: Issued, tmp_path: Path) -> None:
    """It is not the policy's, so nothing but _meta can say what it was; an added village counts as well."""
    cells = [f"{letter}{row}" for letter in "ABC" for row in (1, 2, 3)]
    demand(issued, tmp_path, one_each(CODE_SHEET, [*chosen(cells), "A4"], ERROR))


def test_every_row_of_meta(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    """Any cell of any row; a key or the policy that nobody knows is refused besides."""
    rows = book[META_SHEET].max_row
    variants = []
    for row in range(1, rows + 1):
        filled = [cell.coordinate for cell in book[META_SHEET][row] if cell.value is not None]
        cell = random.Random(SEED + row).choice(filled)
        variants.append(Tampering({META_SHEET: put_text(cell, TYPED)}, {(META_SHEET, f"B{row}"): ERROR}))
    demand(issued, tmp_path, variants)


def test_rows_added_to_meta(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    row = book[META_SHEET].max_row + 1
    added = in_turn(put_text(f"A{row}", "village"), put_text(f"B{row}", "加出来的村"))
    demand(issued, tmp_path, [Tampering({META_SHEET: added}, {(META_SHEET, f"B{row}"): ERROR})])


@pytest.mark.parametrize("sheet", [COVER_SHEET, GUIDE_SHEET, SUMMARY_SHEET])
def test_locked_cells_of_pages(sheet: str, issued: Issued, book: Workbook, tmp_path: Path) -> None:
    demand(issued, tmp_path, one_each(sheet, chosen(locked_cells(book[sheet])), WARNING))


def test_locked_cells_of_rosters(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    """Above the headers, beside and below the rows, and in the boxes for signatures."""
    chance, variants = random.Random(SEED), []
    for roster in rosters(issued):
        sheet, letters = book[roster.sheet], headers(book[roster.sheet])
        right = column_letter(sheet.max_column + chance.randint(1, 9))
        above = [cell for cell in locked_cells(sheet) if int(re.sub(r"\D", "", cell)) < HEADER_ROW]
        computed = chance.choice([column for column in roster.sheet_columns if column.filler is Filler.FORMULA]).header
        variants += one_each(roster.sheet, [*chosen(above, 1), f"{right}{chance.randint(1, 3)}"], WARNING)
        variants += one_each(roster.sheet, [f"{right}{chance.randint(HEADER_ROW, LAST)}"], INFO)
        variants += one_each(roster.sheet, [f"{letters[computed]}{LAST + chance.randint(1, 9)}"], WARNING)
        boxes = [letters[column.header] for column in roster.columns if column.filler is Filler.PRINT]
        variants += one_each(roster.sheet, [f"{box}{chance.randint(FIRST_ROW, LAST)}" for box in boxes], WARNING)
    demand(issued, tmp_path, variants)


def test_a_row_beyond_the_last_one(issued: Issued, book: Workbook, tmp_path: Path) -> None:
    letter, row = headers(book[R1])["姓名"], LAST + 1
    demand(issued, tmp_path, [Tampering({R1: put_text(f"{letter}{row}", "田守礼")}, {(R1, f"A{row}"): ERROR})])


def test_another_unit(issued: Issued, tmp_path: Path) -> None:
    """None of the county's townships, or a village's workbook named after another village of its township."""
    policy = load_policy("shangcai-2020")
    first, second = (township.name for township in policy.org.townships[:2])
    assert [found.code for found in check_unit(UNIT, policy, "河畔镇.xlsx")] == ["V39"]
    assert check_unit(Unit(first), policy, f"{first}.xlsx") == []
    assert [found.value for found in check_unit(Unit(first), policy, f"{second}.xlsx")] == [first]
    village = Unit("北坪村", ("北坪村",), parent=UNIT)
    generate_unit(issued.book, village, tmp_path / "南坪村.xlsx", rows=5)
    shutil.copy(tmp_path / "南坪村.xlsx", tmp_path / "北坪村.xlsx")
    [stranger], own = check(tmp_path, tmp_path / "南坪村.xlsx", tmp_path / "北坪村.xlsx")
    assert (stranger["severity"], stranger["value"]) == (ERROR, "北坪村")
    assert own == []


def _sort_rows(sheet: Worksheet) -> None:
    """Sort what clerks may sort: the typed cells, from the last row with data to the first."""
    typed = [cell.column for cell in sheet[HEADER_ROW] if not sheet.cell(LAST, cell.column).protection.locked]
    rows = [[sheet.cell(row, column).value for column in typed] for row in range(FIRST_ROW, FIRST_ROW + 10)]
    plain = [place for place, column in enumerate(typed) if sheet.cell(LAST, column).data_type != "f"]
    for row, values in zip(range(FIRST_ROW, FIRST_ROW + 10), reversed(rows), strict=True):
        for place in plain:
            sheet.cell(row, typed[place]).value = values[place]


def _make_a_mess(book: Workbook) -> None:
    sheet = book[R1]
    sheet.auto_filter.ref = f"A{HEADER_ROW}:K{LAST}"
    sheet.auto_filter.add_filter_column(0, ["北坪村"])
    sheet.row_dimensions[7].hidden = True
    sheet.row_dimensions[8].height = 40
    sheet.column_dimensions["K"].width = 60
    sheet.freeze_panes = "C5"
    sheet["D6"].comment = Comment("核实", "田")
    for name in book.sheetnames:
        book[name].protection.sheet = False
    book.security = None
    letters = headers(sheet)
    for header in ("姓名", "证件号码"):  # blank rows between
        sheet[f"{letters[header]}{LAST - 3}"] = sheet[f"{letters[header]}{FIRST_ROW}"].value
    _sort_rows(sheet)


def test_ordinary_mess(issued: Issued, tmp_path: Path) -> None:
    messy = openpyxl.load_workbook(issued.filled)
    _make_a_mess(messy)
    messy.save(tmp_path / "messy.xlsx")
    messy.create_sheet("我的统计")["A1"] = "=1+1"
    messy.save(tmp_path / "extra.xlsx")
    plain, extra = check(tmp_path, tmp_path / "messy.xlsx", tmp_path / "extra.xlsx")
    assert plain == []
    assert [(entry["sheet"], entry["severity"]) for entry in extra] == [("我的统计", INFO)]


def test_saved_by_libreoffice(issued: Issued, tmp_path: Path) -> None:
    assert check(tmp_path, recalculate(issued.filled, tmp_path / "saved.xlsx")) == [[]]


@pytest.fixture(scope="module")
def long_and_saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook saved by a library, long enough for formulas to be compared by vector."""
    folder = tmp_path_factory.mktemp("long")
    units = write_units(folder / "units.csv", [["甲镇", "一村", "一组", ""]])
    assert run(["generate", "huining-2021", "--units", str(units), "--out", str(folder), "--rows", "400"]) == 0
    openpyxl.load_workbook(folder / "甲镇.xlsx").save(folder / "存.xlsx")
    return folder / "存.xlsx"


@pytest.mark.parametrize("write", [str.encode, as_references, as_hexadecimal_references], ids=lambda one: one.__name__)
def test_however_a_library_writes_characters(
    write: Callable[[str], bytes], long_and_saved: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(long_and_saved) as old, zipfile.ZipFile(tmp_path / "甲镇.xlsx", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = write(_REFERENCE.sub(lambda found: chr(int(found[1])), content.decode()))
            new.writestr(name, content)
    status, result = check_json(tmp_path, tmp_path / "甲镇.xlsx")
    assert (status, result["files"][0]["findings"]) == (0, [])


def test_what_pasting_wears_off_is_one_remark(issued: Issued, tmp_path: Path) -> None:
    worn = openpyxl.load_workbook(issued.filled)
    for roster in rosters(issued):
        sheet = worn[roster.sheet]
        sheet.data_validations.dataValidation.clear()
        sheet.conditional_formatting = type(sheet.conditional_formatting)()
        sheet.delete_rows(LAST)
    worn.save(tmp_path / "worn.xlsx")
    [found] = check(tmp_path, tmp_path / "worn.xlsx")
    assert [entry["severity"] for entry in found] == [INFO]
    assert "修复" in found[0]["fix"]


def test_a_workbook_from_before_the_digest(issued: Issued, tmp_path: Path) -> None:
    """Its lists are read as they are; nothing is known that it could be compared with."""
    rows = openpyxl.load_workbook(issued.filled)[META_SHEET].max_row

    def old(text: str) -> str:
        text = text.replace("canbao-workbook/2", "canbao-workbook/1")
        kept = [row for row in re.findall(r"<row .*?</row>", text) if not re.search(">(village|digest)<", row)]
        assert len(kept) < rows
        return re.sub(r"<sheetData>.*</sheetData>", lambda _: f"<sheetData>{''.join(kept)}</sheetData>", text)

    edits = {part(issued, META_SHEET): old, part(issued, CODE_SHEET): put_text("A4", "新添村")}
    path = edit_parts(issued.filled, tmp_path / "old.xlsx", edits)
    _, result = check_json(tmp_path, path)
    assert result["files"][0]["rows"]["R1"] > 0
    assert [entry for entry in result["files"][0]["findings"] if entry["code"] == "V39"] == []


def test_a_copy_under_another_name_is_the_same(issued: Issued, tmp_path: Path) -> None:
    shutil.copy(issued.filled, tmp_path / "河畔镇(1).xlsx")
    assert check(tmp_path, tmp_path / "河畔镇(1).xlsx") == [[]]
    assert RESULT_SHEET in sheet_names(issued.book)
