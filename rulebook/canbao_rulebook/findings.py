"""A finding: one problem at one cell, as data. Its sentence is made in ``messages`` where it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_rulebook.phrases import Text


class Severity(StrEnum):
    """错误 blocks handing in, 提醒 asks for a look, 提示 tells what was understood."""

    ERROR = "错误"
    WARNING = "提醒"
    INFO = "提示"


SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding lies; ``row`` is the 1-based sheet row, None when the whole file or sheet is meant.

    ``file`` is what the file is called among those that were given (its path under their folder where its name does not
    tell it from others). Whoever read the file puts it on; a check of one workbook knows sheets only.
    """

    sheet: str = ""
    row: int | None = None
    cell: str = ""
    field: str = ""
    header: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. ``value`` is what stands in the cell, as text; ``source`` the article that says so.

    ``key`` names the message and ``params`` fill it, ``notes`` are added to it; ``answer`` is what the clerk wrote
    about it into 情况说明 of its row.
    """

    key: str
    severity: Severity
    place: Place
    value: str = ""
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    source: str = ""
    notes: tuple[Text, ...] = field(default=(), hash=False)
    answer: str = ""

    @property
    def code(self) -> str:
        """The code of the rule, e.g. V02."""
        return self.key.partition(".")[0]

    @property
    def file(self) -> str:
        """The file in which it lies."""
        return self.place.file

    @property
    def sheet(self) -> str:
        """The sheet on which it lies, "" when the whole file is meant."""
        return self.place.sheet

    @property
    def row(self) -> int | None:
        """The row in which it lies, None when no row is meant."""
        return self.place.row

    @property
    def cell(self) -> str:
        """The cell at which it lies, e.g. F12."""
        return self.place.cell

    @property
    def field(self) -> str:
        """The field of the column."""
        return self.place.field

    @property
    def header(self) -> str:
        """The header of the column."""
        return self.place.header

    @property
    def other(self) -> tuple[str, int] | None:
        """The sheet and the row that the message speaks of beside its own, for whoever moves rows about."""
        row = self.params.get("other_row")
        return (str(self.params.get("other_sheet", self.sheet)), row) if isinstance(row, int) else None

    def at(self, *, file: str | None = None, row: int | None = None, cell: str | None = None) -> Finding:
        """Return the same finding in another file, row or cell; None leaves it where it is."""
        own = self.place
        place = replace(
            own,
            file=own.file if file is None else file,
            row=own.row if row is None else row,
            cell=own.cell if cell is None else cell,
        )
        return replace(self, place=place)

    def sort_key(self) -> tuple[str, int, str, str, int]:
        """Order by file, severity, sheet, code and row."""
        return (self.file, SEVERITY_ORDER[self.severity], self.sheet, self.code, self.row or 0)


@dataclass(frozen=True, slots=True)
class RenderedFinding:
    """A finding in words, as tables, JSON and lines show it. The fields are those of the command-line contract."""

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
    answer: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the thirteen fields of the command-line contract."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)} | {"severity": self.severity.value}


def name_file(findings: Iterable[Finding], file: str) -> list[Finding]:
    """Return findings as those of a file, except what names one already."""
    return [finding if finding.file else finding.at(file=file) for finding in findings]


def has_errors(findings: Iterable[Finding | RenderedFinding]) -> bool:
    """Tell whether any finding blocks handing in."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def count_severities(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many ``errors``, ``warnings`` and ``infos`` there are."""
    severities = [finding.severity for finding in findings]
    words = {"errors": Severity.ERROR, "warnings": Severity.WARNING, "infos": Severity.INFO}
    return {word: severities.count(severity) for word, severity in words.items()}


def count_warnings(findings: Iterable[Finding | RenderedFinding]) -> int:
    """Return how many findings ask for a look."""
    return sum(finding.severity is Severity.WARNING for finding in findings)


def count_unanswered(findings: Iterable[Finding | RenderedFinding]) -> int:
    """Return how many 提醒 nobody has said anything about, those that lie in no row among them."""
    return sum(finding.severity is Severity.WARNING and not finding.answer for finding in findings)
