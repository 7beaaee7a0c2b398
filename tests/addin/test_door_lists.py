"""导入名单 at a door: kind and department from lists, a workbook as preview, a yes; the list kept is the command's."""

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_addin.doors import running
from canbao_addin.doors.running import open_door
from canbao_addin.doors.table import DOORS
from canbao_addin.texts import Texts
from canbao_county.desk import IMPORTS, load_form
from canbao_rulebook.list_kinds import load_list_kinds
from support.cli import write_units
from support.counties import number
from support.dialogs import AnsweringDialogs
from support.encrypting import encrypt

ZH = Texts()
POLICY = "huining-2021"
TAX, OWNER, AGENCY = "税务入库明细", "主管部门名单", "县民政局"
WHOM = number(POLICY, 7)
PAID = [["姓名", "身份证号", "金额", "缴费日期"], ["侯一鸣", WHOM, 250, date(2020, 9, 23)]]


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(running, "LOG", tmp_path / "canbao.log")
    return tmp_path / "canbao.log"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register of a county of one township."""
    folder = tmp_path_factory.mktemp("issued")
    units = write_units(folder / "units.csv", [["甲镇", "一村", "一组", 8]])
    assert run(["generate", POLICY, "--units", str(units), "--out", str(folder), "--rows", "5"]) == 0
    return folder / f"上报登记_{POLICY}.xlsx"


@pytest.fixture
def folder(tmp_path: Path, issued: Path) -> Path:
    """The county's folder: the register in it, and a folder of what was sent."""
    folder = tmp_path / "参保 2021"
    (folder / "送来").mkdir(parents=True)
    shutil.copyfile(issued, folder / issued.name)
    return folder


