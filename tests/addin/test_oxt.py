"""The LibreOffice extension: what is in it, and its buttons clicked with a mouse in a LibreOffice with windows."""

import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from canbao_addin.actions.register import register_units
from canbao_addin.install import installing_libreoffice
from canbao_addin.install.building import OXT, build_oxt
from canbao_addin.texts import CannotRunError
from canbao_demo import plan_county
from canbao_generator.oxt import PROTOCOL
from canbao_generator.version import software_version
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.policy import load_policy
from canbao_rulebook.problem_list import RESULT_SUMMARY
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from support.desktop import Desktop, Office, open_desktop, start_office
from support.hosts import fill_county

NAME = "{http://openoffice.org/2001/registry}name"
LABELS = {button.id: button.label for button in load_ribbon().buttons}


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(build_oxt(tmp_path)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (build_oxt(tmp_path / name).read_bytes() for name in ("一", "二"))
    assert first == second


def test_the_manifest_names_what_is_there_and_all_xml_is_well_formed(parts: dict[str, bytes]) -> None:
    trees = {name: ET.fromstring(part) for name, part in parts.items() if not name.endswith((".py", ".json"))}
    named = {value for each in trees["META-INF/manifest.xml"] for key, value in each.items() if key.endswith("path")}
    assert named == {"Addons.xcu", "ProtocolHandler.xcu", "CalcWindowState.xcu", "handler.py"}
    assert named <= parts.keys()
    assert {name for name in parts if name.startswith("icons/")} == {f"icons/{action}.svg" for action in LABELS}


@pytest.mark.parametrize("place", ["OfficeMenuBar", "OfficeToolBar"])
def test_every_button_stands_once_in_menu_and_toolbar_of_spreadsheets_only(parts: dict[str, bytes], place: str) -> None:
    bar = ET.fromstring(parts["Addons.xcu"]).find(f".//node[@{NAME}='{place}']")
    assert bar is not None
    entries = [
        {prop.get(NAME): prop.findtext("value") for prop in node.findall("prop")}
        for node in bar.iter("node")
        if node.find(f"prop[@{NAME}='URL']") is not None
    ]
    commands = [(str(entry["URL"]), entry["Title"]) for entry in entries if entry["Title"]]
    assert commands == [(PROTOCOL + action, label) for action, label in LABELS.items()]
    assert {entry["Context"] for entry in entries} == {"com.sun.star.sheet.SpreadsheetDocument"}


def test_root_is_told_to_run_it_as_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(CannotRunError) as refused:
        installing_libreoffice.status()
    assert refused.value.key == "office_root"


def test_an_office_with_another_python_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "program"
    (program / "python-core-3.8.20").mkdir(parents=True)
    for name in ("soffice", "unopkg"):
        (program / name).touch(mode=0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(program))
    with pytest.raises(CannotRunError) as refused:
        installing_libreoffice.install(build_oxt(tmp_path))
    assert refused.value.key == "office_other_python"
    assert refused.value.params["office"] == "3.8"


def test_without_libreoffice_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRunError) as refused:
        installing_libreoffice.status()
    assert refused.value.key == "office_missing"


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with open_desktop() as desktop:
        yield desktop


@pytest.fixture
def rosters(tmp_path: Path, desktop: Desktop) -> list[Path]:
    """A filled workbook with mistakes and a copy of it, in the home of the desktop's user."""
    book = load_rulebook(load_policy("huining-2021"))
    [path] = fill_county(book, plan_county(book, people=30, townships=1), tmp_path)
    return [desktop.give(path), desktop.give(path.rename(tmp_path / "另一份.xlsx"))]


def canbao(desktop: Desktop, *words: str) -> str:
    """Run the command line as the desktop's user."""
    program = "from canbao_addin.cli import main; main()"
    path = "PYTHONPATH=" + os.pathsep.join(installing_libreoffice.python_paths())
    return desktop.run(["env", path, sys.executable, "-c", program, *words])


def summary(office: Office, book: Path) -> object:
    return office.app.books[book.name].sheets[RESULT_SHEET][RESULT_SUMMARY].value


def make_register(folder: Path) -> Path:
    """The county's register, of two townships that have handed in nothing."""
    path = folder / "上报登记_huining-2021.xlsx"
    register_units(path, load_policy("huining-2021"), [Unit("甲镇", target=60), Unit("乙镇")])
    return path


def test_buttons_are_clicked_in_the_window_they_stand_in(desktop: Desktop, rosters: list[Path], tmp_path: Path) -> None:
    assert software_version() in canbao(desktop, "addin", "install", "--host", "libreoffice")
    first, second = rosters
    register = desktop.give(make_register(tmp_path))
    with start_office(desktop, [*rosters, register]) as office:
        assert [button.name for button in office.buttons(first.name)] == list(LABELS.values())
        office.point(first.name, LABELS["compute"])
        assert office.tooltip() == load_ribbon().buttons[2].screentip
        before = [summary(office, book) for book in rosters]
        for book in (second, first):
            office.press(book.name, LABELS["check"])
            said = office.dismiss()
            assert "错误" in said
            assert (summary(office, first) != before[0], summary(office, second) != before[1]) == (book is first, True)
        blank = desktop.take_picture(desktop.home / "before.png").read_bytes()
        office.press(first.name, LABELS["next_problem"])
        office.press(first.name, LABELS["about"])
        assert software_version() in office.dismiss()
        office.press(register.name, LABELS["register"])
        assert "没有交 2" in office.dismiss()
        assert desktop.take_picture(desktop.home / "after.png").read_bytes() != blank
    canbao(desktop, "addin", "remove", "--host", "libreoffice")
    assert not (desktop.home / ".canbao" / "canbao.log").exists(), "where errors that nobody expected are logged"


def test_an_extension_that_was_only_copied_says_what_to_do(desktop: Desktop, tmp_path: Path) -> None:
    oxt = desktop.give(build_oxt(tmp_path))
    assert oxt.name == OXT
    desktop.run(["unopkg", "add", "--suppress-license", oxt])
    openpyxl.Workbook().save(tmp_path / "空白.xlsx")
    blank = desktop.give(tmp_path / "空白.xlsx")
    with start_office(desktop, [blank]) as office:
        office.press(blank.name, LABELS["check"])
        assert "canbao addin install --host libreoffice" in office.dismiss()
