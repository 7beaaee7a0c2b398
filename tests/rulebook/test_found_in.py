"""FIND with an empty text to find is 1 in Excel and an error in LibreOffice: no formula of ours can ask that."""

import re
from pathlib import Path

import pytest

from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.text import found_in

ROOT = Path(__file__).parents[2]
PACKAGES = ("rulebook", "generator", "validators", "county", "addin", "demo")


def test_one_function_writes_find() -> None:
    writers = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\b(FIND|SEARCH)B?\(", path.read_text(encoding="utf-8"))
    }
    assert writers == {"rulebook/canbao_rulebook/functions/text.py"}


@pytest.mark.parametrize("part", ["$A1", '""', '"a"&$B1', "T($C5)"])
def test_a_part_that_may_be_empty_is_looked_at_first(part: str) -> None:
    assert f"IF(LEN({part})>0,FIND(" in found_in(part, "$D1")
    assert f"IF(LEN({part})>0,FIND(" in REGISTRY["CONTAINS"].excel(["$D1", part])


def test_a_part_that_is_written_out_needs_no_look() -> None:
    assert found_in('"E13|"', "$D1") == 'ISNUMBER(FIND("E13|",$D1))'
    assert found_in('"say ""a"""', "$D1") == 'ISNUMBER(FIND("say ""a""",$D1))'
