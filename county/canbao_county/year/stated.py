"""What a county submission states in 汇总, held against what its rows come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.totals import township_totals
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.table_specs import load_table
from canbao_validators.reading.own_tables import find_table, text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from canbao_validators.reading.raw import RawCell, RawWorkbook

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
