"""Everything that a year of a county writes, of all four policies: sound files that Excel opens without a word."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.meta import META_SHEET
from canbao_rulebook.policy.load import list_policies
from canbao_rulebook.roster import FIRST_ROW
from support.manners import calculates_on_opening, lint_manners
from support.ooxml import lint

pytestmark = pytest.mark.soak  # a whole year of four counties
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module", params=list_policies())
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates, filled and computed workbooks, the county's results, return lists, reports, reconciliations."""
    policy = str(request.param)
    folder, named = tmp_path_factory.mktemp(policy), ["--policy", policy]
    run(["demo", *named, "--people", "80", "--townships", "2", "--out", str(folder)])
    handed_in = next(folder.glob("2-*"))
    for path in handed_in.iterdir():  # what somebody sent that is none of ours
        if path.suffix != ".xlsx" or not _is_ours(path):
            path.unlink()
    run(["report", str(handed_in), *named, "--out", str(folder / "reports"), "--as-of", "2021-06-30"])
    run(["reconcile", str(handed_in), *named, "--out", str(folder / "accounts.xlsx")])
    return folder


def test_excel_opens_them_without_a_word(written: Path) -> None:
    filled = set(written.glob("2-*/*"))  # the demo types into these as another program would, and that one saves them
    files = sorted(set(written.rglob("*.xlsx")) - filled)
    assert len(files) > 8
    assert {path.relative_to(written).as_posix(): [*lint(path), *lint_manners(path)] for path in files} == {
        path.relative_to(written).as_posix(): [] for path in files
    }


def test_only_workbooks_of_units_calculate(written: Path) -> None:
    for path in written.rglob("*.xlsx"):
        assert calculates_on_opening(path) == _is_ours(path), path.name


def test_a_filled_cell_looks_like_its_column(written: Path) -> None:
    """Else Excel locks it, and a number that is typed over another loses its zeros."""
    looked = 0
    for path in [*written.glob("2-*/*.xlsx"), *written.glob("3-*/*.xlsx")]:
        for part in _rosters(path):
            styles = dict(_columns(part))
            for row in part.iter(f"{_MAIN}row"):
                if int(row.attrib["r"]) < FIRST_ROW:
                    continue
                for cell in row:
                    letters = re.match("[A-Z]+", cell.attrib["r"])
                    assert letters
                    assert cell.get("s") == styles[letters[0]], (path.name, cell.attrib["r"])
                    looked += 1
    assert looked > 1000


def _is_ours(path: Path) -> bool:
    try:
        return META_SHEET in openpyxl.load_workbook(path, read_only=True).sheetnames
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def _rosters(path: Path) -> Iterator[ET.Element]:
    """Yield the sheets of rosters, which show no row behind their room."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                part = package.read(name).decode()
                if "zeroHeight" in part:
                    yield ET.fromstring(part)


def _columns(part: ET.Element) -> Iterator[tuple[str, str]]:
    for column in part.iter(f"{_MAIN}col"):
        for index in range(int(column.attrib["min"]), int(column.attrib["max"]) + 1):
            yield openpyxl.utils.get_column_letter(index), column.attrib["style"]
