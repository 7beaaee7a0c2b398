"""The settlements of cases/settlement-*.yaml, from filled workbooks: every yuan of the county and its townships.

The workbooks of neighbouring cases are read together; the command line merges one case of each book, to the same JSON.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from canbao_addin.actions.list_folder import open_lists
from canbao_addin.actions.policies import open_book, open_library, open_policy
from canbao_addin.cli.main import run
from canbao_county.merge.merging import combine
from canbao_county.merge.parts import Part, Storing, check_parts
from canbao_county.merge.rulings import RULING_SHEETS, read_rulings
from canbao_rulebook.rulebook import Rulebook
from canbao_validators.apart import Reading
from canbao_validators.reading.sheets import read_result
from support.case_books import BOOKS, fill_units, import_lists, merge_case, write_decisions
from support.cli import write_units

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
    result: dict[str, Any] = json.loads(json.dumps(merged.as_dict("zh")))
    return result


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
