"""Merge a folder of workbooks: check each, settle conflicts between them, sum up, say what was left out.

Township workbooks make the county submission, village workbooks of one township its workbook.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_rulebook.problem_list import RETURN_PREFIX
from canbao_rulebook.units import TOWNSHIP, VILLAGE
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
from canbao_validators.merge.villages import join_villages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from canbao_rulebook.roster_load import Rulebook
    from canbao_validators.workbook import FilledWorkbook

MERGED, REFUSED = "merged", "refused"
COUNTY = "county"
_LEFT_OUT = ("~$", ".", RETURN_PREFIX)  # lock files, hidden files, return lists


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


class SeveralTownshipsError(Exception):
    """Villages of several townships have no result in common; ``files`` are their names by township."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        super().__init__(files)
        self.files = files


@dataclass
class Merge:
    """The county's result, or a township's. ``people`` holds one row per roster row, with ``counts``.

    At the level of a township the units are its villages: ``townships`` are their totals, ``county`` is the
    township's, and ``township`` its workbook. Conflicts and goals are the township's there.
    """

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
    township: FilledWorkbook | None = None

    @property
    def level(self) -> str:
        """TOWNSHIP when the result is a township's workbook, else COUNTY."""
        return TOWNSHIP if self.township else COUNTY

    def as_dict(self) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return {
            "policy": self.book.policy.meta.id,
            "level": self.level,
            "county": self.county.as_dict(),
            "townships": [total.as_dict() for total in self.townships],
            "files": [status.as_dict() for status in self.files],
            "findings": [finding.as_dict() for finding in self.findings],
        }


def find_files(folder: Path, leave_out: Iterable[Path] = ()) -> list[Path]:
    """Return the files of a folder and its sub-folders in a fixed order: no lock files, no return lists.

    ``leave_out``: results of an earlier run, as files or as folders inside this one.
    """
    around = {folder.resolve(), *folder.resolve().parents}
    excluded = {path.resolve() for path in leave_out} - around
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith(_LEFT_OUT)
        and not excluded & {path.resolve(), *path.resolve().parents}
    ]


