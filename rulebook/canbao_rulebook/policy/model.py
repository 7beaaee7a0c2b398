"""A policy year as data: one county, one year. Attribute names are the keys of the YAML file (docs/policy-files.md)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import Field, PrivateAttr

from canbao_rulebook.money import to_fen
from canbao_rulebook.policy.frame import Calendar, Document, Meta, Org, Premium, Window
from canbao_rulebook.policy.funds import (
    Collection,
    ExportMapping,
    Publicity,
    Reconciliation,
    Targets,
    Writeoff,
)
from canbao_rulebook.policy.own import OwnColumn, OwnRoster, OwnRule
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.people import Benefit, Category, Eligibility, LateEntry, Population, Subsidy
from canbao_rulebook.policy.refunds import Refunds
from canbao_rulebook.policy.shares import share_fen
from canbao_rulebook.policy.situations import Situation
from canbao_rulebook.policy.types import BY_TIER, PREMIUM, SHARE, Text, Word
from canbao_rulebook.policy.words import WindowKind


class Unknown(Part):
    """A gap of the notice; ``path`` names list elements by code or id and may hold ``*``."""

    path: Text
    reason: Text
    needed_for: Text


@dataclass(frozen=True, slots=True)
class Source:
    """The file a policy was read from; ``lines`` are 1-based by YAML path."""

    path: str = ""
    sha256: str = ""
    lines: dict[str, int] = field(default_factory=dict)


class Policy(Part):
    """One county's policy year, as its file says. Read it with ``load_policy``, judge it with ``check_policy``.

    ``confirm``: paths of values taken over from the year before that nobody has held against the new notice yet,
    written as in ``unknown``; None: the file was not made from last year's, or by hand.
    """

    schema_: Literal["resident-premium-policy/1"] = Field(alias="schema")
    meta: Meta
    supersedes: tuple[Text, ...] = ()
    legal: dict[str, Document]
    org: Org
    calendar: Calendar
    premium: Premium
    populations: tuple[Population, ...]
    eligibility: Eligibility = Eligibility()
    subsidy: Subsidy = Subsidy()
    late_entry: LateEntry = LateEntry()
    benefit: Benefit
    collection: Collection
    reconciliation: tuple[Reconciliation, ...] = ()
    targets: Targets = Targets()
    publicity: Publicity = Publicity()
    refunds: Refunds = Refunds()
    writeoff: Writeoff | None = None
    rosters: tuple[Text, ...]
    own_rosters: tuple[OwnRoster, ...] = ()
    own_columns: tuple[OwnColumn, ...] = ()
    own_rules: tuple[OwnRule, ...] = ()
    lists: dict[str, tuple[Word, ...]] = Field(default_factory=dict)
    export: tuple[ExportMapping, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    confirm: tuple[Text, ...] | None = None
    _source: Source = PrivateAttr(default_factory=Source)

    @property
    def path(self) -> str:
        """The file the policy was read from."""
        return self._source.path

    @property
    def sha256(self) -> str:
        """SHA-256 of what the file says, in hexadecimal: what workbooks are bound to. Comments do not change it."""
        return self._source.sha256

    @property
    def fingerprint(self) -> str:
        """What tells this policy year from all others, those that were made in memory or changed there as well."""
        return hashlib.sha256(f"{self.sha256} {self!r}".encode()).hexdigest()

    @property
    def lines(self) -> dict[str, int]:
        """Line numbers of the file by YAML path."""
        return self._source.lines

    def article(self, ref: str | None) -> str:
        """Return a reference as people cite it: ``L1 三; L3`` becomes the documents' numbers, with the section."""
        return "；".join(map(self._cited, _parts(ref)))

    def _cited(self, ref: str) -> str:
        key, _, section = ref.partition(" ")
        document = self.legal.get(key)
        return f"{document.doc_no or document.title} {section}".strip() if document else ref

    def articles(self, refs: Iterable[str | None]) -> str:
        """Return several references as people cite them, each document and each section once."""
        sections: dict[str, dict[str, None]] = {}
        for part in (part for ref in refs for part in _parts(ref)):
            key, _, places = part.partition(" ")
            if key:
                sections.setdefault(key, {}).update(dict.fromkeys(places.split("、")))
        return "；".join(self._cited(f"{key} {'、'.join(places)}".strip()) for key, places in sections.items())

    def window(self, kind: WindowKind | str, population: str) -> Window | None:
        """Return the window of a kind for a population, the one it names first; None if there is none."""
        windows = [window for window in self.calendar.windows if window.kind == kind]
        own = {entry.window for entry in self.populations if entry.code == population}
        named = [window for window in windows if window.id in own]
        return next(iter([*named, *(window for window in windows if window.covers(population))]), None)

    def premium_fen(self, population: str | None = None, on: date | None = None) -> int | None:
        """Return the premium in fen, of a population and on a date if given; None when the notice does not say."""
        overrides = [
            entry
            for entry in self.premium.overrides
            if entry.population == population
            and (entry.effective_from is None or (on is not None and entry.effective_from <= on))
        ]
        newest = max(overrides, key=lambda entry: entry.effective_from or date.min, default=None)
        amount = newest.amount if newest else self.premium.standard.amount
        return None if amount is None else to_fen(amount)

    def tier_fen(self, code: str | None) -> int | None:
        """Return the premium of a tier in fen; None when the notice does not say, or where there is no such tier."""
        tier = next((entry for entry in self.premium.tiers if entry.code == code), None)
        return None if tier is None or tier.amount is None else to_fen(tier.amount)

    def amount_fen(self, category: Category, person: Situation | None = None) -> int | None:
        """Return what a category pays a person, in fen; None when it is unknown.

        Without a person: one with the standard premium, of whom nothing else is known.
        """
        who = person or Situation(self.premium_fen())
        if category.amount == PREMIUM:
            return who.premium_fen
        if category.amount == BY_TIER:
            found = next((entry.amount for entry in category.amounts if entry.tier == who.tier), None)
            return None if found is None else to_fen(found)
        if category.amount == SHARE:
            share = category.share
            if share is None:
                return None
            of = who.premium_fen if share.of == PREMIUM else self.tier_fen(share.of)
            ratio = share.ratio(self.meta.policy_year, who.years_since_end)
            return share_fen(ratio, of, self.subsidy.rounding)
        return None if category.amount is None else to_fen(category.amount)


def _parts(ref: str | None) -> list[str]:
    """Return the references that are written in one, such as ``L1 三; L3``."""
    return re.split(r"[;；]\s*", ref or "")
