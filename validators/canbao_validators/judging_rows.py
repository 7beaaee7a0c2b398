"""The findings of a workbook that was read: of its rows, of rows against each other, of its money."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from canbao_validators.accounts import check_accounts
from canbao_validators.computing import compute_rows
from canbao_validators.documents import check_documents
from canbao_validators.duplicates import check_duplicates, check_rosters_exclude
from canbao_validators.households import check_households, check_phones
from canbao_validators.money import check_money
from canbao_validators.money.ledger import read_ledger
from canbao_validators.row_findings import check_rows
from canbao_validators.subsidies import check_subsidy_roster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.findings import Finding
    from canbao_validators.computing import ComputedRows
    from canbao_validators.workbook import FilledWorkbook


def judge_frames(filled: FilledWorkbook) -> None:
    """Compute every frame and add the findings of rows and of rows against each other.

    ``frames`` are replaced by computed ones; what they held stays in ``typed``, the earlier findings in ``read``.
    """
    judge_together([filled])


def judge_together(workbooks: Iterable[FilledWorkbook]) -> None:
    """Do the same for several workbooks, each by itself: only the formulas over their rows are computed together."""
    by_book: dict[int, list[FilledWorkbook]] = {}
    for filled in workbooks:
        filled.findings = filled.own(filled.findings)
        filled.typed, filled.read = dict(filled.frames), tuple(filled.findings)
        by_book.setdefault(id(filled.book), []).append(filled)
    for alike in by_book.values():
        for filled, rows in zip(alike, compute_rows(alike), strict=True):
            filled.findings += rows.carried
            filled.findings += _row_findings(filled, rows)
            _judge_between_rows(filled)


def _judge_between_rows(filled: FilledWorkbook) -> None:
    """Add the findings of rows against each other."""
    assert filled.book is not None
    book, rosters = filled.book, filled.rosters
    for code, frame in filled.frames.items():
        filled.findings += check_duplicates(rosters[code], frame)
    filled.findings += check_rosters_exclude(rosters, filled.frames)
    ledger = read_ledger(book.policy, rosters, filled.frames)
    if book.policy.eligibility.household.rule == "all_members_must_enrol":
        article = book.policy.article(book.policy.eligibility.household.ref)
        filled.findings += check_households(rosters, filled.frames, article=article, last_day=ledger.last_day)
    filled.findings += check_phones(rosters, filled.frames)
    year_end = date(book.policy.meta.policy_year, 12, 31)
    for code, frame in filled.frames.items():
        filled.findings += check_documents(rosters[code], frame, last_day=year_end)
    filled.findings += check_accounts(rosters, filled.frames)
    filled.findings += check_money(ledger)
    filled.findings = filled.own(filled.findings)  # which rows have errors decides about their money
    filled.findings += _not_said_yet(filled.findings, check_subsidy_roster(filled), {"V15", "V17"})
    filled.findings = filled.own(filled.findings)


def _not_said_yet(said: list[Finding], more: list[Finding], codes: set[str]) -> list[Finding]:
    """Leave out a difference in a row that was already found wrong in itself: one fault, one finding."""
    rows = {(finding.sheet, finding.row) for finding in said if finding.code in codes}
    return [finding for finding in more if finding.code not in codes or (finding.sheet, finding.row) not in rows]


def _row_findings(filled: FilledWorkbook, rows: ComputedRows) -> list[Finding]:
    findings: list[Finding] = []
    for code, frame in filled.frames.items():
        roster = filled.rosters[code]
        already = [(found.code, found.cell) for found in filled.findings if found.sheet == roster.sheet]
        findings += check_rows(roster, frame, rows.names, already=already, flags=rows.flags[code])
    broken = {(found.sheet, found.header) for found in filled.findings if found.code == "V39" and found.header}
    absent = {
        (filled.rosters[code].sheet, header) for code, headers in filled.other_editions.items() for header in headers
    }
    return [
        found
        for found in findings
        if (found.sheet, found.cell) not in rows.excused
        and (found.sheet, found.header) not in absent  # nobody could fill in what the template has not
        and not (found.code == "V01" and (found.sheet, found.header) in broken)
    ]
