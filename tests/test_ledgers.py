"""The worked ledgers of cases/: workbooks filled, lists imported, reconciled through the command line, to the cent."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.yaml_text import parse_yaml
from support.cli import as_text, check_json, fill, write_units
from support.ooxml import lint

CASES = Path(__file__).parent / "cases"
LEDGERS = {
    path.stem: book
    for path in sorted(CASES.glob("*.yaml"))
    if "workbooks" in (book := parse_yaml(path.read_text(encoding="utf-8")))
}
RUNS = [
    pytest.param(stem, case, id=f"{stem} {case['name']}") for stem, book in LEDGERS.items() for case in book["runs"]
]


def write_workbooks(book: dict[str, Any], folder: Path) -> Path:
    """Generated workbooks of a ledger's townships, filled."""
    units = write_units(folder / "units.csv", [[*row, ""] for row in book["units"]])
    target = folder / "filled"
    assert run(["generate", book["policy"], "--units", str(units), "--out", str(target), "--rows", "120"]) == 0
    for path in target.iterdir():
        if path.stem not in book["workbooks"]:
            path.unlink()
    sheets = {code: roster.sheet for code, roster in load_rulebook(load_policy(book["policy"])).rosters.items()}
    for name, rosters in book["workbooks"].items():
        rows = {sheets[code]: [complete(book, code, row) for row in rows] for code, rows in rosters.items()}
        fill(target / f"{name}.xlsx", rows)
    return target


def complete(book: dict[str, Any], code: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row with what all rows of its roster hold; a person who names no head of the household is the head."""
    full = {**book["common"].get(code, {}), **row}
    if "与户主关系" in full:
        full |= {"户主姓名": full["姓名"], "户主证件号码": full["证件号码"]}
    return full


def import_lists(book: dict[str, Any], folder: Path) -> Path:
    """The lists of a ledger, written as CSV and imported."""
    target = folder / "lists"
    target.mkdir()
    for kind, rows in book["lists"].items():
        headers = list(dict.fromkeys(header for row in rows for header in row))
        lines = [headers, *([str(row.get(header, "")) for header in headers] for row in rows)]
        source = folder / f"{kind}.csv"
        source.write_text("\n".join(",".join(line) for line in lines) + "\n", encoding="utf-8")
        words = ["--policy", book["policy"], "--kind", kind, "--out", str(target)]
        assert run(["import", str(source), *words]) == 0
    return target


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    """Workbooks and lists of a ledger, made once."""

    @cache
    def make(stem: str) -> tuple[Path, Path]:
        folder = tmp_path_factory.mktemp("ledger")
        return write_workbooks(LEDGERS[stem], folder), import_lists(LEDGERS[stem], folder)

    return make


def read_table(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet of the result, by header; notes and signatures left out."""
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[name].iter_rows()]
    start = next(index for index, row in enumerate(rows) if sum(value is not None for value in row) > 1)
    header = [str(value) for value in rows[start]]
    data = [row for row in rows[start + 1 :] if any(value is not None for value in row[1:])]
    return [dict(zip(header, row, strict=True)) for row in data]


@pytest.mark.parametrize(("stem", "case"), RUNS)
def test_ledger(stem: str, case: dict[str, Any], folders: Callable[[str], tuple[Path, Path]], tmp_path: Path) -> None:
    book, (folder, every) = LEDGERS[stem], folders(stem)
    lists = tmp_path / "lists"
    lists.mkdir()
    for path in every.iterdir():
        if path.stem not in case.get("without", []):
            (lists / path.name).write_bytes(path.read_bytes())
    out, report = tmp_path / "out.xlsx", tmp_path / "out.json"
    words = ["--policy", book["policy"], "--lists", str(lists), "--out", str(out), "--json", str(report)]
    until = ["--as-of", case["until"]] if "until" in case else []
    before = {path: path.read_bytes() for path in (*folder.iterdir(), *lists.iterdir())}
    assert run(["reconcile", str(folder), *words, *until]) == case["exit"]
    assert {path: path.read_bytes() for path in before} == before
    result = json.loads(report.read_text(encoding="utf-8"))
    assert (result["policy"], result["as_of"]) == (book["policy"], case["as_of"])
    made = {entry["id"]: {**entry, **entry["sums"]} for entry in result["reconciliations"]}
    for code, expected in case["reconciliations"].items():
        assert {name: made[code].get(name) for name in expected} == expected, code
    assert sorted({found["code"] for found in result["findings"]}) == case["findings"]
    assert lint(out) == []
    for name, expected_rows in case.get("sheets", {}).items():
        rows = read_table(out, name)
        assert len(rows) == len(expected_rows), name
        for row, expected in zip(rows, expected_rows, strict=True):
            assert {key: as_text(row[key]) for key in expected} == {k: as_text(v) for k, v in expected.items()}, name


@pytest.mark.parametrize("stem", [stem for stem, book in LEDGERS.items() if "check" in book])
def test_check(stem: str, folders: Callable[[str], tuple[Path, Path]], tmp_path: Path) -> None:
    book, (folder, _) = LEDGERS[stem], folders(stem)
    found: list[str] = []
    for path in sorted(folder.iterdir()):
        _, result = check_json(tmp_path, path)
        found += [
            f"{entry['code']} {entry['sheet']} {entry['header']}{entry['row']}"
            for entry in result["files"][0]["findings"]
            if entry["code"] in {"V28", "V29", "V30", "V31", "V32"} and entry["severity"] != "提示"
        ]
    assert found == book["check"]


def test_reconciling_twice_gives_the_same_bytes(folders: Callable[[str], tuple[Path, Path]], tmp_path: Path) -> None:
    book, (folder, _) = LEDGERS["huining-closing"], folders("huining-closing")
    out = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for path in out:
        assert run(["reconcile", str(folder), "--policy", book["policy"], "--out", str(path)]) == 1
    assert out[0].read_bytes() == out[1].read_bytes()


def test_numbers_that_two_townships_use(tmp_path: Path) -> None:
    """V28 and V32 over a county: the second unit is told where the number stands already."""
    book = LEDGERS["shangcai-clearing"]
    common = {**book, "units": [["邵店", "高庙村", "一组"], ["五龙", "甲村", "一组"]], "workbooks": {}}
    first = {code: rows[:1] for code, rows in book["workbooks"]["邵店"].items()}
    second = {code: [{**rows[0], "村(社区)": "甲村"}] for code, rows in first.items()}
    second["R6"][0]["证件号码"] = "411722197305149531"
    folder = write_workbooks({**common, "workbooks": {"邵店": first, "五龙": second}}, tmp_path)
    report = tmp_path / "merge.json"
    words = ["--policy", book["policy"], "--out", str(tmp_path / "county.xlsx"), "--json", str(report)]
    assert run(["merge", str(folder), *words]) == 1
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"]
    found = {(one["code"], one["file"], one["header"]) for one in findings if "也用了" in one["message"]}
    assert found == {("V32", "邵店.xlsx", "凭证号码"), ("V28", "邵店.xlsx", "解缴批次")}
