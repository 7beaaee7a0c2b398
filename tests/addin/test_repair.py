"""A damaged workbook, repaired: as issued again, with the same data, findings and check code."""

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.actions.policies import open_library
from canbao_addin.actions.repair import Repaired, repair_workbook
from canbao_addin.cli.main import run
from canbao_addin.texts import CannotRunError
from canbao_generator.master import build_master
from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.messages import render
from canbao_validators.checking import check_workbook
from canbao_validators.damage import DamageKind, find_damage
from canbao_validators.library import Library
from canbao_validators.workbook import FilledWorkbook
from support.cli import headers
from support.damaged import DAMAGES, Damaging
from support.edits import Edit, cell, swap
from support.issued import COVER, PEOPLE, R1, R3, ROWS, UNIT, Issued, issue
from support.ooxml import lint, validate
from support.reworked import REWORKED, Reworking, decorate, reworking

SOUND = Damaging("nothing", {}, frozenset(), ("", "", "", 1))


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library()


@pytest.fixture(scope="module")
def issued(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Issued:
    book = library.get("huining-2021")
    assert book is not None
    return issue(book, tmp_path_factory.mktemp("issued"))


@pytest.fixture(scope="module")
def before(issued: Issued, library: Library) -> FilledWorkbook:
    return check_workbook(issued.filled, library)


def mend(damaged: Path, library: Library) -> tuple[Repaired, Path, FilledWorkbook]:
    """Repair a workbook and check the result."""
    target = damaged.parent / "修复" / damaged.name
    content = damaged.read_bytes()
    done = repair_workbook(check_workbook(damaged, library), damaged, target)
    assert damaged.read_bytes() == content
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    return done, target, check_workbook(target, library)


def said(filled: FilledWorkbook) -> list[tuple[str, str, str, str]]:
    """What the check says, without the name of the file."""
    return [(found.code, found.sheet, found.cell, render(found).message) for found in filled.findings]


def together(damages: Sequence[Damaging]) -> Damaging:
    """Several ways of damage in one workbook."""
    edits: dict[str, Edit] = {}
    for damage in damages:
        for part, edit in damage.edits.items():
            first = edits.get(part, lambda text: text)
            edits[part] = lambda text, first=first, then=edit: then(first(text))
    return Damaging("together", edits, frozenset(), ("", "", "", 1))


@pytest.mark.parametrize("group", range(5))
def test_repaired_is_as_issued_with_the_same_data(
    group: int, issued: Issued, before: FilledWorkbook, library: Library, tmp_path: Path
) -> None:
    """Every way of damage, several at once."""
    damages = DAMAGES[group::5]
    done, target, after = mend(together(damages).apply(issued.filled, tmp_path / issued.filled.name), library)
    assert {entry.kind for entry in done.damages} == {kind for damage in damages for kind in damage.kinds}
    assert find_damage(target, issued.fresh, after) == []
    assert done.check_code == after.check_code == before.check_code
    assert said(after) == said(before)
    assert after.cover == COVER
    assert (after.unit, after.limits, after.lock) == (before.unit, before.limits, before.lock)
    assert lint(target) == []


@pytest.mark.parametrize("damage", REWORKED, ids=lambda damage: damage.name)
def test_repaired_after_reworking(
    damage: Reworking, issued: Issued, before: FilledWorkbook, library: Library, tmp_path: Path
) -> None:
    done, target, after = mend(damage.apply(issued.filled, tmp_path / issued.filled.name), library)
    assert damage.kinds <= {entry.kind for entry in done.damages}
    assert find_damage(target, issued.fresh, after) == []
    assert done.check_code == after.check_code == before.check_code
    assert said(after) == said(before)


def test_what_excel_would_open(issued: Issued, library: Library, tmp_path: Path) -> None:
    """All the damage at once."""
    _, target, after = mend(together(DAMAGES).apply(issued.filled, tmp_path / issued.filled.name), library)
    assert validate(target) + lint(target) == []
    assert find_damage(target, issued.fresh, after) == []


def test_a_sound_workbook_comes_out_the_same(issued: Issued, library: Library, tmp_path: Path) -> None:
    once = mend(SOUND.apply(issued.filled, tmp_path / issued.filled.name), library)[1]
    twice = mend(once, library)[1]
    assert once.read_bytes() == twice.read_bytes()


def test_every_cell_is_kept_as_typed(issued: Issued, library: Library, tmp_path: Path) -> None:
    target = mend(SOUND.apply(issued.filled, tmp_path / issued.filled.name), library)[1]
    old, new = (openpyxl.load_workbook(path) for path in (issued.filled, target))
    for roster in issued.book.rosters.values():
        places = headers(old[roster.sheet])
        for column in roster.sheet_columns:
            for row in range(5, 5 + ROWS):
                found, wanted = (book[roster.sheet].cell(row, places[column.header]).value for book in (new, old))
                assert found == wanted, (column.header, row)
    assert new[R1]["F13"].value == "女"
    assert new[R1]["F17"].value == "男"
    assert isinstance(new[R1]["D8"].value, int | float)
    assert new[R1]["R6"].value == "１３９０９４３１２３４"
    assert new[R1]["BG10"].value == "=1+1"
    assert new[R1]["BG10"].data_type == "s"


def test_a_sheet_that_was_removed_comes_back_empty(issued: Issued, library: Library, tmp_path: Path) -> None:
    without = reworking("", lambda book: book.remove(book[R3]), set())
    done, target, after = mend(without.apply(issued.filled, tmp_path / "x.xlsx"), library)
    assert DamageKind.SHEET_MISSING in {entry.kind for entry in done.damages}
    assert find_damage(target, issued.fresh, after) == []
    assert after.limits["R3"] == ROWS


def test_blank_rows_are_closed_and_said(issued: Issued, library: Library, tmp_path: Path) -> None:
    """Rows from the third person on stand three rows lower."""

    def lower(part: str) -> str:
        pattern = r'(<(?:row|c) r="[A-Z]*)(\d+)"'
        return re.sub(pattern, lambda match: f'{match[1]}{int(match[2]) + 3 * (int(match[2]) > 6)}"', part)

    gap = Damaging("", {"worksheets/sheet3": lower}, frozenset(), ("", "", "", 1))
    done, target, _ = mend(gap.apply(issued.filled, tmp_path / "x.xlsx"), library)
    assert done.closed == {R1: 3}
    assert done.rows["R1"] == len(PEOPLE)
    assert openpyxl.load_workbook(target)[R1]["D7"].value == PEOPLE[2]["证件号码"]


def test_room_grows_with_the_rows(issued: Issued, library: Library, tmp_path: Path) -> None:
    def lower(part: str) -> str:
        return part.replace(">34<", ">8<")

    damaged = Damaging("", {"worksheets/sheet13": lower}, frozenset(), ("", "", "", 1))
    _, _, after = mend(damaged.apply(issued.filled, tmp_path / "x.xlsx"), library)
    assert after.limits["R1"] == len(PEOPLE)
    assert after.limits["R2"] == 4


def test_the_1904_date_system_is_left_behind(issued: Issued, library: Library, tmp_path: Path) -> None:
    date1904 = swap("<workbookPr ?/>", '<workbookPr date1904="1"/>')
    old = Damaging("", {"workbook": date1904}, frozenset(), ("", "", "", 1))
    damaged = old.apply(issued.filled, tmp_path / "x.xlsx")
    code = check_workbook(damaged, library).check_code
    _, target, after = mend(damaged, library)
    assert after.check_code == code
    assert openpyxl.load_workbook(target)[R1]["AM5"].value.year == 2024


def test_clerks_own_things_are_named_on_the_screen_and_in_json(
    issued: Issued, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged, out, report = tmp_path / "甲.xlsx", tmp_path / "新.xlsx", tmp_path / "修复.json"
    decorate(issued.filled, damaged)
    assert run(["repair", str(damaged), "--out", str(out), "--json", str(report)]) == 0
    printed = capsys.readouterr().out
    assert "仍在原文件“甲.xlsx”里的：" in printed
    assert "自己添加的列“电话二”：2 格有内容（如 DB5）" in printed
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert set(result) == {"file", "policy", "unit", "rows", "check_code", "damage", "left_behind", "closed"}
    assert result["unit"] == UNIT.name
    assert {entry["kind"] for entry in result["left_behind"]} >= {"extra_sheet", "extra_column", "comments"}


def test_the_command_says_what_it_repaired(issued: Issued, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = DAMAGES[0].apply(issued.filled, tmp_path / "x.xlsx")
    assert run(["repair", str(damaged), "--out", str(tmp_path / "new.xlsx")]) == 0
    assert "「应保及应资对象」列“证件号码”：30 格没有了录入检查（如 D5）" in capsys.readouterr().out
    assert run(["repair", str(damaged), "--out", str(tmp_path / "en.xlsx"), "--lang", "en"]) == 0
    assert "30 cells lost their data validation (as D5)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["没有.xlsx", "--out", "y.xlsx"], "找不到文件"),
        (["x.xlsx", "--out", "x.xlsx"], "就是输入文件"),
        (["text.xlsx", "--out", "y.xlsx"], "不能使用"),
        (["no_meta.xlsx", "--out", "y.xlsx"], "没有模板标记"),
        (["no_lists.xlsx", "--out", "y.xlsx"], "村和组的名单无从恢复"),
    ],
)
def test_what_cannot_be_repaired_says_why(
    words: list[str], said: str, issued: Issued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    SOUND.apply(issued.filled, tmp_path / "x.xlsx")
    (tmp_path / "text.xlsx").write_text("姓名,证件号码", encoding="utf-8")
    for name, sheet in (("no_meta.xlsx", "_meta"), ("no_lists.xlsx", "代码表")):
        reworking("", lambda book, sheet=sheet: book.remove(book[sheet]), set()).apply(issued.filled, tmp_path / name)
    assert run(["repair", *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "y.xlsx").exists()


def test_other_data_after_writing_leaves_nothing(
    issued: Issued, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("canbao_addin.actions.repair.read_check_code", lambda *_: "0000-0000-0000")
    damaged = SOUND.apply(issued.filled, tmp_path / "x.xlsx")
    with pytest.raises(CannotRunError) as trouble:
        repair_workbook(check_workbook(damaged, library), damaged, tmp_path / "y.xlsx")
    assert trouble.value.key == "repair_differs"
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"]


def test_computing_keeps_the_password(issued: Issued, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    run(["compute", str(issued.filled), "--out", str(out)])
    for path in (issued.filled, out):
        with zipfile.ZipFile(path) as package:
            assert issued.master.lock.digest in package.read("xl/worksheets/sheet3.xml").decode()
    assert openpyxl.load_workbook(out)[R1].protection.hashValue == issued.master.lock.digest


def test_a_lock_that_is_none_counts_as_none(issued: Issued, library: Library, tmp_path: Path) -> None:
    rubbish = cell("B9", r'<c r="B9"\g<s> t="inlineStr"><is><t>rubbish</t></is></c>')
    damaged = Damaging("", {"worksheets/sheet13": rubbish}, frozenset(), ("", "", "", 1))
    _, target, _ = mend(damaged.apply(issued.filled, tmp_path / "x.xlsx"), library)
    assert openpyxl.load_workbook(target)[R1].protection.hashValue is None


def test_a_workbook_without_password_stays_without(library: Library, tmp_path: Path) -> None:
    book = library.get("huining-2021")
    assert book is not None
    path = tmp_path / "x.xlsx"
    stamp_unit(build_master(book), UNIT, dict.fromkeys(book.rosters, 10), path)
    done, target, _ = mend(path, library)
    assert done.damages == []
    assert openpyxl.load_workbook(target)[R1].protection.hashValue is None
