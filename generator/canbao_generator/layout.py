"""A roster as a sheet: its columns, the technical columns behind them (headers begin with ※), and every row formula.

The rules of a roster are worked out once per row, in a few hidden columns ※查1, ※查2 …: a failing rule adds a mark
like ``007E13|`` (its number, its severity, its column). 校验结果 shows the text of the first mark and how many there
are more, 校验说明 its sentence; a cell is coloured by the marks of its column. Marks stand as ``ranked_rules`` says.

The hidden column ※核对 is unlocked: a check of the whole workbook (the button 校验, ``compute``, ``submit``) writes
there what it found beside the row's own formulas, such as the same person in two rows: marks without numbers, the
gravest first, and what 校验结果 says of it (``E13|W4|#错·…``). Where it found nothing it writes ``#``, name and number:
as long as these stand in the row, the row is right beside all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from canbao_generator.check_formulas import check_formulas, removed_place
from canbao_generator.row_marks import MANY, MarkedRule, divide_rules, mark_rules
from canbao_rulebook.check_column import MARK, MARK_END, note_text, rule_text
from canbao_rulebook.formula.excel import ExcelContext, emit_cell, place_reference
from canbao_rulebook.functions.text import found_in
from canbao_rulebook.kinds import ColumnType, Filler
from canbao_rulebook.policy.situations import depends_on_person
from canbao_rulebook.precedence import part_is_paid_directly
from canbao_rulebook.roster import FIRST_ROW, Column, column_letter
from canbao_rulebook.roster_compile import scope_of

if TYPE_CHECKING:
    from canbao_rulebook.findings import Severity
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook

USED_HEADER, PART_HEADER, OUTSIDE_HEADER = "※有数据", "※查", "※核对"
USED_FIELD, PART_FIELD, OUTSIDE_FIELD = "used", "check_part", "outside"
LONGEST_HIDDEN = 60  # a hidden column's formula longer than this stands in a defined name


@dataclass(frozen=True)
class SheetColumn:
    """A column of the sheet; ``formula`` is written for the first data row, without ``=``."""

    column: Column
    letter: str
    formula: str | None = None


@dataclass(frozen=True)
class RosterLayout:
    """A roster sheet's columns from left to right, the rules of each technical column, formulas kept in names.

    ``premium_differs``: what persons of the same roster pay is not the same for all.
    """

    roster: Roster
    columns: tuple[SheetColumn, ...]
    parts: tuple[tuple[MarkedRule, ...], ...]
    names: dict[str, str]
    premium_differs: bool = False

    @cached_property
    def letters(self) -> dict[str, str]:
        """Column letters by field; those of the rule columns are check_part_1, check_part_2 …"""
        return {entry.column.field: entry.letter for entry in self.columns}

    @property
    def last_letter(self) -> str:
        """The letter of the last column, which nobody sees."""
        return self.columns[-1].letter

    @property
    def last_shown(self) -> str:
        """The letter of the last column that people see."""
        return next(entry.letter for entry in reversed(self.columns) if not entry.column.hidden)

    @cached_property
    def marks(self) -> str:
        """An expression for all the marks of the first data row."""
        parts = [
            entry.letter
            for entry in self.columns
            if entry.column.field.startswith(PART_FIELD) or entry.column.field == OUTSIDE_FIELD
        ]
        return "&".join(f"${letter}{FIRST_ROW}" for letter in parts)

    @cached_property
    def texts(self) -> list[str]:
        """The texts of 校验结果 by the numbers of the marks, from 1."""
        return [rule_text(marked.rule) for part in self.parts for marked in part]

    @cached_property
    def notes(self) -> list[str]:
        """The sentences of 校验说明 by the numbers of the marks, from 1."""
        return [note_text(marked.rule) for part in self.parts for marked in part]

    def has_mark(self, severity: Severity, header: str | None = None) -> str:
        """Return a formula: does the first data row have a problem of a severity, anywhere or in one column."""
        wanted = MARK[severity]
        if header is not None:
            wanted += f"{self._index(header)}{MARK_END}"
        return found_in(f'"{wanted}"', self.marks)

    def _index(self, header: str) -> int:
        return next(index for index, entry in enumerate(self.columns, start=1) if entry.column.header == header)


def build_layout(book: Rulebook, roster: Roster, *, names_a_cell: int = MANY) -> RosterLayout:
    """Return the sheet of a roster with all its formulas; ``names_a_cell``: how many a cell may join for its marks.

    Long formulas of hidden columns stand in defined names (decision 0007): the cells stay short, so other programs open
    and save the workbook many times faster. A relative reference in a name is written as seen from cell A1.
    """
    columns = roster.sheet_columns
    scope = scope_of(roster, book.names).columns
    in_cell = ExcelContext(roster.letters, scope, FIRST_ROW, names=roster.formula_names)
    named = ExcelContext(roster.letters, scope, 1, roster.sheet, roster.formula_names)
    used = column_letter(len(columns) + 1)
    names = {
        roster.formula_names[column.header]: emit_cell(column.node, named, unknowable=column.may_be_unknown)
        for column in roster.computed_columns
        if column.node is not None and not column.cell
    }
    formulas: list[tuple[Column, str | None]] = []
    for column in columns:
        formula = _computed(column, in_cell, used)
        if formula is not None and column.hidden and len(formula) > LONGEST_HIDDEN:
            formula = _keep(names, roster, column.field, _computed(column, named, used) or "")
        formulas.append((column, formula))
    formulas.append((_technical(USED_FIELD, USED_HEADER, ColumnType.BOOL), _used(roster)))
    parts: list[tuple[MarkedRule, ...]] = []
    for rules, texts in divide_rules(mark_rules(roster), named, names, names_a_cell):
        parts.append(rules)
        technical = _technical(f"{PART_FIELD}_{len(parts)}", f"{PART_HEADER}{len(parts)}", ColumnType.TEXT)
        kept = [_keep(names, roster, f"{technical.field}_{place}", text) for place, text in enumerate(texts, start=1)]
        formulas.append((technical, f'IF(${used}{FIRST_ROW},{"&".join(kept)},"")'))
    marks = "&".join(f"${column_letter(index)}{FIRST_ROW}" for index in range(len(columns) + 2, len(formulas) + 1))
    formulas.append((_technical(OUTSIDE_FIELD, OUTSIDE_HEADER, ColumnType.TEXT), None))
    shown = check_formulas(roster, used, marks, outside=column_letter(len(formulas)))
    placed = tuple(
        SheetColumn(column, column_letter(index), shown.get(column.field, formula))
        for index, (column, formula) in enumerate(formulas, start=1)
    )
    differs = depends_on_person(book.policy) or part_is_paid_directly(book.policy)
    return RosterLayout(roster, placed, tuple(parts), names, differs)


def _keep(names: dict[str, str], roster: Roster, field: str, formula: str) -> str:
    """Put a formula into a defined name and return the name."""
    name = roster.formula_name(field)
    names[name] = formula
    return name


def _technical(field: str, header: str, kind: ColumnType) -> Column:
    return Column(field=field, header=header, type=kind, filler=Filler.FORMULA, width=10, hidden=True)


def _computed(column: Column, context: ExcelContext, used: str) -> str | None:
    if column.node is None:
        return None
    return (
        f'IF({place_reference(used, context)},{emit_cell(column.node, context, unknowable=column.may_be_unknown)},"")'
    )


def _used(roster: Roster) -> str:
    """Tell whether the row counts: somebody has typed into it and nobody has taken it out; else it stays empty."""
    typed = [
        index for index, column in enumerate(roster.columns, start=1) if column.filler in {Filler.CLERK, Filler.COUNTY}
    ]
    runs: list[list[int]] = []
    for index in typed:
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    ranges = (f"${column_letter(first)}{FIRST_ROW}:${column_letter(last)}{FIRST_ROW}" for first, last in runs)
    filled = f"COUNTA({','.join(ranges)})>0"
    removed = removed_place(roster)
    return f'AND({filled},{removed}="")' if removed else filled
