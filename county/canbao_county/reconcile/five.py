"""Five figures (五个相符): money, persons, names, roster, receipts, by day and agent (HN-60, HN-61, HN-63)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.reconcile.days import KEYS, agent_days
from canbao_county.reconcile.matter import AGREES, BLANK_AGENT, signed, who
from canbao_county.reconcile.model import Result
from canbao_rulebook.money import format_yuan
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import schema_of
from canbao_validators.money.matching import compare_batches

if TYPE_CHECKING:
    from canbao_county.reconcile.books import Unit
    from canbao_county.reconcile.matter import Matter
    from canbao_validators.money.ledger import Ledger


def reconcile_five(matter: Matter) -> Result:
    """Return the day's accounts of every agent, and every difference by person and by batch."""
    days, details, blind, handling = [], [], 0, 0
    for unit in matter.books:
        if unit.ledger.payments.is_empty() and unit.ledger.deposits.is_empty():
            continue
        detail = _details(unit)
        days.append(_days(unit, detail))
        details.append(detail)
        handling += int(not unit.ledger.cash.is_empty())
        blind += int(unit.ledger.deposits.is_empty() and not unit.ledger.cash.is_empty())
    table = pl.concat(days, how="diagonal") if days else pl.DataFrame(schema=_schema("five"))
    detail = pl.concat(details) if details else pl.DataFrame(schema=_schema("five_detail"))
    if handling and blind == handling:
        return Result(matter.id, "five", missing=("deposit",))
    sums = {
        name: int(table[name].sum() or 0) for name in ("persons", "names", "due", "paid", "receipt_fen", "deposited")
    }
    return Result(
        matter.id,
        "five",
        [
            matter.table("five", table),
            matter.table("five_detail", detail),
        ],
        differences=detail.height,
        sums={
            "persons": sums["persons"],
            "names_persons": sums["names"],
            "due": sums["due"],
            "paid": sums["paid"],
            "receipts": int(table["receipts"].sum() or 0),
            "receipt_amount": sums["receipt_fen"],
            "deposited": sums["deposited"],
        },
    )


def _labelled(payments: pl.DataFrame) -> pl.DataFrame:
    """Return payments with ``agent`` as the accounts name it: the agent of cash, else the way of payment."""
    named = who(payments)
    return named.with_columns(
        village=pl.when("cash").then("village").otherwise(pl.lit("")),
        agent=pl.when("cash").then("agent").otherwise(pl.lit("（") + pl.col("channel") + pl.lit("）")),
        person=pl.when(pl.col("cert").fill_null("") != "").then("cert").otherwise("name"),
    )


