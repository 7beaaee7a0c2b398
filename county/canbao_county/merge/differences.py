"""Where the county knows more than a unit's own workbook: other units, the lists of others (settlement.md 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_validators.settlement.looking_up import repeated_rows, rows_in
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.unit import settle_unit

if TYPE_CHECKING:
    from canbao_rulebook.findings import Finding
    from canbao_validators.settlement.told import Told

FIGURES = ("counts", "enrolled", "self_due", "gov_direct", "rebate_due")
OTHER_UNIT, BARRED, NOT_ARRIVED, COUNTY, LIST = "other_unit", "barred", "not_arrived", "county", "list"


def find_differences(
    facts: pl.DataFrame, people: pl.DataFrame, told: Told | None, findings: list[Finding], terms: Terms
) -> pl.DataFrame:
    """Return the rows whose figures are other ones in the county than in their own workbook alone, with ``why``.

    Columns: ``person``, the row's ``unit, sheet, row, name, key``, each of FIGURES in the county and, as
    ``<figure>_alone``, in the workbook; money is fen, null where unknown.
    """
    concerned = _concerned(facts, told, terms)
    own_terms = Terms(terms.policy)  # a workbook knows nothing of the county's rulings
    alone = [
        settle_unit(own, str(unit), findings, own_terms).select("person", *FIGURES)
        for (unit,), own in facts.filter(pl.col("pid").is_in(concerned.implode())).partition_by(
            "unit", as_dict=True, maintain_order=True
        ).items()
    ]  # fmt: skip
    if not alone:
        return pl.DataFrame(schema=dict.fromkeys(("person", "why"), pl.String))
    read = people.select("person", "pid", "unit", "sheet", "row", "name", "cert", "barred", "listed", *FIGURES)
    both = rows_in(read, pl.concat(alone).rename({name: f"{name}_alone" for name in FIGURES}), "person")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_alone")) for name in FIGURES)
    several = pl.col("pid").is_in(_several_units(facts).implode())
    why = (
        pl.when("barred")
        .then(pl.lit(BARRED))
        .when(~pl.col("listed").fill_null(value=True))
        .then(pl.lit(NOT_ARRIVED))
        .when(several)
        .then(pl.lit(OTHER_UNIT))
        .when(pl.col("cert").is_in(sorted({key for key, _ in terms.rulings.approvals})))
        .then(pl.lit(COUNTY))
        .otherwise(pl.lit(LIST))
    )
    shown = [name for figure in FIGURES for name in (figure, f"{figure}_alone")]
    return both.filter(differs).select("person", "unit", "sheet", "row", "name", "cert", *shown, why=why)


def _concerned(facts: pl.DataFrame, told: Told | None, terms: Terms) -> pl.Series:
    """Return the persons of whom the county may know more."""
    ruled = sorted({key for key, _ in terms.rulings.approvals} | {key for key, _, _ in terms.rulings.rows})
    parts = [_several_units(facts), facts.filter(pl.col("cert").is_in(ruled))["pid"]]
    if told is not None:
        keys = [told.verdicts["cert"], told.barred["cert"], told.listed["cert"]]
        parts.append(facts.filter(pl.col("cert").is_in(pl.concat(keys).unique().implode()))["pid"])
    return pl.concat(parts).unique()


def _several_units(facts: pl.DataFrame) -> pl.Series:
    repeated = repeated_rows(facts, "pid")
    units = repeated.group_by("pid").agg(units=pl.col("unit").n_unique())
    return units.filter(pl.col("units") > 1)["pid"]