def merge_files(
    files: Sequence[Path],
    library: Library,
    policy_id: str,
    *,
    lang: str = "zh",
    passwords: Sequence[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Merge:
    """Return the merge of workbooks of one level. A bad file is one finding; the others are merged without it.

    Beside township workbooks, those of villages are refused. Raises KeyError when the library does not know
    ``policy_id``, SeveralTownshipsError for villages of several townships.
    """
    book = library.get(policy_id)
    if book is None:
        raise KeyError(policy_id)
    workbooks: list[FilledWorkbook] = []
    for path in files:
        progress(path.name)
        workbook = check_workbook(path, library, lang=lang, only=policy_id, passwords=passwords)
        _refuse_second(workbook, workbooks, lang)
        workbooks.append(workbook)
    if _is_township(workbooks):
        return combine_villages(book, workbooks, lang=lang)
    _refuse_villages(workbooks, lang)
    return combine(book, workbooks, lang=lang)


def _is_township(workbooks: Sequence[FilledWorkbook]) -> bool:
    """Tell whether the files make a township's workbook. Raises SeveralTownshipsError when they make several."""
    units = [workbook.unit for workbook in workbooks if workbook.accepted and workbook.unit]
    if not units or any(unit.kind != VILLAGE for unit in units):
        return False
    files: dict[str, list[str]] = {}
    for workbook in workbooks:
        if workbook.accepted and workbook.unit:
            files.setdefault(workbook.unit.township, []).append(workbook.file)
    if len(files) > 1:
        raise SeveralTownshipsError(files)
    return True


def _refuse_villages(workbooks: Sequence[FilledWorkbook], lang: str) -> None:
    for workbook in workbooks:
        unit = workbook.unit
        if workbook.accepted and unit and unit.kind == VILLAGE:
            finding = build_finding(
                "V39.village", Place(file=workbook.file), value=unit.name, lang=lang, unit=unit.township
            )
            workbook.reason = finding.message
            workbook.findings = [finding]


def combine(book: Rulebook, workbooks: list[FilledWorkbook], *, lang: str = "zh") -> Merge:
    """Return the merge of workbooks that were already checked."""
    accepted = [workbook for workbook in workbooks if workbook.accepted]
    policy = book.policy
    article = policy.article(policy.subsidy.ref)
    people = gather_people(accepted, policy)
    conflicts = decide_conflicts(people, article=article, lang=lang)
    people = mark_counting(people, conflicts.rejected)
    findings = [finding for workbook in workbooks for finding in workbook.findings]
    findings += _code_findings(accepted, lang)
    findings += _missing([township.name for township in policy.org.townships], accepted, lang)
    findings += conflicts.findings + check_names(people, lang=lang)
    units = [workbook.unit.name for workbook in accepted if workbook.unit]
    files = {workbook.unit.name: workbook.file for workbook in accepted if workbook.unit}
    goals = judge_goals(people, policy, units, _wrong_persons(people, findings))
    findings += goal_findings(goals, files, lang=lang)
    findings.sort(key=Finding.sort_key)
    townships = township_totals(people, units, _by_unit(accepted, findings))
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


def combine_villages(book: Rulebook, workbooks: list[FilledWorkbook], *, lang: str = "zh") -> Merge:
    """Return the merge of one township's village workbooks that were already checked.

    A person who stands in two villages is found in both (V07) and counted once; nothing is decided between villages.
    """
    accepted = [workbook for workbook in workbooks if workbook.accepted]
    joined = join_villages(book, accepted, lang=lang)
    unit, policy = joined.township.unit, book.policy
    assert unit is not None
    people = gather_people(joined.villages, policy)
    rejected = decide_conflicts(people.with_columns(unit=pl.lit(unit.name)), article="").rejected
    people = mark_counting(people, rejected)
    whole = people.with_columns(unit=pl.lit(unit.name))
    findings = [finding for workbook in workbooks if not workbook.accepted for finding in workbook.findings]
    findings += [finding for village in joined.villages for finding in village.findings]
    findings += _code_findings(accepted, lang) + _missing(unit.villages, accepted, lang)
    findings += joined.annotate(check_names(whole, lang=lang))
    goals = judge_goals(whole, policy, [unit.name], _wrong_persons(people, findings))
    findings += goal_findings(goals, {}, lang=lang)
    findings.sort(key=Finding.sort_key)
    names = [village.unit.name for village in joined.villages if village.unit]
    totals = township_totals(people, names, _by_unit(joined.villages, findings))
    return Merge(
        book=book,
        workbooks=joined.villages,
        files=[_status(workbook) for workbook in workbooks],
        people=people,
        conflicts=Conflicts([], [], rejected),
        townships=totals,
        county=county_totals(unit.name, totals),
        goals=goals,
        ranks=rank_townships(totals),
        findings=findings,
        township=joined.township,
    )


def _by_unit(workbooks: Sequence[FilledWorkbook], findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Return the findings of each unit's file."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    return {workbook.unit.name: by_file.get(workbook.file, []) for workbook in workbooks if workbook.unit}


def _refuse_second(workbook: FilledWorkbook, earlier: Sequence[FilledWorkbook], lang: str) -> None:
    """Refuse a second workbook of the same unit; the same data twice is counted once and said so."""
    if not workbook.accepted or workbook.unit is None:
        return
    unit = workbook.unit.title
    first = next((other for other in earlier if other.accepted and other.unit and other.unit.title == unit), None)
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


def _missing(units: Iterable[str], workbooks: Sequence[FilledWorkbook], lang: str) -> list[Finding]:
    present = {workbook.unit.name for workbook in workbooks if workbook.unit}
    return [
        build_finding("V39.unit_missing", Place(file=unit), value=unit, lang=lang, unit=unit)
        for unit in units
        if unit not in present
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
