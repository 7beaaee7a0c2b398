"""What if: single values of a policy file changed by their paths, e.g. ``subsidy.categories.Q1.amount=220``."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from canbao_rulebook.phrases import MORE, Phrases, enumerate_words
from canbao_rulebook.policy.cells import UNKNOWN, parse_cell
from canbao_rulebook.policy.edit import Edits, apply_edits
from canbao_rulebook.policy.issues import PolicyError, build_issue, suggest
from canbao_rulebook.policy.load import parse_policy
from canbao_rulebook.policy.report import yaml_path
from canbao_rulebook.policy.rows import RowKind, policy_rows
from canbao_rulebook.policy.yaml import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from canbao_rulebook.policy.issues import PolicyIssue
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.rows import PolicyRow

_WORDS_FOR_UNKNOWN = {"null", "unknown", "~"}
_SHOWN = 8


def change_policy(text: str, settings: Iterable[str]) -> Policy:
    """Return the policy year of a file's text with some values changed, each written ``path=value``.

    A path names entries by their codes or, in brackets, by their numbers; a value is written as in the file or as in
    its workbook. Raises PolicyError: for a path that is none with the nearest one, for a value with those allowed.
    """
    data: Any = read_yaml(text.encode()).data
    rows = [row for row in policy_rows(data) if not row.is_new]
    edits, issues = Edits(), []
    for setting in settings:
        path, sign, value = (part.strip() for part in setting.partition("="))
        row = _find(rows, path)
        if not sign or not path:
            issues.append(build_issue("P02.setting", path="", line=None, value=setting))
        elif row is None:
            issues.append(_no_value(rows, path))
        else:
            edits.values[row.loc] = parse_cell(_word(value), row.field, is_share=row.is_share)
    if issues:
        raise PolicyError(issues)
    try:
        return parse_policy(apply_edits(text, edits).encode())
    except PolicyError as trouble:
        raise PolicyError([replace(issue, line=None) for issue in trouble.issues]) from trouble


def _word(value: str) -> str:
    return UNKNOWN if value in _WORDS_FOR_UNKNOWN else value


def _paths(row: PolicyRow) -> tuple[str, str]:
    return ".".join(row.keys), yaml_path(row.loc)


def _find(rows: Sequence[PolicyRow], path: str) -> PolicyRow | None:
    return next((row for row in rows if row.kind is RowKind.VALUE and path in _paths(row)), None)


def _no_value(rows: Sequence[PolicyRow], path: str) -> PolicyIssue:
    """Say that a path is none, with the values below it where it is a block, else with the nearest one."""
    values = [".".join(row.keys) for row in rows if row.kind is RowKind.VALUE]
    below = [known for known in values if known.startswith(f"{path}.")]
    if below:
        words = Phrases((enumerate_words(below[:_SHOWN]), MORE if len(below) > _SHOWN else ""))
        return build_issue("P02.block", path="", line=None, key=path, hint=words)
    near = get_close_matches(path, list(values), n=1, cutoff=0)
    return build_issue("P02.path", path="", line=None, key=path, hint=suggest(path, near))
