"""What each role of roster promises: the fields that checks, settlement, reports and templates ask such a roster for.

A field that only some rosters of a role have is asked for with ``"field" in roster.by_field`` and is none of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.kinds import RosterRole

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERSON = frozenset({"cert_type", "cert_no", "cert", "cert_ok", "name", "sex", "birth", "age"})
_MONEY = frozenset({"premium", "gov_direct", "self_due", "rebate_due", "paid_ok", "enrolled"})
_CLAIM = frozenset({"identity_1", "chosen_category", "subsidy_kind", "forbidden", "blocked"})

PROMISED: Mapping[RosterRole, frozenset[str]] = {
    RosterRole.ENROLMENT: _PERSON | _MONEY | _CLAIM | {"newborn", "newly_identified", "mib_serial"},
    RosterRole.EXEMPTION: _PERSON | {"class", "reason", "release_year", "volunteer", "evidence_no"},
    RosterRole.SUBSIDY: _PERSON
    | {"chosen_category", "subsidy_kind", "subsidy_amount", "standard", "self_paid", "pay_date", "card_account"},
    RosterRole.CHANGE: frozenset({"name"}),
    RosterRole.OWN: frozenset({"name"}),
    RosterRole.DEPOSIT: frozenset({"township", "village", "agent", "amount", "deposit_date", "deposit_id", "slip_no"}),
    RosterRole.TICKET: frozenset({"agent", "month", "opening", "received", "used", "void", "closing", "ticket_kind"}),
}
