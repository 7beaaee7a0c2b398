"""All lanes of the reader give the same cells, and none breaks on anything: the slow one beside each fast one."""

import io
import re
import zipfile

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading import strings
from canbao_validators.reading.contradictions import FaultKind
from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.package import open_package
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.strings import SharedStrings, read_fast, read_slow
from canbao_validators.reading.unreadable import UnreadableFile
from support.corpus import FOLDER, load_outcomes
from support.lanes import PART, STRINGS, compare, content, read_rows, read_sheet_fast, read_sheet_slow
from support.libreoffice import recalculate
from support.raw_workbooks import MAIN, workbook_parts, write_parts
from support.scanner import numpy_lane, reading_in, scanner_lane
from support.sheet_forms import CELLS, EXCEL, FAST_KINDS, FORMS, LIBRE, OPENPYXL, STAMPED, TEXTS, sheet_rows


@pytest.fixture(params=[numpy_lane, scanner_lane], ids=["numpy", "scanner"], scope="module", autouse=True)
def lane(request):
    """Every test of this module runs with each of the fast lanes."""
    with reading_in(request.param):
        yield


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("slab_bytes", [1 << 24, 4_096])
def test_rows_as_programs_write_them_take_the_fast_lane(tmp_path, form, slab_bytes):
    parts = workbook_parts("".join(form.format(row) for row in (1, 2, 3, *range(7, 60), 99, 100, 12345)), STRINGS)
    parts[PART] = parts[PART].replace("<worksheet ", '<worksheet xmlns:x14ac="urn:x" ')
    read, fast = compare(write_parts(tmp_path / "a.xlsx", parts), slab_bytes=slab_bytes)
    assert fast
    assert read[2] == 12345
    assert all(len(column) == 59 for column in read[0].values())


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_more_strings_than_are_listed_are_asked_for_one_by_one(tmp_path, monkeypatch, form):
    parts = workbook_parts("".join(form.format(row) for row in range(1, 60)), STRINGS)
    parts[PART] = parts[PART].replace("<worksheet ", '<worksheet xmlns:x14ac="urn:x" ')
    path = write_parts(tmp_path / "a.xlsx", parts)
    with open_package(path) as package:
        listed = read_sheet_slow(package, PART, SharedStrings(package, "xl/sharedStrings.xml"))
        monkeypatch.setattr(strings, "_MOST_LISTED", 0)
        shared = SharedStrings(package, "xl/sharedStrings.xml")
        assert isinstance(shared.texts, pl.Series)
        assert read_sheet_slow(package, PART, shared) == listed


SETTINGS = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@example(rows='<row r="90"><c r="A90" t="str"><f>A1&amp;"x"</f><v></v></c></row>', date1904=False, slab_bytes=300)
@given(rows=sheet_rows(FAST_KINDS), date1904=st.booleans(), slab_bytes=st.sampled_from([300, 1 << 20]))
def test_generated_sheets_read_alike(tmp_path, rows, date1904, slab_bytes):
    read_rows(tmp_path, rows, date1904=date1904, slab_bytes=slab_bytes)


@SETTINGS
@given(rows=sheet_rows(sorted(CELLS)), slab_bytes=st.sampled_from([300, 1 << 20]))
def test_generated_sheets_of_every_form_read_alike(tmp_path, rows, slab_bytes):
    read_rows(tmp_path, rows, slab_bytes=slab_bytes)


@settings(SETTINGS, max_examples=60)
@given(
    rows=sheet_rows(sorted(CELLS)), slab_bytes=st.sampled_from([300, 1 << 20]), which=st.randoms(use_true_random=False)
)
def test_cells_without_references_follow_the_one_before(tmp_path, rows, slab_bytes, which):
    """As our own tables have them; some of the cells or all."""
    read_rows(tmp_path, re.sub(r'<c r="[A-Z]+[0-9]+"', "<c", rows), slab_bytes=slab_bytes)
    some = re.sub(r'<c r="[A-Z]+[0-9]+"', lambda found: "<c" if which.random() < 0.5 else found[0], rows)
    read_rows(tmp_path, some, slab_bytes=slab_bytes)


def test_generated_forms_take_the_fast_lane(tmp_path):
    for kind in FAST_KINDS:
        cell = CELLS[kind].format("B", 3, number="12", index=1, text="文", truth="1")
        assert read_rows(tmp_path, f'<row r="3">{cell}</row>')[1], kind


