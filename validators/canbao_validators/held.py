"""暂留: rows with errors stay with the clerk, the clean rows of the same workbook travel (SC:81)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_rulebook.findings import Finding, Severity
from canbao_rulebook.kinds import RosterRole
from canbao_validators.check_code import input_digest
from canbao_validators.judging_rows import judge_frames
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy
    from canbao_validators.workbook import FilledWorkbook

_PERSONS = (RosterRole.ENROLMENT, RosterRole.EXEMPTION, RosterRole.CHANGE)
_MONEY = frozenset({"V28", "V29", "V30", "V31"})  # of an agent or a deposit, wherever the finding lies
_MATCHING = "V31"  # persons against deposits
_BATCH, _AGENT, _VILLAGE = "deposit_id", "agent", "village"

Rows = frozenset[tuple[str, int]]  # roster codes and sheet rows


class Problem(NamedTuple):
    """A row that stays, by roster and sheet row, and one error that it has to be mended for."""

    code: str
    row: int
    error: Finding


@dataclass(frozen=True)
class Split:
    """A workbook ``whole`` in two: ``kept`` holds the rows that travel and what is found among them.

    ``problems`` are those of the rows that stay; ``batches`` the numbers of the deposits that hold money of rows that
    stay; ``blocking`` are errors that lie in no row that could stay.
    """

    whole: FilledWorkbook
    kept: FilledWorkbook
    problems: tuple[Problem, ...]
    batches: tuple[str, ...]
    blocking: tuple[Finding, ...]

    @property
    def staying(self) -> int:
        """Rows that are not handed in."""
        return len({(problem.code, problem.row) for problem in self.problems})

    @property
    def travelling(self) -> int:
        """Persons' rows that are handed in."""
        return sum(self.kept.rows[code] for code in codes_of(self.kept.rosters, *_PERSONS))


def holds_rows(policy: Policy) -> bool:
    """Whether the notice lets clean rows travel while others are mended."""
    agent = policy.collection.agent
    return agent is not None and agent.hold_rows


def split_rows(filled: FilledWorkbook) -> Split:
    """Return a checked workbook without the persons' rows that have errors, judged anew until no such row is left.

    A row also stays that is wrong only because another one does.
    """
    problems: list[Problem] = []
    held: Rows = frozenset()
    kept = filled
    while found := [Problem(*place, one) for one in _errors(kept) for place in _rows_of(one, kept)]:
        problems += found
        held = frozenset((problem.code, problem.row) for problem in problems)
        kept = _without(filled, held)
    batches = _batches(filled, held)
    known = {(one.code, one.sheet, one.row) for one in _errors(filled)}
    blocking = tuple(one for one in _errors(kept) if not _follows(one, kept, known, batches))
    ordered = sorted(problems, key=lambda problem: (problem.code, problem.row, problem.error.code))
    return Split(filled, kept, tuple(ordered), tuple(sorted(batches)), blocking)


def _errors(filled: FilledWorkbook) -> list[Finding]:
    return [one for one in filled.findings if one.severity is Severity.ERROR]


def _rows_of(found: Finding, filled: FilledWorkbook) -> Rows:
    """Return the rows that stay because of an error; none where it is not the row's own."""
    place = _place(found, filled)
    if place is None or filled.rosters[place[0]].role not in _PERSONS:
        return frozenset()
    if found.code not in _MONEY:
        return frozenset({place})
    return _companions(place, filled) if found.code == _MATCHING and found.value else frozenset()


def _place(found: Finding, filled: FilledWorkbook) -> tuple[str, int] | None:
    """Return the roster and the row of a finding, None where it lies in no row of persons or money."""
    for code, roster in filled.rosters.items():
        if roster.sheet == found.sheet and found.row is not None and found.row in filled.frames[code]["row"]:
            return code, found.row
    return None


def _companions(place: tuple[str, int], filled: FilledWorkbook) -> Rows:
    """Return the rows of the same collector and deposit: their finding stands at the first of them."""
    code, row = place
    frame = filled.frames[code]
    names = [name for name in (_BATCH, _AGENT, _VILLAGE) if name in frame.columns]
    own = frame.filter(pl.col("row") == row).select(names)
    alike = frame.join(own, on=names, how="semi", nulls_equal=True)
    return frozenset((code, other) for other in alike["row"].to_list())


def _without(filled: FilledWorkbook, held: Rows) -> FilledWorkbook:
    """Return the workbook of the other rows, judged anew."""
    assert filled.book is not None
    left = {code: [row for other, row in held if other == code] for code in filled.typed}
    frames = {code: frame.filter(~pl.col("row").is_in(left[code])) for code, frame in filled.typed.items()}
    gone = {(filled.rosters[code].sheet, row) for code, row in held}
    kept = replace(
        filled,
        frames=frames,
        findings=[one for one in filled.read if (one.sheet, one.row) not in gone],
        check_code=input_digest(frames, filled.book.rosters),
    )
    judge_frames(kept)
    kept.findings.sort(key=Finding.sort_key)
    return kept


def _batches(filled: FilledWorkbook, held: Rows) -> frozenset[str]:
    """Return the numbers of the deposits that hold money of rows that stay."""
    return frozenset(batch for place in held if (batch := _batch(filled, place)))


def _batch(filled: FilledWorkbook, place: tuple[str, int]) -> str:
    code, row = place
    frame = filled.frames[code]
    if _BATCH not in frame.columns:
        return ""
    return str(frame.filter(pl.col("row") == row)[_BATCH].item() or "")


def _follows(
    found: Finding, kept: FilledWorkbook, known: set[tuple[str, str, int | None]], batches: frozenset[str]
) -> bool:
    """Whether an error among the rows that travel is there because others stay."""
    place = _place(found, kept)
    if place is None:
        return False
    if (found.code, found.sheet, found.row) not in known:
        return True
    return found.code == _MATCHING and _batch(kept, place) in batches
