"""The file that a county gives on: its published columns (docs/province.md) and what its metadata say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.dataset import COUNTY, DTYPES, POLICY, REGION, SCHEMA, SHA256, YEAR, load_schema

if TYPE_CHECKING:
    import polars as pl

    from canbao_county.dataset import DatasetColumn

__all__ = ["COUNTY", "KEY", "POLICY", "REGION", "SCHEMA", "SHA256", "YEAR", "load_columns", "schema_name", "schema_of"]

NAME, KEY = "canbao-province", "canbao.key"
DUES = (
    "premium_fen",
    "gov_direct_fen",
    "self_due_fen",
    "rebate_due_fen",
    "village_due_fen",
    "withheld_fen",
    "payable_fen",
)  # of the row that counts
CAME = ("received_fen", "accepted_fen", "returnable_fen", "unproven_fen")  # of all rows


def load_columns() -> tuple[int, tuple[DatasetColumn, ...]]:
    """Return the version of the schema and its columns in their order."""
    return load_schema("province_schema.yaml")


def schema_name() -> str:
    """Return what the metadata of a file call its schema."""
    return f"{NAME}/{load_columns()[0]}"


def schema_of() -> dict[str, pl.DataType]:
    """Return the columns and their types."""
    return {column.name: DTYPES[column.kind] for column in load_columns()[1]}
