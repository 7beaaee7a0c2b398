"""What a check finds in the rows that are about to be written, for the marks and the list of the new workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.texts import Texts
from canbao_generator.looked_at import LookedAt
from canbao_rulebook.findings import Finding, count_severities
from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.judging_rows import judge_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_validators.workbook import FilledWorkbook


def look_at(filled: FilledWorkbook, frames: Mapping[str, pl.DataFrame], code: str) -> LookedAt:
    """Return what is found in ``frames``, which follow from a checked workbook and are written without blank rows.

    R4 is judged as it is now. What reading the cells has found stays, at the rows where they will stand, but for cells
    that are written as they were read. ``code`` is the check code of the new workbook.
    """
    written = {
        roster: frame.select(pl.exclude(r"^.*\.computed$")).with_columns(
            row=pl.int_range(FIRST_ROW, FIRST_ROW + frame.height, dtype=pl.Int64)
        )
        for roster, frame in frames.items()
    }
    again = replace(filled, frames=written, findings=list(_read_again(filled, frames)))
    judge_frames(again)
    findings = sorted(again.findings, key=Finding.sort_key)
    texts = Texts()
    summary = texts.say(
        "result_written",
        counts=texts.say("counts", **count_severities(findings)),
        rows=sum(frame.height for frame in frames.values()),
        code=code,
    )
    return LookedAt(findings, summary)


def _read_again(filled: FilledWorkbook, frames: Mapping[str, pl.DataFrame]) -> Iterator[Finding]:
    """Yield what reading found in rows of persons and money, where these rows will stand."""
    tidied = {id(one) for one in filled.read_otherwise}
    for code, roster in filled.rosters.items():
        if code == filled.subsidy_code or code not in frames:
            continue
        rows = {row: place for place, row in enumerate(frames[code]["row"].to_list(), start=FIRST_ROW)}
        for found in filled.read:
            column = roster.by_field.get(found.field)
            if found.sheet == roster.sheet and found.row in rows and column and id(found) not in tidied:
                row = rows[found.row]
                yield found.at(row=row, cell=f"{roster.letters[column.header]}{row}")
