"""A page that was read before is not read again, and says what this workbook's own strings say."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.meta import CODE_SHEET
from canbao_validators.damage import read_structure
from canbao_validators.damage.watching import WatchedPage
from canbao_validators.reading import pages
from canbao_validators.reading.pages import PageMemory
from canbao_validators.reading.raw import RawColumn, RawSheet
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile
from support.raw_workbooks import workbook_parts, write_parts

ROWS = "".join(
    f'<row r="{row}"><c r="A{row}" t="s"><v>{row - 1}</v></c><c r="B{row}"><v>1</v></c></row>' for row in (1, 2)
)


def write(path: Path, *texts: str) -> Path:
    """A workbook whose page of lists names the first two shared strings, with some strings."""
    parts = workbook_parts(ROWS, "".join(f"<si><t>{text}</t></si>" for text in texts))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("表", CODE_SHEET)
    return write_parts(path, parts)


def values(path: Path) -> list[str]:
    """What stands in the first column of a page."""
    return read_workbook(path).sheets[CODE_SHEET].columns[1].texts.to_list()


def shown(path: Path) -> list[str]:
    """The same, as its structure says it."""
    cells = read_structure(path, ()).sheets[CODE_SHEET].cells
    return [cell.value for (_, column), cell in cells.items() if column == 1]


@pytest.mark.parametrize("read", [values, shown])
def test_the_same_bytes_say_what_the_strings_of_their_own_workbook_say(read, tmp_path: Path) -> None:
    first = write(tmp_path / "1.xlsx", "甲镇", "乙镇")
    other = write(tmp_path / "2.xlsx", "甲镇", "丙镇", "乙镇")
    assert [read(first), read(other), read(first)] == [["甲镇", "乙镇"], ["甲镇", "丙镇"], ["甲镇", "乙镇"]]


@pytest.mark.parametrize("read", [values, shown])
def test_a_string_that_is_no_longer_there_is_damage_as_before(read, tmp_path: Path) -> None:
    first = write(tmp_path / "1.xlsx", "甲镇", "乙镇")
    assert read(first)
    cut = write(tmp_path / "2.xlsx", "甲镇")
    for _ in range(2):
        with pytest.raises(UnreadableFile, match="damaged"):
            read(cut)


def test_who_changes_what_was_read_changes_it_for_no_other(tmp_path: Path) -> None:
    path = write(tmp_path / "1.xlsx", "甲镇", "乙镇")
    sheet = read_workbook(path).sheets[CODE_SHEET]
    sheet.columns[2].numbers[0] = 7
    sheet.columns[1].put_text(1, "改")
    sheet.columns.pop(2)
    structure = read_structure(path, ()).sheets[CODE_SHEET]
    structure.cells.clear()
    structure.protection.locked = True
    again = read_workbook(path).sheets[CODE_SHEET]
    assert (again.columns[1].texts.to_list(), again.columns[2].numbers.tolist()) == (["甲镇", "乙镇"], [1, 1])
    kept = read_structure(path, ()).sheets[CODE_SHEET]
    assert len(kept.cells) == 4
    assert not kept.protection.locked


def test_pages_are_read_once_and_only_some_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MOST_PAGES", 2)
    memory, asked = PageMemory[str](), []

    def read(name: str) -> str:
        def reader(shared: Sequence[str]) -> str:
            asked.append(name)
            return shared[0]

        return memory.read(name.encode(), ["甲"], reader)

    for name in ("一", "二", "一", "三", "一", "二"):
        assert read(name) == "甲"
    assert asked == ["一", "二", "三", "二"]


def test_how_days_are_counted_belongs_to_what_was_read() -> None:
    memory = PageMemory[str]()
    assert memory.read(b"x", [], lambda _: "1900") == "1900"
    assert memory.read(b"x", [], lambda _: "1904", more="1904") == "1904"


def page(**changed: Any) -> WatchedPage:
    """A page of lists with one column, some of which is changed, as the fast lane hands it on."""
    column = RawColumn(
        rows=np.array([1, 2, 3]),
        kinds=np.array([CellKind.TEXT, CellKind.NUMBER, CellKind.BOOL], dtype=np.uint8),
        numbers=np.array([0.0, 5.0, 1.0]),
        texts=pl.Series(["甲镇", "", ""]),
        formulas=np.zeros(3, dtype=np.bool_),
    )
    return WatchedPage(RawSheet(CODE_SHEET, columns={1: replace(column, **changed)}))


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ({"texts": pl.Series(["乙镇", "", ""])}, "乙镇"),
        ({"numbers": np.array([0.0, 6.0, 1.0])}, "6"),
        ({"numbers": np.array([0.0, 5.0, 0.0])}, "FALSE"),
        ({"kinds": np.array([CellKind.TEXT, CellKind.BOOL, CellKind.BOOL], dtype=np.uint8)}, "TRUE"),
    ],
)
def test_a_column_of_a_page_is_not_taken_for_the_one_of_the_workbook_before(
    changed: dict[str, Any], value: str
) -> None:
    usual = [cell.value for cell in page().cells().values()]
    other = [cell.value for cell in page(**changed).cells().values()]
    assert usual == ["甲镇", "5", "TRUE"]
    assert [now for now, before in zip(other, usual, strict=True) if now != before] == [value]
    assert [cell.value for cell in page().cells().values()] == usual
    assert list(page(rows=np.array([1, 2, 4])).cells()) == [(1, 1), (2, 1), (4, 1)]


def test_texts_that_join_to_the_same_are_others() -> None:
    kinds = np.full(3, CellKind.TEXT, dtype=np.uint8)
    for texts in (["甲", "乙镇", ""], ["甲乙", "镇", ""], ["", "甲乙", "镇"]):
        assert [cell.value for cell in page(kinds=kinds, texts=pl.Series(texts)).cells().values()] == texts


def test_what_is_larger_than_a_page_is_read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_BYTES", 3)
    memory, asked = PageMemory[str](), []
    for content in (b"abc", b"abcd", b"abc", b"abcd"):
        memory.read(content, (), lambda _, content=content: asked.append(content) or "")
    assert asked == [b"abc", b"abcd", b"abcd"]
