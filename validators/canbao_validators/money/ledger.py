"""The money of one workbook as three small tables: payments of persons, deposits of agents, receipts by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.channels import cash_labels
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import Agent
    from canbao_rulebook.roster import Roster

_WHO: dict[str, type[pl.DataType]] = {"roster": pl.String, "row": pl.Int64, "village": pl.String, "agent": pl.String}
PAYMENT_SCHEMA: dict[str, type[pl.DataType]] = {
    **_WHO,
    **dict.fromkeys(("name", "cert", "batch", "receipt", "receipt_kind", "channel", "time", "mib_serial"), pl.String),
    "fen": pl.Int64,
    "day": pl.Int64,
    "cash": pl.Boolean,
}
DEPOSIT_SCHEMA: dict[str, type[pl.DataType]] = {
    **_WHO,
    **dict.fromkeys(("batch", "account", "slip", "remark"), pl.String),
    "fen": pl.Int64,
    "day": pl.Int64,
    "first_day": pl.Int64,
}
_COUNTS = ("month", "opening", "received", "used", "void", "closing")
TICKET_SCHEMA: dict[str, type[pl.DataType]] = {**_WHO, "ticket_kind": pl.String, **dict.fromkeys(_COUNTS, pl.Int64)}


@dataclass(frozen=True)
class Ledger:
    """Payments of more than nothing, deposits and tickets. Money is fen; days are serials, null where none is stated.

    ``cash`` payments went through an agent's hands; ``batch`` is the number of the deposit that holds the money.
    """

    policy: Policy
    rosters: Mapping[str, Roster]
    payments: pl.DataFrame
    deposits: pl.DataFrame
    tickets: pl.DataFrame

    @property
    def agent(self) -> Agent | None:
        """What the policy says about cash collected by agents; without it nothing is asked of deposits."""
        return self.policy.collection.agent

    @property
    def source(self) -> str:
        """The article about agents' cash."""
        return self.policy.article(self.agent.ref) if self.agent else ""

    @property
    def cash(self) -> pl.DataFrame:
        """The payments that went through agents' hands."""
        return self.payments.filter("cash")

    @property
    def batches(self) -> pl.DataFrame:
        """One row a batch number: its first row, the sum and the last day of its deposits."""
        return (
            self.deposits.filter(pl.col("batch") != "")
            .group_by("batch", maintain_order=True)
            .agg(
                pl.col("roster", "row", "village", "agent", "first_day").first(),
                fen=pl.col("fen").sum(),
                day=pl.col("day").max(),
            )
        )

    @property
    def last_day(self) -> int | None:
        """The last day that anything in the workbook speaks of: nothing is held against the calendar of today.

        A day after the year of coverage is a slip of the pen, which must not make all money look late.
        """
        return last_known_day([self.payments["day"], self.deposits["day"]], self.policy)

    def say(
        self,
        key: str,
        entry: Mapping[str, Any],
        field: str,
        *,
        value: str = "",
        source: str | None = None,
        **told: Any,
    ) -> Finding:
        """Return a finding at a cell of the row that an entry of the three tables comes from."""
        roster = self.rosters[entry["roster"]]
        place = place_of(roster, roster.by_field[field].header, entry["row"])
        said = self.source if source is None else source
        return build_finding(key, place, value=value, source=said, **told)


def last_known_day(days: Sequence[pl.Series], policy: Policy) -> int | None:
    """Return the last of some days (serials) up to the end of the policy year, None without one."""
    end = to_serial(date(policy.meta.policy_year, 12, 31))
    known = pl.concat([series.cast(pl.Int64) for series in days])
    last = known.filter(known <= end).max()
    return last if isinstance(last, int) else None


