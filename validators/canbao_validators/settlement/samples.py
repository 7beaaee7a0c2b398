"""Sample persons of a policy year and what the settlement says of each: an ordinary resident, one of each category."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from canbao_rulebook.amount_words import name_situation
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.phrases import Phrase, either
from canbao_rulebook.policy.situations import depends_on_person, fading, situations
from canbao_rulebook.policy.words import SubsidyKind, WindowKind
from canbao_validators.settlement.facts import NO_DEPOSITS, SCHEMA, gather_facts
from canbao_validators.settlement.persons import SettledRow, settled_rows
from canbao_validators.settlement.places import place_persons
from canbao_validators.settlement.settle import settle
from canbao_validators.settlement.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from canbao_rulebook.phrases import Text
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.people import BenefitPeriod

ORDINARY, NEWBORN = "普通居民", "新生儿"
_NO_DATE = float("nan")
_UNKNOWN = either("待定", "unknown")
_PERIOD = {"zh": "{start} 至 {end}", "en": "{start} to {end}"}
_STARTS = {
    "enrolment_date": either("参保之日", "the day of enrolment"),
    "birth_date": either("出生之日", "the day of birth"),
}


class Sample(NamedTuple):
    """What one sample person pays and gets; money is fen, None where the notice does not say."""

    who: str
    premium: int | None
    government: int | None
    own: int | None
    rebate: int | None
    benefit: Text

    @property
    def burden(self) -> int | None:
        """What the person has paid in the end; None when unknown."""
        return None if self.own is None or self.rebate is None else self.own - self.rebate


def settle_samples(policy: Policy) -> list[Sample]:
    """Return the samples: everybody pays what the settlement asks of them, in time, and the lists confirm them."""
    people = list(_people(policy))
    asked = _settle(policy, [_fact(policy, place, one, 0) for place, one in enumerate(people)])
    paying = [row["self_due"] if row["self_due"] is not None else row["premium"] for row in asked]
    facts = [_fact(policy, place, one, paying[place] or 0) for place, one in enumerate(people)]
    returned = {category.code for category in policy.subsidy.categories if category.kind is SubsidyKind.REBATE}
    return [
        Sample(
            one.who,
            row["premium"],
            row["gov_direct"],
            row["self_due"],
            None if one.code in returned and paid is None else row["rebate_due"],  # nothing is returned of no payment
            _benefit(policy, baby=one.baby),
        )
        for one, paid, row in zip(people, paying, _settle(policy, facts), strict=True)
    ]


class _Person(NamedTuple):
    """``code`` of the claimed category, and which of the policy's situations the person is in, from 1."""

    who: str
    code: str
    number: int
    premium: int | None
    baby: bool


def _people(policy: Policy) -> Iterator[_Person]:
    """Yield everybody who may pay or get something else: by tier, and by the years since a category ended."""
    kinds = {SubsidyKind.DIRECT, SubsidyKind.REBATE, SubsidyKind.SPECIAL_CHANNEL, SubsidyKind.MANUAL}
    categories = [category for category in policy.subsidy.categories if category.kind in kinds]
    fades = {category.code for category in fading(policy)}
    numbered = [(n, one) for n, one in enumerate(situations(policy), start=1) if one.tier or not policy.premium.tiers]
    people = [(ORDINARY, "", False), (NEWBORN, "", True), *((one.name, one.code, False) for one in categories)]
    for who, code, baby in people:
        for number, one in numbered:
            if (one.years_since_end is not None) == (code in fades):
                yield _Person(f"{who}{name_situation(policy, one)}", code, number, one.premium_fen, baby)


def _settle(policy: Policy, facts: Sequence[dict[str, Any]]) -> list[SettledRow]:
    frame = gather_facts([pl.DataFrame(facts, schema=SCHEMA)])
    terms = Terms(policy)
    return settled_rows(settle(frame, place_persons(frame, terms), terms))


def _fact(policy: Policy, place: int, one: _Person, received: int) -> dict[str, Any]:
    """A row of the county's first roster that pays on the first day of the window."""
    window = next((entry for entry in policy.calendar.windows if entry.kind is WindowKind.PAY), None)
    first, last = (window.start, window.end) if window else (None, None)
    day = first or last
    blank = {name: _blank(kind) for name, kind in SCHEMA.items()}
    return blank | {
        "unit": "样本", "township": "样本", "roster": "R1", "sheet": "样本", "row": place + 1, "cert": f"样本{place}",
        "name": f"样本{place}", "valid": True, "enrolment": True, "received": received,
        "row_premium": one.premium if depends_on_person(policy) else policy.premium_fen(None, day),
        "situation": one.number, "pay_date": _serial(day) if received else _NO_DATE,
        "window_start": _serial(first), "window_end": _serial(last), "paid_ok": True, "in_time": True,
        "direct_ok": True, "account_ok": True, "complete": True, "cover": NO_DEPOSITS,
        "claims": [one.code] if one.code else [], "arrived": None, "posted": None,
    }  # fmt: skip


def _blank(kind: pl.DataType) -> object:
    if isinstance(kind, pl.List):
        return []
    if kind == pl.Boolean:
        return False
    if kind in (pl.Int64, pl.UInt32):
        return 0
    return None if kind == pl.Float64 else ""


def _serial(day: date | None) -> float:
    return _NO_DATE if day is None else float(to_serial(day))


def _benefit(policy: Policy, *, baby: bool) -> Text:
    """From when to when benefits run: of a baby by the first rule for newborns that the notice has, else of all."""
    benefit, period = policy.benefit, policy.benefit.default
    if baby:
        period = benefit.newborn_q4 or benefit.newborn_current_year or period
    return Phrase(_PERIOD, {"start": _start(period), "end": str(period.end) if period.end else _UNKNOWN})


def _start(period: BenefitPeriod) -> Text:
    if period.start is None:
        return _UNKNOWN
    return _STARTS.get(str(period.start), str(period.start))
