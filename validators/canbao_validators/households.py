"""V26 and the household's telephone: checks over all rows of one household book (HN-64).

An error is only what somebody at the desk can mend. Who refuses, with the refusal on record (HN:90 foresees it), or who
can no longer enrol stays visible as a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_rulebook.phrases import Phrases, enumerate_words
from canbao_rulebook.vocabulary import small_words, word
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster

_NUMBER = "户编号"
_HEAD = word("relations", "head")
_MOST_NAMES = 5
_REFUSES = word("intents", "refused")
_FLAGS = ("enrolled", "paid", "missing", "refuses", "too_late")


def check_households(
    rosters: Mapping[str, Roster],
    frames: Mapping[str, pl.DataFrame],
    *,
    article: str = "",
    last_day: int | None = None,
) -> list[Finding]:
    """Return V26 for households that are enrolled in part or refuse, and for households with two heads or none.

    Only once collection has begun: before the first payment of the township nobody can be missing. ``last_day`` is the
    last day that the workbook speaks of.
    """
    members = _members(rosters, frames, last_day)
    if members.is_empty():
        return []
    begun = bool(members["paid"].any())
    findings = []
    suspects = members.join(_suspects(members, begun=begun), on="household", how="semi", maintain_order="left")
    for household in suspects.group_by("household", maintain_order=True).agg(pl.all()).iter_rows(named=True):
        if begun:
            findings += _incomplete(rosters, household, article)
        findings += _heads(rosters, household)
    return findings


def _suspects(members: pl.DataFrame, *, begun: bool) -> pl.DataFrame:
    """Return, as ``household``, those that are enrolled in part or do not have just one head."""
    present = members.select("household", head="cert")
    headed = members.filter(pl.col("head").fill_null("") != "").join(present, on=["household", "head"], how="semi")
    table = members.group_by("household").agg(
        part=(pl.col("missing") & (pl.col("enrolled").any() | pl.col("refuses"))).any() & begun,
        heads=(pl.col("relation") == _HEAD).sum(),
    )
    unheaded = (pl.col("heads") == 0) & ~pl.col("household").is_in(headed["household"].unique().implode())
    return table.filter(pl.col("part") | (pl.col("heads") > 1) | unheaded).select("household")


def _local(rosters: Mapping[str, Roster]) -> str:
    """Return the code of the enrolment roster that is kept by household book, or an empty string."""
    kept = (
        code
        for code, roster in rosters.items()
        if roster.role is RosterRole.ENROLMENT
        and "household_no" in roster.by_field
        and roster.by_field["household_no"].required
    )
    return next(kept, "")


def _members(rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame], last_day: int | None) -> pl.DataFrame:
    """Return who stands in the local roster and among the exemptions.

    ``missing`` are those who should enrol and are not; of them ``refuses`` and ``too_late`` say why, ``on_record`` that
    the refusal has a word in 情况说明.
    """
    local, exemption = _local(rosters), code_of(rosters, RosterRole.EXEMPTION)
    own = {code: frames[code] for code in (local, exemption) if code in frames}
    parts = [
        frame.select(
            *_who(code),
            *(_standing(frame, last_day) if code == local else [pl.lit(value=False).alias(f) for f in _FLAGS]),
        )
        for code, frame in own.items()
    ]
    if not parts:
        return pl.DataFrame()
    table = pl.concat(parts).filter(pl.col("number").fill_null("") != "")
    twice = (pl.col("roster") == local) & pl.col("cert").is_duplicated() & (pl.col("cert") != "")
    volunteers = table.filter(twice)["cert"].to_list()
    return table.filter((pl.col("roster") == local) | ~pl.col("cert").is_in(volunteers))


def _who(code: str) -> list[pl.Expr]:
    """The member, and the word that the clerk has put into 情况说明."""
    return [
        pl.lit(code).alias("roster"),
        pl.col("row"),
        pl.col("village"),
        (pl.col("village") + "/" + pl.col("household_no")).alias("household"),
        pl.col("household_no").alias("number"),
        pl.col("name"),
        pl.col("relation"),
        pl.col("cert.computed").alias("cert"),
        pl.col("head_cert.computed").alias("head"),
        (pl.col("explanation.raw").str.strip_chars() != "").alias("on_record"),
    ]


def _standing(frame: pl.DataFrame, last_day: int | None) -> list[pl.Expr]:
    """What a row of the local roster says of enrolment: the columns ``_FLAGS``."""
    enrolled, paid, forbidden = (
        pl.col(f"{name}.computed").fill_null(value=False) for name in ("enrolled", "paid_ok", "forbidden")
    )
    refuses = (pl.col("intent") == _REFUSES).fill_null(value=False)
    values = (enrolled, paid, ~enrolled & ~forbidden, refuses, _too_late(frame, last_day))
    return [value.alias(name) for name, value in zip(_FLAGS, values, strict=True)]


def _too_late(frame: pl.DataFrame, last_day: int | None) -> pl.Expr:
    """Whoever paid past every limit, and babies whose limits have passed without a payment."""
    end = pl.col("window_end.computed")
    paid = (pl.col("missed.computed") != "") & (pl.col("pay_date") > end)
    if "late_registration.computed" not in frame.columns:
        return paid.fill_null(value=False)
    waited = pl.col("newborn.computed") & pl.col("pay_date").fill_nan(None).is_null() & (end < (last_day or 0))
    return (paid | pl.col("late_registration.computed") | waited).fill_null(value=False)


def _incomplete(rosters: Mapping[str, Roster], household: dict[str, Any], article: str) -> list[Finding]:
    """Return a warning for each member who refuses on record or is too late, one error for all others missing."""
    findings, others = [], []
    together = any(household["enrolled"])
    for index in (index for index, missing in enumerate(household["missing"]) if missing):
        refuses = household["refuses"][index]
        on_record = refuses and household["on_record"][index]
        if on_record or (together and household["too_late"][index]):
            key = "V26.refused" if on_record else "V26.too_late"
            place = place_of(rosters[household["roster"][index]], _NUMBER, household["row"][index])
            value, name = household["number"][index], household["name"][index] or small_words("nameless")
            findings.append(build_finding(key, place, value=value, source=article, name=name))
        elif together or refuses:
            others.append(index)
    if others:
        first, names = others[0], [household["name"][index] or small_words("nameless") for index in others]
        more = small_words("of_persons", count=len(names)) if len(names) > _MOST_NAMES else ""
        place = place_of(rosters[household["roster"][first]], _NUMBER, household["row"][first])
        told: dict[str, Any] = {"count": len(names), "names": Phrases((enumerate_words(names[:_MOST_NAMES]), more))}
        value = household["number"][first]
        findings.append(build_finding("V26.incomplete", place, value=value, source=article, **told))
    return findings


def _heads(rosters: Mapping[str, Roster], household: dict[str, Any]) -> list[Finding]:
    heads = [index for index, relation in enumerate(household["relation"]) if relation == _HEAD]
    known = set(household["cert"])
    key, index = "", 0
    if len(heads) > 1:
        key, index = "V26.two_heads", heads[1]
    elif not heads and not known & {head for head in household["head"] if head}:
        key = "V26.no_head"
    if not key:
        return []
    roster = rosters[household["roster"][index]]
    place = place_of(roster, _NUMBER, household["row"][index])
    return [build_finding(key, place, value=household["number"][index], count=len(heads))]


def check_phones(rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame]) -> list[Finding]:
    """V01: one telephone number for each household is enough, none is not."""
    local = _local(rosters)
    if local not in frames:
        return []
    frame = frames[local].filter(pl.col("household_no").fill_null("") != "")
    silent = (
        frame.group_by("village", "household_no", maintain_order=True)
        .agg(row=pl.col("row").first(), silent=(pl.col("phone.raw") == "").all())
        .filter(pl.col("silent"))
    )
    return [
        build_finding(
            "V01.phone",
            place_of(rosters[local], "联系电话", entry["row"]),
            value=entry["household_no"],
        )
        for entry in silent.iter_rows(named=True)
    ]
