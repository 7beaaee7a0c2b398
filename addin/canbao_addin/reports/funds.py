"""Whom which money is for: direct payments by payer, rebates by township, and what the provisional list loses (C10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.reports.model import SHORT_SIGNATURES, SIGNATURES, ReportFile
from canbao_generator.tables import CellType, TableColumn, TableSheet
from canbao_rulebook.money import format_yuan, to_yuan
from canbao_rulebook.names import load_lists
from canbao_rulebook.policy.words import SubsidyKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canbao_addin.reports.model import Context
    from canbao_rulebook.policy.people import Category

_PERSONS = {
    "number": TableColumn("序号", CellType.COUNT, 6),
    "place": TableColumn("乡镇(街道)", width=12),
    "village": TableColumn("村(社区)", width=12),
    "name": TableColumn("姓名", width=11),
    "key": TableColumn("证件号码", width=21),
    "category": TableColumn("资助类别", width=20),
    "amount": TableColumn("金额(元)", CellType.MONEY, 11),
    "account": TableColumn("收款账号", width=23),
}
_SUMS = (
    TableColumn("项目", width=44),
    TableColumn("人数", CellType.COUNT, 18),
    TableColumn("金额(元)", CellType.MONEY, 24),
)


def make_fund_lists(context: Context) -> Iterator[ReportFile]:
    """Yield a workbook for each payer of direct payments, one for each township's rebates, and the difference.

    A payer's list names its own categories, confidential ones too, and stays with it; a township's names none of these.
    """
    people = context.merge.people.filter(pl.col("counts")).with_columns(
        pl.col(name).cast(pl.String) for name in ("place", "village", "category", "kind")
    )
    yield from _direct(context, people)
    yield from _rebates(context, people)
    yield from _difference(context, people)


def _direct(context: Context, people: pl.DataFrame) -> Iterator[ReportFile]:
    agencies = context.policy.org.agencies
    payers: dict[str, list[Category]] = {}
    for category in context.policy.subsidy.categories:
        if category.kind is SubsidyKind.DIRECT:
            payers.setdefault(category.payer or "", []).append(category)
    for payer, categories in payers.items():
        named = [category.name for category in categories]
        rows = people.filter((pl.col("gov_direct") > 0) & pl.col("category").is_in(named))
        if not payer and rows.is_empty():
            continue
        name = agencies[payer].name if payer in agencies else payer or "出资部门待定"
        shown = _numbered(rows.with_columns(amount=pl.col("gov_direct"), account=pl.lit("")))
        title = f"{context.title}{name}代缴清单（截至 {context.as_of}）"
        columns = {key: column for key, column in _PERSONS.items() if key != "account"}
        sheets = [
            _sums(context, f"{name}代缴合计", shown, ("category", "place")),
            TableSheet("代缴清单", title, list(columns.values()), shown.select(*columns), freeze=5, footer=SIGNATURES),
        ]
        notice = "含不得下发的类别，限出资部门、医保、财政使用。" if any(one.confidential for one in categories) else ""
        yield ReportFile(
            sheets,
            name=f"代缴_{name}",
            unit=name,
            rows=shown.height,
            facts=[("拨入基金(元)", format_yuan(_fen(shown))), *([("注意", notice)] if notice else [])],
            receivers=name,
        )


def _rebates(context: Context, people: pl.DataFrame) -> Iterator[ReportFile]:
    hidden = [category.name for category in context.policy.subsidy.categories if category.confidential]
    rows = people.filter(pl.col("rebate_due") > 0).with_columns(
        amount=pl.col("rebate_due"),
        category=pl.when(pl.col("category").is_in(hidden)).then(pl.lit("政府资助")).otherwise("category"),
    )
    for (place,), own in rows.sort("place", maintain_order=True).partition_by("place", as_dict=True).items():
        shown = _numbered(own)
        title = f"{place}{context.policy.meta.policy_year}年度参保资助返还清单（截至 {context.as_of}）"
        sheet = TableSheet(
            "返还清单", title, list(_PERSONS.values()), shown.select(*_PERSONS), freeze=5, footer=SIGNATURES
        )
        yield ReportFile(
            [_sums(context, f"{place}返还合计", shown, ("category", "village")), sheet],
            name=f"返还_{place}",
            unit=str(place),
            rows=shown.height,
            facts=[("拨付乡镇(元)", format_yuan(_fen(shown))), ("没有账号(人)", str((shown["account"] == "").sum()))],
            receivers=f"财政、{place}",
        )


def _difference(context: Context, people: pl.DataFrame) -> Iterator[ReportFile]:
    """The provisional list expects everybody of a category; the final one pays those who have paid (HN-28)."""
    label = load_lists()["subsidy_kinds"][SubsidyKind.REBATE]
    premium = context.policy.premium_fen(None)
    amounts = {
        category.name: to_yuan(fen)
        for category in context.policy.subsidy.categories
        if category.kind is SubsidyKind.REBATE and (fen := category.amount_fen(premium)) is not None
    }
    if not amounts:
        return
    expected = people.filter((pl.col("kind") == label) & pl.col("category").is_in(list(amounts)))
    lost = expected.filter(pl.col("rebate_due") <= 0).with_columns(
        amount=pl.col("category").replace_strict(amounts, default=0.0, return_dtype=pl.Float64),
        account=pl.when(pl.col("self_paid") <= 0).then(pl.lit("未缴费")).otherwise(pl.lit("没有按期缴足")),
    )
    columns = _PERSONS | {
        "account": TableColumn("原因", width=23),
        "amount": TableColumn("暂定金额(元)", CellType.MONEY, 13),
    }
    shown = _numbered(lost)
    provisional = expected.with_columns(
        amount=pl.col("category").replace_strict(amounts, default=0.0, return_dtype=pl.Float64)
    )
    before, after = _fen(provisional), _fen(provisional) - _fen(lost)
    said = f"暂定 {expected.height} 人 {format_yuan(before)} 元，最终 {expected.height - lost.height} 人"
    notes = [f"{said} {format_yuan(after)} 元，差 {lost.height} 人 {format_yuan(_fen(lost))} 元。"]
    title = f"{context.title}资助名单：暂定与最终的差异（截至 {context.as_of}）"
    sheet = TableSheet(
        "差异", title, list(columns.values()), shown.select(*columns), notes=notes, freeze=5, footer=SIGNATURES
    )
    yield ReportFile(
        [sheet], name="暂定与最终差异", unit=context.policy.meta.county, rows=lost.height, receivers="医保、财政"
    )


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("place", "village", maintain_order=True).with_columns(
        number=pl.int_range(1, rows.height + 1, dtype=pl.Int64)
    )


def _fen(rows: pl.DataFrame) -> int:
    return int((rows["amount"] * 100).round(0).cast(pl.Int64).sum())


def _sums(context: Context, title: str, rows: pl.DataFrame, keys: Sequence[str]) -> TableSheet:
    parts = []
    for key in keys:
        own = rows.group_by(key, maintain_order=True).agg(people=pl.len(), fen=(pl.col("amount") * 100).round(0).sum())
        parts.append(own.sort(key).select(pl.col(key).alias("item"), "people", pl.col("fen") / 100))
    parts.append(
        pl.DataFrame([("合计", rows.height, _fen(rows) / 100)], schema=["item", "people", "fen"], orient="row")
    )
    frame = pl.concat([part.cast({"item": pl.String, "people": pl.Int64, "fen": pl.Float64}) for part in parts])
    return TableSheet(
        "合计", f"{context.title}{title}", _SUMS, frame, total_row=True, footer=SHORT_SIGNATURES, portrait=True
    )