@pytest.mark.parametrize("kind", sorted(set(CELLS) - set(FAST_KINDS)))
def test_what_may_mislead_is_left_to_the_slow_lane(tmp_path, kind):
    cell = CELLS[kind].format("B", 3, number="12", index=1, text="文", truth="1")
    assert not read_rows(tmp_path, f'<row r="3"><c r="A3"><v>1</v></c>{cell}</row>')[1]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c s="1" r="A1"><v>1</v></c></row>',
        '<row r="1"><c><f>1</f><v>1</v></c></row>',
        '<row r="1"><c r="AAA1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c> <c r="B1"><v>1</v></c></row>',
        '<row r="1" xmlns="urn:other"><c r="A1"><v>1</v></c></row>',
    ],
)
def test_rows_of_another_form_are_left_to_the_slow_lane(tmp_path, rows):
    assert not read_rows(tmp_path, rows)[1]


def test_a_reference_that_names_another_row_is_told_and_read_by_the_reference(tmp_path):
    read, fast = read_rows(
        tmp_path, '<row r="12"><c r="A12345"><v>1</v></c></row><row r="13"><c r="B12"><v>2</v></c></row>'
    )
    assert not fast
    assert [cell[0] for index in (1, 2) for cell in read[0][index]] == [12345, 12]
    assert [(fault.kind, fault.cell, fault.around) for fault in read[3]] == [
        (FaultKind.OTHER_ROW, "A12345", 12),
        (FaultKind.OTHER_ROW, "B12", 13),
    ]


def test_other_prefixes_and_encodings_are_left_to_the_slow_lane(tmp_path):
    row = '<row r="1"><c r="A1" t="str"><v>é</v></c></row>'
    forms = [
        f'<?xml version="1.0" encoding="latin-1"?><worksheet xmlns="{MAIN}"><sheetData>{row}</sheetData></worksheet>',
        f'<worksheet xmlns="urn:other"><sheetData>{row}</sheetData></worksheet>',
        f'<x:worksheet xmlns:x="{MAIN}"><sheetData>{row}</sheetData></x:worksheet>',
        f'<worksheet xmlns="{MAIN}"><!-- <sheetData>{row}</sheetData> --></worksheet>',
        f'<worksheet xmlns="{MAIN}"><a><sheetData>{row}</sheetData></a></worksheet>',
    ]
    for form in forms:
        path = write_parts(tmp_path / "a.xlsx", workbook_parts("") | {PART: form})
        assert not compare(path)[1]


def test_technical_columns_are_kept_down_to_their_header(tmp_path):
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{"※证号" if row == 4 else "甲"}</t></is></c>'
        f'<c r="B{row}"><v>{row}</v></c></row>'
        for row in range(2, 40)
    )
    read, fast = read_rows(tmp_path, rows)
    assert fast
    assert [cell[0] for cell in read[0][1]] == [2, 3, 4]
    assert len(read[0][2]) == 38


def test_numbers_stay_numbers(tmp_path):
    written = ["620422199003120014", "6.2042219900312001E+17", "62042219900312001", "9007199254740993", "44075", "0.1"]
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{text}</v></c></row>' for row, text in enumerate(written, 1))
    read, fast = read_rows(tmp_path, rows)
    assert fast
    assert [(cell[1], cell[2]) for cell in read[0][1]] == [(CellKind.NUMBER, float(text)) for text in written]


@pytest.mark.parametrize("name", [name for name, found in load_outcomes()["plain"].items() if "XLSX" in str(found)])
def test_public_workbooks_read_alike(name):
    with open_package(FOLDER / name) as package:
        shared = SharedStrings(package, "xl/sharedStrings.xml")
        for part in package.names():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                fast = read_sheet_fast(package, part, shared)
                assert fast is None or fast == read_sheet_slow(package, part, shared)


def sample_book(path):
    book = Workbook()
    sheet = book.active
    sheet.title = "表"
    for row in range(1, 400):
        sheet.append(
            [f"姓名{row}", row, row / 7, row % 2 == 0, f"=B{row}*2", f'=A{row}&"&<x>"', None, "=1/0", " a\nb "]
        )
    sheet["K5"] = "=SUM(B1:B9)"
    book.save(path)
    return path


