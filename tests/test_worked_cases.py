"""The worked cases of cases/*.yaml, through the command line: exact amounts, codes and cells."""

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.yaml_text import parse_yaml
from support.case_books import CASES, complete, import_lists
from support.cli import as_text, check_json, fill, headers, read_sheet, write_units

READ = {path.stem: parse_yaml(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.yaml"))}
BOOKS = {stem: book for stem, book in READ.items() if "policy" in book}  # whole years, with rows to be typed
AGAINST_LISTS = ("V10", "V12", "V13", "V14", "V15", "V16", "V18", "V33", "V34", "V38")
ALL = [pytest.param(book, case, id=f"{stem} {case['name']}") for stem, book in BOOKS.items() for case in book["cases"]]


@pytest.fixture(scope="session")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, Any]], Path]:
    """The generated workbooks of a policy year's units, made once."""
    made: dict[str, Path] = {}

    def generate(book: dict[str, Any]) -> Path:
        key = f"{book['policy']} {book['units']}"
        if key not in made:
            home = tmp_path_factory.mktemp("blank")
            units = write_units(home / "units.csv", [[*row, ""] for row in book["units"]])
            made[key] = home / "blank"
            assert (
                run(["generate", book["policy"], "--units", str(units), "--out", str(made[key]), "--rows", "12"]) == 0
            )
        return made[key]

    return generate


@pytest.fixture
def workbooks(
    book: dict[str, Any], case: dict[str, Any], blanks: Callable[[dict[str, Any]], Path], tmp_path: Path
) -> dict[str, Path]:
    """Generated workbooks of the case's townships, filled as the case says."""
    (tmp_path / "filled").mkdir()
    return fill_case(book, case, blanks(book), tmp_path / "filled")


def fill_case(book: dict[str, Any], case: dict[str, Any], blank: Path, folder: Path, mark: str = "") -> dict[str, Path]:
    """Fill copies of the blank workbooks that a case names; return them by unit."""
    paths = {}
    for name in [key for key in case if (blank / f"{key}.xlsx").exists()]:
        path = folder / f"{mark}{name}.xlsx"
        shutil.copyfile(blank / f"{name}.xlsx", path)
        rows = {book["sheets"][code]: [complete(book, code, row) for row in rows] for code, rows in case[name].items()}
        fill(path, rows)
        paths[name] = path
    return paths


@pytest.fixture(scope="session")
def checked(
    tmp_path_factory: pytest.TempPathFactory, blanks: Callable[[dict[str, Any]], Path]
) -> Callable[[dict[str, Any], dict[str, Any]], list[tuple[str, list[dict[str, Any]]]]]:
    """The findings of a case by unit: all workbooks of a year are checked in one run."""
    made: dict[int, dict[str, list[dict[str, Any]]]] = {}

    def check(book: dict[str, Any], case: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
        cases, folder = book["cases"], tmp_path_factory.mktemp("checked")
        if id(book) not in made:
            files = [
                path
                for number, other in enumerate(cases)
                for path in fill_case(book, other, blanks(book), folder, f"{number:03d}-").values()
            ]
            status, result = check_json(folder, *files)
            made[id(book)] = {entry["file"]: entry["findings"] for entry in result["files"]}
            wrong = any(found["severity"] == "错误" for entry in result["files"] for found in entry["findings"])
            assert status == int(wrong)
        mark = f"{cases.index(case):03d}-"
        return [(name, made[id(book)][f"{mark}{name}.xlsx"]) for name in case if f"{mark}{name}.xlsx" in made[id(book)]]

    return check


@cache
def columns_of(blank: Path, sheet: str) -> dict[str, int]:
    return headers(openpyxl.load_workbook(blank)[sheet])


def locate(book: dict[str, Any], blank: Path, words: str) -> tuple[str, str, str]:
    """(code, sheet, cell) of an expectation such as ``V02 R1 证件号码5``."""
    code, roster, place = words.split(" ")
    sheet = book["sheets"][roster]
    header = place.rstrip("0123456789")
    row = place[len(header) :]
    column = columns_of(blank, sheet).get(header) or columns_of(blank, sheet)[place]
    return code, sheet, f"{openpyxl.utils.get_column_letter(column)}{row}"


@pytest.mark.parametrize(("book", "case"), ALL)
def test_findings(
    book: dict[str, Any],
    case: dict[str, Any],
    blanks: Callable[[dict[str, Any]], Path],
    checked: Callable[[dict[str, Any], dict[str, Any]], list[tuple[str, list[dict[str, Any]]]]],
) -> None:
    for number, (name, findings) in enumerate(checked(book, case)):
        found = [entry for entry in findings if entry["severity"] != "提示"]
        blank = blanks(book) / f"{name}.xlsx"
        told = case["findings"] if number == 0 else case.get("elsewhere", {}).get(name, [])
        expected = [locate(book, blank, words) for words in told]
        assert sorted((entry["code"], entry["sheet"], entry["cell"]) for entry in found) == sorted(expected)
        if "words" in case:
            assert any(case["words"] in entry["message"] for entry in found)


@pytest.mark.parametrize(("book", "case"), [item for item in ALL if item.values[1].get("amounts")])
def test_amounts(book: dict[str, Any], case: dict[str, Any], workbooks: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "computed.xlsx"
    source = next(iter(workbooks.values()))
    before = source.read_bytes()
    assert run(["compute", str(source), "--out", str(out)]) in {0, 1}
    assert source.read_bytes() == before
    for expectation in case["amounts"]:
        code = next(key for key in expectation if key in book["sheets"])
        row = read_sheet(out, book["sheets"][code])[expectation[code] - 5]
        expected = {key: as_text(value) for key, value in expectation.items() if key != code}
        assert {key: as_text(row[key]) for key in expected} == expected
    for code, count in case.get("rows", {}).items():
        assert len(read_sheet(out, book["sheets"][code])) == count


@pytest.mark.parametrize(("book", "case"), [item for item in ALL if item.values[1].get("merge")])
def test_merge(
    book: dict[str, Any],
    case: dict[str, Any],
    blanks: Callable[[dict[str, Any]], Path],
    workbooks: dict[str, Path],
    tmp_path: Path,
) -> None:
    out, report = tmp_path / "county.xlsx", tmp_path / "merge.json"
    folder = next(iter(workbooks.values())).parent
    lists = import_lists(book["policy"], case.get("lists", {}), tmp_path)
    run(["merge", str(folder), "--policy", book["policy"], "--out", str(out), "--json", str(report), *lists])
    result = json.loads(report.read_text(encoding="utf-8"))
    files = {path.name for path in workbooks.values()}
    expected = []
    for words in case["merge"]["findings"]:
        code, file, *rest = words.split(" ")
        if file in files and rest:
            _, *rest = locate(book, blanks(book) / file, f"{code} {' '.join(rest)}")
        expected.append((code, file, *(rest or ["", ""])))
    codes = {code for code, *_ in expected} | set(AGAINST_LISTS if lists else ())
    found = [(entry["code"], entry["file"], entry["sheet"], entry["cell"]) for entry in result["findings"]]
    assert sorted(entry for entry in found if entry[0] in codes) == sorted(expected)
    county = {key: result["county"][key] for key in case["merge"]["county"]}
    assert county == case["merge"]["county"]
    totals = {total["unit"]: total for total in result["townships"]}
    for unit, figures in case["merge"].get("townships", {}).items():
        assert {key: totals[unit][key] for key in figures} == figures
