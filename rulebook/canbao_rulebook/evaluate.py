"""A roster's formulas over a frame: computed columns and one Boolean column per rule."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.steps import Steps
from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.roster_compile import scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Column, Roster, Rule

_MOST_ROSTERS = 64  # whose steps are kept
_PLAIN = pl.QueryOptFlags.none(simplify_expression=True)  # nothing else is left to gain, and looking for it costs


def compute_columns(roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return the frame with ``<field>.computed`` for every computed column of the roster.

    ``frame`` holds what docs/architecture.md says; ``names`` the policy's and the unit's values. A computed value is
    null where it is an error, which only an error cell or an unknown policy value can cause.
    """
    steps = _steps_of(_Same(roster)).columns
    if frame.is_empty():
        return frame.hstack(pl.DataFrame(schema=steps.dtypes))
    lazy = frame.lazy()
    for exprs in steps.emit(names):
        lazy = lazy.with_columns(exprs)
    return lazy.drop(steps.helpers).collect(optimizations=_PLAIN)


def flag_rules(roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return a Boolean frame, one column per rule named by ``rule_id``, for a frame with its computed columns."""
    *helpers, rules = _steps_of(_Same(roster)).rules.emit(names)
    lazy = frame.lazy()
    for exprs in helpers:
        lazy = lazy.with_columns(exprs)
    return lazy.select(expr.fill_null(value=False) for expr in rules).collect(optimizations=_PLAIN)


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


@lru_cache(maxsize=_MOST_ROSTERS)
def _steps_of(same: _Same) -> _RosterSteps:
    """Return the steps of a roster, made once for all its workbooks: making them costs more than most frames do."""
    roster = same.roster
    found = _RosterSteps(Steps(scope_of(roster, {}).columns), Steps(scope_of(roster, {}).columns))
    for layer in _layers(roster):
        formulas = {f"{column.field}.computed": column.node for column in layer if column.node is not None}
        found.columns.add(formulas, {f"{column.field}.computed": _dtype(column) for column in layer})
    found.rules.add({rule_id(rule): rule.node for rule in roster.rules})
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
