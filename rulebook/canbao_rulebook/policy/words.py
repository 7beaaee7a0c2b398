"""The closed vocabularies of a policy file (docs/policy-files.md)."""

from __future__ import annotations

from enum import StrEnum


class SubsidyKind(StrEnum):
    """Who pays when: government at once, rebate afterwards, closed channel, village, case by case, nobody."""

    DIRECT = "direct"
    REBATE = "rebate"
    SPECIAL_CHANNEL = "special_channel"
    VILLAGE_AFTER_SUCCESS = "village_after_success"
    MANUAL = "manual"
    NONE = "none"


class RuleSeverity(StrEnum):
    """How grave it is where a county's own rule applies."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class OwnColumnType(StrEnum):
    """What a county's own column of a roster holds."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DATE = "date"


class Tier(StrEnum):
    """For display only; the choice between categories uses amount, then precedence."""

    FULL = "FULL"
    QUOTA = "QUOTA"
    PARTIAL = "PARTIAL"
    SPECIAL = "SPECIAL"
    VILLAGE = "VILLAGE"
    DISCRETIONARY = "DISCRETIONARY"
    NONE = "NONE"


class Combine(StrEnum):
    """What happens when a person holds several identities."""

    HIGHEST_WINS = "highest_wins"
    SUM_CAPPED_AT_PREMIUM = "sum_capped_at_premium"
    FIRST_BY_PRECEDENCE = "first_by_precedence"


class ShareBy(StrEnum):
    """What a share that fades goes by: the policy year, or how many years ago the person's category ended."""

    POLICY_YEAR = "policy_year"
    YEARS_SINCE_END = "years_since_end"


class RoundingUnit(StrEnum):
    """To what a share of a premium is rounded."""

    FEN = "fen"
    JIAO = "jiao"
    YUAN = "yuan"


class RoundingMode(StrEnum):
    """Which way a share of a premium is rounded: 四舍五入, 舍去, 进位."""

    HALF_UP = "half_up"
    DOWN = "down"
    UP = "up"


class OwnerListField(StrEnum):
    """What a department's list may have to say of a person, as the headers of imported lists say it."""

    CERT_NO = "证件号码"
    NAME = "姓名"
    CATEGORY = "身份类别"
    TOWNSHIP = "乡镇(街道)"
    VILLAGE = "村(社区)"
    GROUP = "组"


class Enrol(StrEnum):
    """Whether a person of a status may enrol."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    FORBIDDEN_BY_DEFAULT = "forbidden_by_default"
    GOVERNMENT_PAID = "government_paid"


class Permission(StrEnum):
    """Whether a person of a status may be subsidised."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class Evidence(StrEnum):
    """How a status is proved."""

    REQUIRED = "required"
    LIST_MATCH = "list_match"
    NONE = "none"


class Applicant(StrEnum):
    """Who says that somebody who need not enrol does."""

    SELF = "self"
    FAMILY = "family"


class HouseholdRule(StrEnum):
    """What is demanded of the other members of a household."""

    NONE = "none"
    CONFIRM_EACH_PERSON = "confirm_each_person"
    ALL_MEMBERS_MUST_ENROL = "all_members_must_enrol"


class Hukou(StrEnum):
    """Where a population is registered."""

    LOCAL = "local"
    OUTSIDE = "outside"
    ANY = "any"


class EnrolPlace(StrEnum):
    """Where a population enrols."""

    HUKOU = "hukou"
    HUKOU_VILLAGE = "hukou_village"
    RESIDENCE = "residence"
    HABITUAL_RESIDENCE = "habitual_residence"
    HUKOU_OR_HABITUAL_RESIDENCE = "hukou_or_habitual_residence"
    SCHOOL = "school"
    MIC = "MIC"
    ANY_CHANNEL = "any_channel"
    TOWNSHIP_SERVICE_CENTRE_OR_VILLAGE = "township_service_centre_or_village"


class Registration(StrEnum):
    """Whether a population registers before it pays."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"


class Freq(StrEnum):
    """How often something is reported or reconciled."""

    DAILY = "daily"
    REALTIME = "realtime"
    DYNAMIC = "dynamic"
    WEEKLY = "weekly"
    TEN_DAY = "ten_day"
    MONTHLY = "monthly"
    MONTH_END = "month_end"
    PERIODIC = "periodic"
    ONCE = "once"
    BEFORE_SECOND_SUBMISSION = "before_second_submission"
    UNSPECIFIED = "unspecified"


class Weekday(StrEnum):
    """Day of a weekly report."""

    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"


class Roll(StrEnum):
    """Where a computed last day moves that falls on a holiday."""

    NONE = "none"
    NEXT_WORKDAY = "next_workday"
    NEXT_DAY_AFTER_HOLIDAY = "next_day_after_holiday"


class WindowKind(StrEnum):
    """What a window of the calendar is for."""

    SURVEY = "survey"
    REGISTRATION = "registration"
    PUBLICITY = "publicity"
    PAY = "pay"
    AGENT_COLLECT = "agent_collect"
    SCREENING = "screening"
    TREASURY_ENTRY = "treasury_entry"
    RESIDUE = "residue"
    DATA_ENTRY = "data_entry"
    SUBSIDY_PAYOUT = "subsidy_payout"
    CHASE = "chase"
    PAY_AND_CHASE = "pay_and_chase"
    GAP_CHECK = "gap_check"
    SUMMARY = "summary"


class LimitUnit(StrEnum):
    """Unit of a period."""

    DAY = "day"
    MONTH = "month"


class AfterCutoff(StrEnum):
    """When cash collected after the cut-off time is remitted."""

    NEXT_DAY = "next_day"
    NEXT_BANK_DAY = "next_bank_day"


class Op(StrEnum):
    """Comparison of a goal: 以上 is ge, 高于 is gt, 达到100% is eq."""

    GE = "ge"
    GT = "gt"
    EQ = "eq"


class Metric(StrEnum):
    """What a goal measures."""

    COLLECTION_RATE = "collection_rate"
    ENROLMENT_RATE = "enrolment_rate"
    CARD_ACCOUNT_RATE = "card_account_rate"
    DATA_ENTRY_RATE = "data_entry_rate"
    DATA_ACCURACY_RATE = "data_accuracy_rate"


class Scope(StrEnum):
    """Of which unit a goal is demanded."""

    TOWNSHIP = "township"
    COUNTY = "county"
    COUNTY_AND_TOWNSHIP = "county_and_township"


class RefundWord(StrEnum):
    """What a notice says about money that does not count; ``never`` only for what it names."""

    VIA_AGENT = "via_agent"
    REFUND = "refund"
    NEVER = "never"
    UNKNOWN = "unknown"
    CONDITIONS_ELSEWHERE = "conditions_elsewhere"
    WHEN_CORRECTED = "when_corrected"


class AtCutoff(StrEnum):
    """Whether cash collected at the very minute of the cut-off time counts as before or after it."""

    BEFORE = "before"
    AFTER = "after"


class Finality(StrEnum):
    """Whether a handed-over roster may still change."""

    PROVISIONAL = "provisional"
    FINAL = "final"


# Every roster that a policy file may name; which of them a county uses is said in ``rosters`` of its file.
ROSTER_CODES = frozenset({*(f"R{number}" for number in range(1, 23)), "R7S", "R10C"})
# Who can hand over or receive besides the agencies of a file; names in Chinese stand for bodies outside the county.
ACTORS = frozenset({"group", "village", "township", "county", "school", "public", "person", "agent", "deposit_account"})
