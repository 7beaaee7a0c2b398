"""Dialogs of Linux desktops, held against programs that write down how they were called."""

import sys
from io import StringIO
from pathlib import Path
from time import sleep

import pytest

from canbao_addin.doors.dialogs import CancelledError, Dialogs, system_dialogs
from canbao_addin.doors.linux import KdialogDialogs, TerminalDialogs, ZenityDialogs
from canbao_addin.texts import Texts

SIZE = ("--width=480", "--height=480")
LISTS = (".xls", ".csv")
TEXT = "第一行\n<b>第二行</b> & “%s”"


class Program:
    """A program of the desktop that answers as it is told and keeps its arguments."""

    def __init__(self, folder: Path, name: str, *, status: int = 0, prints: str = "") -> None:
        self._log = folder / f"{name}.log"
        script = (
            f"#!{sys.executable}\nimport sys\n"
            f"open({str(self._log)!r}, 'a', encoding='utf-8').write(chr(31).join(sys.argv[1:]) + chr(30))\n"
            f"print({prints!r})\n"
            f"if '--progress' in sys.argv and not {status}: sys.stdin.read()\n"
            f"sys.exit({status})\n"
        )
        path = folder / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        if not self._log.exists():
            return []
        return [call.split(chr(31)) for call in self._log.read_text(encoding="utf-8").split(chr(30)) if call]


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("DISPLAY", ":0")
    return folder


