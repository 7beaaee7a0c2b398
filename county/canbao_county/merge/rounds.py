"""Screening rounds: what was returned, what came back corrected, what is still wrong (SC-44 to SC-46)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, TypeVar

from canbao_rulebook.findings import Severity, count_unanswered, count_warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.findings import Finding, RenderedFinding

_Problem = tuple[str, str, str, str]


class _Warnings(TypedDict):
    warnings: int
    unanswered: int


@dataclass(frozen=True)
class Round:
    """One unit in one round. Errors are returned for correction; 提醒 may be answered instead.

    ``returned`` errors lie in ``rows`` rows. Of those of the round before, ``before``, ``corrected`` are gone and
    ``remaining`` are not; ``fresh`` are new. In the first round there was none before. ``handed_in``: whether the unit
    has handed in again; what it was returned remains if not. ``warnings`` are its 提醒, ``unanswered`` those of them
    without a word in 情况说明; None where the round was kept before they were counted.
    """

    number: int
    unit: str
    returned: int
    rows: int
    before: int = 0
    corrected: int = 0
    remaining: int = 0
    fresh: int = 0
    handed_in: bool = True
    warnings: int | None = None
    unanswered: int | None = None

    @property
    def answered(self) -> int | None:
        """提醒 with a word in 情况说明."""
        return None if self.warnings is None or self.unanswered is None else self.warnings - self.unanswered

    @property
    def passed(self) -> bool:
        """Whether the unit's table can be handed on."""
        return self.handed_in and not self.returned


def first_round(unit: str, returned: Sequence[Finding | RenderedFinding]) -> Round:
    """Return what a return list says of the first round."""
    errors = _errors(returned)
    return Round(1, unit, len(errors), _rows(errors), **_open(returned))


def compare_round(
    number: int,
    unit: str,
    earlier: Sequence[Finding | RenderedFinding],
    now: Sequence[Finding] | None,
) -> tuple[Round, list[Finding]]:
    """Return a unit's round, and those of ``now`` that were returned before; None: not handed in again.

    A problem is the same where the same is wrong with the same content of the same column, wherever the row has moved
    to; of an empty cell, where the row is the same.
    """
    before = Counter(map(_problem, _errors(earlier)))
    total = before.total()
    if now is None:
        told = _open(earlier)
        return Round(number, unit, total, _rows(_errors(earlier)), total, remaining=total, handed_in=False, **told), []
    errors, again = _errors(now), []
    left = Counter(before)
    for found in errors:
        if left[_problem(found)] > 0:
            left[_problem(found)] -= 1
            again.append(found)
    remaining = len(again)
    fresh = len(errors) - remaining
    one = Round(number, unit, len(errors), _rows(errors), total, total - remaining, remaining, fresh, **_open(now))
    return one, again


def _open(findings: Sequence[Finding | RenderedFinding]) -> _Warnings:
    return {"warnings": count_warnings(findings), "unanswered": count_unanswered(findings)}


_Told = TypeVar("_Told", bound="Finding | RenderedFinding")


def _errors(findings: Sequence[_Told]) -> list[_Told]:
    return [found for found in findings if found.severity is Severity.ERROR]


def _rows(findings: Sequence[Finding | RenderedFinding]) -> int:
    return len({(found.sheet, found.row) for found in findings})


def _problem(found: Finding | RenderedFinding) -> _Problem:
    return (found.code, found.sheet, found.header, found.value.strip() or f"@{found.row}")
