"""Four figures that agree (四相符): each payer has a receipt, money that arrived, and a record (HN-61)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.matter import AGREES, DIFFERS
from canbao_county.reconcile.model import Result
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from canbao_county.reconcile.books import Unit
    from canbao_county.reconcile.matter import Matter


def reconcile_four(matter: Matter) -> Result:
    """Return the four figures day by day and village by village, and the persons who lack one of them."""
    tax, mib = matter.entries.people("tax"), matter.entries.people("mib")
    tables, wrong, sums = [], [], dict.fromkeys(_SUMS, 0)
    online = entered = False
    for unit in matter.books:
        frame = _judge(unit, tax, mib)
        online = online or not frame["cash"].all()
        entered = entered or bool((frame["mib_serial"] != "").any())
        tables.append(_sum_up(frame))
        wrong.append(frame.filter(pl.col("reason") != "").select(*load_table("four_detail").columns))
        sums = {name: sums[name] + int(tables[-1][column].sum() or 0) for name, column in _SUMS.items()}
    missing = [*(["tax"] if online and tax is None else []), *(["mib"] if mib is None and not entered else [])]
    if missing or not tables:
        return Result(matter.id, "four", missing=tuple(missing))
    persons = pl.concat(wrong)
    sheets = [
        matter.table("four", pl.concat(tables)),
        matter.table("four_detail", persons.sort("unit", "day", "village", "row")),
    ]
    return Result(matter.id, "four", sheets, differences=persons.height, sums=sums)


_SUMS = {
    "persons": "persons",
    "receipts": "receipts",
    "arrived_persons": "arrived",
    "entered_persons": "entered",
    "paid": "fen",
    "arrived": "arrived_fen",
}


def _judge(unit: Unit, tax: pl.DataFrame | None, mib: pl.DataFrame | None) -> pl.DataFrame:
    payments = unit.payments.with_columns(unit=pl.lit(unit.name), cert=pl.col("cert").fill_null(""))
    batches = unit.ledger.batches["batch"].implode()
    online = pl.col("cert").is_in(tax["cert"].implode()) if tax is not None else pl.lit(value=False)
    listed = pl.col("cert").is_in(mib["cert"].implode()) if mib is not None else pl.lit(value=False)
    judged = payments.with_columns(
        ticket=pl.col("receipt") != "",
        arrival=pl.when("cash").then(pl.col("batch").is_in(batches)).otherwise(online),
        record=(pl.col("mib_serial") != "") | listed,
    )
    lacks = [pl.when(~pl.col(name)).then(pl.lit(word)) for name, word in _LACKS.items()]
    return judged.with_columns(reason=pl.concat_str(lacks, separator="、", ignore_nulls=True).fill_null(""))


_LACKS = {"ticket": "票", "arrival": "款", "record": "录入信息"}


def _sum_up(persons: pl.DataFrame) -> pl.DataFrame:
    wrong = pl.col("reason") != ""
    return (
        persons.group_by("day", "unit", "village")
        .agg(
            persons=pl.len(),
            receipts=pl.col("ticket").sum(),
            arrived=pl.col("arrival").sum(),
            entered=pl.col("record").sum(),
            fen=pl.col("fen").sum(),
            arrived_fen=pl.col("fen").filter(pl.col("arrival")).sum(),
            open_fen=pl.col("fen").filter(~pl.col("arrival")).sum(),
            wrong=wrong.sum(),
        )
        .with_columns(verdict=pl.when(pl.col("wrong") == 0).then(pl.lit(AGREES)).otherwise(pl.lit(DIFFERS)))
        .sort("unit", "day", "village", nulls_last=True)
    )
