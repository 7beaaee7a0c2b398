"""The books of tests/cases: rows as their cases write them, filled in, held against lists, merged."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl

from canbao_addin.cli.main import run
from canbao_rulebook.yaml_text import parse_yaml
from support.cli import fill

CASES = Path(__file__).parents[1] / "cases"
_COUNTIES = Path(__file__).parents[1] / "data"


def _with_policy(book: dict[str, Any]) -> dict[str, Any]:
    """A book of cases: a county of tests/data is settled by its file."""
    own = _COUNTIES / f"{book['settled']}.yaml"
    return {**book, "settled": str(own)} if own.exists() else book


# those that are settled, by the name of their file
BOOKS = {
    path.stem: _with_policy(book)
    for path in sorted(CASES.glob("settlement-*.yaml"))
    if "settled" in (book := parse_yaml(path.read_text(encoding="utf-8")))
}


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


def import_lists(policy: str, lists: dict[str, list[list[str]]], home: Path) -> list[str]:
    """Import what the case says that others sent; return the options of the merge."""
    for name, rows in lists.items():
        kind, *agency = name.split(" ")
        path = home / f"{name}.csv"
        with path.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([["某县名单"], [], *rows])
        options = ["--agency", agency[0]] if agency else []
        folder = ["--out", str(home / "lists")]
        assert run(["import", str(path), "--policy", policy, "--kind", kind, *options, *folder]) == 0
    return ["--lists", str(home / "lists")] if lists else []


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
