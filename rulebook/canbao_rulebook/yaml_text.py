"""YAML as the project reads its own data: libyaml where it is there, and no key twice."""

from __future__ import annotations

from typing import Any

import yaml

from canbao_rulebook.kept import RULES, keep
from canbao_templates import read_text

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StrictLoader(_Base):  # type: ignore[misc]
    """A mapping key that stands twice is an error, not a silent overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping whose keys are all different. Raises yaml.constructor.ConstructorError."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            problem = f"键重复：{'、'.join(map(str, twice))}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def parse_yaml(text: str) -> Any:
    """Return the content of a YAML text. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=StrictLoader)  # noqa: S506 - a SafeLoader


def read_data(relative: str) -> Any:
    """Return the content of one of our own data files, named as ``canbao_templates`` does. Raises yaml.YAMLError."""
    return keep(RULES, ("data", relative), lambda: parse_yaml(read_text(relative)))
