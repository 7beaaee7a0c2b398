"""Workbooks damaged by chance: each is told of, or gives the cells that readers nobody here wrote see.

`make fuzz` goes on for an hour, from another seed each time; CANBAO_FUZZ says how many seconds it may take.
"""

import os
import time
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from canbao_addin.actions.policies import open_library
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import Roster
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.library import Library
from support.issued import Issued, issue, person
from support.mutations import PLACES, Variant, make_variant
from support.scanner import reading_in, scanner_lane
from support.times import times
from support.variants import (
    LANES,
    Cells,
    Reader,
    findings_of,
    read,
    read_with_calamine,
    read_with_openpyxl,
    same_cells,
)

VARIANTS, WHOLE = times(30, 200), 20  # of which every so manieth is checked in all lanes
SEED = 20210101
SHEETS = {"xl/worksheets/sheet3.xml": 12, "xl/worksheets/sheet4.xml": 5}
LONG = float(os.environ.get("CANBAO_FUZZ", "0"))
READERS: tuple[Reader, ...] = (read_with_calamine, read_with_openpyxl)


class Usual(NamedTuple):
    """What the workbook itself holds, and what its check says."""

    cells: Cells
    findings: frozenset[tuple[str, str, str]]


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    """A small workbook: eight persons in twelve rows, and the sheets beside theirs that the damages reach."""
    book = load_rulebook(load_policy("huining-2021").model_copy(update={"rosters": ["R1", "R3", "R4"]}))
    people = [person(serial, 备注=f"<{serial}>&“号”") for serial in range(1, 9)]
    return issue(book, tmp_path_factory.mktemp("issued"), people, rows=8)


@pytest.fixture(scope="module")
def library(issued: Issued) -> Library:
    """What every variant is checked with; nothing is compared with the workbook as issued unless asked for."""
    return open_library(issued.book.policy)


def judge(variant: Variant, issued: Issued, library: Library, usual: Usual, path: Path, *, whole: bool) -> str:
    """Return what is wrong with how a variant was read, nothing where all is well.

    ``whole``: it is checked also where it is refused, or read as others read it, and in all lanes.
    """
    path.write_bytes(variant.content)
    rosters = list(issued.book.rosters.values())
    fast, slow = (read(path, rosters, lane) for lane in LANES)
    said = [findings_of(path, library, lane) for lane in LANES] if whole else []
    with reading_in(scanner_lane):
        scanned = read(path, rosters, LANES[0])
        said += [findings_of(path, library, LANES[0])] if whole else []
    if not fast == slow == scanned:
        return f"lanes differ: {variant.name}"
    if whole and not said[0] == said[1] == said[2]:
        return f"lanes tell other things: {variant.name}: {said[0] ^ said[1] | said[0] ^ said[2]}"
    if fast.refused or any(_same(reader, variant, fast.cells, rosters) for reader in READERS):
        return ""
    others = [reader for reader in READERS if reader(variant.content, rosters) is not None]
    if not others and fast.cells == usual.cells:
        return ""
    told = (said[0] if whole else findings_of(path, library, LANES[0])) - usual.findings
    return "" if told else f"not told: {variant.name}"


def _same(reader: Reader, variant: Variant, cells: Cells, rosters: list[Roster]) -> bool:
    theirs = reader(variant.content, rosters)
    return theirs is not None and same_cells(cells, theirs)


def test_the_workbook_itself_is_read_as_others_read_it(issued: Issued) -> None:
    content, rosters = issued.filled.read_bytes(), list(issued.book.rosters.values())
    fast, slow = (read(issued.filled, rosters, lane) for lane in LANES)
    assert fast == slow
    assert len(fast.cells) > 100
    assert all(same_cells(fast.cells, reader(content, rosters) or {}) for reader in READERS)


def test_every_variant_is_told_or_read_as_others_read_it(issued: Issued, library: Library, tmp_path: Path) -> None:
    rosters = list(issued.book.rosters.values())
    usual = Usual(read(issued.filled, rosters, LANES[0]).cells, findings_of(issued.filled, library, LANES[0]))
    path = tmp_path / issued.filled.name
    source = issued.filled.read_bytes()
    seeds = count(time.time_ns() if LONG else SEED)
    end = time.monotonic() + LONG
    wrong = []
    for done, seed in enumerate(seeds):
        if time.monotonic() > end if LONG else done >= VARIANTS:
            break
        variant = make_variant(source, SHEETS, seed)
        fault = judge(variant, issued, library, usual, path, whole=bool(LONG) or done % WHOLE == 0)
        wrong += [fault] if fault else []
    assert wrong == []


def test_the_damages_of_places_are_all_tried() -> None:
    assert len({damage.__name__ for damage in PLACES}) == len(PLACES) >= 11
