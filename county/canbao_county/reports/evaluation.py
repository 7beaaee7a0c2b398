"""Evaluation of townships by the inputs that the notice names; without a threshold nobody is judged (PT-41)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reports.model import ReportFile
from canbao_county.targets.rates import Rate
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.phrases import SHEET_LANG, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context


def make_evaluation(context: Context) -> Iterator[ReportFile]:
    """Yield the county's sheet."""
    population = context.list_frame("population")
    persons = {} if population is None else dict(population["township"].value_counts().iter_rows())
    paid = _paid(context)
    rows = [
        {
            "township": entry.unit,
            "population": persons.get(entry.unit),
            "should_enrol": entry.whole,
            "paid_persons": entry.enrolled,
            "paid_fen": paid.get(entry.unit, 0),
            "paid_of_all": entry.main.shown,
            "all_of_population": Rate(entry.whole or 0, persons.get(entry.unit)).shown,
        }
        for entry in context.rates
    ]
    inputs = "、".join(context.policy.targets.inputs_for_evaluation)
    notes = [
        f"按{inputs}评价；通知没有规定标准，软件不作评定，评价由县里填写。",
        f"缴费/应参保：{say(context.county_rate().basis, SHEET_LANG)}。应参保/户籍：应参保人数÷户籍人口数。",
    ]
    if population is None:
        notes.append("没有导入户籍人口名单，户籍人口数不知道。")
    sheet = context.table("evaluation", rows, notes)
    yield ReportFile([sheet], unit=context.policy.meta.county, rows=len(rows), receivers="税务、医保")


def _paid(context: Context) -> dict[str, int]:
    """Fen by township that count as premiums, as far as they were paid by the day."""
    people = context.merge.people
    day = pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None))
    known = people.filter(day.is_null() | (day <= to_serial(context.as_of)))
    sums = known.group_by("township").agg(pl.col("accepted").sum())
    return {str(place): fen for place, fen in sums.iter_rows()}
