"""Findings of a synthetic county that no mistake causes: what its policy leaves open, and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_demo.model import Expected, Planted
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.names import own_name
from canbao_rulebook.units import TOWNSHIP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_demo.model import Row
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

_CLAIMS = ("identity_1", "identity_2", "identity_3")


def open_questions(book: Rulebook, rows: dict[str, list[Row]]) -> Iterator[Expected]:
    """Yield what a unit's rosters must say of the policy: a premium or an amount that the notice does not state."""
    for code, listed in rows.items():
        roster = book.rosters[code]
        if roster.role is not RosterRole.ENROLMENT:
            continue
        if book.names[own_name(book.policy, code, "缴费标准")].value is None:
            if listed:
                yield Expected(listed[0], code, "应缴标准", "V40.premium", "通知没有规定缴费标准")
        else:
            yield from _unknown_amounts(book, roster, listed)


def _unknown_amounts(book: Rulebook, roster: Roster, rows: list[Row]) -> Iterator[Expected]:
    unknown = {entry.name for entry in book.policy.subsidy.categories if entry.amount is None}
    headers = [roster.by_field[name].header for name in _CLAIMS if name in roster.by_field]
    for row in rows:
        if any(row.get(header) in unknown for header in headers):
            yield Expected(row, roster.code, "政府代缴", "V40.amount", "通知没有规定资助金额")


def smaller_than_stated(book: Rulebook, unit: Unit) -> Iterator[Planted]:
    """Yield that a named township's workbook was made for fewer people than the policy's target (V37)."""
    stated = {township.name: township.target for township in book.policy.org.townships}.get(unit.name)
    if unit.kind == TOWNSHIP and stated not in (None, unit.target):
        yield Planted(unit.name, "", "", 0, "", "", "V37", "V37.issued", "示例比目标任务小")
