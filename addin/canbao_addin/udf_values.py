"""Cells of any workbook through the formulas of udf.yaml: what the worksheet functions of ``udf`` compute."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache
from math import floor, isfinite, isnan
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_addin.home import own_policies
from canbao_rulebook.formula.checker import compile_formula
from canbao_rulebook.formula.nodes import Type, columns_of
from canbao_rulebook.formula.parser import parse
from canbao_rulebook.formula.polars_emitter import PolarsContext, emit_polars
from canbao_rulebook.formula.scope import FORMULA_TYPES, ColumnInfo, Scope
from canbao_rulebook.functions.dates import FIRST_SERIAL, LAST_SERIAL, from_serial, to_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT, ColumnType
from canbao_rulebook.names import policy_names
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.formula.scope import NamedValue

Cells = list[list[Any]]
Plan = tuple[ColumnInfo, tuple[pl.Expr, ...]]


@cache
def load_functions() -> dict[str, Any]:
    """Return udf.yaml: input columns, columns with their formulas, texts."""
    functions: dict[str, Any] = read_data("udf.yaml")
    return functions


def compute_cells(header: str, arguments: Mapping[str, Cells], policy_id: str = "") -> Cells:
    """Return a column of udf.yaml for every cell of the arguments, which are rows of cells by header of an input.

    A blank argument cell gives None. Cells and single rows or columns are repeated to the largest argument; beyond the
    end of one that is neither, the result is None. Dates are datetimes. ``policy_id`` names a shipped policy year.
    """
    height = max(len(cells) for cells in arguments.values())
    width = max(len(row) for cells in arguments.values() for row in cells)
    spread = tuple((name, tuple(_spread(cells, height, width))) for name, cells in arguments.items())
    values = (_cell if height * width == 1 else _column)(header, spread, policy_id)
    return [list(values[start : start + width]) for start in range(0, height * width, width)]


def _column(header: str, arguments: tuple[tuple[str, tuple[Any, ...]], ...], policy_id: str) -> tuple[Any, ...]:
    wanted, steps = _plan(header, policy_id)
    frame = pl.DataFrame([_series(name, cells) for name, cells in arguments])
    for step in steps:
        frame = frame.with_columns(step)
    values = frame[f"{wanted.field}.computed"].to_list()
    missing = UNKNOWN_TEXT if wanted.unknowable else None
    return tuple(
        None if any(map(is_blank, cells)) else missing if value is None else _show(value, wanted.type)
        for value, *cells in zip(values, *(cells for _, cells in arguments), strict=True)
    )


# A sheet calls cell by cell, and asks for the same cells again at every recalculation.
_cell = lru_cache(maxsize=200_000)(_column)


def policy_value(name: str, policy_id: str) -> Any:
    """Return the value of a defined name of a policy year, 待定 when the notice does not state it."""
    value = _names(policy_id)[name].value
    return UNKNOWN_TEXT if value is None else value


@cache
def latest_policy() -> str:
    """Return the policy year that ends last of those that come with canbao."""
    return max(list_policies(), key=lambda policy_id: load_policy(policy_id).meta.policy_year)


@cache
def is_known(policy_id: str) -> bool:
    """Whether a policy year comes with canbao or lies in the user's own folder."""
    return policy_id in {*own_policies(), *list_policies()}


def is_blank(cell: Any) -> bool:
    """Whether a cell counts as empty: nothing, or blanks only."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


@lru_cache(maxsize=16)
def _names(policy_id: str) -> Mapping[str, NamedValue]:
    return policy_names(load_policy(policy_id, own_policies())) if policy_id else {}


@cache
def _inputs() -> dict[str, ColumnInfo]:
    return {header: _info(header, entry) for header, entry in load_functions()["inputs"].items()}


def _info(header: str, entry: Mapping[str, str], **more: Any) -> ColumnInfo:
    return ColumnInfo(header, entry["field"], FORMULA_TYPES[ColumnType(entry["type"])], **more)


@lru_cache(maxsize=256)
def _plan(header: str, policy_id: str) -> Plan:
    """Return what is known of a column, and the expressions that lead to it, each after those it reads."""
    names, columns = _names(policy_id), dict(_inputs())
    steps: list[pl.Expr] = []

    def visit(wanted: str) -> None:
        if wanted in columns:
            return
        entry = load_functions()["columns"][wanted]
        for read in columns_of(parse(entry["formula"])):
            visit(read)
        node = compile_formula(entry["formula"], Scope(columns, names))
        columns[wanted] = _info(wanted, entry, computed=True, unknowable=node.unknowable, node=node)
        steps.append(emit_polars(node, PolarsContext(columns, names)).alias(f"{entry['field']}.computed"))

    visit(header)
    return columns[header], tuple(steps)


def _spread(cells: Cells, height: int, width: int) -> list[Any]:
    """Return the cells row by row, repeated to the height and width of the result as Excel repeats them."""
    rows = cells * height if len(cells) == 1 else cells + [[]] * (height - len(cells))
    return [cell for row in rows for cell in (row * width if len(row) == 1 else row + [None] * (width - len(row)))]


def _series(header: str, cells: Sequence[Any]) -> pl.Series:
    """Read cells as the formula language does: text as itself, else ""; a number or date as its number, else none."""
    column = _inputs()[header]
    if column.type is Type.TEXT:
        return pl.Series(column.field, [cell if isinstance(cell, str) else "" for cell in cells], dtype=pl.String)
    return pl.Series(column.field, [_day(cell) for cell in cells], dtype=pl.Float64)


def _day(cell: Any) -> float:
    """Return the serial of a date cell, its time of day left out; NaN for anything else."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return float(to_serial(cell))
    number = isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell)
    return float(floor(cell)) if number else float("nan")


def _show(value: Any, kind: Type) -> Any:
    """Return a value as xlwings writes it: None is an empty cell, a date a datetime."""
    if value == "" or (isinstance(value, float) and isnan(value)):
        return None
    if kind is not Type.DATE:
        return value
    known = FIRST_SERIAL <= value <= LAST_SERIAL
    return datetime.combine(from_serial(value), datetime.min.time()) if known else None
