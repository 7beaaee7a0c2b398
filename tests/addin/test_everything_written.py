"""Everything that a year of a county writes, of all four policies: sound files that Excel opens without a word."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from canbao_addin.cli import demo
from canbao_addin.cli.main import run
from canbao_rulebook.meta import META_SHEET
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import load_rulebook
from canbao_templates import read_text
from support import counties as c
from support.cli import write_units
from support.manners import calculates_on_opening, lint_manners
from support.ooxml import lint
from support.times import most_different

BLANK, FILLED, COMPUTED = "blank", "filled", "computed"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
GOOD, BAD = "杨屯", "东洪"
HN, SC, PT, DX = "huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"
REGISTERED, ARRIVED = {"登记日期": date(2021, 11, 10)}, c.arrived(date(2021, 11, 20))
CLEAN: dict[str, dict[str, list[c.Row]]] = {
    HN: {c.R1: [c.resident(serial, **c.paid(date(2020, 10, 3))) for serial in range(1, 4)]},
    SC: {
        c.R6: [c.collected(serial, "一村", date(2019, 9, 20), 入库结果="已入库") for serial in range(1, 4)],
        c.R7: [c.deposit("一村", date(2019, 9, 21), 3) | {"解缴批次": "D1", "银行附言": f"{GOOD} 一村 靳保国"}],
    },
    PT: {c.R10: [c.on_the_roll(PT, serial, "一村", **REGISTERED, **ARRIVED) for serial in range(1, 4)]},
    DX: {c.R10: [c.on_the_roll(DX, serial, "一村", 参保类型="续保", **ARRIVED) for serial in range(1, 4)]},
}


@pytest.fixture(scope="module", params=most_different(list_policies()))
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is written from a unit without a fault and one with one: templates, computed and submitted workbooks.

    And papers, the county's results, return lists, reports, reconciliations, an export.
    """
    policy = str(request.param)
    folder, named = tmp_path_factory.mktemp("written") / policy, ["--policy", policy]
    folder.mkdir()
    sheets = CLEAN[policy]
    wrong = {sheet: [row | {"姓名": ""} if "姓名" in row else row for row in rows] for sheet, rows in sheets.items()}
    units = write_units(folder / "units.csv", [[GOOD, "一村", "一组", ""], [BAD, "一村", "一组", ""]])
    assert run(["generate", policy, "--units", str(units), "--out", str(folder / BLANK), "--rows", "5"]) == 0
    columns = {roster.sheet: demo._columns(roster) for roster in load_rulebook(load_policy(policy)).rosters.values()}
    (folder / FILLED).mkdir()
    for unit, filled in {GOOD: sheets, BAD: wrong}.items():
        jobs = {sheet: (columns[sheet], rows) for sheet, rows in filled.items()}
        demo._fill((folder / BLANK / f"{unit}.xlsx", folder / FILLED / f"{unit}.xlsx", jobs))
    handed_in, results = str(folder / FILLED), folder / "results"
    for unit in (GOOD, BAD):
        run(["compute", f"{handed_in}/{unit}.xlsx", "--out", str(folder / COMPUTED / f"{unit}.xlsx")])
    assert run(["submit", f"{handed_in}/{GOOD}.xlsx", "--out", str(folder / "上报" / f"{GOOD}.xlsx")]) == 0
    run(["merge", handed_in, *named, "--out", str(results / "county.xlsx"), "--returns", str(results / "returns")])
    run(["report", handed_in, *named, "--out", str(results / "reports"), "--as-of", "2021-06-30"])
    run(["reconcile", handed_in, *named, "--out", str(results / "accounts.xlsx")])
    run(["export", str(folder / "上报"), *named, "--format", "national", "--out", str(folder / "national.csv")])
    return folder


def test_excel_opens_them_without_a_word(written: Path) -> None:
    filled = set((written / FILLED).iterdir())  # saved by another program, that typed into them
    files = sorted(set(written.rglob("*.xlsx")) - filled)
    assert len(files) > 12
    assert {path.relative_to(written).as_posix(): [*lint(path), *lint_manners(path)] for path in files} == {
        path.relative_to(written).as_posix(): [] for path in files
    }


def test_only_workbooks_of_units_calculate(written: Path) -> None:
    for path in written.rglob("*.xlsx"):
        assert calculates_on_opening(path) == _is_ours(path), path.name


def test_a_filled_cell_looks_like_its_column(written: Path) -> None:
    """Else Excel locks it, and a number that is typed over another loses its zeros."""
    looked = 0
    for path in [*(written / FILLED).iterdir(), *(written / COMPUTED).iterdir()]:
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
    assert looked > 300


def test_an_export_is_written_where_the_notice_says_what_its_columns_ask_for(written: Path) -> None:
    path, (mapping,) = written / "national.csv", load_policy(written.name).export
    assert path.exists() == (written.name == HN)
    if path.exists():
        _check_csv(path, [column.header for column in mapping.columns])


@pytest.mark.parametrize(("policy", "year"), [(SC, 2020), (PT, 2022), (DX, 2022)])
def test_an_export_of_a_county_that_has_decided_what_its_notice_leaves_open(
    tmp_path: Path, policy: str, year: int
) -> None:
    """The county writes the days of the benefit into its own file; the templates, too, are made from that."""
    text = read_text(f"policies/{policy}.yaml")
    open_ = '{start: null, end: null, ref: "unknown"}'
    decided = f"{{start: {year}-01-01, end: {year}-12-31, ref: 默认：由县里确定}}"
    gap = "  - {path: benefit.default, reason: 未载待遇享受期, needed_for: 待遇起止}\n"
    assert (text.count(open_), text.count(gap)) == (1, 1)
    own = tmp_path / f"{policy}.yaml"
    own.write_text(text.replace(open_, decided).replace(gap, ""), encoding="utf-8")
    source = c.issue(tmp_path, str(own), [[GOOD, "一村", "一组", ""]], {GOOD: CLEAN[policy]})
    target, (mapping,) = tmp_path / "national.csv", load_policy(policy).export
    words = ["--policy", str(own), "--format", "national", "--out", str(target)]
    assert run(["export", str(source), *words]) == 0
    rows = _check_csv(target, [column.header for column in mapping.columns])
    assert {(row["begndate"], row["enddate"]) for row in rows} == {(f"{year}-01-01", f"{year}-12-31")}


def _check_csv(path: Path, wanted: list[str]) -> list[dict[str, str]]:
    """One encoding, one line end, as many cells in each line as headers, nothing that a spreadsheet would compute."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert "\ufeff" not in text
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    headers, *rows = csv.reader(text.splitlines())
    assert headers == wanted
    assert len(rows) == 3
    assert {len(row) for row in rows} == {len(headers)}
    assert [cell for row in rows for cell in row if cell[:1] in set("=+-@\t")] == []
    return [dict(zip(headers, row, strict=True)) for row in rows]


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
