"""The compiled scanner: it reads by itself what programs write, asks for no byte beyond a slab, and may be missing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao_addin.cli.commands import cli
from canbao_generator.tables import write_tables
from canbao_rulebook.tables import CellType, TableColumn, TableSheet
from canbao_validators.damage.watching import StructureWatch
from canbao_validators.reading import by_scanner
from canbao_validators.reading.by_vector import VectorCells
from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.scanner import OFF, SOURCE, SWITCH, find_scanner, library_name, source_digest
from canbao_validators.reading.shape_book import ShapeBook
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.slabs import MARGIN, Slab
from native import BuildError, build
from support.lanes import PART, STRINGS, compare
from support.raw_workbooks import workbook_parts, write_parts
from support.scanner import numpy_lane, reading_in, scanner_lane
from support.sheet_forms import CELLS, FAST_KINDS, FORMS, sheet_rows

DATA_ROWS = (*range(5, 60), 99, 100, 101, 12345)
# What the scanner itself may not take: each of these is in some way not what it seems.
BROKEN = {
    "a character by its number": '<c r="A5" t="str"><v>&#x5F20;</v></c>',
    "the same in a cell of no form": '<c r="A5" t="inlineStr"><is><r><t>&#x5F20;</t></r></is></c>',
    "a reference to nothing": '<c r="A5" t="str"><f>A1&b;</f><v>x</v></c>',
    "the end of a CDATA section in a formula": '<c r="A5" t="str"><f>A1]]></f><v>x</v></c>',
    "the end of a CDATA section in a value": '<c r="A5" t="str"><v>x]]></v></c>',
    "a control character": '<c r="A5" t="str"><v>\x01</v></c>',
    "U+FFFE": '<c r="A5" t="str"><v>\ufffe</v></c>',
    "a comment": '<c r="A5" t="str"><v>x<!-- --></v></c>',
    "an instruction": '<c r="A5"><?x?><v>1</v></c>',
    "another row": '<c r="A6"><v>1</v></c>',
    "a column on the left": '<c r="B5"><v>1</v></c><c r="A5"><v>1</v></c>',
    "the same cell": '<c r="A5"><v>1</v></c><c r="A5"><v>1</v></c>',
    "three letters": '<c r="AAA5"><v>1</v></c>',
    "a cell in a cell": '<c r="A5"><x/><c r="B5"><v>1</v></c></c>',
    "a reference behind another attribute": '<c s="1" r="A5"><v>1</v></c>',
    "a formula without a reference": '<c s="1"><f>A1</f><v>1</v></c>',
    "no form and no reference": '<c s="1" t="inlineStr"><is><r><t>x</t></r></is></c>',
    "another tag": "<cx><v>1</v></cx>",
    "text between cells": '<c r="A5"><v>1</v></c>x<c r="B5"><v>1</v></c>',
}


@pytest.fixture(autouse=True)
def compiled(request: pytest.FixtureRequest) -> Iterator[None]:
    """Read with the scanner, but where a test names the lane itself."""
    with reading_in(getattr(request, "param", scanner_lane)):
        yield


def scan(content: bytes, before: bytes = b"", after: bytes = b"") -> Any:
    """What the scanner says of rows with other bytes around them: where cells and values are, None for not sure."""
    scanner = by_scanner.Scanner.open(ShapeBook())
    assert scanner
    cells = scanner.find(Slab(before + content + after, len(before), len(before) + len(content)), 0, frozenset())
    if cells is None:
        return None
    moved = [scanner.arrays[name][: scanner.job.cell_count] - len(before) for name in ("starts", "ends")]
    kept = [scanner.arrays[name][: scanner.job.cell_count] for name in ("columns", "types", "marks", "wholes")]
    return [array.tolist() for array in moved + kept]


def _never(*_: object) -> None:
    raise UnsureError


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_it_takes_every_slab_of_rows_as_programs_write_them(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VectorCells, "find", _never)
    parts = workbook_parts("".join(form.format(row) for row in (1, 2, 3, *DATA_ROWS)), STRINGS)
    parts[PART] = parts[PART].replace("<worksheet ", '<worksheet xmlns:x14ac="urn:x" ')
    for slab_bytes in (1 << 20, 4_096):
        assert compare(write_parts(tmp_path / "a.xlsx", parts), slab_bytes=slab_bytes)[1]


def test_it_takes_our_own_tables_whose_cells_have_no_references(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists of a million persons, the county's own result: the slow lane takes some fifteen times as long for them."""
    path = tmp_path / "a.xlsx"
    texts = ["张三", "", "a & b <c>", " 前后 ", "第一行\n第二行", "很长" * 300, "_x0041_"] * 900
    columns = {"姓名": texts, "空": [""] * len(texts), "金额": [number % 7 * 100 for number in range(len(texts))]}
    kinds = (CellType.TEXT, CellType.TEXT, CellType.YUAN)
    shown = [TableColumn(name, kind, 9) for name, kind in zip(columns, kinds, strict=True)]
    write_tables(path, [TableSheet("表", "题", shown, pl.DataFrame(columns))], command="merge")
    monkeypatch.setattr(VectorCells, "find", _never)
    for slab_bytes in (1 << 20, 4_096):
        assert compare(path, slab_bytes=slab_bytes)[1]


