"""V26 and the household's telephone: checks over all rows of one household book (HN-64)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster

_NUMBER = "户编号"
_HEAD = "户主"
_MOST_NAMES = 5


def check_households(
    rosters: Mapping[str, Roster],
    frames: Mapping[str, pl.DataFrame],
    *,
    file: str,
    lang: str = "zh",
    article: str = "",
) -> list[Finding]:
    """Return V26 for households that are enrolled in part, and for households with two heads or none.

    Only once collection has begun: before the first payment of the township nobody can be missing.
    """
    members = _members(rosters, frames)
    if members.is_empty():
        return []
    begun = bool(members["paid"].any())
    findings = []
    suspects = members.join(_suspects(members, begun=begun), on="household", how="semi", maintain_order="left")
    for household in suspects.group_by("household", maintain_order=True).agg(pl.all()).iter_rows(named=True):
        if begun:
            findings += _incomplete(rosters, household, file, lang, article)
        findings += _heads(rosters, household, file, lang)
    return findings


def _suspects(members: pl.DataFrame, *, begun: bool) -> pl.DataFrame:
    """Return, as ``household``, those that are enrolled in part or do not have just one head."""
    present = members.select("household", head="key")
    headed = members.filter(pl.col("head").fill_null("") != "").join(present, on=["household", "head"], how="semi")
    table = members.group_by("household").agg(
        part=pl.col("enrolled").any() & (~pl.col("enrolled") & ~pl.col("exempt")).any() & begun,
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


def _members(rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """``roster, row, household, name, relation, enrolled, paid, exempt`` of the local roster and the exemptions."""
    parts = []
    local, exemption = _local(rosters), code_of(rosters, RosterRole.EXEMPTION)
    for code in (local, exemption):
        if code in frames:
            enrolled = pl.col("enrolled.computed") if code == local else pl.lit(value=False)
            paid = pl.col("paid_ok.computed") if code == local else pl.lit(value=False)
            forbidden = pl.col("forbidden.computed") if code == local else pl.lit(value=False)
            parts.append(
                frames[code].select(
                    roster=pl.lit(code),
                    row=pl.col("row"),
                    village=pl.col("village"),
                    household=pl.col("village") + "/" + pl.col("household_no"),
                    number=pl.col("household_no"),
                    name=pl.col("name"),
                    relation=pl.col("relation"),
                    key=pl.col("cert.computed"),
                    head=pl.col("head_cert.computed"),
                    enrolled=enrolled.fill_null(value=False),
                    paid=paid.fill_null(value=False),
                    exempt=pl.lit(code == exemption) | forbidden.fill_null(value=False),
                )
            )
    if not parts:
        return pl.DataFrame()
    table = pl.concat(parts).filter(pl.col("number").fill_null("") != "")
    twice = (pl.col("roster") == local) & pl.col("key").is_duplicated() & (pl.col("key") != "")
    volunteers = table.filter(twice)["key"].to_list()
    return table.filter((pl.col("roster") == local) | ~pl.col("key").is_in(volunteers))


def _incomplete(
    rosters: Mapping[str, Roster], household: dict[str, Any], file: str, lang: str, article: str
) -> list[Finding]:
    missing = [
        index
        for index, (enrolled, exempt) in enumerate(zip(household["enrolled"], household["exempt"], strict=True))
        if not enrolled and not exempt
    ]
    if not missing or not any(household["enrolled"]):
        return []
    first = missing[0]
    names = [household["name"][index] or "（未填姓名）" for index in missing]
    more = f"等{len(names)}人" if len(names) > _MOST_NAMES else ""
    roster = rosters[household["roster"][first]]
    return [
        build_finding(
            "V26.incomplete",
            place_of(roster, _NUMBER, household["row"][first], file),
            value=household["number"][first],
            lang=lang,
            source=article,
            count=len(missing),
            names="、".join(names[:_MOST_NAMES]) + more,
        )
    ]


def _heads(rosters: Mapping[str, Roster], household: dict[str, Any], file: str, lang: str) -> list[Finding]:
    heads = [index for index, relation in enumerate(household["relation"]) if relation == _HEAD]
    known = set(household["key"])
    key, index = "", 0
    if len(heads) > 1:
        key, index = "V26.two_heads", heads[1]
    elif not heads and not known & {head for head in household["head"] if head}:
        key = "V26.no_head"
    if not key:
        return []
    roster = rosters[household["roster"][index]]
    place = place_of(roster, _NUMBER, household["row"][index], file)
    return [build_finding(key, place, value=household["number"][index], lang=lang, count=len(heads))]


def check_phones(
    rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame], *, file: str, lang: str = "zh"
) -> list[Finding]:
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
            place_of(rosters[local], "联系电话", entry["row"], file),
            value=entry["household_no"],
            lang=lang,
        )
        for entry in silent.iter_rows(named=True)
    ]
