"""Persons as the merge sees them, without workbooks: so many rows alike, put together."""

from typing import Any

import polars as pl

from canbao_validators.settlement.facts import SCHEMA

SETTLED = {
    **SCHEMA,
    **dict.fromkeys(("gov_direct", "self_due", "rebate_due"), pl.Int64()),
    **dict.fromkeys(("counts", "enrolled"), pl.Boolean()),
}
_UNTOLD = ("posted", "arrived")


def persons(count: int, **values: Any) -> pl.DataFrame:
    """So many rows alike: enrolled residents who paid, but for what is said. Money is fen."""
    usual: dict[str, Any] = {
        "unit": "甲镇", "township": "甲镇", "roster": "R1", "row": 5, "enrolment": True, "valid": True, "counts": True,
        "enrolled": True, "received": 28000, "self_due": 28000, "gov_direct": 0, "rebate_due": 0,
    }  # fmt: skip
    values = usual | values
    columns = []
    for name, kind in SETTLED.items():
        blank = {pl.Boolean: None if name in _UNTOLD else False, pl.String: "", pl.Categorical: "", pl.List: []}
        columns.append(pl.lit(values.get(name, blank.get(type(kind)))).cast(kind).alias(name))
    return pl.select(columns)[[0] * count]


def county_of(*parts: pl.DataFrame) -> pl.DataFrame:
    """Put rows together and number them."""
    return pl.concat(parts).with_row_index("person")


def in_group(frame: pl.DataFrame, group: str | None) -> pl.DataFrame:
    """The same persons as members of a target group."""
    return frame.with_columns(groups=pl.lit([group] if group else [], dtype=SCHEMA["groups"]))