def _days(unit: Unit, detail: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts of one unit; ``verdict`` says what differs on a line, in as many words as there are."""
    payments = _labelled(unit.payments)
    receipt = pl.col("receipt") != ""
    first = receipt & pl.struct("receipt_kind", "receipt").is_first_distinct()
    entered = pl.col("mib_serial") != ""
    lines = (
        payments.with_columns(first=first)
        .group_by(*KEYS)
        .agg(
            persons=pl.len(),
            names=pl.col("person").n_unique(),
            due=pl.col("row_premium").sum(),
            paid=pl.col("fen").sum(),
            receipts=pl.col("first").sum(),
            receipt_fen=pl.col("fen").filter(pl.col("first")).sum(),
            entered=entered.sum(),
            entered_fen=pl.col("fen").filter(entered).sum(),
        )
    )
    cash = agent_days(unit.ledger).drop("collected")
    both = lines.join(cash, on=KEYS, how="full", coalesce=True, nulls_equal=True)
    counts = ("persons", "names", "due", "paid", "receipts", "receipt_fen", "entered", "entered_fen")
    said = detail.group_by(*KEYS, maintain_order=True).agg(
        verdict=pl.col("reason").unique(maintain_order=True).str.join("；")
    )
    joined = both.with_columns(pl.col(counts).fill_null(0)).join(said, on=KEYS, how="left", nulls_equal=True)
    return (
        joined.with_columns(unit=pl.lit(unit.name), verdict=pl.col("verdict").fill_null(AGREES))
        .sort("day", "village", "agent", nulls_last=True)
        .select(pl.col(name).cast(kind) for name, kind in _schema("five").items())
    )


def _details(unit: Unit) -> pl.DataFrame:
    """Return everything in which one of the five differs: persons, receipts, batches, days."""
    payments = _labelled(unit.payments)
    kinds = [
        (
            payments.filter(pl.col("fen") != pl.col("row_premium")),
            "实收与标准不同",
            pl.col("fen") - pl.col("row_premium"),
        ),
        (payments.filter(~pl.col("person").is_first_distinct()), "姓名重复（同一人缴了几次）", pl.col("fen")),
        (payments.filter(pl.col("receipt") == ""), "没有凭证", pl.col("fen")),
        (_receipt_again(payments), "凭证号码重复", pl.col("fen")),
        (payments.filter(pl.col("day").is_null()), "没有缴费日期", pl.col("fen")),
    ]
    persons = [
        frame.select(
            *KEYS,
            "name",
            "cert",
            "receipt",
            unit=pl.lit(unit.name),
            fen=fen,
            reason=pl.lit(reason),
            row_name=pl.col("row"),
        )
        for frame, reason, fen in kinds
    ]
    frames = [*persons, _batches(unit.ledger, unit.name), _gaps(unit.ledger, unit.name)]
    schema = _schema("five_detail")
    return pl.concat([frame.select(pl.col(name).cast(kind) for name, kind in schema.items()) for frame in frames])


def _schema(table: str) -> dict[str, type[pl.DataType]]:
    return schema_of(load_table(table).columns)


def _receipt_again(payments: pl.DataFrame) -> pl.DataFrame:
    given = payments.filter(pl.col("receipt") != "")
    return given.filter(~pl.struct("receipt_kind", "receipt").is_first_distinct())


def _batches(ledger: Ledger, unit: str) -> pl.DataFrame:
    """Return the batches whose persons and money differ, on the line of their deposit or of their first person."""
    table = compare_batches(ledger).with_columns(pl.col("fen").fill_null(0))
    first_days = ledger.cash.group_by("batch").agg(first_day_paid=pl.col("day").min())
    wrong = table.filter(pl.col("fen") != pl.col("sum")).join(first_days, on="batch", how="left")
    agent = pl.coalesce("agent", "first_agent")
    text = [
        "存款登记里没有这一批"
        if row["slips"] is None
        else f"批次存款{format_yuan(row['fen'])}，各人{format_yuan(row['sum'])}"
        for row in wrong.iter_rows(named=True)
    ]
    return wrong.select(
        day=pl.coalesce("day", "first_day_paid"),
        village=pl.coalesce("village", "first_village"),
        agent=pl.when(agent == "").then(pl.lit(BLANK_AGENT)).otherwise(agent),
        unit=pl.lit(unit),
        name="batch",
        cert=pl.lit(""),
        receipt=pl.lit(""),
        fen=pl.col("fen") - pl.col("sum"),
        reason=pl.Series(text, dtype=pl.String),
        row_name=pl.coalesce("row", "first_row"),
    )


def _gaps(ledger: Ledger, unit: str) -> pl.DataFrame:
    """Return the evenings on which money was missing in the bank, or was there before it was collected."""
    wrong = agent_days(ledger).filter(pl.col("gap") != 0)
    return wrong.select(
        *KEYS,
        unit=pl.lit(unit),
        name=pl.lit(""),
        cert=pl.lit(""),
        receipt=pl.lit(""),
        fen="gap",
        reason=pl.Series([f"当日应存未存{signed(gap)}" for gap in wrong["gap"].to_list()], dtype=pl.String),
        row_name=pl.lit(None, dtype=pl.Int64),
    )
