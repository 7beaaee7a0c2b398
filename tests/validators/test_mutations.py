"""Workbooks damaged by chance: each is told of, or gives the cells that readers nobody here wrote see.

`make fuzz` goes on for an hour, from another seed each time; CANBAO_FUZZ says how many seconds it may take.
"""

import os
import time
from itertools import count
from pathlib import Path

import pytest

from canbao_addin.actions.policies import open_library
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.checking import Library
from support.issued import Issued, issue, person
from support.mutations import PLACES, Variant, make_variant
from support.variants import LANES, Outcome, Reader, look, read_with_calamine, read_with_openpyxl, same_cells

VARIANTS = 240
SEED = 20210101
SHEETS = {"xl/worksheets/sheet3.xml": 12, "xl/worksheets/sheet5.xml": 5}
LONG = float(os.environ.get("CANBAO_FUZZ", "0"))
READERS: tuple[Reader, ...] = (read_with_calamine, read_with_openpyxl)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    """A small workbook: eight persons in twelve rows."""
    book = load_rulebook(load_policy("huining-2021"))
    people = [person(serial, 备注=f"<{serial}>&“号”") for serial in range(1, 9)]
    return issue(book, tmp_path_factory.mktemp("issued"), people, rows=8)


@pytest.fixture(scope="module")
def library() -> Library:
    """What every variant is checked with; nothing is compared with the workbook as issued unless asked for."""
    return open_library("zh")


def outcomes(issued: Issued, library: Library, path: Path) -> list[Outcome]:
    rosters = list(issued.book.rosters.values())
    return [look(path, library, rosters, lane) for lane in LANES]


def judge(variant: Variant, issued: Issued, library: Library, usual: Outcome, folder: Path) -> str:
    """Return what is wrong with how a variant was read, nothing where all is well."""
    path = folder / issued.filled.name
    path.write_bytes(variant.content)
    fast, slow = outcomes(issued, library, path)
    if fast != slow:
        return f"lanes differ: {variant.name}: {fast.findings ^ slow.findings}"
    if fast.findings - usual.findings:
        return ""
    rosters = list(issued.book.rosters.values())
    others = [cells for reader in READERS if (cells := reader(variant.content, rosters)) is not None]
    expected = others or [usual.cells]
    return "" if any(same_cells(fast.cells, cells) for cells in expected) else f"not told: {variant.name}"


def test_the_workbook_itself_is_read_as_others_read_it(issued: Issued, library: Library) -> None:
    fast, slow = outcomes(issued, library, issued.filled)
    assert fast == slow
    content, rosters = issued.filled.read_bytes(), list(issued.book.rosters.values())
    assert len(fast.cells) > 100
    assert all(same_cells(fast.cells, reader(content, rosters) or {}) for reader in READERS)


def test_every_variant_is_told_or_read_as_others_read_it(issued: Issued, library: Library, tmp_path: Path) -> None:
    usual = outcomes(issued, library, issued.filled)[0]
    source = issued.filled.read_bytes()
    seeds = count(time.time_ns() if LONG else SEED)
    end = time.monotonic() + LONG
    wrong = []
    for done, seed in enumerate(seeds):
        if time.monotonic() > end if LONG else done >= VARIANTS:
            break
        fault = judge(make_variant(source, SHEETS, seed), issued, library, usual, tmp_path)
        wrong += [fault] if fault else []
    assert wrong == []


def test_the_damages_of_places_are_all_tried() -> None:
    assert len({damage.__name__ for damage in PLACES}) == len(PLACES) >= 11
