"""What the command line, the buttons and the doors say, in the language asked for."""

from __future__ import annotations

from dataclasses import dataclass
from errno import errorcode
from functools import cache, partial
from typing import Any

from canbao_rulebook.findings import Finding
from canbao_rulebook.messages import render
from canbao_rulebook.phrases import say
from canbao_rulebook.yaml_text import read_data
from canbao_validators.reading.unreadable import UnreadableFile

_STOP = {"zh": "。", "en": ". "}
_IN_USE = {32, 33}  # Windows: sharing violation, lock violation


@cache
def _load() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for name in ("cli.yaml", "buttons.yaml", "doors.yaml"):
        more = read_data(name)
        assert not texts.keys() & more.keys(), "a sentence stands in one catalogue only"
        texts |= more
    return texts


@dataclass(frozen=True)
class Texts:
    """The catalogue of the command line and the buttons in one language."""

    lang: str = "zh"

    def say(self, key: str, **params: object) -> str:
        """Return a sentence; an error among ``params`` says its cause, a finding what and how to mend it.

        Raises KeyError for an unknown key, which is a programmer's mistake.
        """
        return _load()[key][self.lang].format(**{name: self._told(value) for name, value in params.items()})

    def _told(self, value: object) -> object:
        if isinstance(value, UnreadableFile):
            value = value.as_finding()
        if isinstance(value, Finding):
            told = render(value, self.lang)
            return _STOP[self.lang].join(filter(None, (told.message, told.fix)))
        return self._cause(value) if isinstance(value, Exception) else say(value, self.lang)

    def _cause(self, trouble: Exception) -> str:
        number = getattr(trouble, "errno", None)
        name = "EBUSY" if getattr(trouble, "winerror", None) in _IN_USE else errorcode.get(number or 0, "")
        known = _load().get(f"cause_{name}")
        return known[self.lang] if known else getattr(trouble, "strerror", None) or type(trouble).__name__


class CannotRunError(Exception):
    """The work could not be done; ``key`` and ``params`` name the one sentence that says why. Exit status 2."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(CannotRunError, self.key, **self.params), ()
