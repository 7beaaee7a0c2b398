"""Times of day as cadres write them, and the day by which cash of a day and time has to be in the bank."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from canbao_rulebook.functions.dates import from_serial, to_serial
from canbao_rulebook.policy.words import AfterCutoff, AtCutoff

if TYPE_CHECKING:
    from canbao_rulebook.policy.funds import Agent

_CLOCK = re.compile(
    r"^(上午|早上|中午|下午|晚上)?([0-9]{1,2})(?:[:时点]([0-9]{1,2})(?:[:分]([0-9]{1,2})秒?|分)?|[时点](半)?)$"
)
_LATER_HALF = {"下午", "晚上"}
_MORNING = 7  # an hour before this one, without 上午 or 下午, may be one of the afternoon
_DAY_MINUTES, _NOON, _HOURS, _SIXTY = 1440, 12, 24, 60
_SATURDAY = 5


def read_time(text: str) -> int | None:
    """Return the minutes since midnight, None where the text does not say clearly what time is meant."""
    plain = text.strip().replace("：", ":").replace(" ", "")
    if re.fullmatch(r"0?\.[0-9]+", plain):  # a cell that a spreadsheet program turned into a time
        return round(float(plain) * _DAY_MINUTES)
    if re.fullmatch(r"[0-9]{4}", plain):
        plain = f"{plain[:2]}:{plain[2:]}"
    found = _CLOCK.match(plain)
    if found is None:
        return None
    half, hour, minute = found[1] or "", int(found[2]), 30 if found[5] else int(found[3] or 0)
    if half in _LATER_HALF and hour < _NOON:
        hour += _NOON
    unclear = not half and hour < _MORNING and len(found[2]) == 1
    return None if unclear or hour >= _HOURS or minute >= _SIXTY else hour * _SIXTY + minute


def is_after_cutoff(minutes: int, agent: Agent) -> bool:
    """Tell whether cash of a time goes to the bank on the next day; of the cut-off itself the policy decides."""
    limit = read_time(agent.cutoff_time) if agent.cutoff_time else None
    if minutes == limit:
        return agent.at_cutoff is AtCutoff.AFTER
    return limit is not None and minutes > limit


def next_day(day: int, agent: Agent) -> int:
    """Return the day on which cash collected after the cut-off has to be deposited."""
    following = from_serial(day) + timedelta(days=1)
    if agent.after_cutoff is AfterCutoff.NEXT_BANK_DAY:
        while following.weekday() >= _SATURDAY:
            following += timedelta(days=1)
    return to_serial(following)


def due_days(day: int, time: str, agent: Agent) -> tuple[int, int]:
    """Return the first and the last day that a deposit may be due on; they differ where the time is not clear."""
    if not agent.cutoff_time or agent.after_cutoff is None:
        return day, day
    minutes = read_time(time)
    if minutes is None:
        return day, next_day(day, agent)
    due = next_day(day, agent) if is_after_cutoff(minutes, agent) else day
    return due, due
