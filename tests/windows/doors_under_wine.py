"""What stands outside the spreadsheet, under Wine: the menus of Explorer, drops on shortcuts, the dialogs of Windows,
an Excel or WPS that is open, what `addin status` reads in the registry, the compiled scanner.

Not part of the suite: `make installer-test` runs it. Everything is done by the Python that the installer packs, on
workbooks in a folder whose path has blanks and Chinese; what comes of it is read here.
"""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import msoffcrypto
import openpyxl
import pytest

from canbao_addin.actions.register import register_units
from canbao_addin.cli.main import run
from canbao_addin.doors.table import DOORS, Kind, doors_for, doors_of
from canbao_addin.texts import Texts
from canbao_demo import plan_county
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.cli import check_json, read_sheet
from support.desktop import wait_for
from support.hosts import fill_county
from support.installation import AMD64, ARM64, FOLDER, REFUSED, canbao, here, install, machine_of, python
from support.windows_person import PLACE, PYTHON, Person, Watched
from support.wine import Windows, chinese_windows

pytestmark = pytest.mark.office  # a virtual screen
ZH = Texts()
DESK = PureWindowsPath(r"C:\桌面 上")
HANDED_IN = DESK / "各乡镇 报来"
CLASSES = r"Software\Classes"
OFFICE = r"HKCU\Software\Microsoft\Office\16.0\Excel"
POLICIES = r"HKLM\Software\Policies\Microsoft\Office\16.0"
CHOICE = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\.xlsx\UserChoice"


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory, setup: Path) -> Iterator[Windows]:
    with chinese_windows(tmp_path_factory.mktemp("wine")) as windows:
        windows.run("reg", "add", rf"{OFFICE}\Options", "/v", "Font", "/d", "宋体,11", "/f")
        assert install(windows, setup, FOLDER).returncode == 0
        yield windows


