"""V15 and V16: identities that rosters claim, held against the lists of the departments that decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.policy import SubsidyKind
from canbao_validators.display import show_date
from canbao_validators.lists.checks.matter import NotMade, person_place
from canbao_validators.lists.entries import wrong_number
from canbao_validators.lists.request import category_words, owners_of
from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from canbao_rulebook.policy import Category
    from canbao_validators.lists.checks.matter import Matter
    from canbao_validators.lists.stored import StoredList

DUE = (SubsidyKind.DIRECT, SubsidyKind.REBATE, SubsidyKind.SPECIAL_CHANNEL)
_UNRANKED = 999


@dataclass(frozen=True)
class Owners:
    """The departments' lists, each row with the code of its category ("" for a word that the policy does not know)."""

    matter: Matter

    @cached_property
    def rows(self) -> pl.DataFrame:
        """All rows with ``code``, ``agency`` and ``ended`` (the identity was lost before anybody could pay)."""
        frame = self.matter.listed.usable("owner")
        if frame is None:
            return pl.DataFrame()
        words = category_words(self.matter.policy)
        codes = {word: words[fold_choice(word)][0] for word in frame["category"].unique() if fold_choice(word) in words}
        agencies = {index: entry.agency for index, entry in enumerate(self.matter.lists.stored)}
        start = self.matter.listed.window_start
        ended = pl.lit(value=False) if start is None else (pl.col("until") < start).fill_null(value=False)
        return frame.with_columns(
            code=pl.col("category").replace_strict(codes, default="", return_dtype=pl.String),
            agency=pl.col("list").replace_strict(agencies, return_dtype=pl.String),
            ended=ended,
        )

    @cached_property
    def doubtful(self) -> dict[str, set[str]]:
        """Names of persons, by agency, whose number on the list cannot be used."""
        lists = self.by_agency.items()
        names = {agency: {name for entry in entries for name in entry.lost} for agency, entries in lists}
        if not self.rows.is_empty():
            wrong = self.rows.filter(wrong_number(self.matter.policy.meta.policy_year).is_not_null())
            for agency, name in wrong.select("agency", "name").unique().iter_rows():
                names.setdefault(agency, set()).add(name)
        return names

    @cached_property
    def by_agency(self) -> dict[str, list[StoredList]]:
        """The lists of each department."""
        return self.matter.lists.owners()

    def uncovered(self, category: Category) -> list[str]:
        """Return the departments that decide about a category and of which no list says who has it."""
        return [
            agency
            for agency in deciders(self.matter, category)
            if not any(entry.category in {"", category.code} for entry in self.by_agency.get(agency, ()))
        ]

    def of_category(self, category: Category) -> pl.DataFrame:
        """Return the rows that the deciding departments have of a category; anybody's where none is stated."""
        decide = deciders(self.matter, category)
        rows = self.rows.filter(pl.col("code") == category.code)
        return rows.filter(pl.col("agency").is_in(decide)) if decide else rows


def deciders(matter: Matter, category: Category) -> list[str]:
    """Return the departments that decide about an identity; villages, which send no lists, are none."""
    return [agency for agency in owners_of(category.identity_owner) if agency in matter.policy.org.agencies]


def check_claims(matter: Matter, owners: Owners) -> None:
    """V15: claimed identities that the list of the deciding department does not have."""
    claims = matter.applicants.explode("claims").filter(pl.col("claims").is_not_null())
    for category in matter.policy.subsidy.categories:
        claimants = claims.filter(pl.col("claims") == category.code)
        if _can_judge(matter, owners, category):
            _check_category(matter, owners, category, claimants)


def _can_judge(matter: Matter, owners: Owners, category: Category) -> bool:
    if not deciders(matter, category):
        matter.not_made.append(NotMade("V15", "owner", "no_owner", category.name))
        return False
    missing = owners.uncovered(category)
    names = [f"{_name(matter, agency)}：{category.name}" for agency in missing]
    matter.not_made.extend(NotMade("V15", "owner", "missing", name) for name in names)
    return not missing


def _check_category(matter: Matter, owners: Owners, category: Category, claimants: pl.DataFrame) -> None:
    own = owners.of_category(category)
    listed = own.filter(~pl.col("ended"))
    decide = deciders(matter, category)
    doubtful = set().union(*(owners.doubtful.get(agency, set()) for agency in decide))
    absent = claimants.join(listed.select(key="cert_no"), on="key", how="anti")
    others = _other_identities(owners, absent)
    ended = dict(own.filter(pl.col("ended")).select("cert_no", "until").iter_rows())
    for row in absent.iter_rows(named=True):
        key = "V15.not_listed" if own.height else "V15.none_listed"
        reason = f"（已于{show_date(ended[row['key']])}取消）" if row["key"] in ended else others.get(row["key"], "")
        matter.add(
            "V15.unsure" if row["name"] in doubtful else key,
            person_place(row),
            value=row["key"],
            source=matter.policy.article(category.ref),
            name=row["name"],
            category=category.name,
            unit="、".join(_name(matter, agency) for agency in decide),
            reason=reason,
        )


