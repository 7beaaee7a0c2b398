"""Money of persons who should not have paid here: what the county has to decide about (R20; SC-23, PT-55, C24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.model import DATE, MONEY, Col, Result, make_table
from canbao_rulebook.names import load_lists

if TYPE_CHECKING:
    from canbao_county.reconcile.matter import Matter

_COLUMNS = {
    "type": Col("去向", width=12),
    "reason": Col("原因", width=26),
    "unit": Col("乡镇(街道)", width=12),
    "village": Col("村(社区)", width=12),
    "name": Col("姓名", width=11),
    "key": Col("证件号码", width=21),
    "fen": Col("金额", MONEY, 12),
    "day": Col("缴费日期", DATE, 12),
    "file": Col("来源文件", width=18),
    "sheet": Col("花名册", width=18),
    "row": Col("行", width=7),
    "bureau": Col("医保审核", width=11),
    "office": Col("税务审核", width=11),
}


def list_refunds(matter: Matter) -> Result:
    """Return every payment that is to be settled, as the settlement gives it."""
    people = matter.books.people.filter(pl.col("returnable") > 0)
    if matter.books.as_of is not None:
        people = people.filter(pl.col("day").is_null() | (pl.col("day") <= matter.books.as_of))
    words = load_lists()
    found = people.with_columns(
        reason=pl.col("reason").replace_strict(words["money_reasons"], default="", return_dtype=pl.String),
        type=pl.col("way").replace_strict(words["money_ways"], default="", return_dtype=pl.String),
    )
    table = found.with_columns(
        fen=pl.col("returnable"), bureau=pl.lit(""), office=pl.lit(""), unit=pl.col("place")
    ).sort("unit", "village", "file", "row")
    sheet = make_table("退费清单", matter.title, _COLUMNS, table, total=True, notes=(_note(matter),))
    sums = {"persons": table.height, "amount": int(table["fen"].sum() or 0)}
    return Result("REFUNDS", "refunds", [sheet], differences=table.height, sums=sums)


def _note(matter: Matter) -> str:
    refunds = matter.policy.refunds
    about = matter.policy.article(refunds.ref) if refunds else ""
    rule = f"退费条件见{about}。" if about else "退费条件通知没有规定，由县里逐人核定。"
    return f"{rule}核定以前，这些钱仍在基金里，参保人数和资金的差额如实列出。"
