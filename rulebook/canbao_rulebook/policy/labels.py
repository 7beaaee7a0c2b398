"""What the places of a policy file are called in words, with units: policy_fields.yaml."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from canbao_rulebook.policy.absent import below, field_of
from canbao_rulebook.policy.model import Policy
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Sequence


class FieldLabel(NamedTuple):
    """What a field is called, and the unit of its value; empty where it has none."""

    name: str
    unit: str = ""


def section_label(key: str) -> str:
    """Return what a block of the top level is called. Raises KeyError for an unknown one."""
    return str(_catalogue()["sections"][key])


def entry_label(model: type[BaseModel]) -> str:
    """Return what one entry of a list of blocks is called. Raises KeyError for a block that is no entry."""
    return str(_catalogue()["entries"][model.__name__])


def field_label(model: type[BaseModel], key: str) -> FieldLabel:
    """Return what a key of a block is called. Raises KeyError where the catalogue has no words for it."""
    fields = _catalogue()["fields"]
    own = next((f"{kind.__name__}.{key}" for kind in model.__mro__ if f"{kind.__name__}.{key}" in fields), key)
    name, _, unit = str(fields[own]).partition("|")
    return FieldLabel(name, unit)


def models_along(steps: Sequence[str | int]) -> list[Any]:
    """Return the types of what stands at each step of a path, the policy file itself first."""
    kinds: list[Any] = [Policy]
    for step in steps:
        kinds.append(below(kinds[-1], step))
    return kinds


def is_block(kind: Any) -> bool:
    """Whether a type is a block with keys of its own."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def label_of(kind: Any, key: str) -> FieldLabel:
    """Return what a step below a type is called: a key by the catalogue, an entry or free key by itself."""
    if is_block(kind) and field_of(kind, key) is not None:
        return FieldLabel(section_label(key)) if kind is Policy else field_label(kind, key)
    return FieldLabel(key)


def cell_word(code: str) -> str:
    """Return a word that a cell of a policy workbook may hold beside values. Raises KeyError for another code."""
    return str(_catalogue()["cells"][code])


@cache
def _catalogue() -> dict[str, Any]:
    catalogue: dict[str, Any] = read_data("policy_fields.yaml")
    return catalogue


def word_meaning(word: object, kind: type | None = None) -> str:
    """Return what a closed word of a policy file means; empty for a word that the catalogue does not have."""
    values: dict[str, str] = _catalogue()["values"]
    text = str(word).lower() if isinstance(word, bool) else str(word)
    own = f"{kind.__name__}.{text}" if kind is not None else text
    return values.get(own, values.get(text, ""))
