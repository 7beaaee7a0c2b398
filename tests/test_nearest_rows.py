"""Both sides of every limit of the roster specs: a row says exactly what data/nearest_rows.yaml has for it."""

from typing import Any

import pytest

from canbao_rulebook.policy import list_policies
from canbao_rulebook.units import Unit
from support.every_message import all_rosters
from support.nearest_rows import RESULT, SAID, cells, computed, judge, judge_rows, load_nearest, sheets, written

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


CELLS = [(policy, code) for policy, rosters in load_nearest()["cells"].items() for code in rosters]
OF_BLANKS, NO_WORD, TOO_LONG = ("V01", "V27", "V28.no_remark"), "没有的词", 1234567890123456


@pytest.mark.parametrize(("policy", "code"), CELLS)
def test_which_cells_must_be_filled_from_which_list_and_as_text(policy: str, code: str) -> None:
    roster, expected = all_rosters(policy).rosters[code], load_nearest()["cells"][policy][code]
    headers = [column.header for column in roster.columns if column.is_input]
    usual = {"证件类型": "居民身份证", **cells(policy, code, {})}
    blank = [{name: value for name, value in usual.items() if name != header} for header in headers]
    others = [usual | {header: value} for value in (NO_WORD, TOO_LONG) for header in headers]
    whole, *said = judge_rows(policy, code, [usual, *blank, *others])[0]
    empty, word, number = (
        zip(headers, said[at : at + len(headers)], strict=True) for at in range(0, len(said), len(headers))
    )
    found = {
        "required": [
            name for name, one in empty if any(k.startswith(OF_BLANKS) for k, at in one - whole if at == name)
        ],
        "listed": [name for name, one in word if ("V41.not_in_list", name) in one],
        "numbers": [name for name, one in number if ("V03.number", name) in one],
    }
    assert {key: sorted(names) for key, names in found.items()} == {key: sorted(expected[key]) for key in found}


@pytest.mark.parametrize(
    ("villages", "groups", "said"),
    [
        ((), (), set()),
        (("二村",), (), {"V06.village"}),
        (("一村",), (), set()),
        (("一村",), (("一村", ("二组",)),), {"V06.group"}),
        (("一村",), (("一村", ("一组",)),), set()),
    ],
)
def test_places_are_judged_once_there_is_one_to_compare_with(
    villages: tuple[str, ...], groups: tuple[tuple[str, tuple[str, ...]], ...], said: set[str]
) -> None:
    unit = Unit("甲镇", villages, groups, account="")
    (found,), _ = judge_rows("huining-2021", "R1", [cells("huining-2021", "R1", {})], unit)
    assert {key for key, _ in found} == said
    (deposit,), _ = judge_rows("huining-2021", "R7", [cells("huining-2021", "R7", {})], unit)
    assert {key for key, _ in deposit} == said - {"V06.group"}


@pytest.mark.parametrize(("account", "said"), [("", set()), ("94100301003453889010048", {"V28.account"})])
def test_an_account_is_judged_where_the_township_has_one(account: str, said: set[str]) -> None:
    row = cells("shangcai-2020", "R7", {"待解户账号": "94100301003453889010049"})
    (found,), _ = judge_rows("shangcai-2020", "R7", [row], Unit("甲镇", ("一村",), account=account))
    assert {key for key, _ in found} == said
