"""The four policy files have the figures of their notices, rule by rule: data/notice_figures.yaml.

`make coverage-proof` changes each of them and sees this fail.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

FIGURES = yaml.safe_load((Path(__file__).parents[1] / "data" / "notice_figures.yaml").read_text(encoding="utf-8"))
RULES = [pytest.param(policy, rule, id=rule) for policy, rules in FIGURES.items() for rule in rules]
NAMES = ("id", "code", "name", "tier", "rank_from_last")


def look_up(policy: Any, path: str) -> Any:
    """What stands at a path of keys; an entry of a list is called by its id, code or name."""
    found = policy
    for key in path.split("."):
        if isinstance(found, list):
            (found,) = [one for one in found if key in {str(one.get(name)) for name in NAMES}]
        else:
            found = found[key]
    return found


@pytest.mark.parametrize(("policy", "rule"), RULES)
def test_the_figures_of_the_notice(policy: str, rule: str) -> None:
    content = parse_yaml(read_text(f"policies/{policy}.yaml"))
    expected = FIGURES[policy][rule]
    assert {path: look_up(content, path) for path in expected} == expected
