"""Judges a policy file that could be read: policy_schema.md section 5, before any workbook is generated."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from canbao_rulebook.findings import SEVERITY_ORDER
from canbao_rulebook.money import format_yuan
from canbao_rulebook.policy.exports import check_exports
from canbao_rulebook.policy.gaps import check_gaps
from canbao_rulebook.policy.issues import suggest
from canbao_rulebook.policy.measures import unknown_measures
from canbao_rulebook.policy.refs import check_references, check_unique, list_accounts
from canbao_rulebook.policy.report import Report, walk
from canbao_rulebook.policy.words import Combine, SubsidyKind, WindowKind

if TYPE_CHECKING:
    from canbao_rulebook.policy.issues import PolicyIssue
    from canbao_rulebook.policy.model import Policy

_COMPARISON = re.compile(r"(release_year|policy_year|\d{4}) (==|!=|<=|>=|<|>) (release_year|policy_year|\d{4})")
_DATED = ("calendar", "collection", "targets", "publicity", "writeoff", "premium")


def check_policy(policy: Policy, lang: str = "zh") -> list[PolicyIssue]:
    """Return what is wrong or still unknown in a policy, the gravest first."""
    report = Report(policy, lang)
    _check_values(policy, report)
    check_references(policy, report)
    check_unique(policy, report)
    _check_windows(policy, report)
    _check_overlaps(policy, report)
    _check_plausible_dates(policy, report)
    _check_periods(policy, report)
    _check_lock(policy, report)
    _check_amounts(policy, report)
    _check_totals(policy, report)
    _check_measures(policy, report)
    check_exports(policy, report)
    check_gaps(policy, report)
    return sorted(report.issues, key=lambda issue: (SEVERITY_ORDER[issue.severity], issue.line or 0, issue.path))


def _check_values(policy: Policy, report: Report) -> None:
    if not any(document.role == "primary" for document in policy.legal.values()):
        report.add("P04.primary", "legal")
    if not policy.meta.id.endswith(f"-{policy.meta.policy_year}"):
        report.add("P07.id_year", "meta.id", value=policy.meta.id, year=policy.meta.policy_year)
    for path, account in list_accounts(policy):
        if not (account.isascii() and account.isdigit()):
            report.add("P04.account", path, value=account)
    if policy.subsidy.combine is Combine.SUM_CAPPED_AT_PREMIUM:
        report.add("P04.combine", "subsidy.combine", value=policy.subsidy.combine)
    for i, status in enumerate(policy.eligibility.statuses):
        if status.voluntary_if and not _COMPARISON.fullmatch(status.voluntary_if):
            report.add("P04.expression", f"eligibility.statuses[{i}].voluntary_if", value=status.voluntary_if)


def _check_windows(policy: Policy, report: Report) -> None:
    for i, window in enumerate(policy.calendar.windows):
        _check_order(report, f"calendar.windows[{i}]", window.start, window.end)
    starts = [window.start for window in policy.calendar.windows if window.start]
    if not starts:
        return
    year, first = policy.meta.policy_year, min(starts)
    earliest, latest = date(year - 1, 6, 1), date(year, 12, 31)
    if not earliest <= first <= latest:
        report.add("P07.first_window", "calendar.windows", start=first, year=year, earliest=earliest, latest=latest)
    for i, milestone in enumerate(policy.calendar.milestones):
        if milestone.due < first:
            report.add("P07.milestone", f"calendar.milestones[{i}].due", due=milestone.due, start=first)


def _check_order(report: Report, path: str, start: object, end: date | None) -> None:
    if isinstance(start, date) and end and start > end:
        report.add("P07.order", path, start=start, end=end)


def _check_overlaps(policy: Policy, report: Report) -> None:
    """Payment windows of one population lie apart, so that a date belongs to one of them."""
    pay = [(i, window) for i, window in enumerate(policy.calendar.windows) if window.kind is WindowKind.PAY]
    for population in (entry.code for entry in policy.populations):
        own = [(i, window) for i, window in pay if window.covers(population)]
        for (_, one), (i, other) in combinations(own, 2):
            if (one.start or date.min) <= other.end and (other.start or date.min) <= one.end:
                path = f"calendar.windows[{i}]"
                report.add("P07.overlap", path, population=population, first=one.id, second=other.id)


def _check_plausible_dates(policy: Policy, report: Report) -> None:
    year = policy.meta.policy_year
    earliest, latest = date(year - 1, 6, 1), date(year, 12, 31)
    for spot in walk(policy):
        if spot.keys[0] in _DATED and isinstance(spot.value, date) and not earliest <= spot.value <= latest:
            report.add("P07.far", spot.path, value=spot.value, earliest=earliest, latest=latest)


def _check_periods(policy: Policy, report: Report) -> None:
    benefit = policy.benefit
    for name in ("default", "newborn_q4", "newborn_current_year", "newly_identified"):
        period = getattr(benefit, name)
        if period:
            _check_order(report, f"benefit.{name}", period.start, period.end)
    if benefit.newborn_q4:
        _check_order(report, "benefit.newborn_q4", benefit.newborn_q4.born_from, benefit.newborn_q4.born_to)


def _check_lock(policy: Policy, report: Report) -> None:
    accounts = policy.collection.deposit_accounts
    ends = [window.end for window in policy.calendar.windows if window.kind is WindowKind.AGENT_COLLECT]
    if accounts and accounts.lock_from and ends and accounts.lock_from <= max(ends):
        path = "collection.deposit_accounts.lock_from"
        report.add("P07.lock", path, lock=accounts.lock_from, last=max(ends))


def _check_amounts(policy: Policy, report: Report) -> None:
    overrides = [(f"premium.overrides[{i}].amount", entry.amount) for i, entry in enumerate(policy.premium.overrides)]
    amounts = [("premium.standard.amount", policy.premium.standard.amount), *overrides]
    for path, amount in amounts:
        if amount is not None and amount <= 0:
            report.add("P08.premium", path)
    known = [amount for _, amount in amounts if amount is not None]
    limit_fen = int(max(known) * 100) if len(known) == len(amounts) else None
    for i, category in enumerate(policy.subsidy.categories):
        path, fen = f"subsidy.categories[{i}].amount", category.amount_fen(limit_fen)
        if category.kind is SubsidyKind.NONE and fen != 0:
            report.add("P08.kind_none", path)
        elif fen is not None and limit_fen is not None and fen > limit_fen:
            report.add("P08.above_premium", path, amount=format_yuan(fen), premium=format_yuan(limit_fen))


def _check_measures(policy: Policy, report: Report) -> None:
    for path, word, words in unknown_measures(policy.targets):
        report.add("P04.measure", path, value=word, hint=suggest(word, words, report.lang))


def _check_totals(policy: Policy, report: Report) -> None:
    units, targets = policy.org.townships, policy.targets
    stated_units = policy.org.township_count_stated
    if units and stated_units and len(units) != stated_units:
        report.add("V37.townships", "org.townships", computed=len(units), stated=stated_units)
    persons = [unit.target for unit in units if unit.target is not None]
    if not units or len(persons) != len(units):
        return
    total, stated, noted = sum(persons), targets.headcount_total_stated, targets.headcount_total_computed
    if stated is not None and stated != total:
        path = "targets.headcount_total_stated"
        report.add("V37.targets", path, computed=total, stated=stated, difference=abs(total - stated))
    if noted is not None and noted != total:
        report.add("V37.computed", "targets.headcount_total_computed", computed=total, stated=noted)
