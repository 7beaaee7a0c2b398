"""The persons of imported lists: whose number identifies them, whose row still holds, who need not enrol here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.list_kinds import load_list_kinds, load_list_words
from canbao_rulebook.names import policy_names
from canbao_validators.normalise.names import listed_name_key, name_key, names_fit

if TYPE_CHECKING:
    from canbao_county.lists.stored import Lists
    from canbao_rulebook.policy import Policy

_SHORTEST = 5


@dataclass(frozen=True)
class ListedPersons:
    """The lists of persons of one policy year."""

    lists: Lists
    policy: Policy

    @cached_property
    def window_start(self) -> float | None:
        """The first day on which anybody may pay, None when the notice does not say."""
        value = policy_names(self.policy)["征缴开始"].value
        return value if isinstance(value, float) else None

    @cached_property
    def _explained(self) -> pl.DataFrame:
        """Everybody whom a list gives a reason for not to enrol here: ``cert_no``, ``listed_key`` (a name), ``why``."""
        parts = [
            found.select("cert_no", listed_key=listed_name_key(pl.col("name")), why=pl.lit(kind))
            for kind, spec in load_list_kinds().items()
            if spec.exempts and (found := self.current(kind)) is not None
        ]
        none = pl.DataFrame(schema={"cert_no": pl.String, "listed_key": pl.String, "why": pl.String})
        return pl.concat(parts or [none]).unique(maintain_order=True)

    def explain(self, people: pl.DataFrame) -> pl.DataFrame:
        """Return ``cert_no``, ``name`` and ``why`` of those whom a list explains: by number and name, first list first.

        Whose number a list gives to somebody of another name is not explained; V10 says so.
        """
        met = people.select("cert_no", "name").join(self._explained, on="cert_no", maintain_order="left")
        met = met.filter(names_fit(name_key(pl.col("name")), pl.col("listed_key")))
        return met.select("cert_no", "name", "why").unique(["cert_no", "name"], keep="first", maintain_order=True)

    def usable(self, kind: str) -> pl.DataFrame | None:
        """Return the rows of a kind of list whose number can identify a person; None when there is no such list."""
        frame = self.lists.frame(kind)
        return None if frame is None else frame.filter(pl.col("cert_no").str.len_chars() >= _SHORTEST)

    def current(self, kind: str) -> pl.DataFrame | None:
        """Return the same without rows that had ended before anybody could pay."""
        frame = self.usable(kind)
        if frame is None or self.window_start is None:
            return frame
        ends = [name for name in ("until", "release") if name in frame.columns]
        open_ended = [pl.col(name).is_null() | (pl.col(name) >= self.window_start) for name in ends]
        return frame.filter(*open_ended) if open_ended else frame

    def residents(self, kind: str) -> pl.DataFrame | None:
        """Return everybody of a list once; of last year's insured only those who had the residents' insurance."""
        frame = self.usable(kind)
        if frame is None:
            return None
        if "insurance" in frame.columns:
            resident = pl.col("insurance").str.contains("|".join(load_list_words("resident_insurance")[0]))
            frame = frame.filter((pl.col("insurance") == "") | resident)
        return frame.unique("cert_no", keep="first", maintain_order=True)
