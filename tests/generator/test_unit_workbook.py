"""A township's workbook: what Excel would say of it, what LibreOffice computes in it, what a clerk can do with it."""

import re
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import polars as pl
import pytest

from canbao_generator.master import Master, build_master, sheet_names
from canbao_generator.rows import BLOCK_ROWS
from canbao_generator.unit_workbook import default_capacities, generate_unit, stamp_unit
from canbao_rulebook.check_column import check_texts
from canbao_rulebook.evaluate import compute_columns, flag_rules
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.kinds import CellKind, Filler
from canbao_rulebook.meta import hash_headers
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from support.frames import raw_frame
from support.libreoffice import recalculate_values, type_into
from support.ooxml import lint, validate
from support.parity import same

from .conftest import CODE, PASSWORD, UNIT, person

R1 = "应保及应资对象"
BARE = Unit("没有村名的镇")


@pytest.mark.parametrize("unit", [UNIT, BARE], ids=["villages", "bare"])
def test_excel_finds_nothing_to_repair(master: Master, unit: Unit, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    stamp_unit(master, unit, dict.fromkeys(master.book.rosters, 2 * BLOCK_ROWS + 7), path)
    assert validate(path) == []
    assert lint(path) == []


def test_a_filled_workbook_is_valid(filled: Path) -> None:
    assert validate(filled) == []
    assert lint(filled) == []


def test_same_input_same_bytes(book: Rulebook, tmp_path: Path) -> None:
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    for path in (first, second):
        generate_unit(book, UNIT, path, rows=300, password=PASSWORD)
    assert first.read_bytes() == second.read_bytes()


def test_sheets_and_meta(empty: Path, book: Rulebook) -> None:
    workbook = openpyxl.load_workbook(empty)
    assert workbook.sheetnames == sheet_names(book)
    assert [sheet.title for sheet in workbook if sheet.sheet_state != "visible"] == ["代码表", "_meta"]
    rows = [[cell for cell in row if cell] for row in workbook["_meta"].iter_rows(values_only=True)]
    assert ["policy_id", "huining-2021"] in rows
    assert ["unit", "郭城驿镇"] in rows
    headers = [cell.value for cell in workbook[R1][HEADER_ROW]]
    assert ["roster", "R1", book.edition("R1"), R1, "5", "34", hash_headers(headers)] in rows
    assert workbook["封面"]["C15"].value in {None, ""}


def test_empty_rows_carry_formulas_and_nothing_else(empty: Path, book: Rulebook) -> None:
    sheet = openpyxl.load_workbook(empty)[R1]
    assert sheet.max_row == FIRST_ROW + 29
    headers = {column.header: column for column in book.rosters["R1"].columns}
    for cell in sheet[FIRST_ROW + 3]:
        column = headers.get(sheet.cell(HEADER_ROW, cell.column).value)
        if column is not None and column.filler in {Filler.CLERK, Filler.COUNTY}:
            assert cell.value is None


def test_every_block_boundary(master: Master, tmp_path: Path) -> None:
    for rows in (1, BLOCK_ROWS - FIRST_ROW, BLOCK_ROWS - FIRST_ROW + 1, BLOCK_ROWS, 2 * BLOCK_ROWS):
        path = tmp_path / f"{rows}.xlsx"
        stamp_unit(master, UNIT, dict.fromkeys(master.book.rosters, rows), path)
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
            sheet = ET.fromstring(package.read("xl/worksheets/sheet3.xml"))
        numbers = [int(row.attrib["r"]) for row in sheet.iterfind(".//{*}row")]
        assert numbers == list(range(1, FIRST_ROW + rows))


@pytest.mark.parametrize(
    "people", [1, *range(BLOCK_ROWS - FIRST_ROW - 2, BLOCK_ROWS - FIRST_ROW + 2), 2 * BLOCK_ROWS - FIRST_ROW - 1]
)
def test_empty_rows_behind_any_number_of_people(
    master: Master, names: dict[str, NamedValue], tmp_path: Path, people: int
) -> None:
    """A block of empty rows repeats the one above it, if that is an empty row."""
    roster, path = master.book.rosters["R1"], tmp_path / "表.xlsx"
    overwritten = person(1, 性别="女")  # so that the first empty row holds the formula of this column
    frame = compute_columns(roster, raw_frame(roster, [overwritten] * people), names)
    stamp_unit(
        master, UNIT, {**dict.fromkeys(master.book.rosters, 1), "R1": people + 2 * BLOCK_ROWS}, path, {"R1": frame}
    )
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None  # the checksum is of what the rows were before they were compressed
        sheet = package.read("xl/worksheets/sheet3.xml").decode()
    rows = dict(re.findall(r'<row r="([0-9]+)">(.*?)</row>', sheet))
    assert list(map(int, rows)) == list(range(FIRST_ROW, FIRST_ROW + people + 2 * BLOCK_ROWS))
    empty = [(row, cells) for row, cells in rows.items() if int(row) > FIRST_ROW + people]
    assert len({re.sub(rf'(?<=[A-Z]){row}(?=")', "", cells) for row, cells in empty}) == 1


def test_an_overwritten_first_row_keeps_the_formulas(
    book: Rulebook, master: Master, names: dict[str, NamedValue], tmp_path: Path
) -> None:
    roster = book.rosters["R1"]
    people = [person(1, 性别="女"), person(2, 性别="女", 出生日期=date(1990, 1, 1)), person(3)]
    for count, rows in ((3, 3), (2, 2), (2, 9)):
        frame = compute_columns(roster, raw_frame(roster, people[:count]), names)
        path = tmp_path / f"{count}-{rows}.xlsx"
        stamp_unit(master, UNIT, dict.fromkeys(book.rosters, rows), path, {"R1": frame})
        assert lint(path) == []
    cell = openpyxl.load_workbook(tmp_path / "3-3.xlsx")[R1][f"{roster.letters['性别']}7"]
    assert f"${roster.letters['※证号']}5" not in cell.value
    table = recalculate_values(tmp_path / "3-3.xlsx")[R1]
    assert [row[list(roster.letters).index("性别")] for row in table[4:7]] == ["女", "女", "男"]


KINDS = {
    TOWNSHIP: UNIT,
    SCHOOL: Unit("青禾中学", body=SCHOOL, insurer="青禾保险"),
    AGENCY: Unit("县民政局", ("郭城驿镇", "河畔镇"), body=AGENCY),
}


@pytest.mark.parametrize("policy", list_policies())
@pytest.mark.parametrize("kind", KINDS)
def test_every_policy_year_makes_workbooks_for_those_who_fill_rosters(policy: str, kind: str, tmp_path: Path) -> None:
    book = load_rulebook(load_policy(policy)).of_kind(kind)
    path = tmp_path / "表.xlsx"
    if book.rosters:
        generate_unit(book, KINDS[kind], path, rows=5)
        assert validate(path) == []
        assert lint(path) == []


def test_only_departments_know_confidential_categories() -> None:
    book = load_rulebook(load_policy("shangcai-2020"))
    known = {kind: [category.name for category in book.of_kind(kind).categories] for kind in KINDS}
    assert "艾滋病患者" in known[AGENCY]
    assert "艾滋病患者" not in known[TOWNSHIP]
    assert "艾滋病患者" not in str(book.of_kind(TOWNSHIP).names)


def test_capacity_follows_the_goal(book: Rulebook) -> None:
    goal = Unit("镇", target=10_000)
    roomy = {"R1": 10_500, "R2": 1_050, "R3": 1_575, "R4": 6_300, "R7": 525, "R17": 210}
    assert default_capacities(book, goal) == roomy
    assert default_capacities(book, BARE) == roomy | {
        "R1": 2_000,
        "R2": 200,
        "R3": 300,
        "R4": 1_200,
        "R7": 200,
        "R17": 200,
    }
    assert set(default_capacities(book, goal, 77).values()) == {77}


def test_libreoffice_computes_what_python_computes(
    filled: Path, master: Master, frames: dict[str, pl.DataFrame], names: dict[str, NamedValue]
) -> None:
    layout = master.layouts[0]
    frame = frames["R1"]
    table = recalculate_values(filled)
    expected = check_texts(layout.roster, flag_rules(layout.roster, frame, names, in_sheet=True))
    for index, entry in enumerate(layout.columns):
        column = entry.column
        found = [row[index] for row in table[R1][FIRST_ROW - 1 : FIRST_ROW - 1 + len(frame)]]
        if column.field in expected.columns:
            assert [text or "" for text in found] == expected[column.field].to_list()
        elif f"{column.field}.computed" in frame.columns:
            overwritten = frame[f"{column.field}.kind"] != int(CellKind.BLANK)
            values = zip(found, frame[f"{column.field}.computed"].to_list(), overwritten.to_list(), strict=True)
            assert [pair for *pair, typed in values if not typed and not same(*pair)] == [], column.header
    empty_row = [value for value in table[R1][FIRST_ROW - 1 + len(frame)] if value not in {None, "", False}]
    assert empty_row == []
    total = dict(zip(table["汇总"][3], table["汇总"][4], strict=True))
    enrolled = frame["enrolled.computed"].sum()
    # who is in the army does not enrol
    assert (total["应保人数"], total["已参保"], total["应返资助"]) == (14, enrolled, 200)
    villages = [row[3] for row in table["汇总"][4:8]]
    assert villages == [14, 13, 0, 1]


def test_cached_values_are_what_libreoffice_computes(filled: Path) -> None:
    cached = openpyxl.load_workbook(filled, data_only=True)[R1]
    fresh = recalculate_values(filled)[R1]
    for row in range(FIRST_ROW, FIRST_ROW + 15):
        for column, value in enumerate(fresh[row - 1], start=1):
            assert (cached.cell(row, column).value or None) == (value or None)


def test_inputs_are_written_as_found(filled: Path) -> None:
    sheet = openpyxl.load_workbook(filled)[R1]
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}

    def cell(person: int, header: str) -> tuple[object, str]:
        found = sheet.cell(FIRST_ROW + person, columns[header])
        return found.value, found.data_type

    assert cell(3, "证件号码")[1] == "n"
    assert cell(7, "备注") == ("=1+1", "s")
    assert cell(7, "家庭住址")[0] == "<新堡子>&“1”号"
    assert cell(9, "民族") == (True, "b")
    assert cell(9, "备注") == ("#N/A", "e")
    assert cell(14, "性别") == ("女", "s")
    assert openpyxl.load_workbook(filled)["封面"]["C15"].value == CODE


