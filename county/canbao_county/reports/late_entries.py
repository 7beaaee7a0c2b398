"""Newborns and newly identified persons (R21): last day and benefit period (HN-21, HN-22, HN-24)."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.model import ReportFile
from canbao_county.reports.payees import AND
from canbao_county.targets.counting import paid_by
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_validators.settlement.money import LATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from canbao_county.reports.model import Context

_NEWBORN, _IDENTIFIED = "新生儿", "新识别"
_IN_TIME, _OPEN, _LATE = "否", "未缴", "逾期"


def make_late_entries(context: Context) -> Iterator[ReportFile]:
    """Yield the county's ledger."""
    rows: list[dict[str, object]] = []
    for part in context.filling_parts:
        found = part_rows(context.merge, part).filter("counts", pl.col("newborn") | pl.col("newly_identified"))
        found = found.with_columns(paid=pl.col("enrolled") & paid_by(context.as_of))
        first = len(rows) + 1
        rows += [{"number": number, **_line(context, row)} for number, row in enumerate(found.to_dicts(), first)]
    counting = "起算日计入" if context.policy.calendar.counting.first_day_counted else "起算日不计入"
    notes = [
        f"按出生日期和识别日期列出；截止日期是集中征缴期末和自出生（识别）起的期限里较晚的一天，期限{counting}。",
        f"剩余天数按 {context.as_of} 计，已参保、已过期限的不再计。政府全额代缴的看登记日期。",
    ]
    facts = [(f"{word}(人)", str(sum(row["late"] == word for row in rows))) for word in (_OPEN, _LATE)]
    sheet = context.table("late_entries", rows, notes)
    yield ReportFile(
        [sheet], unit=context.policy.meta.county, rows=len(rows), facts=facts, receivers="税务、医保、各乡镇(街道)"
    )


def _line(context: Context, row: Mapping[str, object]) -> dict[str, object]:
    newborn, last = row["newborn"], _day(row["window_end"])
    paid_on = _day(row["pay_date"]) or _day(row["registered_on"])
    return {
        "type": _NEWBORN if newborn else _IDENTIFIED,
        "township": row["township"],
        "village": row["place_or_class"],
        "name": row["name"],
        "cert_no": row["cert"],
        "since": str(_day(row["birth"] if newborn else row["identified_on"]) or ""),
        "guardian": row["guardian_name"] or row["head_name"],
        "last_day": str(last or UNKNOWN_TEXT),
        "left": None if row["paid"] or last is None or last < context.as_of else (last - context.as_of).days,
        "paid_on": str(paid_on or ""),
        "late": _state(row, last, context.as_of),
        "benefit_start": _benefit(row, "benefit_start"),
        "benefit_end": _benefit(row, "benefit_end"),
        "category": row["category"] if not row["on_top"] else _both(row["category"], row["on_top"]),
    }


def _both(category: object, on_top: object) -> str:
    """Both subsidies of a person; the ordinary one may be blank, or open."""
    return AND.join(filter(None, (UNKNOWN_TEXT if category is None else str(category), str(on_top))))


def _state(row: Mapping[str, object], last: date | None, as_of: date) -> str:
    """Who is enrolled is in time, as the settlement has it; who is not is late once the last day is over."""
    if row["paid"]:
        return _IN_TIME
    return _LATE if row["reason"] == LATE or (last is not None and as_of > last) else _OPEN


def _benefit(row: Mapping[str, object], name: str) -> str:
    """A day of the benefit period of whoever is enrolled; 待定 where the notice states none."""
    if not row["paid"]:
        return ""
    return UNKNOWN_TEXT if row[name] is None else str(_day(row[name]) or "")


def _day(serial: object) -> date | None:
    return from_serial(serial) if isinstance(serial, float) and not isnan(serial) else None
