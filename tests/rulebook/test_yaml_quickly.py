"""A policy file is read the same by libyaml and by Python alone; what libyaml cannot bear does not reach it."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from canbao_rulebook.policy import list_policies
from canbao_rulebook.policy import yaml as policy_yaml
from canbao_rulebook.policy.yaml import YamlDocument, read_yaml
from canbao_templates import read_text

TEXTS = [read_text(f"policies/{name}.yaml") for name in list_policies()]
ODD = ["", "\t", "- ", "? ", "{", "]", "&a ", "*a", "!x ", "|\n", ">-\n  ", "'", '"\\n"', "#", ": ", "~", "é", "𠮷"]


def alone(content: bytes) -> YamlDocument:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(policy_yaml, "_FAST", None)
        return read_yaml(content)


def told(document: YamlDocument) -> Any:
    return document.data, document.lines, document.texts, document.issues


@pytest.mark.parametrize("text", TEXTS, ids=list_policies())
def test_the_shipped_ones(text: str) -> None:
    assert told(read_yaml(text.encode())) == told(alone(text.encode()))


@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_spoiled_ones(text: str, changes: list[tuple[float, str]]) -> None:
    for where, odd in changes:
        place = int(where * len(text))
        text = text[:place] + odd + text[place:]
    slowly = alone(text.encode())
    if not slowly.issues:  # libyaml also takes some things that the other does not, such as “? ” within a text
        assert told(read_yaml(text.encode())) == told(slowly)


@pytest.mark.parametrize("start", ["[", "{a: ", "- ", "? "])
@pytest.mark.parametrize("depth", [policy_yaml._DEEPEST // 2, 50_000])
def test_the_deepest(start: str, depth: int) -> None:
    document = read_yaml((start * depth).encode())
    assert document.issues or start == "- "


def test_libyaml_is_there() -> None:
    assert policy_yaml._FAST is yaml.CSafeLoader, "else nothing is compared here"
