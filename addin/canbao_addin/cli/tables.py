"""Tables for the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from canbao_county.merge.merging import COUNTY
from canbao_county.reports.sums import Sum
from canbao_rulebook.money import floor_percent, format_yuan
from canbao_rulebook.names import policy_names, show_named
from canbao_rulebook.units import TOWNSHIP
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from canbao_county.merge.merging import Merge
    from canbao_county.merge.totals import Totals
    from canbao_rulebook.policy import Policy

_HEADERS = {
    "zh": ("排名", "应保", "已保", "参保率", "应缴", "代缴", "实缴", "应返", "错误", "提醒"),
    "en": (
        "rank",
        "should",
        "enrolled",
        "rate",
        "premium",
        "direct",
        "paid",
        "rebate",
        "errors",
        "warnings",
    ),
}
_UNITS = {"zh": {COUNTY: "乡镇", TOWNSHIP: "村"}, "en": {COUNTY: "township", TOWNSHIP: "village"}}
_SHOWN_GOALS = 30


def townships_table(merge: Merge, lang: str) -> Table:
    """Return the table of townships with the county's sum, or of villages with the township's."""
    table = Table(title=merge.county.unit)
    first = _UNITS[lang][merge.level]
    for index, header in enumerate((first, *_HEADERS[lang])):
        table.add_column(header, justify="left" if index == 0 else "right", no_wrap=True)
    for total in merge.townships:
        table.add_row(*_cells(total, str(merge.ranks.get(total.unit, "—"))))
    table.add_section()
    table.add_row(*_cells(merge.county, ""), style="bold")
    return table


def _cells(total: Totals, rank: str) -> list[str]:
    money = ("premium", "gov_direct", "self_paid", "rebate_due")
    return [
        total.unit,
        rank,
        f"{total.should_enrol:,}",
        f"{total.enrolled:,}",
        total.rated.main.percent if total.rated else "—",
        *(str(Sum(total.fen(name), total.unknown.get(name, 0))) for name in money),
        str(total.said.errors),
        str(total.said.warnings),
    ]


def goals_table(merge: Merge) -> Table:
    """Return the goals that were missed."""
    goals = [goal for goal in merge.goals if not goal.aside]
    missed = [goal for goal in goals if not goal.reached]
    table = Table(title=f"未达到的目标 {len(missed)} / {len(goals)}")
    for header in ("乡镇", "指标", "完成", "比率", "目标", "还差(人)"):
        table.add_column(header, no_wrap=True)
    for goal in missed[:_SHOWN_GOALS]:
        rate = floor_percent(goal.part, goal.whole)
        table.add_row(goal.unit, goal.metric, f"{goal.part}/{goal.whole}", rate, goal.target, str(goal.gap))
    return table


def parameters_table(policy: Policy) -> Table:
    """Return the scalar parameters with their articles."""
    table = Table(title=f"{policy.meta.id} {policy.meta.county}")
    for header in ("参数", "值", "依据"):
        table.add_column(header)
    for named in policy_names(policy).values():
        if named.label and not named.is_list:
            table.add_row(named.label, show_named(named), policy.article(named.source))
    return table


def categories_table(policy: Policy) -> Table:
    """Return the subsidy categories."""
    table = Table(title="资助类别")
    for header in ("代码", "类别", "方式", "金额(元)", "认定部门", "依据"):
        table.add_column(header)
    kinds = load_lists()["subsidy_kinds"]
    premium = policy.premium_fen(None)
    for category in policy.subsidy.categories:
        fen = category.amount_fen(premium)
        owner = policy.org.agencies.get(category.identity_owner or "")
        table.add_row(
            category.code,
            category.name,
            kinds[category.kind],
            "待定" if fen is None else format_yuan(fen),
            f"{owner.name}{'（默认）' if category.owner_is_default else ''}" if owner else "",
            policy.article(category.ref),
        )
    return table


def unknowns_table(policy: Policy) -> Table:
    """Return what the notice does not state."""
    table = Table(title="通知没有规定的事项")
    for header in ("参数", "原因", "影响"):
        table.add_column(header)
    for gap in policy.unknown:
        table.add_row(gap.path, gap.reason, gap.needed_for)
    return table
