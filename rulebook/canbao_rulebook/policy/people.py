"""Blocks of a policy file: populations, who may enrol, who is subsidised, who comes late, when benefits run."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from canbao_rulebook.policy import types as t
from canbao_rulebook.policy import words as w
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.shares import RoundingOrUnknown, Share, TierAmount
from canbao_rulebook.policy.types import DEFAULT, Count, Flag, IsoDate, Positive, Quantity, Text


class Population(Part):
    """A group of persons with one roster and one payment window; of ``documents`` each is wanted."""

    code: Text
    name: Text
    hukou: w.Hukou
    place: Annotated[w.EnrolPlace | None, Quantity()]
    roster: Text | None = None
    window: Text | None = None
    registration: w.Registration | None = None
    documents: tuple[Text, ...] = ()
    self_channels_forbidden: Flag = False
    ref: Text | None = None


class Status(Part):
    """A state of a person that restricts enrolment or subsidy; ``subsidy`` null: the county decides."""

    code: Text
    label: Text
    enrol: w.Enrol
    subsidy: Annotated[w.Permission | None, Quantity()] = None
    evidence: w.Evidence | None = None
    voluntary_if: Text | None = None
    voluntary_by: tuple[w.Applicant, ...] = ()
    roster: Text | None = None
    ref: Text | None = None


class Household(Part):
    """What is demanded of a household; ``exempt`` are status codes."""

    rule: w.HouseholdRule
    unit: Text | None = None
    exempt: tuple[Text, ...] = ()
    evidence_required: Flag = False
    ref: Text | None = None


class Residence(Part):
    """Who is registered elsewhere enrols by residence: with a residence permit (居住证), after some months."""

    permit_required: Flag = False
    min_months: Positive | None = None
    ref: Text | None = None


class Eligibility(Part):
    """Who may not enrol, the household rule, and what those need who are registered elsewhere."""

    statuses: tuple[Status, ...] = ()
    residence: Residence | None = None
    household: Household = Household(rule=w.HouseholdRule.NONE)


class PayeeAccount(Part):
    """Where rebates go; persons under ``minor_age_lt`` years may use the guardian's card."""

    kind: Text
    minor_fallback: Text | None = None
    minor_age_lt: Positive | None = None
    ref: Text | None = None


class Category(Part):
    """An identity that is subsidised, or only counted for a goal (kind none). A smaller precedence wins a tie.

    ``owner_ref`` says where the identity owner stands, if not at ``ref``. ``share`` is what ``amount: share`` means,
    ``amounts`` what ``amount: by_tier`` means; ``Policy.amount_fen`` says what a person gets. ``cap``: of what is
    paid on top of another category, how much both may be together (``top_ups``).
    """

    code: Text
    name: Text
    aliases: tuple[Text, ...] = ()
    tier: w.Tier
    kind: w.SubsidyKind
    amount: t.CategoryAmount
    share: Share | None = None
    amounts: tuple[TierAmount, ...] = ()
    payer: t.TextOrUnknown = None
    identity_owner: t.TextOrUnknown = None
    precedence: Positive
    target_group: Text | None = None
    stackable: Flag = False
    cap: t.Amount = None
    confidential: Flag = False
    ref: Text | None = None
    owner_ref: Text | None = None

    @property
    def owner_is_default(self) -> bool:
        """Whether the project names the identity owner and no document does."""
        return (self.owner_ref or "").startswith(DEFAULT)

    @property
    def is_top_up(self) -> bool:
        """Whether it is paid on top of the one ordinary category; what a village adds later has rules of its own."""
        return self.stackable and self.kind is not w.SubsidyKind.VILLAGE_AFTER_SUCCESS


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


class Withholding(Part):
    """Findings of a code hold a rebate or a direct payment back until they are mended."""

    code: Text
    ref: Text | None = None


def _read_withholding(value: object) -> object:
    """A code alone is an entry without article."""
    return {"code": value} if isinstance(value, str) else value


# What stands in the way of a payment where the file does not say (settlement.md section 6): who the person is and
# whether they may be subsidised (V09 to V15), the account (V22), the money (V31, V32), the two systems (V33).
WITHHELD_BY = tuple(
    Withholding(code=code) for code in ("V09", "V10", "V12", "V13", "V14", "V15", "V22", "V31", "V32", "V33")
)


class Subsidy(Part):
    """Categories, how they combine, and what a payment waits for.

    ``requires_owner_list``: nothing is paid out before the owner's list or the county itself has confirmed the claim.
    ``rounding``: how shares of a premium are rounded that are no whole fen.
    """

    combine: w.Combine = w.Combine.HIGHEST_WINS
    tie_break: Literal["precedence"] = "precedence"
    max_per_person_per_year: Positive = 1
    payee_account: PayeeAccount | None = None
    categories: tuple[Category, ...] = ()
    rules: SubsidyRules = SubsidyRules()
    requires_owner_list: Flag = True
    withheld_by: tuple[Annotated[Withholding, BeforeValidator(_read_withholding)], ...] = WITHHELD_BY
    owner_lists: OwnerLists | None = None
    rounding: RoundingOrUnknown = None
    ref: Text | None = None

    @property
    def confidential_names(self) -> list[str]:
        """The names of categories that nothing below the county may show (rules.md C30)."""
        return [category.name for category in self.categories if category.confidential]


class NewbornEntry(Part):
    """Period after birth within which a baby may still enrol."""

    limit: Positive
    unit: w.LimitUnit
    inclusive: Flag = True
    exempt_from_window: Flag = True
    channel: tuple[Text, ...] = ()
    ref: Text | None = None


class NewlyIdentifiedEntry(Part):
    """Period after identification; ``categories`` are category codes."""

    limit: Positive
    unit: w.LimitUnit
    inclusive: Flag = True
    exempt_from_window: Flag = True
    categories: tuple[Text, ...] = ()
    ref: Text | None = None


class AfterWindowEntry(Part):
    """Everybody may still pay until a day, and waits for benefits: ``limit`` and more for each year not insured.

    ``longest``: no more than this; all in ``unit``, from the day after the payment (the day itself, where the calendar
    counts the first day). Who has a limit of their own that still runs does not wait.
    """

    until: IsoDate
    limit: Positive
    unit: w.LimitUnit
    per_missed_year: Count = 0
    longest: Positive | None = None
    ref: Text | None = None


class LateEntry(Part):
    """Who may enrol after the window."""

    newborn: Annotated[NewbornEntry | None, Quantity()] = None
    newly_identified: Annotated[NewlyIdentifiedEntry | None, Quantity()] = None
    after_window: AfterWindowEntry | None = None


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
