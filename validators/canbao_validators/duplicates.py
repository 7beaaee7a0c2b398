"""V07 and V08: the same document number twice in a sheet, or in two rosters that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster

_SHORTEST = 5  # characters of a document number that can identify anybody
HEADER = "证件号码"


def person_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``key, row, name`` of the rows whose document number can identify a person."""
    keys = frame.select(key=pl.col("cert.computed"), row=pl.col("row"), name=pl.col("name"))
    return keys.filter(pl.col("key").str.len_chars() >= _SHORTEST)


def check_duplicates(roster: Roster, frame: pl.DataFrame, *, file: str, lang: str = "zh") -> list[Finding]:
    """V07: every row whose number stands in another row of the sheet, naming that row (HN-14, DX-03)."""
    if not roster.names_persons or roster.role is RosterRole.CHANGE:
        return []
    keys = person_keys(frame)
    groups = keys.filter(pl.col("key").is_duplicated()).group_by("key", maintain_order=True).agg(pl.all())
    findings = []
    for group in groups.iter_rows(named=True):
        rows, names = group["row"], group["name"]
        for index, row in enumerate(rows):
            other = 0 if index else 1
            findings.append(
                build_finding(
                    "V07.duplicate",
                    place_of(roster, HEADER, row, file),
                    value=group["key"],
                    lang=lang,
                    other_row=rows[other],
                    other_name=names[other],
                )
            )
    return findings


def check_rosters_exclude(
    rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame], *, file: str, lang: str = "zh"
) -> list[Finding]:
    """V08: the same person in two rosters; a soldier or prisoner who may enrol stands as exempt, too (HN-05)."""
    codes = [code for code in codes_of(rosters, RosterRole.ENROLMENT, RosterRole.EXEMPTION) if code in frames]
    findings = []
    for left in codes:
        for right in codes:
            if left != right:
                findings += _check_pair(rosters[left], rosters[right], frames, file, lang)
    return findings


def _check_pair(own: Roster, other: Roster, frames: Mapping[str, pl.DataFrame], file: str, lang: str) -> list[Finding]:
    pairs = person_keys(_excluding_volunteers(own, frames)).join(
        person_keys(_excluding_volunteers(other, frames)).unique("key", keep="first"), on="key", suffix="_other"
    )
    return [_two_rosters(own, other, pair, file, lang) for pair in pairs.iter_rows(named=True)]


def _excluding_volunteers(roster: Roster, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    frame = frames[roster.code]
    return frame.filter(~is_volunteer(frame)) if roster.role is RosterRole.EXEMPTION else frame


def is_volunteer(frame: pl.DataFrame) -> pl.Series:
    """Return which R3 rows are soldiers or prisoners who volunteer to enrol."""
    return frame.select(pl.col("volunteer") == "是").to_series().fill_null(value=False)


def _two_rosters(own: Roster, other: Roster, pair: dict[str, Any], file: str, lang: str) -> Finding:
    return build_finding(
        "V08.two_rosters",
        place_of(own, HEADER, pair["row"], file),
        value=pair["key"],
        lang=lang,
        other_sheet=other.sheet,
        other_row=pair["row_other"],
        other_name=pair["name_other"],
    )
