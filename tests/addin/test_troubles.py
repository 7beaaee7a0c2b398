"""What Excel answers when it is busy, closed or unwilling, and where a workbook lies: models, without any Excel."""

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from canbao_addin.buttons import press, pressing
from canbao_addin.buttons.places import local_file, require_file, start_folder
from canbao_addin.buttons.session import Changes, Session
from canbao_addin.texts import CannotRunError
from support.hosts import AnsweringHost

if TYPE_CHECKING:
    import xlwings as xw

    from canbao_addin.hosts.host import Host


class com_error(Exception):  # noqa: N801, N818 - as pywin32 calls it
    """The error of pywin32."""

    def __init__(self, hresult: int, said: str = "") -> None:
        super().__init__(hresult, "", None, None)
        self.hresult = hresult
        self.excepinfo = (0, "Microsoft Excel", said, None, 0, -2146827284) if said else None


class XlwingsError(Exception):
    """The error of xlwings."""


ERRORS: list[tuple[Exception, str, bool]] = [
    (com_error(-2147418111), "请按回车或 Esc", True),  # RPC_E_CALL_REJECTED
    (com_error(-2147417846), "请按回车或 Esc", True),  # RPC_E_SERVERCALL_RETRYLATER
    (com_error(-2146777998), "请按回车或 Esc", True),  # VBA_E_IGNORE
    (com_error(-2147417848), "已经关闭", True),  # RPC_E_DISCONNECTED
    (com_error(-2147023174), "已经关闭", True),  # the RPC server is unavailable
    (com_error(-2146827284, "工作表受保护。"), "工作表受保护。", False),
    (XlwingsError("Cannot find OneDrive"), "Cannot find OneDrive", False),
    (PermissionError(13, "denied", "D:\\甲.xlsx"), "“D:\\甲.xlsx”读写不了：没有写入或读取的权限", False),
    (OSError(28, "full"), "磁盘已满", False),
]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(pressing, "LOG", tmp_path / "canbao.log")
    return tmp_path / "canbao.log"


def pressed(error: Exception, monkeypatch: pytest.MonkeyPatch) -> str:
    def fail(_session: Session) -> None:
        raise error

    monkeypatch.setitem(cast("dict[str, Any]", pressing.ACTIONS), "check", fail)
    book = SimpleNamespace(app=SimpleNamespace(status_bar=None))
    host = AnsweringHost(cast("xw.App", None))
    message = press("check", cast("xw.Book", book), cast("Host", host))
    assert host.said == [(message, True)]
    return message


@pytest.mark.parametrize(("error", "said", "interrupts"), ERRORS)
def test_an_ordinary_refusal_has_a_sentence(
    error: Exception, said: str, interrupts: bool, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = pressed(error, monkeypatch)
    assert said in message
    assert "意外" not in message
    assert "“校验”" in message
    assert "Traceback" in log.read_text(encoding="utf-8"), "support can see what it was"
    with pytest.raises(type(error) if interrupts else CannotRunError):
        Changes().write(cast("xw.Range", Refusing(error)), [["2"]])


class Refusing:
    """A cell into which nothing can be written."""

    formula, size, columns = "1", 1, (SimpleNamespace(number_format=""),)
    sheet = SimpleNamespace(name="应保")

    def __init__(self, error: Exception) -> None:
        self._error = error

    @property
    def value(self) -> list[list[str]]:
        return [["1"]]

    @value.setter
    def value(self, _rows: object) -> None:
        raise self._error

    def options(self, **_: object) -> "Refusing":
        return self

    def get_address(self, **_: object) -> str:
        return "A1"


def test_what_nobody_expected_is_still_said_so(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "意外" in pressed(ZeroDivisionError("x"), monkeypatch)
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


class Book:
    """A workbook that states its place, or cannot."""

    def __init__(self, place: str | Exception) -> None:
        self._place = place

    @property
    def fullname(self) -> str:
        if isinstance(self._place, Exception):
            raise self._place
        return self._place


PLACES: list[tuple[str | Exception, str]] = [
    ("工作簿1", "not_saved_yet"),
    ("", "not_saved_yet"),
    ("https://d.docs.live.net/1234/甲镇.xlsx", "book_online"),
    ("https://county.sharepoint.com/sites/医保/甲镇.xlsx", "book_online"),
    (XlwingsError("Couldn't find your OneDrive"), "book_online"),
    ("/没有 的/甲镇.xlsx", "book_moved"),
]


@pytest.mark.parametrize(("place", "key"), PLACES)
def test_a_workbook_without_a_file_says_why(place: str | Exception, key: str) -> None:
    book = cast("xw.Book", Book(place))
    assert local_file(book) is None
    assert start_folder(book) == Path.home()
    with pytest.raises(CannotRunError) as trouble:
        require_file(cast("Session", SimpleNamespace(book=book, label="修复")))
    assert trouble.value.key == key
    assert trouble.value.params["action"] == "修复"


def test_a_workbook_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "桌面 上" / "甲镇.xlsx"
    path.parent.mkdir()
    path.touch()
    book = cast("xw.Book", Book(str(path)))
    assert local_file(book) == path
    assert start_folder(book) == path.parent
    assert require_file(cast("Session", SimpleNamespace(book=book, label="修复"))) == path
