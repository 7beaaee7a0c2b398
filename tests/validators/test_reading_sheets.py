"""The reader keeps what is stored, in every form in which programs store it."""

import pytest
from openpyxl import Workbook

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile
from support.raw_workbooks import relations, workbook_parts, write_parts


def read_rows(tmp_path, rows, strings="", **more):
    return read_workbook(write_parts(tmp_path / "a.xlsx", workbook_parts(rows, strings, **more))).sheets["表"]


def one(tmp_path, cell, strings=""):
    found = read_rows(
        tmp_path,
        f'<row r="1">{cell}</row>',
        strings,
        tail="<headerFooter><oddHeader>&amp;C x</oddHeader></headerFooter>",
    )
    return found.cell(1, 1)


RICH = '<c r="A1" t="inlineStr"><is><r><t>李</t></r>\n<r><rPr><b/></rPr><t>四</t></r><rPh><t>lǐ</t></rPh></is></c>'
CELLS = [
    ('<c r="A1"><v>280.5</v></c>', (CellKind.NUMBER, 280.5, "", False)),
    ('<c r="A1"><v> 1 </v></c>', (CellKind.NUMBER, 1.0, "", False)),
    ('<c r="A1"><v>6.2042219900312e17</v></c>', (CellKind.NUMBER, 6.2042219900312e17, "", False)),
    ('<c r="A1"><v>NaN</v></c>', (CellKind.ERROR, 0.0, "#NUM!", False)),
    ('<c r="A1" t="s"><v>0</v></c>', (CellKind.TEXT, 0.0, "张三", False)),
    ('<c r="A1" t="s"><v>1</v></c>', (CellKind.TEXT, 0.0, "重 阳", False)),
    ('<c r="A1" t="s"><v>2</v></c>', (CellKind.TEXT, 0.0, " 前后 \n", False)),
    ('<c r="A1" t="s"><v>3</v></c>', (CellKind.TEXT, 0.0, "a\rb_x", False)),
    ('<c r="A1" t="s"><v>4</v></c>', (CellKind.TEXT, 0.0, "𠮷\ufffd", False)),
    ('<c r="A1" t="inlineStr"><is><t>李四</t></is>  </c>', (CellKind.TEXT, 0.0, "李四", False)),
    (RICH, (CellKind.TEXT, 0.0, "李四", False)),
    ('<c r="A1" t="str"><f>B1&amp;C1</f><v>王 五</v>\n </c>', (CellKind.TEXT, 0.0, "王 五", True)),
    ('<c r="A1" t="str"><f>""</f><v></v></c>', (CellKind.TEXT, 0.0, "", True)),
    ('<c r="A1" t="b"><v>1</v></c>', (CellKind.BOOL, 1.0, "", False)),
    ('<c r="A1" t="e"><f>NA()</f><v>#N/A</v></c>', (CellKind.ERROR, 0.0, "#N/A", True)),
    ('<c r="A1"><f>B1+1</f><v>3</v></c>', (CellKind.NUMBER, 3.0, "", True)),
    ('<c r="A1"><f>B1+1</f></c>', (CellKind.BLANK, 0.0, "", True)),
    ('<c r="A1"><f>B1+1</f><v/></c>', (CellKind.BLANK, 0.0, "", True)),
    ('<c r="A1" s="3"/>', (CellKind.BLANK, 0.0, "", False)),
    ('<c r="A1" t="inlineStr"><is/></c>', (CellKind.BLANK, 0.0, "", False)),
    ('<c r="A1" t="d"><v>2020-09-01</v></c>', (CellKind.NUMBER, 44075.0, "", False)),
    ('<c r="A1" t="d"><v>soon</v></c>', (CellKind.TEXT, 0.0, "soon", False)),
]  # fmt: skip
STRINGS = (
    "<si><t>张三</t></si>"
    '<si><r><t>重</t></r> <r><rPr/><t xml:space="preserve"> 阳</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>'
    '<si><t xml:space="preserve"> 前后 \n</t></si><si><t>a_x000D_b_x</t></si><si><t>_xD842__xDFB7__xD842_</t></si>'
)


@pytest.mark.parametrize(("cell", "expected"), CELLS)
def test_a_cell_is_read_as_it_is_stored(tmp_path, cell, expected):
    assert tuple(one(tmp_path, cell, STRINGS)) == expected


