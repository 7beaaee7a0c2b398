"""Goals as a table: what was reached, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.phrases import SHEET_LANG, say
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.targets.goals import GoalResult
    from canbao_rulebook.tables import TableSheet


def goals_sheet(
    goals: Sequence[GoalResult], begin: str, notes: Sequence[str] = (), *, until: str = "", footer: str | None = None
) -> TableSheet:
    """Return the goals of townships and county with what is missing to each."""
    rows = [
        {
            "township": goal.unit,
            "metric": goal.metric,
            "part": goal.part,
            "base": goal.whole,
            "basis": say(goal.basis, SHEET_LANG),
            "rate": float(goal.rate),
            "goal": goal.target,
            "verdict": "供对照" if goal.aside else "达到" if goal.reached else "未达到",
            "missing_persons": None if goal.aside else goal.gap,
            "article": goal.source,
        }
        for goal in goals
    ]
    return load_table("goals").make(rows, notes, footer=footer, begin=begin, until=until)
