"""Payment lists: direct payments by payer, rebates by township, and what is held back (HN-28, C10).

Whoever is paid, and how much, is the settlement's ``payable``; whoever waits stands on the second sheet with what is
missing. payable + withheld = due in every file, for what is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.money_cells import say_remedies, say_withheld
from canbao_county.reports.model import ReportFile
from canbao_county.reports.payees import named_category
from canbao_county.reports.provisional import make_difference
from canbao_county.reports.sums import sum_up
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.policy.words import SubsidyKind
from canbao_rulebook.tables import TOTAL
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.top_ups import claims_of
from canbao_validators.settlement.withhold import JOINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canbao_county.reports.model import Context
    from canbao_county.reports.sums import Sum
    from canbao_rulebook.tables import TableSheet

NO_PAYER, NO_CATEGORY = "出资部门待定", "类别待定"
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
    payers |= dict(terms.top_ups.select("category", "payer").iter_rows())
    texts = ("township", "village", "category", "subsidy_kind", "payer", "row_category", "row_subsidy_kind")
    people = claims_of(context.merge.people).with_columns(pl.col(name).cast(pl.String) for name in texts)
    owed = people.filter((pl.col("due") > 0) | pl.col("due").is_null() | (pl.col("withheld_by") != ""))
    denied = pl.col("subsidy_kind") == kinds["none"]
    named = owed.with_columns(_claimed(terms)).with_columns(
        category=pl.when(denied).then("row_category").otherwise("category").fill_null(NO_CATEGORY),
        subsidy_kind=pl.when(denied).then("row_subsidy_kind").otherwise("subsidy_kind").fill_null(""),
        payer=pl.when(denied)
        .then(pl.col("row_category").replace_strict(payers, default="", return_dtype=pl.String))
        .otherwise("payer")
        .fill_null(""),
    )
    through = [kinds[SubsidyKind.REBATE], kinds["none"]]
    return named.with_columns(
        rebate=pl.col("subsidy_kind").is_in(through),
        payer=pl.when(pl.col("payer") == "").then(pl.lit(NO_PAYER)).otherwise("payer"),
    )


def _claimed(terms: Terms) -> pl.Expr:
    """The category that the row names; of who claims nothing but what comes on top, that."""
    if terms.top_ups.is_empty():
        return pl.col("row_category")
    names = dict(terms.top_ups.select("code", "category").iter_rows())
    claimed = pl.col("claims").list.first().cast(pl.String).replace_strict(names, default="", return_dtype=pl.String)
    nothing = pl.col("row_category").fill_null("") == ""
    return pl.when(nothing).then(claimed.fill_null("")).otherwise("row_category").alias("row_category")


def _direct(context: Context, owed: pl.DataFrame) -> Iterator[tuple[ReportFile, pl.DataFrame]]:
    categories = [one for one in context.policy.subsidy.categories if one.kind is SubsidyKind.DIRECT and one.payer]
    rows = owed.filter(~pl.col("rebate"))
    payers = [Terms(context.policy).payer_of(one) for one in categories]
    hidden = set(context.policy.subsidy.confidential_names)
    for payer in dict.fromkeys([*payers, *rows["payer"].unique(maintain_order=True)]):
        own = rows.filter(pl.col("payer") == payer)
        named = {one.name for one, name in zip(categories, payers, strict=True) if name == payer}
        secret = hidden & (named | set(own["category"]))
        notice = [("注意", "含不得下发的类别，限出资部门、医保、财政使用。")] if secret else []
        sheets = [
            _sums(context, f"{payer}代缴", own, ("category", "township")),
            _paid(context, "direct_payments", own, payer=payer),
            _waiting(context, payer, own),
        ]
        file = _file(f"代缴_{payer}", payer, sheets, own)
        yield replace(file, facts=[*file.facts, *notice]), own


def _rebates(context: Context, owed: pl.DataFrame) -> Iterator[tuple[ReportFile, pl.DataFrame]]:
    rows = owed.filter("rebate").with_columns(named_category(context.policy))
    # What comes on top is another's money: a list of its own for each who pays it.
    apart = rows.with_columns(on_top=pl.when("is_top_up").then("payer").otherwise(pl.lit("")))
    ordered = apart.sort("township", "on_top", maintain_order=True)
    for (place, payer), own in ordered.partition_by("township", "on_top", as_dict=True).items():
        sheets = [
            _sums(context, f"{place}{payer}返还", own, ("category", "village")),
            _paid(context, "rebates", own, place=f"{place}{payer}"),
            _waiting(context, f"{place}{payer}", own),
        ]
        file = _file("_".join(filter(None, ("返还", str(place), str(payer)))), f"{place}{payer}", sheets, own)
        yield replace(file, receivers=f"{payer or '财政'}、{place}"), own


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


def _paid(context: Context, table: str, rows: pl.DataFrame, **words: object) -> TableSheet:
    waiting = _held(rows).height
    notes = [f"另有 {waiting} 人没有列入，不拨付：原因和办法见“暂不拨付”。"] if waiting else []
    return context.table(table, _sorted(_payable(rows)), notes, **words)


def _waiting(context: Context, unit: str, rows: pl.DataFrame) -> TableSheet:
    held = pl.when(pl.col("withheld_by") != "").then("withheld_by")
    open_amount = pl.when(pl.col("due").is_null()).then(pl.lit(UNKNOWN_TEXT))
    codes = pl.concat_str(held, open_amount, separator=JOINT, ignore_nulls=True)
    shown = _sorted(_held(rows)).with_columns(why=say_withheld(codes), what=say_remedies(codes))
    notes = [f"补齐以后，下一次编制时列入拨付。{UNKNOWN_TEXT}的金额不在任何合计里。"]
    return context.table("not_paid_yet", shown, notes, unit=unit)


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("township", "village", maintain_order=True)


def _sums(context: Context, what: str, rows: pl.DataFrame, keys: Sequence[str]) -> TableSheet:
    """What is paid out now, by each of some keys, and in all."""
    paid = _payable(rows)
    sums = {"people": pl.len().cast(pl.Int64), "fen": pl.col("payable").sum()}
    own = [paid.group_by(item=key).agg(**sums).sort("item") for key in keys]
    table = pl.concat([*own, paid.select(item=pl.lit(TOTAL), **sums)])
    return context.table("payment_sums", table, what=what)


def _overview(context: Context, lists: Sequence[tuple[str, pl.DataFrame]]) -> ReportFile:
    parts = [rows.select(_MONEY) for _, rows in lists]
    total = pl.concat([context.merge.people.clear().select(_MONEY), *parts])
    named = [(name, rows) for (name, _), rows in zip(lists, parts, strict=True)]
    table = [_overview_row(name, rows) for name, rows in [*named, (TOTAL, total)]]
    twice = any(rows["is_top_up"].any() for _, rows in lists)
    notes = ["有叠加资助的人，两张清单里各算一次人数。"] if twice else []
    sheet = context.table("payment_overview", table, notes)
    return ReportFile(
        [sheet], name="拨付汇总", unit=context.policy.meta.county, rows=len(lists), facts=_facts(total),
        receivers="医保、财政",
    )  # fmt: skip


def _overview_row(name: str, rows: pl.DataFrame) -> dict[str, object]:
    paid, held = _payable(rows), _held(rows)
    return {
        "list": name,
        "payable_persons": paid.height,
        "payable": _known(paid, "payable").fen,
        "withheld_persons": held.height,
        "withheld": _known(held, "withheld").fen,
        "unknown_persons": rows["due"].null_count(),
        "due": _known(rows, "due").fen,
    }
