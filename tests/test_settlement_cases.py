"""The settlements of cases/settlement-*.yaml, through the command line: every yuan of the county and its townships."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.yaml_text import parse_yaml
from support.cli import fill, write_units
from test_worked_cases import complete, import_lists

CASES = Path(__file__).parent / "cases"
COUNTIES = Path(__file__).parent / "data"


def with_policy(book: dict[str, Any]) -> dict[str, Any]:
    """A book of cases: a county of tests/data is settled by its file."""
    own = COUNTIES / f"{book['settled']}.yaml"
    return {**book, "settled": str(own)} if own.exists() else book


BOOKS = {
    path.stem: with_policy(book)
    for path in sorted(CASES.glob("settlement-*.yaml"))
    if "settled" in (book := parse_yaml(path.read_text(encoding="utf-8")))
}
MONEY = (
    "premium", "gov_direct", "self_due", "self_paid", "accepted", "unproven", "returnable", "rebate_due", "payable",
    "withheld",
)  # fmt: skip
ALL = [pytest.param(stem, case, id=f"{stem} {case['name']}") for stem, book in BOOKS.items() for case in book["cases"]]


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The generated workbooks of a book, made once."""

    @cache
    def generate(stem: str) -> Path:
        book, home = BOOKS[stem], tmp_path_factory.mktemp("issued")
        units = write_units(home / "units.csv", [[*row, ""] for row in book["units"]])
        words = ["generate", book["settled"], "--units", str(units), "--out", str(home / "blank"), "--rows", "12"]
        assert run(words) == 0
        return home / "blank"

    return generate


def full_row(book: dict[str, Any], code: str, row: dict[str, Any]) -> dict[str, Any]:
    """A case's row with the person, the payment and the account that it names; what the row itself says wins."""
    own = {key: value for key, value in row.items() if key not in {"谁", "缴", "卡"}}
    parts = [book.get("people", {}).get(row.get("谁"), {}), book.get("pays", {}).get(row.get("缴"), {})]
    parts += [book["card"]] if row.get("卡") else []
    merged = {key: value for part in parts for key, value in part.items()} | own
    if code == "R3":
        merged = {key: value for key, value in merged.items() if key not in {"人员群体", "参保类型"}}
    return complete(book, code, merged) if code in {"R1", "R2", "R3"} or "defaults" in book else merged


def fill_units(book: dict[str, Any], case: dict[str, Any], blank: Path, folder: Path) -> Path:
    """Filled workbooks of the units that a case names."""
    folder.mkdir()
    for name in [key for key in case if (blank / f"{key}.xlsx").exists()]:
        path = folder / f"{name}.xlsx"
        path.write_bytes((blank / f"{name}.xlsx").read_bytes())
        fill(
            path,
            {book["sheets"][code]: [full_row(book, code, row) for row in rows] for code, rows in case[name].items()},
        )
    return folder


def write_decisions(book: dict[str, Any], case: dict[str, Any], path: Path) -> list[str]:
    """An earlier county workbook in which the county has decided; the option that names it."""
    if "rulings" not in case and "approvals" not in case:
        return []
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "资助决定"
    sheet.append(["证件号码", "乡镇(街道)", "花名册", "县里决定", "县里理由"])
    for key, unit, code, verdict in case.get("rulings", []):
        sheet.append([key, unit, book["sheets"][code], verdict, "核实"])
    other = workbook.create_sheet("参保资助花名册")
    other.append(["证件号码", "资助类别", "县里核定"])
    for row in case.get("approvals", []):
        other.append(row)
    workbook.save(path)
    return ["--decisions", str(path)]


def merge_case(book: dict[str, Any], case: dict[str, Any], blank: Path, home: Path) -> dict[str, Any]:
    """The JSON of a case's merge."""
    folder = fill_units(book, case, blank, home / "filled")
    report = home / "merge.json"
    words = [
        "merge",
        str(folder),
        "--policy",
        book["settled"],
        "--out",
        str(home / "county.xlsx"),
        "--json",
        str(report),
    ]
    words += import_lists(book["settled"], case.get("lists", {}), home)
    words += write_decisions(book, case, home / "decisions.xlsx")
    assert run(words) in {0, 1}
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return result


@pytest.mark.parametrize(("stem", "case"), ALL)
def test_settlement(stem: str, case: dict[str, Any], issued: Callable[[str], Path], tmp_path: Path) -> None:
    result = merge_case(BOOKS[stem], case, issued(stem), tmp_path)
    county = result["county"]
    assert {name: county[name] for name in case["county"]} == case["county"]
    totals = {total["unit"]: total for total in result["townships"]}
    for unit, figures in case.get("townships", {}).items():
        assert {name: totals[unit][name] for name in figures} == figures, unit
    codes = {found["code"] for found in result["findings"]}
    assert set(case.get("says", [])) <= codes
    assert not set(case.get("silent", [])) & codes
    for total in (county, *totals.values()):
        check_identities(total)


def check_identities(total: dict[str, Any]) -> None:
    """What holds in every unit (settlement.md 1)."""
    fen = {name: round(float(total[name]) * 100) for name in MONEY if total[name] is not None}
    assert fen["self_paid"] == fen["accepted"] + fen["unproven"] + fen["returnable"]
    if not {"premium", "gov_direct", "self_due", "rebate_due"} & set(total["unknown"]):
        assert fen["premium"] == fen["gov_direct"] + fen["self_due"]
        assert fen["payable"] + fen["withheld"] == fen["gov_direct"] + fen["rebate_due"]
