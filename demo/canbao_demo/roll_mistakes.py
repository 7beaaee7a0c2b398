"""Mistakes that any county's rosters can have: each planted by field, wherever a roster has the field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from canbao_demo.model import Expected
from canbao_rulebook.functions.identity import CHECK_CHARACTERS
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from canbao_demo.draft import Draft
    from canbao_demo.facts import Facts
    from canbao_demo.model import Row, Value
    from canbao_demo.people import People, Person
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook

_HOUSEHOLD = frozenset({"household_no", "head_name", "head_cert_no", "relation"})
_MONEY = frozenset({"self_paid", "pay_date", "receipt_no", "channel"})
CENTRAL_KINDS = frozenset({"direct", "special_channel"})  # paid for by departments in one sum


@dataclass
class RollDesk:
    """Where mistakes are made: in rows of their own, of persons who stand nowhere else."""

    book: Rulebook
    facts: Facts
    people: People
    drafts: dict[str, Draft]
    fill_row: Callable[[Roster, Person, dict[str, Value]], Row]

    def rosters(self, *kinds: str) -> Iterator[tuple[Draft, Roster]]:
        """Yield every unit of the kinds with each roster of persons who pay or are paid for."""
        for draft in self.drafts.values():
            for code in draft.rows if draft.unit.kind in kinds else ():
                roster = self.book.rosters[code]
                if roster.role is RosterRole.ENROLMENT and draft.rows[code]:
                    yield draft, roster

    def copy(self, draft: Draft, roster: Roster, place: int = 0) -> Row:
        """Add a row like an existing one for a new person, without its household and, if possible, payment."""
        template = draft.rows[roster.code][place]
        person = self.people.person("户主", "女", self.facts.year - 33)
        own = self.fill_row(roster, person, {})
        left_out = _HOUSEHOLD if demands_payment(roster) else _HOUSEHOLD | _MONEY
        headers = {roster.by_field[name].header for name in left_out if name in roster.by_field}
        row = {header: value for header, value in template.items() if header not in headers} | own
        if "receipt_no" in roster.by_field and demands_payment(roster):
            row[roster.by_field["receipt_no"].header] = self.people.numbers.receipt(self.facts.year)
        draft.rows[roster.code].append(row)
        return row

    def slips(self, draft: Draft, roster: Roster, row: Row) -> Iterator[tuple[Roster, Row]]:
        """Yield the deposit that a row's money went into, with its roster."""
        if "deposit_id" not in roster.by_field:
            return
        batch = row.get(roster.by_field["deposit_id"].header)
        for code, rows in draft.rows.items():
            deposit = self.book.rosters[code]
            if deposit.role is RosterRole.DEPOSIT:
                yield from ((deposit, slip) for slip in rows if slip[deposit.by_field["deposit_id"].header] == batch)

    def plant(self, draft: Draft, roster: Roster, row: Row, field: str, key: str, note: str) -> None:
        """Note that a finding must stand at a field of a row."""
        draft.expected.append(Expected(row, roster.code, roster.by_field[field].header, key, note))


def make_roll_mistakes(desk: RollDesk) -> None:
    """Make every mistake in every roster that can have it."""
    for draft, roster in list(desk.rosters(TOWNSHIP, SCHOOL, AGENCY)):
        _wrong_numbers(desk, draft, roster)
    for draft, roster in list(desk.rosters(AGENCY)):
        _wrong_lists(desk, draft, roster)
    for draft in desk.drafts.values():
        _wrong_deposits(desk, draft)
    _twice_in_the_county(desk)


def demands_payment(roster: Roster) -> bool:
    """Whether a row of the roster is a payment: then a row without one would be another mistake."""
    return "self_paid" in roster.by_field and roster.by_field["self_paid"].required


