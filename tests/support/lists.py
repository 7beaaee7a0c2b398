"""Imported lists as a test writes them: rows by header, under ``kind``, ``owner AGENCY``, ``owner AGENCY CATEGORY``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.listed import empty_frame
from canbao_county.lists.stored import Lists, StoredList
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.list_kinds import load_list_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIRST_ROW = 3


def make_list(name: str, rows: Iterable[Mapping[str, Any]], policy_id: str, lost: tuple[str, ...] = ()) -> StoredList:
    """One list as it would have been loaded."""
    code, agency, category = (*name.split(" "), "", "")[:3]
    kind = load_list_kinds()[code]
    headers = {entry.header: entry for entry in kind.fields}
    table = []
    for number, row in enumerate(rows, start=FIRST_ROW):
        assert row.keys() <= headers.keys(), row.keys() - headers.keys()
        values = {entry.field: _value(row.get(header), entry.type.is_number) for header, entry in headers.items()}
        table.append({"row": number, **values})
    frame = pl.DataFrame(table, schema=empty_frame(kind).schema).with_columns(part=pl.lit(1, dtype=pl.Int64))
    stem = "-".join(part for part in (code, agency, category) if part)
    return StoredList(f"{stem}.xlsx", kind, policy_id, frame, agency, category, lost=lost)


def make_lists(lists: Mapping[str, Iterable[Mapping[str, Any]]], policy_id: str) -> Lists:
    """Several lists by name."""
    return Lists(tuple(make_list(name, rows, policy_id) for name, rows in lists.items()))


def _value(value: Any, is_number: bool) -> Any:
    if isinstance(value, date):
        return float(to_serial(value))
    if is_number:
        return None if value is None else float(value)
    return "" if value is None else str(value)
