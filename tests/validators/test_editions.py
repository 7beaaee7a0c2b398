"""A workbook of an earlier edition is read as it was issued; what the new edition added is blank."""

from pathlib import Path

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.cli import check_json, read_sheet

# Issued, filled with invented people and computed by the program at commit ee7159b, when R1 was of its first edition.
FIRST = Path(__file__).parents[1] / "data" / "editions" / "huining-2021-edition-1.xlsx"
SHEET = "应保及应资对象"


def told(findings: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(found["code"], found["severity"], found["cell"]) for found in findings]


def test_it_is_read_and_nothing_is_held_against_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, result = check_json(tmp_path, FIRST)
    # the baby was born 2020-07-15 and has paid within the collection period: the first edition refused it
    assert told(result["files"][0]["findings"]) == [("V24", "提醒", "AK7"), ("V39", "提示", "")]
    assert status == 0
    assert "SV9T-DGHK-NTNY" in capsys.readouterr().out, "the check code of the paper that was signed"


def test_computing_it_gives_the_new_edition(tmp_path: Path) -> None:
    out = tmp_path / "new.xlsx"
    assert run(["compute", str(FIRST), "--out", str(out)]) == 0
    rows = read_sheet(out, SHEET)
    assert [row["销号状态"] for row in rows] == ["代缴", "已缴", "已缴", "已缴"]
    assert {"情况说明", "登记日期"} <= rows[0].keys()
    _, result = check_json(tmp_path, out)
    assert told(result["files"][0]["findings"]) == [("V24", "提醒", "AK7")]


def test_a_header_that_was_altered_in_it_is_still_told(tmp_path: Path) -> None:
    book, path = openpyxl.load_workbook(FIRST), tmp_path / "altered.xlsx"
    sheet = book[SHEET]
    place = next(cell for cell in sheet[4] if cell.value == "家庭住址")
    place.value = "住哪里"
    book.save(path)
    _, result = check_json(tmp_path, path)
    assert ("V39", place.coordinate) in {(found["code"], found["cell"]) for found in result["files"][0]["findings"]}


@pytest.mark.parametrize("code", ["R1", "R2", "R3", "R4"])
def test_new_columns_stand_behind_the_old_ones(code: str) -> None:
    """So a finding names the cell of either edition."""
    visible = [
        column for column in load_rulebook(load_policy("huining-2021")).rosters[code].columns if not column.hidden
    ]
    assert [column.since for column in visible[:-1]] == sorted(column.since for column in visible[:-1])
