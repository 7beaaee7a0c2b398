"""The county's side: its submission becomes what the province gets, a row a person, codes in the place of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.dataset import load_schema
from canbao_province.codes import comparable_numbers, name_codes, person_codes
from canbao_province.columns import (
    CAME,
    COUNTY,
    DUES,
    KEY,
    POLICY,
    REGION,
    SCHEMA,
    SHA256,
    YEAR,
    schema_name,
    schema_of,
)
from canbao_province.trouble import ProvinceError
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import IO

    from canbao_province.codes import Key

_KEPT = ("state", "category", "subsidy_kind", "payer")  # of the row that counts, as they are
_AND = "＋"
_GIVEN_ON = (POLICY, SHA256, COUNTY, REGION, YEAR)


@dataclass(frozen=True)
class Submission:
    """A data set of ``canbao merge --parquet``: its rows and what its metadata say."""

    rows: pl.DataFrame
    metadata: Mapping[str, str]

    @property
    def county(self) -> str:
        """The county that handed it in, with its prefecture."""
        return self.metadata[COUNTY]

    @property
    def year(self) -> int:
        """The policy year."""
        return int(self.metadata[YEAR])


def read_submission(path: Path) -> Submission:
    """Return a county's data set. Raises ProvinceError for another file, a damaged one, or one of another version."""
    version, columns = load_schema()
    try:
        metadata = pl.read_parquet_metadata(path)
        if not metadata.get(SCHEMA, "").startswith("canbao-submission/"):
            raise ProvinceError("province_no_submission", path=path)
        rows = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as trouble:
        raise ProvinceError("province_no_submission", path=path) from trouble
    wanted = {column.name for column in columns if not column.optional}
    complete = wanted <= set(rows.columns) and metadata.keys() >= set(_GIVEN_ON)
    if metadata[SCHEMA] != f"canbao-submission/{version}" or not complete:
        raise ProvinceError("province_old_submission", path=path)
    return Submission(rows, metadata)


def coded_rows(submission: Submission, key: Key) -> pl.DataFrame:
    """Return the rows of a submission with ``person`` and ``name_code``, null where they cannot be compared."""
    numbers = comparable_numbers(submission.rows["cert_no"])
    return submission.rows.with_columns(
        person=person_codes(key, submission.year, numbers),
        name_code=name_codes(key, submission.year, numbers, submission.rows["name"]),
    )


def province_rows(submission: Submission, key: Key) -> pl.DataFrame:
    """Return what the province gets, in the order of the codes: where a person stood in the rosters is not to be seen.

    A person's row that counts says what is owed; what came is summed over all rows, as in the submission. Rows whose
    numbers cannot be compared stay as many.
    """
    coded = _joined(coded_rows(submission, key))
    rows = coded.sort("counts", descending=True, maintain_order=True).with_row_index("at")
    alone = pl.when(pl.col("person").is_null()).then("at")
    left = pl.col("status").replace_strict(load_lists()["left_by_reason"], default=None, return_dtype=pl.String)
    people = (
        rows.with_columns(left=left, alone=alone)
        .group_by("person", "alone")
        .agg(
            pl.col("name_code").drop_nulls().first(),
            pl.len().cast(pl.Int64).alias("rows"),
            pl.col("counts", "enrolled").any(),
            pl.col("left").drop_nulls().first(),
            pl.col(*_KEPT, *DUES).first(),
            pl.col(*CAME).sum(),
            pl.col("paid_on").max(),
            at=pl.col("at").min(),
        )
        .with_columns(county=pl.lit(submission.county))
        .sort("person", "state", "paid_on", "received_fen", "premium_fen", "at", nulls_last=True)
    )
    return people.select(pl.col(name).cast(kind) for name, kind in schema_of().items())


def _joined(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose category and payer name both subsidies of who has one on top of another, as their sums do.

    Where nobody can have one, rows are as they are.
    """
    if "top_up" not in rows.columns:
        return rows
    pairs = {"category": "top_up", "subsidy_kind": "top_up_kind", "payer": "top_up_payer"}
    none = pl.col("category") == ""  # only what comes on top
    has = pl.col("top_up_kind").is_not_null()
    return rows.with_columns(
        pl.when(~has)
        .then(name)
        .when(none)
        .then(on_top)
        .otherwise(pl.concat_str(name, on_top, separator=_AND))
        .alias(name)
        for name, on_top in pairs.items()
    )


def write_province_file(submission: Submission, key: Key, stream: IO[bytes]) -> pl.DataFrame:
    """Write the file of a county and return its rows. The metadata name county, year and the key's fingerprint."""
    rows = province_rows(submission, key)
    metadata = {SCHEMA: schema_name(), KEY: key.fingerprint} | {name: submission.metadata[name] for name in _GIVEN_ON}
    rows.write_parquet(stream, compression="zstd", metadata=metadata)
    return rows