def test_clerks_type_into_white_cells_only(empty: Path, master: Master) -> None:
    letters = master.layouts[0].letters
    white = ["village", "name", "cert_no", "sex", "pay_date", "remark"]
    grey = ["seq", "township", "age", "premium", "check", "owner_match"]
    entries = [(R1, f"{letters[field]}9", "试录入") for field in (*white, *grey)]
    entries += [("封面", "C16", "张三"), ("封面", "C8", "9"), ("政策参数", "B5", "9"), ("汇总", "B5", "9")]
    assert type_into(empty, entries) == [True] * len(white) + [False] * len(grey) + [True, False, False, False]


def test_identifiers_are_text_and_protection_is_hashed(empty: Path, master: Master) -> None:
    with zipfile.ZipFile(empty) as package:
        sheet = package.read("xl/worksheets/sheet3.xml").decode()
        styles = ET.fromstring(package.read("xl/styles.xml"))
        workbook = package.read("xl/workbook.xml").decode()
    formats = [xf.attrib for xf in styles.find("{*}cellXfs") or []]
    letter = master.layouts[0].letters["cert_no"]
    column = next(
        col.attrib
        for col in ET.fromstring(sheet).iterfind(".//{*}col")
        if openpyxl.utils.get_column_letter(int(col.attrib["min"])) == letter
    )
    assert formats[int(column["style"])]["numFmtId"] == "49"  # @
    assert 'algorithmName="SHA-512"' in sheet
    assert 'spinCount="100000"' in sheet
    assert 'lockStructure="1"' in workbook
    assert 'fullCalcOnLoad="1"' in workbook


def test_without_a_password_sheets_are_protected_all_the_same(book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    stamp_unit(build_master(book), UNIT, dict.fromkeys(book.rosters, 5), path)
    for sheet in openpyxl.load_workbook(path):
        assert sheet.protection.sheet
        assert sheet.protection.hashValue is None
