"""Sentences of ``--lang en`` say nothing in Chinese but words of the sheets and what somebody typed.

What fills the sentences of each message is looked at in test_error_codes.py, where the rows that raise it are judged.
"""

import pytest

from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text
from support.english import english_templates, left_of

CATALOGUES = ("cli", "buttons", "repair", "explain", "conflicts", "doors")


def test_the_templates_of_findings_are_english() -> None:
    found = {key: left for key, text in english_templates().items() if (left := left_of(text))}
    assert found == {}


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_sentences_of_commands_are_english(catalogue: str) -> None:
    def texts(entry: object, path: str) -> list[tuple[str, str]]:
        if not isinstance(entry, dict):
            return []
        own = [(path, str(entry["en"]))] if set(entry) == {"zh", "en"} else []
        return own + [pair for key, inner in entry.items() for pair in texts(inner, f"{path}.{key}")]

    sentences = texts(parse_yaml(read_text(f"{catalogue}.yaml")), catalogue)
    assert sentences
    assert {path: left for path, text in sentences if (left := left_of(text))} == {}


def test_something_chinese_is_noticed() -> None:
    assert left_of("the number is short, 少1位") == "少 位"
    assert left_of("280.00元，，花名册") != ""
    assert left_of("the sheet 资助决定, the header “证件号码”", ["资助决定"]) == ""
    assert load_catalogue().keys() == english_templates().keys()
