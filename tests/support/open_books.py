"""Units with their payments and deposits as the reconciliations read them, without a workbook and without a merge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from canbao_county.reconcile.books import Unit
from canbao_county.reconcile.lists import Entries
from canbao_county.reconcile.matter import Matter
from canbao_county.reconcile.run import find_spec
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.policy import Policy, load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.money.ledger import DEPOSIT_SCHEMA, PAYMENT_SCHEMA, TICKET_SCHEMA, Ledger
from support.lists import make_lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reconcile.books import Books
    from canbao_rulebook.tables import TableSheet

POLICY, HUINING = "shangcai-2020", "huining-2021"
DAY = to_serial(date(2019, 9, 26))
ACCOUNTS = {one.name: one.account for one in load_policy(POLICY).org.townships}
FIRST, SECOND = "邵店", "五龙"
AGENTS = {FIRST: ("高庙村", "靳保国"), SECOND: ("五龙村", "李保田")}


@dataclass
class Open:
    """Units as the reconciliations read them, without a merge."""

    units: list[Unit]
    policy: Policy
    people: pl.DataFrame
    as_of: int | None = None

    @property
    def returnable(self) -> pl.DataFrame:
        return self.people.filter(pl.col("returnable") > 0)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units)


def payment(number: int, **more: Any) -> dict[str, Any]:
    """A payment in cash, the only one of its person."""
    row = {
        "roster": "R6", "row": 4 + number, "village": "高庙村", "agent": "靳保国", "name": f"侯{number}",
        "cert": f"K{number}", "batch": "B1", "receipt": f"{number}", "receipt_kind": "", "channel": "", "time": "",
        "mib_serial": "", "fen": 25000, "day": DAY, "cash": True, "township": FIRST, "letter": "G", "counts": True,
        "valid": True, "nth": 0, "row_premium": 25000,
    }  # fmt: skip
    return row | more


def deposit(fen: int, unit: str = FIRST, **more: Any) -> dict[str, Any]:
    """A deposit of an agent into the township's account."""
    village, agent = AGENTS[unit]
    row = {
        "roster": "R7", "row": 5, "village": village, "agent": agent, "batch": "B1", "account": ACCOUNTS[unit],
        "slip": f"HD-{unit}", "remark": "", "fen": fen, "day": DAY, "first_day": DAY,
    }  # fmt: skip
    return row | more


def unit_of(
    payments: list[dict[str, Any]], deposits: list[dict[str, Any]], name: str = FIRST, policy: str = POLICY
) -> Unit:
    """A township with its money."""
    more = {"township": pl.String, "letter": pl.String, "counts": pl.Boolean, "valid": pl.Boolean, "nth": pl.Int64}
    more["row_premium"] = pl.Int64
    ledger = Ledger(
        load_policy(policy),
        load_rulebook(load_policy(policy)).rosters,
        pl.DataFrame(payments, schema={**PAYMENT_SCHEMA, **more}),
        pl.DataFrame(deposits, schema=DEPOSIT_SCHEMA),
        pl.DataFrame(schema=TICKET_SCHEMA),
    )
    return Unit(name, "township", f"{name}.xlsx", ledger)


def matter_of(
    code: str,
    units: list[Unit],
    lists: dict[str, Any],
    people: pl.DataFrame | None = None,
    *,
    policy_id: str = POLICY,
    as_of: int | None = None,
) -> Matter:
    """One of a policy's reconciliations over these units and lists."""
    policy = load_policy(policy_id)
    entry = next(one for one in policy.reconciliation if one.id == code)
    books = Open(units, policy, pl.DataFrame() if people is None else people, as_of)
    spec = find_spec(entry)
    assert spec is not None
    return Matter(cast("Books", books), Entries(make_lists(lists, policy_id), as_of), code, entry.ref, spec)


def body(table: TableSheet) -> pl.DataFrame:
    """The rows of a table without its total."""
    return table.frame.head(table.frame.height - table.total_row)
