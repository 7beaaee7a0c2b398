"""Files that are no .xlsx become the same raw cells: kinds kept, formulas and errors told, nothing made up."""

import struct
from datetime import date, timedelta

import pytest

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.checking import check_workbook
from canbao_validators.library import Library
from canbao_validators.reading.raw import Form
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile, anything_as_unreadable
from support.corpus import FOLDER, outcome
from support.mutations import archive_of, read_parts
from support.raw_workbooks import xlsb_bytes, xml_2003, zip_bytes

NUMBER, TEXT, BOOL, ERROR = CellKind.NUMBER, CellKind.TEXT, CellKind.BOOL, CellKind.ERROR
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]
ODS_HEAD = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
) + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'  # fmt: skip


def read(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return read_workbook(path)


def cells(sheet):
    """What stands in a sheet, by (row, column): kind, number or text, and whether a formula gives it."""
    found = {}
    for column in sheet.columns:
        for row in sheet.columns[column].rows.tolist():
            cell = sheet.cell(row, column)
            found[row, column] = (cell.kind, cell.text or cell.number, cell.formula)
    return found


def texts(sheet):
    return {place: value for place, (kind, value, formula) in cells(sheet).items() if kind == TEXT and not formula}


def ods(rows, *, flat=False, head=""):
    root = "document" if flat else "document-content"
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<?xml version="1.0"?><office:{root}{ODS_HEAD} office:mimetype="{mimetype}"><office:body><office:spreadsheet>'
        f'{head}<table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body></office:{root}>'
    )
    return content.encode() if flat else zip_bytes({"mimetype": mimetype, "content.xml": content})


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_a_text_with_separators(tmp_path, encoding, separator):
    lines = [["姓名", "证件号码", "金额"], ["张三", "620422194803079511", "0280"], ["", '李"四', "甲\n乙"]]
    quoted = '"李""四"', '"甲\n乙"'
    text = separator.join(lines[0]) + "\n" + separator.join(lines[1]) + "\r\n" + separator.join(["", *quoted]) + "\n"
    raw = read(tmp_path, "名单.csv", text.encode(encoding))
    assert raw.form is Form.CSV
    expected = {(row, column): text for row, line in enumerate(lines, 1) for column, text in enumerate(line, 1) if text}
    assert texts(raw.sheets["1"]) == expected


def test_a_text_may_have_more_rows_than_a_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr("canbao_validators.reading.builder.MAX_ROW", 3)
    raw = read(tmp_path, "税务.csv", "".join(f"姓名{number},280\n" for number in range(1, 6)).encode())
    assert texts(raw.sheets["1"])[5, 1] == "姓名5"
    row = '<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.ods", ods(row * 5))
    assert caught.value.key == "V39.beyond_limit"


@pytest.mark.parametrize(
    ("declared", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("gbk", "gbk"), ("", "gb18030")]
)
def test_a_web_page_under_an_excel_name(tmp_path, declared, encoding):
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    page = (
        f"<html><head>{meta}<title>导出</title></head><body><table><tr><th rowspan=2>姓名<th colspan='2'>证件</tr>"
        "<tr><td>类型</td><td>号码&nbsp;</td></tr><tr><td>张 三<script>var x = 1;</script><td>甲<br>乙"
        "<td>620422194803079511</table><table><tr><td>第二张</td></tr></table></body></html>"
    )
    raw = read(tmp_path, "名单.xls", page.encode(encoding))
    assert raw.form is Form.HTML
    assert texts(raw.sheets["1"]) == {
        (1, 1): "姓名", (1, 2): "证件", (2, 2): "类型", (2, 3): "号码\xa0",
        (3, 1): "张 三", (3, 2): "甲\n乙", (3, 3): "620422194803079511",
    }  # fmt: skip
    assert raw.sheets["1"].merged == ["A1:A2", "B1:C1"]
    assert texts(raw.sheets["2"]) == {(1, 1): "第二张"}


def test_a_table_inside_a_cell_is_a_table_of_its_own(tmp_path):
    raw = read(tmp_path, "a.xls", b"<table><tr><td>a<table><tr><td>b</td></tr></table>c</td><td>d</td></tr></table>")
    assert [texts(sheet) for sheet in raw.sheets.values()] == [{(1, 1): "b"}, {(1, 1): "ac", (1, 2): "d"}]


