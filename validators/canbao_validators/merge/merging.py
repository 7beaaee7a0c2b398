"""Merge a folder of township workbooks: check each, settle conflicts between them, sum up, say what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_validators.checking import Library, check_workbook
from canbao_validators.merge.decisions import Conflicts, check_names, decide_conflicts
from canbao_validators.merge.people import gather_people
from canbao_validators.merge.totals import (
    GoalResult,
    Totals,
    county_totals,
    goal_findings,
    judge_goals,
    mark_counting,
    rank_townships,
    township_totals,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from canbao_rulebook.roster_load import Rulebook
    from canbao_validators.workbook import FilledWorkbook

MERGED, REFUSED = "merged", "refused"
_LOCK_PREFIXES = ("~$", ".~lock.", ".")


@dataclass(frozen=True)
class FileStatus:
    """What became of one file."""

    file: str
    unit: str
    status: str
    rows: int
    check_code: str
    reason: str

    def as_dict(self) -> dict[str, object]:
        """Return the fields of the command-line contract."""
        return {
            "file": self.file,
            "unit": self.unit,
            "status": self.status,
            "rows": self.rows,
            "check_code": self.check_code,
            "reason": self.reason,
        }


@dataclass
class Merge:
    """The county's result. ``people`` holds one row per roster row, with ``counts``."""

    book: Rulebook
    workbooks: list[FilledWorkbook]
    files: list[FileStatus]
    people: pl.DataFrame
    conflicts: Conflicts
    townships: list[Totals]
    county: Totals
    goals: list[GoalResult]
    ranks: dict[str, int]
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return {
            "policy": self.book.policy.meta.id,
            "county": self.county.as_dict(),
            "townships": [total.as_dict() for total in self.townships],
            "files": [status.as_dict() for status in self.files],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def find_files(folder: Path, leave_out: Iterable[Path] = ()) -> list[Path]:
    """Return the files of a folder and its sub-folders in a fixed order, without lock files and hidden files.

    ``leave_out``: results of an earlier run, as files or folders.
    """
    excluded = {path.resolve() for path in leave_out}
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith(_LOCK_PREFIXES)
        and not excluded & {path.resolve(), *path.resolve().parents}
    ]


def merge_files(
    files: Sequence[Path],
    library: Library,
    policy_id: str,
    *,
    lang: str = "zh",
    progress: Callable[[str], None] = lambda _: None,
) -> Merge:
    """Return the merge of township workbooks. A bad file is one finding; the others are merged without it.

    Raises KeyError when the library does not know ``policy_id``.
    """
    book = library.get(policy_id)
    if book is None:
        raise KeyError(policy_id)
    workbooks: list[FilledWorkbook] = []
    for path in files:
        progress(path.name)
        workbook = check_workbook(path, library, lang=lang, only=policy_id)
        _refuse_second(workbook, workbooks, lang)
        workbooks.append(workbook)
    return combine(book, workbooks, lang=lang)


def combine(book: Rulebook, workbooks: list[FilledWorkbook], *, lang: str = "zh") -> Merge:
    """Return the merge of workbooks that were already checked."""
    accepted = [workbook for workbook in workbooks if workbook.accepted]
    policy = book.policy
    article = policy.article(policy.subsidy.ref)
    people = gather_people(accepted, policy)
    conflicts = decide_conflicts(people, article=article, lang=lang)
    people = mark_counting(people, conflicts.rejected)
    findings = [finding for workbook in workbooks for finding in workbook.findings]
    findings += _code_findings(accepted, lang) + _missing_units(book, accepted, lang)
    findings += conflicts.findings + check_names(people, lang=lang)
    units = [workbook.unit.name for workbook in accepted if workbook.unit]
    files = {workbook.unit.name: workbook.file for workbook in accepted if workbook.unit}
    goals = judge_goals(people, policy, units, _wrong_persons(people, findings))
    findings += goal_findings(goals, files, lang=lang)
    findings.sort(key=Finding.sort_key)
    by_unit = {unit: [finding for finding in findings if finding.file == file] for unit, file in files.items()}
    townships = township_totals(people, units, by_unit)
    return Merge(
        book=book,
        workbooks=accepted,
        files=[_status(workbook) for workbook in workbooks],
        people=people,
        conflicts=conflicts,
        townships=townships,
        county=county_totals(policy.meta.county, townships),
        goals=goals,
        ranks=rank_townships(townships),
        findings=findings,
    )


def _refuse_second(workbook: FilledWorkbook, earlier: Sequence[FilledWorkbook], lang: str) -> None:
    """Refuse a second workbook of the same unit; the same data twice is counted once and said so."""
    if not workbook.accepted or workbook.unit is None:
        return
    unit = workbook.unit.name
    first = next((other for other in earlier if other.accepted and other.unit and other.unit.name == unit), None)
    if first is None:
        return
    same = first.check_code == workbook.check_code
    severity = Severity.WARNING if same else Severity.ERROR
    place = Place(file=workbook.file)
    finding = build_finding(
        "V39.unit_twice", place, value=unit, lang=lang, severity=severity, unit=unit, other=first.file
    )
    workbook.reason = finding.message
    workbook.findings = [finding]


def _code_findings(workbooks: Sequence[FilledWorkbook], lang: str) -> list[Finding]:
    return [
        build_finding(
            "V39.check_code",
            Place(file=workbook.file),
            value=workbook.stated_code,
            lang=lang,
            found=workbook.stated_code,
            expected=workbook.check_code,
        )
        for workbook in workbooks
        if workbook.stated_code and workbook.stated_code != workbook.check_code
    ]


def _missing_units(book: Rulebook, workbooks: Sequence[FilledWorkbook], lang: str) -> list[Finding]:
    present = {workbook.unit.name for workbook in workbooks if workbook.unit}
    return [
        build_finding("V39.unit_missing", Place(file=township.name), value=township.name, lang=lang, unit=township.name)
        for township in book.policy.org.townships
        if township.name not in present
    ]


def _wrong_persons(people: pl.DataFrame, findings: Sequence[Finding]) -> set[int]:
    """The persons in whose row stands an error."""
    wrong = pl.DataFrame(
        {
            "file": [finding.file for finding in findings if finding.severity is Severity.ERROR and finding.row],
            "sheet": [finding.sheet for finding in findings if finding.severity is Severity.ERROR and finding.row],
            "row": [finding.row for finding in findings if finding.severity is Severity.ERROR and finding.row],
        },
        schema={"file": pl.String, "sheet": pl.String, "row": pl.Int64},
    )
    return set(people.join(wrong, on=["file", "sheet", "row"], how="semi")["person"].to_list())


def _status(workbook: FilledWorkbook) -> FileStatus:
    unit = workbook.unit.name if workbook.unit else ""
    return FileStatus(
        file=workbook.file,
        unit=unit,
        status=MERGED if workbook.accepted else REFUSED,
        rows=sum(workbook.rows.values()) if workbook.accepted else 0,
        check_code=workbook.check_code,
        reason=workbook.reason,
    )
