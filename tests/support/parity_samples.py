"""Random rows of rosters, in LibreOffice and in polars: where do the two differ?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.formula.polars_emitter import found_or_computed
from canbao_rulebook.formula.scope import Scope
from canbao_rulebook.kinds import Filler
from canbao_rulebook.names import unit_names
from canbao_rulebook.roster import FIRST_ROW, Column, Roster, column_letter
from canbao_rulebook.roster_compile import scope_of
from canbao_rulebook.rulebook import Rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from support.frames import raw_frame
from support.fuzz import RowMaker
from support.libreoffice import recalculate_all
from support.parity import Difference, differences, read_values, write_sheet

_GROUPS = (("甲", ("一组", "二组")), ("乙村", ("一组",)))
_UNITS = {
    TOWNSHIP: Unit("青禾镇", ("甲", "乙村", "城关村一组"), _GROUPS, 4000, account="94100301003453889010048"),
    SCHOOL: Unit("青禾中学", body=SCHOOL, insurer="青禾保险"),
    AGENCY: Unit("县民政局", ("青禾镇", "白杨镇"), body=AGENCY),
}


class Sample:
    """``count`` random rows of a roster; ``how`` are the options of the rows."""

    def __init__(self, book: Rulebook, code: str, count: int, **how: Any) -> None:
        self.roster = book.rosters[code]
        kind = self.roster.units[0]
        self.names = {**book.of_kind(kind).names, **unit_names(_UNITS[kind])}
        maker = RowMaker(self.roster, self.names, **how)
        self.rows = [maker.row() for _ in range(count)]
        self.touched = [maker.overwritten(row) for row in self.rows]

    def write(self, path: Path) -> Path:
        """Write the rows with every computed column and rule as formulas."""
        write_sheet(self.roster, Scope(scope_of(self.roster, self.names).columns, self.names), self.rows, path)
        return path

    def differences(self, path: Path) -> list[Difference]:
        """Return where the workbook that LibreOffice computed is other than polars."""
        cells, names = read_values(self.roster, self.rows, path), self.names
        frame = _with_effective(self.roster, compute_columns(self.roster, raw_frame(self.roster, self.rows), names))
        return [*self._in_columns(cells, frame), *self._in_rules(cells, frame)]

    def _in_columns(self, cells: Mapping[str, list[Any]], frame: pl.DataFrame) -> list[Difference]:
        found: list[Difference] = []
        for column in self.roster.computed_columns:
            if not column.cell:  # seen through what reads it
                continue
            own = [row.get(column.header) is not None for row in self.rows]
            shown = cells[self.roster.letters[column.header]]
            found += [
                item
                for item in differences(column.header, shown, frame[_effective(column)])
                if not self.touched[item.row - FIRST_ROW] and not own[item.row - FIRST_ROW]
            ]
        return found

    def _in_rules(self, cells: Mapping[str, list[Any]], frame: pl.DataFrame) -> list[Difference]:
        found: list[Difference] = []
        flags = flag_rules(self.roster, frame, self.names, in_sheet=True)
        for offset, rule in enumerate(self.roster.rules, start=len(self.roster.sheet_columns) + 1):
            # what hangs on an overwritten cell is computed from it in the sheet and anew at the county: by design
            counted = {""} if rule.code == "V40" else {"", rule.column}
            found += [
                item
                for item in differences(rule_id(rule), cells[column_letter(offset)], flags[rule_id(rule)])
                if self.touched[item.row - FIRST_ROW] in counted
            ]
        return found


def find_differences(samples: Mapping[str, Sample], folder: Path) -> dict[str, list[Difference]]:
    """Return where LibreOffice and polars differ in each of several samples, which one office computes."""
    written = [sample.write(folder / f"{name}.xlsx") for name, sample in samples.items()]
    computed = recalculate_all(written, folder / "computed", timeout_seconds=900)
    return {name: sample.differences(path) for (name, sample), path in zip(samples.items(), computed, strict=True)}


def _with_effective(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Add what stands in the cell of a column that a clerk may overwrite."""
    own = [column for column in roster.computed_columns if column.filler is Filler.DEFAULT]
    return frame.with_columns(found_or_computed(column.field).alias(f"{column.field}.effective") for column in own)


def _effective(column: Column) -> str:
    return f"{column.field}.{'effective' if column.filler is Filler.DEFAULT else 'computed'}"