def test_a_web_archive(tmp_path):
    page = "<table><tr><td>姓名</td></tr></table>".encode("gbk")
    body = "".join(f"={byte:02X}" for byte in page)
    archive = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n'
        "--x\nContent-Type: text/html; charset=gbk\n"
        f"Content-Transfer-Encoding: quoted-printable\n\n{body}\n--x--\n"
    )
    assert texts(read(tmp_path, "a.xls", archive.encode()).sheets["1"]) == {(1, 1): "姓名"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb2312", "GBK"])
def test_a_spreadsheet_in_one_xml_file(tmp_path, encoding):
    def data(kind, value):
        return f'<ss:Data ss:Type="{kind}">{value}</ss:Data>'

    rows = (
        f'<ss:Row ss:Index="2"><ss:Cell ss:Index="2" ss:MergeAcross="1">{data("String", "姓名 &amp; 组")}</ss:Cell>'
        f'<ss:Cell>{data("Number", "6.20422194803079E+17")}</ss:Cell></ss:Row><ss:Row ss:Span="2"/>'
        f'<ss:Row><ss:Cell ss:Formula="=NA()">{data("Error", "#N/A")}</ss:Cell><ss:Cell>{data("Boolean", 1)}</ss:Cell>'
        f'<ss:Cell>{data("DateTime", "2020-09-01T00:00:00.000")}</ss:Cell><ss:Cell/><ss:Cell ss:Formula="=B9"/>'
        "</ss:Row>"
    )
    raw = read(tmp_path, "a.xls", xml_2003({"表": rows}, encoding=encoding))
    assert raw.form is Form.XML_2003
    assert cells(raw.sheets["表"]) == {
        (2, 2): (TEXT, "姓名 & 组", False), (2, 4): (NUMBER, 6.20422194803079e17, False), (6, 1): (ERROR, "#N/A", True),
        (6, 2): (BOOL, 1.0, False), (6, 3): (NUMBER, 44075.0, False), (6, 5): (CellKind.BLANK, 0.0, True),
    }  # fmt: skip
    assert raw.sheets["表"].merged == ["B2:C2"]


@pytest.mark.parametrize("flat", [True, False])
def test_an_opendocument_spreadsheet(tmp_path, flat):
    def cell(kind, value, shown="", more=""):
        name = {"float": "value", "currency": "value"}.get(kind, f"{kind}-value")
        start = f'<table:table-cell office:value-type="{kind}" office:{name}="{value}"{more}>'
        return f"{start}<text:p>{shown}</text:p></table:table-cell>"

    text = '<table:table-cell office:value-type="string"{}>{}</table:table-cell>'
    error = ' table:formula="of:=NA()" calcext:value-type="error" office:string-value=""'
    twice = cell("float", "1", "1", ' table:number-columns-repeated="2"')
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row><table:table-row><table:table-cell/>"
        + cell("float", "6.20422194803079E+017", "620422194803079000") + cell("currency", "280.5", "280.50元")
        + cell("date", "2020-09-01", "2020年9月1日") + cell("time", "PT06H30M00S", "6:30")
        + cell("boolean", "true", "TRUE")
        + "</table:table-row><table:table-row>"
        + text.format("", f'{note}<text:p>张<text:s text:c="2"/>三\n </text:p><text:p>甲<text:tab/>乙</text:p>')
        + text.format(error, "<text:p>#N/A</text:p>")
        + '<table:table-cell table:formula="of:=&quot;&quot;"><text:p/></table:table-cell>'
        + "</table:table-row>"
        + f'<table:table-row table:number-rows-repeated="2">{twice}</table:table-row>'
        + '<table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row>'
    )  # fmt: skip
    raw = read(tmp_path, "a.fods" if flat else "a.ods", ods(rows, flat=flat))
    assert raw.form is Form.ODS
    assert cells(raw.sheets["表"]) == {
        (3, 2): (NUMBER, 6.20422194803079e17, False), (3, 3): (NUMBER, 280.5, False), (3, 4): (NUMBER, 44075.0, False),
        (3, 5): (NUMBER, 6.5 / 24, False), (3, 6): (BOOL, 1.0, False), (4, 1): (TEXT, "张  三 \n甲\t乙", False),
        (4, 2): (ERROR, "#N/A", True), (4, 3): (TEXT, 0.0, True),
        **{(row, column): (NUMBER, 1.0, False) for row in (5, 6) for column in (1, 2)},
    }  # fmt: skip


def test_dates_of_a_1904_opendocument_are_serials_of_1904(tmp_path):
    head = '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    rows = (
        '<table:table-row><table:table-cell office:value-type="date" office:date-value="2000-01-01"/></table:table-row>'
    )
    raw = read(tmp_path, "a.ods", ods(rows, head=head))
    assert raw.date1904
    assert raw.sheets["表"].cell(1, 1).number == 35064


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ('<table:table-row table:number-rows-repeated="1000000">{}</table:table-row>', "V39.too_big"),
        ('<table:table-row table:number-rows-repeated="1048577">{}</table:table-row>', "V39.beyond_limit"),
        ('<table:table-row table:number-rows-repeated="x">{}</table:table-row>', "V39.damaged"),
        (
            '<table:table-row><table:table-cell table:number-columns-repeated="16384"/>{}</table:table-row>',
            "V39.beyond_limit",
        ),
    ],
)  # fmt: skip
def test_a_small_file_that_says_it_holds_a_world_is_refused(tmp_path, rows, key, monkeypatch):
    monkeypatch.setattr("canbao_validators.reading.builder.MAX_CELLS", 100_000)
    cell = '<table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"/>'
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.ods", ods(rows.format(cell)))
    assert caught.value.key == key


