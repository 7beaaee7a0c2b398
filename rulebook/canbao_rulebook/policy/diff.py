"""What differs between two policy years, value by value, each with the articles of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel

from canbao_rulebook.phrases import SEMICOLON, SHEET_LANG, Phrases, either, enumerate_words, say
from canbao_rulebook.policy.cites import Cites
from canbao_rulebook.policy.labels import entry_label, is_block, label_of, models_along, word_meaning
from canbao_rulebook.policy.report import Spot, location, walk
from canbao_rulebook.policy.types import AMOUNT_KEYS, PREMIUM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.phrases import Text
    from canbao_rulebook.policy.model import Policy

Keys = tuple[str, ...]
NOT_SAID = either("（没有写）", "(not stated)")
UNKNOWN = either("未知", "unknown")
_NONE = either("无", "none")
_CITING = {"ref", "owner_ref"}  # told with the value that they are about
_LEFT_OUT = {("meta", "id"), ("meta", "policy_year"), ("supersedes",), ("schema",)}


class ChangeKind(StrEnum):
    """What happened to a value or an entry."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A value or a whole entry that differs; ``name`` says what it is, ``before`` and ``after`` are in words.

    In English a name is the path in the file, and a word of the file stands as it is there.
    """

    kind: ChangeKind
    keys: Keys
    name: Text
    before: Text
    after: Text
    article_before: str
    article_after: str


def compare_policies(before: Policy, after: Policy) -> list[PolicyChange]:
    """Return what differs, in the order of the newer file; entries that only one has are one change each."""
    old, new = _Side(before), _Side(after)
    changed = list(_changed(old, new))
    blocks = {change.keys[:-1] for change in changed if change.keys[-1] not in _CITING}
    changed = [change for change in changed if change.keys[-1] not in _CITING or change.keys[:-1] not in blocks]
    return [*changed, *_entries(new, old, ChangeKind.ADDED), *_entries(old, new, ChangeKind.REMOVED)]


class _Side:
    """One of the two files: its values and its entries by their keys."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.cites = policy, Cites(policy)
        spots = [spot for spot in walk(policy) if spot.keys not in _LEFT_OUT]
        self.entries = {spot.keys: spot for spot in spots if _is_entry(spot)}
        self.values = {spot.keys: spot for spot in spots if _is_value(spot)}

    def owner(self, keys: Keys) -> Keys | None:
        """Return the entry that a value belongs to; None for a value of a block that is there once."""
        return next((keys[:end] for end in range(1, len(keys)) if keys[:end] in self.entries), None)

    def called(self, keys: Keys) -> Text:
        """Return what a value or an entry is called."""
        spot = self.entries.get(keys) or self.values[keys]
        entry = self.entries.get(keys) or self.entries.get(self.owner(keys) or ())
        own = _own_name(entry.value, "name", "label") if entry else ""
        return either(name_of(spot, self.policy), ".".join(keys) + (f" ({own})" if own else ""))

    def shown(self, keys: Keys) -> Text:
        spot = self.values.get(keys)
        return NOT_SAID if spot is None else show_value(spot.value, self.policy, spot)


def _is_entry(spot: Spot) -> bool:
    """A block in a list of blocks, or under a free key."""
    if not isinstance(spot.value, BaseModel):
        return False
    return not is_block(models_along(location(spot.path))[-2])


def _is_value(spot: Spot) -> bool:
    if isinstance(spot.value, BaseModel):
        return False
    if isinstance(spot.value, tuple):
        return not any(isinstance(item, BaseModel) for item in spot.value)
    parent = models_along(location(spot.path))[-2]
    return not isinstance(spot.value, dict) and (is_block(parent) or str(parent).startswith("dict"))


def _changed(old: _Side, new: _Side) -> Iterator[PolicyChange]:
    order = dict.fromkeys((*new.values, *old.values))
    for keys in order:
        owner = new.owner(keys) or old.owner(keys)
        if owner and (owner not in old.entries or owner not in new.entries):
            continue
        one, other = old.values.get(keys), new.values.get(keys)
        if (one.value if one else None) == (other.value if other else None) and (one is None) == (other is None):
            continue
        if _means_nothing(one) and _means_nothing(other):
            continue
        said = old.shown(keys), new.shown(keys)
        if say(said[0], SHEET_LANG) == say(said[1], SHEET_LANG):
            continue  # other codes for what people call the same
        name = (new if other else old).called(keys)
        yield PolicyChange(ChangeKind.CHANGED, keys, name, *said, *_articles(old, new, keys))


