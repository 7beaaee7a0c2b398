"""Apps, books, sheets, names and files of the xlwings engine, in a real LibreOffice."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from openpyxl.workbook.defined_name import DefinedName

from canbao_addin.hosts.libreoffice import attach, bridge
from canbao_addin.hosts.libreoffice.errors import OfficeError, OfficeMissingError
from canbao_addin.hosts.libreoffice.host import Answers, LibreOfficeHost
from support.office import open_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture
def book(office: xw.App) -> Iterator[xw.Book]:
    book = office.books.add()
    yield book
    book.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A book with names of every kind, a print area and a link."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "R1 名册"
    other = made.create_sheet("参数")
    other["B1"] = 280
    sheet["A1"], sheet["B1"], sheet["A2"] = "甲", "乙", "链接"
    sheet["A2"].hyperlink = "https://example.org/说明"
    made.defined_names["金额"] = DefinedName("金额", attr_text="参数!$B$1")
    made.defined_names["算式"] = DefinedName("算式", attr_text="IF('R1 名册'!A1=\"甲\",参数!$B$1,0)")
    made.defined_names["常数"] = DefinedName("常数", attr_text="280")
    sheet.defined_names["本表"] = DefinedName("本表", attr_text="'R1 名册'!$A$1:$B$2")
    sheet.print_area = "A1:D9"
    path = tmp_path / "名称.xlsx"
    made.save(path)
    return path


# apps


def test_the_app(office: xw.App) -> None:
    assert office.engine.name == "libreoffice"
    assert office.version.major >= 7
    assert office.pid in xw.apps.keys()  # noqa: SIM118 - xlwings' collections iterate over apps
    assert xw.apps.active == office
    assert attach(office.impl.context, hidden=True) == office
    assert len(xw.apps) == 1
    assert not office.visible
    office.activate()
    with office.properties(display_alerts=False, enable_events=False, screen_updating=False, status_bar="正在校验"):
        assert (office.display_alerts, office.enable_events, office.screen_updating) == (False, False, False)
        assert office.status_bar == "正在校验"
    assert (office.display_alerts, office.enable_events, office.screen_updating) == (True, True, True)
    assert office.status_bar is False


def test_screen_updating_locks_the_books(office: xw.App, book: xw.Book) -> None:
    office.screen_updating = False
    assert book.api.hasControllersLocked()
    with office.books.add() as later:
        assert later.api.hasControllersLocked()
    office.screen_updating = True
    assert not book.api.hasControllersLocked()


def test_calculation_by_hand(office: xw.App, book: xw.Book) -> None:
    cells = book.sheets[0]["A1:A2"]
    cells.formula = [["1"], ["=A1*2"]]
    assert (office.calculation, cells.value) == ("automatic", [1, 2])
    office.calculation = "manual"
    try:
        cells[0].value = 5
        assert (office.calculation, cells.value) == ("manual", [5, 2])
        office.calculate()
        assert cells.value == [5, 10]
        with office.books.add() as later:
            assert not later.api.isAutomaticCalculationEnabled()
    finally:
        office.calculation = "automatic"
    with pytest.raises(ValueError, match="semiautomatic"):
        office.calculation = "semiautomatic"


def test_without_a_window_nobody_is_asked(office: xw.App) -> None:
    assert office.alert("好？") == "ok"
    assert office.alert("好？", "参保", "yes_no", "critical") == "no"
    assert office.alert("好？", buttons="yes_no_cancel") == "cancel"


# books


def test_books_by_name_path_and_number(office: xw.App, file: Path) -> None:
    with office.books.open(file) as book:
        assert (book.name, book.fullname) == (file.name, str(file))
        assert office.books[file.name] == office.books[str(file)] == xw.Book(str(file)) == book
        assert office.books.active == book
        assert file.name in [other.name for other in office.books]
        assert office.books.open(file) == book
        count = len(office.books)
    assert len(office.books) == count - 1
    with pytest.raises(KeyError):
        office.books(file.name)


def test_the_calling_book(book: xw.Book) -> None:
    book.set_mock_caller()
    try:
        assert xw.Book.caller() == book
    finally:
        del xw.Book._mock_caller


def test_activate_makes_a_book_the_active_one(office: xw.App, book: xw.Book) -> None:
    with office.books.add() as other:
        assert office.books.active == other
        book.activate()
        assert office.books.active == book
    other_name = book.name
    assert office.books.active.name == other_name


def test_save_and_save_as(office: xw.App, file: Path, tmp_path: Path) -> None:
    with office.books.open(file) as book:
        book.sheets["参数"]["A1"].value = "新"
        book.save()
        assert openpyxl.load_workbook(file)["参数"]["A1"].value == "新"
        book.save(tmp_path / "另存.xlsx")
        assert book.name == "另存.xlsx"
        book.sheets["参数"]["A1"].value = "更新"
        book.save()
        assert openpyxl.load_workbook(tmp_path / "另存.xlsx")["参数"]["A1"].value == "更新"
        with pytest.raises(OfficeError, match="no folder"):
            book.save(tmp_path / "没有" / "书.xlsx")
        with pytest.raises(OfficeError, match=r"书\.txt"):
            book.save(tmp_path / "书.txt")


def test_a_read_only_book_cannot_be_saved(office: xw.App, file: Path) -> None:
    with office.books.open(file, read_only=True) as book:
        with pytest.raises(OfficeError, match="reading only"):
            book.sheets[0]["A1"].value = "新"
        with pytest.raises(OfficeError, match="cannot save"):
            book.save()
    assert openpyxl.load_workbook(file)["R1 名册"]["A1"].value == "甲"


def test_a_book_with_a_password(office: xw.App, file: Path, tmp_path: Path) -> None:
    with office.books.open(file) as book, pytest.raises(OfficeError, match="password on an Excel file"):
        book.save(tmp_path / "密.xlsx", password="开门")
    file.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"an encrypted package")
    with pytest.raises(OfficeError, match="protected by a password"):
        office.books.open(file)
    with pytest.raises(OfficeError, match="password is wrong"):
        office.books.open(file, password="关门")


@pytest.mark.parametrize("damage", ["nothing", "text", "half", "foreign zip"])
def test_a_file_that_is_no_book(office: xw.App, file: Path, damage: str) -> None:
    if damage == "foreign zip":
        with zipfile.ZipFile(file, "w") as package:
            package.writestr("a.txt", "x")
    else:
        whole = file.read_bytes()
        file.write_bytes({"nothing": b"", "text": b"not a book", "half": whole[: len(whole) // 2]}[damage])
    before = len(office.books)
    with pytest.raises(OfficeError, match=file.name):
        office.books.open(file)
    assert len(office.books) == before


def test_a_missing_file(office: xw.App, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        office.books.open(tmp_path / "没有.xlsx")
    with pytest.raises(FileNotFoundError):
        office.books.impl.open(str(tmp_path / "没有.xlsx"))


def test_a_lock_file_left_behind_is_named(office: xw.App, file: Path) -> None:
    lock = file.with_name(f".~lock.{file.name}#")
    for content in (",别人,别的机器,21.11.2026 10:00,file:///home/other;", "damaged"):
        lock.write_text(content, encoding="utf-8")
        with pytest.raises(OfficeError, match=f"open elsewhere.*{lock.name}"):
            office.books.open(file)
    with office.books.open(file, read_only=True) as book:
        assert book.sheets["参数"]["B1"].value == 280
    lock.unlink()
    office.books.open(file).close()


# sheets


def test_sheets(office: xw.App, file: Path) -> None:
    with office.books.open(file) as book:
        assert book.sheet_names == ["R1 名册", "参数"]
        assert book.sheets["r1 名册"].index == 1
        new = book.sheets.add("新", after=book.sheets["R1 名册"])
        assert (new.index, book.sheets.active) == (2, new)
        new.name = "更新"
        book.sheets["参数"].activate()
        assert book.sheets.active.name == "参数"
        new.visible = False
        assert not book.sheets["更新"].visible
        assert "参数" in repr(book.sheets["参数"].copy(name="参数副本"))
        new.delete()
        book.sheets["参数副本"].move(before=book.sheets["R1 名册"])
        assert book.sheet_names == ["参数副本", "R1 名册", "参数"]
        with pytest.raises(xw.NoSuchObjectError):
            book.sheets["更新"]
        assert book.sheets["R1 名册"].used_range.address == "$A$1:$B$2"


# cells


def test_selection(office: xw.App, book: xw.Book) -> None:
    other = book.sheets.add("另", after=book.sheets[0])
    book.sheets[0]["B2:C3"].select()
    assert book.sheets.active != other
    assert office.selection.address == book.selection.address == "$B$2:$C$3"


def test_notes_and_links(office: xw.App, file: Path) -> None:
    with office.books.open(file) as book:
        sheet = book.sheets[0]
        assert sheet["A1"].note is None
        sheet["A1"].add_note("核对")
        assert sheet["A1"].note.text == "核对"
        sheet["A1"].note.delete()
        assert sheet["A1"].note is None
        assert sheet["A2"].hyperlink == "https://example.org/说明"
        sheet["A3"].add_hyperlink("https://example.org", "看")
        assert (sheet["A3"].value, sheet["A3"].hyperlink) == ("看", "https://example.org")
        with pytest.raises(OfficeError, match="hyperlink"):
            _ = sheet["A1"].hyperlink


def test_pdf_files(office: xw.App, file: Path, tmp_path: Path) -> None:
    with office.books.open(file) as book:
        book.sheets["参数"]["A1"].value = "Parameter"
        book.sheets["R1 名册"]["A1"].value = "Roster"
        book.sheets["R1 名册"]["A4"].value = "Foot"
        book.to_pdf(tmp_path / "书.pdf")
        book.sheets["参数"].to_pdf(tmp_path / "表.pdf")
        book.sheets["R1 名册"]["A1:B2"].to_pdf(tmp_path / "区.pdf")
        with pytest.raises(OfficeError, match="no folder"):
            book.to_pdf(tmp_path / "没有" / "书.pdf")
    shown = {
        name: subprocess.run(["pdftotext", tmp_path / f"{name}.pdf", "-"], capture_output=True, text=True, check=True)
        for name in ("书", "表", "区")
    }
    words = {name: {"Roster", "Foot", "Parameter"} & set(result.stdout.split()) for name, result in shown.items()}
    assert words == {"书": {"Roster", "Foot", "Parameter"}, "表": {"Parameter"}, "区": {"Roster"}}


# names


def test_names(office: xw.App, file: Path) -> None:
    with office.books.open(file) as book:
        assert {name.name: name.refers_to for name in book.names} == {
            "金额": "=参数!$B$1",
            "算式": "=IF('R1 名册'!A1=\"甲\",参数!$B$1,0)",
            "常数": "=280",
            "'R1 名册'!本表": "='R1 名册'!$A$1:$B$2",
            "'R1 名册'!Print_Area": "='R1 名册'!$A$1:$D$9",
        }
        assert book.names["金额"].refers_to_range.value == 280
        assert book.sheets["参数"].range("金额").address == "$B$1"
        assert book.sheets["R1 名册"].range("金额").sheet.name == "参数"
        assert book.sheets["R1 名册"]["本表"].shape == (2, 2)
        assert ("金额" in book.names, "没有" in book.names) == (True, False)
        for name in ("算式", "常数"):
            with pytest.raises(OfficeError, match="does not stand for cells"):
                _ = book.names[name].refers_to_range
        book.names.add("新名", "=参数!$B$1*2")
        book.sheets["参数"]["C1"].formula = "=新名"
        assert book.sheets["参数"]["C1"].value == 560
        book.names["新名"].refers_to = "=参数!$B$1*3"
        assert book.sheets["参数"]["C1"].value == 840
        book.names["新名"].delete()
        assert "新名" not in book.names
        book.sheets["参数"]["D1:D2"].name = "区域"
        assert book.sheets["参数"]["D1:D2"].name.name == "区域"
        assert book.sheets["参数"]["D1"].name is None


def test_no_exception_of_uno_s_own_reaches_a_caller(office: xw.App) -> None:
    with office.books.add() as book:
        sheet = book.sheets[0]
        for call in (lambda: sheet.range((2_000_000, 1)).value, lambda: setattr(sheet, "name", "a:b")):
            with pytest.raises(OfficeError):
                call()
    with pytest.raises(OfficeError):
        _ = sheet["A1"].value


# the host


def test_a_host_without_a_window_remembers(office: xw.App, file: Path, tmp_path: Path) -> None:
    host = LibreOfficeHost(office)
    host.tell("没有发现问题。", title="校验")
    assert not host.confirm("要修复吗？", title="修复")
    assert host.choose_folder("选择文件夹", tmp_path) is None
    assert host.choose_workbook("选择文件", tmp_path) is None
    assert host.said == ["没有发现问题。", "要修复吗？"]
    host.show_file(file)
    assert host.shown == [file]
    with pytest.raises(OSError, match="no file"):
        host.show_file(tmp_path / "没有.pdf")
    answering = LibreOfficeHost(office, Answers(agree=True, folder=tmp_path, workbook=file))
    assert answering.confirm("要修复吗？", title="修复")
    assert answering.choose_folder("选择文件夹", tmp_path) == tmp_path
    assert answering.choose_workbook("选择文件", tmp_path) == file


def test_a_host_opens_a_book_in_front(office: xw.App, file: Path, tmp_path: Path) -> None:
    host = LibreOfficeHost(office)
    with host.open_book(file) as book:
        assert office.books.active == book
        (tmp_path / "副本").mkdir()
        twin = tmp_path / "副本" / file.name
        twin.write_bytes(file.read_bytes())
        with pytest.raises(OSError, match="two workbooks named"):
            host.open_book(twin)
    (tmp_path / "坏.xlsx").write_bytes(b"PK damaged")
    for bad in ("坏.xlsx", "没有.xlsx"):
        with pytest.raises(OSError, match=bad):
            host.open_book(tmp_path / bad)


# the bridge


def test_no_office_answers(office: xw.App) -> None:
    assert office.books is not None
    with pytest.raises(OfficeError, match="No LibreOffice answers at 'pipe,name=nobody'"):
        bridge.resolve("pipe,name=nobody", 0.2)


def test_a_missing_bridge_is_one_sentence(tmp_path: Path) -> None:
    """In a Python of its own: nothing of LibreOffice is imported until it is needed."""
    program = (
        "from canbao_addin.hosts.libreoffice import bridge, connect\n"
        f"bridge.SYSTEM_PACKAGES = {str(tmp_path)!r}\n"
        "try:\n    connect('pipe,name=nobody')\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert answer.startswith(f"{OfficeMissingError.__name__} LibreOffice's Python bridge for Python 3.")
    assert answer.count("\n") == 1
