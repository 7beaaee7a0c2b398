"""Loads a policy file: every problem becomes an issue with path and line, in plain words."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from canbao_rulebook.kept import RULES, keep
from canbao_rulebook.policy.absent import below, can_be_left_out, without_none
from canbao_rulebook.policy.issues import LEAVE_OUT, PolicyError, PolicyIssue, build_issue, suggest
from canbao_rulebook.policy.model import Policy, Source
from canbao_rulebook.policy.remainder import check_remainder
from canbao_rulebook.policy.report import yaml_path
from canbao_rulebook.policy.types import (
    CLOCK_PATTERN,
    FORMULA_PATTERN,
    HEADER_PATTERN,
    ID_PATTERN,
    OWN_CODE_PATTERN,
    REGION_PATTERN,
    SENTENCE_PATTERN,
    SHEET_PATTERN,
    SHORT_PATTERN,
    WORD_PATTERN,
)
from canbao_rulebook.policy.yaml import YamlDocument, read_yaml
from canbao_templates import ROOT, list_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from canbao_rulebook.phrases import Text

SUFFIXES = (".yaml", ".yml")
MESSAGES = {
    "bool_type": "P04.flag",
    "bool_parsing": "P04.flag",
    "float_type": "P04.number",
    "float_parsing": "P04.number",
    "int_type": "P04.integer",
    "greater_than_equal": "P04.range",
    "less_than_equal": "P04.range",
    "enum": "P04.choice",
    "literal_error": "P04.choice",
    "string_type": "P04.text",
    "string_too_short": "P04.empty",
    "model_type": "P04.mapping",
    "dict_type": "P04.mapping",
    "tuple_type": "P04.list",
    "list_type": "P04.list",
    "too_short": "P04.short",
    "policy_names": "P04.names",
    "policy_date": "P07.format",
    "policy_money": "P08.format",
    "policy_ratio": "P08.ratio",
}

_NOT_SAID = {"supersedes", "export", "confirm"}  # no sheet, check or amount hangs on them
_PATTERNS = {
    ID_PATTERN: "P04.id",
    REGION_PATTERN: "P04.region",
    CLOCK_PATTERN: "P04.time",
    WORD_PATTERN: "P04.word",
    HEADER_PATTERN: "P04.header",
    SHEET_PATTERN: "P04.sheet",
    OWN_CODE_PATTERN: "P04.own_code",
    SHORT_PATTERN: "P04.length_40",
    SENTENCE_PATTERN: "P04.length_120",
    FORMULA_PATTERN: "P04.length_1000",
}


def list_policies() -> list[str]:
    """Return the ids of the policy years shipped with canbao."""
    return list_names("policies", ".yaml")


def load_policy(name_or_path: str, own: Mapping[str, Path] | None = None) -> Policy:
    """Return a policy year by path, or by id: of a file of one's ``own``, else of one that is shipped.

    Raises PolicyError with all issues when the file cannot be used.
    """
    file = _find(name_or_path, own or {})
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PolicyError([build_issue("P01.unreadable", path="", line=None)], str(file)) from error
    return parse_policy(content, str(file))


@lru_cache(maxsize=16)  # of the same bytes the same policy year, whose rosters need not be compiled again
def parse_policy(content: bytes, path: str = "") -> Policy:
    """Return the policy year that a file's bytes describe; PolicyError with all issues when they cannot be used."""
    try:
        policy = keep(RULES, ("policy", content), partial(_parse, content))
    except PolicyError as wrong:
        raise PolicyError(wrong.issues, path) from None
    policy._source = replace(policy._source, path=path)  # noqa: SLF001
    return policy


def _parse(content: bytes) -> Policy:
    """Return the policy year of a file whose place does not matter."""
    document = read_yaml(content)
    issues = document.issues
    if document.data is not None:
        data = without_none(document.data, Policy)
        try:
            policy = Policy.model_validate(data)
        except ValidationError as error:
            known = {issue.path for issue in issues}
            found = [_translate(detail, document) for detail in _details(error)]
            issues += [issue for issue in found if issue.path not in known]
            issues += check_remainder(data, document.lines)
        else:
            policy._source = Source("", _digest(data), document.lines)  # noqa: SLF001
    if issues:
        raise PolicyError(sorted(issues, key=lambda issue: (issue.line or 0, issue.path)))
    return policy


def _digest(data: Any) -> str:
    """Return the SHA-256 of what a policy file says; comments, layout and ``_NOT_SAID`` do not change it."""
    content = {key: value for key, value in data.items() if key not in _NOT_SAID}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def _find(name_or_path: str, own: Mapping[str, Path]) -> Traversable:
    path = own.get(name_or_path) or Path(name_or_path)
    if path.is_file():
        return path
    shipped = ROOT.joinpath("policies", f"{name_or_path}.yaml")
    if name_or_path in list_policies():
        return shipped
    is_path = path.suffix in SUFFIXES or len(path.parts) > 1
    key = "P01.no_file" if is_path else "P01.no_policy"
    word = path.stem if is_path else name_or_path
    hint = suggest(word, [*own, *list_policies()])
    raise PolicyError([build_issue(key, path="", line=None, name=name_or_path, hint=hint)])


def _details(error: ValidationError) -> list[Any]:
    """Return pydantic's findings without those that merely follow from another."""
    return [detail for detail in error.errors(include_url=False) if detail["type"] != "default_factory_not_called"]


def _translate(detail: dict[str, Any], document: YamlDocument) -> PolicyIssue:
    loc: tuple[str | int, ...] = detail["loc"]
    path, parent, key = yaml_path(loc), yaml_path(loc[:-1]), str(loc[-1]) if loc else ""
    line = document.lines.get(path, document.lines.get(parent))
    kind = detail["type"]
    if kind == "extra_forbidden":
        hint = suggest(key, _keys_at(Policy, loc[:-1]))
        return build_issue("P02.key", path=path, line=line, key=key, hint=hint)
    if kind == "missing":
        return build_issue("P04.missing", path=path, line=line, key=key)
    absent = LEAVE_OUT if can_be_left_out(Policy, loc) else ""
    message = _PATTERNS[detail["ctx"]["pattern"]] if kind == "string_pattern_mismatch" else MESSAGES[kind]
    if detail["input"] is None:
        message = "P04.null"
    value = document.texts.get(path, "…")
    return build_issue(message, path=path, line=line, value=value, hint=hint_of(detail, value), absent=absent)


def hint_of(detail: dict[str, Any], value: str) -> Text:
    """Return what may stand there: the words of an enumeration, a range, a number of entries."""
    context = detail.get("ctx", {})
    if "expected" in context:
        words = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        return suggest(value, words)
    limits = [f"{sign} {context[name]}" for name, sign in (("ge", "≥"), ("le", "≤")) if name in context]
    return "".join(limits) or str(context.get("min_length", ""))


def _keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> set[str]:
    """Return the keys that a block knows, following the types from the root."""
    current: Any = model
    for step in loc:
        current = below(current, step)
    return {entry.alias or name for name, entry in current.model_fields.items()}
