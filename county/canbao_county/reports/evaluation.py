"""The evaluation of townships on the inputs that the notice names; without a threshold nobody is judged (PT-41)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reports.model import SIGNATURES, ReportFile
from canbao_county.targets.rates import Rate
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.functions.dates import to_serial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context


def make_evaluation(context: Context) -> Iterator[ReportFile]:
    """Yield the county's sheet."""
    population = context.list_frame("population")
    persons = {} if population is None else dict(population["township"].value_counts().iter_rows())
    paid = _paid(context)
    columns = [
        TableColumn("乡镇(街道)", width=16),
        TableColumn("户籍人口数(人)", CellType.COUNT, 14),
        TableColumn("应参保人数(人)", CellType.COUNT, 14),
        TableColumn("实际缴费人数(人)", CellType.COUNT, 15),
        TableColumn("实际缴费金额(元)", CellType.MONEY, 16),
        TableColumn("缴费/应参保", CellType.RATE, 12),
        TableColumn("应参保/户籍", CellType.RATE, 12),
        TableColumn("评价", CellType.CENTRED, 18),
    ]
    rows: list[list[object]] = []
    for entry in context.rates:
        people = persons.get(entry.unit)
        rows.append([
            entry.unit, people, entry.whole, entry.enrolled, paid.get(entry.unit, 0) / 100,
            entry.main.shown, Rate(entry.whole or 0, people).shown, "",
        ])  # fmt: skip
    inputs = "、".join(context.policy.targets.inputs_for_evaluation)
    notes = [
        f"按{inputs}评价；通知没有规定标准，软件不作评定，评价由县里填写。",
        f"缴费/应参保：{context.county_rate().basis}。应参保/户籍：应参保人数÷户籍人口数。",
    ]
    if population is None:
        notes.append("没有导入户籍人口名单，户籍人口数不知道。")
    title = f"{context.title}工作评价表（截至 {context.as_of}）"
    sheet = TableSheet("评价", title, columns, table_frame(rows, columns), notes=notes, freeze=1, footer=SIGNATURES)
    yield ReportFile([sheet], unit=context.policy.meta.county, rows=len(rows), receivers="税务、医保")


def _paid(context: Context) -> dict[str, int]:
    """Fen by township that count as premiums, as far as they were paid by the day."""
    people = context.merge.people
    day = pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None))
    known = people.filter(day.is_null() | (day <= to_serial(context.as_of)))
    sums = known.group_by("place").agg(pl.col("accepted").sum())
    return {str(place): fen for place, fen in sums.iter_rows()}
