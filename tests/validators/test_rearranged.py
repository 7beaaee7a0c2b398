"""Rows above the headers, other sheet names, uneven headers: read, and the one thing that happened is told once."""

import unicodedata
from pathlib import Path

import pytest

from canbao_addin.actions.policies import open_library
from canbao_rulebook.findings import Severity
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.checking import check_workbook
from canbao_validators.library import Library
from canbao_validators.workbook import FilledWorkbook
from support.edits import Edit, edit_parts
from support.every_message import words_of
from support.issued import R1, Issued, issue, person
from support.rearranged import change_headers, insert_rows, rename_sheet

SHEET = "worksheets/sheet3"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    book = load_rulebook(load_policy("huining-2021"))
    return issue(book, tmp_path_factory.mktemp("issued"), [person(1), person(2, 证件号码="62042219700101")])


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library()


@pytest.fixture(scope="module")
def usual(issued: Issued, library: Library) -> FilledWorkbook:
    return check_workbook(issued.filled, library)


def check(issued: Issued, library: Library, folder: Path, edits: dict[str, Edit]) -> FilledWorkbook:
    return check_workbook(edit_parts(issued.filled, folder / issued.filled.name, edits), library)


def added(filled: FilledWorkbook, usual: FilledWorkbook) -> list[tuple[str, str, str]]:
    """What is told beside what the same workbook tells as it was."""
    known = {(render(found).message, found.header) for found in usual.findings}
    return [(found.severity.value, found.sheet, render(found).message) for found in filled.findings
            if (render(found).message, found.header) not in known]  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3, 5, -1, -3])
def test_rows_above_the_headers(count, issued, usual, library, tmp_path):
    filled = check(issued, library, tmp_path, {SHEET: insert_rows(count)})
    [(severity, sheet, message)] = added(filled, usual)
    assert (severity, sheet) == (Severity.WARNING.value, R1)
    assert words_of("V39.rows_inserted" if count > 0 else "V39.rows_removed").fullmatch(message)
    assert filled.check_code == usual.check_code
    assert filled.frames["R1"]["row"].to_list() == [5 + count, 6 + count]
    before = next(found for found in usual.findings if found.code == "V02")
    after = next(found for found in filled.findings if found.code == "V02")
    assert (after.row, after.cell) == (6 + count, before.cell.replace("6", str(6 + count)))


@pytest.mark.parametrize("name", ["Sheet1", "应保及应资对象 (2)", "北坪村", "应保及应资对象 "])
def test_a_renamed_sheet(name, issued, usual, library, tmp_path):
    filled = check(issued, library, tmp_path, {"workbook": rename_sheet(R1, name)})
    [(severity, sheet, message)] = added(filled, usual)
    assert (severity, sheet) == (Severity.WARNING.value, R1)
    assert f"“{name}”" in message
    assert filled.check_code == usual.check_code


def test_renamed_and_with_a_title(issued, usual, library, tmp_path):
    edits = {"workbook": rename_sheet(R1, "花名册"), SHEET: insert_rows(2)}
    filled = check(issued, library, tmp_path, edits)
    assert len(added(filled, usual)) == 2
    assert filled.check_code == usual.check_code


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f" {text}\u3000",
        lambda text: text[:1] + "\u00a0" + text[1:],
        lambda text: text[:2] + "\n" + text[2:],
        lambda text: unicodedata.normalize("NFKC", text).replace("(", "（").replace(")", "）").replace("1", "１"),
        lambda text: "\u200b" + text,
    ],
)  # fmt: skip
def test_uneven_headers(change, issued, usual, library, tmp_path):
    filled = check(issued, library, tmp_path, {SHEET: change_headers(change)})
    [(severity, _, message)] = added(filled, usual)
    assert severity == Severity.WARNING.value
    assert words_of("V39.header_uneven").fullmatch(message)
    assert filled.check_code == usual.check_code


def test_a_sheet_of_something_else_is_not_taken_for_a_roster(issued, usual, library, tmp_path):
    edits = {"workbook": rename_sheet(R1, "别的"), SHEET: change_headers(lambda text: text + "情况")}
    filled = check(issued, library, tmp_path, edits)
    assert "R1" not in filled.frames
    assert any(words_of("V39.sheet_missing").fullmatch(message) for _, _, message in added(filled, usual))
