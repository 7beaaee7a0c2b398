"""R21: newborns and newly identified persons with their last day and benefit period (HN-21, HN-22, HN-24)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from math import isnan
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.reports.model import SIGNATURES, ReportFile
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_validators.merge.rows import part_rows
from canbao_validators.targets.counting import paid_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_addin.reports.model import Context
    from canbao_rulebook.policy.people import NewbornEntry, NewlyIdentifiedEntry

_NEWBORN, _IDENTIFIED = "新生儿", "新识别"
_COLUMNS = (
    TableColumn("序号", CellType.COUNT, 6),
    TableColumn("类型", CellType.CENTRED, 8),
    TableColumn("乡镇(街道)", width=11),
    TableColumn("村(社区)", width=11),
    TableColumn("姓名", width=10),
    TableColumn("证件号码", width=21),
    TableColumn("出生(识别)日期", CellType.CENTRED, 12),
    TableColumn("监护人、户主", width=10),
    TableColumn("截止日期", CellType.CENTRED, 12),
    TableColumn("剩余天数", CellType.COUNT, 9),
    TableColumn("缴费日期", CellType.CENTRED, 12),
    TableColumn("是否逾期", CellType.CENTRED, 9),
    TableColumn("待遇起", CellType.CENTRED, 12),
    TableColumn("待遇止", CellType.CENTRED, 12),
    TableColumn("资助类别", width=16),
)


def make_late_entries(context: Context) -> Iterator[ReportFile]:
    """Yield the county's ledger."""
    rows: list[list[object]] = []
    for part in context.filling_parts:
        for row in _late_rows(context, part_rows(context.merge, part)).iter_rows(named=True):
            rows.append([len(rows) + 1, *_line(context, row)])
    late = sum(row[11] == "逾期" for row in rows)
    waiting = sum(row[11] == "未缴" for row in rows)
    counting = "起算日计入" if context.policy.calendar.counting.first_day_counted else "起算日不计入"
    notes = [f"剩余天数按 {context.as_of} 计；期限{counting}。已缴的不再计剩余天数。"]
    title = f"{context.title}新生儿和新识别人员台账（截至 {context.as_of}）"
    sheet = TableSheet("台账", title, _COLUMNS, table_frame(rows, _COLUMNS), notes=notes, freeze=5, footer=SIGNATURES)
    facts = [("未缴(人)", str(waiting)), ("逾期(人)", str(late))]
    yield ReportFile(
        [sheet], unit=context.policy.meta.county, rows=len(rows), facts=facts, receivers="税务、医保、各乡镇(街道)"
    )


def _late_rows(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    entry = context.policy.late_entry
    newborn = (pl.col("population_tag") == _NEWBORN) & pl.lit(entry.newborn is not None)
    identified = pl.col("identified_on").is_not_null() & pl.lit(entry.newly_identified is not None)
    return rows.filter(pl.col("counts") & (newborn | identified)).with_columns(
        late=pl.when(newborn).then(pl.lit(_NEWBORN)).otherwise(pl.lit(_IDENTIFIED)),
        since=pl.when(newborn).then(pl.col("birth").fill_nan(None)).otherwise("identified_on"),
        paid=pl.col("enrolled") & paid_by(context.as_of),
    )


def _line(context: Context, row: Mapping[str, object]) -> list[object]:
    policy = context.policy
    newborn = row["late"] == _NEWBORN
    since = _day(row["since"])
    entry = policy.late_entry.newborn if newborn else policy.late_entry.newly_identified
    last = last_day(since, entry, counted=policy.calendar.counting.first_day_counted) if since and entry else None
    paid_on = _day(row["pay_date"])
    return [
        row["late"],
        row["place"],
        row["spot"],
        row["name"],
        row["key"],
        str(since or ""),
        row["guardian_name"] or row["head_name"],
        str(last or UNKNOWN_TEXT),
        None if row["paid"] or last is None else (last - context.as_of).days,
        str(paid_on or ""),
        _state(row, last, paid_on, context.as_of),
        str(_day(row["benefit_start"]) or (UNKNOWN_TEXT if row["paid"] else "")),
        str(_day(row["benefit_end"]) or (UNKNOWN_TEXT if row["paid"] else "")),
        row["category"],
    ]


def _state(row: Mapping[str, object], last: date | None, paid_on: date | None, as_of: date) -> str:
    """逾期: not paid by the last day, or paid after it."""
    over = last is not None and (paid_on or as_of) > last
    if row["paid"] and not over:
        return "否"
    return "逾期" if over else "未缴"


def last_day(since: date, entry: NewbornEntry | NewlyIdentifiedEntry, *, counted: bool) -> date:
    """Return the last day of a period; the first day counts or not (C12), a month ends on the same day of the month."""
    if entry.unit == "day":
        return since + timedelta(days=entry.limit - (1 if counted else 0))
    years, month = divmod(since.month - 1 + entry.limit, 12)
    year = since.year + years
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))


def _day(serial: object) -> date | None:
    return from_serial(serial) if isinstance(serial, float) and not isnan(serial) else None
