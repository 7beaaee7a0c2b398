"""Amounts that a policy year computes: shares, fading shares, tiers; what contradicts itself is told at its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.policy import Policy, check_policy, list_policies, load_policy, parse_policy, render_issue
from canbao_rulebook.policy.shares import Rounding, Share, share_fen
from canbao_rulebook.policy.situations import Situation, situations
from canbao_rulebook.policy.words import RoundingMode, RoundingUnit
from canbao_rulebook.precedence import competing_categories, ranked_categories
from canbao_rulebook.rulebook import load_rulebook

DATA = Path(__file__).parents[1] / "data"
TEXT = (DATA / "sixth-county.yaml").read_text(encoding="utf-8")
SIXTH = parse_policy(TEXT.encode())
SHARE_B1 = 'share: {value: "0.33"}'


def amounts(policy: Policy, person: Situation) -> dict[str, int | None]:
    known = competing_categories(policy)
    return {category.code: policy.amount_fen(category, person) for category in known}


@pytest.mark.parametrize(
    ("unit", "mode", "fen"),
    [
        ("fen", "half_up", 13035), ("jiao", "half_up", 13040), ("jiao", "down", 13030), ("jiao", "up", 13040),
        ("yuan", "half_up", 13000), ("yuan", "down", 13000), ("yuan", "up", 13100),
    ],
)  # fmt: skip
def test_a_share_is_rounded_as_the_policy_says(unit: str, mode: str, fen: int) -> None:
    rounding = Rounding(unit=RoundingUnit(unit), mode=RoundingMode(mode))
    assert share_fen(Decimal("0.33"), 39500, rounding) == fen


def test_a_share_is_exact() -> None:
    """0.29 of 100.50 is 29.145: in binary a little less, which half_up would take down."""
    cents = Rounding(unit=RoundingUnit.FEN, mode=RoundingMode.HALF_UP)
    assert share_fen(Decimal("0.29"), 10050, cents) == 2915
    assert share_fen(Decimal("0.29"), 10050, None) is None, "no whole fen, and no rule"
    assert share_fen(Decimal("0.30"), 10050, None) == 3015
    assert share_fen(None, 10050, cents) is None
    assert share_fen(Decimal("0.30"), None, cents) is None


@pytest.mark.parametrize(
    ("years", "ratio"), [(None, None), (0, None), (1, "0.80"), (2, "0.60"), (3, "0.40"), (4, "0.10"), (30, "0.10")]
)
def test_a_share_fades_by_the_years_since_the_end(years: int | None, ratio: str | None) -> None:
    steps = [{"year": n, "value": value} for n, value in ((1, "0.80"), (2, "0.60"), (3, "0.40"))]
    share = Share.model_validate({"by": "years_since_end", "years": steps, "after": "0.10"})
    assert share.ratio(2025, years) == (None if ratio is None else Decimal(ratio))


@pytest.mark.parametrize(
    ("tier", "premium", "years", "expected"),
    [
        ("T1", 39500, 1, {"F1": 39500, "B1": 13040, "B2": 31600, "B3": 15000, "B4": 19750, "U1": None}),
        ("T2", 78000, 2, {"F1": 39500, "B1": 25740, "B2": 23700, "B3": 22000, "B4": 19750, "U1": None}),
        ("T2", 78000, 4, {"F1": 39500, "B1": 25740, "B2": 0, "B3": 22000, "B4": 19750, "U1": None}),
        (None, None, None, {"F1": 39500, "B1": None, "B2": None, "B3": None, "B4": 19750, "U1": None}),
    ],
)
def test_what_each_category_pays(
    tier: str | None, premium: int | None, years: int | None, expected: dict[str, int | None]
) -> None:
    assert amounts(SIXTH, Situation(premium, tier, years)) == expected


def test_which_category_is_the_best_differs_from_person_to_person() -> None:
    first, second = (
        [category.code for category in ranked_categories(SIXTH, Situation(premium, tier, 3))]
        for tier, premium in (("T1", 39500), ("T2", 78000))
    )
    assert first == ["F1", "U1", "B4", "B2", "B3", "B1"], "the whole 一档, then the unknown, then by amount"
    assert second == ["U1", "F1", "B1", "B3", "B4", "B2"], "of 二档 nothing is the whole"


def test_without_the_years_that_matter_nothing_is_said_of_anybody_else() -> None:
    assert len(situations(SIXTH)) == 3 * 5
    assert all(len(situations(load_policy(policy))) == 1 for policy in list_policies())


def test_what_no_policy_uses_stands_in_no_sheet() -> None:
    """The four notices: no column, no name and no list of what only later law knows."""
    for policy in list_policies():
        book = load_rulebook(load_policy(policy))
        assert not {"身份个数", "缴费档次名单", "档次标准", "渐退身份", "补缴截止", "共济缴费方式"} & book.names.keys()
        for roster in book.rosters.values():
            assert (
                not {"premium_tier", "ended_year", "situation", "missed_years", "makes_up", "payer_name"}
                & roster.by_field.keys()
            )


SLIPS = [
    ('amount: share, share: {of: T1, value: "1"}', "amount: share", "P04.computed", "subsidy.categories[0].amount"),
    ('amount: share, share: {of: T1, value: "1"}', 'amount: "395.00", share: {of: T1, value: "1"}',
     "P04.computed_unused", "subsidy.categories[0].share"),
    (SHARE_B1, 'share: {value: "0.33", by: policy_year}', "P04.share", "subsidy.categories[1].share"),
    (SHARE_B1, 'share: {of: T3, value: "0.33"}', "P05.reference", "subsidy.categories[1].share.of"),
    (SHARE_B1, 'share: {value: "0.33", after: "0.10"}', "P04.share_after", "subsidy.categories[1].share.after"),
    ('        after: "0.00"\n', "", "P08.share_after", "subsidy.categories[2].share"),
    ("{year: 2, value", "{year: 5, value", "P08.share_years", "subsidy.categories[2].share.years"),
    ("{year: 2025, value", "{year: 2027, value", "P08.share_year", "subsidy.categories[4].share.years"),
    ('{tier: T2, amount: "220.00"}', '{tier: T2, amount: "780.01"}', "P08.above_premium",
     "subsidy.categories[3].amount"),
    (', {tier: T2, amount: "220.00"}', "", "P04.tier_missing", "subsidy.categories[3].amounts"),
    ("{tier: T2, amount", "{tier: T1, amount", "P06.unique", "subsidy.categories[3].amounts[1]"),
    ('standard: {amount: "395.00"', 'standard: {amount: "400.00"', "P08.tier_standard", "premium.standard.amount"),
    ("  tiers:\n", '  overrides: [{population: RESIDENT, amount: "300.00"}]\n  tiers:\n', "P04.tiers_overrides",
     "premium.overrides"),
    ("name: 二档", "name: 一档", "P06.unique", "premium.tiers[1].name"),
    ("direct_persons_pay_nothing: false", "direct_persons_pay_nothing: true", "P08.direct",
     "subsidy.categories[0].amount"),
    ("name: 特困人员, tier: QUOTA", "name: 特困人员, tier: FULL", "P08.full", "subsidy.categories[0].amount"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "bad", "key", "path"), SLIPS, ids=lambda value: str(value)[:30])
def test_a_slip_is_told(old: str, bad: str, key: str, path: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, bad, 1)
    issues = [issue for issue in check_policy(parse_policy(text.encode())) if issue.severity is Severity.ERROR]
    assert (key, path) in {(issue.key, issue.path) for issue in issues}
    for lang in ("zh", "en"):
        assert all("{" not in render_issue(issue, "p.yaml", lang) for issue in issues)


def test_a_share_that_is_no_whole_fen_needs_a_rule() -> None:
    text = TEXT.replace('  rounding: {unit: jiao, mode: half_up, ref: "L1 三"}\n', "", 1)
    assert "P08.rounding" not in {issue.key for issue in check_policy(parse_policy(text.encode()))}, "130.35 is whole"
    text = text.replace('value: "0.33"', 'value: "0.3333"', 1)
    issues = [issue for issue in check_policy(parse_policy(text.encode())) if issue.code == "P08"]
    [issue] = [issue for issue in issues if issue.key != "P08.cap_below"]  # of what comes on top
    assert (issue.key, issue.path) == ("P08.rounding", "subsidy.categories[1].share")
    assert "131.6535" in render_issue(issue)


def test_an_unknown_rounding_leaves_only_broken_amounts_open() -> None:
    text = TEXT.replace('rounding: {unit: jiao, mode: half_up, ref: "L1 三"}', "rounding: null", 1)
    text = text.replace('value: "0.33"', 'value: "0.3333"', 1)
    text = text.replace("unknown:\n", "unknown:\n  - {path: subsidy.rounding, reason: 未写, needed_for: 返还}\n", 1)
    policy = parse_policy(text.encode())
    assert [issue for issue in check_policy(policy) if issue.severity is Severity.ERROR] == []
    found = amounts(policy, Situation(39500, "T1", 1))
    assert (found["B1"], found["B2"]) == (None, 31600)


def test_shares_of_a_later_year_may_not_grow() -> None:
    text = TEXT.replace('{year: 2, value: "0.60"}', '{year: 2, value: "0.90"}', 1)
    assert "P08.share_grows" in {issue.key for issue in check_policy(parse_policy(text.encode()))}
