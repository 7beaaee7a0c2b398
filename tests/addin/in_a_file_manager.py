"""The entries of `canbao doors install` in a real file manager: pcmanfm on a virtual screen, worked with keys and mouse

Not part of the suite: `make installer-test` runs it. Workbooks belong to a program of the test that writes down what it
opens; the folder's path has blanks and Chinese.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from canbao_addin.actions.register import register_units
from canbao_addin.doors.linux_entries import entry_name
from canbao_addin.doors.table import Kind, doors_of
from canbao_addin.texts import Texts
from canbao_demo import plan_county
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.cli import read_sheet
from support.desktop import virtual_screen, wait_for
from support.hosts import fill_county
from support.programs import find_program

pytestmark = pytest.mark.office
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Writes down what it is asked, types and chooses what the test has laid there, and says yes to all else.
ZENITY = """echo "$*" >> "$HOME/said.txt"
case $1 in --progress) cat >&2 ;; --entry | --file-selection) cat "$HOME/answer.txt" ;; esac"""
CLOSING = ("--info", "--warning")
FIRST_ICON = ("205", "100")
VIEWER = """[Desktop Entry]
Type=Application
Name=viewer
Exec={program} %f
MimeType={kind};
"""


@dataclass
class Office:
    """A home with a desk, and what programs there get."""

    desk: Path
    environment: dict[str, str]

    def opened(self) -> list[str]:
        """What was opened in the program that workbooks belong to."""
        return self._lines("opened.txt")

    def said(self) -> list[str]:
        """What dialogs said."""
        return [line for line in self._lines("said.txt") if "--progress" not in line]

    def _lines(self, name: str) -> list[str]:
        log = self.desk.parent / name
        return log.read_text(encoding="utf-8").splitlines() if log.is_file() else []

    def run(self, *words: str) -> str:
        done = subprocess.run(words, env=self.environment, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys with time for what they open: menus take none while they are being drawn."""
        for key in keys:
            self.run("xdotool", "key", key)
            time.sleep(0.3)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A desktop whose programs are pcmanfm, the viewer and the doors."""
    home = tmp_path / "张 三"
    data = home / "share"
    (home / "桌面 上").mkdir(parents=True)
    (data / "applications").mkdir(parents=True)
    viewer = _program(tmp_path / "bin" / "viewer", f'echo "$1" >> "{home}/opened.txt"')
    _program(tmp_path / "bin" / "zenity", ZENITY)
    (data / "applications" / "viewer.desktop").write_text(VIEWER.format(program=viewer, kind=SHEET))
    system = tmp_path / "system"
    (system / "applications").mkdir(parents=True)
    shutil.copy("/usr/share/applications/pcmanfm.desktop", system / "applications")
    for shared in ("mime", "icons", "glib-2.0", "pcmanfm", "libfm", "fonts"):
        with suppress(FileNotFoundError):
            (system / shared).symlink_to(Path("/usr/share", shared).resolve(strict=True))
    with virtual_screen() as display:
        environment = {
            "HOME": str(home),
            "XDG_DATA_HOME": str(data),
            "XDG_DATA_DIRS": str(system),
            "DISPLAY": display,
            "LC_ALL": "C.UTF-8",
            "PATH": f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin",
        }
        for folder in (data, system):
            subprocess.run(["update-desktop-database", str(folder / "applications")], env=environment, check=True)
        yield Office(home / "桌面 上", environment)


def _program(path: Path, lines: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def workbook(office: Office) -> Path:
    rulebook = load_rulebook(load_policy("huining-2021"))
    (path,) = fill_county(rulebook, plan_county(rulebook, people=60, townships=1, mistakes=False), office.desk)
    return path


@pytest.fixture
def file_manager(office: Office, workbook: Path) -> Iterator[None]:
    """Its window with the icon of the workbook, when the doors have been installed."""
    assert workbook.is_file()
    office.run("canbao", "doors", "install")
    program = find_program("pcmanfm", "pcmanfm")
    with subprocess.Popen(
        [program, str(office.desk)], env=office.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        wait_for(lambda: office.run("xdotool", "search", "--onlyvisible", "--class", "pcmanfm"), "the window")
        time.sleep(2)  # its icons come after it
        yield
        running.kill()


def appears(look: Callable[[], object], what: str) -> None:
    wait_for(look, what, 60)


@pytest.mark.usefixtures("file_manager")
def test_the_menu_of_a_file_manager_starts_a_door(office: Office, workbook: Path) -> None:
    before = workbook.read_bytes()
    office.run("xdotool", "mousemove", *FIRST_ICON, "click", "1")
    office.press("Menu")
    # 打开, 打开方式, and in it the viewer, and then the doors by the names of their files.
    doors = sorted((entry_name(door.id), door.id) for door in doors_of(Kind.WORKBOOK, Kind.LIST))
    place = [door for _, door in doors].index("compute")
    office.press("Down", "Down", "Right", *["Down"] * (1 + place), "Return")
    result = workbook.with_name(f"{workbook.stem}（计算结果）.xlsx")
    appears(result.is_file, "the result")
    appears(lambda: office.opened() == [str(result)], "the result in the program that owns it")
    assert workbook.read_bytes() == before


@pytest.mark.usefixtures("file_manager")
def test_a_double_click_opens_what_it_did(office: Office, workbook: Path) -> None:
    office.run("xdotool", "mousemove", *FIRST_ICON, "click", "--repeat", "2", "--delay", "80", "1")
    appears(lambda: office.opened() == [str(workbook)], "the workbook in the program that owns it")
    assert office.run("gio", "mime", "inode/directory").splitlines()[0].endswith("pcmanfm.desktop")
    assert office.run("gio", "mime", SHEET).splitlines()[0].endswith("viewer.desktop")


def answered(office: Office, met: set[str], *keys: str) -> None:
    """Press keys in the next dialog, which is none of those met before."""

    def fresh() -> set[str]:
        return set(office.run("xdotool", "search", "--all", "--onlyvisible", "--class", "zenity").split()) - met

    appears(fresh, "the next dialog")
    (window,) = fresh()
    met.add(window)
    time.sleep(1)  # what is in it comes after it
    office.run("xdotool", "windowfocus", "--sync", window)
    office.press(*keys)


def test_a_list_is_imported_in_the_dialogs_of_zenity(office: Office, workbook: Path, tmp_path: Path) -> None:
    """The program itself, not the one that writes down what it is asked."""
    find_program("zenity", "zenity")
    (tmp_path / "bin" / "zenity").unlink()
    register_units(office.desk / "上报登记_huining-2021.xlsx", load_policy("huining-2021"), [])
    number = read_sheet(workbook, "应保及应资对象")[0]["证件号码"]
    source = office.desk / "税 务&九月.csv"
    source.write_bytes(f"姓名,身份证号,金额,缴费日期\n侯一鸣,{number},250,2020-09-23\n".encode("gb18030"))
    office.run("canbao", "doors", "install")
    entry = Path(office.environment["XDG_DATA_HOME"], "applications", entry_name("import"))
    place = list(load_list_kinds()).index("tax")
    with subprocess.Popen(["gio", "launch", str(entry), str(source)], env=office.environment):
        met: set[str] = set()
        answered(office, met)  # the bar
        answered(office, met, *["Down"] * place, "Return")
        appears(lambda: office.opened() == [str(office.desk / "税 务&九月（导入预览）.xlsx")], "the preview")
        answered(office, met, "Return")
        answered(office, met, "Return")
    words = ("--policy", "huining-2021", "--kind", "tax", "--out", str(tmp_path))
    office.run("canbao", "import", str(source), *words)
    assert (office.desk / "名单" / "tax.xlsx").read_bytes() == (tmp_path / "tax.xlsx").read_bytes()


def launched(office: Office, door: str, workbook: Path) -> str:
    """What the entry of a door says in the end, launched by GLib, as Nautilus, Caja and Peony do it."""
    office.run("canbao", "doors", "install")
    entry = Path(office.environment["XDG_DATA_HOME"], "applications", entry_name(door))
    office.run("gio", "launch", str(entry), str(workbook))
    return wait_for(lambda: "\n".join(line for line in office.said() if line.startswith(CLOSING)), "a message", 60)


@pytest.mark.parametrize("door", ["check", "compute", "repair", "submit"])
def test_an_entry_is_launched_with_a_workbook(door: str, office: Office, workbook: Path) -> None:
    said = launched(office, door, workbook)
    if door == "check":
        assert "没有错误" in said
    else:
        appears(office.opened, "the result in the program that owns it")
        assert Path(office.opened()[0]).parent == office.desk


def test_an_entry_that_asks_is_answered(office: Office, workbook: Path) -> None:
    person = read_sheet(workbook, "应保及应资对象")[0]
    answer = office.desk.parent / "answer.txt"
    answer.write_text(f"{person['证件号码']}\n", encoding="utf-8")
    assert str(person["姓名"]) in launched(office, "explain", workbook)
    answer.write_text(f"{workbook}\n", encoding="utf-8")
    (office.desk.parent / "said.txt").unlink()
    said = launched(office, "returns", workbook)
    assert said.startswith("--warning")
    assert Texts().say("returns_not_a_list", path=workbook) in said
