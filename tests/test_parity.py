"""Every computed column and every rule of every roster: LibreOffice and polars agree in every cell."""

from pathlib import Path

import polars as pl
import pytest

from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.formula.polars_emitter import found_or_computed
from canbao_rulebook.formula.scope import Scope
from canbao_rulebook.kinds import Filler
from canbao_rulebook.names import policy_names, unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW, Column, Roster, column_letter
from canbao_rulebook.roster_load import load_rulebook, scope_of
from canbao_rulebook.units import Unit
from support.frames import raw_frame
from support.fuzz import RowMaker
from support.parity import Difference, differences, is_weaker, sheet_values

ROWS = {"R1": 4000, "R2": 3000, "R3": 1500, "R4": 1500}
UNIT = Unit("青禾镇", ("甲", "乙村", "城关村一组"), (("甲", ("一组", "二组")), ("乙村", ("一组",))), 4000)
CHUNK = 500


def with_effective(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Add what stands in the cell of a column that a clerk may overwrite."""
    own = [column for column in roster.computed_columns if column.filler is Filler.DEFAULT]
    return frame.with_columns(found_or_computed(column.field).alias(f"{column.field}.effective") for column in own)


def effective(column: Column) -> str:
    return f"{column.field}.{'effective' if column.filler is Filler.DEFAULT else 'computed'}"


@pytest.mark.parametrize("code", ROWS)
def test_sheet_and_polars_agree(code: str, tmp_path: Path) -> None:
    policy = load_policy("huining-2021")
    names = {**policy_names(policy), **unit_names(UNIT)}
    roster = load_rulebook(policy).rosters[code]
    scope = Scope(scope_of(roster, names).columns, names)
    maker = RowMaker(roster, names, seed=20210101)
    found: list[Difference] = []
    for start in range(0, ROWS[code], CHUNK):
        rows = [maker.row() for _ in range(CHUNK)]
        cells = sheet_values(roster, scope, rows, tmp_path / f"{code}-{start}.xlsx")
        frame = with_effective(roster, compute_columns(roster, raw_frame(roster, rows), names))
        flags = flag_rules(roster, frame, names)
        touched = [maker.overwritten(row) for row in rows]
        for column in roster.computed_columns:
            sheet, values = cells[roster.letters[column.header]], frame[effective(column)]
            own = [row.get(column.header) is not None for row in rows]
            found += [
                item
                for item in differences(column.header, sheet, values)
                if not touched[item.row - FIRST_ROW] and not own[item.row - FIRST_ROW]
            ]
        for offset, rule in enumerate(roster.rules, start=len(roster.columns) + 1):
            sheet, flags_of_rule = cells[column_letter(offset)], flags[rule_id(rule)]
            # what hangs on an overwritten cell is computed from it in the sheet and anew at the county: by design
            found += [
                item
                for item in differences(rule_id(rule), sheet, flags_of_rule, weaker=is_weaker(rule.node))
                if touched[item.row - FIRST_ROW] in ({""} if rule.code == "V40" else {"", rule.column})
            ]
    assert found == []
