"""Two submissions beside each other as tables for a meeting: document numbers are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.year.stated import stated_totals
from canbao_rulebook.masking import mask_text, quoted_number
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_county.year.compare import Comparison
    from canbao_rulebook.tables import TableSheet
    from canbao_validators.reading.raw import RawWorkbook


def comparison_sheets(
    found: Comparison, earlier: RawWorkbook, later: RawWorkbook, headers: Mapping[str, str], begin: str
) -> dict[str, TableSheet]:
    """Return the sheets by what they tell of; ``headers`` are those of the fields."""
    words: dict[str, str] = load_lists()["compared"]
    named = {**headers, **{name: words[name] for name in ("name", "cert_no", "sheet", "counts", "state")}}
    columns = [
        {"header": named[name], "persons": count, "listed": words["no" if name in found.general else "yes"]}
        for name, count in found.columns.items()
    ]
    persons = {"new": found.new, "gone": found.gone}
    return {
        "units": load_table("compared_units").make(count_units(found), begin=begin),
        "sums": _sums(earlier, later, begin),
        "columns": load_table("compared_columns").make(columns, begin=begin),
        **{
            name: load_table("compared_persons").make(_persons(people), begin=begin, sheet=words[name])
            for name, people in persons.items()
        },
        "moved": load_table("moved_persons").make(_moved(found.moved), begin=begin),
        "changed": load_table("changed_persons").make(_changes(found, named), begin=begin),
    }


def count_units(found: Comparison) -> pl.DataFrame:
    """Return how many persons of each unit are new, gone, moved, changed and the same."""
    both, changed = found.both, found.changed
    still = both.filter(pl.col("unit") == pl.col("unit_old"))
    same = still.join(changed.select("key"), on="key", how="anti")
    counted = {
        "before": pl.concat([found.gone["unit"], both["unit_old"]]),
        "after": pl.concat([found.new["unit"], both["unit"]]),
        "new": found.new["unit"],
        "gone": found.gone["unit"],
        "moved_in": found.moved["unit"],
        "moved_out": found.moved["unit_old"],
        "changed": changed["unit"],
        "same": same["unit"],
    }
    units = pl.DataFrame({"township": pl.concat([counted["after"], counted["before"]]).unique(maintain_order=True)})
    for name, column in counted.items():
        counts = column.value_counts(name=name).rename({column.name: "township"})
        units = units.join(counts, on="township", how="left", maintain_order="left")
    return units.with_columns(pl.exclude("township").fill_null(0).cast(pl.Int64))


def _village(people: pl.DataFrame, name: str = "village") -> pl.Expr:
    return pl.col(name) if name in people.columns else pl.lit("")


def _masked(name: str = "cert_no") -> pl.Expr:
    return pl.col(name).map_elements(mask_text, pl.String)


def _persons(people: pl.DataFrame) -> pl.DataFrame:
    return people.select("name", "sheet", "state", township="unit", village=_village(people), cert_no=_masked()).sort(
        "township", "village", maintain_order=True
    )


def _moved(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        "name",
        "state",
        cert_no=_masked(),
        before="unit_old",
        village_before=_village(people, "village_old"),
        after="unit",
        village=_village(people),
    )


def _changes(found: Comparison, headers: Mapping[str, str]) -> pl.DataFrame:
    people = found.both.select("key", "name", "cert_no", township="unit", village=_village(found.both))
    rows = found.changes.join(people, on="key", maintain_order="left").sort("township", "village", "key")
    secret = [name for name, header in headers.items() if quoted_number(header, "1")]
    hidden = pl.col("field").is_in(secret)
    return rows.select(
        "township",
        "village",
        "name",
        cert_no=_masked(),
        header=pl.col("field").replace_strict(headers, return_dtype=pl.String),
        before=pl.when(hidden).then(_masked("before")).otherwise("before"),
        after=pl.when(hidden).then(_masked("after")).otherwise("after"),
    )


def _sums(earlier: RawWorkbook, later: RawWorkbook, begin: str) -> TableSheet:
    old, new = stated_totals(earlier), stated_totals(later)
    rows = [
        {"item": header, "before": old.get(header, ""), "after": new.get(header, ""), "difference": ""}
        for header in dict.fromkeys((*old, *new))
    ]
    for row in rows:
        row["difference"] = _difference(row["before"], row["after"])
    return load_table("compared_sums").make(rows, begin=begin)


def _difference(before: str, after: str) -> str:
    try:
        return f"{float(after) - float(before):.2f}".removesuffix(".00")
    except ValueError:
        return ""
