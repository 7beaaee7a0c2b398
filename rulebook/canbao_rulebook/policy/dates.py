"""Checks of a policy file: every date fits its policy year and the dates around it (P07)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from canbao_rulebook.policy.report import Report, walk
from canbao_rulebook.policy.words import LimitUnit, WindowKind

if TYPE_CHECKING:
    from canbao_rulebook.policy.frame import Window
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import BenefitPeriod

_DATED = ("calendar", "collection", "late_entry", "targets", "publicity", "writeoff", "premium")
_PERIODS = ("default", "newborn_q4", "newborn_current_year", "newly_identified")
_LONGEST = {LimitUnit.DAY: 366, LimitUnit.MONTH: 12}  # of a limit from birth or identification: a year


def check_dates(policy: Policy, report: Report) -> None:
    """Report dates of another year, and dates that contradict each other."""
    _check_windows(policy, report)
    _check_overlaps(policy, report)
    _check_years(policy, report)
    _check_deadlines(policy, report)
    _check_periods(policy, report)
    _check_births(policy, report)
    _check_limits(policy, report)
    _check_after_window(policy, report)
    _check_stages(policy, report)


def _earliest(policy: Policy) -> date:
    """The first day on which anything about a policy year can happen: half a year before it begins."""
    return date(policy.meta.policy_year - 1, 6, 1)


def _first_start(policy: Policy) -> date | None:
    return min((window.start for window in policy.calendar.windows if window.start), default=None)


def _check_windows(policy: Policy, report: Report) -> None:
    for i, window in enumerate(policy.calendar.windows):
        _check_order(report, f"calendar.windows[{i}]", window.start, window.end)
    year, first, earliest = policy.meta.policy_year, _first_start(policy), _earliest(policy)
    latest = date(year, 12, 31)
    if first and not earliest <= first <= latest:
        report.add("P07.first_window", "calendar.windows", start=first, year=year, earliest=earliest, latest=latest)


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


def _check_years(policy: Policy, report: Report) -> None:
    """A date before the half year that leads to the policy year is of an earlier one; a late one is asked about."""
    year, earliest = policy.meta.policy_year, _earliest(policy)
    latest, last = date(year, 12, 31), date(year + 1, 6, 30)
    for spot in walk(policy):
        if spot.keys[0] in _DATED and isinstance(spot.value, date) and not earliest <= spot.value <= latest:
            key = "P07.far" if latest < spot.value <= last else "P07.other_year"
            report.add(key, spot.path, value=spot.value, year=year, earliest=earliest, latest=latest)
    reference = policy.meta.reference_date
    if not date(year - 1, 1, 1) <= reference <= latest:
        path = "meta.reference_date"
        report.add("P07.other_year", path, value=reference, year=year, earliest=date(year - 1, 1, 1), latest=latest)


def _check_deadlines(policy: Policy, report: Report) -> None:
    first = _first_start(policy)
    deadlines = [(f"calendar.milestones[{i}].due", entry.due) for i, entry in enumerate(policy.calendar.milestones)]
    if policy.publicity.start:
        deadlines.append(("publicity.start", policy.publicity.start))
    deadlines += [(f"publicity.starts.{code}", day) for code, day in policy.publicity.starts.items()]
    for path, due in deadlines:
        if first and _earliest(policy) <= due < first:
            report.add("P07.milestone", path, due=due, start=first)
    accounts, paying = policy.collection.deposit_accounts, _ends(policy, WindowKind.PAY)
    collected = _ends(policy, WindowKind.AGENT_COLLECT)
    if accounts and accounts.lock_from and collected and accounts.lock_from <= max(collected):
        path = "collection.deposit_accounts.lock_from"
        report.add("P07.lock", path, lock=accounts.lock_from, last=max(collected))
    if policy.writeoff and paying and policy.writeoff.date <= max(paying):
        report.add("P07.writeoff", "writeoff.date", value=policy.writeoff.date, last=max(paying))


def _ends(policy: Policy, kind: WindowKind) -> list[date]:
    return [window.end for window in policy.calendar.windows if window.kind is kind]


def _check_periods(policy: Policy, report: Report) -> None:
    for name in _PERIODS:
        period = getattr(policy.benefit, name)
        if period:
            _check_order(report, f"benefit.{name}", period.start, period.end)
            _check_period(policy, report, f"benefit.{name}", period)


def _check_period(policy: Policy, report: Report, path: str, period: BenefitPeriod) -> None:
    """Benefits begin in the policy year and last a year at most; only a baby's may begin at birth, before the year."""
    year = policy.meta.policy_year
    first, last = date(year, 1, 1), date(year, 12, 31)
    start = period.start if isinstance(period.start, date) else None
    if start and not first <= start <= last:
        report.add("P07.benefit_start", f"{path}.start", value=start, year=year, earliest=first, latest=last)
    longest = _year_after(start if start and first <= start <= last else last)
    if period.end and not first <= period.end <= longest:
        report.add("P07.benefit_end", f"{path}.end", value=period.end, year=year, earliest=first, latest=longest)


