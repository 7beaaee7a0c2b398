"""Reads YAML into plain data with the line of every path. Everything that is wrong is collected, nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import yaml

from canbao_rulebook.policy.issues import PolicyIssue, build_issue

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 1_000_000
_TAG = "tag:yaml.org,2002:"
_FAST = getattr(yaml, "CSafeLoader", None)  # not everywhere; twelve times as fast, but less good with words
_DEEPEST = 100  # levels: each takes some of the machine's stack, which nobody watches
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,400})")


@dataclass(frozen=True, slots=True)
class UnquotedDecimal:
    """A YAML float. No field takes one: money and shares are quoted."""

    text: str


@dataclass(slots=True)
class YamlDocument:
    """Plain data with, for each path such as ``org.townships[2].name``, its 1-based line and its text in the file."""

    data: object = None
    lines: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    issues: list[PolicyIssue] = field(default_factory=list)

    def report(self, key: str, path: str, line: int | None, /, **params: object) -> None:
        """Note an issue."""
        self.issues.append(build_issue(key, path=path, line=line, **params))


def read_yaml(content: bytes) -> YamlDocument:
    """Return the data of a UTF-8 YAML file; what is wrong with its form stands in ``issues`` (P01, P03)."""
    document = YamlDocument()
    text = _decode(content, document)
    root = None if text is None else _compose_quickly(text) or _compose(text, document)
    if root is not None:
        document.data = _Builder(document).build(root, "", root.start_mark.line + 1)
    return document


def _decode(content: bytes, document: YamlDocument) -> str | None:
    if len(content) > MAX_BYTES:
        document.report("P01.too_big", "", None, limit_kb=MAX_BYTES // 1000)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        document.report("P01.encoding", "", content[: error.start].count(b"\n") + 1)
        return None


def _compose_quickly(text: str) -> yaml.Node | None:
    """Return the same as ``_compose`` of a file in which nothing is wrong, and that is not too deep."""
    if _FAST is None or "\t" in text:  # it takes a tab where the other says which line to mend
        return None
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_FAST):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                return None
        root: yaml.Node | None = yaml.compose(text, Loader=_FAST)
    except yaml.YAMLError:
        return None
    return root


def _compose(text: str, document: YamlDocument) -> yaml.Node | None:
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        tab = "\\t" in (error.problem or "")
        document.report("P01.tab" if tab else "P01.syntax", "", mark.line + 1 if mark else None)
    except yaml.reader.ReaderError as error:
        document.report("P01.character", "", text[: error.position].count("\n") + 1)
    except RecursionError:
        document.report("P01.syntax", "", None)
    else:
        if root is None:
            document.report("P01.empty", "", None)
        return root
    return None


class _Builder:
    """Turns nodes into data, noting lines; anchors are refused because a copy has no line of its own."""

    def __init__(self, document: YamlDocument) -> None:
        self._document = document
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: str, line: int) -> object:
        self._document.lines[path] = line
        if id(node) in self._seen:
            self._document.report("P01.anchor", path, line)
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, f"{path}[{i}]", item.start_mark.line + 1) for i, item in enumerate(node.value)]
        self._document.texts[path] = str(node.value)
        return self._scalar(node, path, line)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str):
                self._document.report("P01.key", path, line)
                continue
            below = f"{path}.{key}" if path else key
            if key in result:
                self._document.report("P03.key", below, line, key=key, first=self._document.lines[below])
                continue
            result[key] = self.build(value_node, below, line)
        return result

    def _scalar(self, node: yaml.Node, path: str, line: int) -> object:
        convert = _SCALARS.get(node.tag)
        if convert is None:
            self._document.report("P01.tag", path, line, tag=node.tag)
            return None
        return convert(str(node.value))


def _integer(text: str) -> object:
    """Return a decimal integer; YAML's octal and 60-based readings (017, 17:00) stay the text they were."""
    return int(text) if _INTEGER.fullmatch(text) else text


def _date(text: str) -> object:
    """Return the date of YYYY-MM-DD; a time of day or an impossible day stays text, for the field to refuse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


_SCALARS: dict[str, Callable[[str], object]] = {
    f"{_TAG}null": lambda _: None,
    f"{_TAG}bool": lambda text: yaml.SafeLoader.bool_values[text.lower()],
    f"{_TAG}int": _integer,
    f"{_TAG}float": UnquotedDecimal,
    f"{_TAG}timestamp": _date,
    f"{_TAG}str": str,
    f"{_TAG}merge": str,
    f"{_TAG}value": str,
}
