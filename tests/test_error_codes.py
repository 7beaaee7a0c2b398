"""docs/error-codes.md and the catalogues: up to date, two languages, every message raised, every code tested."""

import ast
import re
from pathlib import Path

import pytest
from tools import error_codes

from canbao_rulebook.messages import Message, load_catalogue, render
from canbao_rulebook.policy import list_policies
from canbao_rulebook.policy.issues import load_policy_messages
from canbao_rulebook.yaml_text import parse_yaml
from support.english import chinese_left
from support.every_message import all_rosters, find, find_all, load_cases

TESTS = Path(__file__).parent
CATALOGUE = load_catalogue()
CODE = re.compile(r"\b[VP]\d\d\b")
WHOLE = r"[VP]\d\d(\.[a-z_0-9]+)?"

IMPLEMENTED = {f"V{number:02d}" for number in range(1, 44)}
# In the catalogue, not raised yet. A key that is raised must leave this list, a key nobody will raise the catalogue.
NOT_RAISED: set[str] = set()
# What callers fill in beside the fields of a row: build_finding's own and the parameters of the checks.
PARAMETERS = {
    "value", "header", "sheet", "file", "after", "amount", "birth_text", "category", "column", "columns", "count",
    "decision", "child", "where",
    "direct", "expected", "found", "found_at", "gap", "kind", "length", "limit", "metric", "name", "names",
    "last", "needed_for", "other", "remedy",
    "other_cell", "other_file", "other_id", "other_name", "other_row", "other_sheet", "other_unit", "paid", "places",
    "policy_year", "premium", "rate", "reason", "rebate", "row", "stated", "status", "suggestion", "target", "unit",
    "absent", "code", "encoding", "extra", "masked", "version",
    "upgraded", "what", "window_end", "window_start", "identity_1", "cert_type", "class", "release_year", "rows",
    "says", "fix", "applied", "owner", "used", "batch", "due", "birth", "explanation", "identified_on", "registered_on",
}  # fmt: skip


def test_the_page_is_up_to_date() -> None:
    assert error_codes.PAGE.read_text(encoding="utf-8") == error_codes.render_page(), "run: python tools/error_codes.py"


def test_every_row_rule_has_its_case() -> None:
    books = map(all_rosters, list_policies())
    rules = {rule.message for book in books for roster in book.rosters.values() for rule in roster.rules}
    assert rules - load_cases()["cases"].keys() == set()


@pytest.mark.parametrize("key", load_cases()["cases"])
def test_the_rows_of_a_case_raise_its_message(key: str) -> None:
    """And what fills an English sentence is English: words of the sheets and what somebody typed stay as they are."""
    assert find(key) is not None
    typed = (load_cases(), "甲镇", "乙镇", "县民政局", "张䶮")
    for finding in find_all(key):
        assert chinese_left(finding, typed) == "", render(finding, "en").message


def test_every_message_is_raised_somewhere() -> None:
    keys = [*CATALOGUE, *load_policy_messages()]
    assert {key for key in keys if not error_codes.find_places(key)} == NOT_RAISED


def test_every_key_that_the_sources_mention_exists() -> None:
    mentioned = {
        key
        for path, text in error_codes.read_sources().items()
        if not path.endswith(error_codes.CATALOGUE_CODE)
        for key in re.findall(r"[\"'(:, ]([VP]\d\d\.[a-z][a-z_0-9]*)[\"',)\s]", text)
    }
    assert mentioned - CATALOGUE.keys() - load_policy_messages().keys() == set()


@pytest.mark.parametrize("message", CATALOGUE.values(), ids=lambda message: message.key)
def test_a_message_speaks_both_languages_and_says_how_to_mend_it(message: Message) -> None:
    assert message.short
    assert all(text.strip() for text in (*message.text.values(), *message.fix.values()))
    assert "{" not in message.short
    assert message.placeholders <= PARAMETERS


@pytest.mark.parametrize("key", load_policy_messages())
def test_a_message_about_policies_speaks_both_languages(key: str) -> None:
    entry = load_policy_messages()[key]
    assert all(entry[field].strip() for field in ("zh", "fix", "en", "fix_en"))


def test_every_code_is_described() -> None:
    codes = {key.partition(".")[0] for key in (*CATALOGUE, *load_policy_messages())}
    assert codes == error_codes.load_notes()["codes"].keys()


def test_every_implemented_code_is_in_the_catalogue() -> None:
    codes = {key.partition(".")[0] for key in (*CATALOGUE, *load_policy_messages())}
    assert {code for code in codes if code.startswith("V")} == IMPLEMENTED


def test_every_implemented_code_is_raised_by_a_test() -> None:
    """Cases that are run (above, and the worked cases), and tests that compare a code or a key, word by word."""
    cases = {key.partition(".")[0] for key in load_cases()["cases"]}
    worked = {
        code
        for path in (TESTS / "cases").glob("*.yaml")
        for case in parse_yaml(path.read_text(encoding="utf-8"))["cases"]
        for expected in (*case.get("findings", ()), *case.get("merge", {}).get("findings", ()))
        for code in CODE.findall(expected)
    }
    compared = {
        node.value[:3]
        for path in TESTS.glob("*/test_*.py")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_")
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(WHOLE, node.value)
    }
    assert IMPLEMENTED - cases - worked - compared == set()
