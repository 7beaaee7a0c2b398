"""The second opinion has to be one: it recalculates, it refuses what is locked, and it says so when it cannot."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Protection

from support.libreoffice import (
    LibreOfficeError,
    pdf_to_png,
    recalculate,
    recalculate_values,
    to_pdf,
    type_into,
)
from support.programs import MissingProgramError


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """名册: A1 text, A2 = 2 locked, B2 formula, A3 and A4 unlocked; the sheet is protected."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet["A1"] = "证件号码"
    sheet["A2"] = 2
    sheet["B2"] = "=A2*2"
    sheet["C2"] = '=IF(A2>1,"是","否")&TEXT(DATEVALUE("2020年1月2日"),"yyyy-mm-dd")'
    sheet["A3"].protection = sheet["A4"].protection = Protection(locked=False)
    sheet["A4"].number_format = "@"
    sheet.protection.set_password("参保")
    sheet.protection.enable()
    path = tmp_path / "郭城驿镇 [1].xlsx"
    book.save(path)
    return path


def with_cached_value(path: Path, value: bytes) -> Path:
    """A copy of `path` that claims B2 was last computed as `value`, as a tampered or stale file does."""
    stale = path.with_name("stale.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stale, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                before = part
                for empty in (b"<v></v>", b"<v/>", b"<v />"):
                    part = part.replace(b"<f>A2*2</f>" + empty, b"<f>A2*2</f><v>" + value + b"</v>")
                assert part != before
            target.writestr(name, part)
    return stale


def test_formulas_without_cached_values_are_computed(workbook: Path) -> None:
    assert recalculate_values(workbook)["名册"][:2] == [["证件号码", None, None], [2, 4, "是2020-01-02"]]


def test_cached_values_are_not_believed(workbook: Path) -> None:
    stale = with_cached_value(workbook, b"99")
    assert openpyxl.load_workbook(stale, data_only=True)["名册"]["B2"].value == 99
    assert recalculate_values(stale)["名册"][1][1] == 4


def test_recalculate_writes_where_it_is_told_and_leaves_the_input_alone(workbook: Path, tmp_path: Path) -> None:
    before = workbook.read_bytes()
    out = recalculate(workbook, tmp_path / "new" / "结果.xlsx")
    assert out == tmp_path / "new" / "结果.xlsx"
    assert openpyxl.load_workbook(out, data_only=True)["名册"]["B2"].value == 4
    assert workbook.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", workbook.name]


def test_typing_is_refused_in_locked_cells_and_accepted_in_unlocked_ones(workbook: Path) -> None:
    entries = {
        ("名册", "A1", "别的"): False,
        ("名册", "A2", "9"): False,
        ("名册", "B2", "9"): False,
        ("名册", "A3", "9"): True,
        ("名册", "Z99", "9"): False,
        ("名册", "A4", "110101199001011237"): True,
        ("名册", "A5", "9"): False,
    }
    before = workbook.read_bytes()
    assert type_into(workbook, list(entries)) == list(entries.values())
    assert workbook.read_bytes() == before


def test_an_unknown_sheet_is_named(workbook: Path) -> None:
    with pytest.raises(LibreOfficeError, match="no sheet 没有"):
        type_into(workbook, [("没有", "A1", "1")])


def test_a_workbook_is_printed_to_pages(workbook: Path, tmp_path: Path) -> None:
    pdf = to_pdf(workbook, tmp_path / "pdf")
    pages = pdf_to_png(pdf, tmp_path / "png")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert [page.read_bytes()[:4] for page in pages] == [b"\x89PNG"]


def test_a_missing_workbook_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibreOfficeError, match="There is no workbook"):
        recalculate(tmp_path / "none.xlsx", tmp_path / "out.xlsx")


def test_what_libreoffice_cannot_open_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(LibreOfficeError, match="LibreOffice"):
        recalculate(broken, tmp_path / "out.xlsx")


def test_time_runs_out(workbook: Path, tmp_path: Path) -> None:
    with pytest.raises(LibreOfficeError, match=r"did not finish in 0\.1 s"):
        recalculate(workbook, tmp_path / "out.xlsx", timeout_seconds=0.1)


def test_without_libreoffice_the_error_says_what_to_install(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgramError, match=r"soffice is missing.*make system.*libreoffice-calc"):
        recalculate(workbook, tmp_path / "out.xlsx")
