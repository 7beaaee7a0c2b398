"""Which claimed identities the departments' lists confirm, which they deny: the condition stands here only.

``claim_verdicts`` is what the settlement reads; V15 says the same in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.checks.matter import Matter
from canbao_county.lists.checks.owners import Owners, deciders
from canbao_validators.normalise.names import listed_name_key, name_key, names_fit

if TYPE_CHECKING:
    from canbao_county.lists.stored import Lists
    from canbao_rulebook.policy import Policy

CONFIRMED, DENIED, UNSURE, NO_LIST, LISTED = "confirmed", "denied", "unsure", "no_list", "listed"
# Why a claim is not confirmed: the person is on no list, was and is no more, stands there under another name, or
# a person of this name stands there with a number that cannot be used; or nobody at all has the category there, so that
# the list may be about others.
ABSENT, ENDED, OTHER_NAME, LOST_NUMBER, NOBODY = "absent", "ended", "other_name", "lost_number", "nobody"
VAGUE = "vague"  # the person stands there with a word that is no identity of the policy: 农村低保


def claim_verdicts(people: pl.DataFrame, lists: Lists, policy: Policy) -> pl.DataFrame:
    """Return ``cert``, ``code`` and ``verdict``, once for every person with a number and every category.

    ``people`` as ``gather_people`` gives them. Claimed categories are CONFIRMED, DENIED, UNSURE or NO_LIST; those that
    a list gives a person who does not claim them are LISTED.
    """
    owners = Owners(Matter(people, lists, policy, {}))
    return pl.concat([judge_claims(owners), _unclaimed(owners)]).select("cert", "code", "verdict")


def judge_claims(owners: Owners) -> pl.DataFrame:
    """Return ``cert``, ``code``, ``verdict`` and ``why`` (why not confirmed, else ""), once a claim."""
    claims = _claims(owners)
    categories = owners.matter.policy.subsidy.categories
    judged = [entry.code for entry in categories if deciders(owners.matter, entry) and not owners.uncovered(entry)]
    listed = _decided_rows(owners)
    live, over = listed.filter(~pl.col("ended")), listed.filter("ended").select("cert", "code").unique()
    same = ["cert", "code"]
    met = claims.join(live, on=same)
    fits = met.group_by(same).agg(fits=names_fit(pl.col("name_key"), pl.col("listed_key")).any())
    lost = claims.join(_lost_names(owners), on=["code", "name_key"], how="semi").select(same).unique()
    vague = claims.select(same).join(_vague_rows(owners), on=same, how="semi").unique()
    once = claims.select(same).unique(maintain_order=True)
    known = (
        once.join(fits, on=same, how="left", maintain_order="left")
        .join(over.with_columns(over=True), on=same, how="left", maintain_order="left")
        .join(lost.with_columns(lost=True), on=same, how="left", maintain_order="left")
        .join(vague.with_columns(vague=True), on=same, how="left", maintain_order="left")
    )
    why = (
        pl.when(pl.col("fits"))
        .then(pl.lit(""))
        .when(pl.col("fits").is_not_null())
        .then(pl.lit(OTHER_NAME))
        .when(~pl.col("code").is_in(judged))
        .then(pl.lit(""))
        .when(pl.col("vague"))
        .then(pl.lit(VAGUE))
        .when(pl.col("over"))
        .then(pl.lit(ENDED))
        .when(pl.col("lost"))
        .then(pl.lit(LOST_NUMBER))
        .when(~pl.col("code").is_in(listed["code"].unique().implode()))
        .then(pl.lit(NOBODY))
        .otherwise(pl.lit(ABSENT))
    )
    verdict = (
        pl.when(pl.col("why").is_in([OTHER_NAME, LOST_NUMBER, NOBODY, VAGUE]))
        .then(pl.lit(UNSURE))
        .when(pl.col("why") != "")
        .then(pl.lit(DENIED))
        .when(pl.col("fits"))
        .then(pl.lit(CONFIRMED))
        .otherwise(pl.lit(NO_LIST))
    )
    return known.with_columns(why=why).with_columns(verdict=verdict).select("cert", "code", "verdict", "why")


def _unclaimed(owners: Owners) -> pl.DataFrame:
    """Return the categories that lists give to persons who enrol and do not claim them."""
    rows = _decided_rows(owners).filter(~pl.col("ended"))
    names = owners.matter.applicants.select("cert", name_key=name_key(pl.col("name"))).unique(maintain_order=True)
    given = names.join(rows, on="cert", maintain_order="left")
    given = given.filter(names_fit(pl.col("name_key"), pl.col("listed_key"))).select("cert", "code")
    fresh = given.unique(maintain_order=True).join(_claims(owners), on=["cert", "code"], how="anti")
    return fresh.with_columns(verdict=pl.lit(LISTED), why=pl.lit(""))


def _claims(owners: Owners) -> pl.DataFrame:
    """Return ``cert``, ``code`` and ``name_key``, once each: a person may stand in several rows, with several names."""
    claims = owners.matter.applicants.select("cert", "name", code="claims").explode("code").drop_nulls("code")
    return claims.select("cert", "code", name_key=name_key(pl.col("name"))).unique(maintain_order=True)


def _decided_rows(owners: Owners) -> pl.DataFrame:
    """Return ``cert``, ``code``, ``listed_key`` and ``ended`` of rows whose department decides about the category."""
    rows = owners.rows.join(_deciding(owners), on=["code", "agency"], how="semi")
    return rows.select("code", "ended", cert="cert_no", listed_key=listed_name_key(pl.col("name"))).select(
        "cert", "code", "listed_key", "ended"
    )


def _vague_rows(owners: Owners) -> pl.DataFrame:
    """Return ``cert`` and ``code`` of persons on a list that may mean a category by a word the policy does not know."""
    unknown = owners.rows.filter((pl.col("code") == "") & ~pl.col("ended")).select("agency", cert="cert_no")
    return unknown.join(_deciding(owners), on="agency").select("cert", "code").unique()


def _lost_names(owners: Owners) -> pl.DataFrame:
    """Return ``code`` and ``name_key`` of persons whose number on a deciding department's list cannot be used."""
    names = [(agency, name) for agency, lost in owners.doubtful.items() for name in lost if name]
    frame = pl.DataFrame(names, schema={"agency": pl.String, "name": pl.String}, orient="row")
    lost = frame.join(_deciding(owners), on="agency").select("code", name_key=listed_name_key(pl.col("name")))
    return lost.filter(pl.col("name_key") != "").unique()


def _deciding(owners: Owners) -> pl.DataFrame:
    pairs = [
        (entry.code, agency)
        for entry in owners.matter.policy.subsidy.categories
        for agency in deciders(owners.matter, entry)
    ]
    return pl.DataFrame(pairs, schema={"code": pl.String, "agency": pl.String}, orient="row")
