"""What a notice does not state, in words for people: whom it concerns, what is open, and why."""

import pytest

from canbao_rulebook.policy import Policy, gap_lines, load_policy, parse_policy
from canbao_rulebook.policy.model import Unknown
from canbao_templates import read_text

CLERKS = ("benefit", "premium", "subsidy", "late_entry", "refunds")


def lines(policy: Policy, *, confidential: bool = False) -> list[str]:
    return gap_lines(policy, CLERKS, confidential=confidential)


def test_every_line_says_whom_it_concerns() -> None:
    found = lines(load_policy("huining-2021"))
    assert "参保年度里出生的新生儿的待遇起始日：只规定2020年10-12月出生" in found
    assert "缴费期里或以后新识别的人的待遇起始日：未规定" in found
    assert not [line for line in found if "公示" in line or "成文日期" in line], "no clerk meets these"


def test_gaps_of_one_reason_are_one_line() -> None:
    policy = load_policy("shangcai-2020")
    names = {category.code: category.name for category in policy.subsidy.categories}
    found = lines(policy, confidential=True)
    assert len(found) == len(set(found))
    assert f"{names['P1']}、{names['P2']}的返还金额：部分资助金额未载明" in found
    assert not [line for line in lines(policy) if names["P2"] in line], "a township is not told of it"
    assert f"{names['P9']}的返还金额：“等”字没有列完，部分资助金额未载明" in found


def test_all_categories_at_once_have_a_word() -> None:
    assert "各资助类别的代缴金额：见内医保发〔2020〕61号" in lines(load_policy("dongxing-2022"))


@pytest.mark.parametrize("confidential", [False, True])
def test_a_confidential_category_is_named_where_it_may_be(confidential: bool) -> None:
    text = read_text("policies/huining-2021.yaml")
    policy = parse_policy(text.encode())
    hidden = policy.subsidy.categories[0].model_copy(update={"confidential": True, "name": "密类"})
    subsidy = policy.subsidy.model_copy(update={"categories": (hidden, *policy.subsidy.categories[1:])})
    gap = Unknown(path=f"subsidy.categories.{hidden.code}.amount", reason="未载", needed_for="金额")
    policy = policy.model_copy(update={"subsidy": subsidy, "unknown": (gap,)})
    assert lines(policy, confidential=confidential) == (["密类的金额：未载"] if confidential else ["金额：未载"])
