"""The submission as a data set for other programs: a Parquet file with a published schema (docs/schema.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.yaml_text import read_data
from canbao_validators.settlement.top_ups import TOP_UP

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from canbao_county.merge.merging import Merge
    from canbao_rulebook.policy import Policy

NAME = "canbao-submission"
SCHEMA, POLICY, SHA256 = "canbao.schema", "canbao.policy", "canbao.policy_sha256"
COUNTY, REGION, YEAR = "canbao.county", "canbao.region", "canbao.year"
_FIRST_DAY = date(1899, 12, 30)
DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "flag": pl.Boolean(),
    "count": pl.Int64(),
    "day": pl.Date(),
    "fen": pl.Int64(),
    "code": pl.Binary(),
}


@dataclass(frozen=True)
class DatasetColumn:
    """A published column: ``field`` of the settled frame, ``kind`` one of DTYPES, ``zh`` and ``en`` what it means.

    ``optional``: only where the policy year knows subsidies on top of others, of which it says something.
    """

    name: str
    field: str
    kind: str
    zh: str
    en: str
    optional: bool = False


@cache
def load_schema(file: str = "submission_schema.yaml") -> tuple[int, tuple[DatasetColumn, ...]]:
    """Return the version of a schema and its columns in their order."""
    stated = read_data(file)
    columns = (
        DatasetColumn(
            name, entry.get("from", name), entry["kind"], entry["zh"], entry["en"], entry.get("optional", False)
        )
        for name, entry in stated["columns"].items()
    )
    return stated["version"], tuple(columns)


def submission_dataset(people: pl.DataFrame) -> pl.DataFrame:
    """Return one row a roster row of a settled frame, as the schema has it: days are dates, money is fen."""
    _, columns = load_schema()
    known = [column for column in columns if not column.optional or TOP_UP in people.columns]
    return people.select(_convert(column) for column in known)


def _convert(column: DatasetColumn) -> pl.Expr:
    block, _, name = column.field.rpartition(".")
    value = pl.col(block).struct.field(name) if block else pl.col(column.field)
    if column.kind == "day":
        value = pl.lit(_FIRST_DAY) + pl.duration(days=value.fill_nan(None).floor().cast(pl.Int64))
    return value.cast(DTYPES[column.kind]).alias(column.name)


def write_dataset(merge: Merge, stream: IO[bytes]) -> None:
    """Write the data set; its metadata name the schema, the policy file and its content, the county and the year."""
    rows = submission_dataset(merge.people)
    rows.write_parquet(stream, compression="zstd", metadata=dataset_metadata(merge.book.policy))


def dataset_metadata(policy: Policy) -> dict[str, str]:
    """Return what a data set says of itself: the schema, the policy file and its content, the county and the year."""
    metadata = {SCHEMA: f"{NAME}/{load_schema()[0]}", POLICY: policy.meta.id, SHA256: policy.sha256}
    metadata |= {COUNTY: f"{policy.meta.prefecture}{policy.meta.county}", REGION: policy.meta.gb2260}
    return metadata | {YEAR: str(policy.meta.policy_year)}


def is_dataset(path: Path) -> bool:
    """Whether a file is a data set that was written here."""
    try:
        return pl.read_parquet_metadata(path).get(SCHEMA, "").startswith(f"{NAME}/")
    except (OSError, pl.exceptions.PolarsError):
        return False
