"""Blocks of a policy file: populations, who may enrol, who is subsidised, who comes late, when benefits run."""

from typing import Literal

from canbao_rulebook.money import to_fen
from canbao_rulebook.policy import types as t
from canbao_rulebook.policy import words as w
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.types import PREMIUM, Flag, IsoDate, Positive, Text


class Population(Part):
    """A group of persons with one roster and one payment window."""

    code: Text
    name: Text
    hukou: w.Hukou
    place: w.EnrolPlace
    roster: Text | None = None
    window: Text | None = None
    registration: w.Registration | None = None
    documents: tuple[Text, ...] = ()
    self_channels_forbidden: Flag = False
    ref: Text | None = None


class Status(Part):
    """A state of a person that restricts enrolment or subsidy."""

    code: Text
    label: Text
    enrol: w.Enrol
    subsidy: w.Permission | None = None
    evidence: w.Evidence | None = None
    voluntary_if: Text | None = None
    voluntary_by: tuple[Text, ...] = ()
    roster: Text | None = None
    ref: Text | None = None


class Household(Part):
    """What is demanded of a household; ``exempt`` are status codes."""

    rule: w.HouseholdRule
    unit: Text | None = None
    exempt: tuple[Text, ...] = ()
    evidence_required: Flag = False
    ref: Text | None = None


class Eligibility(Part):
    """Who may not enrol, and the household rule."""

    statuses: tuple[Status, ...] = ()
    household: Household


class PayeeAccount(Part):
    """Where rebates go; persons under ``minor_age_lt`` years may use the guardian's card."""

    kind: Text
    minor_fallback: Text | None = None
    minor_age_lt: Positive | None = None
    ref: Text | None = None


class Category(Part):
    """An identity that is subsidised, or only counted for a goal (kind none). A smaller precedence wins a tie."""

    code: Text
    name: Text
    aliases: tuple[Text, ...] = ()
    tier: w.Tier
    kind: w.SubsidyKind
    amount: t.Amount
    payer: Text | None = None
    identity_owner: Text | None = None
    precedence: Positive
    target_group: Text | None = None
    stackable: Flag = False
    confidential: Flag = False
    ref: Text | None = None

    def amount_fen(self, premium_fen: int | None) -> int | None:
        """Return the amount in fen for a person whose premium is ``premium_fen``; None when it is unknown."""
        if self.amount is None:
            return None
        return premium_fen if self.amount == PREMIUM else to_fen(self.amount)


class SubsidyRules(Part):
    """Conditions of payment; None where the notice is silent."""

    rebate_requires_full_payment: Flag | None = None
    direct_persons_pay_nothing: Flag | None = None
    bank_and_tax_channels_forbidden: Flag | None = None
    village_trigger: Text | None = None
    disbursement_path: tuple[Text, ...] = ()


class OwnerLists(Part):
    """What the lists of persons must hold that departments hand out."""

    key_fields: tuple[w.OwnerListField, ...]
    ref: Text | None = None


class Subsidy(Part):
    """Categories and how they combine."""

    combine: w.Combine
    tie_break: Literal["precedence"] = "precedence"
    max_per_person_per_year: Positive = 1
    payee_account: PayeeAccount | None = None
    categories: tuple[Category, ...] = ()
    rules: SubsidyRules
    owner_lists: OwnerLists | None = None
    ref: Text | None = None


class NewbornEntry(Part):
    """Period after birth within which a baby may still enrol."""

    limit: Positive
    unit: w.LimitUnit
    inclusive: Flag = True
    exempt_from_window: Flag = True
    channel: tuple[w.Channel, ...] = ()
    ref: Text | None = None


class NewlyIdentifiedEntry(Part):
    """Period after identification; ``categories`` are category codes."""

    limit: Positive
    unit: w.LimitUnit
    inclusive: Flag = True
    exempt_from_window: Flag = True
    categories: tuple[Text, ...] = ()
    ref: Text | None = None


class LateEntry(Part):
    """Who may enrol after the window."""

    newborn: NewbornEntry | None = None
    newly_identified: NewlyIdentifiedEntry | None = None


class BenefitPeriod(Part):
    """From when to when benefits are paid; None is unknown."""

    start: t.BenefitStart
    end: t.DateOrUnknown
    ref: Text | None = None


class NewbornBenefitPeriod(BenefitPeriod):
    """Benefit period of babies born between two dates, both included."""

    born_from: IsoDate
    born_to: IsoDate


class Benefit(Part):
    """Benefit periods; the first that fits wins, ``default`` last."""

    default: BenefitPeriod
    newborn_q4: NewbornBenefitPeriod | None = None
    newborn_current_year: BenefitPeriod | None = None
    newly_identified: BenefitPeriod | None = None
