"""R19: the bulletin. Rates, ranks, change since the last one, deposits by the week, prizes and cuts as a simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.reports.checks import day_goals
from canbao_county.reports.deposits import deposit_sheet
from canbao_county.reports.goals import goals_sheet
from canbao_county.reports.model import SIGNATURES, ReportFile
from canbao_county.reports.rewards import reward_sheets
from canbao_county.targets.goals import metric_label
from canbao_county.targets.periods import report_days
from canbao_county.targets.progress import cumulative_payments
from canbao_county.targets.ranking import rank_all
from canbao_county.targets.unit_rates import county_rate, measure_rates
from canbao_generator.tables import CellType, ChartSpec, TableColumn, TableSheet, table_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from canbao_county.reports.model import Context
    from canbao_county.targets.goals import GoalResult
    from canbao_county.targets.ranking import Ranked
    from canbao_county.targets.unit_rates import UnitRate
    from canbao_rulebook.policy.frame import Recurring

PROGRESS_SHEET, UNIT, ENROLLED = "进度", "乡镇(街道)", "累计参保(人)"
_WIDE = 11
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
    columns = [
        TableColumn(UNIT, width=13),
        TableColumn("应保(任务)(人)", CellType.COUNT, 12),
        TableColumn(ENROLLED, CellType.COUNT, _WIDE),
        TableColumn("自缴(人)", CellType.COUNT, _WIDE),
        TableColumn("政府代缴(人)", CellType.COUNT, _WIDE),
    ]
    posted = any(entry.posted is not None for entry in progress)
    if posted:
        columns.append(TableColumn("已入库(人)", CellType.COUNT, _WIDE))
    for label in labels:
        columns += [
            TableColumn(f"完成率{_bracket(label)}", CellType.RATE, _WIDE),
            TableColumn(f"排名{_bracket(label)}", CellType.CENTRED, 9),
        ]
    if earlier:
        columns += [TableColumn("较上期(人)", CellType.COUNT, _WIDE), TableColumn("较上期(百分点)", width=_WIDE)]
    columns += [TableColumn(metric_label(*key), CellType.RATE, _WIDE) for key in shown_groups]
    columns.append(TableColumn("备注", CellType.WRAPPED, 18))
    places = {label: {entry.unit: _place(entry) for entry in ranked} for label, ranked in ranks.items()}
    found = {(goal.unit, goal.metric): goal for goal in goals}
    rows = []
    for entry in [*_ordered(progress, ranks), *_county_rows(context)]:
        row: list[object] = [entry.unit, entry.whole, entry.enrolled, entry.self_paid, entry.government]
        row += [entry.posted] if posted else []
        for label in labels:
            row += [entry.rates[label].shown, places[label].get(entry.unit, "")]
        if earlier:
            row += _change(entry, labels[0], context)
        row += [_group_rate(found.get((entry.unit, metric_label(*key)))) for key in shown_groups]
        rows.append([*row, _remark(entry)])
    title = f"{context.title}{_bulletin_name(context)}（截至 {context.as_of}）"
    return TableSheet(
        PROGRESS_SHEET,
        title,
        columns,
        table_frame(rows, columns),
        notes=_notes(context, progress, labels),
        freeze=1,
        total_row=True,
        footer=SIGNATURES,
    )


def _chart_sheet(context: Context, progress: Sequence[UnitRate], labels: Sequence[str]) -> list[TableSheet]:
    """The bars on a page of their own: below a long table they would be cut in two."""
    if not progress:
        return []
    headers = tuple(f"完成率{_bracket(label)}" for label in labels)
    columns = [TableColumn(UNIT, width=13), *(TableColumn(header, CellType.RATE, 14) for header in headers)]
    rows = [[entry.unit, *(entry.rates[label].shown for label in labels)] for entry in progress]
    title = f"{context.title}完成率（截至 {context.as_of}）"
    chart = ChartSpec("各乡镇(街道)完成率", UNIT, headers, beside=True)
    notes = [f"{'；'.join(_said(context))}。"]
    return [TableSheet("图", title, columns, table_frame(rows, columns), notes=notes, chart=chart, footer=SIGNATURES)]


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


def _change(entry: UnitRate, label: str, context: Context) -> list[object]:
    earlier = context.earlier
    if earlier is None or entry.unit not in earlier.enrolled:
        return [None, "—"]
    before, now = earlier.rates.get(entry.unit), entry.rates[label].shown
    points = "—" if before is None or now is None else f"{(now - before) * 100:+.2f}"
    return [entry.enrolled - earlier.enrolled[entry.unit], points]


def _group_rate(goal: GoalResult | None) -> float | None:
    return None if goal is None else float(goal.rate)


def _remark(entry: UnitRate) -> str:
    return "没有目标任务数" if entry.whole is None else ""


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
    return [f"完成率{_bracket(label)}：{basis}" for label, basis in bases.items()]


def _schools(context: Context) -> list[TableSheet]:
    """Pupils are counted at their schools, beside the townships' rate (PT-18)."""
    people, policy = context.merge.people, context.policy
    rates = measure_rates(people, policy, context.schools, (), context.evidence, schools=context.schools)
    if not rates:
        return []
    columns = [
        TableColumn("学校", width=34),
        TableColumn("应参保(人)", CellType.COUNT, 13),
        TableColumn("已参保(人)", CellType.COUNT, 13),
        TableColumn("参保率", CellType.RATE, 12),
        TableColumn("未参保(人)", CellType.COUNT, 13),
    ]
    rows = [
        [rate.unit, rate.whole, rate.part, rate.main.shown, (rate.whole or 0) - rate.part] for rate in rates.values()
    ]
    notes = [f"参保率：{county_rate('', rates).basis}。"]
    title = f"{context.title}学生参保进度（截至 {context.as_of}）"
    return [TableSheet("学校", title, columns, table_frame(rows, columns), notes=notes, freeze=1, footer=SIGNATURES)]


def _goal_sheet(context: Context, goals: Sequence[GoalResult]) -> TableSheet:
    notes = [] if goals else ["通知没有规定比率目标，或者计算所需的数据还没有。"]
    return goals_sheet(goals, f"{context.title}目标达成情况（截至 {context.as_of}）", notes, SIGNATURES)


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
    columns = [TableColumn(UNIT, width=14), *(TableColumn(day.isoformat(), CellType.COUNT, 11) for day in days)]
    rows: list[list[object]] = [[unit, *counts.get(unit, [0] * len(days))] for unit in context.townships]
    sums = [sum(counts.get(unit, [0] * len(days))[index] for unit in context.townships) for index in range(len(days))]
    rows.append([f"{context.policy.meta.county}合计", *sums])
    name = f"{context.words['bulletins'].get(entry.freq, '通报')}各期"
    title = f"{context.title}{name}累计参保人数"
    notes = ["按缴费（到账）日期累计，没有日期的（政府代缴等）计入各期。"]
    frame = table_frame(rows, columns)
    return TableSheet(name, title, columns, frame, notes=notes, freeze=1, total_row=True, footer=SIGNATURES)


def _bulletin_name(context: Context) -> str:
    """The name by the first rhythm of the policy's bulletins."""
    rhythms = [entry.freq for entry in context.policy.calendar.recurring if entry.deliverable == "R19"]
    name: str = context.words["bulletins"].get(rhythms[0] if rhythms else "unspecified", "进度通报")
    return name