def _means_nothing(spot: Spot | None) -> bool:
    return spot is None or spot.value in ((), {})


def _articles(old: _Side, new: _Side, keys: Keys) -> tuple[str, str]:
    return old.cites.article(keys), new.cites.article(keys)


def _entries(one: _Side, other: _Side, kind: ChangeKind) -> Iterator[PolicyChange]:
    for keys, spot in one.entries.items():
        if keys in other.entries or (one.owner(keys) or keys) not in {keys, *other.entries}:
            continue
        parts = [
            Phrases((either(label_of(type(spot.value), key)[0], key), one.shown((*keys, key))), " ")
            for key in _told_keys(one, keys)
        ]
        said: Text = Phrases(tuple(parts), SEMICOLON) if parts else ""
        pair: tuple[Text, Text] = ("", said) if kind is ChangeKind.ADDED else (said, "")
        cited = one.cites.article(keys)
        articles = ("", cited) if kind is ChangeKind.ADDED else (cited, "")
        yield PolicyChange(kind, keys, one.called(keys), *pair, *articles)


def _told_keys(side: _Side, keys: Keys) -> list[str]:
    inside = [found[-1] for found in side.values if found[:-1] == keys]
    named = {"code", "id", "ref", "owner_ref", "name", "precedence", "role"}
    named |= set(getattr(side.entries[keys].value, "known_by", ()))
    return [key for key in inside if key not in named]


def name_of(spot: Spot, policy: Policy) -> str:
    """Return what a value or an entry is called, from its block down, e.g. 资助类别 孤儿：资助金额."""
    steps = location(spot.path)
    kinds = models_along(steps)
    parts: list[str] = []
    entries: list[str] = []
    current: object = policy
    for index, step in enumerate(steps):
        current = _step_into(current, step)
        if isinstance(current, BaseModel) and not is_block(kinds[index]):
            entries.append(f"{entry_label(type(current))} {_called(current, spot.keys[index])}")
            parts = list(entries)
        elif is_block(kinds[index]) or not isinstance(step, int):
            label = label_of(kinds[index], spot.keys[index]).name
            parts = [*(part for part in parts if part not in label), label]
    return "：".join(parts)


def _step_into(value: object, step: str | int) -> object:
    if isinstance(value, BaseModel):
        name = next((n for n, f in type(value).model_fields.items() if step in (n, f.alias)), str(step))
        return getattr(value, name)
    return value[step] if isinstance(value, tuple | dict) else None  # type: ignore[index]


def _own_name(entry: object, *fields: str) -> str:
    """What an entry is called in the first of some fields; empty where it has none."""
    words = (getattr(entry, field, None) for field in fields)
    return next((word for word in words if isinstance(word, str)), "")


def _called(entry: BaseModel, key: str) -> str:
    """What people call an entry: its name or label, else what it is for, with its code."""
    if word := _own_name(entry, "name", "label", "title"):
        return word
    kind = getattr(entry, "kind", None) or getattr(entry, "metric", None)
    meaning = word_meaning(kind, type(kind)) if kind is not None else ""
    return f"{meaning}（{key}）" if meaning else key


def show_value(value: object, policy: Policy, spot: Spot) -> Text:
    """Return a value as people read it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return either(word_meaning(value), "yes" if value else "no")
    if isinstance(value, tuple):
        return enumerate_words(show_value(item, policy, spot) for item in value) if value else _NONE
    if isinstance(value, Enum):
        return either(word_meaning(value, type(value)) or str(value), str(value))
    if isinstance(value, date | Decimal):
        return str(value)
    text = str(value)
    if spot.keys[-1] in AMOUNT_KEYS and text == PREMIUM:
        return either(word_meaning(text), text)
    return either(_agencies(text, policy) or text, text)


def _agencies(text: str, policy: Policy) -> str:
    names = [policy.org.agencies[word].name for word in text.split("|") if word in policy.org.agencies]
    return "、".join(names)
