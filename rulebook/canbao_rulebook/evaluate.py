"""A roster's formulas over a frame: computed columns and one Boolean column per rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.polars_emitter import PolarsContext, emit_flag_polars, emit_polars
from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.roster_load import scope_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Column, Roster, Rule


def compute_columns(roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return the frame with ``<field>.computed`` for every computed column of the roster.

    ``frame`` holds what docs/architecture.md says; ``names`` the policy's and the unit's values. A computed value is
    null where it is an error, which only an error cell or an unknown policy value can cause.
    """
    context = PolarsContext(scope_of(roster, names).columns, names)
    lazy = frame.lazy()
    for layer in _layers(roster):
        lazy = lazy.with_columns(
            emit_polars(column.node, context).cast(_dtype(column)).alias(f"{column.field}.computed")
            for column in layer
            if column.node is not None
        )
    return lazy.collect()


def flag_rules(roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return a Boolean frame, one column per rule named by ``rule_id``, for a frame with its computed columns."""
    context = PolarsContext(scope_of(roster, names).columns, names)
    return (
        frame.lazy()
        .select(emit_flag_polars(rule.node, context).alias(rule_id(rule)) for rule in roster.rules)
        .collect()
    )


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
