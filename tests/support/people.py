"""Persons as the merge sees them, without workbooks: so many rows alike, put together."""

from typing import Any

import polars as pl

from canbao_validators.merge.people import SCHEMA


def persons(count: int, **values: Any) -> pl.DataFrame:
    """So many rows alike: enrolled residents who paid, but for what is said."""
    usual: dict[str, Any] = {
        "unit": "甲镇", "place": "甲镇", "roster": "R1", "enrolment": True, "enrolled": True, "self_due": 280.0,
        "central": False, "valid": True, "counts": True, "groups": [],
    }  # fmt: skip
    values = usual | values
    columns = {}
    for name, kind in {**SCHEMA, "counts": pl.Boolean()}.items():
        blank = {pl.Boolean: None if name == "posted" else False, pl.Float64: None, pl.Int64: 5}.get(type(kind), "")
        value = values.get(name, [] if isinstance(kind, pl.List) else blank)
        columns[name] = pl.lit(value).cast(kind)
    return (
        pl.select(pl.repeat(0, count, eager=False).alias("n"))
        .select(*(value.alias(name) for name, value in columns.items()), length="n")
        .drop("length")
    )


def county_of(*parts: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(parts).with_row_index("person")


def in_group(frame: pl.DataFrame, group: str | None) -> pl.DataFrame:
    return frame.with_columns(groups=pl.lit([group] if group else [], dtype=SCHEMA["groups"]))
