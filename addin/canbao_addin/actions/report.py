"""Reports of a folder of workbooks: merged as ever, then written report by report, a township's rows at a time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.handed_in import open_merge
from canbao_addin.actions.made_by import REPORT
from canbao_addin.actions.results import result_file
from canbao_addin.texts import CannotRunError
from canbao_county.reports.catalogue import KINDS
from canbao_county.reports.checks import report_findings
from canbao_county.reports.cover import cover_sheet
from canbao_county.reports.earlier import read_earlier
from canbao_county.reports.model import Context, ReportFile
from canbao_generator.tables import write_tables
from canbao_rulebook.findings import Finding
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.messages import render_all
from canbao_rulebook.phrases import enumerate_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from canbao_addin.actions.handed_in import HandedIn, Progress
    from canbao_county.reports.model import Earlier, ReportKind
    from canbao_rulebook.policy import Policy

MADE, NOT_MADE = "made", "not_made"


@dataclass(frozen=True)
class Written:
    """One workbook of a report. ``missing`` are kinds of lists without which it was not made."""

    code: str
    file: str
    rows: int
    status: str
    missing: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the fields of the command-line contract."""
        return {
            "code": self.code,
            "file": self.file,
            "rows": self.rows,
            "status": self.status,
            "missing": list(self.missing),
        }


@dataclass
class Reports:
    """What was written, and what was found in the files and on the way."""

    policy: str
    as_of: date
    reports: list[Written] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return {
            "policy": self.policy,
            "as_of": self.as_of.isoformat(),
            "reports": [written.as_dict() for written in self.reports],
            "findings": render_all(self.findings, lang),
        }


@dataclass(frozen=True)
class Wanted:
    """Which reports, of which day, beside which earlier bulletin."""

    as_of: date
    codes: Sequence[str] = ()
    earlier: Earlier | None = None
    encrypt: str | None = None


def open_earlier(path: Path) -> Earlier:
    """Return what an earlier bulletin said. Raises CannotRunError when the file is none."""
    earlier = read_earlier(path)
    if earlier is None:
        raise CannotRunError("previous_unreadable", path=path)
    return earlier


def report_folder(handed_in: HandedIn, target: Path, wanted: Wanted, progress: Progress) -> Reports:
    """Write the reports of a policy year into a folder. Raises CannotRunError."""
    policy = handed_in.policy
    kinds = _choose(policy, wanted.codes)
    with open_merge(replace(handed_in, results=(target,)), progress) as (merge, *_):
        if merge.township is not None:
            raise CannotRunError("report_needs_townships")
        lists = merge.lists.lists if merge.lists else None
        context = Context(merge, wanted.as_of, lists, wanted.earlier)
        done = Reports(policy.meta.id, wanted.as_of)
        done.findings += [finding for finding in merge.findings if finding.code != "V36"]  # goals of the day: below
        with progress(REPORT, len(kinds)) as step:
            for kind in kinds:
                step(context.words["names"][kind.code])
                done.reports += _write(context, kind, target, wanted.encrypt)
        done.findings += report_findings(context) + context.findings
    done.findings.sort(key=Finding.sort_key)
    return done


def _choose(policy: Policy, codes: Sequence[str]) -> list[ReportKind]:
    unknown = [code for code in codes if code not in KINDS]
    if unknown:
        raise CannotRunError("report_unknown", names=enumerate_words(unknown), known=enumerate_words(KINDS))
    return [kind for kind in KINDS.values() if (kind.code in codes if codes else kind.wanted(policy))]


def _write(context: Context, kind: ReportKind, target: Path, encrypt: str | None) -> Iterator[Written]:
    name = f"{kind.code}{context.words['names'][kind.code]}"
    missing = tuple(code for code in kind.needs if context.list_frame(code) is None)
    if kind.needs and len(missing) == len(kind.needs):
        path = target / f"{name}_未编制.xlsx"
        names = [load_list_kinds()[code].name for code in missing]
        _write_file(context, kind, ReportFile([]), path, encrypt, names)
        yield Written(kind.code, path.relative_to(target).as_posix(), 0, NOT_MADE, missing)
        return
    taken: list[str] = []
    for file in kind.make(context):
        if file.name:
            taken.append(file.name)
            path = target / name / f"{file_names(taken)[-1]}.xlsx"
        else:
            path = target / f"{name}.xlsx"
        _write_file(context, kind, file, path, encrypt)
        yield Written(kind.code, path.relative_to(target).as_posix(), file.rows, MADE, missing)


def _write_file(
    context: Context, kind: ReportKind, file: ReportFile, path: Path, encrypt: str | None, missing: Sequence[str] = ()
) -> None:
    title = f"{context.policy.meta.county}{context.words['names'][kind.code]}"
    with result_file(path, REPORT, encrypt) as plain:
        sheets = [cover_sheet(context, kind.code, file, missing), *file.sheets]
        write_tables(plain, sheets, command=REPORT, title=title)
