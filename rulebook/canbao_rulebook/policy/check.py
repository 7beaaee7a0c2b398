"""Judges a policy file that could be read: docs/policy-files.md, before any workbook is generated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_rulebook.findings import SEVERITY_ORDER
from canbao_rulebook.policy.amounts import check_amounts
from canbao_rulebook.policy.dates import check_dates
from canbao_rulebook.policy.exports import check_exports
from canbao_rulebook.policy.gaps import check_gaps
from canbao_rulebook.policy.issues import suggest
from canbao_rulebook.policy.measures import unknown_measures
from canbao_rulebook.policy.refs import check_references, check_unique, list_accounts
from canbao_rulebook.policy.report import Report
from canbao_rulebook.policy.texts import check_texts
from canbao_rulebook.policy.words import Combine
from canbao_rulebook.policy.year_before import check_against, check_confirmed

if TYPE_CHECKING:
    from canbao_rulebook.policy.issues import PolicyIssue
    from canbao_rulebook.policy.model import Policy

_COMPARISON = re.compile(r"(release_year|policy_year|\d{4}) (==|!=|<=|>=|<|>) (release_year|policy_year|\d{4})")


def check_policy(policy: Policy, before: Policy | None = None) -> list[PolicyIssue]:
    """Return what is wrong or still unknown in a policy, the gravest first.

    ``before``: the county's year before, if there is one; what looks like left over from it is told as well.
    """
    report = Report(policy)
    _check_values(policy, report)
    check_texts(policy, report)
    check_references(policy, report)
    check_unique(policy, report)
    check_dates(policy, report)
    check_amounts(policy, report)
    _check_totals(policy, report)
    _check_measures(policy, report)
    check_exports(policy, report)
    check_gaps(policy, report)
    check_confirmed(policy, report)
    issues = report.issues + (check_against(policy, before) if before else [])
    return sorted(issues, key=lambda issue: (SEVERITY_ORDER[issue.severity], issue.line or 0, issue.path))


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


def _check_measures(policy: Policy, report: Report) -> None:
    for path, word, words in unknown_measures(policy.targets):
        report.add("P04.measure", path, value=word, hint=suggest(word, words))


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
