"""Every computed column and every rule of every roster: LibreOffice and polars agree in every cell."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.formula.polars_emitter import found_or_computed
from canbao_rulebook.formula.scope import Scope
from canbao_rulebook.kinds import Filler
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.roster import FIRST_ROW, Column, Roster, column_letter
from canbao_rulebook.roster_compile import scope_of
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from support.frames import raw_frame
from support.fuzz import RowMaker
from support.parity import Difference, differences, sheet_values
from support.times import times

CHUNKS = {  # of 500 rows, by policy year: 7,000 rows in all, and 10,000 in a soak
    "huining-2021": {"R1": times(1, 4), "R2": times(1, 3), "R3": times(1, 2), "R4": 1, "R7": 1, "R17": 1},
    "shangcai-2020": {"R6": 1, "R7": 1, "R8": 1},
    "putuo-2022": {"R10": 1, "R10C": 1, "R11": 1},
    "dongxing-2022": {"R10": 1, "R15": 1},
}
GROUPS = (("甲", ("一组", "二组")), ("乙村", ("一组",)))
UNITS = {
    TOWNSHIP: Unit("青禾镇", ("甲", "乙村", "城关村一组"), GROUPS, 4000, account="94100301003453889010048"),
    SCHOOL: Unit("青禾中学", body=SCHOOL, insurer="青禾保险"),
    AGENCY: Unit("县民政局", ("青禾镇", "白杨镇"), body=AGENCY),
}
CHUNK = 500
CASES = [
    (policy, code, number)
    for policy, rosters in CHUNKS.items()
    for code, count in rosters.items()
    for number in range(count)
]


def with_effective(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Add what stands in the cell of a column that a clerk may overwrite."""
    own = [column for column in roster.computed_columns if column.filler is Filler.DEFAULT]
    return frame.with_columns(found_or_computed(column.field).alias(f"{column.field}.effective") for column in own)


def effective(column: Column) -> str:
    return f"{column.field}.{'effective' if column.filler is Filler.DEFAULT else 'computed'}"


def test_every_roster_of_every_policy_year_is_compared() -> None:
    for policy in list_policies():
        shared = {code for rosters in CHUNKS.values() for code in rosters}
        assert load_rulebook(load_policy(policy)).rosters.keys() <= shared


@pytest.mark.parametrize(("policy_id", "code", "chunk"), CASES)
def test_sheet_and_polars_agree(policy_id: str, code: str, chunk: int, tmp_path: Path) -> None:
    book = load_rulebook(load_policy(policy_id))
    found = compare(book, code, tmp_path / f"{code}.xlsx", seed=20210101 + chunk)
    assert found == [], sorted({item.where for item in found})


def compare(book: Rulebook, code: str, path: Path, count: int = CHUNK, **how: Any) -> list[Difference]:
    """Where LibreOffice and polars differ over ``count`` random rows; ``how`` are the options of the rows."""
    roster = book.rosters[code]
    kind = roster.units[0]
    names = {**book.of_kind(kind).names, **unit_names(UNITS[kind])}
    scope = Scope(scope_of(roster, names).columns, names)
    maker = RowMaker(roster, names, **how)
    rows = [maker.row() for _ in range(count)]
    cells = sheet_values(roster, scope, rows, path)
    frame = with_effective(roster, compute_columns(roster, raw_frame(roster, rows), names))
    flags = flag_rules(roster, frame, names, in_sheet=True)
    touched = [maker.overwritten(row) for row in rows]
    found: list[Difference] = []
    for column in roster.computed_columns:
        if not column.cell:  # seen through what reads it
            continue
        own = [row.get(column.header) is not None for row in rows]
        found += [
            item
            for item in differences(column.header, cells[roster.letters[column.header]], frame[effective(column)])
            if not touched[item.row - FIRST_ROW] and not own[item.row - FIRST_ROW]
        ]
    for offset, rule in enumerate(roster.rules, start=len(roster.sheet_columns) + 1):
        # what hangs on an overwritten cell is computed from it in the sheet and anew at the county: by design
        counted = {""} if rule.code == "V40" else {"", rule.column}
        found += [
            item
            for item in differences(rule_id(rule), cells[column_letter(offset)], flags[rule_id(rule)])
            if touched[item.row - FIRST_ROW] in counted
        ]
    return found