@pytest.mark.parametrize("screen", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_programs_that_need_a_screen_are_asked_only_where_there_is_one(
    screen: str, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Program(desktop, "zenity")
    Program(desktop, "kdialog")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert isinstance(system_dialogs(Texts()), TerminalDialogs)
    monkeypatch.setenv(screen, "wayland-0")
    assert isinstance(system_dialogs(Texts()), ZenityDialogs)


def test_zenity_shows_texts_as_they_are(desktop: Path) -> None:
    zenity = Program(desktop, "zenity")
    dialogs = system_dialogs(Texts())
    assert isinstance(dialogs, ZenityDialogs)
    dialogs.tell(TEXT, title="校验")
    dialogs.tell(TEXT, title="校验", trouble=True)
    assert dialogs.confirm(TEXT, title="上报")
    assert [call[0] for call in zenity.calls] == ["--info", "--warning", "--question"]
    assert all("--no-markup" in call and f"--text={TEXT}" in call for call in zenity.calls)


def test_zenity_declined(desktop: Path, tmp_path: Path) -> None:
    Program(desktop, "zenity", status=1)
    dialogs = system_dialogs(Texts())
    assert not dialogs.confirm("？", title="上报")
    assert dialogs.choose_folder("选", tmp_path) is None
    assert dialogs.choose_file("选", tmp_path, LISTS) is None
    assert dialogs.choose_word("哪一种？", title="导入名单", words=("税务", "银行")) is None


def test_zenity_chooses(desktop: Path, tmp_path: Path) -> None:
    zenity = Program(desktop, "zenity", prints="/桌面 上/甲 镇.xlsx")
    dialogs = system_dialogs(Texts())
    assert dialogs.choose_file("选", tmp_path, LISTS) == Path("/桌面 上/甲 镇.xlsx")
    assert dialogs.choose_folder("选", tmp_path) == Path("/桌面 上/甲 镇.xlsx")
    assert "--file-filter=*.xls *.csv" in zenity.calls[0]
    assert "--directory" in zenity.calls[1]


def test_a_bar_goes_on_until_it_is_cancelled(desktop: Path) -> None:
    zenity = Program(desktop, "zenity")
    with system_dialogs(Texts()).progress("合并", 2) as step:
        step("甲镇.xlsx")
        step("乙镇.xlsx")
    assert zenity.calls[0][0] == "--progress"
    Program(desktop, "zenity", status=1)  # cancel is pressed at once
    with pytest.raises(CancelledError):
        _work_long(system_dialogs(Texts()))


def _work_long(dialogs: Dialogs) -> None:
    with dialogs.progress("合并", 1000) as step:
        for number in range(1000):
            step(f"{number}.xlsx")
            sleep(0.01)


def test_kdialog_where_there_is_no_zenity(desktop: Path, tmp_path: Path) -> None:
    kdialog = Program(desktop, "kdialog", prints="/甲.xlsx")
    dialogs = system_dialogs(Texts())
    assert isinstance(dialogs, KdialogDialogs)
    dialogs.tell(TEXT, title="校验", trouble=True)
    assert dialogs.confirm(TEXT, title="上报")
    assert dialogs.choose_file("选", tmp_path, LISTS) == Path("/甲.xlsx")
    assert [call[2] for call in kdialog.calls] == ["--sorry", "--yesno", "--getopenfilename"]
    assert TEXT in kdialog.calls[0]


def test_the_terminal_where_there_is_neither(desktop: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    notify = Program(desktop, "notify-send")
    dialogs = system_dialogs(Texts())
    assert isinstance(dialogs, TerminalDialogs)
    dialogs.tell("做完了", title="校验")
    dialogs.tell("没有做成", title="校验", trouble=True)
    assert capsys.readouterr() == ("校验：做完了\n", "校验：没有做成\n")
    assert notify.calls == [["校验", "做完了"], ["校验", "没有做成"]]
    assert not dialogs.confirm("上报吗", title="上报"), "nobody reads it"
    assert dialogs.choose_folder("选", tmp_path) is None
    with dialogs.progress("合并", 1) as step:
        step("甲镇.xlsx")
    with pytest.raises(OSError, match="result"):
        dialogs.show_file(tmp_path / "result.xlsx")


@pytest.mark.parametrize(
    ("name", "secret", "asked"),
    [
        ("zenity", False, ["--entry", "--width=480", "--title=校验", r"--text=“a__b\\n.xlsx”的密码？"]),
        ("zenity", True, ["--entry", "--hide-text", "--width=480", "--title=校验", r"--text=“a__b\\n.xlsx”的密码？"]),
        ("kdialog", False, ["--title", "校验", "--inputbox", r"“a_b\n.xlsx”的密码？"]),
        ("kdialog", True, ["--title", "校验", "--password", r"“a_b\n.xlsx”的密码？"]),
    ],
)
def test_a_word_is_typed_into_a_field(desktop: Path, name: str, secret: bool, asked: list[str]) -> None:
    program = Program(desktop, name, prints="开门 Open-1")
    typed = system_dialogs(Texts()).ask_text(r"“a_b\n.xlsx”的密码？", title="校验", secret=secret)
    assert (typed, program.calls) == ("开门 Open-1", [asked])
    Program(desktop, name, status=1)
    assert system_dialogs(Texts()).ask_text("？", title="校验") is None


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("zenity", ["--list", "--column=", "--hide-header", *SIZE, "--title=导入", r"--text=a&amp;b\\n是？"]),
        ("kdialog", ["--title", "导入", "--menu", r"a&b\n是？"]),
    ],
)
def test_a_word_is_chosen_from_a_list(desktop: Path, name: str, asked: list[str]) -> None:
    program = Program(desktop, name, prints="银行")
    chosen = system_dialogs(Texts()).choose_word(r"a&b\n是？", title="导入", words=("税务", "银行"))
    words = ["税务", "银行"] if name == "zenity" else ["税务", "税务", "银行", "银行"]
    assert (chosen, program.calls) == ("银行", [[*asked, *words]])


def test_no_word_is_typed_where_there_is_no_terminal(desktop: Path) -> None:
    assert desktop.is_dir()
    assert system_dialogs(Texts()).ask_text("？", title="校验", secret=True) is None
    assert system_dialogs(Texts()).choose_word("？", title="校验", words=("税务",)) is None


class Terminal(StringIO):
    """A terminal into which somebody has typed."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "chosen"), [("2", "银行"), ("２", "银行"), ("3", None), ("0", None), ("银行", None)])
def test_a_number_is_typed_in_the_terminal(
    desktop: Path,
    typed: str,
    chosen: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert desktop.is_dir()
    monkeypatch.setattr(sys, "stdin", Terminal(f"{typed}\n"))
    assert system_dialogs(Texts()).choose_word("哪一种？", title="导入", words=("税务", "银行")) == chosen
    assert capsys.readouterr().out == "导入：哪一种？\n  1 税务\n  2 银行\n> "


@pytest.mark.parametrize(("status", "name"), [(0, "xdg-open"), (0, "gio"), (4, "xdg-open")])
def test_the_result_opens_in_what_owns_it(desktop: Path, tmp_path: Path, status: int, name: str) -> None:
    program, path = Program(desktop, name, status=status), tmp_path / "甲 镇.xlsx"
    if status:
        with pytest.raises(OSError, match="甲 镇"):
            system_dialogs(Texts()).show_file(path)
    else:
        system_dialogs(Texts()).show_file(path)
    assert program.calls == [[str(path)] if name == "xdg-open" else ["open", str(path)]]