@pytest.mark.parametrize("cell", BROKEN.values(), ids=BROKEN)
def test_what_may_mislead_it_does_not_take(cell: str) -> None:
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
    whole = f'{row.format(4)}<row r="5">{cell}</row>{row.format(7)}'.encode()
    assert scan(whole.replace(cell.encode(), b'<c r="A5"><v>1</v></c>'))
    assert scan(whole) is None


@given(
    content=st.lists(st.sampled_from([*FORMS.values(), "<row r='{0}'>", '<row r="{0}"/>', "\n"]), max_size=3),
    cut=st.floats(0, 1),
    after=st.sampled_from([b"", b"</v></c></row>", b'"/></row>', b"<", b"12345678" * 40, b"</f><v>1</v></c></row>"]),
)
def test_what_stands_beyond_a_slab_does_not_matter(content: list[str], cut: float, after: bytes) -> None:
    """Under `make fuzz` a read beyond the end is also an error of the sanitizer."""
    rows = "".join(form.format(row) for row, form in enumerate(content, 1)).encode()
    rows = rows[: round(cut * len(rows))]
    assert scan(rows) == scan(rows, b" " * 300, after)


@pytest.mark.parametrize(
    "text", [b"\xc0\x80", b"\xed\xa0\x80", b"\xe0\x80\x80", b"\xf5\x80\x80\x80", b"\xe4\xb8", b"\x80"]
)
def test_what_is_no_utf8_it_does_not_take(text: bytes) -> None:
    for cell in (b'<c r="A5" t="str"><v>%b</v></c>', b'<c r="A5" t="str"><f>"%b"</f><v>x</v></c>'):
        assert scan(b'<row r="5">%b</row>' % cell.replace(b"%b", "文😀\u00e9".encode()))
        assert scan(b'<row r="5">%b</row>' % cell.replace(b"%b", text)) is None