def read_ledger(
    policy: Policy,
    rosters: Mapping[str, Roster],
    frames: Mapping[str, pl.DataFrame],
) -> Ledger:
    """Return the money of a workbook whose frames have their computed columns."""

    def rows(role: RosterRole, schema: dict[str, Any]) -> pl.DataFrame:
        select = _SELECTORS[role]
        codes = [code for code in codes_of(rosters, role) if code in frames and _holds_money(rosters[code], role)]
        parts = [frames[code].select(select(policy, rosters[code], frames[code])) for code in codes]
        table = pl.concat([pl.DataFrame(schema=schema), *(part.select(*schema) for part in parts)])
        return table.filter(pl.col("fen") > 0) if role is RosterRole.ENROLMENT else table

    return Ledger(
        policy,
        rosters,
        rows(RosterRole.ENROLMENT, PAYMENT_SCHEMA),
        rows(RosterRole.DEPOSIT, DEPOSIT_SCHEMA),
        rows(RosterRole.TICKET, TICKET_SCHEMA),
    )


def _holds_money(roster: Roster, role: RosterRole) -> bool:
    return role is not RosterRole.ENROLMENT or "self_paid" in roster.by_field


def text(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return a text column, blank where the roster has none."""
    return pl.col(name).fill_null("").alias(name) if name in frame.columns else pl.lit("").alias(name)


def _whole(frame: pl.DataFrame, name: str, *, scale: int = 1) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(None, dtype=pl.Int64).alias(name)
    return (pl.col(name).fill_nan(None) * scale).round(0).cast(pl.Int64, strict=False).alias(name)


def _origin(roster: Roster, frame: pl.DataFrame) -> list[pl.Expr]:
    return [pl.lit(roster.code).alias("roster"), pl.col("row"), text(frame, "village"), text(frame, "agent")]


def receipt_of_agents(policy: Policy) -> str:
    """Return the kind of receipt that agents give, or an empty string."""
    receipts = policy.collection.receipts
    return (receipts.agent_cash or "") if receipts else ""


def _payments(policy: Policy, roster: Roster, frame: pl.DataFrame) -> list[pl.Expr]:
    chosen = "channel" in roster.by_field
    cash = pl.col("channel").is_in(cash_labels(policy)).fill_null(value=False)
    kind = (
        text(frame, "receipt_kind.computed").alias("receipt_kind")
        if "receipt_kind" in roster.by_field
        else pl.lit("" if chosen else receipt_of_agents(policy)).alias("receipt_kind")
    )
    return [
        *_origin(roster, frame),
        text(frame, "name"),
        text(frame, "cert.computed").alias("cert"),
        text(frame, "deposit_id").alias("batch"),
        text(frame, "receipt_no").alias("receipt"),
        kind,
        text(frame, "channel"),
        text(frame, "collect_time.raw").alias("time"),
        text(frame, "mib_serial").alias("mib_serial"),
        _whole(frame, "self_paid", scale=100).alias("fen"),
        _whole(frame, "pay_date").alias("day"),
        (cash if chosen else pl.lit(policy.collection.agent is not None)).alias("cash"),
    ]


def _account(frame: pl.DataFrame) -> pl.Expr:
    if "account.computed" not in frame.columns:
        return text(frame, "account")
    return (
        pl.when(pl.col("account.kind") == 0)
        .then("account.computed")
        .otherwise("account")
        .fill_null("")
        .alias("account")
    )


def _deposits(_policy: Policy, roster: Roster, frame: pl.DataFrame) -> list[pl.Expr]:
    return [
        *_origin(roster, frame),
        text(frame, "deposit_id").alias("batch"),
        _account(frame),
        text(frame, "slip_no").alias("slip"),
        text(frame, "remark"),
        _whole(frame, "amount", scale=100).alias("fen"),
        _whole(frame, "deposit_date").alias("day"),
        _whole(frame, "first_date").alias("first_day"),
    ]


def _tickets(_policy: Policy, roster: Roster, frame: pl.DataFrame) -> list[pl.Expr]:
    counts = (_whole(frame, name) for name in _COUNTS)
    return [*_origin(roster, frame), text(frame, "ticket_kind").alias("ticket_kind"), *counts]


_SELECTORS = {RosterRole.ENROLMENT: _payments, RosterRole.DEPOSIT: _deposits, RosterRole.TICKET: _tickets}
