"""docs/promises.md names tests that exist: a promise without its test is an advertisement."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "promises.md").read_text(encoding="utf-8")


def test_every_promise_names_its_test() -> None:
    rows = [row for row in PAGE.splitlines() if row.startswith("| ") and "| test |" not in row]
    assert len(rows) > 25
    for row in rows:
        assert re.search(r"`[\w/…]*(test_\w+|\.yaml)|decision \d{4}|the same \|", row), row


def test_every_test_that_is_named_exists() -> None:
    for name in re.findall(r"`([\w/]+\.(?:py|yaml))", PAGE):
        assert (TESTS / name).is_file(), name
    for path, name in re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE):
        assert f"def {name}(" in (TESTS / path).read_text(encoding="utf-8"), (path, name)
