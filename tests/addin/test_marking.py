"""A marked copy: 检查结果 and ※核对 filled, everything else as in the clerk's file, which stays as it was."""

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from canbao_addin.actions.marking import write_marked
from canbao_addin.actions.policies import open_library
from canbao_addin.texts import CannotRunError, Texts
from canbao_generator.layout import OUTSIDE_HEADER
from canbao_generator.patch import NotPatchableError, put_cells
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.problem_list import RESULT_FIRST_ROW, RESULT_SUMMARY
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_validators.reading.origin import find_origin
from support.cli import fill, headers
from support.issued import PEOPLE, R1, UNIT, issue, person
from support.libreoffice import recalculate
from support.ooxml import lint

TEXTS = Texts()


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = open_library().get("huining-2021")
    assert book is not None
    return issue(book, tmp_path_factory.mktemp("issued")).fresh


@pytest.fixture
def clerk(blank: Path, tmp_path: Path) -> Path:
    """A workbook in a path with blanks and Chinese, as a program saved it: one person twice, one number too short."""
    path = tmp_path / "桌面 上" / "河畔镇 终稿.xlsx"
    path.parent.mkdir()
    path.write_bytes(blank.read_bytes())
    fill(path, {R1: [person(1), person(1), person(3, 证件号码="62042219700101")]})
    save_again(path)
    return path


def save_again(path: Path) -> None:
    """Let another program save a workbook."""
    openpyxl.load_workbook(path).save(path)


def listed(path: Path) -> list[tuple[str, str, str]]:
    sheet = openpyxl.load_workbook(path)[RESULT_SHEET]
    rows = sheet.iter_rows(min_row=RESULT_FIRST_ROW, max_col=4, values_only=True)
    return [
        (str(row[1]), str(row[2] or ""), str(row[3] or "").rpartition(',"')[2].strip('")')) for row in rows if row[0]
    ]


def marks(path: Path) -> dict[int, str]:
    sheet = openpyxl.load_workbook(path)[R1]
    column = headers(sheet)[OUTSIDE_HEADER]
    found = {row: sheet.cell(row, column).value for row in range(FIRST_ROW, FIRST_ROW + 5)}
    return {row: str(text) for row, text in found.items() if text}


def test_problems_are_listed_and_cells_marked_in_the_copy_only(clerk: Path, tmp_path: Path) -> None:
    before, target = clerk.read_bytes(), tmp_path / "副本.xlsx"
    done = write_marked(clerk, target, TEXTS)
    assert clerk.read_bytes() == before
    wanted = sorted((one.code, one.place.sheet, one.place.cell) for one in done.filled.findings)
    assert sorted(listed(target)) == wanted
    assert {"V07", "V02"} <= {code for code, _, _ in wanted}
    found = marks(target)
    assert set(found) >= {FIRST_ROW, FIRST_ROW + 1}, "a person twice is seen by no formula of a row"
    number = headers(openpyxl.load_workbook(clerk)[R1])["证件号码"]
    assert all(f"E{number}|" in found[row] for row in (FIRST_ROW, FIRST_ROW + 1))
    assert f"E{number}|" not in found.get(FIRST_ROW + 2, ""), "the row's own formula says so"
    assert str(done.filled.check_code) in str(openpyxl.load_workbook(target)[RESULT_SHEET][RESULT_SUMMARY].value)
    assert lint(target) == []


def test_the_copy_opens_at_the_results_and_works_out_what_the_marks_say(clerk: Path, tmp_path: Path) -> None:
    target = tmp_path / "副本.xlsx"
    write_marked(clerk, target, TEXTS)
    book = openpyxl.load_workbook(target)
    assert book.active is not None
    assert book.active.title == RESULT_SHEET
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == [RESULT_SHEET]
    assert book.calculation.fullCalcOnLoad
    shown = openpyxl.load_workbook(recalculate(target, tmp_path / "算过.xlsx"), data_only=True)[R1]
    result = headers(shown)["校验结果"]
    assert all("错·证件号码" in str(shown.cell(FIRST_ROW + row, result).value) for row in (0, 1, 2))


