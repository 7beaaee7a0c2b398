"""The demo: a synthetic county from the policy to the county submission, with mistakes that must all be found."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from openpyxl import load_workbook

from canbao_addin.actions.compute import compute_workbook
from canbao_addin.actions.generate import generate_workbooks
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.merge import merge_folder
from canbao_addin.actions.policies import open_book, open_library, open_policy
from canbao_addin.cli.tables import goals_table, townships_table
from canbao_addin.texts import CannotRunError
from canbao_demo import has_ledgers, match_planted, plan_county, plan_rolls
from canbao_demo.rolls import TOWNSHIPS
from canbao_rulebook.findings import Finding, Severity
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.judging import judge_policy
from canbao_rulebook.messages import render_line
from canbao_rulebook.policy import render_issue
from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.apart import Reading, start_workers
from canbao_validators.checking import check_workbook
from canbao_validators.workers import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_addin.cli.output import Output
    from canbao_county.merge.merging import Merge
    from canbao_demo import MatchResult, Row, SyntheticCounty
    from canbao_rulebook.roster import Roster
    from canbao_validators.library import Library
    from canbao_validators.workers import Workers

    _FillJob = tuple[Path, Path, dict[str, tuple[dict[str, int], list[Row]]]]

BLANK, FILLED, COMPUTED, RETURNS = "1-空白模板", "2-乡镇上报", "3-计算结果", "5-退回清单"
COUNTY = "4-县级汇总.xlsx"
_NOT_PLANTED = ("V36", "V43")  # what follows from the figures, and the county's own rules, which ask for anything
_SHOWN = 20


@dataclass(frozen=True)
class _Checked:
    """What the check and the computation of one workbook came to."""

    name: str
    rows: int
    errors: int
    warnings: int


def run_demo(output: Output, policy_name: str, *, people: int, townships: int | None, folder: Path) -> int:
    """Run the whole path into ``folder`` and return 0 when exactly the planted mistakes were found."""
    policy = open_policy(policy_name)
    if has_errors_in_policy(output, policy_name):
        return 1
    output.say("demo_policy", policy=policy.meta.id)
    book = open_book(policy)
    try:
        if has_ledgers(book):
            county = plan_county(book, people=people, townships=townships or TOWNSHIPS)
        else:
            county = plan_rolls(book, people=people, townships=townships)
    except ValueError as trouble:
        raise CannotRunError("demo_cannot", policy=policy.meta.id, why=trouble) from trouble
    _clear(folder)
    with output.progress("1/4 generate", len(county.units)) as step:
        blank = generate_workbooks(book, county.units, folder / BLANK, progress=step)
    output.say("demo_generated", count=len(blank))
    with start_workers(open_library(policy), len(blank)) as workers:
        with output.progress("2/4 fill", len(blank)) as step:
            for name in workers.map(_fill, _jobs(county, book.rosters, blank, folder / FILLED)):
                step(name)
        for bad in county.bad_files:
            (folder / FILLED / bad.name).write_bytes(bad.content)
        output.say("demo_filled", people=county.people)
        with output.progress("3/4 check, compute", len(blank)) as step:
            results = list(_check_all(workers, [path.name for path in blank], folder, step))
    errors, warnings = sum(done.errors for done in results), sum(done.warnings for done in results)
    output.say("demo_checked", errors=errors, warnings=warnings)
    output.say("demo_computed", rows=sum(done.rows for done in results))
    target, returns = folder / COUNTY, folder / RETURNS
    done = merge_folder(HandedIn(folder / FILLED, policy, Reading()), target, returns=returns, progress=output.progress)
    output.say("demo_merged", merged=done.merged, refused=done.refused)
    output.table(townships_table(done.merge, output.texts))
    output.table(goals_table(done.merge, output.texts))
    output.say("merged", path=done.target, merged=done.merged, refused=done.refused)
    output.say("returns", folder=returns, count=len(done.returns))
    return _report(output, county, done.merge)


def has_errors_in_policy(output: Output, name: str) -> bool:
    """Print the errors of a policy file and tell whether there are any."""
    wrong = [issue for issue in judge_policy(open_policy(name)) if issue.severity is Severity.ERROR]
    for issue in wrong:
        output.line(render_issue(issue, lang=output.lang), "red")
    return bool(wrong)


def _clear(folder: Path) -> None:
    """Remove what an earlier demo left, and only that."""
    try:
        for name in (BLANK, FILLED, COMPUTED, RETURNS):
            (folder / name).mkdir(parents=True, exist_ok=True)
            for path in (folder / name).iterdir():
                path.unlink()
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=trouble.filename or folder, why=trouble) from trouble


def _jobs(
    county: SyntheticCounty, rosters: Mapping[str, Roster], blank: list[Path], folder: Path
) -> Iterator[_FillJob]:
    """Yield each blank workbook, where it goes, and by sheet the columns and rows to be typed."""
    for unit, path in zip(county.units, blank, strict=True):
        sheets = {
            rosters[code].sheet: (_columns(rosters[code]), rows)
            for code, rows in county.rows[unit.name].items()
            if rows
        }
        yield path, folder / path.name, sheets


def _columns(roster: Roster) -> dict[str, int]:
    return {column.header: index for index, column in enumerate(roster.sheet_columns, start=1)}


def _fill(job: _FillJob) -> str:
    """Type rows into a workbook with openpyxl, as another program would; return its unit.

    A cell looks like its column: one that openpyxl makes would be locked otherwise.
    """
    source, target, sheets = job
    with catch_warnings():
        simplefilter("ignore", UserWarning)  # openpyxl keeps no printed area that is a formula
        workbook = load_workbook(source)
    for name, (columns, rows) in sheets.items():
        sheet = workbook[name]
        styles = _column_styles(sheet)
        for number, row in enumerate(rows, start=FIRST_ROW):
            for header, value in row.items():
                if value is not None:
                    cell: Any = sheet.cell(number, columns[header])
                    cell._style = copy(styles[columns[header]])  # noqa: SLF001 - the only way to share a style
                    cell.value = value if isinstance(value, str | int | float) else to_serial(value)
                    if isinstance(value, str):
                        cell.data_type = "s"
    workbook.save(target)
    return source.stem


def _column_styles(sheet: Worksheet) -> dict[int, Any]:
    """Return the style of each column by its number; columns that are alike stand in one entry of a file."""
    entries: list[Any] = list(sheet.column_dimensions.values())
    return {index: entry._style for entry in entries for index in range(entry.min, entry.max + 1)}  # noqa: SLF001


def _check_all(workers: Workers, names: list[str], folder: Path, step: Callable[[str], None]) -> Iterator[_Checked]:
    tasks = [Task(_check, (folder / FILLED / name, folder / COMPUTED / name)) for name in names]
    for outcome in workers.run(tasks):
        checked: _Checked = outcome.result()
        step(checked.name)
        yield checked


def _check(library: Library, path: Path, target: Path) -> _Checked:
    filled = check_workbook(path, library)
    done = compute_workbook(filled, target)
    severities = [finding.severity for finding in filled.findings]
    return _Checked(path.stem, done.rows, severities.count(Severity.ERROR), severities.count(Severity.WARNING))


def _report(output: Output, county: SyntheticCounty, merge: Merge) -> int:
    """Hold what was reported against what was planted, and say so."""
    bad = {entry.name: entry.key.partition(".")[0] for entry in county.bad_files}
    refused = [finding for finding in merge.findings if finding.file in bad]
    made = [finding for finding in merge.findings if finding.file.endswith(".xlsx")]  # else: units that are not shown
    own = [finding for finding in made if finding.file not in bad and finding.code not in _NOT_PLANTED]
    result = match_planted([*county.planted, *county.county_planted], own)
    caught = {finding.file for finding in refused if finding.code == bad[finding.file]}
    _tell(output, result, bad, caught)
    return 0 if result.complete and caught == set(bad) and len(refused) == len(bad) else 1


def _tell(output: Output, result: MatchResult, bad: dict[str, str], caught: set[str]) -> None:
    planted = len(result.found) + len(result.missing) + len(bad)
    found = len(result.found) + len(caught)
    output.say("demo_planted", planted=planted, found=found, unexpected=len(result.unexpected))
    for entry in result.missing[:_SHOWN]:
        output.say("demo_missing", what=f"{entry.unit}「{entry.sheet}」{entry.cell} {entry.key} {entry.note}")
    for name in sorted(set(bad) - caught):
        output.say("demo_missing", what=name)
    for finding in result.unexpected[:_SHOWN]:
        output.say("demo_unexpected", what=_line(finding))


def _line(finding: Finding) -> str:
    return f"{finding.severity.value} {render_line(finding)}"