def wide(text):
    return len(text).to_bytes(4, "little") + text.encode("utf-16-le")


def test_a_binary_workbook(tmp_path):
    formula = bytes(10)
    content = xlsb_bytes({
        1: [(6, 1, wide("姓名")), (5, 2, struct.pack("<d", 280.5)), (3, 3, b"\x2a"), (4, 4, b"\x01")],
        4: [(8, 1, wide("") + formula), (9, 2, struct.pack("<d", 3) + formula), (11, 3, b"\x17" + formula)],
    })  # fmt: skip
    raw = read(tmp_path, "a.xlsb", content)
    assert raw.form is Form.XLSB
    assert cells(raw.sheets["表"]) == {
        (2, 2): (TEXT, "姓名", False), (2, 3): (NUMBER, 280.5, False), (2, 4): (ERROR, "#N/A", False),
        (2, 5): (BOOL, 1.0, False), (5, 2): (TEXT, 0.0, True), (5, 3): (NUMBER, 3.0, True),
        (5, 4): (ERROR, "#REF!", True),
    }  # fmt: skip


def test_two_cells_in_the_corners_of_a_sheet_do_not_fill_the_memory(tmp_path):
    content = xlsb_bytes({0: [(4, 0, b"\x01")], 1_048_575: [(4, 16_383, b"\x01")]})
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, "a.xlsb", content)
    assert caught.value.key == "V39.too_big"


def test_an_old_workbook_of_the_1904_system():
    raw = read_workbook(FOLDER / "apache+poi__test-data__spreadsheet__1904DateWindowing.xls")
    assert raw.date1904
    found = raw.sheets["Sheet1"].cell(1, 1)
    assert found.kind == NUMBER
    assert date(1904, 1, 1) + timedelta(days=found.number) == date(2000, 1, 1)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_goes_through(error):
    with pytest.raises(error), anything_as_unreadable():
        raise error


def test_a_panic_of_a_library_is_a_damaged_file():
    class PanicException(BaseException):
        """As pyo3 raises it: no Exception."""

    with pytest.raises(UnreadableFile, match="damaged"), anything_as_unreadable():
        raise PanicException


@pytest.fixture(scope="module")
def library():
    policy = load_policy("huining-2021")
    return Library(find={policy.meta.id: policy}.get, books={})


@pytest.mark.parametrize("name", ["名单.csv", "名单.xls"])
@pytest.mark.parametrize("code", ["R1", "R2", "R3", "R4"])
def test_a_table_with_the_headers_of_a_roster_is_refused_by_its_name(tmp_path, library, name, code):
    roster = load_rulebook(load_policy("huining-2021")).rosters[code]
    headers = [column.header for column in roster.columns if column.is_input]
    lines = [["2021年名单"], headers, ["张三"], ["李四"]]
    page = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in line)}" for line in lines)
    text = "\n".join("\t".join(line) for line in lines) if name.endswith("csv") else f"<table>{page}</table>"
    path = tmp_path / name
    path.write_bytes(text.encode("gb18030"))
    found = check_workbook(path, library, only="huining-2021").findings
    assert len(found) == 1
    assert f"表头有{len(headers)}列与“{roster.sheet}”相同，下面有2行数据" in render(found[0]).message


def test_another_table_is_refused_with_its_size(tmp_path, library):
    path = tmp_path / "名单.csv"
    path.write_text("姓名,证件号码,电话\n张三,1,2\n\n李四,3\n", encoding="utf-8")
    found = check_workbook(path, library, only="huining-2021").findings
    assert [entry.code for entry in found] == ["V39"]
    assert "共3行3列" in render(found[0]).message


@pytest.mark.parametrize("name", ["WORKBOOK", "workBook"])
def test_a_stream_named_in_another_case_is_read(tmp_path, name):
    usual = next(path for path in sorted(FOLDER.glob("*.xls")) if outcome(path) != "V39.damaged" and is_plain(path))
    content = usual.read_bytes()
    assert "Workbook".encode("utf-16-le") in content
    path = tmp_path / "a.xls"
    path.write_bytes(content.replace("Workbook".encode("utf-16-le"), name.encode("utf-16-le")))
    assert outcome(path) == outcome(usual)


def is_plain(path):
    return isinstance(outcome(path), dict) and "Workbook".encode("utf-16-le") in path.read_bytes()


def test_an_ods_without_its_mimetype_is_read(tmp_path):
    usual = next(path for path in sorted(FOLDER.glob("*.ods")) if isinstance(outcome(path), dict))
    parts = read_parts(usual.read_bytes())
    assert parts.pop("mimetype")
    path = tmp_path / "a.ods"
    path.write_bytes(archive_of(parts))
    assert outcome(path) == outcome(usual)