def test_the_copy_has_the_same_data_and_the_same_findings(clerk: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    done, again = write_marked(clerk, first, TEXTS), write_marked(first, second, TEXTS)
    assert again.filled.check_code == done.filled.check_code
    assert listed(second) == listed(first), "the earlier list is replaced"
    assert marks(second) == marks(first)


def test_an_earlier_copy_is_replaced_and_one_that_was_worked_in_is_kept(clerk: Path, tmp_path: Path) -> None:
    target = tmp_path / "副本.xlsx"
    write_marked(clerk, target, TEXTS)
    origin = find_origin(target)
    assert (origin and origin.command, origin and origin.touched) == ("check", False)
    write_marked(clerk, target, TEXTS)
    assert len(list(tmp_path.glob("副本*"))) == 1
    save_again(target)
    write_marked(clerk, target, TEXTS)
    assert len(list(tmp_path.glob("副本*"))) == 2
    other = tmp_path / "工资.xlsx"
    openpyxl.Workbook().save(other)
    content = other.read_bytes()
    with pytest.raises(CannotRunError) as trouble:
        write_marked(clerk, other, TEXTS)
    assert trouble.value.key == "output_exists"
    assert other.read_bytes() == content


def test_a_workbook_without_the_list_is_made_anew_first(blank: Path, tmp_path: Path) -> None:
    path, target = tmp_path / "河畔镇.xlsx", tmp_path / "副本.xlsx"
    path.write_bytes(blank.read_bytes())
    fill(path, {R1: PEOPLE})
    book = openpyxl.load_workbook(path)
    del book[RESULT_SHEET]
    book.save(path)
    before = path.read_bytes()
    done = write_marked(path, target, TEXTS)
    assert path.read_bytes() == before
    assert done.listed == len(listed(target)) > 5
    assert done.filled.unit is not None
    assert done.filled.unit.name == UNIT.name
    assert "V39" in {one.code for one in done.filled.findings}, "the file lacks a sheet, whatever the copy has"
    assert lint(target) == []


def test_an_earlier_list_with_its_links_leaves_no_chain_of_calculation(clerk: Path, tmp_path: Path) -> None:
    """Excel offers a repair when the chain names a cell without a formula."""
    chained = tmp_path / "chained.xlsx"
    with zipfile.ZipFile(clerk) as source, zipfile.ZipFile(chained, "w") as package:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                entry = b'<Override PartName="/xl/calcChain.xml" ContentType="x/calcChain+xml"/></Types>'
                content = content.replace(b"</Types>", entry)
            package.writestr(name, content)
        package.writestr("xl/calcChain.xml", b'<calcChain><c r="D5" i="9"/></calcChain>')
    target = tmp_path / "副本.xlsx"
    write_marked(chained, target, TEXTS)
    with zipfile.ZipFile(target) as package:
        assert "xl/calcChain.xml" not in package.namelist()
        assert b"calcChain" not in package.read("[Content_Types].xml")


SHEET = (
    b'<worksheet><cols><col min="3" max="4" style="7"/></cols><sheetData><row r="2" spans="1:3">'
    b'<c r="A2" s="1"><v>1</v></c>'
    b'<c r="C2" s="5"/><c r="E2"><v>2</v></c></row><row r="4"/></sheetData><after/></worksheet>'
)


@pytest.mark.parametrize(
    ("cells", "clear_from", "rows"),
    [
        ({}, None, SHEET[68:-34]),
        ({}, 3, b'<row r="2" spans="1:3"><c r="A2" s="1"><v>1</v></c><c r="C2" s="5"/><c r="E2"><v>2</v></c></row>'),
        (
            {2: {3: "甲", 4: "<"}, 3: {1: "乙"}},
            4,
            '<row r="2"><c r="A2" s="1"><v>1</v></c>'
            '<c r="C2" s="5" t="inlineStr"><is><t xml:space="preserve">甲</t></is></c>'
            '<c r="D2" s="7" t="inlineStr"><is><t xml:space="preserve">&lt;</t></is></c><c r="E2"><v>2</v></c></row>'
            '<row r="3"><c r="A3" s="0" t="inlineStr"><is><t xml:space="preserve">乙</t></is></c></row>'.encode(),
        ),
    ],
)
def test_cells_go_to_their_place(cells: dict[int, dict[int, str]], clear_from: int | None, rows: bytes) -> None:
    patched = put_cells(SHEET, cells, clear_from=clear_from)
    head, tail = SHEET.split(b"<sheetData>")[0], b"</sheetData><after/></worksheet>"
    found = patched.removeprefix(head + b"<sheetData>").removesuffix(tail)
    if cells or clear_from:
        assert found == rows
    else:
        assert patched == SHEET


def test_a_new_row_is_as_high_as_its_texts() -> None:
    patched = put_cells(SHEET, {3: {1: "乙"}, 4: {1: "丙"}}, heights={3: 45.0})
    assert b'<row r="3" ht="45"><c r="A3"' in patched
    assert b'<row r="4"><c r="A4"' in patched


@pytest.mark.parametrize(
    "sheet",
    [
        b"<x:worksheet><x:sheetData/></x:worksheet>",
        b"<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>",
        b'<worksheet><sheetData><row r="1"><c><v>1</v></c></row></sheetData></worksheet>',
    ],
)
def test_a_sheet_without_addresses_is_told_of(sheet: bytes) -> None:
    with pytest.raises(NotPatchableError):
        put_cells(sheet, {1: {2: "x"}})
    assert HEADER_ROW < FIRST_ROW


def rewrite(path: Path, changes: dict[str, tuple[bytes, bytes]], *without: str) -> None:
    """Write the package of a workbook again with some parts changed and some left out."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist() if name not in without}
    for name, (before, after) in changes.items():
        assert before in parts[name], name
        parts[name] = parts[name].replace(before, after)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)


def test_a_book_that_says_nothing_of_calculation_and_properties_is_worked_out_and_known(
    clerk: Path, tmp_path: Path
) -> None:
    """As programs write it that are neither Excel nor LibreOffice."""
    with zipfile.ZipFile(clerk) as package:
        book = package.read("xl/workbook.xml")
        types, relations = package.read("[Content_Types].xml"), package.read("_rels/.rels")
    calculation = re.search(rb"<calcPr[^>]*/>", book)
    named = re.search(rb'<Override[^>]*PartName="/docProps/core.xml"[^>]*/>', types)
    related = re.search(rb"<Relationship\b[^>]*core.xml[^>]*/>", relations)
    assert calculation
    assert named
    assert related
    changes = {"xl/workbook.xml": calculation, "[Content_Types].xml": named, "_rels/.rels": related}
    rewrite(clerk, {name: (found[0], b"") for name, found in changes.items()}, "docProps/core.xml")
    target = tmp_path / "副本.xlsx"
    write_marked(clerk, target, TEXTS)
    assert openpyxl.load_workbook(target).calculation.fullCalcOnLoad
    origin = find_origin(target)
    assert (origin and origin.command, origin and origin.touched) == ("check", False)
    assert lint(target) == []


def test_properties_in_another_form_are_written_anew(clerk: Path, tmp_path: Path) -> None:
    core = b'<coreProperties xmlns="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    with zipfile.ZipFile(clerk) as package:
        before = package.read("docProps/core.xml")
    rewrite(clerk, {"docProps/core.xml": (before, core)})
    target = tmp_path / "副本.xlsx"
    write_marked(clerk, target, TEXTS)
    origin = find_origin(target)
    assert (origin and origin.command, origin and origin.touched) == ("check", False)
    assert lint(target) == []


def test_a_right_row_is_called_so_beside_all_others_and_a_mended_one_loses_its_mark(
    clerk: Path, blank: Path, tmp_path: Path
) -> None:
    clerk.write_bytes(blank.read_bytes())
    fill(clerk, {R1: [person(1), person(1), person(2)]})
    first, mended, second = (tmp_path / f"{name}.xlsx" for name in ("一", "改", "二"))
    write_marked(clerk, first, TEXTS)
    shown = openpyxl.load_workbook(recalculate(first, tmp_path / "算过.xlsx"), data_only=True)[R1]
    result = headers(shown)["校验结果"]
    assert str(shown.cell(FIRST_ROW, result).value).startswith("错·证件号码")
    assert shown.cell(FIRST_ROW + 2, result).value == "✓ 无误"
    book = openpyxl.load_workbook(first)
    for name, value in person(4).items():
        book[R1].cell(FIRST_ROW + 1, headers(book[R1])[name]).value = value
    book[R1].cell(FIRST_ROW + 2, headers(book[R1])["姓名"]).value = None
    book.save(mended)
    write_marked(mended, second, TEXTS)
    shown = openpyxl.load_workbook(recalculate(second, tmp_path / "又算过.xlsx"), data_only=True)[R1]
    assert [shown.cell(FIRST_ROW + row, result).value for row in (0, 1)] == ["✓ 无误"] * 2


def test_nothing_is_written_where_nothing_is_wrong(blank: Path, tmp_path: Path) -> None:
    path, target = tmp_path / "甲镇.xlsx", tmp_path / "副本.xlsx"
    path.write_bytes(blank.read_bytes())
    fill(path, {R1: [person(2)]})
    done = write_marked(path, target, TEXTS)
    assert done.filled.findings == []
    assert not target.exists()
