"""Findings as a list that people read: the columns of 检查结果, of return lists and of the county's 问题清单.

检查结果 is a sheet of every township workbook. The generator lays it out, the buttons fill it: a title, what the last
check found (RESULT_SUMMARY), which problem was jumped to last (RESULT_POSITION), and from RESULT_FIRST_ROW on one
problem a row.
"""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import TYPE_CHECKING

from canbao_rulebook.cell_text import clean_text
from canbao_rulebook.findings import SEVERITY_ORDER
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.findings import Finding, RenderedFinding
    from canbao_rulebook.tables import TableColumn

RETURN_SHEET = "退回清单"  # the sheet of a return list; its file is called RETURN_PREFIX and the unit
RETURN_PREFIX = f"{RETURN_SHEET}_"
HELD_SHEET = "暂留名单"  # the rows that a unit could not hand in yet
HELD_PREFIX = f"{HELD_SHEET}_"
PAPER_PREFIX = "打印稿_"  # of the file that prints the rosters of a submission
ROUNDS_SHEET = "筛查轮次"  # the sheet, and the file beside the return lists, that tells what became of earlier ones
REGISTER_SHEET = "上报登记"  # the sheet, and the file beside the results, that tells who has handed in
PROBLEM_SHEET, GOALS_SHEET = "问题清单", "目标达成明细"  # of the county submission
DECISION_SHEET = "资助决定"  # of the county submission: what was decided about persons in several units
RESULT_SUMMARY, RESULT_POSITION = "A2", "A3"
RESULT_HEADER_ROW, RESULT_FIRST_ROW = 4, 5
RESULT_ROWS = 5_000  # problems that the sheet has room for
_LINE, _MARGIN = 15.0, 1.5  # points of a line; characters of a column that its texts leave free
_FORMULA_STARTS = ("=", "+", "-", "@")


@cache
def problem_columns() -> Mapping[str, TableColumn]:
    """Return the columns of a list of findings, by the findings' fields."""
    return load_table("findings").without("again", "done").columns


@cache
def result_columns() -> Mapping[str, TableColumn]:
    """Return the columns of 检查结果, which knows its file."""
    return {field: column for field, column in problem_columns().items() if field != "file"}


def rank_problem(found: Finding | RenderedFinding, sheets: Sequence[str]) -> tuple[int, int, int]:
    """Return the place of a problem on 检查结果: the gravest first, and then from sheet to sheet."""
    place = sheets.index(found.sheet) + 1 if found.sheet in sheets else 0
    return SEVERITY_ORDER[found.severity], place, found.row or 0


def problem_text(found: RenderedFinding, field: str) -> str:
    """Return what stands in a column of 检查结果; a text that a program would take for a formula is quoted."""
    text = clean_text(str(getattr(found, field)))
    return f"“{text}”" if text.startswith(_FORMULA_STARTS) else text


def problem_height(texts: Sequence[str]) -> float:
    """Return the height, in points, of a row of 检查结果 with these texts: not every program finds it by itself."""
    columns = result_columns().values()
    lines = (
        ceil((len(text.encode()) + len(text)) / 2 / (column.width - _MARGIN))
        for column, text in zip(columns, texts, strict=True)
    )
    return max(1, *lines) * _LINE


def problem_link(found: RenderedFinding) -> str | None:
    """Return the formula, without ``=``, that leads to the cell of a problem; None where it lies in no cell."""
    cell = clean_text(found.cell)
    sheet = found.sheet.replace("'", "''")
    return f'HYPERLINK("#\'{sheet}\'!{cell}","{cell}")' if cell and sheet else None
