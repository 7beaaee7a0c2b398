"""情况说明: what clerks say about a row that was found fault with, beside every finding that lies in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster

FIELD = "explanation"  # the column 情况说明 of a roster
_ANSWERED = {Severity.ERROR, Severity.WARNING}

Answers = dict[tuple[str, str, int], str]  # texts by file, sheet and row


def read_answers(file: str, rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame]) -> Answers:
    """Return the texts that stand in 情况说明; a roster without the column has none."""
    return {
        (file, rosters[code].sheet, row): text
        for code, frame in frames.items()
        if FIELD in frame.columns and frame[FIELD].max()  # most rosters have none, which is seen faster so
        for row, text in frame.select("row", FIELD).filter(pl.col(FIELD).str.strip_chars() != "").iter_rows()
    }


def add_answers(findings: Iterable[Finding], answers: Mapping[tuple[str, str, int], str]) -> list[Finding]:
    """Return findings with the answers of their rows; a finding that has its answer already stays the same object."""
    return [_answered(found, answers) for found in findings]


def _answered(found: Finding, answers: Mapping[tuple[str, str, int], str]) -> Finding:
    if found.severity not in _ANSWERED or found.row is None:
        return found
    answer = answers.get((found.file, found.sheet, found.row), found.answer)
    return found if answer == found.answer else replace(found, answer=answer)