def test_a_file_that_libreoffice_saved_reads_alike(tmp_path):
    saved = recalculate(sample_book(tmp_path / "a.xlsx"), tmp_path / "out" / "b.xlsx")
    read, fast = compare(saved)
    assert fast
    assert read[0][5][9][1:] == (CellKind.NUMBER, 20.0, "", True)
    assert read[0][8][0][1:] == (CellKind.ERROR, 0.0, "#DIV/0!", True)


def test_a_file_that_openpyxl_saved_reads_alike(tmp_path):
    assert compare(sample_book(tmp_path / "a.xlsx"))[1]


ITEMS = [
    "<si><t>{0}</t></si>",
    '<si><t xml:space="preserve"> {0}\n</t></si>',
    "<si><r><t>{0}</t></r><r><rPr><b/></rPr><t>b</t></r></si>",
    "<si><t>&amp;{0}_x000D_</t></si>",
    "<si><t>{0}</t><rPh sb='0' eb='1'><t>x</t></rPh></si>",
    "<si><t/></si>",
    "<si></si>",
    "<si/>",
    "<!-- <si><t>{0}</t></si> -->",
    "<si><t><![CDATA[</si>{0}]]></t></si>",
    " ",
]


@SETTINGS
@given(items=st.lists(st.tuples(st.sampled_from(ITEMS), TEXTS), min_size=1, max_size=12))
def test_shared_strings_read_alike(items):
    body = "".join(form.format(text) for form, text in items)
    content = f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{MAIN}" count="9">{body}</sst>'.encode()
    slow = read_slow(io.BytesIO(content))
    try:
        fast = read_fast(content)
    except UnsureError:
        assert any(form in ITEMS[-5:] for form, _ in items)
    else:
        assert fast.to_list() == slow


def test_a_part_whose_checksum_is_wrong_is_left_to_the_slow_lane(tmp_path):
    rows = "".join(STAMPED.format(row) for row in range(1, 50))
    path = write_parts(tmp_path / "a.xlsx", workbook_parts(rows))
    with zipfile.ZipFile(path) as archive:
        offset = archive.start_dir
        names = [info.filename for info in archive.infolist()]
    content = bytearray(path.read_bytes())
    for _ in range(names.index(PART)):
        offset += 46 + int.from_bytes(content[offset + 28 : offset + 30], "little")
    content[offset + 16] ^= 1
    path.write_bytes(content)
    with open_package(path) as package:
        assert read_sheet_fast(package, PART, SharedStrings(package, "")) is None
    with pytest.raises(UnreadableFile):
        read_workbook(path, fast_from=0)


@SETTINGS
@given(data=st.data())
def test_mutated_sheets_never_break_either_lane(tmp_path, data):
    """Bytes of the sheet's XML are changed, cut or doubled; where both lanes read the result, they read the same."""
    form = data.draw(st.sampled_from([EXCEL, LIBRE, STAMPED, OPENPYXL]))
    parts = workbook_parts("".join(form.format(row) for row in range(1, 8)), STRINGS)
    text = bytearray(parts[PART].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        piece = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from([b"<", b">", b"</c>", b'"', b"<v>", b"\0"])))
        text[place : place + data.draw(st.integers(0, 6))] = piece
    path = tmp_path / "m.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, bytes(text) if name == PART else part)
    try:
        slow = read_workbook(path, fast_from=1 << 40)
    except UnreadableFile:
        slow = None
    try:
        fast = read_workbook(path, fast_from=0)
    except UnreadableFile:
        assert slow is None
    else:
        assert slow is None or content(fast.sheets["表"]) == content(slow.sheets["表"])


@SETTINGS
@given(place=st.floats(0, 1), piece=st.binary(max_size=4), cut=st.integers(0, 4))
def test_mutated_files_never_break_the_reader(tmp_path, place, piece, cut):
    rows = "".join(STAMPED.format(row) for row in range(1, 8))
    path = write_parts(tmp_path / "whole.xlsx", workbook_parts(rows))
    bytes_ = bytearray(path.read_bytes())
    at = int(place * len(bytes_))
    bytes_[at : at + cut] = piece
    mutated = tmp_path / "m.xlsx"
    mutated.write_bytes(bytes_)
    for fast_from in (0, 1 << 40):
        try:
            read_workbook(mutated, fast_from=fast_from)
        except UnreadableFile:
            continue