@pytest.fixture(scope="module")
def person(windows: Windows) -> Person:
    """Somebody whose .xlsx belong to a program that writes down what it opens."""
    opened = rf'"{PYTHON}" "{PLACE}\viewer.py" "{PLACE}\opened.txt" "%1"'
    # For all users: Wine does not look at the classes of one.
    windows.run("reg", "add", rf"HKLM\{CLASSES}\.xlsx", "/ve", "/d", "tests.sheet", "/f")
    windows.run("reg", "add", rf"HKLM\{CLASSES}\tests.sheet\shell\open\command", "/ve", "/d", opened, "/f")
    return Person(windows)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two townships without mistakes."""
    rulebook = load_rulebook(load_policy("huining-2021"))
    folder = tmp_path_factory.mktemp("county")
    return fill_county(rulebook, plan_county(rulebook, people=60, townships=2, mistakes=False), folder)


@pytest.fixture
def desk(windows: Windows, county: list[Path]) -> Path:
    """A desk on which nothing lies but what was handed in."""
    folder = here(windows, DESK)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / HANDED_IN.name).mkdir(parents=True)
    for path in county:
        shutil.copyfile(path, folder / HANDED_IN.name / path.name)
    (here(windows, PLACE) / "opened.txt").unlink(missing_ok=True)
    return folder


def verb(windows: Windows, root: str, door: str) -> str:
    """The command line that stands in the registry for an action."""
    menu = doors_for(root.rpartition("\\")[2]) or doors_of(Kind.FOLDER)
    place = 1 + menu.index(DOORS[door])
    key = rf"{CLASSES}\{root}\shell\canbao\shell\{place}{door}"
    code = (
        "import winreg\n"
        f"print(winreg.QueryValueEx(winreg.OpenKey(winreg.HKEY_CURRENT_USER, {key!r}), 'MUIVerb')[0])\n"
        rf"print(winreg.QueryValue(winreg.HKEY_CURRENT_USER, {key!r} + r'\command'))"
    )
    label, line = python(windows, code).stdout.splitlines()
    assert label == ZH.say(f"door_{door}")
    return line


def chosen(windows: Windows, person: Person, door: str, path: PureWindowsPath, *answers: str) -> Watched:
    """Choose an action in the menu of a workbook or a folder."""
    root = "Directory" if DOORS[door].kind is Kind.FOLDER else rf"SystemFileAssociations\{path.suffix}"
    return person.runs(verb(windows, root, door).replace("%1", str(path)), *answers)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def opened(windows: Windows, count: int = 1) -> list[PureWindowsPath]:
    """What the program that owns .xlsx was asked to open, as soon as it has begun so many times."""
    log = here(windows, PLACE) / "opened.txt"

    def lines() -> list[str]:
        found = log.read_text(encoding="utf-8").splitlines()
        return found if len(found) >= count else []

    return [PureWindowsPath(line) for line in wait_for(lines, "what owns .xlsx")]


def rows_of(tmp_path: Path, path: Path) -> dict[str, int]:
    rows: dict[str, int] = check_json(tmp_path, path)[1]["files"][0]["rows"]
    return {code: count for code, count in rows.items() if code != "R4"}


RESULTS = {"compute": "（计算结果）", "repair": "（修复结果）", "submit": "上报"}


@pytest.mark.parametrize("door", ["check", *RESULTS])
def test_the_menu_of_a_workbook_starts_each_action(
    door: str, windows: Windows, person: Person, desk: Path, tmp_path: Path
):
    source = min((desk / HANDED_IN.name).iterdir())
    before = contents(source.parent)
    done = chosen(windows, person, door, HANDED_IN / source.name, "yes", "ok") if door == "submit" else chosen(
        windows, person, door, HANDED_IN / source.name
    )  # fmt: skip
    assert done.status == 0, done
    assert {box.title for box in done.said} == {ZH.say(f"door_{door}")}
    after = contents(source.parent)
    assert {name: after[name] for name in before} == before, "what was given is never written"
    if door == "check":
        assert "没有错误，也没有别的问题" in done.said[-1].text
        return
    (result,) = opened(windows)
    assert result.parent == HANDED_IN
    assert RESULTS[door] in result.name
    assert str(result) in done.said[-1].text.replace("\n", "")
    assert rows_of(tmp_path, here(windows, result)) == rows_of(tmp_path, source)


def test_mistakes_are_marked_in_a_copy_that_opens(windows: Windows, person: Person, desk: Path):
    source = min((desk / HANDED_IN.name).iterdir())
    rulebook = load_rulebook(load_policy("huining-2021"))
    (wrong,) = fill_county(rulebook, plan_county(rulebook, people=80, townships=1), desk)
    for suffix in Kind.WORKBOOK.suffixes:  # .xls and .et only stand for what Explorer hands over: a name
        if suffix == wrong.suffix:
            done = chosen(windows, person, "check", DESK / wrong.name)
            assert (done.status, "错误" in done.said[-1].text) == (0, True)
            assert opened(windows) == [DESK / f"{wrong.stem}（校验结果）.xlsx"]
        else:
            other = source.with_suffix(suffix)
            other.write_bytes(b"nothing that can be read")
            done = chosen(windows, person, "check", HANDED_IN / other.name)
            assert (done.status, "不能使用" in done.said[-1].text) == (2, True)


@pytest.mark.parametrize("door", ["merge", "register", "report"])
def test_the_menu_of_a_folder_starts_each_action(door: str, windows: Windows, person: Person, desk: Path):
    before = contents(desk / HANDED_IN.name)
    done = chosen(windows, person, door, HANDED_IN)
    assert done.status == 0, done
    assert [box.title for box in done.said] == [ZH.say(f"door_{door}")]
    assert contents(desk / HANDED_IN.name) == before
    made = {"merge": "参保汇总", "register": "上报登记", "report": "（报表）"}[door]
    assert list(desk.rglob(f"*{made}*"))
    if door == "report":
        person.closes(f"{HANDED_IN.name}（报表）")
    else:
        assert made in opened(windows)[0].name


def test_a_password_and_a_number_are_typed(windows: Windows, person: Person, desk: Path):
    source = min((desk / HANDED_IN.name).iterdir())
    number = read_sheet(source, "应保及应资对象")[0]["证件号码"]
    locked = desk / "锁着的 甲镇.xlsx"
    with locked.open("wb") as stream:
        msoffcrypto.OfficeFile(io.BytesIO(source.read_bytes())).encrypt("开门 Open-1", stream)
    typed = ("type:错的", "type:开门 Open-1", f"type:{number}", "ok")
    done = chosen(windows, person, "explain", DESK / locked.name, *typed)
    assert done.status == 0, done
    asked = [box.text for box in done.said[:3]]
    assert asked[0].startswith(ZH.say("door_password", file=locked.name))
    assert asked[1].startswith(ZH.say("door_password_again", file=locked.name))
    assert asked[2].startswith(ZH.say("door_whom", file=locked.name))
    assert done.said[3].title == "为什么是这个数"
    assert str(number) not in done.said[3].text
    assert chosen(windows, person, "compute", DESK / locked.name, "cancel", "ok").status == REFUSED


def test_what_was_returned_is_marked_in_a_copy(windows: Windows, person: Person, desk: Path):
    rulebook = load_rulebook(load_policy("huining-2021"))
    (desk / "有错").mkdir()
    (wrong,) = fill_county(rulebook, plan_county(rulebook, people=80, townships=1), desk / "有错")
    words = ("--policy", "huining-2021", "--out", str(desk / "汇总.xlsx"), "--returns", str(desk / "退回"))
    assert run(["merge", str(wrong.parent), *words]) in {0, 1}
    (returned,) = (desk / "退回").glob("退回清单*.xlsx")
    before = wrong.read_bytes()
    done = chosen(windows, person, "returns", DESK / "有错" / wrong.name, f"type:{DESK / '退回' / returned.name}", "ok")
    assert done.status == 0, done
    assert done.said[0].title == ZH.say("choose_returns")
    copy = f"{wrong.stem}（退回清单）.xlsx"
    assert opened(windows) == [DESK / "有错" / copy]
    assert returned.name in str(openpyxl.load_workbook(wrong.with_name(copy))["检查结果"]["A2"].value)
    assert wrong.read_bytes() == before


def test_two_copies_become_one(windows: Windows, person: Person, desk: Path, tmp_path: Path):
    folder = desk / HANDED_IN.name
    first, second = sorted(folder.iterdir())
    shutil.copyfile(first, second)
    done = chosen(windows, person, "copies", HANDED_IN)
    assert done.status == 0, done
    made = DESK / f"{HANDED_IN.name}（两份合一）.xlsx"
    assert opened(windows) == [made]
    assert rows_of(tmp_path, here(windows, made)) == rows_of(tmp_path, first)


def test_a_list_is_imported_after_two_questions_and_a_yes(windows: Windows, person: Person, desk: Path, tmp_path: Path):
    register_units(desk / "上报登记_huining-2021.xlsx", load_policy("huining-2021"), [])
    number = read_sheet(min((desk / HANDED_IN.name).iterdir()), "应保及应资对象")[0]["证件号码"]
    sent = f"姓名,身份证号,身份类别\n侯一鸣,{number},孤儿\n".encode("gb18030")
    (desk / "民政 名单.csv").write_bytes(sent)
    done = chosen(windows, person, "import", DESK / "民政 名单.csv", "pick:主管部门名单", "pick:县民政局", "yes", "ok")
    assert done.status == 0, done
    asked, said = done.said[:3], done.said[3]
    assert [box.text.splitlines()[0] for box in asked[:2]] == [
        ZH.say("door_list_kind", file="民政 名单.csv"),
        ZH.say("door_list_agency", file="民政 名单.csv"),
    ]
    assert "主管部门名单：1 行" in asked[2].text
    assert opened(windows) == [DESK / "民政 名单（导入预览）.xlsx"]
    (kept,) = (desk / "名单").glob("owner*.xlsx")
    assert str(DESK / "名单" / kept.name) in said.text.replace("\n", "")
    words = ("--policy", "huining-2021", "--kind", "owner", "--agency", "县民政局", "--out", str(tmp_path))
    assert run(["import", str(desk / "民政 名单.csv"), *words]) == 0
    assert kept.read_bytes() == (tmp_path / kept.name).read_bytes()
    assert (desk / "民政 名单.csv").read_bytes() == sent
    before = sorted(desk.rglob("*"))
    assert chosen(windows, person, "import", DESK / "民政 名单.csv", "pick:主管部门名单", "cancel").status == 0
    assert sorted(desk.rglob("*")) == before


def test_files_and_folders_may_be_dropped_on_the_desktop(windows: Windows, person: Person, desk: Path):
    links = PureWindowsPath("C:/users", windows.home.name, "Desktop", "参保")
    assert {path.stem for path in here(windows, links).iterdir()} == {door.label(ZH) for door in DOORS.values()}
    files = [HANDED_IN / path.name for path in sorted((desk / HANDED_IN.name).iterdir())]
    done = person.drops(links / "计算.lnk", *files)
    assert done.status == 0, done
    assert "做了 2 个文件，0 个没有做成" in done.said[-1].text
    assert sorted(opened(windows, 2)) == sorted(file.with_name(f"{file.stem}（计算结果）.xlsx") for file in files)
    done = person.drops(links / "合并.lnk", HANDED_IN)
    assert done.status == 0, done
    assert (desk / "各乡镇 报来（合并结果）").is_dir()


def test_the_dialogs_of_windows(windows: Windows, person: Person, desk: Path):
    line = verb(windows, r"SystemFileAssociations\.xlsx", "check").replace(' "%1"', "")
    file = HANDED_IN / min((desk / HANDED_IN.name).iterdir()).name
    done = person.runs(line, f"type:{file}", "ok")
    assert (done.status, "检查完毕" in done.said[-1].text) == (0, True)
    assert done.said[0].title == ZH.say("door_choose_workbook", action="校验")
    assert person.runs(line, "cancel").status == 2
    done = person.runs(verb(windows, "Directory", "merge").replace(' "%1"', ""), "cancel")
    assert (done.status, len(done.boxes)) == (2, 1)


def test_a_bar_shows_how_far_it_is_and_stops_the_work(windows: Windows, person: Person, desk: Path):
    line = verb(windows, r"SystemFileAssociations\.xlsx", "compute").replace('"%1"', f'"{HANDED_IN}"')
    done = person.runs(line, "stop", "ok")
    assert done.status == 2, done
    assert [box.title for box in done.boxes] == ["计算", "计算"]
    assert done.boxes[-1].text == ZH.say("interrupted")
    assert len(list(desk.rglob("*计算结果*"))) < 2


def test_nothing_is_put_in_or_taken_out_while_excel_is_open(windows: Windows, person: Person, setup: Path):
    before, listed = windows.files(), excel_list(windows)
    with person.sees_window("XLMAIN"):
        for words in ("install", "remove"):
            done = canbao(windows, "addin", words)
            assert (done.returncode, done.stdout.replace("\n", "")) == (REFUSED, ZH.say("excel_running"))
        assert ZH.say("status_running") in canbao(windows, "addin", "status").stdout.replace("\n", "")
        assert install(windows, setup).returncode == REFUSED
        assert windows.run(FOLDER / "uninstall.exe", "/S", *f"_?={FOLDER}".split(" ")).returncode == REFUSED
        asked = person.runs(f'"{to_windows(setup)}"', "next", "next", "retry", "cancel")
    assert asked.status == REFUSED
    assert [box.answer for box in asked.said][-2:] == ["retry", "cancel"], "asked again while it is open"
    assert "还开着" in asked.said[-1].text
    assert (windows.files(), excel_list(windows)) == (before, listed)
    assert canbao(windows, "addin", "install").returncode == 0


def test_wps_is_told_from_excel(windows: Windows, person: Person):
    copy = here(windows, FOLDER) / "python" / "et.exe"
    shutil.copyfile(copy.with_name("python.exe"), copy)
    for kind in ("XLMAIN", "tests"):
        with person.sees_window(kind, FOLDER / "python" / "et.exe"):
            said = canbao(windows, "addin", "status").stdout.replace("\n", "")
            assert ZH.say("status_wps_running") in said
            assert ZH.say("status_running") not in said
            done = canbao(windows, "addin", "install")
            assert (done.returncode, ZH.say("status_wps_running") in done.stdout.replace("\n", "")) == (0, True)
    copy.unlink()


def excel_list(windows: Windows) -> str:
    """What Excel opens at its start."""
    listed = windows.run("reg", "query", rf"{OFFICE}\Options").stdout
    assert "canbao.xlam" in listed
    return listed


def to_windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


SECURITY = rf"{POLICIES}\Excel\Security"
SWITCHED_OFF = r"\canbao\addin\Canbao.xlam".encode("utf-16-le").hex()
# key, value, its kind, its content, what is said
FORBIDDING = {
    "no macros": (SECURITY, "VBAWarnings", "DWORD", 4, "没有签名的宏"),
    "no trusted locations": (rf"{SECURITY}\Trusted Locations", "AllLocationsDisabled", "DWORD", 1, "受信任位置"),
    "signed add-ins only": (SECURITY, "RequireAddinSig", "DWORD", 1, "只许用签名的加载项"),
    "no macros from afar": (SECURITY, "blockcontentexecutionfrominternet", "DWORD", 1, "来自互联网的宏"),
    "no VBA": (rf"{POLICIES}\Common", "VbaOff", "DWORD", 1, "关掉了 Office 的 VBA"),
    "the user's own choice": (rf"{OFFICE}\Security", "VBAWarnings", "DWORD", 3, "这个用户在 Excel 里的设置"),
    "switched off by Excel": (rf"{OFFICE}\Resiliency\DisabledItems", "A1", "BINARY", SWITCHED_OFF, "禁用项目"),
    "WPS owns .xlsx": (CHOICE, "ProgId", "SZ", "KET.Sheet.12", "双击 .xlsx 打开的是 WPS（KET.Sheet.12）"),
}


def test_status_names_what_keeps_the_addin_from_working(windows: Windows):
    def said_of() -> list[str]:
        told = canbao(windows, "addin", "status").stdout.replace("\n", "")
        places = {
            case: rf"{key}\{name} = {value}" if kind == "DWORD" else ""
            for case, (key, name, kind, value, _) in FORBIDDING.items()
        }
        return [case for case, (*_, said) in FORBIDDING.items() if said in told and places[case] in told]

    assert said_of() == []
    registry(windows, "SetValueEx(made, name, 0, getattr(winreg, 'REG_' + kind), value)")
    assert said_of() == list(FORBIDDING)
    registry(windows, "DeleteValue(made, name)")
    assert said_of() == []


def registry(windows: Windows, change: str) -> None:
    """Change each of the values with one program: to start one takes Wine a second."""
    values = [
        (key.partition("\\"), name, kind, bytes.fromhex(str(value)) if kind == "BINARY" else value)
        for key, name, kind, value, _ in FORBIDDING.values()
    ]
    code = (
        "import winreg\n"
        "hives = {'HKCU': winreg.HKEY_CURRENT_USER, 'HKLM': winreg.HKEY_LOCAL_MACHINE}\n"
        f"for (hive, _, key), name, kind, value in {values!r}:\n"
        "    made = winreg.CreateKey(hives[hive], key)\n"
        f"    winreg.{change}\n"
    )
    done = python(windows, code)
    assert done.returncode == 0, done.stdout


def test_the_compiled_scanner_is_packed_and_reads(windows: Windows, desk: Path):
    site = here(windows, FOLDER) / "python" / "Lib" / "site-packages" / "canbao_validators" / "reading"
    libraries = {path.name: machine_of(path) for path in site.glob("scanner-*")}
    assert libraries == {"scanner-windows-amd64.dll": AMD64, "scanner-windows-arm64.dll": ARM64}
    source = min((desk / HANDED_IN.name).iterdir())
    code = (
        "import os, sys, hashlib\n"
        "from pathlib import Path\n"
        "from canbao_validators.reading import by_scanner, scanner\n"
        "from canbao_validators.reading.sheets import read_workbook\n"
        "opened = []\n"
        "open_one = by_scanner.Scanner.open.__func__\n"
        "def watched(cls, book):\n"
        "    found = open_one(cls, book)\n"
        "    opened.append(found)\n"
        "    return found\n"
        "by_scanner.Scanner.open = classmethod(watched)\n"
        "for switch in ('', scanner.OFF):\n"
        "    os.environ[scanner.SWITCH] = switch\n"
        "    opened.clear()\n"
        f"    book = read_workbook(Path({str(HANDED_IN / source.name)!r}))\n"
        "    cells = [(sheet.name, row, column, str(sheet.cell(row, column))) for sheet in book.sheets.values()"
        " for row in range(1, sheet.max_row + 1) for column in sorted(sheet.columns)]\n"
        "    found = hashlib.sha256(repr(cells).encode()).hexdigest(), len(cells) > 1000\n"
        "    print(*found, sum(one.slabs for one in opened if one))\n"
    )
    done = python(windows, code)
    (*by_scanner, slabs), (*by_numpy, without) = (line.split() for line in done.stdout.splitlines())
    assert by_scanner == by_numpy
    assert (by_scanner[1], int(slabs) > 0, without) == ("True", True, "0")


def test_windows_finds_what_linux_finds(windows: Windows, desk: Path, tmp_path: Path):
    rulebook = load_rulebook(load_policy("huining-2021"))
    (wrong,) = fill_county(rulebook, plan_county(rulebook, people=80, townships=1), desk)
    canbao(windows, "check", str(DESK / wrong.name), "--json", str(DESK / "found.json"))
    found = json.loads((desk / "found.json").read_text(encoding="utf-8"))
    status, wanted = check_json(tmp_path, wrong)
    assert status == 1
    assert findings(found) == findings(wanted)


def findings(said: dict[str, list[dict[str, list[object]]]]) -> list[object]:
    assert said["files"][0]["findings"]
    return said["files"][0]["findings"]
