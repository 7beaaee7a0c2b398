"""Whom which money is for: direct payments by payer, rebates by township, and what waits for something (HN-28, C10).

Whoever is paid, and how much, is the settlement's ``payable``; whoever waits stands on the second sheet with what is
missing. payable + withheld = due in every file, for what is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.money_cells import say_remedies, say_withheld, to_yuan_cell
from canbao_county.reports.model import SHORT_SIGNATURES, SIGNATURES, ReportFile
from canbao_county.reports.payees import PERSON_COLUMNS, named_category
from canbao_county.reports.provisional import make_difference
from canbao_county.reports.sums import sum_up
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.policy.words import SubsidyKind
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.withhold import JOINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canbao_county.reports.model import Context
    from canbao_county.reports.sums import Sum

NO_PAYER, NO_CATEGORY = "出资部门待定", "类别待定"
_PAID = {
    **PERSON_COLUMNS,
    "payable": TableColumn("金额(元)", CellType.MONEY, 11),
    "account": TableColumn("收款账号", width=23),
}
_DIRECT = {name: column for name, column in _PAID.items() if name != "account"}
_WAITING = {
    **PERSON_COLUMNS,
    "due": TableColumn("应资助(元)", CellType.OWED, 11),
    "why": TableColumn("暂不拨付的原因", CellType.WRAPPED, 24),
    "what": TableColumn("怎么办", CellType.WRAPPED, 44),
}
_SUMS = (
    TableColumn("项目", width=44),
    TableColumn("人数", CellType.COUNT, 18),
    TableColumn("金额(元)", CellType.MONEY, 24),
)
_OVERVIEW = (
    TableColumn("清单", width=30),
    TableColumn("可拨付(人)", CellType.COUNT, 12),
    TableColumn("可拨付(元)", CellType.MONEY, 15),
    TableColumn("暂不拨付(人)", CellType.COUNT, 13),
    TableColumn("暂不拨付(元)", CellType.MONEY, 15),
    TableColumn("其中待定(人)", CellType.COUNT, 13),
    TableColumn("应资助(元)", CellType.MONEY, 15),
)

_MONEY = ("payable", "withheld", "withheld_by", "due")


def make_fund_lists(context: Context) -> Iterator[ReportFile]:
    """Yield a workbook for each payer, one for each township's rebates, their overview, and the difference.

    A payer's list names its own categories, confidential ones too, and stays with it; a township's names none of these.
    """
    owed = _owed(context)
    files = [*_direct(context, owed), *_rebates(context, owed)]
    yield from (file for file, _ in files)
    yield _overview(context, [(file.name, rows) for file, rows in files])
    yield from make_difference(context)


def _owed(context: Context) -> pl.DataFrame:
    """Return everybody for whom money is due, may be, or was claimed in vain; ``rebate``: through the townships.

    A claim that its owner denies is due nothing: it stands with the category that the row names.
    """
    terms = Terms(context.policy)
    kinds, payers = terms.kinds, dict(terms.categories.select("category", "payer").iter_rows())
    texts = ("place", "village", "category", "kind", "payer", "row_category", "row_kind")
    people = context.merge.people.with_columns(pl.col(name).cast(pl.String) for name in texts)
    owed = people.filter((pl.col("due") > 0) | pl.col("due").is_null() | (pl.col("withheld_by") != ""))
    denied = pl.col("kind") == kinds["none"]
    named = owed.with_columns(
        category=pl.when(denied).then("row_category").otherwise("category").fill_null(NO_CATEGORY),
        kind=pl.when(denied).then("row_kind").otherwise("kind").fill_null(""),
        payer=pl.when(denied)
        .then(pl.col("row_category").replace_strict(payers, default="", return_dtype=pl.String))
        .otherwise("payer")
        .fill_null(""),
    )
    through = [kinds[SubsidyKind.REBATE], kinds["none"]]
    return named.with_columns(
        rebate=pl.col("kind").is_in(through),
        payer=pl.when(pl.col("payer") == "").then(pl.lit(NO_PAYER)).otherwise("payer"),
    )


def _direct(context: Context, owed: pl.DataFrame) -> Iterator[tuple[ReportFile, pl.DataFrame]]:
    agencies = context.policy.org.agencies
    categories = [one for one in context.policy.subsidy.categories if one.kind is SubsidyKind.DIRECT and one.payer]
    rows = owed.filter(~pl.col("rebate"))
    payers = [agencies[str(one.payer)].name if one.payer in agencies else str(one.payer) for one in categories]
    hidden = set(context.policy.subsidy.confidential_names)
    for payer in dict.fromkeys([*payers, *rows["payer"].unique(maintain_order=True)]):
        own = rows.filter(pl.col("payer") == payer)
        named = {one.name for one, name in zip(categories, payers, strict=True) if name == payer}
        secret = hidden & (named | set(own["category"]))
        notice = [("注意", "含不得下发的类别，限出资部门、医保、财政使用。")] if secret else []
        title = f"{context.title}{payer}代缴清单（截至 {context.as_of}）"
        sheets = [
            _sums(context, f"{payer}代缴合计", own, ("category", "place")),
            _paid("代缴清单", title, own, _DIRECT),
            _waiting(context, payer, own),
        ]
        file = _file(f"代缴_{payer}", payer, sheets, own)
        yield replace(file, facts=[*file.facts, *notice]), own


def _rebates(context: Context, owed: pl.DataFrame) -> Iterator[tuple[ReportFile, pl.DataFrame]]:
    rows = owed.filter("rebate").with_columns(named_category(context.policy))
    for (place,), own in rows.sort("place", maintain_order=True).partition_by("place", as_dict=True).items():
        title = f"{place}{context.policy.meta.policy_year}年度参保资助返还清单（截至 {context.as_of}）"
        sheets = [
            _sums(context, f"{place}返还合计", own, ("category", "village")),
            _paid("返还清单", title, own, _PAID),
            _waiting(context, str(place), own),
        ]
        file = _file(f"返还_{place}", str(place), sheets, own)
        yield replace(file, receivers=f"财政、{place}"), own


def _file(name: str, unit: str, sheets: Sequence[TableSheet], rows: pl.DataFrame) -> ReportFile:
    return ReportFile(sheets, name=name, unit=unit, rows=_payable(rows).height, facts=_facts(rows), receivers=unit)


def _payable(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("payable") > 0)


def _held(rows: pl.DataFrame) -> pl.DataFrame:
    """Return whoever is not paid yet: held back by something, or of an amount that nobody has stated."""
    return rows.filter((pl.col("withheld_by") != "") | pl.col("due").is_null())


def _facts(rows: pl.DataFrame) -> list[tuple[str, str]]:
    paid, held = _payable(rows), _held(rows)
    unknown = rows["due"].null_count()
    return [
        ("应资助合计(元)", str(sum_up(rows, "due"))),
        ("可拨付(元)", f"{_known(paid, 'payable')}，{paid.height} 人"),
        ("暂不拨付(元)", f"{_known(held, 'withheld')}，{held.height} 人，见“暂不拨付”"),
        ("其中金额待定(人)", str(unknown)),
    ]


def _known(rows: pl.DataFrame, name: str) -> Sum:
    """Return the sum of what is known of a column."""
    return sum_up(rows.filter(pl.col(name).is_not_null()), name)


def _paid(name: str, title: str, rows: pl.DataFrame, columns: dict[str, TableColumn]) -> TableSheet:
    own = _payable(rows)
    shown = _numbered(own).with_columns(to_yuan_cell("payable")).select(*columns)
    waiting = _held(rows).height
    notes = [f"另有 {waiting} 人没有列入，不拨付：原因和办法见“暂不拨付”。"] if waiting else []
    return TableSheet(name, title, list(columns.values()), shown, notes=notes, freeze=5, footer=SIGNATURES)


def _waiting(context: Context, unit: str, rows: pl.DataFrame) -> TableSheet:
    own = _held(rows)
    held = pl.when(pl.col("withheld_by") != "").then("withheld_by")
    open_amount = pl.when(pl.col("due").is_null()).then(pl.lit(UNKNOWN_TEXT))
    codes = pl.concat_str(held, open_amount, separator=JOINT, ignore_nulls=True)
    shown = _numbered(own).with_columns(to_yuan_cell("due"), why=say_withheld(codes), what=say_remedies(codes))
    title = f"{unit}{context.policy.meta.policy_year}年度参保资助：暂不拨付（截至 {context.as_of}）"
    notes = [f"补齐以后，下一次编制时列入拨付。{UNKNOWN_TEXT}的金额不在任何合计里。"]
    columns = list(_WAITING.values())
    return TableSheet("暂不拨付", title, columns, shown.select(*_WAITING), notes=notes, freeze=5, footer=SIGNATURES)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("place", "village", maintain_order=True).with_columns(
        number=pl.int_range(1, rows.height + 1, dtype=pl.Int64)
    )


def _sums(context: Context, title: str, rows: pl.DataFrame, keys: Sequence[str]) -> TableSheet:
    """What is paid out now, by each of some keys, and in all."""
    paid = _payable(rows)
    own = [
        paid.group_by(item=key).agg(people=pl.len().cast(pl.Int64), fen=pl.col("payable").sum()).sort("item")
        for key in keys
    ]
    table = pl.concat([*own, paid.select(pl.lit("合计").alias("item"), pl.len().cast(pl.Int64).alias("people"),
                                         pl.col("payable").sum().alias("fen"))])  # fmt: skip
    frame = table.with_columns(to_yuan_cell("fen"))
    return TableSheet(
        "合计", f"{context.title}{title}", _SUMS, frame, total_row=True, footer=SHORT_SIGNATURES, portrait=True
    )


def _overview(context: Context, lists: Sequence[tuple[str, pl.DataFrame]]) -> ReportFile:
    parts = [rows.select(_MONEY) for _, rows in lists]
    total = pl.concat([context.merge.people.clear().select(_MONEY), *parts])
    named = [(name, rows) for (name, _), rows in zip(lists, parts, strict=True)]
    table = [_overview_row(name, rows) for name, rows in [*named, ("合计", total)]]
    notes = [
        "应资助＝可拨付＋暂不拨付；金额待定的人不在这三项里，人数列在“其中待定”。",
        "各清单的“暂不拨付”写明缺什么、怎么办。",
    ]
    title = f"{context.title}资助资金拨付汇总（截至 {context.as_of}）"
    sheet = TableSheet(
        "汇总",
        title,
        _OVERVIEW,
        table_frame(table, _OVERVIEW),
        notes=notes,
        freeze=1,
        total_row=True,
        footer=SIGNATURES,
    )
    return ReportFile(
        [sheet], name="拨付汇总", unit=context.policy.meta.county, rows=len(lists), facts=_facts(total),
        receivers="医保、财政",
    )  # fmt: skip


def _overview_row(name: str, rows: pl.DataFrame) -> list[object]:
    paid, held = _payable(rows), _held(rows)
    return [
        name,
        paid.height,
        _known(paid, "payable").yuan,
        held.height,
        _known(held, "withheld").yuan,
        rows["due"].null_count(),
        _known(rows, "due").yuan,
    ]
