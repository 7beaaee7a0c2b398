"""Bank statement: deposits of agents and lines of the statement, one for one (SC-37, SC-49, SC-50)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.reconcile.matching import match_lines
from canbao_county.reconcile.matter import AGREES, DIFFERS
from canbao_county.reconcile.model import Result
from canbao_rulebook.findings import Place
from canbao_rulebook.money import format_yuan
from canbao_validators.money.holding import show_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_county.reconcile.books import Unit
    from canbao_county.reconcile.matter import Matter
    from canbao_rulebook.findings import Finding
    from canbao_validators.money.ledger import Ledger

_NO_LINE, _LINE_ONLY = "流水里没有这笔存款", "流水里有、没有登记"
_OTHER = "（不是乡镇待解户）"


def reconcile_bank(matter: Matter) -> Result:
    """Return every deposit with its line in the statement, and what stands on one side only."""
    statement = matter.entries.statement()
    if statement is None:
        return Result(matter.id, "bank", missing=("bank",))
    units = list(matter.books)
    deposits = _deposits(units)
    registered = {unit.name: int(unit.ledger.cash["fen"].sum() or 0) for unit in units}
    pairs = match_lines(deposits, statement)
    owners = {one.account: one.name for one in matter.policy.org.townships if one.account}
    table = pairs.with_columns(
        unit=pl.coalesce("unit", pl.col("line_account").replace_strict(owners, default=_OTHER, return_dtype=pl.String)),
        account=pl.coalesce("account", "line_account"),
        reason=pl.when(pl.col("line").is_null())
        .then(pl.lit(_NO_LINE))
        .when(pl.col("deposit").is_null())
        .then(pl.lit(_LINE_ONLY))
        .otherwise("reason"),
    ).sort("unit", "village", "agent", "day", "line_day", nulls_last=True)
    wrong = table.filter(pl.col("reason") != AGREES)
    summary = _sum_up(table, registered, owners)
    sheets = [
        matter.table("bank", summary),
        matter.table("bank_detail", table),
    ]
    sums = {
        "deposit_rows": deposits.height,
        "deposited": int(deposits["fen"].sum() or 0),
        "statement_rows": statement.height,
        "statement": int(statement["fen"].sum() or 0),
        "matched_rows": int(summary["matched"].sum() or 0),
    }
    ledgers = {unit.name: unit.ledger for unit in units}
    findings = [_finding(matter, row, ledgers) for row in wrong.iter_rows(named=True)]
    return Result(matter.id, "bank", sheets, differences=wrong.height, sums=sums, findings=findings)


def _deposits(units: list[Unit]) -> pl.DataFrame:
    parts = [unit.ledger.deposits.with_columns(unit=pl.lit(unit.name), file=pl.lit(unit.file)) for unit in units]
    return pl.concat(parts).filter(pl.col("fen") > 0).with_row_index("deposit")


def _sum_up(table: pl.DataFrame, registered: dict[str, int], owners: dict[str, str]) -> pl.DataFrame:
    accounts = {name: account for account, name in owners.items()}
    sums = table.group_by("unit").agg(
        rows=pl.col("deposit").count().cast(pl.Int64),
        fen=pl.col("fen").sum(),
        lines=pl.col("line").count().cast(pl.Int64),
        line_fen=pl.col("line_fen").sum(),
        matched=(pl.col("reason") == AGREES).sum().cast(pl.Int64),
        wrong=(pl.col("reason") != AGREES).sum().cast(pl.Int64),
    )
    return sums.with_columns(
        account=pl.col("unit").replace_strict(accounts, default="", return_dtype=pl.String),
        registered=pl.col("unit").replace_strict(registered, default=0, return_dtype=pl.Int64),
        verdict=pl.when(pl.col("wrong") == 0).then(pl.lit(AGREES)).otherwise(pl.lit(DIFFERS)),
    ).sort("unit")


def _finding(matter: Matter, row: Mapping[str, Any], ledgers: Mapping[str, Ledger]) -> Finding:
    if row["deposit"] is None:
        place = matter.list_place({"list": row["list"], "row": row["line_row"], "part": row["part"]}, "amount")
        told = {"last": show_day(row["line_day"]) if row["line_day"] else "", "what": row["remark"]}
        return matter.say("V31.line_only", place, value=format_yuan(row["line_fen"]), **told)
    ledger = ledgers[row["unit"]]
    roster = ledger.rosters[row["roster"]]
    header = roster.by_field["amount"].header
    place = Place(roster.sheet, row["row"], f"{roster.letters[header]}{row['row']}", "amount", header, file=row["file"])
    told = {"batch": row["batch"], "name": f"{row['village']} {row['agent']}"}
    if row["line"] is None:
        return matter.say("V31.no_line", place, value=format_yuan(row["fen"]), **told)
    own, theirs = _sides(row)
    told |= {"what": row["reason"].removesuffix("不一致"), "expected": own, "found": theirs}
    return matter.say("V31.line_differs", place, value=format_yuan(row["fen"]), **told)


def _sides(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["reason"].startswith("账号"):
        return row["account"], row["line_account"]
    if row["reason"].startswith("日期"):
        return show_day(row["day"]), show_day(row["line_day"])
    return f"{row['village']} {row['agent']}", row["remark"]
