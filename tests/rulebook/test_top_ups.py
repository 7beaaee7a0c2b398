"""Subsidies on top of another one, with a cap: what is left of them, what a slip in the file is told, its workbook."""

from itertools import product
from pathlib import Path

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.names import policy_names
from canbao_rulebook.phrases import say
from canbao_rulebook.policy import Policy, check_policy, list_policies, load_policy, parse_policy
from canbao_rulebook.policy.diff import compare_policies
from canbao_rulebook.policy.situations import Situation, is_complete, situations
from canbao_rulebook.precedence import competing_categories, ranked_categories
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.top_ups import cap_fen, ranked_top_ups, top_up_fen, top_ups

DATA = Path(__file__).parents[1] / "data"
TEXT = (DATA / "sixth-county.yaml").read_text(encoding="utf-8")
SIXTH = parse_policy(TEXT.encode())
BY_CODE = {category.code: category for category in SIXTH.subsidy.categories}
FIRST, SECOND = Situation(39500, "T1", 2), Situation(78000, "T2", 2)


def changed(*pairs: tuple[str, str]) -> Policy:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_policy(text.encode())


@pytest.mark.parametrize(
    ("code", "beside", "person", "left"),
    [
        ("A1", None, FIRST, 4000),
        ("A1", "B1", FIRST, 4000),
        ("A1", "F1", FIRST, 0),  # the premium is paid for
        ("A1", "F1", SECOND, 4000),
        ("A1", "U1", FIRST, None),
        ("A2", None, FIRST, 6000),
        ("A2", None, SECOND, 10000),
        ("A2", "B2", FIRST, 6000),  # 237 and 60: exactly the cap
        ("A2", "B2", SECOND, 6000),
        ("A2", "B2", Situation(39500, "T1", 1), 0),  # 316 is above the cap, and stays
        ("A2", "B1", SECOND, 3960),
        ("A2", None, Situation(None), None),
        ("A3", "B2", FIRST, 3950),
        ("A3", None, Situation(39500, "T1", 3), 0),
        ("A3", None, Situation(39500, "T1"), None),
        ("A4", None, FIRST, None),
        ("A4", "F1", FIRST, 0),  # however much it is, there is no room
    ],
)
def test_what_is_left_below_the_cap(code: str, beside: str | None, person: Situation, left: int | None) -> None:
    assert top_up_fen(SIXTH, BY_CODE[code], BY_CODE[beside] if beside else None, person) == left


def test_both_are_never_more_than_the_cap_and_the_premium() -> None:
    """But for what the ordinary category pays alone, of which nothing is cut."""
    for top_up, beside, person in product(top_ups(SIXTH), (None, *competing_categories(SIXTH)), situations(SIXTH)):
        fen = top_up_fen(SIXTH, top_up, beside, person)
        paid = 0 if beside is None else SIXTH.amount_fen(beside, person)
        if fen is None or paid is None:
            continue
        limits = [limit for limit in (cap_fen(top_up, person), person.premium_fen) if limit is not None]
        assert 0 <= fen <= (SIXTH.amount_fen(top_up, person) or fen)
        assert fen == 0 or all(paid + fen <= limit for limit in limits)


def test_the_best_of_several_is_the_one_that_pays_the_most_after_the_cap() -> None:
    def order(beside: str | None, person: Situation) -> list[str]:
        return [one.category.code for one in ranked_top_ups(SIXTH, person, BY_CODE[beside] if beside else None)]

    assert order(None, FIRST) == ["A4", "A2", "A1", "A3"], "an unknown amount may be more than any other"
    assert order("B2", Situation(39500, "T1", 1)) == ["A4", "A3", "A1", "A2"], "79, 40, nothing"
    assert order("F1", FIRST) == ["A1", "A2", "A3", "A4"], "nothing left for anybody: by precedence"
    first = changed(("combine: highest_wins", "combine: first_by_precedence"))
    assert [one.category.code for one in ranked_top_ups(first, FIRST, None)] == ["A1", "A2", "A3", "A4"]


def test_they_stand_outside_the_competition() -> None:
    assert not {"A1", "A2", "A3", "A4"} & {category.code for category in ranked_categories(SIXTH, FIRST)}


