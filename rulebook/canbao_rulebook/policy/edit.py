"""Changes single values of a policy file's text and leaves the rest, comments included, as it is."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from canbao_rulebook.policy.absent import NONE
from canbao_rulebook.policy.cells import ABSENT
from canbao_rulebook.policy.cutting import cut_entry, replace_block

if TYPE_CHECKING:
    from collections.abc import Sequence

Loc = tuple[str | int, ...]
_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff()（）〔〕、。；-]*")
_RESERVED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"}


def round_trip_yaml() -> YAML:
    """Return a reader and writer that keeps comments, quotes and layout."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda writer, _: writer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


@dataclass
class Edits:
    """What is to be changed: values by place (ABSENT takes a key away), entries to be taken away, entries to be added.

    ``removed``: in the order of the file, a block before what stands in it. ``added``: the block and what comes into
    it, under a free key if one is given.
    """

    values: dict[Loc, Any] = field(default_factory=dict)
    removed: list[Loc] = field(default_factory=list)
    added: list[tuple[Loc, str | None, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.values or self.removed or self.added)


def apply_edits(text: str, edits: Edits) -> str:
    """Return the changed text; the same text where nothing is to be changed."""
    if not edits:
        return text
    for loc in (loc for loc, value in edits.values.items() if value is ABSENT):
        text = take_away(text, loc)
    text = _with_values(text, edits)
    for loc in reversed(edits.removed):
        text = take_away(text, loc)
    return text


def _with_values(text: str, edits: Edits) -> str:
    """Return the text with what is changed and added."""
    changed = {loc: value for loc, value in edits.values.items() if value is not ABSENT}
    for loc, value in list(changed.items()):
        word = "null" if value is None else str(value) if value in ([], {}) else ""
        shorter = replace_block(text, loc, word) if word else None
        if shorter is not None:
            text = shorter
            del changed[loc]
    if not (changed or edits.added):
        return text
    yaml = round_trip_yaml()
    data = yaml.load(text)
    for loc, value in changed.items():
        _set(data, loc, value)
    for loc, key, value in edits.added:
        _add(data, loc, key, value)
    return dump_yaml(yaml, data)


def dump_yaml(yaml: YAML, data: Any) -> str:
    """Return the text of what such a reader has read."""
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def take_away(text: str, loc: Loc) -> str:
    """Return the text without an entry or a key. What is left empty is written in its brackets; comments stay."""
    cut = cut_entry(text, loc)
    if cut is not None:
        return cut
    yaml = round_trip_yaml()
    data = yaml.load(text)
    parent = _find(data, loc[:-1])
    del parent[loc[-1]]
    if not parent:
        parent.fa.set_flow_style()
    return dump_yaml(yaml, data)


def _find(data: Any, loc: Sequence[str | int]) -> Any:
    for step in loc:
        data = data[step]
    return data


def _set(data: Any, loc: Loc, value: Any) -> None:
    parent = _make_blocks(data, loc[:-1])
    old = parent.get(loc[-1]) if isinstance(parent, dict) else parent[loc[-1]]
    if isinstance(old, CommentedSeq) and isinstance(value, list) and old and value:
        _refill(old, value)
        return
    parent[loc[-1]] = _styled(value, quoted=isinstance(old, DoubleQuotedScalarString))


def _refill(items: CommentedSeq, value: list[Any]) -> None:
    """Put other words into a list that has some. The comment behind its last word, and below it, stays the last."""
    behind = items.ca.items.pop(len(items) - 1, None)
    while len(items) > len(value):
        del items[len(items) - 1]
    for index, word in enumerate(map(_styled, value)):
        if index < len(items):
            items[index] = word
        else:
            items.append(word)
    if behind is not None:
        items.ca.items[len(items) - 1] = behind


def _make_blocks(data: Any, loc: Loc) -> Any:
    """Return the block at a place, made where there is nothing or ``none``; an entry that is a word becomes a block."""
    for step in loc:
        below = data.get(step) if isinstance(data, dict) else data[step]
        if isinstance(below, str) and below != NONE:
            below = data[step] = _styled({"code": str(below)})
        elif below is None or isinstance(below, str):
            below = data[step] = CommentedMap()
        data = below
    return data


def _add(data: Any, loc: Loc, key: str | None, value: Any) -> None:
    parent = _make_blocks(data, loc[:-1])
    block = parent.get(loc[-1])
    if key is not None:
        if not isinstance(block, dict):
            block = parent[loc[-1]] = CommentedMap()
        block[key] = _styled(value)
        return
    if not isinstance(block, list) or (not block and isinstance(block, CommentedSeq)):
        block = parent[loc[-1]] = CommentedSeq()
    block.append(_styled(value))


def _styled(value: Any, *, quoted: bool = False) -> Any:
    """Return a value as our files write it: entries on one line, texts in quotes where YAML could misread them."""
    if isinstance(value, dict):
        block = CommentedMap((key, _styled(child)) for key, child in value.items())
        block.fa.set_flow_style()
        return block
    if isinstance(value, list):
        items = CommentedSeq([_styled(child) for child in value])
        items.fa.set_flow_style()
        return items
    if isinstance(value, str) and (quoted or not _PLAIN.fullmatch(value) or value.lower() in _RESERVED):
        return DoubleQuotedScalarString(value)
    return value
