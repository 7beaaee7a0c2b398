"""The counties of tests/data, whose policies have what no notice has yet: LibreOffice and polars agree."""

from pathlib import Path
from typing import Any

import pytest

from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from test_parity import compare

DATA = Path(__file__).parent / "data"
SIXTH: dict[str, Any] = {"years": 4, "amounts": [395, 780, 0, 385, 130.4, 394.99, 1175, -395]}
SEVENTH: dict[str, Any] = {"years": 5, "amounts": [400, 350.5, 200, 175, 0, 225.5, 800, -400]}
CASES = [
    ("sixth-county", "R1", SIXTH),
    ("seventh-county", "R1", SEVENTH),
    ("seventh-county", "R2", SEVENTH),
    ("seventh-county", "R11", SEVENTH),
]


@pytest.mark.parametrize(("county", "code", "how"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_sheet_and_polars_agree(county: str, code: str, how: dict[str, Any], tmp_path: Path) -> None:
    book = load_rulebook(load_policy(str(DATA / f"{county}.yaml")))
    found = compare(book, code, tmp_path / f"{code}.xlsx", seed=20250101, **how)
    assert found == [], sorted({item.where for item in found})
