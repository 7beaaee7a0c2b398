"""Problems of a policy file, as data: the catalogue is policy_messages.yaml, the sentence is made only here."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from canbao_rulebook.findings import Severity
from canbao_templates import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
_SUGGEST = {"zh": "是不是“{word}”？", "en": 'Did you mean "{word}"?'}
_CHOOSE = {"zh": "可以写：{words}", "en": "Allowed: {words}."}


@dataclass(frozen=True, slots=True)
class PolicyIssue:
    """One problem at one place of a policy file; ``path`` reads like ``subsidy.categories[3].amount``."""

    severity: Severity
    code: str
    path: str
    line: int | None
    message: str
    fix: str


class PolicyError(Exception):
    """A policy file that cannot be used; ``issues`` holds everything that was found, ``file`` what was read."""

    def __init__(self, issues: list[PolicyIssue], file: str = "", lang: str = "zh") -> None:
        super().__init__("\n".join(render_issue(issue, file, lang) for issue in issues))
        self.issues = issues
        self.file = file


@cache
def load_policy_messages() -> dict[str, dict[str, str]]:
    """Return the catalogue by key, e.g. ``P04.text``; the code is what stands before the first dot."""
    messages: dict[str, dict[str, str]] = yaml.safe_load(read_text("policy_messages.yaml"))
    return messages


def build_issue(key: str, /, *, path: str, line: int | None, lang: str, **params: object) -> PolicyIssue:
    """Return the issue that message ``key`` describes; KeyError for an unknown key or placeholder."""
    entry = load_policy_messages()[key]
    text, fix = (entry["zh"], entry["fix"]) if lang == "zh" else (entry["en"], entry["fix_en"])
    values = {"path": path, **params}
    return PolicyIssue(
        severity=_SEVERITIES[entry["severity"]],
        code=key.partition(".")[0],
        path=path,
        line=line,
        message=text.format_map(values),
        fix=fix.format_map(values),
    )


def suggest(word: str, options: Iterable[str], lang: str) -> str:
    """Return "did you mean" when one option is near, else the options themselves."""
    known = sorted(options)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return _SUGGEST[lang].format(word=near[0])
    return _CHOOSE[lang].format(words=", ".join(known))


def render_issue(issue: PolicyIssue, file: str = "", lang: str = "zh") -> str:
    """Return the issue as one sentence: code, file, line, path, what is wrong, how to mend it."""
    if lang == "zh":
        line = f"第{issue.line}行" if issue.line else ""
        place = " ".join(filter(None, (f"{file}{line}", issue.path)))
        return f"【{issue.code}】{issue.severity}：{place}{'：' if place else ''}{issue.message}。{issue.fix}"
    line = f"line {issue.line}" if issue.line else ""
    place = " ".join(filter(None, (file, line, issue.path)))
    return f"[{issue.code}] {issue.severity.name.lower()}: {place}{': ' if place else ''}{issue.message}. {issue.fix}"
