"""The persons of a submission, one row each, with what stands of them in their roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.year.submitted import read_submission, read_verdicts
from canbao_rulebook.functions.registry import REGISTRY, Argument
from canbao_rulebook.units import AGENCY
from canbao_rulebook.vocabulary import word

if TYPE_CHECKING:
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.reading.raw import RawWorkbook

COUNTED = word("row_verdicts", "counts")
_SHORTEST = 5
_BESIDE = {"seq", "check", "cert_no"}
_NAMING = ("name", "head_name", "birth")
WHERE = ("key", "unit", "sheet", "row", "name", "cert_no", "birth", "counts", "state")


def read_persons(raw: RawWorkbook, book: Rulebook) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the persons of a submission and the headers of their fields.

    Columns are WHERE and one of texts a field that people fill in: what its cell shows. ``key`` is the document number;
    without one, name, head of the household and birth. Of a person's rows the one that counts is taken, else the first.
    Raises UnreadableFile for what is no submission of the policy year.
    """
    verdicts = read_verdicts(raw, book)
    headers: dict[str, str] = {}
    parts = []
    for unit in read_submission(raw, book):
        for code, frame in unit.frames.items():
            roster = book.rosters[code]
            if roster.names_persons and frame.height:
                headers |= _headers(roster)
                told = verdicts.filter((pl.col("file") == unit.file) & (pl.col("sheet") == roster.sheet))
                shown = _shown(roster, frame, unit.unit.name)
                parts.append(shown.join(told.select("row", "counts", "state"), on="row", how="left"))
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(WHERE, pl.String) | {"row": pl.Int64}), {}
    people = pl.concat(parts, how="diagonal").with_columns(pl.col(pl.String).fill_null(""))
    counted = people.sort(pl.col("counts") != COUNTED, maintain_order=True)
    return counted.unique("key", keep="first", maintain_order=True), headers


def _headers(roster: Roster) -> dict[str, str]:
    return {
        column.field: column.header
        for column in roster.columns
        if column.is_input and column.field not in _BESIDE and not column.hidden
    }


def _shown(roster: Roster, frame: pl.DataFrame, unit: str) -> pl.DataFrame:
    clean = REGISTRY["CLEAN_ID"].polars([Argument(pl.col("cert_no"))])
    texts = frame.select(
        "row",
        *(pl.col(f"{name}.raw").fill_null("").alias(name) for name in _headers(roster)),
        cert_no=clean.fill_null(""),
    )
    texts = texts.with_columns(pl.lit("").alias(name) for name in _NAMING if name not in texts.columns)
    named = pl.concat_str(pl.lit("~"), *_NAMING, separator="|")
    beside = pl.concat_str(pl.lit(f"#{unit}|{roster.sheet}|"), pl.col("row").cast(pl.String))
    key = (
        pl.when(pl.col("cert_no").str.len_chars() >= _SHORTEST)
        .then("cert_no")
        .when(pl.col("name") != "")
        .then(named)
        .otherwise(beside)
    )
    place = pl.col("township") if AGENCY in roster.units and "township" in texts.columns else pl.lit("")
    return texts.with_columns(
        key=key, unit=pl.when(place != "").then(place).otherwise(pl.lit(unit)), sheet=pl.lit(roster.sheet)
    )
