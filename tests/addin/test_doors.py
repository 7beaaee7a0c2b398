"""Every door does what the command line does, says one message, opens its result, leaves its input alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from canbao_addin.actions.policies import open_library
from canbao_addin.actions.results import require_target
from canbao_addin.cli.main import run
from canbao_addin.doors import running, workbooks
from canbao_addin.doors.running import open_door
from canbao_addin.doors.table import DOORS, Kind
from canbao_addin.texts import Texts
from canbao_demo import plan_county
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.cli import check_json, read_sheet
from support.dialogs import AnsweringDialogs
from support.encrypting import encrypt
from support.hosts import fill_county

ZH = Texts()
IDS = [door.id for door in DOORS.values()]
ASKING = ("explain", "returns")  # ask for more than a yes
WORKBOOK_DOORS = [door.id for door in DOORS.values() if door.kind is Kind.WORKBOOK and door.id not in ASKING]
SHEET = "应保及应资对象"
RIGHT = "开门 Open-1"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    rulebook = load_rulebook(load_policy("huining-2021"))
    folder = tmp_path_factory.mktemp("clean")
    return fill_county(rulebook, plan_county(rulebook, people=60, townships=2, mistakes=False), folder)


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rulebook = load_rulebook(load_policy("huining-2021"))
    folder = tmp_path_factory.mktemp("mistaken")
    return fill_county(rulebook, plan_county(rulebook, people=80, townships=1), folder)[0]


@pytest.fixture
def folder(clean: list[Path], tmp_path: Path) -> Path:
    """Two clean workbooks in a folder whose path has blanks and Chinese."""
    folder = tmp_path / "桌面 上" / "各乡镇 报来"
    folder.mkdir(parents=True)
    for path in clean:
        shutil.copyfile(path, folder / path.name)
    return folder


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(running, "LOG", tmp_path / "canbao.log")
    return tmp_path / "canbao.log"


def rows_of(path: Path) -> dict[str, int]:
    """The rows of each roster but the computed one."""
    rows: dict[str, int] = check_json(path.parent.parent, path)[1]["files"][0]["rows"]
    return {code: count for code, count in rows.items() if code != "R4"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def opened(door: str, *paths: Path, texts: Texts = ZH, **person: object) -> tuple[int, AnsweringDialogs]:
    dialogs = AnsweringDialogs(**person)  # type: ignore[arg-type]
    return open_door(DOORS[door], paths, dialogs, texts), dialogs


@pytest.mark.parametrize("door", WORKBOOK_DOORS)
def test_a_workbook_gets_a_result_beside_it(door: str, folder: Path) -> None:
    before = contents(folder)
    source = next(iter(sorted(folder.iterdir())))
    status, dialogs = opened(door, source)
    assert status == 0
    after = contents(folder)
    assert {name: after[name] for name in before} == before, "what was given is never written"
    ((title, text, trouble),) = dialogs.said
    assert (title, trouble) == (ZH.say(f"door_{door}"), False)
    if door == "check":
        assert "没有错误，也没有别的问题" in text or dialogs.shown
    else:
        (result,) = dialogs.shown
        assert result.name in after.keys() - before.keys()
        assert str(result) in text
        assert rows_of(result) == rows_of(source)


def test_check_counts_what_the_command_finds(mistaken: Path, tmp_path: Path) -> None:
    path = tmp_path / mistaken.name
    shutil.copyfile(mistaken, path)
    status, dialogs = opened("check", path)
    assert status == 0
    findings = check_json(tmp_path, path)[1]["files"][0]["findings"]
    errors = sum(found["severity"] == "错误" for found in findings)
    assert errors
    assert f"错误 {errors} 处" in dialogs.said[0][1]
    assert dialogs.shown == [tmp_path / f"{path.stem}（校验结果）.xlsx"]


def test_nothing_is_handed_in_with_errors(mistaken: Path, tmp_path: Path) -> None:
    path = tmp_path / mistaken.name
    shutil.copyfile(mistaken, path)
    status, dialogs = opened("submit", path)
    assert status == 2
    ((_, text, trouble),) = dialogs.said
    assert trouble
    assert "不能生成上报文件" in text
    assert dialogs.shown == [tmp_path / f"{path.stem}（校验结果）.xlsx"]
    assert not dialogs.asked


def test_nothing_is_handed_in_that_the_person_did_not_agree_to(folder: Path) -> None:
    source = next(iter(sorted(folder.iterdir())))
    before = contents(folder)
    status, dialogs = opened("submit", source, yes=False)
    assert (status, dialogs.said, dialogs.shown) == (0, [], [])
    assert "应保" in dialogs.asked[0]
    assert contents(folder) == before


def test_why_an_amount_is_what_it_is(folder: Path) -> None:
    source = min(folder.iterdir())
    person = read_sheet(source, SHEET)[0]
    before = contents(folder)
    status, dialogs = opened("explain", source, typed=[person["证件号码"]])
    ((_, text, trouble),) = dialogs.said
    assert (status, trouble) == (0, False)
    assert person["姓名"] in text
    assert person["证件号码"] not in text, "a message shows nobody's number"
    assert opened("explain", source)[1].said == [], "nobody was named"
    status, dialogs = opened("explain", source, typed=["620422197001010017"])
    assert (status, "620422197001010017" in dialogs.said[0][1]) == (2, False)
    assert contents(folder) == before


def test_what_was_returned_is_marked_in_a_copy(mistaken: Path, clean: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "报来"
    folder.mkdir()
    path = folder / mistaken.name
    shutil.copyfile(mistaken, path)
    assert opened("merge", folder)[0] == 0
    (returned,) = (tmp_path / "报来（合并结果）").glob("退回清单*.xlsx")
    before = path.read_bytes()
    status, dialogs = opened("returns", path, chosen=returned)
    assert status == 0
    copy = folder / f"{path.stem}（退回清单）.xlsx"
    assert dialogs.shown == [copy]
    assert path.read_bytes() == before
    shown = openpyxl.load_workbook(copy)["检查结果"]
    assert f"载入退回清单“{returned.name}”" in shown["A2"].value
    wanted = openpyxl.load_workbook(returned)["退回清单"]
    assert {row[1].value for row in wanted.iter_rows(min_row=4)} & {row[1].value for row in shown.iter_rows(min_row=5)}
    assert opened("returns", path)[1].said == [], "no list was chosen"
    other = folder / "别的.xlsx"
    shutil.copyfile(next(one for one in clean if one.name != path.name), other)
    status, dialogs = opened("returns", other, chosen=returned)
    assert (status, "请选择自己单位的" in dialogs.said[0][1]) == (2, True)


@pytest.fixture
def locked(folder: Path) -> Path:
    """A workbook that needs a password to open."""
    source = min(folder.iterdir())
    path = folder.parent / "锁着.xlsx"
    path.write_bytes(encrypt(source.read_bytes(), RIGHT))
    return path


@pytest.mark.parametrize("door", ["compute", "repair", "submit"])
def test_a_password_is_asked_for_until_it_opens(door: str, locked: Path) -> None:
    before = locked.read_bytes()
    status, dialogs = opened(door, locked, typed=["错的", RIGHT])
    assert status == 0, dialogs
    asked = [text for text in dialogs.asked if text.startswith("***")]
    assert asked == [
        "***" + ZH.say("door_password", file=locked.name),
        "***" + ZH.say("door_password_again", file=locked.name),
    ]
    assert ZH.say("door_without_password") in dialogs.said[0][1]
    assert RIGHT not in str(dialogs.said)
    assert locked.read_bytes() == before


def test_a_locked_workbook_with_mistakes_gets_a_marked_copy(mistaken: Path, tmp_path: Path) -> None:
    path = tmp_path / "锁着.xlsx"
    path.write_bytes(encrypt(mistaken.read_bytes(), RIGHT))
    status, dialogs = opened("check", path, typed=[RIGHT])
    assert (status, dialogs.shown) == (0, [tmp_path / "锁着（校验结果）.xlsx"])
    assert ZH.say("door_without_password") in dialogs.said[0][1]


def test_whoever_does_not_know_the_password_is_told_what_it_is(locked: Path) -> None:
    status, dialogs = opened("compute", locked)
    assert (status, dialogs.shown) == (2, [])
    assert "密码" in dialogs.said[0][1]
    assert [path.name for path in locked.parent.glob("锁着*")] == [locked.name]


def test_one_password_opens_all(locked: Path, folder: Path) -> None:
    (folder / "空.txt").touch()
    for name in ("一.xlsx", "二.xlsx"):
        shutil.copyfile(locked, folder / name)
    status, dialogs = opened("check", folder / "一.xlsx", folder / "二.xlsx", typed=[RIGHT])
    assert (status, len(dialogs.asked)) == (0, 1)


@pytest.mark.parametrize("door", ["merge", "report"])
def test_passwords_of_a_folder_are_asked_for_first(door: str, locked: Path, folder: Path) -> None:
    source = min(folder.iterdir())
    source.write_bytes(locked.read_bytes())
    status, dialogs = opened(door, folder, typed=[RIGHT])
    assert status == 0, dialogs
    assert dialogs.asked == ["***" + ZH.say("door_password", file=source.name)]
    assert dialogs.shown
    if door == "merge":
        assert "合并了 2 个文件，0 个不能合并" in dialogs.said[0][1]
        status, dialogs = opened(door, folder)
        assert (status, "合并了 1 个文件，1 个不能合并" in dialogs.said[0][1]) == (0, True), "nobody knew it"


@pytest.mark.parametrize("door", ["merge", "register"])
def test_a_folder_is_merged_beside_itself(door: str, folder: Path) -> None:
    before = contents(folder)
    status, dialogs = opened(door, folder)
    assert status == 0
    assert contents(folder) == before
    (result,) = dialogs.shown
    assert result.parent == folder.parent / "各乡镇 报来（合并结果）"
    assert "上报登记" in result.name if door == "register" else "参保汇总" in result.name
    assert str(result) in dialogs.said[0][1]
    assert sorted(dialogs.steps) == sorted(before)
    assert openpyxl.load_workbook(result).sheetnames


def test_two_copies_become_one(folder: Path, clean: list[Path]) -> None:
    status, dialogs = opened("copies", folder)
    assert status == 2
    assert "不是同一个工作簿" in dialogs.said[0][1]
    for path in folder.iterdir():
        path.unlink()
    for name in ("张.xlsx", "李.xlsx"):
        shutil.copyfile(clean[0], folder / name)
    before = contents(folder)
    status, dialogs = opened("copies", folder)
    assert status == 0
    assert contents(folder) == before
    made = folder.parent / "各乡镇 报来（两份合一）.xlsx"
    assert dialogs.shown == [made]
    assert rows_of(made) == rows_of(folder / "张.xlsx")
    shutil.copyfile(clean[0], folder / "王.xlsx")
    status, dialogs = opened("copies", folder)
    assert (status, "3 个工作簿" in dialogs.said[0][1]) == (2, True)


def test_reports_lie_in_a_folder_of_their_own(folder: Path) -> None:
    before = contents(folder)
    status, dialogs = opened("report", folder)
    assert status == 0
    assert contents(folder) == before
    assert dialogs.shown == [folder.parent / "各乡镇 报来（报表）"]
    assert any(dialogs.shown[0].iterdir())


def test_of_a_folder_every_workbook_is_checked_and_told_in_one_message(folder: Path) -> None:
    (folder / "工资.xlsx").write_bytes(b"PK not ours")
    status, dialogs = opened("compute", folder)
    assert status == 2
    ((_, text, trouble),) = dialogs.said
    assert trouble
    assert "做了 2 个文件，1 个没有做成" in text
    assert "工资.xlsx：“工资.xlsx”不能使用" in text
    assert len(dialogs.shown) == 2


def test_cancel_stops_before_the_next_file(folder: Path) -> None:
    status, dialogs = opened("compute", folder, cancel_at=1)
    assert status == 2
    assert dialogs.said == [("计算", ZH.say("interrupted"), False)]
    assert len([path for path in folder.iterdir() if "计算结果" in path.name]) == 1


def test_cancel_stops_a_merge_and_leaves_nothing(folder: Path) -> None:
    status, dialogs = opened("merge", folder, cancel_at=1)
    assert status == 2
    assert dialogs.said == [("合并", ZH.say("interrupted"), False)]
    assert not (folder.parent / "各乡镇 报来（合并结果）").exists()


def test_without_a_path_the_person_chooses(folder: Path) -> None:
    source = next(iter(sorted(folder.iterdir())))
    assert opened("check", chosen=source)[1].said
    assert opened("check") == (2, AnsweringDialogs())


REFUSED: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "a folder is no workbook": ("merge", lambda folder: next(folder.iterdir()), "要的是放着工作簿的文件夹"),
    "a text is no workbook": ("check", lambda folder: _text(folder / "说明.txt"), "要的是工作簿"),
    "an empty folder": ("check", lambda folder: _folder(folder.parent / "空"), "要的是工作簿"),
    "an empty folder is not merged": ("merge", lambda folder: _folder(folder.parent / "空"), "没有认得出的参保工作簿"),
    "gone": ("check", lambda folder: folder / "没有.xlsx", "找不到文件"),
    "not ours": ("check", lambda folder: _foreign(folder / "工资.xlsx"), "不能使用"),
    "damaged": ("repair", lambda folder: _text(folder / "坏.xlsx"), "不能使用"),
    "an old WPS file": ("compute", lambda folder: _text(folder / "旧.et"), "不能使用"),
}


def _text(path: Path) -> Path:
    path.write_text("一行字", encoding="utf-8")
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _foreign(path: Path) -> Path:
    openpyxl.Workbook().save(path)
    return path


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_one_plain_message(case: str, folder: Path, log: Path) -> None:
    door, make, said = REFUSED[case]
    status, dialogs = opened(door, make(folder))
    assert status == 2
    ((title, text, trouble),) = dialogs.said
    assert trouble
    assert said in text
    assert "意外" not in text
    assert title == ZH.say(f"door_{door}")
    assert not dialogs.shown
    assert not log.exists()


def test_a_result_that_is_open_is_told_of(folder: Path) -> None:
    source = next(iter(sorted(folder.iterdir())))
    result = folder / f"{source.stem}（计算结果）.xlsx"
    assert opened("compute", source)[0] == 0
    (folder / f"~${result.name}").touch()
    status, dialogs = opened("compute", source)
    assert status == 2
    assert "正被 Excel、WPS 或 LibreOffice 打开着" in dialogs.said[0][1]


def test_no_program_for_the_result_is_told(folder: Path) -> None:
    _, dialogs = opened("compute", next(iter(sorted(folder.iterdir()))), viewer=False)
    assert "没有打开它的程序" in dialogs.said[1][1]


def test_what_nobody_expected_goes_to_the_log(folder: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("620422197001010017")

    monkeypatch.setattr(workbooks, "require_target", fails)
    assert require_target is not workbooks.require_target  # type: ignore[comparison-overlap]
    status, dialogs = opened("compute", next(iter(sorted(folder.iterdir()))))
    assert status == 2
    assert str(log) in dialogs.said[0][1]
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    assert "620422197001010017" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_door_has_a_name(lang: str) -> None:
    names = [door.label(Texts(lang)) for door in DOORS.values()]
    assert len(set(names)) == len(IDS)


def test_the_command_opens_a_door_and_prints_nothing_where_nobody_reads(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dialogs = AnsweringDialogs()
    monkeypatch.setattr("canbao_addin.cli.doors_commands.system_dialogs", lambda _: dialogs)
    source = next(iter(sorted(folder.iterdir())))
    assert run(["doors", "run", "check", str(source)]) == 0
    assert dialogs.said
    assert capsys.readouterr() == ("", ""), "pythonw has nothing to print to"
    assert run(["doors", "run", "chekc", str(source)]) == 2
    assert "check、compute" in capsys.readouterr().err
    assert open_library() is not None
