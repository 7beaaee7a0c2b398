"""Imported lists as the reconciliations want them: one row an entry, money in fen, days as whole serials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.stored import Lists, load_lists
from canbao_rulebook.list_kinds import load_list_words
from canbao_rulebook.vocabulary import word
from canbao_validators.money.ledger import last_known_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_rulebook.policy import Policy
    from canbao_validators.workers import Workers

_OUTGOING = load_list_words("directions")[1][0]
_NO = word("yes_no", "no")


def load(
    folder: Path | None,
    policy: Policy,
    *,
    workers: Workers | None = None,
    passwords: Sequence[str] = (),
) -> Lists:
    """Return the lists of a folder, none without one."""
    return Lists() if folder is None else load_lists(folder, policy, workers=workers, passwords=passwords)


@dataclass(frozen=True)
class Entries:
    """The lists of a run up to a day. A kind that is not there is None: unknown, not empty."""

    lists: Lists
    as_of: int | None = None

    def people(self, kind: str) -> pl.DataFrame | None:
        """Return ``key, name, fen, day, …`` of a list of persons; ``fen`` is null where the list has no amount."""
        frame = self.read(kind)
        if frame is None:
            return None
        return frame.rename({"cert_no": "cert"}).filter(pl.col("cert") != "")

    def statement(self) -> pl.DataFrame | None:
        """Return what came into the pending accounts: ``account, fen, day, remark, serial`` and its place."""
        frame = self.read("bank")
        return None if frame is None else frame.filter((pl.col("direction") != _OUTGOING) & (pl.col("fen") > 0))

    def last_day(self, policy: Policy) -> int | None:
        """Return the last day of the policy year that any list of money speaks of."""
        read = [self.read(kind) for kind in ("tax", "mib", "treasury", "bank")]
        days = [frame["day"] for frame in read if frame is not None]
        return last_known_day(days, policy) if days else None

    def read(self, kind: str) -> pl.DataFrame | None:
        """Return the rows of a list with ``day`` and ``fen``, which are null where the list says nothing of them."""
        frame = self.lists.frame(kind)
        if frame is None:
            return None
        moment = next((name for name in ("pay_date", "time", "day") if name in frame.columns), None)
        day = pl.col(moment).floor().cast(pl.Int64, strict=False) if moment else pl.lit(None, dtype=pl.Int64)
        fen = (pl.col("amount") * 100).round(0).cast(pl.Int64) if "amount" in frame.columns else pl.lit(None, pl.Int64)
        read = frame.with_columns(day=day, fen=fen).with_row_index("line")
        return read if self.as_of is None else read.filter(pl.col("day").is_null() | (pl.col("day") <= self.as_of))


def is_registered(frame: pl.DataFrame) -> pl.Expr:
    """Tell which rows of the bureau's list stand for a registered person: those that do not say no."""
    return (pl.col("registered") != _NO).fill_null(value=True) if "registered" in frame.columns else pl.lit(value=True)
