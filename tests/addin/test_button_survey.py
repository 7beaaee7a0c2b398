"""What can go wrong between a workbook and a file: every button, in a real LibreOffice, has a sentence for it."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from canbao_addin.buttons import press, pressing
from canbao_addin.buttons.session import Changes
from canbao_rulebook.policy import load_policy
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.rulebook import load_rulebook
from support.hosts import AnsweringHost
from support.issued import issue
from support.office import open_office
from support.times import SOAK, some

BUTTONS = [button.id for button in load_ribbon().buttons]
NEED_A_FILE = {"repair", "submit"}


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return issue(load_rulebook(load_policy("huining-2021")), tmp_path_factory.mktemp("issued")).fresh


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(pressing, "LOG", tmp_path / "canbao.log")
    return tmp_path / "canbao.log"


def press_all(book: xw.Book, app: xw.App, log: Path, buttons: Iterable[str] = BUTTONS) -> dict[str, str]:
    """Press buttons; none may call an ordinary thing unexpected, and the log stays empty."""
    said = {}
    for button in buttons:
        said[button] = press(button, book, AnsweringHost(app))
        assert "意外" not in said[button], (button, log.read_text(encoding="utf-8") if log.exists() else "")
    return said


PLACES: dict[str, tuple[str | Exception, str]] = {
    "never saved": ("未命名 1", "还没有存成文件"),
    "OneDrive": ("https://d.docs.live.net/12/甲镇.xlsx", "请先另存到本机文件夹"),
    "SharePoint that xlwings cannot map": (ValueError("Couldn't find your SharePoint"), "请先另存到本机文件夹"),
    "moved": ("/没有/甲镇.xlsx", "找不到了"),
}


# every button where nothing was saved; in the other places, but in a soak, those that need a file and one that does not
@pytest.mark.parametrize("place", some("never saved", "OneDrive", "moved", soak=["SharePoint that xlwings cannot map"]))
def test_no_button_needs_a_path_but_two_and_these_say_so(
    place: str, office: xw.App, issued: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "甲镇.xlsx"
    shutil.copyfile(issued, path)
    book = office.books.open(str(path))
    stated, wanted = PLACES[place]

    def fullname(_book: xw.Book) -> str:
        if isinstance(stated, Exception):
            raise stated
        return stated

    with monkeypatch.context() as patched:
        patched.setattr(xw.Book, "fullname", property(fullname))
        said = press_all(book, office, log, BUTTONS if SOAK or place == "never saved" else {"check", *NEED_A_FILE})
    for button, message in said.items():
        assert (wanted in message) == (button in NEED_A_FILE), (button, message)
    assert "检查完毕" in said["check"]
    book.close()


def test_a_workbook_of_others(office: xw.App, log: Path, tmp_path: Path) -> None:
    path = tmp_path / "工资.xlsx"
    foreign = openpyxl.Workbook()
    foreign.active.append(["姓名", "工资"])  # type: ignore[union-attr]
    foreign.active.append(["张三", 1])  # type: ignore[union-attr]
    foreign.save(path)
    book = office.books.open(str(path))
    said = press_all(book, office, log)
    assert all("不能使用" in said[button] for button in ("check", "compute", "explain", "submit", "repair"))
    book.close()
    assert openpyxl.load_workbook(path).active.max_row == 2  # type: ignore[union-attr]


def test_an_empty_workbook(office: xw.App, log: Path) -> None:
    book = office.books.add()
    said = press_all(book, office, log)
    assert "不能使用" in said["check"]
    assert "还没有存成文件" in said["repair"]
    book.close()


def test_a_workbook_of_another_year(office: xw.App, issued: Path, log: Path, tmp_path: Path) -> None:
    path = tmp_path / "明年.xlsx"
    other = openpyxl.load_workbook(issued)
    for row in other["_meta"].iter_rows():
        for cell in row:
            if cell.value == "huining-2021":
                cell.value = "huining-2031"
    other.save(path)
    book = office.books.open(str(path))
    said = press_all(book, office, log)
    assert "huining-2031" in said["check"]
    assert "huining-2031" in said["about"]
    book.close()


def test_a_file_that_cannot_be_saved(
    office: xw.App, issued: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "只读.xlsx"
    shutil.copyfile(issued, path)
    book = office.books.open(str(path), read_only=True)
    before = path.read_bytes()

    def refuse(*_: Any) -> None:
        raise xw.XlwingsError("read-only")

    monkeypatch.setattr(xw.Book, "save", refuse)
    host = AnsweringHost(office)
    message = press("repair", book, host)
    assert "存不了盘" in message
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".xlsx"] == ["只读.xlsx"]
    assert "read-only" in log.read_text(encoding="utf-8")
    book.close()


def test_the_submission_is_open_elsewhere(
    office: xw.App, issued: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a file does on its way, the button names it."""
    path = tmp_path / "甲镇.xlsx"
    shutil.copyfile(issued, path)
    book = office.books.open(str(path))

    def fail(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "denied", str(tmp_path / "甲镇_上报.xlsx"))

    monkeypatch.setattr(Changes, "write", fail)
    message = press("check", book, AnsweringHost(office))
    assert "甲镇_上报.xlsx”读写不了：没有写入或读取的权限" in message
    assert "PermissionError" in log.read_text(encoding="utf-8")
    book.close()
