"""What is wrong with a formula, where, and what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from canbao_rulebook.phrases import Phrase
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.formula.nodes import Type


class FormulaError(ValueError):
    """A formula outside the language.

    ``position`` is the 0-based offset in ``source``, ``key`` the problem in formula.yaml, ``params`` fill it;
    ``suggestion`` may be empty.
    """

    def __init__(self, source: str, position: int, key: str, suggestion: str = "", **params: Any) -> None:
        super().__init__(source, position, key, suggestion)
        self.source = source
        self.position = position
        self.key = key
        self.suggestion = suggestion
        self.params = params

    def __reduce__(self) -> tuple[partial[FormulaError], tuple[()]]:
        return partial(FormulaError, *self.args, **self.params), ()

    def __str__(self) -> str:
        """Return the problem for whoever meets it outside of a command."""
        return self.phrase.say("zh")

    @property
    def phrase(self) -> Phrase:
        """The place, the problem, the suggestion and the formula."""
        hint = problem_phrase("nearest", word=self.suggestion) if self.suggestion else ""
        problem = problem_phrase(self.key, **self.params)
        return problem_phrase("at", position=self.position + 1, problem=problem, hint=hint, source=self.source)


def problem_phrase(key: str, **params: object) -> Phrase:
    """Return a problem of formula.yaml in words."""
    return Phrase(_texts()["problems"][key], params)


def type_phrase(type_: Type) -> Phrase:
    """Return what a type of the language is called."""
    return Phrase(_texts()["types"][type_.value])


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    texts: dict[str, dict[str, dict[str, str]]] = read_data("formula.yaml")
    return texts


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like ``word``, or an empty string."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.5)), "")
