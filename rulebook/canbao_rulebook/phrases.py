"""Words that fill a sentence and are themselves said in the language asked for, made texts at the border only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LANGUAGES = ("zh", "en")
SHEET_LANG = "zh"  # workbooks are for Chinese offices, whatever language the screen speaks
_ROW = {"zh": "第{row}行", "en": "row {row}"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A template by language, and what fills it: values, or phrases again."""

    texts: Mapping[str, str]
    params: Mapping[str, object] = field(default_factory=dict)

    def say(self, lang: str) -> str:
        """Return the text in a language. Raises KeyError for one that the catalogue does not have."""
        return self.texts[lang].format_map({name: say(value, lang) for name, value in self.params.items()})


@dataclass(frozen=True, slots=True)
class Phrases:
    """Texts and phrases one behind the other, with ``joint`` between them."""

    parts: Sequence[Text]
    joint: Text = ""

    def say(self, lang: str) -> str:
        """Return the text in a language; empty parts are left out."""
        return str(say(self.joint, lang)).join(filter(None, (str(say(part, lang)) for part in self.parts)))


Text = str | Phrase | Phrases


def pick_phrase(catalogue: Mapping[str, Mapping[str, str]], key: str, **params: object) -> Phrase:
    """Return a phrase of a catalogue that has its words by language and then by key."""
    return Phrase({lang: words[key] for lang, words in catalogue.items()}, params)


def say(value: object, lang: str) -> object:
    """Return a value as it fills a sentence in a language: phrases become texts, everything else stays."""
    return value.say(lang) if isinstance(value, Phrase | Phrases) else value


def row_phrase(row: int) -> Phrase:
    """Return how a sentence names a row."""
    return Phrase(_ROW, {"row": row})


def either(zh: str, en: str) -> Text:
    """Return a text that is another one in each language; the text itself where it is the same."""
    return zh if zh == en else Phrase({"zh": "{zh}", "en": "{en}"}, {"zh": zh, "en": en})


MORE = Phrase({"zh": "等", "en": " and more"})
AND = Phrase({"zh": "和", "en": " and "})
COMMA = Phrase({"zh": "，", "en": ", "})
SEMICOLON = Phrase({"zh": "；", "en": "; "})


def enumerate_words(words: Iterable[Text]) -> Phrases:
    """Return words of the sheet (names, headers, numbers) one after the other, as a language separates them."""
    return Phrases(tuple(words), _BETWEEN)


_BETWEEN = Phrase({"zh": "、", "en": ", "})