def _year_after(day: date) -> date:
    """Return the last day of the year that begins on a day."""
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + 1, day.month, 28 if leap else day.day) - timedelta(days=0 if leap else 1)


def _check_births(policy: Policy, report: Report) -> None:
    """The babies of a benefit period of their own were born in the policy year or in the one before it."""
    period, year = policy.benefit.newborn_q4, policy.meta.policy_year
    if not period:
        return
    _check_order(report, "benefit.newborn_q4", period.born_from, period.born_to)
    earliest, latest = date(year - 1, 1, 1), date(year, 12, 31)
    for key, day in (("born_from", period.born_from), ("born_to", period.born_to)):
        if not earliest <= day <= latest:
            path = f"benefit.newborn_q4.{key}"
            report.add("P07.other_year", path, value=day, year=year, earliest=earliest, latest=latest)


def _check_limits(policy: Policy, report: Report) -> None:
    for name in ("newborn", "newly_identified", "after_window"):
        entry = getattr(policy.late_entry, name)
        if entry and entry.limit > _LONGEST[entry.unit]:
            report.add("P07.limit", f"late_entry.{name}.limit", value=entry.limit, longest=_LONGEST[entry.unit])


def _check_after_window(policy: Policy, report: Report) -> None:
    """Payment after the window goes on beyond it, and waiting has a reasonable end."""
    entry, path = policy.late_entry.after_window, "late_entry.after_window"
    if entry is None:
        return
    last = max((window.end for window in policy.calendar.windows if window.kind is WindowKind.PAY), default=None)
    if last and entry.until <= last:
        report.add("P07.after_window", f"{path}.until", value=entry.until, end=last)
    if entry.longest is not None and entry.longest < entry.limit:
        report.add("P07.waiting", f"{path}.longest", value=entry.limit, longest=entry.longest)


def _check_stages(policy: Policy, report: Report) -> None:
    """A stage comes after payment has begun, and a later one asks for no less."""
    paying = [window for window in policy.calendar.windows if window.kind is WindowKind.PAY]
    stages = sorted(enumerate(policy.targets.stages), key=lambda pair: pair[1].by)
    for i, stage in stages:
        if (opens := _opening(paying)) and stage.by < opens:
            report.add("P07.stage_early", f"targets.stages[{i}].by", value=stage.by, start=opens)
    for (_, one), (i, other) in pairwise(stages):
        if (one.scope, one.numerator) == (other.scope, other.numerator) and other.value < one.value:
            path = f"targets.stages[{i}].value"
            report.add("P08.stages", path, value=other.value, before=one.value, first=one.id, by=other.by)


def _opening(windows: list[Window]) -> date | None:
    return min((window.start for window in windows if window.start), default=None)
