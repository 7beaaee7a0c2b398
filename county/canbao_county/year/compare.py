"""Two submissions beside each other, by person: who is new, gone, moved or told of differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.year.persons import WHERE
from canbao_rulebook.functions.identity import upgrade_15
from canbao_rulebook.functions.registry import REGISTRY, Argument

if TYPE_CHECKING:
    from collections.abc import Mapping

_OLD = 15  # characters of a number of the first generation
_MOST, _FEW = 0.5, 20  # a column in which more than this share of so many persons differ is told once


@dataclass(frozen=True)
class Comparison:
    """Persons as ``read_persons`` gives them: ``new`` of the later submission, ``gone`` of the earlier one.

    ``both`` pairs the others, the earlier one's columns with ``_old``. ``moved`` are those of them in another unit.
    ``changes``: ``key, field, before, after`` of every cell that differs, but for the columns that differ for most:
    ``columns`` counts by field how many persons differ, ``general`` names these.
    """

    new: pl.DataFrame
    gone: pl.DataFrame
    both: pl.DataFrame
    changes: pl.DataFrame
    columns: Mapping[str, int]
    general: frozenset[str]

    @property
    def moved(self) -> pl.DataFrame:
        """Those who are in another unit now."""
        return self.both.filter(pl.col("unit") != pl.col("unit_old"))

    @property
    def changed(self) -> pl.DataFrame:
        """Those of whom something else is said, in a column that does not differ for most."""
        return self.both.join(self.changes.select("key").unique(), on="key", how="semi", maintain_order="left")


def compare_persons(earlier: pl.DataFrame, later: pl.DataFrame) -> Comparison:
    """Return what differs. A person is known by the document number; see ``_renumbered`` for one that has changed."""
    earlier = _renumbered(earlier, later)
    both = later.join(earlier, on="key", how="inner", suffix="_old", maintain_order="left")
    fields = [name for name in later.columns if f"{name}_old" in both.columns and name not in WHERE]
    told = [*fields, "name", "cert_no", "sheet", "counts", "state"]
    differing = {name: both.filter(pl.col(name) != pl.col(f"{name}_old")) for name in told}
    columns = {name: rows.height for name, rows in differing.items() if rows.height}
    general = frozenset(name for name, count in columns.items() if both.height >= _FEW and count > _MOST * both.height)
    parts = [
        rows.select("key", field=pl.lit(name), before=pl.col(f"{name}_old"), after=pl.col(name))
        for name, rows in differing.items()
        if rows.height and name not in general
    ]
    blank = pl.DataFrame(schema=dict.fromkeys(("key", "field", "before", "after"), pl.String))
    return Comparison(
        later.join(earlier, on="key", how="anti", maintain_order="left"),
        earlier.join(later, on="key", how="anti", maintain_order="left"),
        both,
        pl.concat([blank, *parts]),
        columns,
        general,
    )


def _renumbered(earlier: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    """Return the earlier persons with the keys that the later submission knows them by.

    A number of fifteen digits is that of eighteen that it became. Who had no identity number, as a newborn with a birth
    certificate, is the one person of the same name and birth who is new and has one.
    """
    known = set(later["key"].to_list())
    old = earlier.filter(pl.col("cert_no").str.len_chars() == _OLD)["cert_no"].to_list()
    upgraded = {number: new for number in old if number.isdigit() and (new := upgrade_15(number)) in known}
    earlier = earlier.with_columns(key=pl.col("key").replace(upgraded))
    fresh = later.join(earlier, on="key", how="anti").filter(_has_identity_number())
    lost = earlier.join(later, on="key", how="anti").filter(~_has_identity_number())
    pairs = lost.filter(_alone()).join(fresh.filter(_alone()), on=["name", "birth"], suffix="_new")
    return earlier.with_columns(key=pl.col("key").replace(dict(pairs.select("key", "key_new").iter_rows())))


def _has_identity_number() -> pl.Expr:
    return REGISTRY["ID_CHECKSUM"].polars([Argument(pl.col("cert_no"))])


def _alone() -> pl.Expr:
    """Whether nobody else has this name and birth."""
    return (pl.col("name") != "") & (pl.col("birth") != "") & ~pl.struct("name", "birth").is_duplicated()
