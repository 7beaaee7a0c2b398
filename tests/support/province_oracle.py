"""What `canbao province check` should find, worked out once more in plain polars: over windows, not by joins."""

from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from canbao_province.columns import CAME, DUES, schema_of

_OVER = "person"


def require_same(found: tuple[pl.DataFrame, ...], rows: dict[str, list[dict[str, Any]]]) -> None:
    """Hold what an engine found against it, row for row."""
    everybody = pl.DataFrame([row for own in rows.values() for row in own], schema=schema_of())
    expected = (counties(everybody), categories(everybody), shared(everybody))
    for one, other in zip(found, expected, strict=True):
        assert_frame_equal(one, other.select(one.columns), check_dtypes=False)


def counties(rows: pl.DataFrame) -> pl.DataFrame:
    """Totals a county."""
    parts = []
    for (name,), part in rows.group_by("county"):
        counting = part.filter("counts")
        total = {
            "county": name,
            "persons": part.height,
            "coded": part["person"].is_not_null().sum(),
            "counting": counting.height,
            "enrolled": part["enrolled"].sum(),
            "aided": part.filter(_aided()).height,
        }
        total["unknown"] = counting.filter(pl.any_horizontal(pl.col(*DUES).is_null())).height
        total |= {one: counting[one].sum() for one in DUES}
        total |= {f"{one}.unknown": counting[one].null_count() for one in DUES}
        parts.append(total | {one: part[one].sum() for one in CAME})
    return pl.DataFrame(parts).sort("county")


def categories(rows: pl.DataFrame) -> pl.DataFrame:
    """Who is subsidised, by county, payer and category."""
    groups = rows.filter(_aided()).group_by("county", "payer", "category")
    unknown = pl.col("gov_direct_fen").is_null() | pl.col("rebate_due_fen").is_null()
    summed = groups.agg(
        persons=pl.len().cast(pl.Int64),
        gov_direct_fen=pl.col("gov_direct_fen").sum(),
        rebate_due_fen=pl.col("rebate_due_fen").sum(),
        unknown=unknown.sum().cast(pl.Int64),
    )
    return summed.sort("county", "payer", "category")


def shared(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of persons in several counties, with what is said of them everywhere."""
    enrolled, left = pl.col("enrolled"), pl.when(~pl.col("enrolled")).then("left")
    many = rows.filter(pl.col("person").is_not_null()).with_columns(aided=_aided())
    many = many.filter(pl.col("county").n_unique().over(_OVER) > 1).with_columns(
        places=pl.col("county").n_unique().over(_OVER).cast(pl.Int64),
        enrolled_in=enrolled.sum().over(_OVER).cast(pl.Int64),
        aided_in=pl.col("aided").sum().over(_OVER).cast(pl.Int64),
        names=pl.col("name_code").drop_nulls().n_unique().over(_OVER).cast(pl.Int64),
        gone=left.is_in(["elsewhere", "moved"]).any().over(_OVER),
        other=left.is_in(["dead", "employed"]).any().over(_OVER),
        day=pl.when(enrolled).then("paid_on"),
    )
    dated = (enrolled & pl.col("day").is_null()).sum().over(_OVER) == 0
    rank = pl.col("day").rank("max", descending=True).over(_OVER)  # 1 for one alone at the top
    case = (
        pl.when(pl.col("enrolled_in") >= 2)
        .then(pl.lit("twice"))
        .when((pl.col("enrolled_in") == 1) & pl.col("other"))
        .then(pl.lit("contradicts"))
        .when((pl.col("enrolled_in") == 1) & pl.col("gone"))
        .then(pl.lit("moved"))
        .when("gone")
        .then(pl.lit("gap"))
        .otherwise(pl.lit("listed"))
    )
    latest = enrolled & (pl.col("enrolled_in") >= 2) & dated & (rank == 1)
    return many.with_columns(case=case, latest=latest.fill_null(value=False)).sort("case", "person", "county")


def _aided() -> pl.Expr:
    nothing = (pl.col("gov_direct_fen") <= 0) & (pl.col("rebate_due_fen") <= 0)
    named = (pl.col("category") != "") & ~nothing.fill_null(value=False)
    return pl.col("counts") & (named | (pl.col("village_due_fen") > 0).fill_null(value=False))
