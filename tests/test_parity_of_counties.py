"""The counties of tests/data, whose policies have what no notice has yet: LibreOffice and polars agree.

So do rosters of a notice, and of students with a premium of their own, where something comes on top. Every roster that
holds persons is compared, also those that these counties do not use. What happens where somebody has broken the
protection and typed over a formula is compared in test_parity.py.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from canbao_rulebook.policy import parse_policy
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_templates import read_text
from support.parity import Difference
from support.parity_samples import Sample, find_differences
from support.times import times

DATA = Path(__file__).parent / "data"
EVERY = "rosters: [R1, R2, R3, R4, R6, R7, R8, R10, R10C, R11, R15, R17]"
ROWS: dict[str, dict[str, Any]] = {
    "sixth-county": {"years": 4, "amounts": [395, 780, 0, 385, 130.4, 394.99, 1175, -395]},
    "seventh-county": {"years": 5, "amounts": [400, 350.5, 200, 175, 0, 225.5, 800, -400]},
}
ROWS["huining-2021 topped"] = {}
ROWS["seventh-county topped"] = ROWS["seventh-county"]
PERSONS = ("R1", "R2", "R6", "R8", "R10", "R11", "R15")
CASES = [(county, code) for county in ("sixth-county", "seventh-county") for code in PERSONS]
CASES += [("sixth-county", "R4"), ("huining-2021 topped", "R1"), ("huining-2021 topped", "R4")]
CASES += [("huining-2021 topped", "R11"), ("seventh-county topped", "R1"), ("seventh-county topped", "R11")]
CASES.sort()  # neighbours are of one county, which one process computes once
ON_TOP = """    - {code: A1, name: 高龄老人, tier: QUOTA, kind: rebate, amount: "90.00", stackable: true, cap: premium, payer: FIN, identity_owner: CIV, precedence: 97, ref: "L1 二"}
    - {code: A2, name: 村集体成员, tier: PARTIAL, kind: direct, amount: share, share: {value: "0.25"}, stackable: true, cap: "270.00", payer: FIN, identity_owner: CIV, precedence: 98, ref: "L1 二"}
    - {code: A3, name: 计生家庭, tier: QUOTA, kind: rebate, amount: "50.00", stackable: true, cap: null, payer: FIN, identity_owner: CIV, precedence: 99, ref: "L1 二"}
  rules:"""  # noqa: E501 - lines of a file


@cache
def open_book(county: str) -> Rulebook:
    name, _, topped = county.partition(" ")
    own = DATA / f"{name}.yaml"
    text = own.read_text(encoding="utf-8") if own.exists() else read_text(f"policies/{name}.yaml")
    text = text.replace("  rules:", ON_TOP, 1) if topped else text
    text, found = re.subn(r"(?m)^rosters: .*$", EVERY, text)
    assert found == 1
    return load_rulebook(parse_policy(text.encode()))


@pytest.fixture(scope="session")
def differing(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, list[Difference]]]:
    """Where the two differ in each roster of a county, all of which one office computes."""

    @cache
    def find(county: str) -> dict[str, list[Difference]]:
        how = {"seed": 20250101, "overwriting": 0, **ROWS[county]}
        codes = [code for own, code in CASES if own == county]
        samples = {code: Sample(open_book(county), code, times(120, 500), **how) for code in codes}
        return find_differences(samples, tmp_path_factory.mktemp("parity"))

    return find


@pytest.mark.parametrize(("county", "code"), CASES)
def test_sheet_and_polars_agree(
    county: str, code: str, differing: Callable[[str], dict[str, list[Difference]]]
) -> None:
    found = differing(county)[code]
    assert found == [], sorted({item.where for item in found})