def _wrong_numbers(desk: RollDesk, draft: Draft, roster: Roster) -> None:
    header = roster.by_field["cert_no"].header
    row = desk.copy(draft, roster)
    number = str(row[header])
    wrong = CHECK_CHARACTERS[(CHECK_CHARACTERS.index(number[-1]) + 1) % 11]
    row[header] = number[:-1] + wrong
    desk.plant(draft, roster, row, "cert_no", "V02.check_digit", "末位校验码写错")
    row = desk.copy(draft, roster)
    row[header] = str(row[header])[:-1]
    desk.plant(draft, roster, row, "cert_no", "V02.length", "少写一位")
    row = desk.copy(draft, roster)
    row[roster.by_field["name"].header] = None
    desk.plant(draft, roster, row, "name", "V01.required", "没有姓名")
    row = desk.copy(draft, roster)
    twin = dict(row)
    draft.rows[roster.code].append(twin)
    if demands_payment(roster):
        twin[roster.by_field["receipt_no"].header] = desk.people.numbers.receipt(desk.facts.year)
    for entry in (row, twin):
        desk.plant(draft, roster, entry, "cert_no", "V07.duplicate", "同一人写了两行")
    if demands_payment(roster):
        row = desk.copy(draft, roster)
        row[roster.by_field["self_paid"].header] = desk.facts.due(roster.code) - 50
        desk.plant(draft, roster, row, "self_paid", "V21.amount", "少收50元")
        for deposit, slip in desk.slips(draft, roster, row):
            desk.plant(draft, deposit, slip, "amount", "V31.sum", "少收50元")
    if draft.unit.kind == TOWNSHIP:
        row = desk.copy(draft, roster)
        row[roster.by_field["village"].header] = "没有这个村"
        desk.plant(draft, roster, row, "village", "V06.village", "村名不在本乡镇")


def _wrong_lists(desk: RollDesk, draft: Draft, roster: Roster) -> None:
    ranked = desk.book.of_kind(AGENCY).categories
    agency = next(code for code, entry in desk.book.policy.org.agencies.items() if entry.name == draft.unit.name)
    owners = set(desk.book.policy.org.agencies) - {agency}
    foreign = [entry for entry in ranked if entry.kind in CENTRAL_KINDS and entry.identity_owner in owners]
    header = roster.by_field["identity_1"].header
    if foreign:
        row = desk.copy(draft, roster)
        row[header] = foreign[0].name
        desk.plant(draft, roster, row, "identity_1", "V15.other_owner", "别的部门的类别")
    row = desk.copy(draft, roster)
    row[header] = "贫困大户"
    desk.plant(draft, roster, row, "identity_1", "V15.unknown_category", "没有这个类别")
    row = desk.copy(draft, roster)
    row[roster.by_field["township"].header] = "没有这个乡镇"
    desk.plant(draft, roster, row, "township", "V06.place", "乡镇写错")


def _wrong_deposits(desk: RollDesk, draft: Draft) -> None:
    """Slips of a later day that nobody in the roster names."""
    for code, rows in draft.rows.items():
        roster = desk.book.rosters[code]
        if roster.role is RosterRole.DEPOSIT and rows:
            agent = desk.book.policy.collection.agent
            day, remark = (roster.by_field[name].header for name in ("deposit_date", "remark"))
            if agent and agent.deposit_remarks_required:
                rows[0][remark] = draft.unit.name
                for _ in range(len(agent.deposit_remarks_required) - 1):
                    desk.plant(draft, roster, rows[0], "remark", "V28.remark", "附言不全")
            if agent and agent.max_hold_days and len(rows) > 1:
                deposited = rows[1][day]
                assert isinstance(deposited, date)
                rows[1][roster.by_field["first_date"].header] = deposited - timedelta(days=agent.max_hold_days + 1)
                desk.plant(draft, roster, rows[1], "hold_days", "V29.days", "存款超过三天")


def _twice_in_the_county(desk: RollDesk) -> None:
    """One person in two townships, and one whom a department pays for in a township's roster as well."""
    townships = list(desk.rosters(TOWNSHIP))
    one, first = townships[0]
    for two, second in townships[1:2]:  # a county of one township has no such person
        row, other = desk.copy(one, first), desk.copy(two, second)
        other.update({first.by_field[name].header: row[first.by_field[name].header] for name in ("name", "cert_no")})
        for draft, roster, entry in ((one, first, row), (two, second, other)):
            header = roster.by_field["cert_no"].header
            draft.county_expected.append(Expected(entry, roster.code, header, "V09.two_townships", "在两个乡镇登记"))
    for draft, roster in list(desk.rosters(AGENCY))[:1]:
        paid_for = draft.rows[roster.code][0]
        entry = desk.copy(one, first)
        for name in ("name", "cert_no"):
            entry[first.by_field[name].header] = paid_for[roster.by_field[name].header]
        paid = first.by_field["self_paid"].header in entry
        claimed = paid_for[roster.by_field["identity_1"].header]
        closed = any(
            category.name == claimed and category.kind == "special_channel"
            for category in desk.book.policy.subsidy.categories
        )
        key = "V09.paid_for" if not paid else "V34.self_payment" if closed else "V19.paid_for"
        one.county_expected.append(Expected(entry, first.code, first.by_field["cert_no"].header, key, "部门已代缴"))