def test_coordinates_may_be_left_out(tmp_path):
    rows = (
        '<row><c><v>1</v></c><c r="C1"><v>2</v></c><c><v>3</v></c></row>'
        '<row><c r="B7"><v>4</v></c></row><row><c><v>5</v></c></row>'
    )
    sheet = read_rows(tmp_path, rows)
    found = {(row, column): sheet.cell(row, column).number for row in range(1, 10) for column in range(1, 6)}
    assert {place: number for place, number in found.items() if number} == {
        (1, 1): 1, (1, 3): 2, (1, 4): 3, (7, 2): 4, (8, 1): 5,
    }  # fmt: skip
    assert sheet.max_row == 8


def test_prefixes_strict_namespace_and_absolute_targets(tmp_path):
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    parts = workbook_parts('<row r="2"><c r="B2"><v>7</v></c></row>', namespace=strict)
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{strict}" xmlns="urn:other"><x:sheetData><x:row r="2"><c r="A2"><v>9</v></c>'
        '<x:c r="B2"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    parts["xl/_rels/workbook.xml.rels"] = relations(worksheet="/XL/Worksheets\\Sheet1.xml")
    sheet = read_workbook(write_parts(tmp_path / "a.xlsx", parts)).sheets["表"]
    assert list(sheet.columns) == [2]
    assert sheet.cell(2, 2).number == 7


def test_the_book_says_date_system_names_states_and_merges(tmp_path):
    book = (
        '<workbookPr date1904="1"/><definedNames><definedName name="缴费标准">政策参数!$B$3</definedName>'
        '<definedName name="local" localSheetId="0">x</definedName></definedNames>'
    )
    parts = workbook_parts("", book=book, tail='<mergeCells><mergeCell ref="A1:C2"/></mergeCells>')
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace('sheetId="1"', 'sheetId="1" state="veryHidden"')
    found = read_workbook(write_parts(tmp_path / "a.xlsx", parts))
    assert (found.date1904, found.defined_names) == (True, {"缴费标准": "政策参数!$B$3"})
    assert (found.sheets["表"].state, found.sheets["表"].merged) == ("veryHidden", ["A1:C2"])


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ('<row r="1048577"><c><v>1</v></c></row>', "V39.beyond_limit"),
        ('<row><c r="A1048577"><v>1</v></c></row>', "V39.beyond_limit"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "V39.beyond_limit"),
        ('<row r="1"><c r="$A$1"><v>1</v></c></row>', "V39.damaged"),
        ('<row r="x"><c r="A1"><v>1</v></c></row>', "V39.damaged"),
        ('<row r="1"><c r="A1"><v>one</v></c></row>', "V39.damaged"),
        ('<row r="1"><c r="A1" t="s"><v>9</v></c></row>', "V39.damaged"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "V39.damaged"),
        ('<row r="1"><c r="A1">', "V39.damaged"),
    ],
)
def test_what_no_sheet_holds_is_refused(tmp_path, rows, key):
    with pytest.raises(UnreadableFile) as caught:
        read_rows(tmp_path, rows)
    assert caught.value.key == key


def test_a_sheet_that_the_book_names_must_be_there(tmp_path):
    parts = workbook_parts("")
    del parts["xl/worksheets/sheet1.xml"]
    with pytest.raises(UnreadableFile, match="damaged"):
        read_workbook(write_parts(tmp_path / "a.xlsx", parts))


def test_openpyxl_and_this_reader_agree(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "表"
    values = [["姓名", 280, 1.5, True, None], ["　全角 ", "620422194803079511", "=A1", "#N/A", "𠮷"]]
    for row in values:
        sheet.append(row)
    book.create_sheet("hidden").sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    found = read_workbook(tmp_path / "a.xlsx")
    assert {name: entry.state for name, entry in found.sheets.items()} == {"表": "visible", "hidden": "hidden"}
    cells = [[found.sheets["表"].cell(row, column) for column in range(1, 6)] for row in (1, 2)]
    assert [cell.kind.name for cell in cells[0]] == ["TEXT", "NUMBER", "NUMBER", "BOOL", "BLANK"]
    assert [cell.kind.name for cell in cells[1]] == ["TEXT", "TEXT", "BLANK", "ERROR", "TEXT"]
    assert [cell.text for cell in cells[1]] == ["　全角 ", "620422194803079511", "", "#N/A", "𠮷"]
    assert cells[1][2].formula
