"""Blocks of a policy file: which county and year, by which documents, who takes part, when, at what premium."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from canbao_rulebook.policy import types as t
from canbao_rulebook.policy import words as w
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.types import Flag, IsoDate, Names, Positive, Text

ALL_POPULATIONS = "ALL"


def _day_before_policy_year(values: dict[str, Any]) -> date:
    return date(values["policy_year"] - 1, 12, 31)


class Meta(Part):
    """Which county, which year; ages are taken on ``reference_date``, by default 31 December of the year before."""

    id: t.PolicyId
    county: Text
    gb2260: t.RegionCode
    gb2260_former: tuple[t.RegionCode, ...] = ()
    province: Text
    prefecture: Text
    level: Text
    policy_year: Annotated[int, Field(strict=True, ge=2000, le=2100)]
    reference_date: IsoDate = Field(default_factory=_day_before_policy_year)
    currency: Literal["CNY"] = "CNY"
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"


class Document(Part):
    """A notice that the file cites; ``role: primary`` is the county's own."""

    doc_no: Text | None
    issuer: Text
    role: Text
    title: Text
    issued_on: t.DateOrUnknown = None
    published_on: t.DateOrUnknown = None


class Township(Part):
    """A unit that gets a workbook; ``target`` is persons, ``account`` text digits."""

    code: Text
    name: Text
    aliases: tuple[Text, ...] = ()
    kind: Text | None = None
    target: Positive | None = None
    account: Text | None = None
    account_name: Text | None = None


class ExtraAccount(Part):
    """An account that belongs to no township."""

    name: Text
    account: Text
    purpose: Text


class Agency(Part):
    """A body that pays, owns lists or receives rosters."""

    name: Text
    role: Text

    @property
    def owns_identities(self) -> bool:
        """Whether it says who belongs to a category, and so hands in a list of persons."""
        return self.role in {"identity_owner", "payer_and_identity"}


class Org(Part):
    """Units and bodies; ``school_insurers`` names each school's insurer.

    ``levels``, from bottom to top, are stated for whoever reads the file: no sheet and no rule asks for them.
    """

    levels: tuple[Text, ...]
    townships: tuple[Township, ...] = ()
    township_count_stated: Positive | None = None
    named_units: tuple[Text, ...] = ()
    extra_accounts: tuple[ExtraAccount, ...] = ()
    schools: tuple[Text, ...] = ()
    schools_via_education_bureau: Flag = False
    school_insurers: dict[str, Text | None] = Field(default_factory=dict)
    agencies: dict[str, Agency]


class Counting(Part):
    """How periods are counted."""

    first_day_counted: Flag = False
    month_end_clamp: Flag = True
    roll: w.Roll = w.Roll.NONE
    ref: Text | None = None


class Window(Part):
    """A stage of the calendar, both ends included."""

    id: Text
    kind: w.WindowKind
    population: tuple[Text, ...]
    start: t.DateOrUnknown
    end: IsoDate
    hard_end: Flag = True
    counts_for_rate: Flag = False
    channels: tuple[Text, ...] = ()
    ref: Text | None = None

    def covers(self, population: str) -> bool:
        """Whether the window is meant for a population."""
        return population in self.population or ALL_POPULATIONS in self.population


class Milestone(Part):
    """A hand-over: who gives which rosters to whom, by when; ``stated`` where the notice names no single day."""

    id: Text
    due: IsoDate
    stated: Text | None = None
    from_: Names = Field(alias="from")
    to: Names
    cc: Names = ()
    deliverables: tuple[Text, ...]
    finality: w.Finality | None = None
    ref: Text | None = None

    @property
    def day(self) -> str:
        """Until when, as people read it."""
        return self.stated or self.due.isoformat()


class Recurring(Part):
    """A report that comes back."""

    id: Text
    freq: w.Freq
    by: Text
    to: Names = ()
    deliverable: Text | None = None
    window: Text | None = None
    weekday: w.Weekday | None = None
    min_times: Positive | None = None
    ref: Text | None = None


class Calendar(Part):
    """The dates of the year."""

    counting: Counting
    windows: tuple[Window, ...]
    milestones: tuple[Milestone, ...] = ()
    recurring: tuple[Recurring, ...] = ()


class StandardPremium(Part):
    """What a person pays; None when the notice does not say."""

    amount: t.MoneyOrUnknown
    unit: Literal["CNY/person/year"] = "CNY/person/year"
    ref: Text | None = None


class PremiumOverride(Part):
    """Another premium for one population, from a date on if one is given."""

    population: Text
    amount: t.MoneyOrUnknown
    effective_from: IsoDate | None = None
    ref: Text | None = None


class PremiumTier(Part):
    """A premium that a person may choose (一档, 二档); None when the notice does not say."""

    code: Text
    name: t.Word
    amount: t.MoneyOrUnknown
    ref: Text | None = None


class Premium(Part):
    """The premium and its exceptions. Where it has ``tiers``, everybody chooses one and ``standard`` is one of them."""

    standard: StandardPremium
    overrides: tuple[PremiumOverride, ...] = ()
    tiers: tuple[PremiumTier, ...] = ()
