"""R3 wins (HN-10): who is proven there to be a soldier, prisoner or insured elsewhere is so in R1 and R2 too.

Without a proof there is no exemption (HN:92), so nothing is carried over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import CellKind, RosterRole
from canbao_rulebook.messages import build_finding
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.duplicates import is_volunteer
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import code_of, codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster

HEADERS = ("特殊情形", "预计复员/刑满年份", "是否自愿参保")


@dataclass(frozen=True)
class Carried:
    """Frames with the statuses of R3 carried over, the rows that received one, and the findings that say so."""

    frames: dict[str, pl.DataFrame]
    cells: set[tuple[str, str]]
    findings: list[Finding]


def carry_statuses(
    policy: Policy,
    rosters: Mapping[str, Roster],
    frames: Mapping[str, pl.DataFrame],
) -> Carried:
    """Return the enrolment frames with 特殊情形 filled from R3 where the clerk left it empty.

    ``frames`` are computed frames, for their cleaned numbers. ``cells`` are (sheet, cell) pairs whose rules must not
    be held against the clerk: what is wrong there is said in R3, or by V08.
    """
    result = Carried(dict(frames), set(), [])
    exemption = code_of(rosters, RosterRole.EXEMPTION)
    if exemption not in frames:
        return result
    statuses = _statuses(policy, frames[exemption])
    for code in codes_of(rosters, RosterRole.ENROLMENT):
        if code in frames and "status" in frames[code].columns:
            _carry_into(rosters[code], rosters[exemption].sheet, statuses, result)
    return result


def was_carried(row: Mapping[str, Any]) -> bool:
    """Whether a row's status comes from R3: its 是否自愿参保 then holds a value that no cell shows."""
    return bool(row.get("volunteer")) and not row["volunteer.raw"]


def _statuses(policy: Policy, frame: pl.DataFrame) -> pl.DataFrame:
    labels = {status.code: status.label for status in policy.eligibility.statuses}
    codes: dict[str, str] = load_lists()["status_by_reason"]
    by_reason = {reason: labels[code] for reason, code in codes.items() if code in labels}
    return (
        frame.select(
            cert=pl.col("cert.computed"),
            r3_row=pl.col("row"),
            r3_status=pl.col("reason").replace_strict(by_reason, default=None, return_dtype=pl.String),
            r3_year=pl.col("release_year"),
            r3_volunteers=is_volunteer(frame),
            proven=pl.col("evidence_no").fill_null("") != "",
        )
        .filter((pl.col("cert") != "") & pl.col("r3_status").is_not_null() & pl.col("proven"))
        .drop("proven")
        .unique("cert", keep="first")
    )


def _carry_into(roster: Roster, other_sheet: str, statuses: pl.DataFrame, result: Carried) -> None:
    frame = result.frames[roster.code].join(statuses, left_on="cert.computed", right_on="cert", how="left")
    carried = pl.col("r3_status").is_not_null() & (pl.col("status.raw") == "")
    concerned = frame.filter(carried)
    if concerned.is_empty():
        return
    for entry in concerned.iter_rows(named=True):
        places = [place_of(roster, header, entry["row"]) for header in HEADERS]
        result.cells.update((roster.sheet, place.cell) for place in places)
        if entry["r3_volunteers"]:
            result.findings.append(
                build_finding(
                    "V14.other_roster",
                    places[0],
                    other_sheet=other_sheet,
                    other_row=entry["r3_row"],
                    status=entry["r3_status"],
                )
            )
    text, number = int(CellKind.TEXT), int(CellKind.NUMBER)
    volunteers = pl.when(pl.col("r3_volunteers")).then(pl.lit("是")).otherwise(pl.lit("否"))
    result.frames[roster.code] = frame.with_columns(
        status=pl.when(carried).then("r3_status").otherwise("status"),
        release_year=pl.when(carried).then("r3_year").otherwise("release_year"),
        volunteer=pl.when(carried).then(volunteers).otherwise("volunteer"),
        **{
            "status.kind": pl.when(carried).then(pl.lit(text)).otherwise("status.kind").cast(pl.UInt8),
            "status.raw": pl.when(carried).then("r3_status").otherwise("status.raw"),
            "release_year.kind": pl.when(carried).then(pl.lit(number)).otherwise("release_year.kind").cast(pl.UInt8),
            "volunteer.kind": pl.when(carried).then(pl.lit(text)).otherwise("volunteer.kind").cast(pl.UInt8),
        },
    ).drop("r3_row", "r3_status", "r3_year", "r3_volunteers")
