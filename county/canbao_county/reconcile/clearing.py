"""Clearing by village: what was deposited was posted or goes back, each yuan with its reason (SC-53, SC-54)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.reconcile.model import Result
from canbao_county.reconcile.outcomes import (
    DUPLICATE,
    INFO,
    NO_RECORD,
    POSTED,
    UNRESOLVED,
    Postings,
    spare_money,
)
from canbao_rulebook.findings import Place
from canbao_rulebook.money import format_yuan
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_county.reconcile.books import Unit
    from canbao_county.reconcile.matter import Matter
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.tables import TableSheet


def reconcile_clearing(matter: Matter) -> Result:
    """Return the four sheets of the clearing, and every village whose deposits are not wholly accounted for."""
    frame = matter.entries.people("posting")
    units = [unit for unit in matter.books if unit.ledger.agent is not None]
    missing = [
        *(["posting"] if frame is None else []),
        *(["deposit"] if not any(unit.ledger.deposits.height for unit in units) else []),
    ]
    if frame is None or missing:
        return Result(matter.id, "clearing", missing=tuple(missing))
    postings = Postings(frame, matter.words["reasons"])
    villages, success, failed, refunds, findings = [], [], [], [], []
    for unit in units:
        payments, spare = postings.outcomes(unit), spare_money(unit)
        own = _villages(unit, payments, spare)
        villages.append(own)
        success.append(payments.filter(pl.col("outcome") == POSTED).select(*load_table("cleared").columns))
        failed.append(_failed(matter, payments))
        refunds.append(_refunds(matter, payments, spare))
        findings += _findings(matter, own, unit)
    table = pl.concat(villages)
    return Result(
        matter.id,
        "clearing",
        _tables(matter, table, success, failed, refunds),
        differences=table.filter(pl.col("verdict") != _LEVEL).height,
        sums=_sums(table),
        findings=findings,
    )


_LEVEL, _NOT_LEVEL = "平", "不平"


def _tables(
    matter: Matter,
    villages: pl.DataFrame,
    success: list[pl.DataFrame],
    failed: list[pl.DataFrame],
    refunds: list[pl.DataFrame],
) -> list[TableSheet]:
    return [
        matter.table("clearing", villages),
        matter.table("cleared", pl.concat(success)),
        matter.table("not_cleared", pl.concat(failed)),
        matter.table("given_back", pl.concat(refunds)),
    ]


def _villages(unit: Unit, payments: pl.DataFrame, spare: pl.DataFrame) -> pl.DataFrame:
    """Return a unit's villages. What was posted beyond a payment, or less than it, stands apart and nets nothing."""
    keys = ["unit", "village"]
    posted = pl.col("outcome") == POSTED
    fen, done = pl.col("fen"), pl.coalesce("posted_fen", "fen")
    less = pl.when(posted).then((fen - done).clip(lower_bound=0)).otherwise(0)
    more = pl.when(posted).then((done - fen).clip(lower_bound=0)).otherwise(0)
    open_ = pl.col("outcome") == UNRESOLVED
    persons = payments.group_by(keys).agg(
        persons=pl.len().cast(pl.Int64),
        claimed=fen.sum(),
        posted=done.filter(posted).sum(),
        **{f"{name}_n": (pl.col("outcome") == name).sum().cast(pl.Int64) for name in (POSTED, INFO, DUPLICATE)},
        **{name: fen.filter(pl.col("outcome") == name).sum() for name in (INFO, DUPLICATE)},
        unresolved=fen.filter(open_).sum() + less.sum(),
        excess=more.sum(),
    )
    owner = pl.when(pl.col("batch") == "").then("village").otherwise(pl.col("village").first().over("batch"))
    deposits = unit.ledger.deposits.group_by(village=owner).agg(deposited=pl.col("fen").sum())
    deposits = deposits.with_columns(unit=pl.lit(unit.name)).select(*keys, "deposited")
    loose = spare.group_by(keys).agg(no_record=pl.col("over").sum(), short=pl.col("short").sum())
    table = persons
    for part in (deposits, loose):
        table = table.join(part, on=keys, how="full", coalesce=True)
    numbers = [name for name, kind in table.schema.items() if kind.is_integer()]
    table = table.with_columns(pl.col(numbers).fill_null(0)).with_columns(
        returned=pl.col(INFO) + pl.col(DUPLICATE) + pl.col(NO_RECORD), short=pl.col("short") + pl.col("excess")
    )
    level = (pl.col("unresolved") == 0) & (pl.col("short") == 0)
    verdict = pl.when(level).then(pl.lit(_LEVEL)).otherwise(pl.lit(_NOT_LEVEL))
    return table.with_columns(verdict=verdict).select(*load_table("clearing").columns).sort("village")


def _failed(matter: Matter, payments: pl.DataFrame) -> pl.DataFrame:
    names = matter.words["classes"]
    wrong = payments.filter(pl.col("outcome") != POSTED)
    return wrong.with_columns(
        refund_class=pl.col("outcome").replace_strict(names, return_dtype=pl.String),
        reason=pl.col("reason").fill_null(""),
    ).select(*load_table("not_cleared").columns)


def _refunds(matter: Matter, payments: pl.DataFrame, spare: pl.DataFrame) -> pl.DataFrame:
    """Return what the agents get back, person by person, and money without payers batch by batch."""
    persons = payments.filter(pl.col("outcome").is_in([INFO, DUPLICATE]))
    nobody = spare.filter(pl.col("over") > 0).with_columns(
        fen=pl.col("over"), outcome=pl.lit(NO_RECORD), name=pl.lit(""), cert=pl.lit("")
    )
    kept = ["unit", "village", "agent", "fen", "name", "cert", "batch"]
    both = pl.concat([persons.select(*kept, "outcome"), nobody.select(*kept, "outcome")])
    classes, uses = matter.words["classes"], matter.words["uses"]
    told = both.with_columns(
        refund_class=pl.col("outcome").replace_strict(classes, return_dtype=pl.String),
        use=pl.col("outcome").replace_strict(uses, return_dtype=pl.String),
    )
    return told.sort("village", "agent", "refund_class", maintain_order=True)


def _sums(table: pl.DataFrame) -> dict[str, int]:
    money = ("deposited", "claimed", "posted", "info", "duplicate", "no_record", "returned", "unresolved", "short")
    counts = {
        "persons": "persons",
        "posted_persons": "posted_n",
        "info_persons": "info_n",
        "duplicate_persons": "duplicate_n",
    }
    sums = {name: int(table[column].sum() or 0) for name, column in counts.items()}
    return sums | {name: int(table[name].sum() or 0) for name in money}


def _findings(matter: Matter, villages: pl.DataFrame, unit: Unit) -> list[Finding]:
    place = Place(file=unit.file)
    return [_finding(matter, row, place) for row in villages.filter(pl.col("verdict") != _LEVEL).iter_rows(named=True)]


def _finding(matter: Matter, row: Mapping[str, Any], place: Place) -> Finding:
    return matter.say(
        "V31.clearing",
        place,
        value=format_yuan(row["deposited"]),
        unit=f"{row['unit']} {row['village']}",
        found=format_yuan(row["posted"]),
        amount=format_yuan(row["returned"]),
        gap=format_yuan(row["unresolved"] + row["short"]),
    )
