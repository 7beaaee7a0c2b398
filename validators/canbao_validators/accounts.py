"""V22 over many rows: an account that belongs to somebody else, or that many persons use (HN-12, identity.md 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_rulebook.vocabulary import word
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster

_HEADER = "社保卡银行账号"
MOST_USES = 5


def check_accounts(rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame]) -> list[Finding]:
    """Return V22 for accounts that two persons call their own, and for accounts used by more than five persons."""
    parts = [
        frames[code].select(
            roster=pl.lit(code),
            row=pl.col("row"),
            name=pl.col("name"),
            account=pl.col("account.computed"),
            own=pl.col("payee_kind") == word("payee_kinds", "self"),
            cert=pl.col("cert.computed"),
        )
        for code in codes_of(rosters, RosterRole.ENROLMENT)
        if code in frames and "card_account" in rosters[code].by_field
    ]
    if not parts:
        return []
    used = pl.concat(parts).filter(pl.col("account").fill_null("") != "")
    groups = used.filter(pl.col("account").is_duplicated()).group_by("account", maintain_order=True).agg(pl.all())
    findings = []
    for group in groups.iter_rows(named=True):
        findings += _shared(rosters, group)
        if len(set(group["cert"])) > MOST_USES:
            findings.append(_finding("V22.many", rosters, group, 0, count=len(set(group["cert"]))))
    return findings


def _shared(rosters: Mapping[str, Roster], group: dict[str, Any]) -> list[Finding]:
    """Every row that calls the account its own names another one that does: who is right is for people to say."""
    owners = [index for index, own in enumerate(group["own"]) if own]
    findings = []
    for index in owners:
        other = next((other for other in owners if group["cert"][other] != group["cert"][index]), None)
        if other is not None:
            named = {"other_row": group["row"][other], "other_name": group["name"][other]}
            findings.append(_finding("V22.other_person", rosters, group, index, **named))
    return findings


def _finding(key: str, rosters: Mapping[str, Roster], group: dict[str, Any], index: int, **params: Any) -> Finding:
    roster = rosters[group["roster"][index]]
    place = place_of(roster, _HEADER, group["row"][index])
    return build_finding(key, place, value=group["account"], **params)
