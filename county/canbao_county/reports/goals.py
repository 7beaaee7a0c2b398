"""Goals and whether they are reached, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.targets.goals import GoalResult

GOALS_SHEET = "目标达成"
_COLUMNS = [
    TableColumn("乡镇(街道)", width=14),
    TableColumn("指标", CellType.WRAPPED, 24),
    TableColumn("完成(人)", CellType.COUNT, 11),
    TableColumn("基数(人)", CellType.COUNT, 11),
    TableColumn("什么÷什么", CellType.WRAPPED, 20),
    TableColumn("比率", CellType.RATE, 10),
    TableColumn("目标", width=11),
    TableColumn("结论", CellType.CENTRED, 9),
    TableColumn("还差(人)", CellType.COUNT, 10),
    TableColumn("依据", CellType.WRAPPED, 29),
]


def goals_sheet(goals: Sequence[GoalResult], title: str, notes: Sequence[str] = (), footer: str = "") -> TableSheet:
    """Return the goals of townships and county with what is missing to each."""
    rows = [
        [
            goal.unit,
            goal.metric,
            goal.part,
            goal.whole,
            goal.basis,
            float(goal.rate),
            goal.target,
            "供对照" if goal.aside else "达到" if goal.reached else "未达到",
            None if goal.aside else goal.gap,
            goal.source,
        ]
        for goal in goals
    ]
    return TableSheet(GOALS_SHEET, title, _COLUMNS, table_frame(rows, _COLUMNS), notes=notes, freeze=1, footer=footer)
