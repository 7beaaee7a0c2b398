"""The worked cases of cases/*.yaml, through the command line: exact amounts, codes and cells."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from canbao_addin.cli.main import run
from support.cli import as_text, check_json, fill, headers, read_sheet, write_units

CASES = Path(__file__).parent / "cases"
READ = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.yaml"))}
BOOKS = {stem: book for stem, book in READ.items() if "policy" in book}  # whole years, with rows to be typed
AGAINST_LISTS = ("V12", "V13", "V14", "V15", "V16", "V33", "V34", "V38")
ALL = [pytest.param(book, case, id=f"{stem} {case['name']}") for stem, book in BOOKS.items() for case in book["cases"]]


def complete(book: dict[str, Any], roster: str, row: dict[str, Any]) -> dict[str, Any]:
    """A case's row with what every row holds; who names no head of the household is the head."""
    if "defaults" in book:
        return {**book["defaults"].get(roster, {}), **row}
    if roster == "R4":
        common = {key: book["person"][key] for key in ("村(社区)", "组", "证件类型")}
        return {**common, **row}
    full = {**book["exempt" if roster == "R3" else "person"], **row}
    if roster == "R2":
        full.pop("家庭住址", None)
        return full
    full.setdefault("户主姓名", full["姓名"])
    full.setdefault("户主证件号码", full["证件号码"])
    full.setdefault("与户主关系", "户主")
    return full


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
    folder = tmp_path / "filled"
    folder.mkdir()
    blank = blanks(book)
    paths = {}
    for name in [key for key in case if (blank / f"{key}.xlsx").exists()]:
        path = folder / f"{name}.xlsx"
        shutil.copyfile(blank / path.name, path)
        rows = {book["sheets"][code]: [complete(book, code, row) for row in rows] for code, rows in case[name].items()}
        fill(path, rows)
        paths[name] = path
    return paths


def locate(book: dict[str, Any], path: Path, words: str) -> tuple[str, str, str]:
    """(code, sheet, cell) of an expectation such as ``V02 R1 证件号码5``."""
    code, roster, place = words.split(" ")
    sheet = openpyxl.load_workbook(path, read_only=False)[book["sheets"][roster]]
    header = place.rstrip("0123456789")
    row = place[len(header) :]
    column = headers(sheet).get(header) or headers(sheet)[place]
    return code, sheet.title, f"{openpyxl.utils.get_column_letter(column)}{row}"


@pytest.mark.parametrize(("book", "case"), ALL)
def test_findings(book: dict[str, Any], case: dict[str, Any], workbooks: dict[str, Path], tmp_path: Path) -> None:
    for number, path in enumerate(workbooks.values()):
        status, result = check_json(tmp_path, path)
        found = [entry for entry in result["files"][0]["findings"] if entry["severity"] != "提示"]
        expected = [locate(book, path, words) for words in case["findings"]] if number == 0 else []
        assert sorted((entry["code"], entry["sheet"], entry["cell"]) for entry in found) == sorted(expected)
        assert status == int(any(entry["severity"] == "错误" for entry in found))
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


def import_lists(policy: str, lists: dict[str, list[list[str]]], tmp_path: Path) -> list[str]:
    """Import what the case says that others sent; return the options of the merge."""
    for name, rows in lists.items():
        kind, *agency = name.split(" ")
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([["某县名单"], [], *rows])
        options = ["--agency", agency[0]] if agency else []
        folder = ["--out", str(tmp_path / "lists")]
        assert run(["import", str(path), "--policy", policy, "--kind", kind, *options, *folder]) == 0
    return ["--lists", str(tmp_path / "lists")] if lists else []


@pytest.mark.parametrize(("book", "case"), [item for item in ALL if item.values[1].get("merge")])
def test_merge(book: dict[str, Any], case: dict[str, Any], workbooks: dict[str, Path], tmp_path: Path) -> None:
    out, report = tmp_path / "county.xlsx", tmp_path / "merge.json"
    folder = next(iter(workbooks.values())).parent
    lists = import_lists(book["policy"], case.get("lists", {}), tmp_path)
    run(["merge", str(folder), "--policy", book["policy"], "--out", str(out), "--json", str(report), *lists])
    result = json.loads(report.read_text(encoding="utf-8"))
    paths = {path.name: path for path in workbooks.values()}
    expected = []
    for words in case["merge"]["findings"]:
        code, file, *rest = words.split(" ")
        if file in paths and rest:
            _, *rest = locate(book, paths[file], f"{code} {' '.join(rest)}")
        expected.append((code, file, *(rest or ["", ""])))
    codes = {code for code, *_ in expected} | set(AGAINST_LISTS if lists else ())
    found = [(entry["code"], entry["file"], entry["sheet"], entry["cell"]) for entry in result["findings"]]
    assert sorted(entry for entry in found if entry[0] in codes) == sorted(expected)
    county = {key: result["county"][key] for key in case["merge"]["county"]}
    assert county == case["merge"]["county"]
    totals = {total["unit"]: total for total in result["townships"]}
    for unit, figures in case["merge"].get("townships", {}).items():
        assert {key: totals[unit][key] for key in figures} == figures
