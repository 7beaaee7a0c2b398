"""Bulletin (R19): rates, ranks, change since the last one, deposits, prizes and cuts as a simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.reports.checks import day_goals
from canbao_county.reports.deposits import deposit_sheet
from canbao_county.reports.goals import goals_sheet
from canbao_county.reports.model import ReportFile
from canbao_county.reports.rewards import reward_sheets
from canbao_county.targets.goals import metric_label
from canbao_county.targets.periods import report_days
from canbao_county.targets.progress import cumulative_payments
from canbao_county.targets.ranking import rank_all
from canbao_county.targets.unit_rates import county_rate, measure_rates
from canbao_rulebook.phrases import SHEET_LANG, say
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from canbao_county.reports.model import Context
    from canbao_county.targets.goals import GoalResult
    from canbao_county.targets.ranking import Ranked
    from canbao_county.targets.unit_rates import UnitRate
    from canbao_rulebook.policy.frame import Recurring
    from canbao_rulebook.tables import TableSheet

_BOTH_WAYS = "政府资助的人是否计入，通知没有规定：两种算法都列出，名次由县里定。"


def make_bulletin(context: Context) -> Iterator[ReportFile]:
    """Yield the county's bulletin of the day."""
    people, policy = context.merge.people, context.policy
    units = context.townships
    progress = context.rates
    goals = day_goals(context)
    ranks = rank_all(progress, people, policy.targets)
    sheets = [
        _progress_sheet(context, progress, ranks, goals),
        *_chart_sheet(context, progress, list(ranks)),
        *_schools(context),
        _goal_sheet(context, goals),
        *_period_sheets(context),
        *deposit_sheet(context, units),
        *reward_sheets(context, ranks),
    ]
    county = context.county_rate()
    facts = [
        ("应保(任务)合计(人)", "待定" if county.whole is None else str(county.whole)),
        ("累计参保(人)", str(county.enrolled)),
        *((f"完成率{_bracket(label)}", rate.percent) for label, rate in county.rates.items()),
    ]
    yield ReportFile(
        sheets,
        name=str(context.as_of),
        unit=policy.meta.county,
        rows=len(progress),
        facts=facts,
        receivers="各乡镇(街道)",
    )


def _bracket(label: str) -> str:
    return f"({label})" if label else ""


def _progress_sheet(
    context: Context, progress: Sequence[UnitRate], ranks: dict[str, list[Ranked]], goals: Sequence[GoalResult]
) -> TableSheet:
    labels = list(ranks)
    groups = [goal for goal in context.policy.targets.thresholds if goal.group]
    shown_groups = list(dict.fromkeys((goal.metric, goal.group or "") for goal in groups))
    earlier = context.earlier
    posted = any(entry.posted is not None for entry in progress)
    unknown = [*([] if posted else ["posted"]), *([] if earlier else ["more", "points"])]
    spec = load_table("bulletin").without(*unknown)
    spec = spec.repeat(label=_brackets(labels), group=[metric_label(context.policy, *key) for key in shown_groups])
    places = {label: {entry.unit: _place(entry) for entry in ranked} for label, ranked in ranks.items()}
    found = {(goal.unit, goal.metric): goal for goal in goals}
    rows: list[dict[str, object]] = []
    for entry in [*_ordered(progress, ranks), *_county_rows(context)]:
        row: dict[str, object] = {
            "township": entry.unit,
            "whole": entry.whole,
            "enrolled": entry.enrolled,
            "self_payers": entry.self_paid,
            "government": entry.government,
            "posted": entry.posted,
            "note": "没有目标任务数" if entry.whole is None else "",
        }
        row |= {f"rate {label}": entry.rates[label].shown for label in labels}
        row |= {f"rank {label}": places[label].get(entry.unit, "") for label in labels}
        row |= _change(entry, labels[0], context) if earlier else {}
        names = [metric_label(context.policy, *key) for key in shown_groups]
        row |= {f"group {name}": _group_rate(found.get((entry.unit, name))) for name in names}
        rows.append(row)
    return context.table(spec, rows, _notes(context, progress, labels), bulletin=_bulletin_name(context))


def _brackets(labels: Iterable[str]) -> dict[str, str]:
    return {label: _bracket(label) for label in labels}


def _chart_sheet(context: Context, progress: Sequence[UnitRate], labels: Sequence[str]) -> list[TableSheet]:
    """The bars on a page of their own: below a long table they would be cut in two."""
    if not progress:
        return []
    rows = [
        {"township": entry.unit, **{f"rate {label}": entry.rates[label].shown for label in labels}}
        for entry in progress
    ]
    spec = load_table("bulletin_chart").repeat(label=_brackets(labels))
    return [context.table(spec, rows, [f"{'；'.join(_said(context))}。"])]


