"""A roster's formulas over a frame: computed columns and one Boolean column per rule."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.stack import Stack
from canbao_rulebook.formula.steps import Steps
from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.roster_compile import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

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
    same = _Same(roster)
    computed = _stacked(frames, names, partial(_column_steps, same), _no_columns(same))
    return [frame.with_columns(part.get_columns()) for frame, part in zip(frames, computed, strict=True)]


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
    same = _Same(roster)
    return _stacked(frames, names, partial(_rule_steps, same, in_sheet=in_sheet), _no_flags(same))


def _stacked(
    frames: Sequence[pl.DataFrame],
    names: Sequence[Mapping[str, NamedValue]],
    make_steps: Callable[[], Steps],
    nothing: pl.DataFrame,
) -> list[pl.DataFrame]:
    """Return what steps fill in the rows of each frame when all of them lie in one stack: the columns of ``nothing``.

    That is what comes of a frame without rows.
    """
    filled = [place for place, frame in enumerate(frames) if frame.height]
    made = dict.fromkeys(range(len(frames)), nothing)
    if filled:
        stack = Stack.of([frames[place] for place in filled], [names[place] for place in filled])
        parts = stack.parts(make_steps().fill(stack)[nothing.columns])
        made |= {place: part for place, (part, _) in zip(filled, parts, strict=True)}
    return list(made.values())


class _Same:
    """A roster as a key: another object is another roster, whatever it holds."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster

    def __hash__(self) -> int:
        return id(self.roster)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.roster is self.roster


# Steps are made once for all workbooks of a roster, when one has rows: making them costs more than most frames do.


@lru_cache(maxsize=_MOST_ROSTERS)
def _column_steps(same: _Same) -> Steps:
    """Return the steps to the computed columns of a roster."""
    steps = Steps(scope_of(same.roster, {}).columns)
    for layer in _layers(same):
        formulas = {_computed(column): column.node for column in layer if column.node is not None}
        steps.add(formulas, _dtypes(layer))
    return steps


@lru_cache(maxsize=2 * _MOST_ROSTERS)
def _rule_steps(same: _Same, *, in_sheet: bool) -> Steps:
    """Return the steps to the flags of the rules of a roster."""
    steps = Steps(scope_of(same.roster, {}).columns, in_sheet=in_sheet)
    steps.add_rules({rule_id(rule): rule.node for rule in same.roster.rules})
    return steps


@lru_cache(maxsize=_MOST_ROSTERS)
def _no_columns(same: _Same) -> pl.DataFrame:
    """Return the computed columns of a roster without rows."""
    return pl.DataFrame(schema=_dtypes(chain.from_iterable(_layers(same))))


@lru_cache(maxsize=_MOST_ROSTERS)
def _no_flags(same: _Same) -> pl.DataFrame:
    """Return the flags of a roster without rows."""
    return pl.DataFrame(schema={rule_id(rule): pl.Boolean() for rule in same.roster.rules})


def rule_id(rule: Rule) -> str:
    """Return the name of a rule within its roster."""
    return f"{rule.order:03d} {rule.message} {rule.column}"


def _computed(column: Column) -> str:
    return f"{column.field}.computed"


def _dtypes(columns: Iterable[Column]) -> dict[str, pl.DataType]:
    return {_computed(column): _dtype(column) for column in columns}


def _dtype(column: Column) -> pl.DataType:
    if column.type is ColumnType.TEXT:
        return pl.String()
    return pl.Boolean() if column.type is ColumnType.BOOL else pl.Float64()


@lru_cache(maxsize=_MOST_ROSTERS)
def _layers(same: _Same) -> list[list[Column]]:
    """Return the computed columns of a roster in layers, each reading only inputs and earlier layers."""
    waiting = {column.header: column for column in same.roster.computed_columns}
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
