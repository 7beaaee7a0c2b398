"""What a settlement hears from the lists of others: whose claims their owners confirm, whose money has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.checks.insured import barred_persons
from canbao_county.lists.checks.verdicts import claim_verdicts
from canbao_county.lists.persons import ListedPersons
from canbao_rulebook.vocabulary import word
from canbao_validators.settlement.told import Told

if TYPE_CHECKING:
    from canbao_county.lists.stored import Lists
    from canbao_rulebook.policy import Policy

_ARRIVALS = ("mib", "tax")  # the first of them that was imported decides: who is registered is insured
_NO = word("yes_no", "no")


def hear_lists(facts: pl.DataFrame, lists: Lists, policy: Policy) -> Told:
    """Return what imported lists say of the persons of a merge; each decides only what it can contradict.

    A payment after the last day that a list speaks of cannot stand in it yet.
    """
    listed = ListedPersons(lists, policy)
    applicants = facts.filter(pl.col("enrolment") & (pl.col("cert") != ""))
    money = pl.concat([_posted(listed), _arrived(applicants, listed)]).unique("cert", keep="first", maintain_order=True)
    return Told(claim_verdicts(facts, lists, policy), money, barred_persons(applicants, listed, policy))


def _posted(listed: ListedPersons) -> pl.DataFrame:
    """Whose money the treasury has, or has not, as the results of posting say."""
    frame = listed.usable("posting")
    if frame is None:
        return Told().listed
    told = frame.filter(pl.col("posted") != "").group_by(cert="cert_no", maintain_order=True)
    return told.agg(listed=(pl.col("posted") != _NO).any())


def _arrived(applicants: pl.DataFrame, listed: ListedPersons) -> pl.DataFrame:
    frames = (frame for kind in _ARRIVALS if (frame := listed.usable(kind)) is not None)
    frame = next(frames, None)
    if frame is None:
        return Told().listed
    if "registered" in frame.columns:
        frame = frame.filter(pl.col("registered") != _NO)
    last = frame["pay_date"].max()
    payers = applicants.filter(pl.col("received") > 0)
    if isinstance(last, int | float):
        payers = payers.filter(pl.col("pay_date").fill_nan(None).fill_null(0) <= last)
    return payers.select("cert", listed=pl.col("cert").is_in(frame["cert_no"].unique().implode())).unique("cert")
