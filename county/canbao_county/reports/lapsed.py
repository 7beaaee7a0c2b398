"""Comparison (R22): insured last year, on an owner list or registered here, and in no roster (DX-17, SC-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reports.model import ReportFile
from canbao_rulebook.list_kinds import load_list_words
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.settlement.settle import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context
    from canbao_rulebook.tables import TableSheet

NEEDS = ("last_year", "owner", "population")
_RESIDENT = "|".join(load_list_words("resident_insurance")[0])


def lapsed_persons(context: Context) -> pl.DataFrame | None:
    """Return last year's residents' insured who are neither enrolled nor exempt this year; None without the list."""
    last_year = context.list_frame("last_year")
    if last_year is None:
        return None
    residents = last_year.filter((pl.col("insurance") == "") | pl.col("insurance").str.contains(_RESIDENT))
    settled = context.merge.people.filter(pl.col("enrolled") | (pl.col("state") == EXEMPT))["cert"]
    return _with_state(context, residents.filter(~pl.col("cert_no").is_in(settled.implode())), "上年参保，今年没有")


def missed_persons(context: Context, kind: str, why: str) -> pl.DataFrame | None:
    """Return the persons of a kind of list who stand in no roster; None without such a list."""
    persons = context.list_frame(kind)
    if persons is None:
        return None
    known = context.merge.people["cert"]
    return _with_state(context, persons.filter(~pl.col("cert_no").is_in(known.implode())), why)


def _with_state(context: Context, persons: pl.DataFrame, why: str) -> pl.DataFrame:
    words: dict[str, str] = load_lists()["person_states"]
    where = pl.format("{}「{}」第{}行", pl.col("unit").cast(pl.String), pl.col("sheet").cast(pl.String), "row")
    said = pl.col("state").replace_strict(words, default=None, return_dtype=pl.String)
    own = (
        context.merge.people.sort("stands", descending=True, maintain_order=True)
        .select(cert_no="cert", state=pl.concat_str(where, said, separator="，", ignore_nulls=True))
        .unique("cert_no", keep="first", maintain_order=True)
    )
    named = persons.filter(pl.col("cert_no") != "").unique("cert_no", keep="first", maintain_order=True)
    return named.join(own, on="cert_no", how="left", maintain_order="left").select(
        "township",
        "village",
        "name",
        "cert_no",
        why=pl.lit(why),
        state=pl.col("state").fill_null("没有登记"),
    )


def make_comparison(context: Context) -> Iterator[ReportFile]:
    """Yield the county's comparison: a sheet for each list that there is."""
    found = {
        "断保": lapsed_persons(context),
        "主管部门名单": missed_persons(context, "owner", "在主管部门名单上，没有登记"),
        "户籍人口": missed_persons(context, "population", "在户籍人口名单上，没有登记"),
    }
    sheets = [_sheet(context, name, persons) for name, persons in found.items() if persons is not None]
    facts = [(f"{name}(人)", "没有名单" if persons is None else str(persons.height)) for name, persons in found.items()]
    rows = sum(persons.height for persons in found.values() if persons is not None)
    yield ReportFile(sheets, unit=context.policy.meta.county, rows=rows, facts=facts, receivers="税务、医保")


def _sheet(context: Context, name: str, persons: pl.DataFrame) -> TableSheet:
    return context.table("comparison", persons.sort("township", "village", maintain_order=True), list=name)
