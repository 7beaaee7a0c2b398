"""Timetable: who hands what to whom by when. Past days are marked; a notice that came late is no error (C17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.reports.model import ReportFile
from canbao_county.targets.periods import report_days
from canbao_rulebook.vocabulary import nature_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from canbao_county.reports.model import Context
    from canbao_rulebook.tables import TableSheet

    Row = dict[str, object]


def make_timetable(context: Context) -> Iterator[ReportFile]:
    """Yield the timetable: stages, hand-overs by date, and what comes back."""
    dated = sorted([*_milestones(context), *_windows(context), *_boards(context)], key=lambda entry: entry[0])
    rows = [row for _, row in dated]
    recurring = list(_recurring(context))
    sheets = [
        _sheet(context, "日程", "阶段和报送期限", rows),
        _sheet(context, "定期报告", "定期报告", recurring),
    ]
    yield ReportFile(
        sheets, unit=context.policy.meta.county, rows=len(rows) + len(recurring), parts=[], receivers="各单位"
    )


def _sheet(context: Context, name: str, what: str, rows: list[Row]) -> TableSheet:
    return context.table("timetable", rows, sheet=name, what=what)


def _state(context: Context, day: date) -> str:
    left = (day - context.as_of).days
    if left < 0:
        return "已过"
    return "今天" if left == 0 else f"还有{left}天"


def _milestones(context: Context) -> Iterator[tuple[str, Row]]:
    words = context.words
    for entry in context.policy.calendar.milestones:
        final = words["finality"].get(entry.finality or "", "")
        what = "、".join(_roster(context, code) for code in entry.deliverables)
        yield (
            entry.due.isoformat(),
            {
                "day": entry.day,
                "matter": f"{nature_of(entry.to) or '报送'}期限" + (f"（{final}）" if final else ""),
                "by": _actors(context, entry.from_),
                "to": _actors(context, entry.to) + (f"；抄送 {_actors(context, entry.cc)}" if entry.cc else ""),
                "content": what,
                "state": _state(context, entry.due),
                "article": context.policy.article(entry.ref),
            },
        )


def _windows(context: Context) -> Iterator[tuple[str, Row]]:
    for window in context.policy.calendar.windows:
        start = window.start.isoformat() if window.start else "未写明"
        who = [entry.name for entry in context.policy.populations if entry.code in window.population]
        began = window.start is None or window.start <= context.as_of
        running = began and context.as_of <= window.end
        state = "进行中" if running else _state(context, window.start or window.end)
        soft = "" if window.hard_end else "（到期可以顺延）"
        yield (
            (window.start or window.end).isoformat(),
            {
                "day": f"{start} 至 {window.end}",
                "matter": f"阶段：{context.words['windows'][window.kind]}{soft}",
                "by": "",
                "to": "",
                "content": "、".join(who) or "全部人群",
                "state": state,
                "article": context.policy.article(window.ref),
            },
        )


def _boards(context: Context) -> Iterator[tuple[str, Row]]:
    """Yield from when the lists of a population hang, where no hand-over says so already."""
    policy = context.policy
    if any("R13" in entry.deliverables for entry in policy.calendar.milestones):
        return
    for entry in policy.populations:
        day = policy.publicity.first_day(entry.code)
        if day is not None:
            yield (
                day.isoformat(),
                {
                    "day": f"{day} 起",
                    "matter": "公示",
                    "by": "",
                    "to": "",
                    "content": f"{_roster(context, 'R13')}：{entry.name}",
                    "state": _state(context, day),
                    "article": policy.article(policy.publicity.ref),
                },
            )


def _recurring(context: Context) -> Iterator[Row]:
    words = context.words
    for entry in context.policy.calendar.recurring:
        days = report_days(context.policy, entry)
        coming = [day for day in days if day >= context.as_of]
        rhythm = words["frequencies"][entry.freq]
        if entry.weekday:
            rhythm = f"每{words['weekdays'][entry.weekday]}"
        times = f"，每天不少于{entry.min_times}次" if entry.min_times else ""
        state = f"下一次 {coming[0]}" if coming else "已结束" if days else "—"
        yield {
            "day": f"{days[0]} 至 {days[-1]}" if days else "—",
            "matter": rhythm + times,
            "by": _actors(context, entry.by.split("+")),
            "to": _actors(context, entry.to) or "—",
            "content": _roster(context, entry.deliverable) if entry.deliverable else "（不是报表）",
            "state": state,
            "article": context.policy.article(entry.ref),
        }


def _roster(context: Context, code: str) -> str:
    named = context.words["names"].get(code) or context.words["rosters"].get(code, "")
    return f"{code} {named}".strip()


def _actors(context: Context, names: Iterable[str]) -> str:
    agencies, words = context.policy.org.agencies, context.words["actors"]
    split = [part for name in names for part in name.split("+")]
    return "、".join(agencies[name].name if name in agencies else words.get(name, name) for name in split)
