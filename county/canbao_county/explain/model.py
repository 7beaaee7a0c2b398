"""An explanation as data, and as the text of a message box; its sentences stand in explain.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.masking import mask_numbers, mask_text, quoted_number
from canbao_rulebook.messages import render, render_all
from canbao_rulebook.phrases import say
from canbao_rulebook.vocabulary import load_lists
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.phrases import Text

_SECTIONS = ("identities", "decision", "considered", "money", "payout", "window", "benefit", "scope")
# Words that lists.yaml has for the settlement's codes, and their English beside them.
_WORDS = ("money_reasons", "money_ways", "person_states", "withheld_words", "withheld_remedies")
_JOINTS = {"zh": "；", "en": "; "}
_BRACKETS = {"zh": "（{}）", "en": " ({})"}
_MOST_FINDINGS = 4


@dataclass(frozen=True)
class Line:
    """One sentence: ``key`` of explain.yaml, its values, further lines said in one of its places, and the article."""

    key: str
    params: Mapping[str, Text] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Line]] = field(default_factory=dict)
    article: str = ""

    def say(self, lang: str) -> str:
        """Return the sentence with its article."""
        parts = {name: _JOINTS[lang].join(line.say(lang) for line in lines) for name, lines in self.parts.items()}
        params = {name: say(value, lang) for name, value in self.params.items()}
        text = _template(self.key)[lang].format(**params, **parts)
        return text + (_BRACKETS[lang].format(self.article) if self.article else "")


@dataclass(frozen=True)
class Explanation:
    """What was made of one person.

    ``amounts`` are the settlement's in yuan with two decimals, 待定 where they are unknown; empty for a person who has
    none. ``category`` is the one that is applied, ``codes`` the settlement's state, reason, way and what withholds it.
    ``findings`` are those of the row.
    """

    sheet: str
    row: int
    person: tuple[Line, ...]
    identities: tuple[Line, ...] = ()
    decision: tuple[Line, ...] = ()
    considered: tuple[Line, ...] = ()
    money: tuple[Line, ...] = ()
    payout: tuple[Line, ...] = ()
    window: tuple[Line, ...] = ()
    benefit: tuple[Line, ...] = ()
    scope: tuple[Line, ...] = ()
    category: str = ""
    amounts: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles that are cited, each once, in the order of the text."""
        lines = [line for section in _SECTIONS for line in getattr(self, section)]
        return tuple(dict.fromkeys(line.article for line in lines if line.article))

    def as_dict(self, lang: str) -> dict[str, Any]:
        """Return the explanation for JSON: every section as a list of sentences, amounts null where unknown."""
        sections = {name: [line.say(lang) for line in getattr(self, name)] for name in ("person", *_SECTIONS)}
        return {
            "sheet": self.sheet,
            "row": self.row,
            **sections,
            "category": self.category,
            "amounts": {name: None if text == UNKNOWN_TEXT else text for name, text in self.amounts.items()},
            **self.codes,
            "articles": list(self.articles),
            "findings": render_all(self.findings, lang),
        }


def explain_in_words(explanation: Explanation, lang: str = "zh") -> str:
    """Return an explanation as plain text for the screen, at most about 25 lines, the problems of the row last.

    Numbers of documents and accounts are masked.
    """
    lines = [_masked(line).say(lang) for line in explanation.person]
    for section in _SECTIONS:
        lines += _section(section, [line.say(lang) for line in getattr(explanation, section)], lang)
    return "\n".join([*lines, *_section("findings", _findings(explanation.findings, lang), lang)])


def _masked(line: Line) -> Line:
    number = str(line.params.get("cert", ""))
    return replace(line, params={**line.params, "cert": mask_text(number)}) if number else line


def has_line(key: str) -> bool:
    """Whether there are words for a key."""
    section, _, name = key.partition(".")
    return name in (load_lists() if section in _WORDS else _catalogue())[section]


def _section(name: str, sentences: Sequence[str], lang: str) -> list[str]:
    heading = _template(f"headings.{name}")[lang]
    if len(sentences) <= 1:
        return [f"【{heading}】{sentence}" for sentence in sentences]
    return [f"【{heading}】", *(f"· {sentence}" for sentence in sentences)]


def _findings(findings: Sequence[Finding], lang: str) -> list[str]:
    grave = [found for found in findings if found.severity is not Severity.INFO] or list(findings)
    said = [
        mask_numbers(
            Line("findings.finding", {name: str(value) for name, value in render(found, lang).as_dict().items()}).say(
                lang
            ),
            quoted_number(found.field, found.value),
        )
        for found in grave[:_MOST_FINDINGS]
    ]
    more = len(grave) - len(said)
    if more:
        said.append(Line("findings.more", {"count": str(more)}).say(lang))
    return said or [Line("findings.none").say(lang)]


@cache
def _catalogue() -> dict[str, Any]:
    catalogue: dict[str, Any] = read_data("explain.yaml")
    return catalogue


def _template(key: str) -> dict[str, str]:
    section, _, name = key.partition(".")
    if section in _WORDS:
        return {"zh": load_lists()[section][name], "en": load_lists()[f"{section}_en"][name]}
    template: dict[str, str] = _catalogue()[section][name]
    return template
