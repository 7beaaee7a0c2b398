"""Numbers, dates, texts and styles that no amount or sheet can have: findings, and nothing stops for anybody else."""

import json
from pathlib import Path
from typing import Any

import pytest

from canbao_addin.cli.main import run
from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import Roster
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from support.edits import edit_parts, in_turn, put, put_text, swap
from support.frames import raw_frame
from support.issued import ROWS, Issued, issue, number, person

GOOD, BAD = "甲镇.xlsx", "河畔镇.xlsx"
NUMBERS = [
    "1e30", "-1e30", "1e308", "1e309", "-INF", "NaN", "-0", "1e-320", "1e15", "9007199254740993", "1e11", "-1e11",
    "2958466", "-1", "1e10", "123456789012345678", "20209931",
]  # fmt: skip
TEXTS = ["1E+300", "1e-320", "nan", "inf", "９" * 300, "9" * 400, "2020-99-99", "99999-01-01", "0000-00-00"]
STYLES = ["x", "-1", "999999", "", "1.5", "1e30", "９"]
COMMANDS = {
    "check": ["check", "{bad}"],
    "compute": ["compute", "{bad}", "--out", "{out}/计算.xlsx"],
    "submit": ["submit", "{bad}", "--out", "{out}/上报.xlsx"],
    "repair": ["repair", "{bad}", "--out", "{out}/修复.xlsx"],
    "explain": ["explain", "{bad}", "--cert", number(3)],
    "merge": ["merge", "{folder}", "--policy", "huining-2021", "--out", "{out}/县.xlsx", "--returns", "{out}/退"],
    "report": ["report", "{folder}", "--policy", "huining-2021", "--as-of", "2020-11-20", "--out", "{out}/报表"],
    "reconcile": ["reconcile", "{folder}", "--policy", "huining-2021", "--out", "{out}/对账.xlsx"],
}
STOPPED = 2


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    book = load_rulebook(load_policy("huining-2021"))
    return issue(book, tmp_path_factory.mktemp("issued"), [person(serial) for serial in range(1, 29)])


def spoil(roster: Roster) -> list[Any]:
    """Edits that put a bad value into every column of numbers, and into some of texts, row after row."""
    edits = []
    columns = [column for column in roster.sheet_columns if column.type.is_number]
    for row in range(5, 33):
        for step, column in enumerate(columns):
            at, place = f"{roster.letters[column.header]}{row}", row * 5 + step
            if place % 3 == 0:
                edits.append(put_text(at, TEXTS[place // 3 % len(TEXTS)]))
            else:
                edits.append(put(at, f"<v>{NUMBERS[place % len(NUMBERS)]}</v>"))
    for row in range(5, 33):
        letter = roster.letters[columns[row % len(columns)].header]
        edits.append(swap(rf'(<c r="{letter}{row}" s=)"\d+"', rf'\1"{STYLES[row % len(STYLES)]}"'))
    return edits


@pytest.fixture(scope="module")
def folder(issued: Issued, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One workbook of bad values and a good one of another township."""
    folder = tmp_path_factory.mktemp("上报")
    rosters = issued.book.rosters
    edits = {f"worksheets/sheet{part}": in_turn(*spoil(rosters[code])) for code, part in (("R1", 3), ("R3", 5))}
    edit_parts(issued.filled, folder / BAD, edits)
    unit = Unit("甲镇", ("一村",), target=20)
    names = {**issued.book.names, **unit_names(unit)}
    people = [person(serial, **{"村(社区)": "一村", "组": None}) for serial in (101, 102)]
    frames = {"R1": compute_columns(rosters["R1"], raw_frame(rosters["R1"], people), names)}
    stamp_unit(issued.master, unit, dict.fromkeys(rosters, ROWS), folder / GOOD, frames)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_comes_to_its_end(
    command: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.format(bad=folder / BAD, folder=folder, out=tmp_path) for word in COMMANDS[command]]
    status = run(words)
    shown = capsys.readouterr()
    assert "意外" not in shown.err + shown.out
    assert "程序自己出了错" not in shown.err + shown.out
    assert status in ({0, 1} if command != "submit" else {1, STOPPED})


def test_the_others_are_merged_as_without_it(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "单独"
    alone.mkdir()
    (alone / GOOD).write_bytes((folder / GOOD).read_bytes())
    seen = []
    for number_, source in enumerate((folder, alone)):
        target, report = tmp_path / f"{number_}.xlsx", tmp_path / f"{number_}.json"
        words = ["merge", str(source), "--policy", "huining-2021", "--out", str(target), "--json", str(report)]
        assert run(words) in {0, 1}
        merged = json.loads(report.read_text(encoding="utf-8"))
        assert {file["file"]: file["status"] for file in merged["files"]}[GOOD] == "merged"
        total = next(total for total in merged["townships"] if total["unit"] == "甲镇")
        seen.append({name: value for name, value in total.items() if name not in {"warnings", "unanswered"}})
    assert seen[0] == seen[1]


def test_every_number_beyond_all_bounds_is_told(folder: Path, issued: Issued, tmp_path: Path) -> None:
    run(["check", str(folder / BAD), "--json", str(tmp_path / "c.json")])
    findings = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["files"][0]["findings"]
    told = {found["cell"] for found in findings if "太大" in found["message"]}
    roster = issued.book.rosters["R1"]
    paid = next(column for column in roster.columns if column.field == "self_paid")
    letter = roster.letters[paid.header]
    step = [column for column in roster.sheet_columns if column.type.is_number].index(paid)
    huge = {"1e30", "-1e30", "1e308", "1e15", "9007199254740993", "1e11", "-1e11", "123456789012345678"}
    wanted = {
        f"{letter}{row}"
        for row in range(5, 33)
        if (place := row * 5 + step) % 3 and NUMBERS[place % len(NUMBERS)] in huge
    }
    assert wanted
    assert wanted <= told
