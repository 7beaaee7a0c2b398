"""The settlements of cases/settlement-*.yaml, from filled workbooks: every yuan of the county and its townships.

The workbooks of neighbouring cases are read together; the command line merges one case of each book, to the same JSON.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.actions.list_folder import open_lists
from canbao_addin.actions.policies import open_book, open_library, open_policy
from canbao_addin.cli.main import run
from canbao_county.merge.merging import combine
from canbao_county.merge.parts import Part, Storing, check_parts
from canbao_county.merge.rulings import RULING_SHEETS, read_rulings
from canbao_rulebook.rulebook import Rulebook
from canbao_rulebook.yaml_text import parse_yaml
from canbao_validators.apart import Reading
from canbao_validators.reading.sheets import read_result
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
ALL = [
    pytest.param(stem, number, id=f"{stem} {case['name']}")
    for stem, book in BOOKS.items()
    for number, case in enumerate(book["cases"])
]
TOGETHER = 16  # neighbouring cases whose workbooks are checked in one run


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


@pytest.fixture(scope="session")
def checked(
    issued: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, int], list[Part]]:
    """The checked workbooks of a case, given by its book and number: those of neighbours are checked in one run."""

    @cache
    def check(stem: str, turn: int) -> dict[int, list[Part]]:
        book, home = BOOKS[stem], tmp_path_factory.mktemp("checked")
        library, policy_id = open_library(), open_policy(book["settled"]).meta.id
        library.books[policy_id] = book_of(stem)
        tasks: list[tuple[Path, Storing]] = []
        numbers: list[int] = []
        for number, case in list(enumerate(book["cases"]))[turn : turn + TOGETHER]:
            for path in sorted(fill_units(book, case, issued(stem), home / str(number)).iterdir()):
                tasks.append((path, Storing(home, len(tasks), path.name, policy_id, Reading())))
                numbers.append(number)
        found: dict[int, list[Part]] = {}
        for number, part in zip(numbers, check_parts(library, tasks), strict=True):
            found.setdefault(number, []).append(part)
        return found

    return lambda stem, number: check(stem, number - number % TOGETHER)[number]


@cache
def book_of(stem: str) -> Rulebook:
    """The compiled rosters of a book's policy year."""
    return open_book(open_policy(BOOKS[stem]["settled"]))


def combine_case(stem: str, case: dict[str, Any], parts: list[Part], home: Path) -> dict[str, Any]:
    """The JSON of a case's merge, from its checked workbooks."""
    rulebook, settled = book_of(stem), BOOKS[stem]["settled"]
    lists = rulings = None
    if import_lists(settled, case.get("lists", {}), home):
        lists = open_lists(home / "lists", rulebook.policy, Reading())
    if write_decisions(BOOKS[stem], case, home / "decisions.xlsx"):
        rulings = read_rulings(read_result(home / "decisions.xlsx", only=RULING_SHEETS))
    merged = combine(rulebook, parts, lists=lists, rulings=rulings)
    return json.loads(json.dumps(merged.as_dict("zh")))  # type: ignore[no-any-return]


@pytest.mark.parametrize(("stem", "number"), ALL)
def test_settlement(stem: str, number: int, checked: Callable[[str, int], list[Part]], tmp_path: Path) -> None:
    case = BOOKS[stem]["cases"][number]
    result = combine_case(stem, case, checked(stem, number), tmp_path)
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


@pytest.mark.parametrize("stem", BOOKS)
def test_the_command_line_merges_to_the_same(
    stem: str, issued: Callable[[str], Path], checked: Callable[[str, int], list[Part]], tmp_path: Path
) -> None:
    number = fullest(BOOKS[stem]["cases"])
    case = BOOKS[stem]["cases"][number]
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    here = combine_case(stem, case, checked(stem, number), tmp_path / "here")
    assert merge_case(BOOKS[stem], case, issued(stem), tmp_path / "there") == here


def fullest(cases: list[dict[str, Any]]) -> int:
    """The number of the case with the most of what a merge is given."""
    return max(
        range(len(cases)),
        key=lambda number: (len({"lists", "rulings", "approvals"} & cases[number].keys()), len(cases[number])),
    )


def check_identities(total: dict[str, Any]) -> None:
    """What holds in every unit (settlement.md 1)."""
    fen = {name: round(float(total[name]) * 100) for name in MONEY if total[name] is not None}
    assert fen["self_paid"] == fen["accepted"] + fen["unproven"] + fen["returnable"]
    if not {"premium", "gov_direct", "self_due", "rebate_due"} & set(total["unknown"]):
        assert fen["premium"] == fen["gov_direct"] + fen["self_due"]
        assert fen["payable"] + fen["withheld"] == fen["gov_direct"] + fen["rebate_due"]
