"""Payment ledger (R5): enrolled persons with their benefit period; totals by day, agent and channel (HN-27, HN-60)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.model import ReportFile
from canbao_county.reports.payees import AND, with_on_top
from canbao_county.reports.sums import Sum, known_sum, sum_up
from canbao_county.targets.counting import paid_by
from canbao_rulebook.findings import Place
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.messages import build_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context
    from canbao_rulebook.tables import TableSheet


def make_ledgers(context: Context) -> Iterator[ReportFile]:
    """Yield one workbook for every file that was handed in; confidential categories are not named (C30)."""
    unknown = 0
    for part in context.merge.parts:
        assert part.unit is not None
        everybody = part_rows(context.merge, part)
        rows = everybody.filter(pl.col("enrolled") & paid_by(context.as_of))
        unknown += rows["benefit_start"].null_count()
        yield ReportFile(
            [_persons(context, part.unit.name, rows), _days(context, part.unit.name, rows)],
            name=part.unit.name,
            unit=part.unit.name,
            rows=rows.height,
            facts=_facts(rows, everybody),
            parts=[part],
            receivers="税务、医保",
        )
    if unknown:
        article = context.policy.article(context.policy.benefit.default.ref)
        place = Place(file=context.words["names"]["R5"])
        found = build_finding("V40.benefit_period", place, source=article, count=unknown)
        context.findings.append(found)


def _facts(rows: pl.DataFrame, everybody: pl.DataFrame) -> list[tuple[str, str]]:
    """The figures of the cover. The income of the fund has two parts: what counts, and what is to be settled."""
    accepted, direct = sum_up(rows, "accepted"), sum_up(rows, "gov_direct")
    parts = [fen for fen in (accepted.fen, direct.fen) if fen is not None]
    income = Sum(sum(parts) if parts else None, direct.unknown)
    return [
        ("人数(证件号码不同)", str(rows["cert"].n_unique())),
        ("个人实缴合计(元)", str(sum_up(rows, "received"))),
        ("政府代缴合计(元)", str(direct)),
        ("应返资助合计(元)", str(sum_up(rows, "rebate_due"))),
        ("基金收入：计入(元)", str(income)),
        ("基金收入：待处理(元)", f"{sum_up(everybody, 'returnable')}，不计入的人也在内，见R20"),
        ("无凭据(元)", str(sum_up(everybody, "unproven"))),
    ]


def _persons(context: Context, unit: str, rows: pl.DataFrame) -> TableSheet:
    hidden = context.policy.subsidy.confidential_names
    paid_on = pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None))
    shown = rows.with_columns(
        pay_date=paid_on,
        year=pl.lit(str(context.policy.meta.policy_year)),
        benefit_start=_day("benefit_start"),
        benefit_end=_day("benefit_end"),
        category=with_on_top("category", "on_top", hidden),
        subsidy_kind=pl.when(pl.col("on_top") == "").then("subsidy_kind").otherwise(_both_kinds()),
    )
    return context.table("ledger", shown, unit=unit)


def _both_kinds() -> pl.Expr:
    """The kinds of both subsidies; of who has nothing but what comes on top, its kind alone."""
    both = pl.concat_str("subsidy_kind", "on_top_kind", separator=AND)
    return pl.when(pl.col("category") == "").then("on_top_kind").otherwise(both)


def _day(name: str) -> pl.Expr:
    """A day as text: 待定 where the policy does not know it, blank where something is missing that V01 asks for."""
    known = pl.col(name).is_not_nan()
    shown = pl.when(known).then(name).map_elements(lambda day: from_serial(day).isoformat(), return_dtype=pl.String)
    return pl.when(pl.col(name).is_nan()).then(pl.lit("")).otherwise(shown.fill_null(UNKNOWN_TEXT))


def _days(context: Context, unit: str, rows: pl.DataFrame) -> TableSheet:
    """The five that have to agree, as far as the roster knows them; deposits are the reconciliation's."""
    paying = rows.filter(pl.col("received") > 0).with_columns(
        day=pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None)),
        gap=pl.col("self_due") - pl.col("received"),
    )
    table = (
        paying.group_by("day", "agent", "channel")
        .agg(
            people=pl.len(),
            numbers=pl.col("cert").n_unique(),
            due=known_sum("self_due"),
            paid=pl.col("received").sum(),
            receipts=pl.col("receipt_no").filter(pl.col("receipt_no") != "").n_unique(),
            batches=pl.col("deposit_id").filter(pl.col("deposit_id") != "").n_unique(),
            gap=known_sum("gap"),
        )
        .sort("day", "agent", "channel", nulls_last=True)
    )
    notes = []
    if unknown := paying["self_due"].null_count():
        notes.append(f"{unknown} 人的应缴标准{UNKNOWN_TEXT}，应收和差额不含这些人。")
    return context.table("ledger_days", pl.concat([table, _total(table, paying)]), notes, unit=unit)


def _total(table: pl.DataFrame, paying: pl.DataFrame) -> pl.DataFrame:
    sums = table.select(
        pl.lit(None, pl.Float64).alias("day"),
        pl.lit("合计").alias("agent"),
        pl.lit("").alias("channel"),
        pl.col("people").sum(),
        pl.lit(paying["cert"].n_unique()).alias("numbers"),
        known_sum("due"),
        *(pl.col(name).sum() for name in ("paid", "receipts", "batches")),
        known_sum("gap"),
    )
    return sums.select(pl.col(name).cast(table.schema[name]) for name in table.columns)
