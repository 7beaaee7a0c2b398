"""What R20 prints as the words of the notice: what it says of that very reason, or that it is silent."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from canbao_county.reports.refunds import said_of
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.policy.refunds import Reason, Way
from canbao_rulebook.vocabulary import report_words

RETURNED = "通知规定经代征人退还缴费人"


def words_of(policy: str, reason: Reason) -> str:
    context: Any = SimpleNamespace(words=report_words(), policy=load_policy(policy))
    return said_of(cast("Any", context), reason)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.TWICE, RETURNED),
        (Reason.GOVERNMENT_ALSO_PAID, RETURNED),
        (Reason.NOT_ELIGIBLE, "通知没有规定，由县决定"),
        (Reason.LATE, "通知没有规定，由县决定"),
        (Reason.PARTIAL, "通知没有规定，更正以后计入"),
    ],
)
def test_shangcai(reason: Reason, said: str) -> None:
    words, _, article = words_of("shangcai-2020", reason).partition("（")
    assert words == said
    assert article.endswith("三(二)4.2)）" if said == RETURNED else "")


@pytest.mark.parametrize("policy", list_policies())
@pytest.mark.parametrize("reason", list(Reason))
def test_the_notice_refuses_only_what_it_names(policy: str, reason: Reason) -> None:
    refused = load_policy(policy).refunds.rule(reason).way is Way.NEVER
    assert ("不退" in words_of(policy, reason)) == refused
