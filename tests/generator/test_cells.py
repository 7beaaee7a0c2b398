"""Cells as XML, and the layout of a roster sheet."""

import re
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from canbao_generator.expressions import escape_frame
from canbao_generator.layout import build_layout
from canbao_generator.protection import make_lock
from canbao_generator.xml import escape, format_number, grid_rows, value_cell
from canbao_rulebook.check_column import ROW_ALL_RIGHT, check_texts, note_text, ranked_rules, rule_text
from canbao_rulebook.evaluate import rule_id
from canbao_rulebook.findings import Severity
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD
from canbao_rulebook.rulebook import Rulebook

TEXTS = ["张三", "<b>&amp;\"'", "=1+1", "_x0041_", "_x0000_", " 两端 ", "𠮷", ""]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_survive(text: str) -> None:
    cell = ET.fromstring(value_cell("A1", 0, text))
    found = cell.findtext(".//t") or ""
    decoded = re.sub(r"_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), found)
    assert decoded == text


def test_both_ways_of_escaping_agree() -> None:
    frame = escape_frame(pl.DataFrame({"t": [*TEXTS, None]}))
    unquoted = [text.replace("&quot;", '"') for text in map(escape, TEXTS)]
    assert [text and text.replace("&quot;", '"') for text in frame["t"]] == [*unquoted, None]


@pytest.mark.parametrize(("number", "text"), [(280.0, "280"), (0.1, "0.1"), (-5.0, "-5"), (1e20, "1e+20")])
def test_numbers(number: float, text: str) -> None:
    assert format_number(number) == text


def test_an_unknown_item_of_a_list_is_na() -> None:
    assert "<f>NA()</f>" in grid_rows({1: ["头", None]}, 0)


def test_formulas_keep_the_limits_of_excel(book: Rulebook) -> None:
    for roster in book.rosters.values():
        for entry in build_layout(book, roster).columns:
            assert len(entry.formula or "") < 8192


def test_technical_columns_stand_behind_those_of_the_roster(book: Rulebook) -> None:
    roster = book.rosters["R1"]
    headers = [entry.column.header for entry in build_layout(book, roster).columns]
    own = [column.header for column in roster.sheet_columns]
    assert headers[: len(own)] == own
    assert all(header.startswith("※") for header in headers[len(own) :])


def test_the_result_names_errors_before_warnings(book: Rulebook) -> None:
    roster = book.rosters["R1"]
    error = next(rule for rule in roster.rules if rule.severity is Severity.ERROR)
    warning = next(rule for rule in roster.rules if rule.severity is Severity.WARNING)
    flags = pl.DataFrame(
        {rule_id(rule): [rule in (error, warning), rule == warning, False] for rule in ranked_rules(roster)}
    )
    shown = check_texts(roster, flags)
    assert shown[CHECK_FIELD].to_list() == [f"{rule_text(error)} (+1)", rule_text(warning), ROW_ALL_RIGHT]
    assert shown[CHECK_NOTE_FIELD].to_list() == [note_text(error), note_text(warning), ""]


def test_the_salt_follows_from_the_policy() -> None:
    assert make_lock("x", "a") == make_lock("x", "a") != make_lock("x", "b")
    assert make_lock(None, "a").digest == ""
