"""Problems of a policy file, as data: the catalogue is policy_messages.yaml, the sentence is made only here."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Severity
from canbao_rulebook.phrases import Phrase, say
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
_SUGGEST = {"zh": "是不是“{word}”？", "en": 'Did you mean "{word}"?'}
LEAVE_OUT = Phrase(
    {
        "zh": "不适用的，整行删去；不适用的整块也可以写 none",
        "en": "What does not apply is left out; of a whole block you may also write none.",
    }
)
_CHOOSE = {"zh": "可以写：{words}", "en": "Allowed: {words}."}


@dataclass(frozen=True, slots=True)
class PolicyIssue:
    """One problem at one place of a policy file; ``path`` reads like ``subsidy.categories[3].amount``.

    ``key`` names the message, ``params`` fill it.
    """

    key: str
    severity: Severity
    path: str
    line: int | None
    params: Mapping[str, object]

    @property
    def code(self) -> str:
        """The code of the check, e.g. P04."""
        return self.key.partition(".")[0]


class PolicyError(Exception):
    """A policy file that cannot be used; ``issues`` holds everything that was found, ``file`` what was read."""

    def __init__(self, issues: list[PolicyIssue], file: str = "") -> None:
        super().__init__([issue.key for issue in issues], file)
        self.issues = issues
        self.file = file

    def in_words(self, lang: str = "zh") -> str:
        """Return every issue as a line."""
        return "\n".join(render_issue(issue, self.file, lang) for issue in self.issues)


@cache
def load_policy_messages() -> dict[str, dict[str, str]]:
    """Return the catalogue by key, e.g. ``P04.text``; the code is what stands before the first dot."""
    messages: dict[str, dict[str, str]] = read_data("policy_messages.yaml")
    return messages


def build_issue(key: str, /, *, path: str, line: int | None, **params: object) -> PolicyIssue:
    """Return the issue that message ``key`` describes. Raises KeyError for an unknown key."""
    return PolicyIssue(key, _SEVERITIES[load_policy_messages()[key]["severity"]], path, line, params)


def suggest(word: str, options: Iterable[str]) -> Phrase:
    """Return "did you mean" when one option is near, else the options themselves."""
    known = sorted(options)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return Phrase(_SUGGEST, {"word": near[0]}) if near else Phrase(_CHOOSE, {"words": ", ".join(known)})


def describe_issue(issue: PolicyIssue, lang: str = "zh") -> tuple[str, str]:
    """Return what is wrong and how to mend it. Raises KeyError for a placeholder that nothing fills."""
    entry = load_policy_messages()[issue.key]
    text, fix = (entry["zh"], entry["fix"]) if lang == "zh" else (entry["en"], entry["fix_en"])
    values = {"path": issue.path, **{name: say(value, lang) for name, value in issue.params.items()}}
    return text.format_map(values), fix.format_map(values)


def render_issue(issue: PolicyIssue, file: str = "", lang: str = "zh") -> str:
    """Return the issue as one sentence: code, file, line, path, what is wrong, how to mend it."""
    message, fix = describe_issue(issue, lang)
    if lang == "zh":
        line = f"第{issue.line}行" if issue.line else ""
        place = " ".join(filter(None, (f"{file}{line}", issue.path)))
        return f"【{issue.code}】{issue.severity}：{place}{'：' if place else ''}{message}。{fix}"
    line = f"line {issue.line}" if issue.line else ""
    place = " ".join(filter(None, (file, line, issue.path)))
    return f"[{issue.code}] {issue.severity.name.lower()}: {place}{': ' if place else ''}{message}. {fix}"
