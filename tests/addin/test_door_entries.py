"""Entries of file managers and desktops: they call every door, belong to one user, and leave nothing behind."""

import os
import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from canbao_addin.doors import entries, linux_entries
from canbao_addin.doors.linux_entries import DesktopFiles, applications_folder, desktop_file, entry_name
from canbao_addin.doors.table import DOORS, Kind, doors_for, doors_of
from canbao_addin.doors.windows_entries import ExplorerEntries
from canbao_addin.texts import CannotRunError, Texts
from support.programs import find_program
from support.registry import FakeRegistry

TEXTS = Texts()
PYTHON = r"C:\办公 软件\参保 一\python\pythonw.exe"


def parsed(door: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(desktop_file(DOORS[door]))
    return parser


def words_of(line: str) -> list[str]:
    """A command line of a .desktop file as a desktop reads it: escapes of values first, then quotes."""
    plain = re.sub(r"\\([$`])", r"\1", line.replace("\\\\", "\\"))  # a shell's quotes keep these two as they are
    return [word.replace("%%", "%") for word in shlex.split(plain)]


@pytest.mark.parametrize("python", [sys.executable, '/opt/办公 软件/a"b$c`d\\e/100%/python3'])
def test_the_desktop_files_call_every_door(python: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a file of its own, as file managers offer no actions; the one that menus show has them."""
    monkeypatch.setattr(entries.sys, "executable", python)

    def line_of(door: str) -> list[str]:
        return [python, "-X", "utf8", "-m", "canbao_addin.cli", "doors", "run", door, "%F"]

    shown = []
    for door in DOORS.values():
        entry = parsed(door.id)["Desktop Entry"]
        assert words_of(entry["Exec"]) == line_of(door.id)
        assert entry["Name"] == f"参保 {door.label(TEXTS)}"
        assert (entry["MimeType"] == "inode/directory;") == (door.kind is Kind.FOLDER)
        shown += [door.id] if entry.get("NoDisplay") != "true" else []
    assert shown == ["check"]
    found = parsed("check")
    others = [door for door in doors_of(Kind.WORKBOOK, Kind.LIST) if door.id != "check"]
    assert found["Desktop Entry"]["Actions"] == "".join(f"{door.id};" for door in others)
    for door in others:
        action = found[f"Desktop Action {door.id}"]
        assert (action["Name"], words_of(action["Exec"])) == (door.label(TEXTS), line_of(door.id))


def test_a_program_without_blanks_stands_without_quotes() -> None:
    """Or pcmanfm, which looks for the first word as it stands, shows no entry."""
    assert desktop_file(DOORS["check"]).count(f"Exec={sys.executable} ") == len(doors_of(Kind.WORKBOOK, Kind.LIST))


def test_desktops_accept_the_files(tmp_path: Path) -> None:
    paths = [tmp_path / entry_name(door) for door in DOORS]
    for door, path in zip(DOORS.values(), paths, strict=True):
        path.write_text(desktop_file(door), encoding="utf-8")
    program = find_program("desktop-file-validate", "desktop-file-utils")
    done = subprocess.run([program, "--no-hints", *paths], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "张 三"))
    return tmp_path / "张 三"


def test_the_commands_on_linux(data_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for word in ("status", "install", "status", "remove", "remove"):
        assert run(["doors", word]) == 0
        said.append(capsys.readouterr().out)
        if word == "install":
            written = {path.name for path in (data_home / "applications").glob("*.desktop")}
            assert written == {entry_name(door) for door in DOORS} >= {"canbao-folder.desktop", "canbao.desktop"}
    assert said[0] == said[4] == TEXTS.say("doors_absent") + "\n"
    assert str(data_home / "applications" / "canbao.desktop") in said[1]
    assert "canbao-folder.desktop" in said[2]
    assert "canbao doors install" not in said[2]
    assert said[3] == TEXTS.say("doors_removed") + "\n"
    assert list((data_home / "applications").glob("*.desktop")) == []


def test_an_entry_of_another_python_is_stale(data_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doors", "install"]) == 0
    path = data_home / "applications" / "canbao.desktop"
    path.write_text(path.read_text(encoding="utf-8").replace(sys.executable, "/gone/python3"), encoding="utf-8")
    capsys.readouterr()
    assert run(["doors", "status"]) == 0
    assert "canbao doors install" in capsys.readouterr().out


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "applications").write_text("a file where a folder is due", encoding="utf-8")
    with pytest.raises(CannotRunError) as trouble:
        DesktopFiles(tmp_path / "applications", TEXTS).install()
    assert trouble.value.key == "cannot_write"


@pytest.mark.parametrize("tool", ["xdg-mime", "gio"])
def test_a_double_click_opens_what_it_did(
    tool: str, data_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry without a declared rival may become the default of a kind: then the former one is put back."""
    before = {"inode/directory": "peony.desktop", "application/vnd.ms-excel": "wps-office-et.desktop"}
    asked: list[tuple[str, ...]] = []

    def default_of(kind: str) -> str:
        written = (data_home / "applications" / "canbao.desktop").exists()
        own = "canbao-folder.desktop" if written and kind == "inode/directory" else ""
        return own or before.get(kind, "")

    def desktop(*words: str) -> str:
        asked.append(words)
        if words[:3] == ("xdg-mime", "query", "default"):
            return default_of(words[3])
        if words[:2] == ("gio", "mime") and len(words) == 3:
            known = default_of(words[2])
            said = (
                f"Default application for “{words[2]}”: {known}" if known else f"No default applications for {words[2]}"
            )
            return f"{said}\nRegistered applications:\n\tother.desktop"
        return ""

    monkeypatch.setattr(linux_entries, "_run", desktop)
    monkeypatch.setattr(linux_entries, "_has_xdg", lambda: tool == "xdg-mime")
    DesktopFiles(applications_folder(), TEXTS).install()
    given_back = {
        "xdg-mime": ("xdg-mime", "default", "peony.desktop", "inode/directory"),
        "gio": ("gio", "mime", "inode/directory", "peony.desktop"),
    }
    assert [words for words in asked if words[0] in given_back and "peony.desktop" in words] == [given_back[tool]]
    assert not any(words[0] not in {tool, "update-desktop-database"} for words in asked)
    assert tmp_path in data_home.parents


class FakeShortcuts:
    """Writes what a shortcut would hold as text."""

    def write(self, path: Path, program: str, arguments: str, description: str) -> None:
        path.write_text(f"{program}\n{arguments}\n{description}", encoding="utf-8")


@pytest.fixture
def registry() -> FakeRegistry:
    registry = FakeRegistry()
    registry.write(r"Software\Classes\Directory\shell\other", "", "theirs")
    return registry


@pytest.fixture
def explorer(registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExplorerEntries:
    (tmp_path / "Desktop").mkdir()
    monkeypatch.setattr(
        "canbao_addin.doors.windows_entries.command_of",
        lambda door: [PYTHON, "-X", "utf8", "-m", "canbao_addin.cli", "doors", "run", door],
    )
    return ExplorerEntries(registry, FakeShortcuts(), tmp_path / "Desktop", TEXTS)


def test_explorer_shows_every_door_in_its_menu(explorer: ExplorerEntries, registry: FakeRegistry) -> None:
    explorer.install()
    saved, others = (".xlsx", ".xls", ".et"), (".xlsb", ".ods", ".csv", ".txt")
    roots = {rf"Software\Classes\SystemFileAssociations\{suffix}": doors_for(suffix) for suffix in (*saved, *others)}
    roots |= {r"Software\Classes\Directory": doors_of(Kind.FOLDER)}
    assert [doors_for(suffix) for suffix in saved] == [doors_of(Kind.WORKBOOK, Kind.LIST)] * 3
    assert [doors_for(suffix) for suffix in others] == [[DOORS["import"]]] * 4
    assert {key for key in registry.keys if key.endswith(r"\shell\canbao")} == {
        rf"{root}\shell\canbao" for root in roots
    }
    for root, doors in roots.items():
        menu = rf"{root}\shell\canbao"
        assert registry.values(menu) == {"MUIVerb": "参保", "SubCommands": ""}
        names = sorted(registry.subkeys(rf"{menu}\shell"))
        assert [registry.values(rf"{menu}\shell\{name}")["MUIVerb"] for name in names] == [
            door.label(TEXTS) for door in doors
        ]
        for name, door in zip(names, doors, strict=True):
            line = registry.values(rf"{menu}\shell\{name}\command")[""]
            assert line == f'"{PYTHON}" -X utf8 -m canbao_addin.cli doors run {door.id} "%1"'


def test_the_desktop_has_a_shortcut_for_each_door(explorer: ExplorerEntries, tmp_path: Path) -> None:
    explorer.install()
    folder = tmp_path / "Desktop" / "参保"
    assert {path.stem for path in folder.iterdir()} == {door.label(TEXTS) for door in DOORS.values()}
    program, arguments, _ = (folder / "校验.lnk").read_text(encoding="utf-8").split("\n")
    assert (program, arguments) == (PYTHON, "-X utf8 -m canbao_addin.cli doors run check")


def test_removal_leaves_what_others_have(explorer: ExplorerEntries, registry: FakeRegistry, tmp_path: Path) -> None:
    before = {key: dict(values) for key, values in registry.keys.items()}
    assert not explorer.remove()
    assert explorer.status().places == ()
    explorer.install()
    assert explorer.install() == explorer.status().places  # again, and nothing doubles
    assert explorer.status().current
    assert explorer.remove()
    assert {key: values for key, values in registry.keys.items() if values} == before
    assert not any("canbao" in key for key in registry.keys)
    assert list((tmp_path / "Desktop").iterdir()) == []


def test_what_a_person_put_into_the_folder_stays(explorer: ExplorerEntries, tmp_path: Path) -> None:
    explorer.install()
    own = tmp_path / "Desktop" / "参保" / "通知.docx"
    own.touch()
    explorer.remove()
    assert list(own.parent.iterdir()) == [own]


def test_a_half_installation_is_stale(explorer: ExplorerEntries, registry: FakeRegistry) -> None:
    explorer.install()
    registry.write(
        r"Software\Classes\Directory\shell\canbao\shell\1merge\command", "", r'"C:\old\pythonw.exe" doors run "%1"'
    )
    assert not explorer.status().current
    explorer.install()
    assert explorer.status().current


def test_the_entry_really_starts_the_program(folder_with_a_text: Path, tmp_path: Path) -> None:
    """As a file manager does: the words of Exec with a path in place of %F, nothing on standard input."""
    line = words_of(parsed("check")["Desktop Entry"]["Exec"])
    words = [*line[:-1], str(folder_with_a_text)]
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": "/nowhere"}
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment, timeout=120
    )
    assert done.returncode == 2
    assert "要的是工作簿" in done.stderr


@pytest.fixture
def folder_with_a_text(tmp_path: Path) -> Path:
    path = tmp_path / "桌面 上" / "说 明.txt"
    path.parent.mkdir()
    path.write_text("一行字", encoding="utf-8")
    return path
