"""Blocks of a policy file: how money comes in and is checked, goals, publicity, refunds."""

from datetime import date
from typing import Literal

from pydantic import Field

from canbao_rulebook.policy import types as t
from canbao_rulebook.policy import words as w
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.types import Count, Flag, IsoDate, Positive, Text


class BankDeduct(Part):
    """Deduction from a bank account."""

    contract_at_bank: w.Registration
    balance_must_cover_premium: Flag = True
    ref: Text | None = None


class Commission(Part):
    """What an agent gets for each person posted."""

    amount: t.Money
    op: w.Op
    ref: Text | None = None


class Agent(Part):
    """Cash collected by village agents: how long and how much may be held, how it is deposited.

    ``counts_when_deposited``: a row counts only when its key fields are there and its deposit is whole. ``hold_rows``:
    a row with errors goes back to be mended while the clean rows are handed on.
    """

    remit_same_day: Flag
    counts_when_deposited: Flag = False
    cutoff_time: t.ClockTime | None = None
    at_cutoff: w.AtCutoff = w.AtCutoff.AFTER
    after_cutoff: w.AfterCutoff | None = None
    max_hold_days: Count | None = None
    max_hold_amount: t.MoneyOrUnknown = None
    hold_rule: Literal["whichever_first"] | None = None
    deposit_multiple_of: t.Amount = None
    deposit_remarks_required: tuple[Text, ...] = ()
    key_fields_collect: tuple[Text, ...] = ()
    key_fields_report: tuple[Text, ...] = ()
    personal_account_allowed: Flag
    hold_rows: Flag = False
    commission_per_success: Commission | None = None
    ref: Text | None = None


class BankDoubleLimit(Part):
    """The double limit of a collecting bank."""

    applies_to: Text
    days: Count | None = None
    amount: t.MoneyOrUnknown = None
    ref: Text | None = None


class DepositAccounts(Part):
    """Pending accounts of the townships; nothing is accepted from ``lock_from`` on.

    ``statement_within_days``: the statement is due so many days after the last day of deposits, which is the one before
    the lock.
    """

    kind: Text
    lock_from: t.DateOrUnknown = None
    single_purpose: Flag = True
    individuals_may_deposit: Flag | None = None
    statement_within_days: Count | None = None
    ref: Text | None = None


class Receipts(Part):
    """Kind of receipt by way of payment, and by the same keys the seals that make it valid."""

    kind: Text | None = None
    agent_cash: Text | None = None
    agent_no_ticket: Text | None = None
    bank: Text | None = None
    online: Text | None = None
    one_person_one_ticket: Flag = False
    village_seal: Flag = False
    seals: dict[Literal["agent_cash", "agent_no_ticket", "bank", "online"], Text] = Field(default_factory=dict)
    unused_returned_to: Text | None = None
    ref: Text | None = None


class OwnChannel(Part):
    """A way to pay that other counties have not; ``deducts``: a bank takes the money from an account.

    ``family_account``: the money comes from the medical account of a relative, who has to be named.
    """

    label: t.Word
    receipt: Literal["agent_cash", "agent_no_ticket", "bank", "online"] | None = None
    deducts: Flag = False
    family_account: Flag = False


class FamilyAccount(Part):
    """Payment from a relative's medical account (个人账户家庭共济): of which ``relations`` to the person."""

    relations: tuple[t.Word, ...] = ()
    ref: Text | None = None


class Collection(Part):
    """How money comes in; ``remedial_channels`` are for those whose posting failed, ``own_channels`` by code."""

    channels: tuple[Text, ...]
    own_channels: dict[str, OwnChannel] = Field(default_factory=dict)
    student_channels: tuple[Text, ...] = ()
    remedial_channels: tuple[Text, ...] = ()
    banks: tuple[Text, ...] = ()
    family_account: FamilyAccount | None = None
    bank_deduct: BankDeduct | None = None
    bank_double_limit: BankDoubleLimit | None = None
    agent: Agent | None = None
    deposit_accounts: DepositAccounts | None = None
    receipts: Receipts | None = None
    ref: Text | None = None


