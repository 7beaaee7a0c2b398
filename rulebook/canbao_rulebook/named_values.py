"""How texts and days become defined names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.functions.dates import to_serial

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date


def named_texts(name: str, items: Sequence[str], label: str = "", source: str = "") -> NamedValue:
    """Return the name of a list of texts, which is never empty."""
    return NamedValue(name, Type.TEXT, tuple(items) or ("",), label, source)


def named_day(name: str, day: date | None, label: str, source: str | None) -> NamedValue:
    """Return the name of a day, which may be unknown."""
    return NamedValue(name, Type.DATE, None if day is None else float(to_serial(day)), label, source or "")
