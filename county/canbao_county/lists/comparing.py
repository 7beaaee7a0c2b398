"""What differs between the list of today and the one that it replaces: 增量形式 (added, changed, removed)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.rare_values import show_time
from canbao_validators.normalise.display import format_number, format_serial

if TYPE_CHECKING:
    from canbao_rulebook.list_kinds import ListField, ListKind

ADDED, CHANGED, REMOVED = "新增", "变更", "取消"
_JOIN = "；"


@dataclass(frozen=True)
class Difference:
    """Persons (or entries) that came, went or are told of differently.

    ``rows`` holds ``change`` (新增, 变更, 取消), all fields of the later row (of a removed one the earlier), as texts,
    and ``what``: the fields that differ, with before and after.
    """

    rows: pl.DataFrame

    def count(self, change: str) -> int:
        """Return how many there are of one kind of change."""
        return int((self.rows["change"] == change).sum()) if self.rows.height else 0


def compare_lists(old: pl.DataFrame, new: pl.DataFrame, kind: ListKind) -> Difference:
    """Return who came, went or changed between two lists of a kind; the order of rows means nothing."""
    earlier, later = _by_person(old, kind), _by_person(new, kind)
    both = later.join(earlier, on="person", how="full", suffix="_old", coalesce=True)
    change = (
        pl.when(pl.col("content_old").is_null())
        .then(pl.lit(ADDED))
        .when(pl.col("content").is_null())
        .then(pl.lit(REMOVED))
        .when(pl.col("content") != pl.col("content_old"))
        .then(pl.lit(CHANGED))
    )
    names = [entry.field for entry in kind.fields]
    differing = both.with_columns(change=change).filter(pl.col("change").is_not_null()).sort("change", "person")
    told = [
        pl.when(pl.col("change") == REMOVED).then(f"{name}_old").otherwise(name).fill_null("").alias(name)
        for name in names
    ]
    return Difference(differing.select("change", *told, what=_what(kind)))


def _what(kind: ListKind) -> pl.Expr:
    """Say which fields of a changed person differ."""
    parts = [
        pl.when(pl.col(entry.field) != pl.col(f"{entry.field}_old")).then(
            pl.format("{}：{} → {}", pl.lit(entry.header), _or_dash(f"{entry.field}_old"), _or_dash(entry.field))
        )
        for entry in kind.fields
    ]
    told = pl.concat_str(parts, separator=_JOIN, ignore_nulls=True)
    return pl.when(pl.col("change") == CHANGED).then(told).otherwise(pl.lit(""))


def _or_dash(name: str) -> pl.Expr:
    return pl.when(pl.col(name) == "").then(pl.lit("—")).otherwise(name)


def _by_person(frame: pl.DataFrame, kind: ListKind) -> pl.DataFrame:
    """Return one row a person, every field as text; what stands in several rows is told in one."""
    texts = frame.select(_as_text(frame[entry.field], entry) for entry in kind.fields)
    person = pl.concat_str([pl.col(name) for name in kind.person], separator="\x1f")
    content = pl.concat_str([pl.col(entry.field) for entry in kind.fields], separator="\x1f")
    keyed = texts.with_columns(person=person, content=content).sort("person", "content")
    fields = [pl.col(entry.field).unique(maintain_order=True).str.join(_JOIN) for entry in kind.fields]
    return keyed.group_by("person", maintain_order=True).agg(*fields, pl.col("content").str.join("\x1e"))


def _as_text(values: pl.Series, entry: ListField) -> pl.Series:
    if not entry.type.is_number:
        return values.fill_null("")
    show = {"date": format_serial, "time": show_time}.get(entry.type.value, format_number)
    distinct = values.drop_nulls().unique()
    shown = dict(zip(distinct.to_list(), [show(value) for value in distinct.to_list()], strict=True))
    texts = [shown.get(value, "") for value in values.to_list()]
    return pl.Series(values.name, texts, dtype=pl.String)
