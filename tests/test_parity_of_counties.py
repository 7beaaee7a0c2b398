"""The counties of tests/data, whose policies have what no notice has yet: LibreOffice and polars agree.

Every roster that holds persons is compared, also those that these counties do not use. What happens where somebody has
broken the protection and typed over a formula is compared in test_parity.py.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from canbao_rulebook.policy import parse_policy
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from support.times import times
from test_parity import compare

DATA = Path(__file__).parent / "data"
EVERY = "rosters: [R1, R2, R3, R4, R6, R7, R8, R10, R10C, R11, R15, R17]"
ROWS: dict[str, dict[str, Any]] = {
    "sixth-county": {"years": 4, "amounts": [395, 780, 0, 385, 130.4, 394.99, 1175, -395]},
    "seventh-county": {"years": 5, "amounts": [400, 350.5, 200, 175, 0, 225.5, 800, -400]},
}
CASES = [(county, code) for county in ROWS for code in ("R1", "R2", "R6", "R8", "R10", "R11", "R15")]


@cache
def open_book(county: str) -> Rulebook:
    text = (DATA / f"{county}.yaml").read_text(encoding="utf-8")
    text, found = re.subn(r"(?m)^rosters: .*$", EVERY, text)
    assert found == 1
    return load_rulebook(parse_policy(text.encode()))


@pytest.mark.parametrize(("county", "code"), CASES)
def test_sheet_and_polars_agree(county: str, code: str, tmp_path: Path) -> None:
    how = {"seed": 20250101, "overwriting": 0, **ROWS[county]}
    found = compare(open_book(county), code, tmp_path / f"{code}.xlsx", times(200, 500), **how)
    assert found == [], sorted({item.where for item in found})
