"""Both sides of every limit of the roster specs: a row says exactly what data/nearest_rows.yaml has for it."""

from typing import Any

import pytest

from canbao_rulebook.policy import list_policies
from support.every_message import all_rosters
from support.nearest_rows import RESULT, SAID, computed, judge, sheets, written

SHEETS = sheets()


@pytest.mark.parametrize(("policy", "code"), SHEETS)
def test_a_row_says_what_it_has_to_and_nothing_else(policy: str, code: str) -> None:
    wrong: list[str] = []
    for index, (row, said) in enumerate(zip(written(policy, code), judge(policy, code)[0], strict=True)):
        expected = [entry.partition(" ") for entry in row.get(SAID, [])]
        missing = {key for key, _, header in expected if not any(_fits(key, header, one) for one in said)}
        more = {one for one in said if not any(_fits(key, header, one) for key, _, header in expected)}
        if missing or more:
            wrong.append(f"{index}: {row} {missing=} {more=}")
    assert not wrong, "\n".join(wrong)


def _fits(key: str, header: str, said: tuple[str, str]) -> bool:
    return said[0] == key and header in {"", said[1]}


@pytest.mark.parametrize(("policy", "code"), SHEETS)
def test_computed_columns_are_what_the_notice_makes_of_the_row(policy: str, code: str) -> None:
    wrong: list[str] = []
    for index, row in enumerate(written(policy, code)):
        results: dict[str, Any] = row.get(RESULT, {})
        found = {header: computed(policy, code, index, header) for header in results}
        if found != results:
            wrong.append(f"{index}: {row} {found=}")
    assert not wrong, "\n".join(wrong)


def test_every_message_of_the_specs_has_a_row_that_raises_it() -> None:
    raised = {key for policy, code in SHEETS for said in judge(policy, code)[0] for key, _ in said}
    rules = {
        rule.message
        for policy in list_policies()
        for roster in all_rosters(policy).rosters.values()
        for rule in roster.rules
    }
    assert rules - raised == set()
