"""What is wrong with a formula, where, and what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class FormulaError(ValueError):
    """A formula outside the language; ``position`` is the 0-based offset in ``source``, ``suggestion`` may be empty."""

    def __init__(self, source: str, position: int, problem: str, suggestion: str = "") -> None:
        self.source = source
        self.position = position
        self.problem = problem
        self.suggestion = suggestion
        hint = f"，是否想写“{suggestion}”？" if suggestion else ""
        super().__init__(f"公式第{position + 1}个字符处：{problem}{hint}　公式：{source}")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like ``word``, or an empty string."""
    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.5)), "")
