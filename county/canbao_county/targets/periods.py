"""The days on which a policy wants a report: Mondays, the 10th, 20th and last of a month, month ends (C5, HN-73)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING

from canbao_rulebook.policy.words import Freq, Weekday, WindowKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.frame import Recurring

_TENTH, _TWENTIETH = 10, 20
_PAYING = (WindowKind.PAY, WindowKind.PAY_AND_CHASE)


def paying_time(policy: Policy) -> tuple[date, date] | None:
    """Return first and last day of the payment windows that count for the rate; None where none has a start."""
    windows = [window for window in policy.calendar.windows if window.kind in _PAYING and window.counts_for_rate]
    starts = [window.start for window in windows if window.start]
    return (min(starts), max(window.end for window in windows)) if starts else None


def report_days(policy: Policy, entry: Recurring) -> list[date]:
    """Return the days of a recurring report within its window, or within the time of payment; none without a rhythm."""
    named = next((window for window in policy.calendar.windows if window.id == entry.window), None)
    span = (named.start, named.end) if named and named.start else paying_time(policy)
    if span is None:
        return []
    return [day for day in _days(*span) if _falls_on(day, entry)]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _falls_on(day: date, entry: Recurring) -> bool:
    is_last = day.day == monthrange(day.year, day.month)[1]
    match entry.freq:
        case Freq.DAILY:
            return True
        case Freq.WEEKLY:
            return day.weekday() == list(Weekday).index(entry.weekday or Weekday.MON)
        case Freq.TEN_DAY:
            return is_last or day.day in {_TENTH, _TWENTIETH}
        case Freq.MONTHLY | Freq.MONTH_END:
            return is_last
        case _:
            return False
