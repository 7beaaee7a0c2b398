"""No control character, no half of a character and no text too long for a cell is in anything that is written."""

import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from canbao_generator.expressions import escape_frame
from canbao_generator.tables import write_tables
from canbao_generator.xml import escape, value_cell
from canbao_rulebook.cell_text import MAX_TEXT, clean_text, text_length
from canbao_rulebook.tables import TableColumn, TableSheet

BAD = {
    "a\x01b": "ab",
    "\x00\x0b\x1f": "",
    "a\ufffe\uffffb": "ab",
    "行\n二\t三": "行\n二\t三",
    "长" * 40_000: "长" * MAX_TEXT,
    "𠮷" * 20_000: "𠮷" * (MAX_TEXT // 2),
    "a" + "𠮷" * 20_000: "a" + "𠮷" * ((MAX_TEXT - 1) // 2),
    "&" * 33_000: "&" * MAX_TEXT,
}


@pytest.mark.parametrize(("text", "clean"), BAD.items(), ids=[repr(text[:6]) for text in BAD])
def test_a_text_is_cleaned(text: str, clean: str) -> None:
    assert clean_text(text) == clean
    assert text_length(clean) <= MAX_TEXT
    assert ET.fromstring(value_cell("A1", 0, text)).findtext(".//t") == clean
    assert ET.fromstring(f"<t>{escape_frame(pl.DataFrame({'t': [text]}))['t'][0]}</t>").text in {clean, clean or None}


@pytest.mark.parametrize("half", ["\ud800", "甲\udc00乙", "\udcff.xlsx"])
def test_halves_of_characters_are_left_out(half: str) -> None:
    assert ET.fromstring(f"<t>{escape(half)}</t>").text in {clean_text(half), clean_text(half) or None}
    assert not any("\ud800" <= character <= "\udfff" for character in clean_text(half))


def test_a_table_of_such_texts_opens(tmp_path: Path) -> None:
    columns = [TableColumn("姓名")]
    frame = pl.DataFrame({"姓名": list(BAD)})
    path = tmp_path / "表.xlsx"
    write_tables(path, [TableSheet("表", "题\x01目", columns, frame, notes=["说\x0b明"])], command="merge")
    with zipfile.ZipFile(path) as archive:
        assert all(b"_x00" not in archive.read(name) for name in archive.namelist())
    sheet = openpyxl.load_workbook(path)["表"]
    assert (sheet["A1"].value, sheet["A2"].value) == ("题目", "说明")
    assert [sheet.cell(row, 1).value or "" for row in range(4, 4 + len(BAD))] == list(BAD.values())
