"""Documents and comments refer to nothing that is not in the repository: links, files, decisions, rules, sections."""

import fnmatch
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from made_tables import outdated

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TEXT = {".cfg", ".csv", ".j2", ".md", ".py", ".sh", ".toml", ".txt", ".yaml", ".yml", ""}
FOLDERS = tuple(f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
RULE = r"\b(?:PT|DX|SC|HN)-\d+[a-z]?\b"
OLD = "CHANGELOG.md"  # says what was, also of files that are gone


@cache
def read_texts() -> dict[str, str]:
    """Text of every file that git knows or would add, by path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    paths = [name for name in listed if name and Path(name).suffix in TEXT and (ROOT / name).is_file()]
    return {name: (ROOT / name).read_text(encoding="utf-8", errors="replace") for name in paths}


def pages() -> list[str]:
    return [name for name in read_texts() if name.endswith(".md")]


def headings(page: str) -> set[str]:
    """Anchors of a page: those written out, and what GitHub makes of its headings."""
    titles = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    return made | set(re.findall(r'<a id="([^"]+)"', page))


@pytest.mark.parametrize("name", pages())
def test_links_lead_somewhere(name: str) -> None:
    text = read_texts()[name]
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        there = (ROOT / name).parent / path if path else ROOT / name
        assert there.exists(), target
        if anchor and there.suffix == ".md":
            assert anchor in headings(there.read_text(encoding="utf-8")), target


def test_pages_that_are_named_exist() -> None:
    known = {Path(name).name for name in pages()} | {"用户手册.md"}
    missing = {
        (name, word)
        for name, text in read_texts().items()
        if name != "tests/test_release.py"  # where fragments are made
        for word in re.findall(r"(?<![\w<{….-])(?!NNNN)[\w-]+\.md\b", text)
        if word not in known and not any(page.endswith(word) for page in known)
    }
    assert missing == set()


def endings(path: str) -> set[str]:
    """How a page may name a file or one of its folders: without folders before it, without the packages' canbao_x/."""
    short = re.sub(r"\bcanbao_\w+/", "", path)
    parts = [name.split("/") for name in {path, short, *map(str, Path(path).parents), *map(str, Path(short).parents)}]
    return {"/".join(names[start:]) for names in parts for start in range(len(names))}


def test_files_that_pages_name_exist() -> None:
    there = set().union(*(endings(name) for name in read_texts()))
    missing = set()
    for name in set(pages()) - {OLD}:
        for word in re.findall(r"`(?!\S*NNNN)((?:[\w.-]+/)+[\w.*-]*)(?:::\w+)?`", read_texts()[name]):
            if re.search(r"\.(py|yaml|j2|md|csv|sh|json)$", word) or word.startswith(FOLDERS):
                found = fnmatch.filter(there, word.rstrip("/")) if "*" in word else word.rstrip("/") in there
                missing |= set() if found else {(name, word)}
    assert missing == set()


def test_decisions_that_are_named_exist() -> None:
    numbers = {path.name[:4] for path in (DOCS / "decisions").glob("*.md")}
    named = {
        (number, name) for name, text in read_texts().items() for number in re.findall(r"decision (\d{4})\b", text)
    }
    assert {(number, name) for number, name in named if number not in numbers} == set()


def test_rules_that_are_named_are_explained() -> None:
    page = (DOCS / "rules.md").read_text(encoding="utf-8")
    explained = set(re.findall(rf"^\| ({RULE}|C\d+|V\d\d) \|", page, re.MULTILINE))
    assert {f"C{number}" for number in range(1, 32)} | {f"V{number:02d}" for number in range(1, 43)} <= explained
    named = {
        (rule, name)
        for name, text in read_texts().items()
        for rule in re.findall(rf"{RULE}|(?<=rules\.md )C\d+|(?<=, )C\d+(?=\))|(?<=\()C\d+(?=\))", text)
    }
    unknown = {(rule, name) for rule, name in named if not {rule, rule.rstrip("abcd")} & explained}  # b: a second case
    assert unknown == set()


@pytest.mark.parametrize("page", ["identity", "settlement"])
def test_sections_that_are_named_exist(page: str) -> None:
    there = set(re.findall(r"^##+ (\d+a?)[. ]", (DOCS / f"{page}.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(there) >= 7
    for name, text in read_texts().items():
        for words in re.findall(rf"{page}\.md (?:sections? )?([\da-z., ]*\d[\da-z]*(?: (?:and|to) \d+)?)", text):
            assert set(re.findall(r"\d+a?(?=\D|$)", re.sub(r"\.\d+", "", words))) <= there, (name, words)


def test_tables_that_are_made_are_current() -> None:
    assert outdated() == {}
