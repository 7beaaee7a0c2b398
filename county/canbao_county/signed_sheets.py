"""The sheets that the county signs: rates with the goal, townships by goals, subsidies by township and category."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.targets.rates import describe_goal
from canbao_rulebook.amount_words import show_amounts
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.policy.words import Metric
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import MISSED, REACHED
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.settlement.top_ups import owed_claims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.merge.merging import Merge
    from canbao_county.targets.goals import GoalResult
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import Threshold
    from canbao_rulebook.policy.people import Category
    from canbao_rulebook.tables import TableSheet

_RATES = frozenset({Metric.COLLECTION_RATE, Metric.ENROLMENT_RATE})


def rates_sheets(merge: Merge, title: str) -> list[TableSheet]:
    """Return the rates of the townships as a chart, the highest first; nothing while no rate was taken."""
    known = [total for total in merge.townships if total.rate is not None and total.unit]
    if not known:
        return []
    goal = _main_goal(merge.book.policy)
    target = None if goal is None else float(goal.value)
    said = f"（目标：{describe_goal(goal.op, goal.value)}）" if goal else ""
    judged = {one.unit: one for one in merge.goals if goal and one.goal == goal.id and not one.aside}
    rows = [
        {
            "township": total.unit,
            "should_enrol": total.should_enrol,
            "enrolled": total.enrolled,
            "enrolment_rate": float(total.rate or 0),
            "goal_rate": target,
            "verdict": _verdict(judged[total.unit]) if total.unit in judged else "",
        }
        for total in sorted(known, key=lambda total: -float(total.rate or 0))
    ]
    spec = load_table("rates")
    return [(spec if goal else spec.without_goal("goal_rate", "verdict")).make(rows, begin=title, goal=said)]


def _main_goal(policy: Policy) -> Threshold | None:
    """Return the goal of everybody's rate, where the notice has one."""
    goals = (goal for goal in policy.targets.thresholds if goal.metric in _RATES and not goal.group)
    return next(goals, None)


def goal_matrix(goals: Sequence[GoalResult], title: str) -> list[TableSheet]:
    """Return townships by goals; nothing where the notice sets none."""
    if not goals:
        return []
    columns = {_column(goal): f"{goal.metric}\n目标 {goal.target}" for goal in goals}
    cells = {(goal.unit, _column(goal)): _verdict(goal) for goal in goals}
    units = dict.fromkeys(goal.unit for goal in goals)
    rows = [{"township": unit, **{key: cells.get((unit, key), "—") for key in columns}} for unit in units]
    return [load_table("goal_matrix").repeat(goal=columns).make(rows, begin=title)]


def _column(goal: GoalResult) -> str:
    return f"{goal.goal} {goal.metric}"


def _verdict(goal: GoalResult) -> str:
    percent = f"{float(goal.rate):.2%}"
    if goal.aside:
        return percent
    return f"{REACHED} {percent}" if goal.reached else f"{MISSED} {percent}（差{goal.gap}人）"


def _standard(policy: Policy, category: Category | None) -> str:
    return show_amounts(policy, category) if category else UNKNOWN_TEXT


def subsidy_sums(merge: Merge, title: str) -> TableSheet:
    """Return what is to be paid by township and category, with what each amount stands on."""
    policy = merge.book.policy
    kinds: dict[str, str] = load_lists()["subsidy_kinds"]
    categories = {category.name: category for category in policy.subsidy.categories}
    money = ("gov_direct", "rebate_due", "payable", "withheld")
    owed = owed_claims(merge.people, ["unit", "category", "pid", *money])
    sums = owed.group_by("unit", "category", maintain_order=True).agg(
        pl.len().cast(pl.Float64).alias("persons"),
        *(pl.col(name).sum() for name in money),
        pl.col("due").null_count().cast(pl.Float64).alias("unknown"),
    )
    order = {total.unit: place for place, total in enumerate(merge.townships)}
    ranks = {name: place for place, name in enumerate(categories)}
    rows = sorted(
        sums.iter_rows(named=True),
        key=lambda row: (order.get(row["unit"], len(order)), ranks.get(row["category"], len(ranks))),
    )
    both = owed.filter("is_top_up")["pid"].n_unique()
    notes = [f"叠加资助另成一行，有 {both} 人；其中同时有别的资助的，两行里各算一次人数。"] if both else []
    return load_table("subsidy_sums").make(
        [
            row
            | {
                "subsidy_kind": kinds[category.kind] if category else "",
                "standard": _standard(policy, category),
                "article": policy.article(category.ref) if category else "",
            }
            for row in rows
            for category in (categories.get(row["category"]),)
        ],
        notes,
        begin=title,
    )
