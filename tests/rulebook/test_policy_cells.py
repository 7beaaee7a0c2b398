"""Values of a policy file as cells show them, and back."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from canbao_rulebook.policy import list_policies
from canbao_rulebook.policy.book_edits import CellRead, merge_cells
from canbao_rulebook.policy.cells import ABSENT, allowed_words, parse_cell, show_cell
from canbao_rulebook.policy.issues import PolicyError
from canbao_rulebook.policy.rows import RowKind, policy_rows
from canbao_rulebook.policy.words import Op, SubsidyKind, Tier
from canbao_rulebook.policy.yaml import read_yaml
from canbao_templates import read_text
from support.times import most_different

DAY = date(2021, 9, 1)
DATA = Path(__file__).parents[1] / "data"
TEXTS = {
    **{name: read_text(f"policies/{name}.yaml") for name in list_policies()},
    **{
        name: (DATA / f"{name}.yaml").read_text(encoding="utf-8")
        for name in ("fifth-county", "orchard-county", "sixth-county", "seventh-county")
    },
}


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ("是", bool, True), ("否", bool, False), (True, bool, True), ("未知", bool, None), ("", bool, ABSENT),
        (None, str, ABSENT), ("2021-09-01", date, DAY), ("2021/9/1", date, DAY), ("2021年9月1日", date, DAY),
        (datetime.fromisoformat("2021-09-01"), date, DAY), ("2021-13-01", date, "2021-13-01"),
        ("从参保之日起", date, "enrolment_date"),
        ("280", Decimal, "280.00"), (280, Decimal, "280.00"), (280.5, Decimal, "280.50"), ("280元", Decimal, "280元"),
        ("等于本人缴费标准", Decimal, "premium"), ("90", int, 90), (90.0, int, 90), ("九十", int, "九十"),
        ("政府代缴", SubsidyKind, "direct"), ("direct", SubsidyKind, "direct"), ("一事一议", SubsidyKind, "manual"),
        ("随便", SubsidyKind, "随便"), ("高于", Op, "gt"), ("甲、乙", tuple[str, ...], ["甲", "乙"]),
        ("无", tuple[str, ...], []),
        ("甲、乙\n丙", tuple[str, ...], ["甲、乙", "丙"]), ('"未知"', str, "未知"), ("未知", str, None),
    ],
)  # fmt: skip
def test_what_a_cell_says(cell: object, kind: Any, value: object) -> None:
    assert parse_cell(cell, kind) == value


@pytest.mark.parametrize(
    ("cell", "value"), [("0.97", "0.97"), (0.97, "0.97"), ("97%", "0.97"), ("1", "1"), ("1.00", "1.00")]
)
def test_a_share(cell: object, value: str) -> None:
    assert parse_cell(cell, Decimal, is_share=True) == value


@pytest.mark.parametrize("text", ["未知", "无", '"x"', "是", "280.00", "L1 二(二)1", "2020年12月中下旬"])
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert parse_cell(show_cell(text, str), str) == text


@pytest.mark.parametrize("kind", [SubsidyKind, Tier, Op, bool])
def test_words_of_a_list_mean_one_thing_each(kind: Any) -> None:
    words = allowed_words(kind)
    assert len(set(words)) == len(words)


def _at(data: Any, loc: tuple[str | int, ...]) -> Any:
    for step in loc:
        if isinstance(data, str) and step == "code":
            return data  # a finding that withholds, written as its code alone
        if isinstance(data, dict):
            data = data.get(step, ABSENT)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            return ABSENT
    return data


@pytest.mark.parametrize("name", TEXTS)
def test_every_value_has_a_row_and_comes_back(name: str) -> None:
    data: Any = read_yaml(TEXTS[name].encode()).data
    rows = [row for row in policy_rows(data) if row.kind is RowKind.VALUE]
    for row in rows:
        value = _at(data, row.loc)
        said = parse_cell(row.text, row.field, is_share=row.is_share)
        assert said == ([value] if isinstance(said, list) and isinstance(value, str) else value), row.loc
    leaves = _leaves({key: value for key, value in data.items() if key not in {"schema", "supersedes", "confirm"}})
    shown = {row.loc for row in rows if not row.is_new}
    assert {loc for loc in leaves if loc not in shown and (*loc, "code") not in shown} == set()


def _leaves(value: Any, loc: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    if isinstance(value, dict) and value:
        return {found for key, child in value.items() for found in _leaves(child, (*loc, key))}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return {found for index, child in enumerate(value) for found in _leaves(child, (*loc, index))}
    return set() if value in (None, {}, []) else {loc}


@pytest.mark.parametrize("name", TEXTS)
def test_an_unchanged_workbook_is_the_same_text(name: str) -> None:
    text = TEXTS[name]
    data: Any = read_yaml(text.encode()).data
    read = {row.loc: CellRead(row.text, row.label, "", "x") for row in policy_rows(data)}
    assert merge_cells(text, read).text == text


@pytest.mark.parametrize("name", most_different(TEXTS))
def test_any_single_change_changes_that_value_alone(name: str) -> None:
    """Every text in turn becomes another one; nothing else of the file moves."""
    text = TEXTS[name]
    data: Any = read_yaml(text.encode()).data
    rows = policy_rows(data)
    read = {row.loc: CellRead(row.text, row.label, "", "x") for row in rows}
    texts = [row for row in rows if row.kind is RowKind.VALUE and row.field is str and row.text and not row.is_new]
    for row in texts[:: max(1, len(texts) // 12)]:
        changed = merge_cells(text, {**read, row.loc: read[row.loc]._replace(value="改过的字")}).text
        after: Any = read_yaml(changed.encode()).data
        found = _at(after, row.loc)
        assert found == "改过的字"
        _put(after, row.loc, _at(data, row.loc))
        assert after == data or isinstance(_at(data, row.loc[:-1]), str)


def _written(text: str, changes: dict[tuple[str | int, ...], str]) -> str:
    """The text after some cells of 今年 were written; each row has a cell of its own."""
    data: Any = read_yaml(text.encode()).data
    rows = policy_rows(data)
    assert changes.keys() <= {row.loc for row in rows}
    read = {row.loc: CellRead(changes.get(row.loc, row.text), row.label, "", f"E{i}") for i, row in enumerate(rows)}
    return merge_cells(text, read).text


@pytest.mark.parametrize("said", ["没有", "删去", "x"])
def test_a_word_that_a_heading_does_not_know_takes_nothing_away(said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        _written(TEXTS["huining-2021"], {("targets",): said})
    assert [(issue.key, issue.params["value"]) for issue in refused.value.issues] == [("P04.choice", said)]


@pytest.mark.parametrize("loc", [("legal", "L2"), ("calendar", "windows", 0)])
def test_another_word_in_the_heading_of_an_entry_is_told(loc: tuple[str | int, ...]) -> None:
    with pytest.raises(PolicyError) as refused:
        _written(TEXTS["huining-2021"], {loc: "L9"})
    assert [issue.key for issue in refused.value.issues] == ["P04.choice"]


@pytest.mark.parametrize("others", [{}, {("legal", "L2"): "删去"}, {("legal", "+2"): "L2"}])
def test_a_new_entry_never_takes_the_place_of_another(others: dict[tuple[str | int, ...], str]) -> None:
    with pytest.raises(PolicyError) as refused:
        _written(TEXTS["huining-2021"], {("legal", "+1"): "L2", ("legal", "+1", "title"): "新通知", **others})
    assert {issue.key for issue in refused.value.issues} == {"P06.unique"}


def test_an_entry_and_what_stands_in_it_or_behind_it_are_taken_away_together() -> None:
    other = "\n  - name: other\n    columns: [{header: a, field: name}, {header: b, field: sex}]\nunknown:"
    text = TEXTS["huining-2021"].replace("\nunknown:", other, 1)
    data: Any = read_yaml(text.encode()).data
    first = {("export", 0): "删去", ("export", 0, "columns", 0): "删去"}
    after: Any = read_yaml(_written(text, first).encode()).data
    assert after["export"] == data["export"][1:]
    after = read_yaml(_written(text, {("export", 0): "删去", ("export", 1, "columns", 1): "删去"}).encode()).data
    assert after["export"][0]["columns"] == data["export"][1]["columns"][:1]


def test_the_last_entry_of_a_block_with_a_comment_is_taken_away() -> None:
    text = _written(TEXTS["huining-2021"], {("export", 0): "删去"})
    after: Any = read_yaml(text.encode()).data
    assert after["export"] == []
    assert "export: []   # 建议的对照" in text  # as far from it as before


@pytest.mark.parametrize("rosters", ["R1、R3", "R2", "R1、R2、R3、R4"])
def test_the_comments_of_a_list_a_line_a_word_stay(rosters: str) -> None:
    listed = "\nrosters:\n  - R1   # 应保\n  - R2   # 外地\n\n# 以下是导出\n"
    text = re.sub(r"\nrosters: .*\n", listed, TEXTS["huining-2021"], count=1)
    written = _written(text, {("rosters",): rosters})
    after: Any = read_yaml(written.encode()).data
    assert after["rosters"] == rosters.split("、")
    assert "\n\n# 以下是导出\nexport:" in written


def test_a_block_that_is_none_in_one_word_is_filled_in() -> None:
    text = TEXTS["huining-2021"].replace("writeoff: null", "writeoff: none")
    after: Any = read_yaml(_written(text, {("writeoff", "date"): "2021-01-01"}).encode()).data
    assert after["writeoff"] == {"date": date(2021, 1, 1)}


@pytest.mark.parametrize("item", ["户口簿，身份证", "甲,乙", "甲；乙", "甲;乙", "甲、乙"])
def test_marks_within_an_item_do_not_part_it(item: str) -> None:
    kind = tuple[str, ...]
    assert parse_cell(show_cell([item, "丙"], kind), kind) == [item, "丙"]


def _put(data: Any, loc: tuple[str | int, ...], value: Any) -> None:
    for step in loc[:-1]:
        data = data[step]
    data[loc[-1]] = value
