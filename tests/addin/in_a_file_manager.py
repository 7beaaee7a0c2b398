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

from canbao_addin.doors.linux_entries import entry_name
from canbao_addin.doors.table import Kind, doors_of
from canbao_demo import plan_county
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.desktop import virtual_screen, wait_for
from support.hosts import fill_county
from support.programs import find_program

pytestmark = pytest.mark.office
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        """What dialogs said, which all answer yes."""
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
    _program(tmp_path / "bin" / "zenity", f'echo "$*" >> "{home}/said.txt"; [ "$1" != --progress ] || cat >&2')
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


def _program(path: Path, line: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
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
    # 打开, the viewer, and then the doors by the names of their files.
    doors = sorted((entry_name(door.id), door.id) for door in doors_of(Kind.WORKBOOK))
    place = [door for _, door in doors].index("compute")
    office.press(*["Down"] * (3 + place), "Return")
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


@pytest.mark.parametrize("door", [door.id for door in doors_of(Kind.WORKBOOK)])
def test_every_entry_is_launched_with_a_workbook(door: str, office: Office, workbook: Path) -> None:
    """By GLib, as Nautilus, Caja and Peony do it."""
    office.run("canbao", "doors", "install")
    entry = Path(office.environment["XDG_DATA_HOME"], "applications", entry_name(door))
    office.run("gio", "launch", str(entry), str(workbook))
    appears(lambda: any(line.startswith("--info") for line in office.said()), "a closing message")
    if door == "check":
        assert "没有错误" in "".join(office.said())
    else:
        appears(office.opened, "the result in the program that owns it")
        assert Path(office.opened()[0]).parent == office.desk
