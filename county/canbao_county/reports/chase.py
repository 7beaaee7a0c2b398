"""Chase lists (R12): who has not paid yet, by township or school and village (PT-17, PT-37, PT-39, HN-78)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.masking import mask_number
from canbao_county.reports.model import ReportFile
from canbao_county.reports.naming import sheet_names
from canbao_county.reports.sums import sum_up
from canbao_county.targets.counting import paid_by
from canbao_rulebook.channels import deduction_labels
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import TOTAL
from canbao_rulebook.units import SCHOOL
from canbao_rulebook.vocabulary import word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.merge.parts import Part
    from canbao_county.reports.model import Context
    from canbao_rulebook.tables import TableSheet

UNREGISTERED, UNPAID, FAILED, REFUSING = "未登记", "已登记未缴", "扣款失败", "不愿参保"
UNPROVEN, UNSETTLED, AWAITED, UNDECIDED = "缴费无凭据", "缴费未计入", "已缴待到账", "待裁定"
_STATES = (UNREGISTERED, UNPAID, FAILED, REFUSING, UNPROVEN, UNSETTLED, AWAITED, UNDECIDED)
_HAVE_PAID = [UNPROVEN, UNSETTLED, AWAITED]


def make_chase_lists(context: Context) -> Iterator[ReportFile]:
    """Yield one workbook for every township and school with somebody to chase, or with nobody, which it says."""
    for part in context.filling_parts:
        rows = chase_rows(context, part)
        assert part.unit is not None
        yield ReportFile(
            _sheets(context, part, rows),
            name=part.unit.name,
            unit=part.unit.name,
            rows=rows.height,
            facts=[*_facts(rows), ("应缴合计(元)", str(sum_up(rows, "self_due")))],
            parts=[part],
            receivers=part.unit.name,
        )


def chase_rows(context: Context, part: Part) -> pl.DataFrame:
    """Return everybody of a workbook who should enrol and has not by the day of the report, with ``state``.

    Persons paid for by a department in one sum stand in no township's workbook, so nobody is sent to them.
    """
    rows = part_rows(context.merge, part)
    open_rows = rows.filter(pl.col("counts") & ~(pl.col("enrolled") & paid_by(context.as_of)) & ~pl.col("central"))
    registered = (
        pl.col("registered_on").is_not_null()
        | (pl.col("mib_review") == word("reviews", "passed"))
        | (pl.col("mib_serial") != "")
        | (pl.col("enrol_type") == word("enrol_types", "renewed"))
    )
    came = paid_by(context.as_of)
    failed = (pl.col("arrival") == word("arrivals", "missing")) & (
        (pl.col("contract") == word("yes_no", "yes")) | pl.col("channel").is_in(deduction_labels(context.policy))
    )
    state = (
        pl.when((pl.col("unproven") > 0) & came)
        .then(pl.lit(UNPROVEN))
        .when((pl.col("returnable") > 0) & came)
        .then(pl.lit(UNSETTLED))
        .when((pl.col("accepted") > 0) & came)
        .then(pl.lit(AWAITED))
        .when(pl.col("state") == "pending")
        .then(pl.lit(UNDECIDED))
        .when(failed)
        .then(pl.lit(FAILED))
        .when(pl.col("state") == "refused")
        .then(pl.lit(REFUSING))
        .when(registered)
        .then(pl.lit(UNPAID))
        .otherwise(pl.lit(UNREGISTERED))
    )
    chosen = open_rows.with_columns(
        state=state,
        masked=mask_number(pl.col("cert")),
        due="self_due",
        place_or_class=pl.when(pl.col("place_or_class") == "").then(pl.lit("未填村(班)")).otherwise("place_or_class"),
    )
    return chosen.sort("place_or_class", maintain_order=True)


def _facts(rows: pl.DataFrame) -> list[tuple[str, str]]:
    counts = dict(rows["state"].value_counts().iter_rows())
    return [(f"{state}(人)", str(counts.get(state, 0))) for state in _STATES]


def _sheets(context: Context, part: Part, rows: pl.DataFrame) -> list[TableSheet]:
    assert part.unit is not None
    is_school = part.unit.kind == SCHOOL
    places = rows["place_or_class"].unique().sort().to_list()
    sheets = [_overview(context, part.unit.name, rows, places, "班级" if is_school else "村(社区)")]
    names = sheet_names(places, taken=["封面", "汇总", "签约未到账"])
    for place, name in zip(places, names, strict=True):
        sheets.append(
            _place_sheet(
                context, part.unit.name, place, name, rows.filter(pl.col("place_or_class") == place), is_school
            )
        )
    contracted = rows.filter(pl.col("contract") == word("yes_no", "yes"))
    if contracted.height:
        sheets.append(_contracted(context, part.unit.name, contracted))
    return sheets


def _overview(context: Context, unit: str, rows: pl.DataFrame, places: list[str], header: str) -> TableSheet:
    table: list[dict[str, object]] = []
    for place in [*places, TOTAL]:
        own = rows if place == TOTAL else rows.filter(pl.col("place_or_class") == place)
        counts = dict(own["state"].value_counts().iter_rows())
        row: dict[str, object] = {state: counts.get(state, 0) for state in _STATES}
        table.append(row | {"place_or_class": place, "persons": own.height, "premium_due": sum_up(own, "self_due").fen})
    notes = [] if rows.height else ["截至当日，没有应参保未缴费的人。"]
    if unknown := rows["self_due"].null_count():
        notes.append(f"应缴金额不含待定 {unknown} 人。")
    if rows["state"].is_in(_HAVE_PAID).any():
        notes.append(f"{'、'.join(_HAVE_PAID)}的已经交过钱：先查凭据、到账和「核销和退费清单」，不要重复收。")
    spec = load_table("chase_summary").repeat(place_or_class={"place_or_class": header}, state=_STATES)
    return context.table(spec, table, notes, unit=unit)


def _place_sheet(
    context: Context,
    unit: str,
    place: str,
    name: str,
    rows: pl.DataFrame,
    is_school: bool,
) -> TableSheet:
    spec = load_table("chase").without(*(["group", "head_name"] if is_school else ["guardian_name"]))
    said = f"截至 {context.as_of}，应参保、未缴费（未到账）{rows.height}人。"
    notes = [f"{said}每次催缴填写日期；结果填：{context.words['chase_results']}。"]
    return context.table(spec, rows, notes, sheet=name, unit=unit, place_or_class=place)


def _contracted(context: Context, unit: str, rows: pl.DataFrame) -> TableSheet:
    """PT-37: whom the bank reminds to keep the balance."""
    return context.table("chase_contracted", rows.sort("bank", "place_or_class", maintain_order=True), unit=unit)
