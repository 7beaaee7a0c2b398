"""Texts of specs as a policy year has them: ``{{ … }}`` filled in, conditions judged, formulas chosen."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError

from canbao_rulebook.policy.model import Policy
from canbao_rulebook.specs.errors import Origin, Problem, near, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jinja2 import Template
    from jinja2.environment import TemplateExpression

ELSE = "else"
_HOLE, _STATEMENT = "{{", "{%"
_UNKNOWN = re.compile(r"'([^']*)' is undefined|has no attribute '([^']*)'")


@cache
def _environment() -> Environment:
    return Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - formulas, not HTML


@cache
def _template(text: str) -> Template:
    return _environment().from_string(text)


@cache
def _expression(text: str) -> TemplateExpression:
    return _environment().compile_expression(text, undefined_to_none=False)


class NamedText:
    """A named formula, made where it is mentioned: it may speak of what is repeated there."""

    def __init__(self, texts: Texts, name: str) -> None:
        self._texts, self._name = texts, name

    def __str__(self) -> str:
        return self._texts.named(self._name)

    def __bool__(self) -> bool:
        return bool(str(self))


class Texts:
    """What texts and conditions may mention. What is wrong is added to ``problems``, and an empty text stands for it.

    ``terms`` are values by name, ``named`` the formulas with where they stand.
    """

    def __init__(self, terms: Mapping[str, Any], problems: list[Problem]) -> None:
        self.terms = dict(terms)
        self.problems = problems
        self._named: dict[str, tuple[Any, Origin]] = {}
        self._open: list[str] = []

    def name(self, name: str, raw: Any, origin: Origin) -> None:
        """Give a formula a name; one name has one formula."""
        if name in self.terms:
            self.problems.append(tell("P10.twice", origin, word=name))
        self._named[name] = raw, origin
        self.terms[name] = NamedText(self, name)

    def named(self, name: str) -> str:
        """Return the text of a named formula as it stands now."""
        raw, origin = self._named[name]
        if name in self._open:
            self.problems.append(tell("P10.circle", origin, word="、".join(self._open)))
            return ""
        self._open.append(name)
        try:
            return str(self.take(raw, origin))
        finally:
            self._open.pop()

    def value(self, expression: str, origin: Origin) -> Any:
        """Return the value of an expression, None when it has none."""
        try:
            found = _expression(expression)(**self.terms)
            if isinstance(found, StrictUndefined):
                str(found)
        except (TemplateError, TypeError, ValueError, LookupError) as trouble:
            self._tell(trouble, expression, origin)
            return None
        return found

    def holds(self, condition: str, origin: Origin) -> bool:
        """Tell whether a condition on the policy holds."""
        return bool(self.value(condition, origin))

    def take(self, raw: Any, origin: Origin) -> Any:
        """Return what is written as this policy year has it, texts filled in and choices made."""
        if isinstance(raw, str):
            return self._fill(raw, origin)
        if isinstance(raw, list):
            return [self.take(entry, origin.at(index)) for index, entry in enumerate(raw)]
        if isinstance(raw, dict) and ELSE in raw:
            key = next(key for key in raw if key == ELSE or self.holds(key, origin.at(key)))
            return self.take(raw[key], origin.at(key))
        if isinstance(raw, dict):
            return {key: self.take(entry, origin.at(key)) for key, entry in raw.items()}
        return raw

    def _fill(self, text: str, origin: Origin) -> str:
        if _STATEMENT in text:
            self.problems.append(tell("P10.statement", origin))
            return ""
        if _HOLE not in text:
            return text
        try:
            return _template(text).render(self.terms)
        except (TemplateError, TypeError, ValueError, LookupError) as trouble:
            self._tell(trouble, text, origin)
            return ""

    def _tell(self, trouble: Exception, text: str, origin: Origin) -> None:
        found = _UNKNOWN.search(str(trouble)) if isinstance(trouble, UndefinedError) else None
        if found:
            word = found[1] or found[2]
            known = self.terms if found[1] else _policy_words()
            self.problems.append(tell("P10.term", origin, word=word, hint=near(word, known)))
        else:
            what = text if isinstance(trouble, TemplateSyntaxError) else f"{text}（{trouble}）"
            self.problems.append(tell("P10.template", origin, what=what))


@cache
def _policy_words() -> Iterable[str]:
    """Every key that policy files know."""
    blocks = Policy.model_json_schema().get("$defs", {}).values()
    return {*Policy.model_fields, *(name for block in blocks for name in block.get("properties", {}))}