def _ordered(progress: Sequence[UnitRate], ranks: dict[str, list[Ranked]]) -> list[UnitRate]:
    """By rank where there is one way of counting, else as the notice lists them."""
    if len(ranks) != 1:
        return list(progress)
    order = {entry.unit: number for number, entry in enumerate(next(iter(ranks.values())))}
    return sorted(progress, key=lambda entry: order.get(entry.unit, len(order)))


def _county_rows(context: Context) -> list[UnitRate]:
    stated = context.policy.targets.headcount_total_stated
    summed = context.county_rate(f"{context.policy.meta.county}合计")
    if stated is None or not context.versions or stated == summed.whole:
        return [summed]
    return [context.county_rate("按载明合计", stated), summed]


def _place(entry: Ranked) -> str:
    return f"{entry.first}（并列）" if entry.tied else str(entry.first)


def _change(entry: UnitRate, label: str, context: Context) -> dict[str, object]:
    earlier = context.earlier
    if earlier is None or entry.unit not in earlier.enrolled:
        return {"more": None, "points": "—"}
    before, now = earlier.rates.get(entry.unit), entry.rates[label].shown
    points = "—" if before is None or now is None else f"{(now - before) * 100:+.2f}"
    return {"more": entry.enrolled - earlier.enrolled[entry.unit], "points": points}


def _group_rate(goal: GoalResult | None) -> float | None:
    return None if goal is None else float(goal.rate)


def _notes(context: Context, progress: Sequence[UnitRate], labels: Sequence[str]) -> list[str]:
    notes = [f"{'；'.join(_said(context))}。向下取两位小数；达到与否按精确的分数比较。"]
    if len(labels) > 1:
        notes.append(_BOTH_WAYS)
    if any(entry.provisional for entry in progress):
        notes.append("还没有入库结果：完成率和排名暂按登记缴费计算，入库后以入库数为准。")
    tie = context.policy.targets.ranking.tie_break if context.policy.targets.ranking else None
    if tie:
        notes.append(f"{context.words['tie_breaks'][tie]}。")
    if context.earlier:
        notes.append(f"上期：截至 {context.earlier.as_of}。")
    return notes


def _said(context: Context) -> list[str]:
    """What each rate counts over what."""
    bases = context.county_rate().bases
    return [f"完成率{_bracket(label)}：{say(basis, SHEET_LANG)}" for label, basis in bases.items()]


def _schools(context: Context) -> list[TableSheet]:
    """Pupils are counted at their schools, beside the townships' rate (PT-18)."""
    people, policy = context.merge.people, context.policy
    rates = measure_rates(people, policy, context.schools, (), context.evidence, schools=context.schools)
    if not rates:
        return []
    rows = [
        {
            "school": rate.unit,
            "whole": rate.whole,
            "enrolled": rate.part,
            "enrolment_rate": rate.main.shown,
            "open": (rate.whole or 0) - rate.part,
        }
        for rate in rates.values()
    ]
    return [context.table("bulletin_schools", rows, basis=say(county_rate("", rates).basis, SHEET_LANG))]


def _goal_sheet(context: Context, goals: Sequence[GoalResult]) -> TableSheet:
    notes = [] if goals else ["通知没有规定比率目标，或者计算所需的数据还没有。"]
    return goals_sheet(goals, context.title, notes, until=f"（截至 {context.as_of}）")


def _period_sheets(context: Context) -> Iterator[TableSheet]:
    """One sheet a recurring bulletin: the sum of all days up to each of its days."""
    seen: set[str] = set()
    for entry in context.policy.calendar.recurring:
        days = [day for day in report_days(context.policy, entry) if day <= context.as_of]
        if entry.deliverable != "R19" or not days or entry.freq in seen:
            continue
        seen.add(entry.freq)
        yield _period_sheet(context, entry, days)


def _period_sheet(context: Context, entry: Recurring, days: list[date]) -> TableSheet:
    counts = cumulative_payments(context.merge.people, days)
    county = f"{context.policy.meta.county}合计"
    table = {unit: counts.get(unit, [0] * len(days)) for unit in context.townships}
    table[county] = [sum(counted[index] for counted in table.values()) for index in range(len(days))]
    names = [day.isoformat() for day in days]
    rows = [{"township": unit, **dict(zip(names, counted, strict=True))} for unit, counted in table.items()]
    bulletin = context.words["bulletins"].get(entry.freq, "通报")
    return context.table(load_table("bulletin_periods").repeat(day=names), rows, bulletin=bulletin)


def _bulletin_name(context: Context) -> str:
    """The name by the first rhythm of the policy's bulletins."""
    rhythms = [entry.freq for entry in context.policy.calendar.recurring if entry.deliverable == "R19"]
    name: str = context.words["bulletins"].get(rhythms[0] if rhythms else "unspecified", "进度通报")
    return name
