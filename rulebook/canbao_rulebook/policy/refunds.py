"""The block ``refunds`` of a policy file: which way money goes that was paid and does not count."""

from enum import StrEnum
from typing import NamedTuple

from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.types import Text
from canbao_rulebook.policy.words import RefundWord


class Way(StrEnum):
    """What happens to money that does not count."""

    REFUND = "refund"
    WHEN_CORRECTED = "when_corrected"
    NEVER = "never"
    COUNTY_DECIDES = "county_decides"


class Reason(StrEnum):
    """Why money that came does not count."""

    DUPLICATE = "duplicate"
    TWICE = "twice"
    TOO_MUCH = "too_much"
    PARTIAL = "partial"
    LATE = "late"
    NOT_RULED = "not_ruled"
    EARLY = "early"
    BEFORE_BIRTH = "before_birth"
    NO_DATE = "no_date"
    CLOSED_CHANNEL = "closed_channel"
    GOVERNMENT_ALSO_PAID = "government_also_paid"
    NOT_ELIGIBLE = "not_eligible"
    BATCH = "batch"
    INCOMPLETE = "incomplete"
    NOT_ARRIVED = "not_arrived"
    NOT_POSTED = "not_posted"
    EXEMPT = "exempt"


class RefundRule(NamedTuple):
    """What the policy says of a reason: its word, None where it is silent, the article, and the way that follows."""

    word: RefundWord | None
    ref: str | None
    way: Way


# Reasons of which a policy speaks under the name of another.
_SAID_AS = {Reason.TWICE: Reason.DUPLICATE, Reason.EXEMPT: Reason.NOT_ELIGIBLE}
# What the people at the desk can mend themselves: unless a policy says otherwise, the money counts afterwards.
_MENDABLE = {Reason.PARTIAL, Reason.NO_DATE, Reason.BATCH, Reason.INCOMPLETE, Reason.NOT_ARRIVED, Reason.NOT_POSTED}
_WAYS = {
    RefundWord.VIA_AGENT: Way.REFUND,
    RefundWord.REFUND: Way.REFUND,
    RefundWord.NEVER: Way.NEVER,
    RefundWord.WHEN_CORRECTED: Way.WHEN_CORRECTED,
    RefundWord.UNKNOWN: Way.COUNTY_DECIDES,
    RefundWord.CONDITIONS_ELSEWHERE: Way.COUNTY_DECIDES,
}


class RefundRefs(Part):
    """Articles of single reasons, where they differ from the one of the block."""

    withdrawal: Text | None = None
    correct_and_not_duplicate: Text | None = None
    duplicate: Text | None = None
    too_much: Text | None = None
    government_also_paid: Text | None = None
    not_eligible: Text | None = None
    late: Text | None = None
    not_ruled: Text | None = None
    early: Text | None = None
    before_birth: Text | None = None
    closed_channel: Text | None = None
    partial: Text | None = None
    no_date: Text | None = None
    batch: Text | None = None
    incomplete: Text | None = None
    not_arrived: Text | None = None
    not_posted: Text | None = None


class Refunds(Part):
    """When money goes back, by reason; None where the notice is silent.

    ``withdrawal`` is about people who drop out midway and ``correct_and_not_duplicate`` about single payments with
    nothing wrong: neither answers for any other reason.
    """

    withdrawal: RefundWord = RefundWord.UNKNOWN
    correct_and_not_duplicate: RefundWord | None = None
    duplicate: RefundWord | None = None
    too_much: RefundWord | None = None
    government_also_paid: RefundWord | None = None
    not_eligible: RefundWord | None = None
    late: RefundWord | None = None
    not_ruled: RefundWord | None = None
    early: RefundWord | None = None
    before_birth: RefundWord | None = None
    closed_channel: RefundWord | None = None
    partial: RefundWord | None = None
    no_date: RefundWord | None = None
    batch: RefundWord | None = None
    incomplete: RefundWord | None = None
    not_arrived: RefundWord | None = None
    not_posted: RefundWord | None = None
    unposted_balance: tuple[Text, ...] = ()
    by: tuple[Text, ...] = ()
    ref: Text | None = None
    refs: RefundRefs = RefundRefs()

    def rule(self, reason: str) -> RefundRule:
        """Return what is said of a reason of ``Reason``. Raises ValueError for any other word."""
        code = Reason(reason)
        key = _SAID_AS.get(code, code)
        word: RefundWord | None = getattr(self, key)
        if word is None:
            return RefundRule(None, None, Way.WHEN_CORRECTED if key in _MENDABLE else Way.COUNTY_DECIDES)
        return RefundRule(word, getattr(self.refs, key) or self.ref, _WAYS[word])

    def way(self, reason: str) -> Way:
        """Return which way money goes that does not count for a reason. Raises ValueError for an unknown reason."""
        return self.rule(reason).way
