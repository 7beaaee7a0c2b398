"""What was found as tables: for the province all of it, for each county its own persons only.

A county has the key, so it could resolve the codes of others: it gets none but its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_province.checks import CASES
from canbao_province.results import FLAGS
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import REACHED, TOTAL
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from canbao_province.results import Comparison
    from canbao_rulebook.tables import TableSheet

PERSONS = "province_persons"
_CASES, _LEFT, _STATES = "province_cases", "province_left", "person_states"


def comparison_sheets(found: Comparison, told: str) -> list[TableSheet]:
    """Return the workbook of the province; ``told`` is the sentence above the totals."""
    begin = str(found.year)
    return [
        load_table("province_counties").make(_counties(found), begin=begin, told=told),
        load_table("province_categories").make(found.categories, begin=begin),
        load_table("province_cases").make(_cases(found), begin=begin),
        load_table("province_pairs").make(found.pairs(), begin=begin),
        load_table(PERSONS).make(persons_table(found), begin=begin),
    ]


def county_sheets(found: Comparison, county: str) -> list[TableSheet]:
    """Return what one county is told: its own persons who are in other counties, too."""
    own = persons_table(found).filter(pl.col("county") == county)
    return [load_table(PERSONS).make(own, begin=f"{county}{found.year}")]


def persons_table(found: Comparison) -> pl.DataFrame:
    """Return one row a person and county, the gravest cases first, with what the other counties say."""
    yes = pl.lit(REACHED)
    order = {case: place for place, case in enumerate(CASES)}
    rows = found.rows.with_columns(state=_worded(_STATES, "state"), left=_worded(_LEFT, "left"))
    return (
        rows.join(_elsewhere(rows), on=["person", "county"], how="left", maintain_order="left")
        .sort(pl.col("case").replace_strict(order, return_dtype=pl.Int64), "person", "county", maintain_order=True)
        .with_columns(
            person=pl.col("person").bin.encode("hex"),
            case=_worded(_CASES, "case"),
            aided=pl.when(pl.col("aided_in") > 1).then(yes).otherwise(pl.lit("")),
            names=pl.when(pl.col("names") > 1).then(yes).otherwise(pl.lit("")),
            latest=pl.when("latest").then(yes).otherwise(pl.lit("")),
        )
    )


def _elsewhere(rows: pl.DataFrame) -> pl.DataFrame:
    """Return, by person and county, what the others say: county, what it says or the state, and the day of payment."""
    said = pl.concat_str(
        pl.col("county"),
        pl.lit("："),
        pl.when(pl.col("left") != "").then("left").otherwise("state"),
        pl.when(pl.col("paid_on").is_not_null())
        .then(pl.lit(" ") + pl.col("paid_on").dt.to_string("%Y-%m-%d"))
        .otherwise(pl.lit("")),
    )
    other = rows.select("person", said=said, place="county").sort("place")
    pairs = rows.select("person", "county").join(other, on="person").filter(pl.col("place") != pl.col("county"))
    return pairs.group_by("person", "county").agg(elsewhere=pl.col("said").sort_by("place").str.join("；"))


def _worded(words: str, column: str) -> pl.Expr:
    known: dict[str, str] = load_lists()[words]
    return pl.col(column).replace_strict(known, default=pl.col(column)).fill_null("")


def _counties(found: Comparison) -> pl.DataFrame:
    return found.totals.with_columns(uncoded=pl.col("persons") - pl.col("coded"))


def _cases(found: Comparison) -> pl.DataFrame:
    total = {"county": TOTAL} | found.cases() | found.flags()
    rows = found.county_cases()
    return pl.concat([rows, pl.DataFrame([total], schema=rows.schema)]).select("county", *CASES, *FLAGS)
