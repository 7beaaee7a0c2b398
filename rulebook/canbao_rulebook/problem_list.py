"""Findings as a list that people read: the columns of 检查结果, of return lists and of the county's 问题清单.

检查结果 is a sheet of every township workbook. The generator lays it out, the buttons fill it: a title, what the last
check found (RESULT_SUMMARY), which problem was jumped to last (RESULT_POSITION), and from RESULT_FIRST_ROW on one
problem a row.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.tables import TableColumn

RETURN_SHEET = "退回清单"  # the sheet of a return list; its file is called RETURN_PREFIX and the unit
RETURN_PREFIX = f"{RETURN_SHEET}_"
HELD_SHEET = "暂留名单"  # the rows that a unit could not hand in yet
HELD_PREFIX = f"{HELD_SHEET}_"
PAPER_PREFIX = "打印稿_"  # of the file that prints the rosters of a submission
ROUNDS_SHEET = "筛查轮次"  # the sheet, and the file beside the return lists, that tells what became of earlier ones
REGISTER_SHEET = "上报登记"  # the sheet, and the file beside the results, that tells who has handed in
DECISION_SHEET = "资助决定"  # of the county submission: what was decided about persons in several units
RESULT_SUMMARY, RESULT_POSITION = "A2", "A3"
RESULT_HEADER_ROW, RESULT_FIRST_ROW = 4, 5
RESULT_ROWS = 5_000  # problems that the sheet has room for


@cache
def problem_columns() -> Mapping[str, TableColumn]:
    """Return the columns of a list of findings, by the findings' fields."""
    return load_table("findings").without("again", "done").columns


@cache
def result_columns() -> Mapping[str, TableColumn]:
    """Return the columns of 检查结果, which knows its file."""
    return {field: column for field, column in problem_columns().items() if field != "file"}