class Reconciliation(Part):
    """Figures that have to agree, within a tolerance in yuan."""

    id: Text
    items: t.Items
    freq: w.Freq
    tolerance: t.Money
    ref: Text | None = None


class Threshold(Part):
    """A goal; ``value`` is a share from 0 to 1, ``group`` a target group of the categories."""

    id: Text
    metric: w.Metric
    group: Text | None = None
    scope: w.Scope
    op: w.Op
    value: t.Ratio
    ref: Text | None = None


class Stage(Part):
    """A goal by a date on the way."""

    id: Text
    by: IsoDate
    scope: w.Scope
    op: w.Op
    value: t.Ratio
    numerator: Text
    ref: Text | None = None


class TargetBase(Part):
    """Where the targets come from while they are provisional."""

    definition: Text
    provisional: Flag
    replaced_by: Text | None = None
    ref: Text | None = None


class Ranking(Part):
    """How townships are ranked."""

    metric: w.Metric
    exclude_windows: tuple[Text, ...] = ()
    other_criteria: tuple[Text, ...] = ()
    tie_break: Text
    ref: Text | None = None


class Award(Part):
    """A prize in yuan, given ``count`` times."""

    known_by = ("kind", "tier")
    kind: Text
    tier: Text
    count: Positive
    amount: t.Money
    ref: Text | None = None


class Penalty(Part):
    """A cut in yuan for the township at a rank from the bottom."""

    known_by = ("kind", "rank_from_last")
    kind: Text
    rank_from_last: Positive
    deduct: t.Money
    ref: Text | None = None


class Targets(Part):
    """Goals, their base and what hangs on them. Headcounts are persons.

    ``groups`` are names of target groups that other counties have not, by code. ``group_base``: whether a member of a
    target group who is proven to be insured elsewhere is covered;
    ``remedial_counts``: whether what is paid anew after a failed posting counts.
    """

    denominators: dict[str, Text | None] = Field(default_factory=dict)
    numerators: dict[str, Text | None] = Field(default_factory=dict)
    numerator_includes_government_paid: Flag | None = None
    groups: dict[str, t.Word] = Field(default_factory=dict)
    group_base: Literal["insured_anywhere", "enrolled_here"] = "insured_anywhere"
    remedial_counts: Flag = False
    inputs_for_evaluation: tuple[Text, ...] = ()
    base: TargetBase | None = None
    thresholds: tuple[Threshold, ...] = ()
    headcounts: dict[str, Positive] = Field(default_factory=dict)
    headcount_total_stated: Positive | None = None
    headcount_total_computed: Positive | None = None
    stages: tuple[Stage, ...] = ()
    ranking: Ranking | None = None
    awards: tuple[Award, ...] = ()
    penalties: tuple[Penalty, ...] = ()


class Publicity(Part):
    """What is put on the village board, how long, and whether IDs are masked.

    ``starts``: first days of populations that have one of their own.
    """

    required: Flag = False
    level: Text | None = None
    min_days: Positive | None = None
    min_months: Positive | None = None
    start: t.DateOrUnknown = None
    starts: dict[str, IsoDate] = Field(default_factory=dict)
    mask: Flag = True
    ref: Text | None = None

    def first_day(self, population: str | None) -> date | None:
        """Return from which day a population's lists hang; None when the notice does not say."""
        return self.starts.get(population or "", self.start)


class ExportColumn(Part):
    """A column of a file for another system: a field of ours or a fixed value; ``codes`` translate our words."""

    known_by = ("header",)
    header: Text
    field: Text | None = None
    value: Text | None = None
    codes: dict[str, Text] = Field(default_factory=dict)
    codes_from: Text | None = None
    format: Literal["date", "compact_date", "month", "yuan", "fen"] | None = None


class ExportMapping(Part):
    """A file for another system. ``proposal``: put together by the project, not taken from that system's rules."""

    name: Text
    encoding: Literal["utf-8-sig", "gb18030", "gbk"] = "utf-8-sig"
    columns: tuple[ExportColumn, ...]
    proposal: Flag = False
    ref: Text | None = None


class Writeoff(Part):
    """Unpaid receivables cancelled at a date."""

    date: IsoDate
    what: Text
    systems: tuple[Text, ...]
    ref: Text | None = None
