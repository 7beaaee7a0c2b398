"""The ways in which people write that there is nothing to write: 无, /, — (lists.yaml)."""

from __future__ import annotations

from canbao_rulebook.yaml_text import read_data

NOTHING: frozenset[str] = frozenset(read_data("lists.yaml")["nothing_words"])
LONGEST_NOTHING = max(map(len, NOTHING))
NOTHING_NAME = "空话"  # the defined name under which sheets have them
BETWEEN_BARS = "|" + "|".join(sorted(NOTHING)) + "|"  # as a formula looks for one of them

_WORDS = BETWEEN_BARS.strip("|").split("|")
NOTHING_TEXTS = [  # all that a formula finds there, “无|/” included
    "|".join(_WORDS[start:end]) for start in range(len(_WORDS)) for end in range(start + 1, len(_WORDS) + 1)
]
