"""A roster's formulas over a frame: computed columns and one Boolean column per rule."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.stack import Stack, column_of
from canbao_rulebook.formula.steps import Steps
from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.roster_compile import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Column, Roster, Rule

_MOST_ROSTERS = 64  # whose steps are kept


def compute_columns(roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return the frame with ``<field>.computed`` for every computed column of the roster.

    ``frame`` holds what docs/architecture.md says; ``names`` the policy's and the unit's values. A computed value is
    null where it is an error, which only an error cell or an unknown policy value can cause.
    """
    return compute_together(roster, [frame], [names])[0]


def compute_together(
    roster: Roster, frames: Sequence[pl.DataFrame], names: Sequence[Mapping[str, NamedValue]]
) -> list[pl.DataFrame]:
    """Return the same of the frames of several workbooks, each with its names, at little more than the cost of one."""
    steps = _steps_of(_Same(roster)).columns

    def compute(stack: Stack) -> pl.DataFrame:
        beside = [*steps.helpers, *map(column_of, stack.columns)]
        return steps.fill(stack).drop(beside)

    return _stacked(frames, names, compute, lambda frame: frame.hstack(pl.DataFrame(schema=steps.dtypes)))


def flag_rules(
    roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue], *, in_sheet: bool = False
) -> pl.DataFrame:
    """Return a Boolean frame, one column per rule named by ``rule_id``, for a frame with its computed columns.

    ``in_sheet``: as the sheet's own formulas flag the rows, which may miss what Python sees.
    """
    return flag_together(roster, [frame], [names], in_sheet=in_sheet)[0]


def flag_together(
    roster: Roster, frames: Sequence[pl.DataFrame], names: Sequence[Mapping[str, NamedValue]], *, in_sheet: bool = False
) -> list[pl.DataFrame]:
    """Return the same of the frames of several workbooks, each with its names."""
    known = _steps_of(_Same(roster))
    steps = known.in_sheet if in_sheet else known.rules
    rules = [rule_id(rule) for rule in roster.rules]

    def flag(stack: Stack) -> pl.DataFrame:
        flags = (pl.col(rule).fill_null(value=False) for rule in rules)
        return steps.fill(stack).select(flags)

    return _stacked(frames, names, flag, lambda _: pl.DataFrame(schema=dict.fromkeys(rules, pl.Boolean())))


def _stacked(
    frames: Sequence[pl.DataFrame],
    names: Sequence[Mapping[str, NamedValue]],
    function: Callable[[Stack], pl.DataFrame],
    of_empty: Callable[[pl.DataFrame], pl.DataFrame],
) -> list[pl.DataFrame]:
    """Return what a function makes of the rows of each frame when all of them lie in one stack."""
    filled = [place for place, frame in enumerate(frames) if frame.height]
    made = {place: of_empty(frame) for place, frame in enumerate(frames) if not frame.height}
    if filled:
        stack = Stack.of([frames[place] for place in filled], [names[place] for place in filled])
        parts = stack.parts(function(stack))
        made |= {place: part for place, (part, _) in zip(filled, parts, strict=True)}
    return [made[place] for place in range(len(frames))]


class _Same:
    """A roster as a key: another object is another roster, whatever it holds."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster

    def __hash__(self) -> int:
        return id(self.roster)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.roster is self.roster


class _RosterSteps(NamedTuple):
    columns: Steps
    rules: Steps
    in_sheet: Steps


@lru_cache(maxsize=_MOST_ROSTERS)
def _steps_of(same: _Same) -> _RosterSteps:
    """Return the steps of a roster, made once for all its workbooks: making them costs more than most frames do."""
    roster = same.roster
    scope = scope_of(roster, {}).columns
    found = _RosterSteps(Steps(scope), Steps(scope), Steps(scope, in_sheet=True))
    for layer in _layers(roster):
        formulas = {f"{column.field}.computed": column.node for column in layer if column.node is not None}
        found.columns.add(formulas, {f"{column.field}.computed": _dtype(column) for column in layer})
    for rules in (found.rules, found.in_sheet):
        rules.add({rule_id(rule): rule.node for rule in roster.rules})
    return found


def rule_id(rule: Rule) -> str:
    """Return the name of a rule within its roster."""
    return f"{rule.order:03d} {rule.message} {rule.column}"


def _dtype(column: Column) -> pl.DataType:
    if column.type is ColumnType.TEXT:
        return pl.String()
    return pl.Boolean() if column.type is ColumnType.BOOL else pl.Float64()


def _layers(roster: Roster) -> list[list[Column]]:
    """Computed columns in layers, each reading only inputs and earlier layers."""
    waiting = {column.header: column for column in roster.computed_columns}
    layers: list[list[Column]] = []
    while waiting:
        layer = [
            column
            for column in waiting.values()
            if column.node is not None and not columns_of(column.node) & waiting.keys()
        ]
        layers.append(layer)
        for column in layer:
            del waiting[column.header]
    return layers
