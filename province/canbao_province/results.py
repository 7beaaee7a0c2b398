"""What was found between counties, added up: persons once each, cases, pairs of counties, sums at stake."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_province.checks import AID, CASES, MOVED, TWICE
from canbao_province.columns import CAME, DUES
from canbao_rulebook.money import format_yuan
from canbao_rulebook.tables import TOTAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_province.files import CountyFile

_COUNTED = ("persons", "coded", "counting", "enrolled", "aided")
_FEN = "_fen"
AIDED_TWICE, PAID_TWICE, TWO_NAMES = "aided_twice", "paid_twice", "two_names"
FLAGS = (AIDED_TWICE, PAID_TWICE, TWO_NAMES)


@dataclass(frozen=True)
class AtStake:
    """Persons for whom several counties owe or have taken money: all of it, and what is beyond the highest; fen.

    ``unknown`` persons have an amount that nobody has stated; what is known of theirs is in the sums.
    """

    persons: int
    fen: int
    beyond: int
    unknown: int = 0

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON, money as decimal strings in yuan."""
        sums = {"sum": format_yuan(self.fen), "beyond_highest": format_yuan(self.beyond)}
        return {"persons": self.persons, **sums, "unknown": self.unknown}


@dataclass(frozen=True)
class Comparison:
    """The counties beside each other; frames as ``checks.find_all`` gives them."""

    files: Sequence[CountyFile]
    counties: pl.DataFrame
    categories: pl.DataFrame
    rows: pl.DataFrame

    @property
    def year(self) -> int:
        """The policy year of all files."""
        return self.files[0].year

    @cached_property
    def persons(self) -> pl.DataFrame:
        """One row a person in several counties: ``person, case, places, enrolled_in`` and FLAGS."""
        aid = pl.when("aided").then(pl.sum_horizontal(*AID, "village_due_fen")).otherwise(0)
        return self.rows.group_by("person", maintain_order=True).agg(
            pl.col("case", "places", "enrolled_in").first(),
            (pl.col("aided_in") > 1).first().alias(AIDED_TWICE),
            ((pl.col("received_fen") > 0).sum() > 1).alias(PAID_TWICE),
            (pl.col("names") > 1).first().alias(TWO_NAMES),
            aid=aid.sum(),
            aid_most=aid.max(),
            paid=pl.col("received_fen").sum(),
            paid_most=pl.col("received_fen").max(),
            unknown=(pl.col("aided") & pl.any_horizontal(pl.col(*AID).is_null())).any(),
        )

    @property
    def totals(self) -> pl.DataFrame:
        """Return the counties and, as the last row, all together: a sum is null where nothing of it is known."""
        summed = self.counties.select(pl.lit(TOTAL).alias("county"), pl.exclude("county").sum())
        nothing = {name: (pl.col(f"{name}.unknown") == pl.col("counting")) & (pl.col("counting") > 0) for name in DUES}
        known = {name: pl.when(~where).then(name) for name, where in nothing.items()}
        return pl.concat([self.counties, summed]).with_columns(**known)

    @property
    def persons_once(self) -> int:
        """How many persons there are when each is counted once."""
        people = self.persons
        return int(self.counties["persons"].sum()) - int(people["places"].sum()) + people.height

    @property
    def enrolled_once(self) -> int:
        """How many are enrolled when each is counted once."""
        twice = self.persons.filter(pl.col("case") == TWICE)
        return int(self.counties["enrolled"].sum()) - int(twice["enrolled_in"].sum()) + twice.height

    def cases(self) -> dict[str, int]:
        """Return how many persons are each case; a person in several counties is one of them."""
        counted = dict(self.persons.group_by("case").len().iter_rows())
        return {case: int(counted.get(case, 0)) for case in CASES}

    def flags(self) -> dict[str, int]:
        """Return of how many persons each is true, whatever their case."""
        people = self.persons
        return {flag: int(people[flag].sum()) for flag in FLAGS}

    @property
    def wrong(self) -> bool:
        """Whether somebody is enrolled or subsidised in two counties."""
        return bool(self.cases()[TWICE] or self.flags()[AIDED_TWICE])

    def aid_at_stake(self) -> AtStake:
        """Return the subsidies of those for whom several counties owe one."""
        people = self.persons.filter(AIDED_TWICE)
        return AtStake(people.height, *_sums(people, "aid"), unknown=int(people["unknown"].sum()))

    def paid_at_stake(self) -> AtStake:
        """Return the payments of those who have paid in several counties."""
        people = self.persons.filter(PAID_TWICE)
        return AtStake(people.height, *_sums(people, "paid"))

    def county_cases(self) -> pl.DataFrame:
        """Return one row a county: how many of its persons are each case and each flag."""
        said = self.rows.select("county", "person").join(self.persons, on="person")
        counts = {case: (pl.col("case") == case).sum() for case in CASES} | {flag: pl.col(flag).sum() for flag in FLAGS}
        counted = said.group_by("county").agg(**{name: one.cast(pl.Int64) for name, one in counts.items()})
        return self.counties.select("county").join(counted, on="county", how="left", maintain_order="left").fill_null(0)

    def pairs(self) -> pl.DataFrame:
        """Return ``first, second, persons, twice, aided_twice, moved`` of every two counties with somebody in common.

        In a pair, ``twice`` are those whom both have enrolled, ``aided_twice`` those to whom both owe a subsidy.
        """
        own = self.rows.select("person", "county", "enrolled", "case", "aided")
        both = own.join(own, on="person", suffix="_other").filter(pl.col("county") < pl.col("county_other"))
        shared = {
            "persons": pl.len(),
            "twice": (pl.col("enrolled") & pl.col("enrolled_other")).sum(),
            "aided_twice": (pl.col("aided") & pl.col("aided_other")).sum(),
            "moved": ((pl.col("case") == MOVED) & (pl.col("enrolled") | pl.col("enrolled_other"))).sum(),
        }
        counts = {name: one.cast(pl.Int64) for name, one in shared.items()}
        return both.group_by(first="county", second="county_other").agg(**counts).sort("first", "second")

    def as_dict(self) -> dict[str, object]:
        """Return the JSON of the command: codes in hex, money as decimal strings in yuan, null where nobody knows."""
        regions = {file.county: file for file in self.files}
        *each, whole = self.totals.iter_rows(named=True)
        return {
            "year": self.year,
            "key": self.files[0].key,
            "province": _totals(whole) | {"persons_once": self.persons_once, "enrolled_once": self.enrolled_once},
            "counties": [
                {"county": row["county"], "region": regions[row["county"]].region, **_totals(row)} for row in each
            ],
            "cases": self.cases(),
            "flags": self.flags(),
            "subsidies_twice": self.aid_at_stake().as_dict(),
            "payments_twice": self.paid_at_stake().as_dict(),
            "pairs": self.pairs().to_dicts(),
            "persons": [_person(row) for row in self.rows.iter_rows(named=True)],
        }


def _sums(people: pl.DataFrame, name: str) -> tuple[int, int]:
    whole = int(people[name].sum())
    return whole, whole - int(people[f"{name}_most"].sum())


def _totals(row: dict[str, Any]) -> dict[str, object]:
    unknown = {name.removesuffix(_FEN): row[f"{name}.unknown"] for name in DUES if row[f"{name}.unknown"]}
    return {**{name: row[name] for name in _COUNTED}, **_in_yuan({name: row[name] for name in (*DUES, *CAME)})} | {
        "unknown": unknown,
        "unknown_persons": row["unknown"],
    }


def _person(row: dict[str, Any]) -> dict[str, object]:
    said = {name: value for name, value in row.items() if not name.endswith(_FEN)}
    money = _in_yuan({name: value for name, value in row.items() if name.endswith(_FEN)})
    day = row["paid_on"]
    return said | {"person": row["person"].hex(), "paid_on": None if day is None else str(day)} | money


def _in_yuan(money: dict[str, int | None]) -> dict[str, str | None]:
    return {name.removesuffix(_FEN): None if fen is None else format_yuan(fen) for name, fen in money.items()}
