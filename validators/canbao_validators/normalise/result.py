"""The answer of every normaliser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Normalised:
    """A value as understood: text, number or None for blank.

    ``note`` is the message key of the 提示 that tells what was changed, ``problem`` the key of the 错误 that says why
    the value, left as it is, cannot be understood. At most one of the two is set. ``readings`` are what a value with a
    problem may mean, where there are several.
    """

    value: str | float | None
    note: str | None = None
    problem: str | None = None
    readings: tuple[str, ...] = ()


def note_of(changes: list[str]) -> str | None:
    """Return the one note for a list of changes: none, the only one, or the note about several."""
    distinct = dict.fromkeys(changes)
    if len(distinct) > 1:
        return "V42.several"
    return next(iter(distinct), None)
