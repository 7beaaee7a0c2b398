"""``make coverage-proof``: what docs/coverage.md says of the policy files is proved by tests that fail without it.

Each figure of the notices is changed, one at a time, and its test has to fail; then every day of every calendar is
moved, and CALENDAR's test has to fail. Every row about a policy value has to name the test of its figures.
"""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import list_names, read_text
from mutate.plan import ROOT
from mutate.run import NOTICED, Tree

_PAGE = ROOT / "docs" / "coverage.md"
_POLICIES = "xlsx_templates/canbao_templates/policies"
_DAY = re.compile(r"(?<=(?:tart|.end|.due): )20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_CALENDAR = "tests/county/test_timetable.py::test_every_stage_and_every_hand_over_stands_on_its_days"


def main() -> int:
    """Return 0 when every figure has a test that fails without it, and every row names it."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "rulebook")]
    tests = importlib.import_module("test_notice_figures")
    troubles = [*_unnoticed(tests), *_unnamed(tests.FIGURES), *_calendar()]
    print("\n".join(troubles) or "every figure that docs/coverage.md cites has a test that fails without it")
    return int(bool(troubles))


def _unnoticed(tests: Any) -> list[str]:
    """Return the figures whose change no test notices."""
    found = []
    for policy, rules in tests.FIGURES.items():
        content = parse_yaml(read_text(f"policies/{policy}.yaml"))
        for rule, figures in rules.items():
            for path in figures:
                changed = deepcopy(content)
                _change(tests, changed, path)
                tests.parse_yaml = lambda _, changed=changed: changed
                if _passes(tests, policy, rule):
                    found.append(f"{policy} {rule}: nobody notices another {path}")
    return found


def _passes(tests: Any, policy: str, rule: str) -> bool:
    try:
        tests.test_the_figures_of_the_notice(policy, rule)
    except AssertionError:
        return False
    return True


def _change(tests: Any, content: Any, path: str) -> None:
    """Put another value in the place of one."""
    before, _, last = path.rpartition(".")
    holder = tests.look_up(content, before)
    if isinstance(holder, list):
        raise TypeError(path)
    holder[last] = another(holder[last])


def another(value: Any) -> Any:
    """Return a value of the same kind that is another one: a day later, one more, a list without its last entry."""
    match value:
        case bool():
            return not value
        case date():
            return value + timedelta(days=1)
        case int():
            return value + 1
        case list():
            return value[:-1] if value else ["x"]
        case str() if re.fullmatch(r"[0-9.]+", value):
            return f"{float(value) + 1:.2f}"
        case _:
            return "x"


def _unnamed(figures: dict[str, Any]) -> list[str]:
    """Return the rows about a policy value that name another test, and figures without a row."""
    rows = dict(re.findall(r"^\| ([A-Z]{2}-\d+[a-z]?) \| (.*) \|$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    known = {rule for rules in figures.values() for rule in rules}
    found = [f"{rule}: docs/coverage.md has no row that names NF" for rule in known if not _names(rows.get(rule, ""))]
    return found + [
        f"{rule}: the row names NF, which has no figure" for rule in rows.keys() - known if _names(rows[rule])
    ]


def _names(row: str) -> bool:
    return bool(re.search(r"\bNF\b", row.rpartition(" | ")[2]))


def _calendar() -> list[str]:
    """Return what is wrong when every day of the calendars is another one and nobody notices."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as scratch:
        tree = Tree.copied(Path(scratch))
        for policy in list_names("policies", ".yaml"):
            path = tree.root / _POLICIES / f"{policy}.yaml"
            head, calendar, rest = path.read_text(encoding="utf-8").partition("\ncalendar:")
            moved, premium, tail = rest.partition("\npremium:")
            moved = _DAY.sub(lambda m: str(date.fromisoformat(m.group()) + timedelta(days=1)), moved)
            path.write_text(head + calendar + moved + premium + tail, encoding="utf-8")
        status, _ = tree.test([_CALENDAR])
    return [] if status == NOTICED else ["CALENDAR: nobody notices that every day is another one"]


if __name__ == "__main__":
    sys.exit(main())
