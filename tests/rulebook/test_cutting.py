"""Entries taken out of a policy file: what stands around them stays to the letter, comments too."""

import pytest

from canbao_rulebook.policy.cells import ABSENT
from canbao_rulebook.policy.cutting import cut_entry, replace_block
from canbao_rulebook.policy.edit import Edits, apply_edits
from canbao_rulebook.policy.yaml import read_yaml

TEXT = """# the county's file
first: 1
lists:                       # what may be chosen
  one: [甲, 乙]   # two words
  # about the second
  two:
    - 丙
    # between
    - 丁   # the last word
  # about what follows: a comment below the last entry
categories:
  - {code: A, name: "甲"}   # a
  # above b
  - code: B
    name: 乙
    note: |
      several
      lines
  # below b
  # and still below

next: {a: 1, b: 2}  # of next
# at the end of all
"""


def data(text):
    document = read_yaml(text.encode())
    assert not document.issues
    return document.data


@pytest.mark.parametrize(
    ("loc", "lines"),
    [
        (("categories", 1), ("  - code: B", "    name: 乙", "    note: |", "      several", "      lines")),
        (("categories", 0), ('  - {code: A, name: "甲"}   # a',)),
        (("categories", 1, "note"), ("    note: |", "      several", "      lines")),
        (("lists", "two", 1), ("    - 丁   # the last word",)),
        (("lists", "one"), ("  one: [甲, 乙]   # two words",)),
        (("next",), ("next: {a: 1, b: 2}  # of next",)),
        (("first",), ("first: 1",)),
    ],
)
def test_only_the_lines_of_the_entry_go(loc, lines):
    kept = TEXT
    for line in lines:
        assert kept.count(f"{line}\n") == 1
        kept = kept.replace(f"{line}\n", "")
    assert cut_entry(TEXT, loc) == kept
    data(kept)


def test_the_last_one_leaves_brackets_and_the_comments():
    left = cut_entry(cut_entry(TEXT, ("categories", 1)), ("categories", 0))
    assert data(left)["categories"] == []
    wanted = [line for line in TEXT.splitlines() if line.strip().startswith("#")]
    assert [line for line in left.splitlines() if line.strip().startswith("#")] == wanted
    assert "  # above b\n  # below b\n" in left
    emptied = cut_entry(cut_entry(TEXT, ("lists", "one")), ("lists", "two"))
    assert data(emptied)["lists"] == {}
    assert "lists: {}                       # what may be chosen\n" in emptied


def test_what_has_no_lines_of_its_own_is_not_cut():
    assert cut_entry(TEXT, ("next", "a")) is None
    assert cut_entry(TEXT, ("lists", "one", 1)) is None
    assert cut_entry(TEXT, ("categories", 1, "code")) is None, "it stands behind the dash"
    assert cut_entry(TEXT, ("categories", 7)) == cut_entry(TEXT, ("nothing", "here")) == TEXT


@pytest.mark.parametrize("word", ["null", "[]"])
def test_a_word_in_the_place_of_a_block(word):
    text = replace_block(TEXT, ("categories",), word)
    assert data(text) == data(TEXT) | {"categories": None if word == "null" else []}
    assert f"categories: {word}\n  # below b\n" in text
    assert replace_block(TEXT, ("next",), word) is None, "in brackets it has no lines"


def test_edits_lose_no_comment_that_stands_by_itself():
    edits = Edits(
        values={("lists", "two"): ABSENT, ("first",): "2", ("next", "b"): ABSENT},
        removed=[("categories", 0), ("categories", 1)],
        added=[(("lists", "three"), None, "戊")],
    )
    text = apply_edits(TEXT, edits)
    assert data(text) == {
        "first": "2", "lists": {"one": ["甲", "乙"], "three": ["戊"]}, "categories": [], "next": {"a": 1},
    }  # fmt: skip
    for line in TEXT.splitlines():
        if line.strip().startswith("#") and line.strip() != "# between":
            assert line.strip() in text
    assert apply_edits(TEXT, Edits(values={("categories",): None})) == replace_block(TEXT, ("categories",), "null")
