"""Posting: one serial of the bureau for one payment, one result for each (SC-52); agents' commission (SC-61)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.reconcile.matter import AGREES, DIFFERS, person_place
from canbao_county.reconcile.model import Result
from canbao_county.reconcile.outcomes import POSTED, UNRESOLVED, Postings
from canbao_rulebook.money import format_yuan, to_fen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_county.reconcile.books import Unit
    from canbao_county.reconcile.matter import Matter
    from canbao_rulebook.findings import Finding, Place
    from canbao_rulebook.policy.funds import Commission

_KINDS = {
    "没有入库结果": "V33.no_result",
    "入库金额不同": "V33.posted_amount",
    "入库没有流水号": "V33.no_serial",
    "流水号用了两次": "V33.serial_twice",
    "花名册里没有这笔缴费": "V33.posted_stranger",
}
_STRANGER = "（花名册里没有）"


def reconcile_posting(matter: Matter) -> Result:
    """Return payments and postings, one for one."""
    frame = matter.entries.people("posting")
    if frame is None:
        return Result(matter.id, "posting", missing=("posting",))
    postings = Postings(frame, matter.words["reasons"])
    firsts = _first_serials(postings)
    seen: list[pl.DataFrame] = []
    parts = []
    for unit in matter.books:
        judged = _judge(postings.outcomes(unit), firsts, unit)
        parts.append(judged)
        seen.append(judged.select("posted_line").drop_nulls())
    strangers = _strangers(
        postings, pl.concat(seen) if seen else pl.DataFrame(schema={"posted_line": pl.UInt32}), firsts
    )
    table = _sum_up([*parts, strangers])
    wrong = pl.concat([part.filter(pl.col("reason") != "") for part in [*parts, strangers]])
    findings = [_finding(matter, row, postings) for row in wrong.iter_rows(named=True)]
    sheets = [
        matter.table("posting", table),
        matter.table("posting_detail", wrong),
    ]
    sums = {
        "paid_persons": int(table["persons"].sum() or 0),
        "paid": int(table["fen"].sum() or 0),
        "posted_persons": int(table["posted_n"].sum() or 0),
        "posted": int(table["posted"].sum() or 0),
    }
    return Result(matter.id, "posting", sheets, differences=wrong.height, sums=sums, findings=findings)


def _first_serials(postings: Postings) -> pl.DataFrame:
    """Return, for every serial that stands for two postings, the line and the name of the first."""
    done = postings.frame.join(postings.successes.select(line="posted_line"), on="line", how="semi")
    used = done.filter(pl.col("mib_serial") != "")
    firsts = used.group_by("mib_serial", maintain_order=True).agg(
        first_line=pl.col("line").first(), first_name=pl.col("name").first(), uses=pl.len()
    )
    return firsts.filter(pl.col("uses") > 1).rename({"mib_serial": "posted_serial"})


_SHAPE = (
    "unit",
    "village",
    "name",
    "cert",
    "fen",
    "posted_fen",
    "mib_serial",
    "posted_line",
    "first_name",
    "outcome",
    "reason",
)
_AT = ("file", "sheet", "letter", "row")


def _judge(payments: pl.DataFrame, firsts: pl.DataFrame, unit: Unit) -> pl.DataFrame:
    done = pl.col("outcome") == POSTED
    rosters = unit.ledger.rosters
    sheets = {code: roster.sheet for code, roster in rosters.items()}
    joined = payments.join(firsts, on="posted_serial", how="left", maintain_order="left")
    reason = (
        pl.when(pl.col("outcome") == UNRESOLVED)
        .then(pl.lit("没有入库结果"))
        .when(done & (pl.col("posted_fen") != pl.col("fen")))
        .then(pl.lit("入库金额不同"))
        .when(done & (pl.col("posted_serial") == ""))
        .then(pl.lit("入库没有流水号"))
        .when(done & (pl.col("posted_line") != pl.col("first_line")))
        .then(pl.lit("流水号用了两次"))
        .otherwise(pl.lit(""))
    )
    return joined.with_columns(
        reason=reason,
        mib_serial=pl.coalesce("posted_serial", "mib_serial"),
        village=pl.col("home"),
        sheet=pl.col("roster").replace_strict(sheets, default="", return_dtype=pl.String),
        file=pl.lit(unit.file),
    ).select(*_SHAPE, *_AT)


def _strangers(postings: Postings, seen: pl.DataFrame, firsts: pl.DataFrame) -> pl.DataFrame:
    """Return the successes that no payment of the rosters explains."""
    left = postings.successes.join(seen, on="posted_line", how="anti", maintain_order="left")
    named = postings.frame.select("name", "township", "village", posted_line="line")
    joined = left.join(named, on="posted_line", how="left", maintain_order="left")
    joined = joined.join(firsts, on="posted_serial", how="left", maintain_order="left")
    unit = pl.when(pl.col("township") != "").then("township").otherwise(pl.lit(_STRANGER))
    return joined.with_columns(
        unit=unit,
        fen=pl.lit(0, pl.Int64),
        mib_serial="posted_serial",
        outcome=pl.lit(POSTED),
        reason=pl.lit("花名册里没有这笔缴费"),
        **{name: pl.lit("") for name in ("file", "sheet", "letter")},
        row=pl.lit(None, pl.Int64),
    ).select(*_SHAPE, *_AT)


def _sum_up(parts: list[pl.DataFrame]) -> pl.DataFrame:
    posted = pl.col("outcome") == POSTED
    frames = [
        part.group_by("unit").agg(
            persons=(pl.col("fen") > 0).sum().cast(pl.Int64),
            fen=pl.col("fen").sum(),
            serials=pl.col("mib_serial").filter(posted & (pl.col("mib_serial") != "")).n_unique().cast(pl.Int64),
            posted_n=posted.sum().cast(pl.Int64),
            posted=pl.coalesce("posted_fen", "fen").filter(posted).sum(),
            wrong=(pl.col("reason") != "").sum().cast(pl.Int64),
        )
        for part in parts
    ]
    verdict = pl.when(pl.col("wrong") == 0).then(pl.lit(AGREES)).otherwise(pl.lit(DIFFERS))
    return pl.concat(frames).group_by("unit", maintain_order=True).sum().with_columns(verdict=verdict).sort("unit")


def _finding(matter: Matter, row: Mapping[str, Any], postings: Postings) -> Finding:
    key = _KINDS[row["reason"]]
    place = person_place(row) if row["row"] else _list_place(matter, row, postings)
    told = {
        "name": row["name"],
        "amount": format_yuan(row["fen"]),
        "expected": format_yuan(row["fen"]),
        "found": format_yuan(row["posted_fen"] or 0),
        "other_name": row["first_name"] or "",
    }
    return matter.say(key, place, value=row["mib_serial"] if key == "V33.serial_twice" else row["cert"], **told)


def _list_place(matter: Matter, row: Mapping[str, Any], postings: Postings) -> Place:
    entry = postings.frame.filter(pl.col("line") == row["posted_line"]).row(0, named=True)
    return matter.list_place(entry)


def commission_fen(persons: int, commission: Commission) -> int:
    """Return what an agent gets for persons that were posted; where the notice says at least, this is the least."""
    return persons * to_fen(commission.amount)


def make_commission(matter: Matter) -> Result:
    """Return what every agent earned: only persons who are posted count, whoever deposited the money."""
    agent = matter.policy.collection.agent
    frame = matter.entries.people("posting")
    assert agent is not None
    assert agent.commission_per_success is not None
    if frame is None:
        return Result("COMMISSION", "commission", missing=("posting",))
    commission = agent.commission_per_success
    postings = Postings(frame, matter.words["reasons"])
    parts = []
    for unit in matter.books:
        done = postings.outcomes(unit).filter(pl.col("outcome") == POSTED)
        parts.append(done.group_by("unit", village="home", agent="collector").agg(persons=pl.len().cast(pl.Int64)))
    table = pl.concat(parts).sort("unit", "village", "agent")
    rate = to_fen(commission.amount)
    table = table.with_columns(rate=pl.lit(rate, pl.Int64), fen=pl.col("persons") * rate, account=pl.lit(""))
    sheet = matter.table("commission", table, [_commission_note(commission)])
    persons = int(table["persons"].sum() or 0)
    sums = {"posted_persons": persons, "commission": commission_fen(persons, commission)}
    return Result("COMMISSION", "commission", [sheet], sums=sums)


def _commission_note(commission: Commission) -> str:
    least = "不低于" if str(commission.op) == "ge" else ""
    return f"每成功入库一人次{least}{format_yuan(to_fen(commission.amount))}元；只算已经入库的，补缴和退还的不算。"
