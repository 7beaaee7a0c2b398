"""Walks a policy and collects what is found about it, with path and line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

from canbao_rulebook.policy.issues import PolicyIssue, build_issue
from canbao_rulebook.policy.part import entry_names
from canbao_rulebook.policy.types import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from canbao_rulebook.policy.model import Policy

_LAST_STEP = re.compile(r"(\.[^.\[\]]+|\[\d+\]|^[^.\[\]]+)$")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_ABOUT_VALUES = {"unknown", "confirm"}


class Report:
    """Issues about one policy."""

    def __init__(self, policy: Policy) -> None:
        self.issues: list[PolicyIssue] = []
        self._lines = policy.lines

    def add(self, key: str, path: str, /, **params: object) -> None:
        """Note what message ``key`` says about ``path``."""
        self.issues.append(build_issue(key, path=path, line=self._line(path), **params))

    def _line(self, path: str) -> int | None:
        """Return the line of the path or of the nearest block around it."""
        while path and path not in self._lines:
            path = _LAST_STEP.sub("", path)
        return self._lines.get(path) if path else None


class Mention(NamedTuple):
    """A name used at ``path`` that has to be among ``options``, which stand in ``where``."""

    path: str
    word: str | None
    options: Iterable[str]
    where: str


def location(path: str) -> tuple[str | int, ...]:
    """Return the steps of a path such as ``subsidy.categories[3].amount``."""
    return tuple(int(match[1]) if match[1] else match[2] for match in _STEP.finditer(path))


def yaml_path(loc: tuple[str | int, ...]) -> str:
    """Return pydantic's location as people read it, e.g. ``subsidy.categories[3].amount``."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc]
    return "".join(parts).removeprefix(".")


def numbered(path: str, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the path and the word of every entry of a list."""
    return ((f"{path}[{index}]", word) for index, word in enumerate(words))


@dataclass(frozen=True, slots=True)
class Spot:
    """One value that the file gives. ``keys`` name list elements by code or id, ``path`` by number."""

    keys: tuple[str, ...]
    path: str
    value: object
    is_gap: bool = False

    def matches(self, pattern: tuple[str, ...]) -> bool:
        """Whether the spot lies at or below a pattern of keys, where ``*`` stands for any key."""
        for wanted, key in zip(pattern, self.keys, strict=False):
            if wanted not in (key, "*"):
                return False
        return len(self.keys) >= len(pattern)


def walk(policy: Policy) -> Iterator[Spot]:
    """Yield every value that the file gives, blocks before what stands in them; ``_ABOUT_VALUES`` are left out."""
    for spot in _below(policy, (), ""):
        if spot.keys[0] not in _ABOUT_VALUES:
            yield spot


def _below(value: object, keys: tuple[str, ...], path: str) -> Iterator[Spot]:
    for key, step, child, quantity in _children(value):
        spot = Spot((*keys, key), f"{path}{step}".removeprefix("."), child, quantity and child is None)
        yield spot
        yield from _below(child, spot.keys, spot.path)


def _children(value: object) -> Iterator[tuple[str, str, object, bool]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            if name in value.model_fields_set:
                key = field.alias or name
                yield key, f".{key}", getattr(value, name), any(isinstance(item, Quantity) for item in field.metadata)
    elif isinstance(value, dict):
        for key, child in value.items():
            yield key, f".{key}", child, False
    elif isinstance(value, tuple):
        names = entry_names((type(child), vars(child) if isinstance(child, BaseModel) else {}) for child in value)
        for index, (name, child) in enumerate(zip(names, value, strict=True)):
            yield name, f"[{index}]", child, False