def listed(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def as_csv(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def opened(*paths: Path, texts: Texts = ZH, **person: object) -> tuple[int, AnsweringDialogs]:
    dialogs = AnsweringDialogs(**person)  # type: ignore[arg-type]
    return open_door(DOORS["import"], paths, dialogs, texts), dialogs


def previewed(path: Path) -> list[str]:
    sheet = openpyxl.load_workbook(path)["导入预览"]
    return [str(row[0]) for row in sheet.iter_rows(values_only=True) if row[0]]


def correct(path: Path, **lines: str) -> None:
    """Write into the form of a preview, and save it."""
    book, form = openpyxl.load_workbook(path), load_form(IMPORTS)
    for field, word in lines.items():
        book[form.sheet].cell(form.row(field), 2).value = word
    book.save(path)


def imported(folder: Path, source: Path, *words: str) -> Path:
    """What the command keeps of the same list."""
    out = folder.parent / "命令"
    assert run(["import", str(source), "--policy", POLICY, "--out", str(out), *words]) in {0, 1}
    return out


@pytest.mark.parametrize(("name", "write"), [("税务 九月.xlsx", listed), ("税务 九月.csv", as_csv)])
def test_a_list_is_previewed_and_kept_after_a_yes(
    name: str, write: Callable[[Path, list[list[object]]], Path], folder: Path
) -> None:
    source = write(folder / "送来" / name, PAID)
    before = source.read_bytes()
    preview = source.with_name("税务 九月（导入预览）.xlsx")
    status, dialogs = opened(source, picked=[TAX], yes=False)
    assert (status, dialogs.said, dialogs.shown) == (0, [], [preview])
    assert dialogs.asked[0] == ZH.say("door_list_kind", file=name)
    assert "税务入库明细：1 行" in dialogs.asked[1]
    assert any("身份证号→证件号码" in line for line in previewed(preview))
    assert not any(WHOM in line for line in previewed(preview)), "nobody's number"
    assert not (folder / "名单").exists()
    status, dialogs = opened(source, picked=[TAX])
    ((title, text, trouble),) = dialogs.said
    assert (status, title, trouble) == (0, "导入名单", False)
    kept = folder / "名单" / "tax.xlsx"
    assert str(kept) in text
    assert kept.read_bytes() == (imported(folder, source, "--kind", "tax") / "tax.xlsx").read_bytes()
    assert source.read_bytes() == before


def test_a_department_is_chosen_and_the_next_list_is_compared(folder: Path) -> None:
    rows = [["姓名", "身份证号", "身份类别"], ["侯一鸣", WHOM, "孤儿"], ["李小", number(POLICY, 8), "孤儿"]]
    source = listed(folder / "送来" / "民政.xlsx", rows)
    status, dialogs = opened(source, picked=[OWNER, AGENCY])
    assert (status, dialogs.asked[1]) == (0, ZH.say("door_list_agency", file="民政.xlsx"))
    words = ("--kind", "owner", "--agency", AGENCY)
    (kept,) = (folder / "名单").glob("owner*.xlsx")
    assert kept.read_bytes() == (imported(folder, source, *words) / kept.name).read_bytes()
    listed(source, rows[:2])
    before = kept.read_bytes()
    _, dialogs = opened(source, picked=[OWNER, AGENCY], yes=False)
    assert "取消 1" in dialogs.asked[2]
    assert "新名单里少了 1" in dialogs.asked[2], "it may be another list"
    assert kept.read_bytes() == before
    assert opened(source, picked=[OWNER, AGENCY])[0] == 0
    assert kept.read_bytes() != before


def test_what_was_misread_is_corrected_in_the_preview(folder: Path) -> None:
    """A list whose headers nobody knows, and that says nowhere which identity it is about."""
    source = listed(folder / "送来" / "残联.xlsx", [["人员", "人员编码"], ["侯一鸣", WHOM]])
    status, dialogs = opened(source, picked=[OWNER, AGENCY])
    preview = source.with_name("残联（导入预览）.xlsx")
    assert (status, dialogs.shown) == (2, [preview])
    ((_, text, trouble),) = dialogs.said
    assert trouble
    assert preview.name in text
    assert not (folder / "名单").exists()
    correct(preview, mapping="人员=姓名；人员编码=证件号码", category="孤儿")
    corrected = preview.read_bytes()
    status, dialogs = opened(preview)
    assert status == 0, dialogs
    assert dialogs.shown == [source.with_name("残联（导入预览2）.xlsx")], "what was given is never written"
    assert preview.read_bytes() == corrected
    (kept,) = (folder / "名单").glob("owner*.xlsx")
    words = ("--kind", "owner", "--agency", AGENCY, "--category", "孤儿")
    maps = ("--map", "人员=姓名", "--map", "人员编码=证件号码")
    assert kept.read_bytes() == (imported(folder, source, *words, *maps) / kept.name).read_bytes()
    correct(preview, kind="白名单")
    assert (opened(preview)[1].said[0][1]).startswith("「导入名单」里的“名单种类”写的是“白名单”")


def test_it_asks_in_english_too(folder: Path) -> None:
    source, english = listed(folder / "送来" / "tax.xlsx", PAID), Texts("en")
    status, dialogs = opened(source, texts=english, picked=[load_list_kinds()["tax"].name_en])
    assert (status, dialogs.shown) == (0, [source.with_name("tax (preview).xlsx")])
    assert dialogs.said[0][1].startswith("Imported: ")
    assert not any("一" <= letter <= "鿿" for letter in dialogs.asked[0])


def test_a_password_is_asked_for(folder: Path, tmp_path: Path) -> None:
    source, plain = folder / "送来" / "银行.xlsx", listed(tmp_path / "plain.xlsx", PAID)
    source.write_bytes(encrypt(plain.read_bytes(), "开门 Open-1"))
    status, dialogs = opened(source, picked=[TAX], typed=["错的", "开门 Open-1"])
    assert status == 0, dialogs
    assert "已导入" in dialogs.said[0][1]
    assert opened(source, picked=[TAX])[0] == 2, "nobody knows it"


def test_the_register_is_chosen_where_none_is_near(folder: Path, tmp_path: Path) -> None:
    source = listed(tmp_path / "下载.xlsx", PAID)
    status, dialogs = opened(source, picked=[TAX])
    assert (status, dialogs.asked, dialogs.said) == (0, [], []), "no register was chosen"
    (register,) = folder.glob("上报登记_*.xlsx")
    assert opened(source, picked=[TAX], chosen=register)[0] == 0
    assert (folder / "名单" / "tax.xlsx").is_file()
    status, dialogs = opened(source, picked=[TAX], chosen=source)
    assert (status, dialogs.said[0][1]) == (2, ZH.say("desk_not_a_register", path=source))
    other = shutil.copyfile(source, folder / "上报登记_2.xlsx")
    status, dialogs = opened(folder / "送来" / "没有.csv", picked=[TAX])
    assert (status, "找不到文件" in dialogs.said[0][1]) == (2, True)
    assert other.is_file()


@pytest.mark.parametrize("picked", [[], [OWNER]])
def test_whoever_leaves_a_question_changes_nothing(picked: list[str], folder: Path) -> None:
    source = listed(folder / "送来" / "民政.xlsx", PAID)
    before = sorted(folder.rglob("*"))
    status, dialogs = opened(source, picked=picked)
    assert (status, dialogs.said, dialogs.shown) == (0, [], [])
    assert sorted(folder.rglob("*")) == before


def test_what_is_no_list_is_told(folder: Path) -> None:
    picture = folder / "送来" / "照片.png"
    picture.touch()
    status, dialogs = opened(picture)
    assert (status, dialogs.said[0][1]) == (2, ZH.say("door_wants_list", action="导入名单", path=picture))
    broken = folder / "送来" / "坏.xls"
    broken.write_bytes(b"\xd0\xcf\x11\xe0 broken")
    status, dialogs = opened(broken, picked=[TAX])
    assert (status, "坏.xls" in dialogs.said[0][1]) == (2, True)
    assert not list((folder / "送来").glob("*预览*"))
