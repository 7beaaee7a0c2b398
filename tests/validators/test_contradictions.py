"""Sheets that contradict themselves: told once for each kind and place, of two values neither counts."""

import re
from pathlib import Path

import pytest

from canbao_addin.actions.policies import open_library
from canbao_rulebook.findings import Severity
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.checking import check_raw, check_workbook
from canbao_validators.library import Library
from canbao_validators.reading.sheets import read_workbook
from support.edits import Edit, edit_parts
from support.every_message import words_of
from support.issued import R1, Issued, issue, person

ERROR, WARNING = Severity.ERROR, Severity.WARNING
NAME = '<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    book = load_rulebook(load_policy("huining-2021"))
    return issue(book, tmp_path_factory.mktemp("issued"), [person(serial) for serial in range(1, 5)])


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library()


def row_of(part: str, row: int) -> str:
    found = re.search(rf'<row r="{row}".*?</row>', part, re.DOTALL)
    assert found is not None
    return found[0]


def cell_of(part: str, at: str) -> str:
    found = re.search(rf'<c r="{at}"[^>]*>.*?</c>', part, re.DOTALL)
    assert found is not None
    return found[0]


def after_cell(at: str, text: str) -> Edit:
    """Put the same cell once more behind it."""
    return lambda part: part.replace(cell_of(part, at), cell_of(part, at) + NAME.format(at=at, text=text))


def row_again(row: int, change: str | None) -> Edit:
    """Put a row once more at the end, with another text in its cells."""

    def edit(part: str) -> str:
        again = row_of(part, row)
        again = re.sub(r"(<t[^>]*>)[^<]*", rf"\1{change}", again) if change else again
        return part.replace("</sheetData>", again + "</sheetData>")

    return edit


def swapped(part: str) -> str:
    first, second = row_of(part, 6), row_of(part, 7)
    return part.replace(first, "\0").replace(second, first).replace("\0", second)


CASES = {
    "cell_twice": (lambda name: after_cell(f"{name}6", "别人"), "V39.cell_twice", ERROR),
    "cell_repeated": (lambda name: after_cell(f"{name}6", "田守义"), "V39.cell_repeated", WARNING),
    "row_twice": (lambda _: row_again(6, "别的"), "V39.row_twice", ERROR),
    "row_repeated": (lambda _: row_again(6, None), "V39.row_repeated", WARNING),
    "other_row": (
        lambda name: lambda part: part.replace(f'<c r="{name}6"', f'<c r="{name}16"'),
        "V39.cell_of_other_row",
        ERROR,
    ),
    "order": (lambda _: swapped, "V39.disordered", WARNING),
}


@pytest.mark.parametrize("lane", [0, 1 << 40], ids=["fast", "slow"])
@pytest.mark.parametrize("case", CASES)
def test_a_contradiction_is_told(case: str, lane: int, issued: Issued, library: Library, tmp_path: Path) -> None:
    make, key, severity = CASES[case]
    name = issued.book.rosters["R1"].letters["姓名"]
    path = edit_parts(issued.filled, tmp_path / issued.filled.name, {"worksheets/sheet3": make(name)})
    filled = check_raw(read_workbook(path, fast_from=lane), library)
    [found] = [found for found in filled.findings if words_of(key).fullmatch(render(found).message)]
    assert (found.severity, found.sheet) == (severity, R1)
    names = dict(filled.frames["R1"].select("row", "name").iter_rows())
    if severity is ERROR and case != "other_row":
        assert names[6] is None  # neither of two values
    elif case != "other_row":
        assert names[6] == "田守义"
    assert filled.typed["R1"]["row"].is_sorted()
    assert filled.typed["R1"]["row"].is_unique().all()


@pytest.mark.parametrize("reference", ["A0", "XFE6", "AAAA6", "6", "Ｋ6", "K1048577", "#REF!"])
def test_an_impossible_reference_refuses_the_file(
    reference: str, issued: Issued, library: Library, tmp_path: Path
) -> None:
    name = issued.book.rosters["R1"].letters["姓名"]

    def edit(part: str) -> str:
        return part.replace(f'<c r="{name}6"', f'<c r="{reference}"')

    path = edit_parts(issued.filled, tmp_path / issued.filled.name, {"worksheets/sheet3": edit})
    filled = check_workbook(path, library)
    assert not filled.accepted
    assert [found.code for found in filled.findings] == ["V39"]
