"""The manual, the hints of the sheets and the buttons use the same words: what is quoted can be found and chosen."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from canbao_county.desk import IMPORTS, SETTINGS, load_form
from canbao_generator.pages import render_page
from canbao_rulebook.list_kinds import CHANGES_SHEET, LIST_SHEET, NOTES_SHEET
from canbao_rulebook.meta import OWN_SHEETS
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.problem_list import DECISION_SHEET
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "docs" / "用户手册.md").read_text(encoding="utf-8")
QUOTED = r"“([^”]+)”"
BY_EXCEL = {"启用编辑", "转换为数字", "－", "否"}  # what Excel, Windows or a question offers to press
# menus of Excel and Windows
PASTED = {"选择性粘贴", "选择性粘贴—数值", "选择性粘贴—数值（值）", "数值", "隐藏", "取消隐藏", "(空白)", "仍要运行"}
OF_PROGRAMMERS = ["JSON", "YAML", "退出状态", "_meta", "SHA-256", "stdout", "DataFrame"]


@cache
def books() -> list[tuple[str, Rulebook]]:
    return [(name, load_rulebook(load_policy(name))) for name in list_policies()]


@cache
def words_of_lists() -> set[str]:
    """Every word of every drop-down that some county has."""
    found: set[str] = set()
    for _, book in books():
        for named in book.names.values():
            values = named.value if isinstance(named.value, tuple | list) else [named.value]
            found |= {str(value) for value in values}
    return found


@cache
def labels() -> set[str]:
    ribbon = parse_yaml(read_text("ribbon/ribbon.yaml"))
    buttons = {button["label"] for group in ribbon["groups"] for button in group["buttons"]}
    return buttons | {ribbon["tab"]["label"]}


def hints() -> Iterator[tuple[str, str]]:
    """What the sheets themselves say of filling in: hints, notes and 填表说明, of every county."""
    for name, book in books():
        for roster in book.rosters.values():
            yield from ((f"{name} {roster.code} {column.header}", column.hint or "") for column in roster.columns)
            yield from ((f"{name} {roster.code}", note) for note in roster.notes)
        guide = render_page("guide", load_policy(name), unknown=[], clerks="", grouped=True)
        yield from ((f"{name} 填表说明", line) for section in guide["sections"] for line in section["lines"])


def texts() -> list[tuple[str, str]]:
    return [*((f"手册 {number}", line) for number, line in enumerate(MANUAL.splitlines(), 1)), *hints()]


def chosen(text: str) -> Iterator[str]:
    """What a text says to choose: 选“甲”、“乙”或“丙”."""
    for run in re.findall(rf"选(?:了)?((?:[、或]?{QUOTED})+)", text):
        yield from re.findall(QUOTED, run[0])


def test_what_is_to_be_chosen_is_on_a_list() -> None:
    asked = [(where, word) for where, text in texts() for word in chosen(text)]
    assert len({word for _, word in asked}) > 20
    assert [pair for pair in asked if pair[1] not in words_of_lists() | PASTED] == []


def test_what_is_to_be_pressed_is_a_button() -> None:
    pressed = [(where, word) for where, text in texts() for word in re.findall(rf"点(?:过)?{QUOTED}", text)]
    assert {word for _, word in pressed} > labels() - {"参保", "帮助", "关于", "为什么是这个数", "下一处"}
    assert [pair for pair in pressed if pair[1] not in labels() | BY_EXCEL] == []


def test_every_button_is_explained() -> None:
    table = MANUAL[MANUAL.index('<a id="buttons">') :]
    assert {label for label in labels() - {"参保"} if f"| {label} |" not in table} == set()


def test_what_a_row_says_is_said_of_rows() -> None:
    messages = parse_yaml(read_text("messages/rows.yaml"))
    said = {message.get("glance") or message.get("short") for message in messages.values()}
    tables = re.findall(r"^\| 列名后面写着 .*\n\|.*\n((?:\|.*\n)+)", MANUAL, re.MULTILINE)
    named = [word for table in tables for row in table.splitlines() for word in row.split("|")[1].strip().split("、")]
    assert len(named) > 40
    assert set(named) - said == set()


def test_sheets_that_are_named_exist() -> None:
    rosters = {roster.sheet for _, book in books() for roster in book.rosters.values()}
    files = ("tables/county.yaml", "tables/reports.yaml", "tables/reconciliations.yaml")
    specs = {spec for file in files for spec in re.findall(r"^ +sheet: (\S+)$", read_text(file), re.MULTILINE)}
    forms = {load_form(name).sheet for name in (SETTINGS, IMPORTS)}
    kept = {LIST_SHEET, NOTES_SHEET, CHANGES_SHEET, DECISION_SHEET, "目标达成明细"} | forms
    named = {name for _, text in texts() for name in re.findall(r"「([^」]+)」", text)}
    assert len(named) > 30
    assert named - rosters - set(OWN_SHEETS) - specs - kept == set()


@pytest.mark.parametrize("word", OF_PROGRAMMERS)
def test_officials_read_no_words_of_programmers(word: str) -> None:
    assert word not in MANUAL
