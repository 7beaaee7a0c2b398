"""What a county submission states in 汇总, held against what its rows come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.totals import township_totals
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import FEN, TEXTS, CellType
from canbao_validators.reading.own_tables import find_table, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from canbao_validators.reading.raw import RawCell, RawWorkbook

_TOWNSHIP, _RANK = (load_table("summary").columns[name].header for name in ("township", "rank"))
_STATED = ("premium", "gov_direct", "self_due", "self_paid", "accepted", "rebate_due", "payable", "withheld")


def differing_units(raw: RawWorkbook, people: pl.DataFrame, units: Sequence[str]) -> list[str]:
    """Return the units whose money in 汇总 is not what a settled frame gives: lists or decisions were others."""
    spec = load_table("summary")
    headers = {name: spec.columns[name].header for name in ("township", *_STATED)}
    table = find_table(raw.sheets.get(spec.sheet.name), headers.values())
    rows = () if table is None else (cells for _, cells in table.rows())
    stated = {text_of(cells[headers["township"]]): cells for cells in rows}
    return [
        total.unit
        for total in township_totals(people, units, {})
        if total.unit in stated and any(_fen(stated[total.unit][headers[name]]) != total.fen(name) for name in _STATED)
    ]


def _fen(cell: RawCell) -> int | None:
    return round(cell.number * 100) if cell.kind is CellKind.NUMBER else None


def stated_totals(raw: RawWorkbook) -> dict[str, str]:
    """Return the county's figures of 汇总 by header: its last row, money with two decimals."""
    spec = load_table("summary")
    table = find_table(raw.sheets.get(spec.sheet.name), {spec.columns["township"].header})
    rows = [] if table is None else [cells for _, cells in table.rows() if text_of(cells[_TOWNSHIP])]
    kinds = {column.header: column.kind for column in spec.columns.values()}
    return {
        header: _shown(cell, kinds[header])
        for header, cell in (rows[-1].items() if rows else ())
        if kinds.get(header, CellType.TEXT) not in TEXTS and header not in {_TOWNSHIP, _RANK}
    }


def _shown(cell: RawCell, kind: CellType) -> str:
    if cell.kind is not CellKind.NUMBER:
        return text_of(cell)
    if kind is CellType.RATE:
        return f"{cell.number:.2%}"
    return f"{cell.number:.2f}" if kind in FEN else f"{cell.number:g}"
