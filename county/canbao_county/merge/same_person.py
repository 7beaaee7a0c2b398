"""V10 between rosters: one number with two names, one name with two numbers that differ in one digit."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.decisions import person_finding
from canbao_validators.normalise.names import name_key
from canbao_validators.settlement.looking_up import repeated_rows, rows_in
from canbao_validators.settlement.persons import numbered_rows

if TYPE_CHECKING:
    from canbao_rulebook.findings import Finding

_ID_LENGTH, _CHECKED = 18, 17


def check_names(people: pl.DataFrame) -> list[Finding]:
    """V10: one number with two names in two townships; one name and birth date, numbers one digit apart."""
    return [*_two_names(people), *_near_numbers(people)]


def _two_names(people: pl.DataFrame) -> list[Finding]:
    shared = repeated_rows(people, "cert", pl.col("cert") != "")
    shared = shared.with_columns(name_key=name_key(pl.col("name")))
    findings = []
    for group in shared.partition_by("cert", maintain_order=True):
        rows, names = numbered_rows(group), group["name_key"].to_list()
        findings += [
            person_finding("V10.two_names", row, rows[0])
            for row, name in zip(rows, names, strict=True)
            if row["unit"] != rows[0]["unit"] and name != names[0]
        ]
    return findings


def _near_numbers(people: pl.DataFrame) -> list[Finding]:
    whole = (pl.col("cert").str.len_chars() == _ID_LENGTH) & (pl.col("name") != "")
    born = pl.col("cert").str.slice(6, 8)
    namesakes = repeated_rows(people.select("person", "cert", "name"), pl.concat_str("name", born), whole)
    twins = namesakes.with_columns(born=born).unique("cert", keep="first", maintain_order=True)
    alike = twins.filter(pl.struct("name", "born").is_duplicated()).select("person", "born")
    twins = rows_in(people, alike, "person")
    findings = []
    for group in twins.partition_by("name", "born", maintain_order=True):
        findings += [
            person_finding("V10.near_ids", other, first, other_id=first["cert"])
            for first, other in combinations(numbered_rows(group), 2)
            if _distance(first["cert"], other["cert"]) == 1
        ]
    return findings


def _distance(left: str, right: str) -> int:
    return sum(one != two for one, two in zip(left[:_CHECKED], right[:_CHECKED], strict=True))
