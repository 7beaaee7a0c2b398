"""What a policy year says about who is owed what: the terms that a settlement is worked out by."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_rulebook.policy.labels import word_meaning
from canbao_rulebook.policy.situations import Situation, depends_on_person, situations
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.policy.words import Combine, SubsidyKind
from canbao_rulebook.precedence import ranked_categories
from canbao_rulebook.top_ups import ranked_top_ups, top_ups
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.policy import Category, Policy

UNRANKED = 999


class Ruling(NamedTuple):
    """What the county decided about one row of a person: whether it stands, and why."""

    stands: bool
    reason: str


@dataclass(frozen=True)
class Rulings:
    """The county's own decisions.

    ``rows``: which row of a person stands, by document number, unit and sheet. ``approvals``: whether the county has
    verified an identity (核定), by document number and the category's name.
    """

    rows: Mapping[tuple[str, str, str], Ruling] = field(default_factory=dict)
    approvals: Mapping[tuple[str, str], bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """The policy year's terms, and what the county decided itself."""

    policy: Policy
    rulings: Rulings = field(default_factory=Rulings)

    @property
    def article(self) -> str:
        """The article about one subsidy a person and year."""
        return self.policy.article(self.policy.subsidy.ref)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The labels of the ways of payment by their code."""
        labels: dict[str, str] = load_lists()["subsidy_kinds"]
        return labels

    @cached_property
    def ranks(self) -> dict[str, int]:
        """The places of the competing categories by name, 1 being the best."""
        ranked = ranked_categories(self.policy, confidential=True)
        return {category.name: place for place, category in enumerate(ranked, start=1)}

    @cached_property
    def categories(self) -> pl.DataFrame:
        """The categories that compete: ``code, category, kind, payer, rank, amount`` (fen, null unknown), and flags.

        ``whole``: the amount is whatever the person's premium is; ``full``: it covers the premium; ``money``: it is
        more than nothing, or unknown.
        """
        return self._of_situation(Situation(self.policy.premium_fen()))

    @cached_property
    def categories_by_situation(self) -> pl.DataFrame:
        """The same for every situation of a person that makes a difference, ``situation`` numbering them from 1."""
        numbered = enumerate(situations(self.policy), start=1)
        frames = [
            self._of_situation(person).with_columns(situation=pl.lit(number, pl.Int32)) for number, person in numbered
        ]
        return pl.concat(frames)

    @cached_property
    def by_person(self) -> bool:
        """Whether what a category pays differs from person to person."""
        return depends_on_person(self.policy)

    @cached_property
    def top_ups(self) -> pl.DataFrame:
        """The categories that are paid on top of another: ``code, category, subsidy_kind, payer``."""
        schema = {name: _CATEGORIES[name] for name in ("code", "category", "subsidy_kind", "payer")}
        found = top_ups(self.policy, confidential=True)
        rows = [(one.code, one.name, self.kinds[one.kind], self.payer_of(one)) for one in found]
        return pl.DataFrame(rows, schema=schema, orient="row")

    @cached_property
    def top_up_amounts(self) -> pl.DataFrame:
        """What each pays after its cap: ``situation, beside, code, rank, amount`` (fen, null unknown).

        ``beside``: the executed ordinary category by name, blank for none; the best top-up has the smallest ``rank``.
        """
        rows = [
            (number, "" if beside is None else beside.name, one.category.code, rank, one.fen)
            for number, person in enumerate(situations(self.policy), start=1)
            for beside in (None, *ranked_categories(self.policy, person, confidential=True))
            for rank, one in enumerate(ranked_top_ups(self.policy, person, beside, confidential=True), start=1)
        ]
        schema = {"situation": pl.Int32, "beside": pl.String, "code": pl.String, "rank": pl.Int64, "amount": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def payer_of(self, category: Category) -> str:
        """Return what people call who pays a category; blank where the notice does not say."""
        payer, agencies = category.payer or "", self.policy.org.agencies
        return agencies[payer].name if payer in agencies else word_meaning(payer) or payer

    def _of_situation(self, person: Situation) -> pl.DataFrame:
        ranked = ranked_categories(self.policy, person, confidential=True)
        rows = [self._describe(category, rank, person) for rank, category in enumerate(ranked, start=1)]
        order = [category.code for category in self.policy.subsidy.categories]
        return pl.DataFrame(sorted(rows, key=lambda row: order.index(str(row["code"]))), schema=_CATEGORIES)

    def _describe(self, category: Category, rank: int, person: Situation) -> dict[str, object]:
        amount = self.policy.amount_fen(category, person)
        whole = category.amount == PREMIUM
        premium = person.premium_fen
        return {
            "code": category.code,
            "category": category.name,
            "subsidy_kind": self.kinds[category.kind],
            "payer": self.payer_of(category),
            "rank": rank,
            "amount": None if whole else amount,
            "whole": whole,
            "full": whole or (amount is not None and premium is not None and amount >= premium),
            "money": category.kind is not SubsidyKind.NONE and amount != 0,
        }

    @property
    def by_amount(self) -> bool:
        """Whether the higher amount wins (就高不就低), so that an unknown amount leaves the choice open."""
        return self.policy.subsidy.combine is Combine.HIGHEST_WINS

    @property
    def closed_channels(self) -> bool:
        """Whether persons of a special channel cannot pay themselves (DX-14)."""
        return bool(self.policy.subsidy.rules.bank_and_tax_channels_forbidden)

    @property
    def whole_batches(self) -> bool:
        """Whether agents' rows count only when they are complete and their deposit is whole (SC-40, SC-41)."""
        agent = self.policy.collection.agent
        return agent is not None and agent.counts_when_deposited

    @property
    def needs_account(self) -> bool:
        """Whether rebates go to the person's account."""
        return self.policy.subsidy.payee_account is not None

    @cached_property
    def withholding(self) -> frozenset[str]:
        """The codes of findings that hold a payment back."""
        return frozenset(entry.code for entry in self.policy.subsidy.withheld_by)

    def ruling(self, row: Mapping[str, object]) -> Ruling | None:
        """Return what the county decided about a row."""
        return self.rulings.rows.get((str(row["cert"]), str(row["unit"]), str(row["sheet"])))


_CATEGORIES: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "category": pl.String,
    "subsidy_kind": pl.String,
    "payer": pl.String,
    "rank": pl.Int64,
    "amount": pl.Int64,
    **dict.fromkeys(("whole", "full", "money"), pl.Boolean),
}
