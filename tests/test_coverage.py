"""docs/coverage.md names every rule and every check exactly once, and mentions only tests and messages that exist."""

import re
from collections import Counter
from pathlib import Path

from canbao_rulebook.yaml_text import parse_yaml
from support.every_message import load_cases

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
RULES = re.findall(
    r"^\| ([A-Z]{2}-\d+[a-z]?) \|", (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"), re.MULTILINE
)
WORKED = parse_yaml((ROOT / "tests" / "cases" / "huining-2021.yaml").read_text(encoding="utf-8"))["cases"]


def rows(pattern: str) -> Counter[str]:
    return Counter(re.findall(rf"^\| ({pattern}) \|", PAGE, re.MULTILINE))


def test_every_rule_has_its_row() -> None:
    assert rows(r"[A-Z]{2}-\d+[a-z]?") == Counter(RULES)


def test_every_check_has_its_row() -> None:
    assert rows(r"V\d\d") == Counter(f"V{number:02d}" for number in range(1, 44))


def test_no_row_is_empty() -> None:
    cells = [line.strip("|").split("|") for line in PAGE.splitlines() if re.match(r"\| ([A-Z]{2}-|V)\d", line)]
    assert all(cell.strip() for row in cells for cell in row)
    assert all(row[-1].strip() != "–" for row in cells if "-" in row[0])


def test_messages_and_cases_exist() -> None:
    messages = load_cases()["cases"]
    named = set(re.findall(r"\bV\d\d\.[a-z_0-9]+", PAGE)) - {"V37.townships", "V37.targets"}
    assert named <= messages.keys()
    known = {case["name"].split(" ")[0] for case in WORKED}
    lists = re.findall(r"\bcases? ((?:\d+[a-z]?\d?(?:, )?)+)", PAGE)
    assert {number for text in lists for number in re.findall(r"\d+[a-z]?\d?", text)} <= known


def test_files_that_are_named_exist() -> None:
    for path in re.findall(r"`?(tests/[\w/.-]+\.(?:py|yaml))", PAGE):
        assert (ROOT / path).is_file(), path
