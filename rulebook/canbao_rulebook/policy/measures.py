"""What a rate is taken of: the words of ``targets.denominators`` and ``targets.numerators`` as kinds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy.funds import Targets

RATE = "RATE"
_ROSTER = re.compile(r"(R\d{1,2}[A-Z]?)\.should_enrol")
_PLUS = re.compile(r"\s*\+\s*")


class Base(StrEnum):
    """Where the whole of a rate comes from."""

    ROSTERS = "rosters"  # persons of some rosters who should enrol
    TOWNSHIPS = "townships"  # the target that the notice gives each township
    HEADCOUNTS = "headcounts"  # targets that come in versions


class Counted(StrEnum):
    """Persons of whom the part of a rate is made."""

    ENROLLED = "enrolled"
    SELF_PAID = "self_paid"
    GOVERNMENT_PAID = "government_paid"
    POSTED = "posted_to_treasury_from_township_account"


@dataclass(frozen=True)
class Denominator:
    """The whole of a rate; ``rosters`` are those whose persons count, none when a target is given."""

    base: Base
    rosters: tuple[str, ...] = ()


class UnknownMeasureError(ValueError):
    """A word that stands for no figure; the message is the word."""


_TARGETS = {
    "org.townships[].target": Denominator(Base.TOWNSHIPS),
    "targets.headcounts[township]": Denominator(Base.HEADCOUNTS),
}
DENOMINATOR_WORDS = ("R1.should_enrol + R2.should_enrol", *_TARGETS)
NUMERATOR_WORDS = tuple(str(word) for word in Counted)
TIE_BREAKS = ("unknown", "earlier_date", "share")


def parse_denominator(text: str) -> Denominator:
    """Return what a denominator means. Raises UnknownMeasureError."""
    if text in _TARGETS:
        return _TARGETS[text]
    matches = [(word, _ROSTER.fullmatch(word)) for word in _PLUS.split(text.strip())]
    for word, match in matches:
        if match is None:
            raise UnknownMeasureError(word)
    return Denominator(Base.ROSTERS, tuple(match[1] for _, match in matches if match))


def parse_numerator(text: str) -> tuple[Counted, ...]:
    """Return the persons that a numerator adds up. Raises UnknownMeasureError."""
    words = _PLUS.split(text.strip())
    unknown = next((word for word in words if word not in NUMERATOR_WORDS), None)
    if unknown is not None:
        raise UnknownMeasureError(unknown)
    return tuple(Counted(word) for word in words)


@dataclass(frozen=True)
class Measure:
    """How a policy takes its rate; ``government`` tells whether persons paid for by government are added.

    ``government`` None: the notice does not say, both ways are shown.
    """

    denominator: Denominator | None
    numerator: tuple[Counted, ...]
    government: bool | None

    @property
    def variants(self) -> tuple[tuple[Counted, ...], ...]:
        """The numerators to be shown: one, or without and with those paid for by government."""
        if self.numerator == (Counted.ENROLLED,) and self.government is not None:
            own, both = (Counted.SELF_PAID,), (Counted.SELF_PAID, Counted.GOVERNMENT_PAID)
            return (both if self.government else own,)
        if {Counted.ENROLLED, Counted.GOVERNMENT_PAID} & set(self.numerator):
            return (self.numerator,)
        more = (*self.numerator, Counted.GOVERNMENT_PAID)
        if self.government is None:
            return (self.numerator, more)
        return (more if self.government else self.numerator,)


def rate_measure(targets: Targets) -> Measure:
    """Return how the rate of a policy year is taken. Raises UnknownMeasureError."""
    denominator, numerator = targets.denominators.get(RATE), targets.numerators.get(RATE)
    return Measure(
        None if denominator is None else parse_denominator(denominator),
        (Counted.ENROLLED,) if numerator is None else parse_numerator(numerator),
        targets.numerator_includes_government_paid,
    )


def unknown_measures(targets: Targets) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield path, word and allowed words of every measure of a policy file that means nothing."""
    for key, text in targets.denominators.items():
        if text is not None and (word := _unknown_denominator(text)) is not None:
            yield f"targets.denominators.{key}", word, DENOMINATOR_WORDS
    numerators = [(f"targets.numerators.{key}", text) for key, text in targets.numerators.items() if text]
    numerators += [(f"targets.stages[{i}].numerator", stage.numerator) for i, stage in enumerate(targets.stages)]
    for path, text in numerators:
        try:
            parse_numerator(text)
        except UnknownMeasureError as trouble:
            yield path, str(trouble), NUMERATOR_WORDS
    if targets.ranking and targets.ranking.tie_break not in TIE_BREAKS:
        yield "targets.ranking.tie_break", targets.ranking.tie_break, TIE_BREAKS


def _unknown_denominator(text: str) -> str | None:
    try:
        parse_denominator(text)
    except UnknownMeasureError as trouble:
        return str(trouble)
    return None