@pytest.mark.parametrize("form", [*FORMS, "mixed"])
def test_what_the_watch_sees_is_the_same_in_both_fast_lanes(tmp_path: Path, form: str) -> None:
    if form == "mixed":
        names = [name for name in FAST_KINDS if name != "escaped"]
        kinds = [(row, CELLS[names[row * 7 % len(names)]]) for row in DATA_ROWS]
        cells = [
            (row, kind.format("C", row, number=row * 3, index=row % 4, text=f"文{row}", truth=row % 2))
            for row, kind in kinds
        ]
        rows = "".join(f'<row r="{row}"><c r="A{row}" s="{row % 3}"/>{cell}</row>' for row, cell in cells)
    else:
        rows = "".join(FORMS[form].format(row) for row in (3, *DATA_ROWS))
    parts = workbook_parts(rows, STRINGS)
    parts[PART] = parts[PART].replace("<worksheet ", '<worksheet xmlns:x14ac="urn:x" ')
    path = write_parts(tmp_path / "a.xlsx", parts)
    seen = []
    for lane in (numpy_lane, scanner_lane):
        with reading_in(lane):
            watch = StructureWatch()
            read_workbook(path, fast_from=0, watch=watch)
            (sheet,) = watch.sheets.values()
            seen.append((sheet.complete, sheet.shortened() if sheet.complete else b"", sheet.columns()))
    assert seen[0] == seen[1]
    assert seen[0][0]
    assert any(column.styles for column in seen[0][2].values())


@pytest.mark.parametrize("compiled", [numpy_lane], indirect=True)
def test_it_may_be_off_missing_no_library_or_of_another_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_scanner() is None
    other = tmp_path / "other.so"
    other.write_bytes(b"no library")
    for said in (OFF, str(tmp_path / "missing.so"), str(other)):
        monkeypatch.setenv(SWITCH, said)
        assert find_scanner() is None
    assert len(source_digest()) == 64
    assert library_name("Windows", "AMD64") == "scanner-windows-amd64.dll"
    assert library_name("Linux", "x86_64") == "scanner-linux-x86_64.so"


def test_the_command_says_whether_it_is_used() -> None:
    assert "(compiled scanner)" in CliRunner().invoke(cli, ["--version"]).output
    with reading_in(numpy_lane):
        assert re.fullmatch(r"canbao, version [\d.]+\n", CliRunner().invoke(cli, ["--version"]).output)


def test_a_build_of_another_source_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_scanner()
    changed = tmp_path / "scanner.c"
    changed.write_bytes(SOURCE.read_bytes() + b"\n")
    monkeypatch.setattr("canbao_validators.reading.scanner.SOURCE", changed)
    copy = tmp_path / library_name("Linux", "x86_64")
    copy.write_bytes(Path(scanner_lane()).read_bytes())
    monkeypatch.setenv(SWITCH, str(copy))
    assert find_scanner() is None


PIECES = [
    b"<",
    b">",
    b"</c>",
    b'"',
    b"<v>",
    b"</v>",
    b"&",
    b"\0",
    b"]]>",
    b"\xff",
    b" ",
    b"<c ",
    b"<!--",
    b"7",
    b"/>",
    b"</f>",
]


@settings(max_examples=150)
@given(data=st.data())
def test_it_takes_at_most_what_numpy_takes(data: st.DataObject) -> None:
    """Bytes of rows are changed, cut or doubled; where the scanner takes the result, numpy finds the same cells."""
    rows = bytearray(data.draw(sheet_rows(sorted(CELLS))).encode())
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(rows) - 1))
        rows[place : place + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from(PIECES))
    found = scan(bytes(rows))
    if found is not None and not re.search(rb'<c(?! r=")', rows):  # numpy takes no cells without references
        slab = Slab(b" " * MARGIN + bytes(rows) + b" " * MARGIN, MARGIN, MARGIN + len(rows))
        cells = VectorCells.find(slab, ShapeBook(), 0, frozenset())
        assert cells
        starts, ends = ((array - MARGIN).tolist() for array in (cells.tokens.starts, cells.tokens.ends))
        assert found[:3] == [starts, ends, cells.tokens.columns.tolist()]


def test_without_a_compiler_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(BuildError, match="apt-get install gcc"):
        build(tmp_path)


def test_a_source_that_does_not_compile_leaves_the_build_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build(tmp_path)
    before = built.read_bytes()
    wrong = tmp_path / "scanner.c"
    wrong.write_text("int none = ;")
    monkeypatch.setattr("native.SOURCE", wrong)
    with pytest.raises(BuildError, match="error"):
        build(tmp_path)
    assert built.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {built.name, "scanner.c"}