def test_where_nobody_has_one_no_name_and_no_column_speaks_of_it() -> None:
    for policy in map(load_policy, list_policies()):
        assert not [name for name in policy_names(policy) if name.startswith("叠加") and name != "叠加身份"]
        rosters = load_rulebook(policy).rosters.values()
        assert not [column.header for roster in rosters for column in roster.columns if "叠加" in column.header]
    rosters = load_rulebook(SIXTH).rosters
    assert {"叠加资助类别", "叠加资助方式", "叠加资助"} <= set(rosters["R1"].letters) & set(rosters["R4"].letters)


A1 = 'amount: "40.00", stackable: true, cap: premium'
LEFT_OUT = "rosters: [R1, R4]"


@pytest.mark.parametrize(
    ("old", "bad", "key", "path"),
    [
        (A1, 'amount: "40.00", stackable: true', "P04.cap", "subsidy.categories[6].stackable"),
        (A1, 'amount: "40.00", cap: premium', "P04.cap_unused", "subsidy.categories[6].cap"),
        (A1, 'amount: "40.00", stackable: true, cap: "0.00"', "P08.cap_nothing", "subsidy.categories[6].cap"),
        (A1, 'amount: "40.00", stackable: true, cap: "800.00"', "P08.cap_above", "subsidy.categories[6].cap"),
        (A1, 'amount: "40.00", stackable: true, cap: "30.00"', "P08.cap_short", "subsidy.categories[6].cap"),
        (A1, 'amount: "40.00", stackable: true, cap: "150.00"', "P08.cap_below", "subsidy.categories[6].cap"),
        (A1, 'amount: "40.00", stackable: true, cap: null', "P09.unlisted", "subsidy.categories[6].cap"),
        (A1, 'amount: "0.00", stackable: true, cap: premium', "P08.nothing", "subsidy.categories[6].amount"),
        (f"{A1}, payer: TWN", A1, "P04.payer", "subsidy.categories[6].payer"),
        (f"{A1}, payer: TWN", f"{A1}, payer: NOBODY", "P05.reference", "subsidy.categories[6].payer"),
        ("kind: rebate, " + A1, "kind: manual, " + A1, "P04.stackable", "subsidy.categories[6].stackable"),
        (LEFT_OUT, "rosters: [R4]", "P05.top_up", "subsidy.categories[6].stackable"),
    ],
)
def test_a_slip_is_told_at_its_line(old: str, bad: str, key: str, path: str) -> None:
    policy = changed((old, bad))
    found = {(issue.key, issue.path): issue for issue in check_policy(policy)}
    assert (key, path) in found, found.keys()
    line = found[key, path].line
    assert line is not None
    assert "name: 高龄老人" in TEXT.replace(old, bad, 1).splitlines()[line - 1]


def test_the_file_itself_has_nothing_wrong() -> None:
    issues = check_policy(SIXTH)
    assert [issue for issue in issues if issue.severity is Severity.ERROR] == []
    [told] = [issue for issue in issues if issue.key.startswith("P08")]
    assert (told.key, told.path) == ("P08.cap_below", "subsidy.categories[7].cap")
    assert told.params["categories"] == "特困人员、脱贫人口"


def test_two_years_differ_in_the_cap_in_words() -> None:
    [change] = compare_policies(SIXTH, changed(('cap: "297.00"', 'cap: "250.00"')))
    assert say(change.name, "zh") == "资助类别 村集体成员：叠加以后合计封顶"
    assert (say(change.before, "zh"), say(change.after, "zh")) == ("297.00", "250.00")
    [change] = compare_policies(SIXTH, changed((A1, 'amount: "40.00", stackable: true, cap: "200.00"')))
    assert say(change.before, "zh") == "等于本人缴费标准"


def test_every_situation_of_everybody_who_has_said_all_is_known_but_for_what_the_notice_leaves_open() -> None:
    for person in filter(lambda one: is_complete(SIXTH, one), situations(SIXTH)):
        assert top_up_fen(SIXTH, BY_CODE["A1"], None, person) == 4000
