"""What the checks against lists have in common: people and lists ready to be joined, and where a finding belongs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.persons import ListedPersons
from canbao_county.lists.places import fold_place, index_places
from canbao_rulebook.findings import Place
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import format_yuan, to_fen
from canbao_rulebook.phrases import COMMA, Phrases, row_phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_county.lists.stored import Lists
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.policy import Policy

_HEADER, _FIELD = "证件号码", "cert_no"


@dataclass(frozen=True)
class NotMade:
    """A check that was not made: which, the kind of list, the department or unit it is about, and why (a word)."""

    check: str
    kind: str
    why: str
    detail: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the fields of the command-line contract."""
        return {"check": self.check, "kind": self.kind, "why": self.why, "detail": self.detail}


# What checks read of a row; of facts that are not settled yet some is missing. All columns would be copied many times.
_READ = (
    "cert", "name", "enrolment", "forbidden", "central", "situation", "status", "claims", "category",
    "row_category", "row_subsidy_kind", "confirmed", "received", "gov_direct", "pay_date", "reason",
    "unit", "township", "village", "file", "roster", "sheet", "letter", "row",
)  # fmt: skip


@dataclass(frozen=True)
class Matter:
    """One merge and the lists it is held against. ``files`` are the merged workbooks by the name of their unit."""

    everybody: pl.DataFrame
    lists: Lists
    policy: Policy
    files: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    not_made: list[NotMade] = field(default_factory=list)

    @cached_property
    def people(self) -> pl.DataFrame:
        """Everybody whose number can identify a person, texts as texts."""
        everybody = self.everybody.select(name for name in _READ if name in self.everybody.columns)
        named = everybody.filter(pl.col("cert") != "")
        texts = ["unit", "file", "roster", "sheet", "letter", "status", "village", "row_category", "row_subsidy_kind"]
        claims = pl.col("claims").cast(pl.List(pl.String))
        return named.with_columns(pl.col(texts).cast(pl.String), claims)

    @cached_property
    def applicants(self) -> pl.DataFrame:
        """The rows of persons who enrol."""
        return self.people.filter(pl.col("enrolment"))

    @cached_property
    def keys(self) -> pl.DataFrame:
        """The numbers that stand in any roster, once each."""
        return self.people.select("cert").unique()

    @cached_property
    def listed(self) -> ListedPersons:
        """The persons of the lists."""
        return ListedPersons(self.lists, self.policy)

    def require(self, check: str, *kinds: str) -> bool:
        """Tell whether there is a list of each kind; those that are missing are noted."""
        missing = [kind for kind in kinds if not self.lists.of_kind(kind)]
        self.not_made.extend(NotMade(check, kind, "missing") for kind in missing)
        return not missing

    def unit_of(self, township: str) -> str:
        """Return the merged unit that a list's township means, "" when it means none of them."""
        return self._units.get(fold_place(township), "")

    @cached_property
    def _units(self) -> dict[str, str]:
        return index_places(self.files)

    def handed_in(self, frame: pl.DataFrame, check: str, kind: str) -> pl.DataFrame:
        """Return the rows of a list whose township has handed in, or that name none; the others are noted."""
        if "township" not in frame.columns:
            return frame
        names = frame["township"].unique().to_list()
        absent = sorted(name for name in names if name and not self.unit_of(name))
        if absent:
            self.not_made.append(NotMade(check, kind, "unit", "、".join(absent)))
        return frame.filter(~pl.col("township").is_in(absent))

    def add(self, key: str, place: Place, *, value: str = "", source: str | None = None, **params: object) -> None:
        """Add a finding."""
        told: dict[str, Any] = dict(params)
        self.findings.append(build_finding(key, place, value=value, source=source or "", **told))

    def list_place(self, row: Mapping[str, Any], *, inside: bool = False) -> Place:
        """Return where a finding about a row of a list belongs: to the township it names, else to the list.

        ``inside``: to the list in any case, because it may not leave the county.
        """
        unit = "" if inside else self.unit_of(str(row.get("township") or ""))
        return Place(file=self.files[unit]) if unit else self.lists.place(row)

    def describe(self, row: Mapping[str, Any]) -> Text:
        """Return where a person of a list lives, and where the row stands, for a sentence."""
        where = "".join(str(row.get(name) or "") for name in ("township", "village", "group"))
        stored = self.lists.stored[row["list"]]
        return Phrases((where, Phrases((f"{stored.file} ", row_phrase(row["row"])))), COMMA)


def person_place(row: Mapping[str, Any]) -> Place:
    """Return the place of a person's number in the roster."""
    return Place(row["sheet"], row["row"], f"{row['letter']}{row['row']}", _FIELD, _HEADER, file=row["file"])


def kind_name(kind: str) -> str:
    """Return what people call a kind of list."""
    return load_list_kinds()[kind].name


def yuan(amount: float | None) -> str:
    """Return an amount in yuan as people write it."""
    return format_yuan(to_fen(float(amount or 0)))


def yuan_of(fen: int | None) -> str:
    """Return an amount in fen as people write it in yuan."""
    return format_yuan(int(fen or 0))
