"""V15 and V16: identities that rosters claim, held against the lists of the departments that decide about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.checks.matter import NotMade, person_place
from canbao_county.lists.checks.owners import agency_name, deciders
from canbao_county.lists.checks.verdicts import ABSENT, ENDED, LOST_NUMBER, NOBODY, VAGUE, judge_claims
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.policy import SubsidyKind
from canbao_rulebook.policy.situations import situations
from canbao_rulebook.vocabulary import small_words
from canbao_validators.display import show_date

if TYPE_CHECKING:
    from canbao_county.lists.checks.matter import Matter
    from canbao_county.lists.checks.owners import Owners
    from canbao_rulebook.phrases import Phrase
    from canbao_rulebook.policy import Category
    from canbao_rulebook.policy.situations import Situation

DUE = (SubsidyKind.DIRECT, SubsidyKind.REBATE, SubsidyKind.SPECIAL_CHANNEL)
_UNRANKED = 999
_MESSAGES = {
    ABSENT: "V15.not_listed",
    ENDED: "V15.not_listed",
    LOST_NUMBER: "V15.unsure",
    NOBODY: "V15.none_listed",
    VAGUE: "V15.vague",
}


def check_claims(matter: Matter, owners: Owners) -> None:
    """V15: claimed identities that the list of the deciding department does not have."""
    verdicts = judge_claims(owners).rename({"code": "claims"})
    claims = matter.applicants.explode("claims").join(verdicts, on=["cert", "claims"], maintain_order="left")
    absent = claims.filter(pl.col("why").is_in(list(_MESSAGES)))
    for category in matter.policy.subsidy.categories:
        _note_missing(matter, owners, category)
        _say_absent(matter, owners, category, absent.filter(pl.col("claims") == category.code))


def _note_missing(matter: Matter, owners: Owners, category: Category) -> None:
    if not deciders(matter, category):
        matter.not_made.append(NotMade("V15", "owner", "no_owner", category.name))
    names = [f"{agency_name(matter, agency)}：{category.name}" for agency in owners.uncovered(category)]
    matter.not_made.extend(NotMade("V15", "owner", "missing", name) for name in names)


def _say_absent(matter: Matter, owners: Owners, category: Category, absent: pl.DataFrame) -> None:
    if absent.is_empty():
        return
    own = owners.of_category(category)
    others = _other_identities(owners, absent)
    ended = dict(own.filter(pl.col("ended")).select("cert_no", "until").iter_rows())
    for row in absent.iter_rows(named=True):
        day = show_date(ended[row["cert"]]) if row["why"] == ENDED else ""
        reason = small_words("ended", day=day) if day else others.get(row["cert"], "")
        matter.add(
            _MESSAGES[row["why"]],
            person_place(row),
            value=row["cert"],
            source=matter.policy.article(category.ref),
            name=row["name"],
            category=category.name,
            unit=enumerate_words(agency_name(matter, agency) for agency in deciders(matter, category)),
            reason=reason,
        )


def _other_identities(owners: Owners, absent: pl.DataFrame) -> dict[str, Phrase]:
    """Return, by number, as what persons stand on the lists instead. What may not leave the county is left out."""
    secret = [entry.code for entry in owners.matter.policy.subsidy.categories if entry.confidential]
    open_rows = owners.rows.filter(~pl.col("ended") & ~pl.col("code").is_in(secret))
    found = open_rows.join(absent.select(cert_no="cert"), on="cert_no", how="semi")
    words = found.group_by("cert_no").agg(pl.col("category").unique().sort())
    return {key: small_words("on_list_as", text=enumerate_words(texts)) for key, texts in words.iter_rows()}


def check_due(matter: Matter, owners: Owners) -> None:
    """V16: everybody on a department's list enrols, and with the identity that brings the subsidy."""
    for category in filter(_matters, matter.policy.subsidy.categories):
        missing = [f"{agency_name(matter, agency)}：{category.name}" for agency in owners.uncovered(category)]
        matter.not_made.extend(NotMade("V16", "owner", "missing", name) for name in missing)
        rows = owners.of_category(category).filter(~pl.col("ended"))
        if rows.is_empty():
            continue
        rows = rows.unique("cert_no", keep="first", maintain_order=True)
        rows = rows.join(matter.listed.explain(rows), on=["cert_no", "name"], how="anti", maintain_order="left")
        _check_absent(matter, category, rows)
        _check_silent(matter, category, rows)


def _matters(category: Category) -> bool:
    """Whether the county has to see to it that such persons enrol: they are subsidised, or a goal counts them."""
    return category.kind in DUE or (category.kind is SubsidyKind.NONE and category.target_group is not None)


def _check_absent(matter: Matter, category: Category, rows: pl.DataFrame) -> None:
    absent = rows.join(matter.keys, left_on="cert_no", right_on="cert", how="anti", maintain_order="left")
    key = "V16.not_enrolled" if category.kind in DUE else "V16.not_covered"
    for row in matter.handed_in(absent, "V16", "owner").iter_rows(named=True):
        place = matter.list_place(row, inside=category.confidential)
        matter.add(key, place, value=row["cert_no"], **_words(matter, category, row), places=matter.describe(row))


def _check_silent(matter: Matter, category: Category, rows: pl.DataFrame) -> None:
    """Find persons who enrol without the identity that the list gives them."""
    exempt = matter.people.filter(~pl.col("enrolment") | pl.col("forbidden")).select("cert")
    claiming = matter.applicants.filter(pl.col("claims").list.contains(category.code)).select("cert")
    silent = matter.applicants.join(exempt, on="cert", how="anti").join(claiming, on="cert", how="anti")
    silent = silent.unique("cert", keep="first", maintain_order=True)
    by_situation = _ranks(matter)
    joined = rows.rename({"row": "row_listed", "name": "name_listed"}).join(
        silent.select("cert", "name", "file", "sheet", "letter", "row", "situation", ranked="category"),
        left_on="cert_no",
        right_on="cert",
        maintain_order="left",
    )
    for row in joined.iter_rows(named=True):
        ranks = by_situation[(row["situation"] or 1) - 1]
        better = not category.is_top_up and ranks.get(row["ranked"], _UNRANKED) <= ranks[category.name]
        enough = category.kind not in DUE or better
        listed = {**row, "row": row["row_listed"]}
        place = matter.list_place(listed, inside=True) if category.confidential else person_place(row)
        key = "V16.other_identity" if enough else "V16.no_identity"
        matter.add(key, place, value=row["cert_no"], **_words(matter, category, row))


def _words(matter: Matter, category: Category, row: dict[str, Any]) -> dict[str, str]:
    source = matter.policy.article(category.ref)
    return {
        "name": row["name"],
        "category": category.name,
        "unit": agency_name(matter, row["agency"]),
        "source": source,
    }


def _ranks(matter: Matter) -> list[dict[str, int]]:
    """Return the places of all categories by name: the higher amount first, then the smaller precedence.

    One for each situation of a person that makes a difference.
    """
    policy = matter.policy

    def places(person: Situation) -> dict[str, int]:
        def key(category: Category) -> tuple[bool, int, int]:
            amount = policy.amount_fen(category, person)
            return amount is None, -(amount or 0), category.precedence

        return {entry.name: place for place, entry in enumerate(sorted(policy.subsidy.categories, key=key))}

    return [places(person) for person in situations(policy)]
