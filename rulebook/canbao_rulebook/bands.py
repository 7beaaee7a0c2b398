"""Bands: groups of a roster's columns under one title, in the order in which a clerk works (bands.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

FROZEN, REMARKS = "frozen", "remarks"


@dataclass(frozen=True, slots=True)
class Band:
    """A band; ``stage`` is the key of the work that it belongs to, empty for what is always shown."""

    key: str
    title: str
    place: int
    stage: str = ""


@cache
def load_bands() -> Mapping[str, Band]:
    """Return all bands by key, from left to right."""
    return {
        key: Band(key, entry["title"], place, entry.get("stage", ""))
        for place, (key, entry) in enumerate(_read()["bands"].items())
    }


def load_stages() -> Mapping[str, str]:
    """Return the titles of the stages by key, in the order of the work."""
    stages: dict[str, str] = _read()["stages"]
    return stages


@cache
def _read() -> dict[str, Any]:
    data: dict[str, Any] = parse_yaml(read_text("bands.yaml"))
    return data
