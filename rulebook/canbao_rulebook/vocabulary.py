"""The words of drop-downs and reports (lists.yaml); a policy year may have its own for those that differ by county."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from canbao_rulebook.phrases import pick_phrase
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_rulebook.phrases import Phrase
    from canbao_rulebook.policy.model import Policy


@cache
def load_lists() -> dict[str, Any]:
    """Return lists.yaml as it is written."""
    lists: dict[str, Any] = read_data("lists.yaml")
    return lists


@cache
def report_words() -> dict[str, Any]:
    """Return reports.yaml: names of reports, and words for what a policy keys."""
    words: dict[str, Any] = read_data("reports.yaml")
    return words


def nature_of(receivers: Iterable[str]) -> str:
    """Return what is done by a day of the calendar, where it is no report: money is paid in, a list is hung up."""
    natures: dict[str, str] = report_words()["natures"]
    return next((natures[name] for name in receivers if name in natures), "")


def list_words(key: str, policy: Policy | None = None) -> list[str]:
    """Return the words of a list in their order: the policy year's own, where it has one. KeyError for no list."""
    if policy is not None and key in policy.lists:
        return list(policy.lists[key])
    return [text for _, text in _entries(key)]


def word(key: str, code: str) -> str:
    """Return the word that a list has for a code. KeyError where it has none."""
    return coded_words(key)[code]


@cache
def coded_words(key: str) -> Mapping[str, str]:
    """Return by code the words of a list that rules, reports or code ask for."""
    return {code: text for code, text in _entries(key) if code}


def drop_downs(policy: Policy) -> dict[str, list[str]]:
    """Return the words of every drop-down of a policy year by the name that columns and formulas use."""
    lists = load_lists()
    own = [lists["roster_drop_downs"].get(roster, {}) for roster in policy.rosters]
    chosen = {name: keys for name, keys in lists["chosen_drop_downs"].items() if {*keys} <= policy.lists.keys()}
    named = {name: keys for block in (lists["drop_downs"], *own, chosen) for name, keys in block.items()}
    return {name: [text for key in keys for text in list_words(key, policy)] for name, keys in named.items()}


@cache
def own_list_keys() -> frozenset[str]:
    """Return the lists that a policy year may have of its own."""
    lists = load_lists()
    blocks = (lists["drop_downs"], lists["chosen_drop_downs"], *lists["roster_drop_downs"].values())
    return frozenset(key for block in blocks for keys in block.values() for key in keys) - {*lists["fixed_lists"]} | {
        *lists["parts_of_lists"]
    }


def _entries(key: str) -> list[tuple[str, str]]:
    """Code and word of every entry; a plain word has no code."""
    listed = load_lists()[key]
    entries = [listed] if isinstance(listed, dict) else listed
    return [pair for entry in entries for pair in (entry.items() if isinstance(entry, dict) else [("", str(entry))])]


def small_words(key: str, **params: object) -> Phrase:
    """Return words that fill a sentence (``said`` of lists.yaml)."""
    return pick_phrase(load_lists()["said"], key, **params)