def _other_identities(owners: Owners, absent: pl.DataFrame) -> dict[str, str]:
    """Return, by number, as what persons stand on the lists instead. What may not leave the county is left out."""
    if absent.is_empty():
        return {}
    secret = [entry.code for entry in owners.matter.policy.subsidy.categories if entry.confidential]
    open_rows = owners.rows.filter(~pl.col("ended") & ~pl.col("code").is_in(secret))
    found = open_rows.join(absent.select(cert_no="key"), on="cert_no", how="semi")
    words = found.group_by("cert_no").agg(pl.col("category").unique().sort().str.join("、"))
    return {key: f"，名单上是“{text}”" for key, text in words.iter_rows()}


def check_due(matter: Matter, owners: Owners) -> None:
    """V16: everybody on a department's list enrols, and with the identity that brings the subsidy."""
    for category in filter(_matters, matter.policy.subsidy.categories):
        missing = [f"{_name(matter, agency)}：{category.name}" for agency in owners.uncovered(category)]
        matter.not_made.extend(NotMade("V16", "owner", "missing", name) for name in missing)
        if not owners.rows.is_empty():
            rows = owners.of_category(category).filter(~pl.col("ended"))
            rows = rows.unique("cert_no", keep="first", maintain_order=True)
            rows = rows.join(
                matter.listed.explained.select("key"),
                left_on="cert_no",
                right_on="key",
                how="anti",
                maintain_order="left",
            )
            _check_absent(matter, category, rows)
            _check_silent(matter, category, rows)


def _matters(category: Category) -> bool:
    """Whether the county has to see to it that such persons enrol: they are subsidised, or a goal counts them."""
    return category.kind in DUE or (category.kind is SubsidyKind.NONE and category.target_group is not None)


def _check_absent(matter: Matter, category: Category, rows: pl.DataFrame) -> None:
    absent = rows.join(matter.keys, left_on="cert_no", right_on="key", how="anti", maintain_order="left")
    key = "V16.not_enrolled" if category.kind in DUE else "V16.not_covered"
    for row in matter.handed_in(absent, "V16", "owner").iter_rows(named=True):
        place = matter.list_place(row, inside=category.confidential)
        matter.add(key, place, value=row["cert_no"], **_words(matter, category, row), places=matter.describe(row))


def _check_silent(matter: Matter, category: Category, rows: pl.DataFrame) -> None:
    """Find persons who enrol without the identity that the list gives them."""
    exempt = matter.people.filter(~pl.col("enrolment") | pl.col("forbidden")).select("key")
    claiming = matter.applicants.filter(pl.col("claims").list.contains(category.code)).select("key")
    silent = matter.applicants.join(exempt, on="key", how="anti").join(claiming, on="key", how="anti")
    silent = silent.unique("key", keep="first", maintain_order=True)
    ranks = _ranks(matter)
    joined = rows.rename({"row": "row_listed", "name": "name_listed"}).join(
        silent.select("key", "name", "file", "sheet", "letter", "row", ranked="category"),
        left_on="cert_no",
        right_on="key",
        maintain_order="left",
    )
    for row in joined.iter_rows(named=True):
        enough = category.kind not in DUE or ranks.get(row["ranked"], _UNRANKED) <= ranks[category.name]
        listed = {**row, "row": row["row_listed"]}
        place = matter.list_place(listed, inside=True) if category.confidential else person_place(row)
        key = "V16.other_identity" if enough else "V16.no_identity"
        matter.add(key, place, value=row["cert_no"], **_words(matter, category, row))


def _words(matter: Matter, category: Category, row: dict[str, Any]) -> dict[str, str]:
    source = matter.policy.article(category.ref)
    return {"name": row["name"], "category": category.name, "unit": _name(matter, row["agency"]), "source": source}


def _ranks(matter: Matter) -> dict[str, int]:
    """Return the places of all categories by name: the higher amount first, then the smaller precedence."""
    premium = matter.policy.premium_fen(None)

    def key(category: Category) -> tuple[bool, int, int]:
        amount = category.amount_fen(premium)
        return amount is None, -(amount or 0), category.precedence

    return {entry.name: place for place, entry in enumerate(sorted(matter.policy.subsidy.categories, key=key))}


def _name(matter: Matter, agency: str) -> str:
    found = matter.policy.org.agencies.get(agency)
    return found.name if found else agency
