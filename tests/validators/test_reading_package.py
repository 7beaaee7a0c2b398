"""Files that are no workbooks of ours are told apart by their content, and never crash anything."""

import zipfile
from contextlib import suppress

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao_generator.tables import write_tables
from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.tables import CellType, TableColumn, TableSheet
from canbao_validators.reading.origin import Origin, find_origin
from canbao_validators.reading.package import MAX_TOTAL_BYTES, OWN_TOTAL_BYTES, open_archive, open_package
from canbao_validators.reading.sheets import read_result, read_workbook
from canbao_validators.reading.sniff import HEAD_BYTES
from canbao_validators.reading.source import Source
from canbao_validators.reading.unreadable import UnreadableFile
from support.corpus import outcome
from support.raw_workbooks import OLE_HEAD, zip_bytes

OLE_XLS = OLE_HEAD + "Root Entry\0Workbook\0".encode("utf-16-le")
OLE_ENCRYPTED = OLE_HEAD + "Root Entry\0EncryptedPackage\0".encode("utf-16-le")
OLE_WORD = OLE_HEAD + "Root Entry\0WordDocument\0".encode("utf-16-le")

STRANGERS = [
    ("a.xlsx", b"", "V39.empty"),
    ("~$a.xlsx", b"\5owner", "V39.lock_file"),
    ("a.xls", OLE_XLS, "V39.damaged"),
    ("a.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00", "V39.old_xls"),
    ("a.xlsx", OLE_ENCRYPTED, "V39.damaged"),
    ("a.doc", OLE_WORD, "V39.word"),
    ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "V39.damaged"),
    ("a.xls", '<?xml version="1.0"?><x/>'.encode("utf-16"), "V39.not_workbook"),
    ("a.csv", "姓名,\1".encode() + bytes(HEAD_BYTES), "V39.not_workbook"),
    ("a.csv", b"a," * HEAD_BYTES + b"\0", "V39.not_workbook"),
    ("a.xlsx", b"%PDF-1.7", "V39.pdf"),
    ("a.xlsx", b"Rar!\x1a\x07", "V39.archive"),
    ("a.xlsx", b"\xef\xbb\xbf\n%PDF-1.4", "V39.pdf"),
    ("a.xls", b"7z\xbc\xaf\x27\x1c\0\4", "V39.archive"),
    ("a.xls", b"BZh91AY&SY", "V39.archive"),
    ("a.xlsx", b"a.xlsx".ljust(257, b"\0") + b"ustar\0", "V39.archive"),
    ("a.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "V39.picture"),
    ("a.xls", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "V39.picture"),
    ("a.xlsx", b"GIF89a\1\0\1\0", "V39.picture"),
    ("a.xlsx", b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", "V39.picture"),
    ("a.xlsx", b"II*\0\x08\0\0\0", "V39.picture"),
    ("a.xlsx", b"RIFF\x24\0\0\0WEBPVP8 ", "V39.picture"),
    ("a.xlsx", b"\0\0\0\x18ftypheic\0\0\0\0", "V39.picture"),
    ("a.xlsx", b"{\\rtf1\\ansi", "V39.word"),
    ("a.xlsx", zip_bytes({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), "V39.word"),
    ("a.xlsx", zip_bytes({"ppt/presentation.xml": "<x/>"}), "V39.other_kind"),
    ("a.xlsx", zip_bytes({"OFD.xml": "<x/>", "Doc_0/Document.xml": "<x/>"}), "V39.other_kind"),
    ("a.xlsx", b"SQLite format 3\0", "V39.other_kind"),
    ("a.xlsx", b"L\0\0\0\x01\x14\x02\0\0\0\0\0", "V39.shortcut"),
    ("a.slk", b'ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K"a"\r\nE\r\n', "V39.table_text"),
    ("a.xls", 'ID;PSCALC3\nC;X1;Y1;K"姓名"\n'.encode("gb18030"), "V39.table_text"),
    ("a.dif", b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,3\r\n', "V39.table_text"),
    ("a.xlsx", b'TABLE\n0,1\n""\n', "V39.table_text"),
    ("a.xlsx", bytes(5000), "V39.damaged"),
    ("a.bin", b"\x00\x01\x02", "V39.not_workbook"),
    ("a.xlsx", b"PK\x03\x04 cut off", "V39.damaged"),
    ("a.ods", zip_bytes({"mimetype": "application/vnd.oasis", "content.xml": "<!DOCTYPE x><x/>"}), "V39.suspect"),
    ("a.ods", zip_bytes({"mimetype": "application/vnd.oasis", "content.xml": "<x"}), "V39.damaged"),
    ("a.docx", zip_bytes({"word/document.xml": "<x/>"}), "V39.word"),
    ("a.xlsb", zip_bytes({"xl/workbook.bin": "x"}), "V39.damaged"),
    ("a.zip", zip_bytes({"甲镇.xlsx": "x"}), "V39.archive"),
    ("a.xlsx", zip_bytes({"xl/worksheets/sheet1.xml": "<x/>"}), "V39.damaged"),
    ("a.xlsx", zip_bytes({"xl/workbook.xml": "<!DOCTYPE x><x/>"}), "V39.suspect"),
    ("a.xlsx", zip_bytes({"xl/workbook.xml": f"<!--{'x' * 2000}--><!DOCTYPE x><x/>"}), "V39.suspect"),
    ("a.xlsx", zip_bytes({"xl/workbook.xml": "<x/>", "xl/Workbook.xml": "<x/>"}), "V39.suspect"),
    ("a.xlsx", zip_bytes({f"xl/{n}.xml": "" for n in range(1001)}), "V39.suspect"),
    ("a.xlsx", zip_bytes({"xl/workbook.xml": " " * 20_000_000}), "V39.too_big"),
    ("a.xlsx", zip_bytes({"xl/workbook.xml": "<x"}), "V39.damaged"),
]


@pytest.mark.parametrize(("name", "content", "key"), STRANGERS, ids=[f"{name}-{key}" for name, _, key in STRANGERS])
def test_a_stranger_is_told_by_its_content(tmp_path, name, content, key):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        read_workbook(path)
    assert caught.value.key == key
    finding = caught.value.as_finding().at(file=name)
    assert (finding.code, finding.severity.value, finding.file) == ("V39", "错误", name)


def test_missing_files_and_folders_cannot_be_opened(tmp_path):
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(UnreadableFile) as caught:
            open_package(path)
        assert caught.value.key == "V39.cannot_open"


def test_an_encrypted_entry_is_refused(tmp_path):
    content = bytearray(zip_bytes({"xl/workbook.xml": "<x/>"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="encrypted"):
        open_package(path)


def test_a_wrong_checksum_is_damage(tmp_path):
    content = zip_bytes({"xl/workbook.xml": "<workbook><sheets/></workbook>"}, zipfile.ZIP_STORED)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content.replace(b"<sheets/>", b"<sheetz/>"))
    with pytest.raises(UnreadableFile, match="damaged"):
        read_workbook(path)


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=600),
    magic=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", OLE_HEAD, b"<", b"\xff\xfe"]),
)
def test_arbitrary_bytes_are_unreadable_or_a_table(tmp_path_factory, content, magic):
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    path.write_bytes(magic + content)
    found = outcome(path)
    assert found in load_catalogue() if isinstance(found, str) else found["form"] != "XLSX"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_workbook_with_flipped_bytes_is_read_or_unreadable(tmp_path_factory, data):
    content = bytearray(
        zip_bytes({"xl/workbook.xml": "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'/>"})
    )
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "flipped.xlsx"
    path.write_bytes(content)
    with suppress(UnreadableFile):
        assert read_workbook(path).path == path


def test_a_countys_own_result_may_be_as_large_as_its_townships(tmp_path, monkeypatch):
    """1.5 million persons unpack to 4.5 GB, three times what anybody may hand in; sheets may be read alone."""
    path = tmp_path / "county.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "汇总"
    book.active["A1"] = "各乡镇"
    book.create_sheet("资助决定")["A1"] = "采信"
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    assert OWN_TOTAL_BYTES > 2 * 4_500_000_000 > MAX_TOTAL_BYTES
    with pytest.raises(UnreadableFile, match="too_big"):
        open_archive(Source(path), size - 1)
    open_archive(Source(path), size).close()
    assert list(read_result(path).sheets) == ["汇总", "资助决定"]
    assert list(read_result(path, only=("资助决定", "没有")).sheets) == ["资助决定"]
    monkeypatch.setattr("canbao_validators.reading.sheets.OWN_TOTAL_BYTES", size - 1)
    with pytest.raises(UnreadableFile, match="too_big"):
        read_result(path)
    assert list(read_workbook(path).sheets) == ["汇总", "资助决定"]


def test_a_countys_own_result_is_known_by_its_origin_however_large(tmp_path, monkeypatch):
    """Else the second merge into a file of 1.5 million persons took the first one's for somebody else's."""
    path = tmp_path / "county.xlsx"
    townships = pl.DataFrame({"乡镇": ["郭城驿镇"]})
    write_tables(path, [TableSheet("汇总", "", [TableColumn("乡镇", CellType.TEXT, 10)], townships)], command="merge")
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    with pytest.raises(UnreadableFile, match="too_big"):
        open_package(path, most=size - 1)
    assert find_origin(path) == Origin("merge", touched=False)
    monkeypatch.setattr("canbao_validators.reading.origin.OWN_TOTAL_BYTES", size)
    assert find_origin(path) == Origin("merge", touched=False)
    monkeypatch.setattr("canbao_validators.reading.origin.OWN_TOTAL_BYTES", size - 1)
    assert find_origin(path) is None
