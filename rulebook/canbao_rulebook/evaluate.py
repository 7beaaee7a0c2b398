"""A roster's formulas over a frame: computed columns and one Boolean column per rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.polars_emitter import PolarsContext, emit_flag_polars, emit_polars, find_calls
from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.roster_load import scope_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_rulebook.formula.nodes import Node
    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Column, Roster, Rule


def compute_columns(roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return the frame with ``<field>.computed`` for every computed column of the roster.

    ``frame`` holds what docs/architecture.md says; ``names`` the policy's and the unit's values. A computed value is
    null where it is an error, which only an error cell or an unknown policy value can cause.
    """
    if frame.is_empty():
        computed = {f"{column.field}.computed": _dtype(column) for layer in _layers(roster) for column in layer}
        return frame.hstack(pl.DataFrame(schema=computed))
    context = PolarsContext(scope_of(roster, names).columns, names)
    lazy = frame.lazy()
    for layer in _layers(roster):
        nodes = {column.field: column.node for column in layer if column.node is not None}
        lazy, context = _prepare(lazy, nodes.values(), context)
        lazy = lazy.with_columns(
            emit_polars(nodes[column.field], context).cast(_dtype(column)).alias(f"{column.field}.computed")
            for column in layer
        )
    return lazy.drop(context.prepared.values()).collect()


def flag_rules(roster: Roster, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return a Boolean frame, one column per rule named by ``rule_id``, for a frame with its computed columns."""
    context = PolarsContext(scope_of(roster, names).columns, names)
    lazy, context = _prepare(frame.lazy(), [rule.node for rule in roster.rules], context)
    return lazy.select(emit_flag_polars(rule.node, context).alias(rule_id(rule)) for rule in roster.rules).collect()


def _prepare(lazy: pl.LazyFrame, nodes: Iterable[Node], context: PolarsContext) -> tuple[pl.LazyFrame, PolarsContext]:
    """Add the values of calls that formulas share, each computed once, under names that no field has."""
    calls = [call for call in dict.fromkeys(chain(*map(find_calls, nodes))) if call not in context.prepared]
    fresh = {call: f"~{len(context.prepared) + number}" for number, call in enumerate(calls)}
    lazy = lazy.with_columns(emit_polars(call, context).alias(name) for call, name in fresh.items())
    return lazy, replace(context, prepared={**context.prepared, **fresh})


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
