"""A synthetic county of any policy year: every roster filled by the fields it has, whatever county it is for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from canbao_demo.bad_files import make_bad_files
from canbao_demo.consequences import open_questions, smaller_than_stated
from canbao_demo.deposits import Agents
from canbao_demo.draft import Draft
from canbao_demo.facts import read_facts
from canbao_demo.model import Row, SyntheticCounty, Value, place_expected
from canbao_demo.own_columns import fill_own_columns
from canbao_demo.people import People
from canbao_demo.places import named_places, plan_places
from canbao_demo.roll_mistakes import CENTRAL_KINDS, RollDesk, demands_payment, make_roll_mistakes
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit

if TYPE_CHECKING:
    from canbao_demo.people import Household, Person
    from canbao_demo.places import Place
    from canbao_rulebook.policy import Category
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook

_PUPILS, _PAID_FOR = 0.06, 0.03  # shares of the people in schools' and departments' lists
_PAYING = 0.93
TOWNSHIPS = 20  # where the policy names none
_SIZES = (1, 2, 3, 3, 4, 4, 5)
_FIRST_CLASS, _CLASS = 6, 30  # age at the first grade; pupils of a class
_SPARE_TICKETS = 13


def plan_rolls(
    book: Rulebook, *, people: int, townships: int | None = None, seed: int = 2021, mistakes: bool = True
) -> SyntheticCounty:
    """Return a county with about ``people`` persons in the rosters that its units fill.

    Townships that the policy names are filled with their own names, in proportion to their goals: all of them, or the
    first ``townships``.
    """
    builder = _Builder(book, Random(seed), townships, people)  # noqa: S311 - nothing here is secret
    builder.fill()
    if mistakes:
        make_roll_mistakes(RollDesk(book, builder.facts, builder.people, builder.drafts, builder.fill_row))
    county = builder.finish()
    county.bad_files = make_bad_files() if mistakes else []
    return county


class _Builder:
    def __init__(self, book: Rulebook, rng: Random, townships: int | None, people: int) -> None:
        self.book, self.rng, self.wanted = book, rng, people
        self.facts = read_facts(book)
        self.people = People(rng, self.facts)
        self.agents = Agents(rng, book, self.facts, self.people)
        self.places = named_places(rng, book.policy)[:townships] or plan_places(rng, townships or TOWNSHIPS)
        self.drafts: dict[str, Draft] = {}

    def fill(self) -> None:
        """Fill every unit with people in whom nothing is wrong."""
        goals = {township.name: township for township in self.book.policy.org.townships}
        weights = [(goals[place.name].target or 1) if place.name in goals else 1 for place in self.places]
        others = (_PUPILS if self._rosters(SCHOOL) else 0) + (_PAID_FOR if self._rosters(AGENCY) else 0)
        share = (1 - others) / sum(weights)
        for place, weight in zip(self.places, weights, strict=True):
            groups = tuple((village, place.groups[village]) for village in place.villages)
            account = (goals[place.name].account or "") if place.name in goals else ""
            unit = Unit(place.name, place.villages, groups, account=account)
            self._fill_township(unit, place, round(self.wanted * share * weight))
        self._fill_schools()
        self._fill_agencies()

    def _rosters(self, kind: str, role: RosterRole = RosterRole.ENROLMENT) -> list[Roster]:
        return [roster for roster in self.book.of_kind(kind).rosters.values() if roster.role is role]

    def _fill_township(self, unit: Unit, place: Place, count: int) -> None:
        draft = self.drafts[unit.name] = Draft(unit, place)
        for roster in self._rosters(TOWNSHIP):
            rows = draft.rows[roster.code] = []
            while len(rows) < count:
                household = self.people.household(place, self.rng.choice(_SIZES))
                rows += [self._resident(roster, household, person) for person in household.members]
            deposits = self._rosters(TOWNSHIP, RosterRole.DEPOSIT)
            if deposits and "agent" in roster.by_field:
                draft.rows[deposits[0].code] = self.agents.collect(unit, roster, deposits[0], rows)
        for roster in self._rosters(TOWNSHIP, RosterRole.CHANGE):
            draft.rows[roster.code] = [self._change(roster, place) for _ in range(2)]

    def _resident(self, roster: Roster, household: Household, person: Person) -> Row:
        values: dict[str, Value] = {
            "village": household.village,
            "group": household.group,
            "household_no": household.number,
            "head_name": household.head.name,
            "head_cert_no": household.head.cert_no,
            "relation": person.relation,
            "phone": self.people.numbers.mobile(),
            "hukou_source": "户籍在册",
            "survey_result": "应参保",
            "enrol_type": "续保",
            "population_tag": "普通居民",
            "confirmed": "是",
        }
        if demands_payment(roster) or self.rng.random() < _PAYING:
            values |= self._payment(roster)
        else:
            values["confirmed"] = "待确认"
        return self.fill_row(roster, person, values)

    def _payment(self, roster: Roster) -> dict[str, Value]:
        """A complete payment, where the premium is known."""
        if not self.facts.due(roster.code):
            return {}
        opens, closes = self.facts.window(roster.code)
        day = opens + timedelta(days=int(self.rng.random() * min(60, (closes - opens).days + 1)))
        return {
            "channel": self.facts.channels[0],
            "contract": "是",
            "bank": "农商银行",
            "pay_date": day,
            "self_paid": self.facts.due(roster.code),
            "receipt_no": self.people.numbers.receipt(self.facts.year),
        }

    def fill_row(self, roster: Roster, person: Person, values: dict[str, Value]) -> Row:
        """Return a row: of the person and the values as much as the roster has input columns for."""
        known = {"name": person.name, "cert_type": person.cert_type, "cert_no": person.cert_no, **values}
        inputs = [column for column in roster.columns if column.is_input and not column.is_computed]
        return {column.header: known[column.field] for column in inputs if known.get(column.field) is not None}

    def _change(self, roster: Roster, place: Place) -> Row:
        person = self.people.person("户主", "女", self.facts.year - 40)
        opens, _ = self.facts.window(roster.code)
        values: dict[str, Value] = {
            "village": place.villages[0],
            "change_date": opens + timedelta(days=9),
            "change_kind": "新增应参保",
            "reason": "新迁入",
            "handler": "周海燕",
        }
        return self.fill_row(roster, person, values)

    def _fill_schools(self) -> None:
        schools = self.book.policy.org.schools
        for roster in self._rosters(SCHOOL):
            for school in schools:
                insurer = self.book.policy.org.school_insurers.get(school) or ""
                draft = self.drafts[school] = Draft(Unit(school, body=SCHOOL, insurer=insurer))
                count = max(12, round(self.wanted * _PUPILS / len(schools)))
                draft.rows[roster.code] = [self._pupil(roster, number) for number in range(count)]

    def _pupil(self, roster: Roster, number: int) -> Row:
        grades = self.book.names["年级名单"].value
        assert isinstance(grades, tuple)
        grade = number // _CLASS % len(grades)
        person = self.people.person("子", "男" if number % 2 else "女", self.facts.year - _FIRST_CLASS - grade)
        values: dict[str, Value] = {
            "grade": str(grades[grade]),
            "class_name": f"{number // _CLASS % 4 + 1}班",
            "phone": self.people.numbers.mobile(),
            "confirmed": "参保",
            **self._payment(roster),
        }
        if "channel" in values:
            values["channel"] = self.facts.student_channels[0]
        return self.fill_row(roster, person, values)

    def _fill_agencies(self) -> None:
        names = tuple(place.name for place in self.places)
        agencies = {code: agency for code, agency in self.book.policy.org.agencies.items() if agency.owns_identities}
        for roster in self._rosters(AGENCY):
            for code, agency in agencies.items():
                draft = self.drafts[agency.name] = Draft(Unit(agency.name, names, body=AGENCY))
                owned = self._categories(code)
                count = max(8, round(self.wanted * _PAID_FOR / len(agencies))) if owned else 0
                draft.rows[roster.code] = [self._paid_for(roster, owned[n % len(owned)], n) for n in range(count)]

    def _categories(self, agency: str) -> list[Category]:
        """What a department pays for in one sum."""
        ranked = self.book.of_kind(AGENCY).categories
        return [entry for entry in ranked if entry.identity_owner == agency and entry.kind in CENTRAL_KINDS]

    def _paid_for(self, roster: Roster, category: Category, number: int) -> Row:
        place = self.places[number % len(self.places)]
        village = place.villages[number % len(place.villages)]
        person = self.people.person("户主", "男" if number % 2 else "女", self.facts.year - 30 - number % 45)
        values: dict[str, Value] = {
            "township": place.name,
            "village": village,
            "group": place.groups[village][0],
            "identity_1": category.name,
            "verified_on": self.facts.opens,
            "document": f"〔{self.facts.year - 1}〕{number + 1}号",
        }
        return self.fill_row(roster, person, values)

    def finish(self) -> SyntheticCounty:
        """Return the county, with the room that every workbook needs."""
        county = SyntheticCounty(units=[], rows={})
        for draft in self.drafts.values():
            self._settle(draft)
            self._tickets(draft)
            fill_own_columns(self.book.policy, self.facts, draft.rows)
            rosters = {code: self.book.rosters[code] for code in draft.rows}
            longest = max((len(rows) for rows in draft.rows.values()), default=0)
            unit = replace(draft.unit, target=max(1, longest))
            county.units.append(unit)
            county.rows[unit.name] = draft.rows
            expected = [*draft.expected, *open_questions(self.book, draft.rows)]
            county.planted += place_expected(unit.name, draft.rows, rosters, expected)
            county.county_planted += smaller_than_stated(self.book, unit)
            county.county_planted += place_expected(unit.name, draft.rows, rosters, draft.county_expected)
            county.people += sum(len(draft.rows[code]) for code in draft.rows if rosters[code].names_persons)
        return county

    def _settle(self, draft: Draft) -> None:
        """Let every deposit be as many premiums as persons name its batch, those with mistakes included."""
        header = "解缴批次"
        named = Counter(
            str(row[header]) for rows in draft.rows.values() for row in rows if "凭证号码" in row and header in row
        )
        for code, rows in draft.rows.items():
            roster = self.book.rosters[code]
            if roster.role is RosterRole.DEPOSIT:
                for slip in rows:
                    slip[roster.by_field["amount"].header] = named[str(slip[header])] * self.facts.premium

    def _tickets(self, draft: Draft) -> None:
        """One line of receipts: as many used as persons paid cash to agents."""
        for roster in self._rosters(TOWNSHIP, RosterRole.TICKET) if draft.place else ():
            paid = sum("凭证号码" in row for code in draft.rows for row in draft.rows[code])
            values: dict[str, Value] = {
                "month": self.facts.opens.year * 100 + self.facts.opens.month,
                "ticket_kind": str(_first(self.book, "票据种类名单")),
                "opening": 0,
                "received": paid + _SPARE_TICKETS,
                "used": paid,
                "void": 1,
                "closing": _SPARE_TICKETS - 1,
                "amount": paid * self.facts.premium,
            }
            inputs = [column for column in roster.columns if column.is_input]
            row = {column.header: values[column.field] for column in inputs if column.field in values}
            draft.rows.setdefault(roster.code, []).append(row)


def _first(book: Rulebook, name: str) -> object:
    items = book.names[name].value
    return items[0] if isinstance(items, tuple) else items
