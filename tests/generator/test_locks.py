"""Locks and refusals as absolute values: what Excel is told to forbid, not what the generator says of itself."""

import base64
import hashlib
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_generator.master import Master, build_master
from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from canbao_rulebook.yaml_text import parse_yaml

from .conftest import PASSWORD, UNIT

EXPECTED = parse_yaml((Path(__file__).parents[1] / "data" / "validations.yaml").read_text(encoding="utf-8"))
# What a protected sheet forbids ("1") and allows ("0"). Who may change heights may show hidden rows.
FORBIDDEN = {
    "sheet": "1", "objects": "0", "scenarios": "0", "selectLockedCells": "0", "selectUnlockedCells": "0",
    "formatCells": "1", "formatColumns": "1", "formatRows": "1", "sort": "0", "autoFilter": "0",
    "insertColumns": "1", "insertRows": "1", "insertHyperlinks": "1", "deleteColumns": "1", "deleteRows": "1",
    "pivotTables": "1",
}  # fmt: skip
IN_A_ROSTER = FORBIDDEN | {"formatColumns": "0"}  # a stage is folded by hiding its columns
HASHED = {"algorithmName", "saltValue", "hashValue", "spinCount"}
ROWS = 7
_CELL = re.compile(rf"\$([A-Z]+){FIRST_ROW}\b")


def excel_hash(password: str, salt: str, spins: int) -> str:
    """Excel's own way, written from ECMA-376 part 1, 18.2.29: SHA-512, the turn's number after the hash."""
    state = hashlib.sha512()
    state.update(base64.b64decode(salt))
    state.update(b"".join(struct.pack("<H", ord(character)) for character in password))
    for turn in range(spins):
        state = hashlib.sha512(state.digest() + struct.pack("<I", turn))
    return base64.b64encode(state.digest()).decode("ascii")


def attributes(part: bytes, tag: str) -> dict[str, str]:
    found = re.search(rf"<{tag}([^>]*)>", part.decode("utf-8"))
    assert found, tag
    return dict(re.findall(r'(\w+)="([^"]*)"', found[1]))


def sheet_parts(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as package:
        return [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]


@pytest.fixture(scope="module")
def locked(master: Master, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("locked") / "郭城驿镇.xlsx"
    stamp_unit(master, UNIT, dict.fromkeys(master.book.rosters, ROWS), path)
    return path


def test_the_password_opens_every_lock_and_no_other_does(locked: Path) -> None:
    with zipfile.ZipFile(locked) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        locks = [attributes(package.read(name), "sheetProtection") for name in sheets]
        book = attributes(package.read("xl/workbook.xml"), "workbookProtection")
    assert len(sheets) == 13
    assert book["lockStructure"] == "1"
    locks.append(
        {key.removeprefix("workbook")[:1].lower() + key.removeprefix("workbook")[1:]: book[key] for key in book}
    )
    assert {(lock["algorithmName"], lock["spinCount"], len(base64.b64decode(lock["saltValue"]))) for lock in locks} == {
        ("SHA-512", "100000", 16)
    }
    assert len({(lock["saltValue"], lock["hashValue"]) for lock in locks}) == 1
    assert excel_hash(PASSWORD, locks[0]["saltValue"], 100_000) == locks[0]["hashValue"]


def test_each_sheet_forbids_and_allows_what_it_has_to(locked: Path) -> None:
    rosters = 0
    for part in sheet_parts(locked):
        found = attributes(part, "sheetProtection")
        rosters += (is_roster := "※".encode() in part)
        expected = IN_A_ROSTER if is_roster else FORBIDDEN
        assert {key: value for key, value in found.items() if key not in HASHED} == expected
    assert rosters == 6


def test_without_a_password_the_same_is_forbidden(book: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    stamp_unit(build_master(book), UNIT, dict.fromkeys(book.rosters, 5), path)
    for part in sheet_parts(path):
        assert attributes(part, "sheetProtection") == (IN_A_ROSTER if "※".encode() in part else FORBIDDEN)
    with zipfile.ZipFile(path) as package:
        assert attributes(package.read("xl/workbook.xml"), "workbookProtection") == {"lockStructure": "1"}


def test_another_policy_year_has_another_salt(master: Master) -> None:
    other = build_master(load_rulebook(load_policy("putuo-2022")), PASSWORD).lock
    assert other.salt != master.lock.salt
    assert other.digest != master.lock.digest


UNITS = {
    TOWNSHIP: UNIT,
    SCHOOL: Unit("青禾中学", body=SCHOOL, insurer="青禾保险"),
    AGENCY: Unit("县民政局", ("郭城驿镇", "河畔镇"), body=AGENCY),
}


def kind_of(code: str) -> str:
    return {"R8": AGENCY, "R15": AGENCY, "R11": SCHOOL}.get(code, TOWNSHIP)


@pytest.mark.parametrize(("policy", "kind"), sorted({(p, kind_of(c)) for p, codes in EXPECTED.items() for c in codes}))
def test_what_a_cell_refuses(policy: str, kind: str, tmp_path: Path) -> None:
    own = load_rulebook(load_policy(policy)).of_kind(kind)
    path = tmp_path / "表.xlsx"
    stamp_unit(build_master(own), UNITS[kind], dict.fromkeys(own.rosters, ROWS), path)
    workbook = openpyxl.load_workbook(path)
    for code, expected in EXPECTED[policy].items():
        if code in own.rosters:
            sheet = workbook[own.rosters[code].sheet]
            assert described(sheet) == {header: said for said, headers in expected.items() for header in headers}, code


def described(sheet: Any) -> dict[str, str]:
    """What each validation of a sheet refuses, by the header of its column; each reaches over all rows."""
    found = {}
    for one in sheet.data_validations.dataValidation:
        (area,) = one.sqref.ranges
        header = sheet.cell(HEADER_ROW, area.min_col).value
        assert (area.min_col, area.min_row, area.max_row) == (area.max_col, FIRST_ROW, FIRST_ROW + ROWS - 1), header
        assert (one.allow_blank, one.showInputMessage, one.showDropDown) == (True, True, False), header
        assert one.showErrorMessage is (one.type is not None), header
        assert one.promptTitle == header[:32]
        assert (one.type is None) is (one.error is None), header
        compares = one.operator or "between" if one.type not in {"list", "custom", None} else ""
        style = (one.errorStyle or "stop") if one.type else ""
        said = (style, one.type or "none", compares, one.formula1 or "", one.formula2 or "")
        found[header] = _CELL.sub(
            lambda cell: f"[{sheet[f'{cell[1]}{HEADER_ROW}'].value}]", " ".join(word for word in said if word)
        )
    return found


def test_hidden_lists_are_as_long_as_the_unit_has_villages_and_groups(locked: Path) -> None:
    names = openpyxl.load_workbook(locked).defined_names
    ends = {name: re.findall(r"\$(\d+)", names[name].attr_text) for name in ("村名单", "村组名单")}
    assert ends == {"村名单": ["2", "3"], "村组名单": ["2", "3"]}
