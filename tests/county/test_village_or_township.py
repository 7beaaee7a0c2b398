"""A county is the same whether its townships or their villages fill in the workbooks."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from canbao_demo import plan_county
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_validators.check_code import input_digest
from canbao_validators.checking import check_workbook
from support.library import shared_library
from support.merged_villages import POLICY, Merged
from support.times import SOAK, times
from support.villages import fill_townships, fill_villages

SOAKED = pytest.mark.soak
FIGURES = ("should_enrol", "enrolled", "rate", "premium", "self_due", "self_paid", "gov_direct", "rebate_due")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(load_policy(POLICY))


@pytest.mark.parametrize("mistakes", [pytest.param(True, id="mistakes"), pytest.param(False, id="clean", marks=SOAKED)])
def test_both_ways_give_the_county_the_same(book: Rulebook, mistakes: bool, tmp_path: Path) -> None:
    county = plan_county(
        book, people=times(160, 420) if mistakes else 120, townships=2 if mistakes else 1, mistakes=mistakes
    )
    direct = fill_townships(book, county, tmp_path / "direct")
    (tmp_path / "joined").mkdir()
    by_villages = county.units if SOAK else county.units[-1:]  # where the subsidy roster is typed, if anywhere
    for path in direct[: -len(by_villages)]:
        shutil.copyfile(path, tmp_path / "joined" / path.name)
    fill_villages(book, replace(county, units=by_villages), tmp_path / "villages")
    for unit in by_villages:
        merged = Merged(tmp_path / "villages" / unit.name, tmp_path / "joined" / f"{unit.name}.xlsx").result
        assert merged["level"] == "township"
        assert {entry["status"] for entry in merged["files"]} == {"merged"}
    for path in direct[-len(by_villages) :]:
        assert _typed(path) == _typed(tmp_path / "joined" / path.name)
    for left in (tmp_path / "joined").iterdir():
        if left.suffix != ".xlsx":
            _remove(left)
    one = Merged(tmp_path / "direct", tmp_path / "one" / "county.xlsx").result
    two = Merged(tmp_path / "joined", tmp_path / "two" / "county.xlsx").result
    assert _figures(one["county"]) == _figures(two["county"])
    assert list(map(_figures, one["townships"])) == list(map(_figures, two["townships"]))
    if not mistakes:
        assert one["county"] == two["county"]
        assert one["findings"] == two["findings"]


def _remove(path: Path) -> None:
    for inner in path.iterdir() if path.is_dir() else ():
        inner.unlink()
    path.rmdir() if path.is_dir() else path.unlink()


def _figures(total: Mapping[str, Any]) -> dict[str, Any]:
    return {name: total[name] for name in ("unit", *FIGURES, "fund_income")}


def _typed(path: Path) -> str:
    """The check code of the people alone: R4 is made anew."""
    filled = check_workbook(path, shared_library())
    frames = {code: frame for code, frame in filled.typed.items() if code != "R4"}
    return input_digest(frames, filled.rosters)
