"""A finding: one problem at one cell, as data; rendered to a sentence only at the very end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = (
    "code", "severity", "file", "sheet", "row", "cell", "field", "header", "value", "message", "fix", "source",
    "answer",
)  # fmt: skip


class Severity(StrEnum):
    """错误 blocks handing in, 提醒 asks for a look, 提示 tells what was understood."""

    ERROR = "错误"
    WARNING = "提醒"
    INFO = "提示"


SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding lies; ``row`` is the 1-based sheet row, None when the whole file or sheet is meant."""

    file: str
    sheet: str = ""
    row: int | None = None
    cell: str = ""
    field: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. ``value`` is what stands in the cell, as text; ``source`` the article that says so.

    ``other`` is the sheet and the row that the message speaks of beside its own, for whoever moves rows about;
    ``answer`` is what the clerk wrote about it into 情况说明 of its row.
    """

    code: str
    severity: Severity
    file: str
    sheet: str
    row: int | None
    cell: str
    field: str
    header: str
    value: str
    message: str
    fix: str
    source: str
    other: tuple[str, int] | None = None
    answer: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the thirteen fields of the command-line contract."""
        return {name: getattr(self, name) for name in FIELDS} | {"severity": self.severity.value}

    def sort_key(self) -> tuple[str, int, str, str, int]:
        """Order by file, severity, sheet, code and row."""
        return (self.file, SEVERITY_ORDER[self.severity], self.sheet, self.code, self.row or 0)


def has_errors(findings: list[Finding]) -> bool:
    """Tell whether any finding blocks handing in."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def count_warnings(findings: Iterable[Finding]) -> int:
    """Return how many findings ask for a look."""
    return sum(finding.severity is Severity.WARNING for finding in findings)


def count_unanswered(findings: Iterable[Finding]) -> int:
    """Return how many 提醒 nobody has said anything about, those that lie in no row among them."""
    return sum(finding.severity is Severity.WARNING and not finding.answer for finding in findings)
