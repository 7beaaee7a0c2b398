"""Checks of a policy file: channels, drop-downs and target groups that it names or has of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.policy.report import Mention, Report, numbered
from canbao_rulebook.vocabulary import coded_words, list_words, load_lists, own_list_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy.model import Policy


def channel_mentions(policy: Policy) -> Iterator[Mention]:
    """Yield the channels that a file names; babies and windows have some of those that the county has."""
    collection, newborn = policy.collection, policy.late_entry.newborn
    known = {*load_lists()["channels"], *collection.own_channels}
    where = "collection.own_channels"
    for key in ("channels", "student_channels", "remedial_channels"):
        for path, code in numbered(f"collection.{key}", getattr(collection, key)):
            yield Mention(path, code, known, where)
    for i, window in enumerate(policy.calendar.windows):
        for path, code in numbered(f"calendar.windows[{i}].channels", window.channels):
            yield Mention(path, code, known, where)
    for path, code in numbered("late_entry.newborn.channel", newborn.channel if newborn else ()):
        yield Mention(path, code, collection.channels, "collection.channels")
    used = {*collection.channels, *collection.student_channels, *collection.remedial_channels}
    for code in collection.own_channels:
        yield Mention(f"collection.own_channels.{code}", code, used, "collection.channels")


def list_mentions(policy: Policy) -> Iterator[Mention]:
    """Yield the lists that a file has of its own, and the words of a part, which stand in the whole list, too."""
    for key in policy.lists:
        yield Mention(f"lists.{key}", key, own_list_keys(), "lists.yaml")
    for part, whole in load_lists()["parts_of_lists"].items():
        for path, text in numbered(f"lists.{part}", policy.lists.get(part, ())):
            yield Mention(path, text, list_words(whole, policy), f"lists.{whole}")


def own_names(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield path and label of every channel in use: what a drop-down shows twice cannot be told apart."""
    common, own = load_lists()["channels"], policy.collection.own_channels
    collection = policy.collection
    for code in dict.fromkeys((*collection.channels, *collection.student_channels, *collection.remedial_channels)):
        if code not in own and code in common:
            yield "lists.yaml", common[code]["label"]
    yield from ((f"collection.own_channels.{code}.label", entry.label) for code, entry in own.items())


def _kept(key: str) -> list[str]:
    """The words that an own list keeps."""
    coded = coded_words(key)
    return [coded[code] for code in load_lists()["kept_words"].get(key, coded)]


def check_own_words(policy: Policy, report: Report) -> None:
    """Report own lists that lack a word which rules ask for, or hold one twice, and target groups without a name."""
    for key, words in policy.lists.items():
        if key not in own_list_keys():
            continue
        if not words:
            report.add("P04.short", f"lists.{key}", hint="1")
        for text in _kept(key):
            if text not in words:
                report.add("P04.list_word", f"lists.{key}", value=text, key=key)
        for i, text in enumerate(words):
            if text in words[:i]:
                report.add("P06.unique", f"lists.{key}[{i}]", value=text, first=f"lists.{key}[{words.index(text)}]")
    named = {*load_lists()["target_groups"], *policy.targets.groups}
    for i, category in enumerate(policy.subsidy.categories):
        if category.target_group and category.target_group not in named:
            report.add("P05.group", f"subsidy.categories[{i}].target_group", value=category.target_group)
