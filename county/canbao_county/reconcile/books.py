"""Accounts of a merge, unit by unit: payments, deposits, and what the county decided about each row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.standing import standing_columns
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.units import TOWNSHIP
from canbao_validators.money.ledger import Ledger, read_ledger
from canbao_validators.settlement.looking_up import look_up
from canbao_validators.settlement.unit import settle_workbook
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.merge.merging import Merge
    from canbao_county.merge.parts import Part
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook

_TEXTS = ("unit", "township", "file", "roster", "sheet", "letter", "village")
_JOINED = (
    "township",
    "letter",
    "counts",
    "valid",
    "enrolled",
    "forbidden",
    "row_premium",
    "premium",
    "self_due",
    "gov_direct",
    "nth",
    "cert",
)
_READ = ("person", "enrolment", "name", "received", "pay_date", "unit", "file", "roster", "sheet", "village", "row")
_FIELDS = frozenset({
    "village", "agent", "name", "deposit_id", "receipt_no", "receipt_kind", "channel", "collect_time", "mib_serial",
    "self_paid", "pay_date", "account", "slip_no", "remark", "amount", "deposit_date", "first_date", "ticket_kind",
    "month", "opening", "received", "used", "void", "closing",
})  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """One unit's money. Payments also have what the merge knows of their persons; ``nth`` payment of a person is 0."""

    name: str
    kind: str
    file: str
    ledger: Ledger

    @property
    def payments(self) -> pl.DataFrame:
        """The payments with ``place, counts, valid, premium, …``."""
        return self.ledger.payments


@dataclass(frozen=True)
class Books:
    """All units of a merge up to a day. Iterating reads one unit's rows at a time, again whenever it is done."""

    merge: Merge
    as_of: int | None = None

    @property
    def policy(self) -> Policy:
        """The policy year."""
        return self.merge.book.policy

    @cached_property
    def _settled(self) -> pl.DataFrame:
        """Everybody as settled."""
        township = self.merge.township
        return self.merge.people if township is None else settle_workbook(township)

    @cached_property
    def people(self) -> pl.DataFrame:
        """Everybody with the columns that accounts read; ``nth``: which of a person's payments a row is, 0 the kept."""
        typed = _with_day(self._settled.select(*_READ, *(name for name in _JOINED if name != "nth")))
        paid = pl.col("received") > 0
        rank = pl.struct(~pl.col("counts"), pl.col("person")).rank("ordinal").over("cert").cast(pl.Int64) - 1
        ranked = typed.filter(paid & (pl.col("cert") != "")).select("person", nth=rank)
        return look_up(typed, ranked, "person").with_columns(pl.col("nth").fill_null(0))

    @property
    def returnable(self) -> pl.DataFrame:
        """The rows whose money is to be settled, with all columns and ``day``."""
        return _with_day(self._settled.filter(pl.col("returnable") > 0))

    def __iter__(self) -> Iterator[Unit]:
        """Yield the units, each with its rows up to the day."""
        township = self.merge.township
        if township is not None:
            assert township.unit is not None
            ledger = read_ledger(self.policy, township.rosters, township.frames)
            yield self._unit(township.unit.name, TOWNSHIP, township.file, ledger)
            return
        for part in self.merge.parts:
            assert part.unit is not None
            rosters = {code: self.merge.book.rosters[code] for code in part.sheets}
            frames = {code: _load(part, rosters[code]) for code in _money_rosters(self.merge.book, part)}
            ledger = read_ledger(self.policy, rosters, frames)
            yield self._unit(part.unit.name, part.unit.kind, part.file, ledger)

    def _unit(self, name: str, kind: str, file: str, ledger: Ledger) -> Unit:
        own = self.people.filter(pl.col("file") == file).select("roster", "row", *_JOINED)
        payments = ledger.payments.drop("cert").join(own, on=["roster", "row"], how="left", maintain_order="left")
        deposits = ledger.deposits
        if self.as_of is not None:
            until = pl.col("day").is_null() | (pl.col("day") <= self.as_of)
            payments, deposits = payments.filter(until), deposits.filter(until)
        return Unit(name, kind, file, replace(ledger, payments=payments, deposits=deposits))

    def last_day(self) -> int | None:
        """Return the last day of a payment or a deposit."""
        days = [day for unit in self if (day := unit.ledger.last_day) is not None]
        return max(days, default=None)


def _with_day(people: pl.DataFrame) -> pl.DataFrame:
    """Return persons with texts as texts and ``day``, the whole day of the payment."""
    day = pl.col("pay_date").fill_nan(None).floor().cast(pl.Int64).alias("day")
    return people.with_columns(*(pl.col(name).cast(pl.String) for name in _TEXTS), day)


def _money_rosters(book: Rulebook, part: Part) -> list[str]:
    wanted = codes_of(book.rosters, RosterRole.ENROLMENT, RosterRole.DEPOSIT, RosterRole.TICKET)
    return [code for code in wanted if code in part.sheets]


def _load(part: Part, roster: Roster) -> pl.DataFrame:
    """Return the stored rows of a roster by field, with the names that checks of open workbooks read."""
    shown = {column.header: column.field for column in standing_columns(roster) if column.field in _FIELDS}
    frame = pl.read_ipc(part.sheets[roster.code].path, columns=["row", *shown]).rename(shown)
    same = {"receipt_kind": "receipt_kind.computed", "collect_time": "collect_time.raw"}
    more = [pl.col(name).alias(alias) for name, alias in same.items() if name in frame.columns]
    return frame.with_columns(*more)
