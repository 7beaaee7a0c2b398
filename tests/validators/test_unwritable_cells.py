"""Cells with texts that no workbook can hold: told at their cells, and in nothing that is written afterwards."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.cell_text import MAX_TEXT
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.edits import edit_parts, in_turn, put_text
from support.every_message import words_of
from support.issued import R1, Issued, issue, person

TEXTS = {5: "甲_x0001_村", 6: "_xD800_组", 7: "长" * 40_000, 8: "_x0000_", 9: "_x005F_x0000_"}
CONTROL = re.compile(rb"_x00[01][0-9A-F]_|[\x00-\x08\x0b\x0c\x0e-\x1f]|\xed[\xa0-\xbf]")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    book = load_rulebook(load_policy("huining-2021"))
    return issue(book, tmp_path_factory.mktemp("issued"), [person(serial) for serial in range(1, 7)])


@pytest.fixture(scope="module")
def folder(issued: Issued, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the one workbook."""
    folder = tmp_path_factory.mktemp("上报")
    address, note = (issued.book.rosters["R1"].letters[header] for header in ("家庭住址", "备注"))
    edits = [put_text(f"{letter}{row}", text) for letter in (address, note) for row, text in TEXTS.items()]
    edit_parts(issued.filled, folder / issued.filled.name, {"worksheets/sheet3": in_turn(*edits)})
    return folder


def assert_clean(path: Path) -> None:
    """Look into every part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name).replace(b"_x005F_x00", b"")
            assert not CONTROL.search(content), f"{path.name}, {name}"
            assert all(len(text) <= MAX_TEXT for text in re.findall(r"<t[^>]*>([^<]*)<", content.decode()))


def test_they_are_told_at_their_cells(issued: Issued, folder: Path, tmp_path: Path) -> None:
    run(["check", str(folder / issued.filled.name), "--json", str(tmp_path / "c.json")])
    findings = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["files"][0]["findings"]
    for header in ("家庭住址", "备注"):
        letter = issued.book.rosters["R1"].letters[header]
        for key, rows in (("V41.unreadable", [5, 6, 8]), ("V41.too_long", [7])):
            told = [
                found for found in findings if words_of(key).fullmatch(found["message"]) and found["header"] == header
            ]
            assert [(found["file"], found["sheet"], found["cell"]) for found in told] == [
                (issued.filled.name, R1, f"{letter}{row}") for row in rows
            ]


@pytest.mark.parametrize("command", ["compute", "repair", "merge"])
def test_nothing_that_is_written_holds_them(command: str, issued: Issued, folder: Path, tmp_path: Path) -> None:
    source, target = folder / issued.filled.name, tmp_path / "新.xlsx"
    words = {
        "merge": ["merge", str(folder), "--policy", "huining-2021", "--returns", str(tmp_path / "退")],
    }.get(command, [command, str(source)])
    assert run([*words, "--out", str(target)]) in {0, 1}
    for path in tmp_path.rglob("*.xlsx"):
        assert_clean(path)
    assert target.exists()
