"""Planted findings against reported ones: every planted one found, nothing else reported."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_demo.model import Planted
    from canbao_rulebook.findings import Finding

_SUFFIX = ".xlsx"


@dataclass(slots=True)
class MatchResult:
    """Planted findings that were reported, planted ones that were not, and reported ones that were not planted."""

    found: list[Planted] = field(default_factory=list)
    missing: list[Planted] = field(default_factory=list)
    unexpected: list[Finding] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether exactly the planted findings were reported."""
        return not self.missing and not self.unexpected


def match_planted(planted: Iterable[Planted], findings: Iterable[Finding]) -> MatchResult:
    """Compare by unit (the file's name without .xlsx), sheet, cell and code; two alike need two findings."""
    reported: dict[tuple[str, str, str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        reported[finding.file.removesuffix(_SUFFIX), finding.sheet, finding.cell, finding.code].append(finding)
    result = MatchResult()
    for entry in planted:
        alike = reported[entry.unit, entry.sheet, entry.cell, entry.code]
        (result.found if alike else result.missing).append(entry)
        if alike:
            alike.pop(0)
    result.unexpected = [finding for left in reported.values() for finding in left]
    return result
