"""Mutations of what is no Python: formulas and columns of roster specs, values of policies, severities of messages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from mutate.mutation import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

# Words and looks, which no rule hangs on.
_WORDS = re.compile(
    r"""(hint|title|header|ref|owner_ref|notes?|text|label|name|source|width|paper|freeze|printed|print|show|number|"""
    r"""contact|address|url|signatures|capacity_share|said|criteria|body|aliases_note):\s*("[^"]*"|'[^']*'|[^,}\n]*)"""
)
_DATE = re.compile(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b")
_LIST = re.compile(r"\[([^\[\]{}@()]+,[^\[\]{}@()]+)\]")
_RULE = re.compile(r"^ *- \{(?:if: .*, )?message: .*\}$", re.MULTILINE)
_NO_FORMULA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\"[^\"]*\"", re.DOTALL)
_OF_FORMULAS = {"when", "formula", "required_when", "default"}
_OPERATORS = (("<=", "<"), (">=", ">"), ("<>", "="), ("<", "<="), (">", ">="), ("=", "<>"))


def roster_edits(text: str) -> list[Edit]:
    """Edits of a roster spec: rules dropped, operators, bounds and conditions of formulas, what a column demands."""
    edits = [Edit(m.start(), m.end(), "", "rule dropped") for m in _RULE.finditer(text)]
    hidden = _blank_words(text)
    for start, end in _formulas(hidden):
        edits += _formula_edits(hidden, start, end)
    for match in re.finditer(r"\b(required|identifier|strict_list|strict): (true|false)", hidden):
        old = match.group(2)
        new = "false" if old == "true" else "true"
        edits.append(Edit(match.start(2), match.end(2), new, f"{match.group(1)}: {new}"))
    for match in re.finditer(r", (list|normalise|required_when|required_message): ('[^']*'|[^,}\n]+)", hidden):
        edits.append(Edit(match.start(), match.end(), "", f"{match.group(1)} dropped"))
    return edits


def policy_edits(text: str) -> list[Edit]:
    """Edits of a policy: dates a day later, amounts, numbers and shares one more, switches, entries of lists."""
    hidden = _blank_words(text)
    edits = [
        Edit(m.start(), m.end(), str(date.fromisoformat(m.group()) + timedelta(days=1)), "a day later")
        for m in _DATE.finditer(hidden)
    ]
    edits += [
        Edit(m.start(), m.end(), f'"{Decimal(m.group(1)) + step}"', "amount or share changed")
        for m in re.finditer(r'"([0-9]+(?:\.[0-9]+)?)"', hidden)
        for step in [Decimal(1) if Decimal(m.group(1)) > 1 else Decimal("-0.01")]
    ]
    for match in re.finditer(r": (true|false)\b", hidden):
        new = "false" if match.group(1) == "true" else "true"
        edits.append(Edit(match.start(1), match.end(1), new, f"becomes {new}"))
    for match in re.finditer(r"(?<=: )[0-9]+(?=[,}\n ])", hidden):
        edits.append(Edit(match.start(), match.end(), str(int(match.group()) + 1), "number one more"))
    for match in _LIST.finditer(hidden):
        first = match.group(1).split(",")[0]
        edits.append(Edit(match.start(1), match.start(1) + len(first) + 1, "", "first entry of a list dropped"))
    return edits


def message_edits(text: str) -> list[Edit]:
    """Edits of a catalogue of messages: an error becomes a warning, anything else an error."""
    found = re.finditer(r"severity: (error|warning|info)", text)
    return [
        Edit(m.start(1), m.end(1), "warning" if m.group(1) == "error" else "error", "severity exchanged") for m in found
    ]


def _blank_words(text: str) -> str:
    """The text with comments, words and looks as blanks, so that places stay."""
    text = re.sub(r"(?m)(^|\s)#(?!}).*$|\{#.*?#\}", lambda m: " " * len(m.group()), text)
    return _WORDS.sub(lambda m: " " * len(m.group()), text)


def _formulas(text: str) -> Iterator[tuple[int, int]]:
    """Where formulas stand: between quotes, after ``>-`` or in a macro."""
    for match in re.finditer(r"(\w+): ('[^'\n]*'|\"[^\"\n]*\")", text):
        if match.group(1) in _OF_FORMULAS or "[@" in match.group(2):
            yield match.start(2) + 1, match.end(2) - 1
    for match in re.finditer(r"formula: >-\n((?:      .*\n?)+)", text):
        yield match.start(1), match.end(1)
    for match in re.finditer(r"\{%- macro \w+\([^)]*\) -%\}(.*?)\{%- endmacro -%\}", text):
        yield match.start(1), match.end(1)


def _formula_edits(text: str, start: int, end: int) -> Iterator[Edit]:
    formula = re.sub(
        r"\{%.*?%\}|\{\{.*?\}\}|\"[^\"]*\"", lambda m: " " * len(m.group()), text[start:end], flags=re.DOTALL
    )
    formula = re.sub(r"\[@[^\]]*\]", lambda m: "@" * len(m.group()), formula)
    for match in re.finditer(r"<=|>=|<>|<|>|=", formula):
        new = dict(_OPERATORS)[match.group()]
        yield Edit(start + match.start(), start + match.end(), new, f"{match.group()} becomes {new}")
    for match in re.finditer(r"\b(AND|OR)(?=\()", formula):
        new = "OR" if match.group() == "AND" else "AND"
        yield Edit(start + match.start(), start + match.end(), new, f"{match.group()} becomes {new}")
    for match in re.finditer(r"\bNOT(?=\()", formula):
        yield Edit(start + match.start(), start + match.end(), "", "NOT dropped")
    for match in re.finditer(r"(?<![\w.%])[0-9]+(?![\w.])", formula):
        for step in (1, -1):
            if int(match.group()) + step >= 0:
                yield Edit(start + match.start(), start + match.end(), str(int(match.group()) + step), "number changed")
