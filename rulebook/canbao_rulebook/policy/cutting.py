"""Takes entries out of a policy file's text by their lines: what stands around them stays, comments too.

A reader that keeps comments hangs those below an entry on the entry, and loses them with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Child(NamedTuple):
    """An entry of a block: where it begins, what it is."""

    begin: yaml.Mark
    node: yaml.Node
    key: yaml.Node | None


def cut_entry(text: str, loc: Sequence[str | int]) -> str | None:
    """Return the text without an entry; what is left empty says so in its brackets.

    None where it has no lines of its own: in brackets, or first behind the dash of a list. Unchanged where there is
    no such entry.
    """
    found = _find(text, loc)
    if found is None:
        return text
    parent, child = found
    lines = text.splitlines(keepends=True)
    first, last = child.begin.line, _last_line(child.node)
    if child.key is None:
        first = next((line for line in range(first, -1, -1) if lines[line].lstrip().startswith("-")), first)
    before = lines[first][: child.begin.column] if first == child.begin.line else ""
    if parent.flow_style or before.strip(" -" if child.key is None else " ") or before.count("-") > 1:
        return None
    if len(parent.value) == 1:
        return replace_block(text, loc[:-1], "[]" if isinstance(parent, yaml.SequenceNode) else "{}")
    return "".join([*lines[:first], *lines[last + 1 :]])


def replace_block(text: str, loc: Sequence[str | int], word: str) -> str | None:
    """Return the text with a word in the place of what stands below a key; its comments stay.

    None where that has no lines of its own.
    """
    found = _find(text, loc)
    if found is None or found[1].key is None or found[0].flow_style:
        return None
    key, node = found[1].key, found[1].node
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        return None
    colon = text.index(":", key.end_mark.index) + 1
    rest = text[colon:].splitlines(keepends=True)
    first, last = node.start_mark.line - key.end_mark.line, _last_line(node) - key.end_mark.line
    return "".join([text[:colon], f" {word}", *rest[:first], *rest[last + 1 :]])


def _find(text: str, loc: Sequence[str | int]) -> tuple[yaml.CollectionNode, _Child] | None:
    """Return the block that an entry stands in, and the entry."""
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    found = None
    for step in loc:
        child = _child(node, step)
        if child is None:
            return None
        assert isinstance(node, yaml.CollectionNode)
        found, node = (node, child), child.node
    return found


def _child(node: yaml.Node | None, step: str | int) -> _Child | None:
    if isinstance(node, yaml.SequenceNode):
        inside = node.value
        return _Child(inside[step].start_mark, inside[step], None) if step in range(len(inside)) else None
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((_Child(key.start_mark, value, key) for key, value in pairs if key.value == str(step)), None)


def _last_line(node: yaml.Node) -> int:
    """Return the line in which a node's contents end, from 0: comments below are no part of it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end: yaml.Mark = node.end_mark
    is_below = end.column == 0 and end.line > node.start_mark.line  # a text of several lines ends where the next begins
    return int(end.line) - is_below
