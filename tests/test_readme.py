"""README.md and README.zh-CN.md say the same: the same commands, files, checks and fields, in as many rows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
KINDS = {
    "commands": r"`(canbao [^`]*)`",
    "targets": r"^    (make [\w-]+)",
    "files and fields": r"`([\w./*-]+)`",
    "links": r"\]\(((?:docs|CONTRIBUTING|CHANGELOG)[^)]*)\)",
    "rosters and checks": r"\b([RV]\d+C?)\b",
}


def found(pattern: str, page: str) -> set[str]:
    return set(re.findall(pattern, page, re.MULTILINE))


@pytest.mark.parametrize("kind", KINDS)
def test_both_name_the_same(kind: str) -> None:
    assert found(KINDS[kind], ENGLISH)
    assert found(KINDS[kind], ENGLISH) == found(KINDS[kind], CHINESE)


def test_both_have_the_same_sections_and_rows() -> None:
    shapes = [re.findall(r"^(#+|\|)", page, re.MULTILINE) for page in (ENGLISH, CHINESE)]
    assert shapes[0] == shapes[1]


def test_every_target_of_make_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in (ENGLISH, CHINESE):
        targets = re.findall(r"\bmake ([a-z][\w-]*)", page)
        assert len(targets) > 8
        assert {name for name in targets if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()
