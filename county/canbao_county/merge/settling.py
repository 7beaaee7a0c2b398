"""The settlement of a county whose workbooks were checked: who stands where, who is owed what, what is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_county.lists.checks import ListReview, review_lists
from canbao_county.lists.hearing import hear_lists
from canbao_county.merge.across import check_across
from canbao_county.merge.decisions import decide_findings
from canbao_county.merge.same_person import check_names
from canbao_validators.settlement.facts import gather_facts
from canbao_validators.settlement.places import Places, place_persons
from canbao_validators.settlement.settle import settle
from canbao_validators.settlement.withhold import withhold

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from canbao_county.lists.stored import Lists
    from canbao_county.merge.parts import Part
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.settlement.terms import Terms
    from canbao_validators.settlement.told import Told


@dataclass(frozen=True)
class Settled:
    """``people`` is the settled frame (``settle``, ``withhold``) of ``facts``; ``findings`` are all that it hangs on.

    ``told`` is what the lists of others say for the settlement, ``review`` what was found in them; None without lists.
    """

    facts: pl.DataFrame
    places: Places
    told: Told | None
    people: pl.DataFrame
    findings: list[Finding]
    review: ListReview | None


def settle_parts(
    book: Rulebook, parts: Sequence[Part], terms: Terms, begun: Sequence[Finding], *, lists: Lists | None = None
) -> Settled:
    """Return the settlement of the workbooks that count; ``begun`` are the findings that there are already."""
    facts = gather_facts([part.load_people() for part in parts])
    places = place_persons(facts, terms)
    told = None if lists is None else hear_lists(facts, lists, book.policy)
    people = settle(facts, places, terms, told)
    findings = [*begun, *decide_findings(places, people, terms), *check_names(people), *check_across(book, parts)]
    files = {part.unit.name: part.file for part in parts if part.unit}
    review = None if lists is None else review_lists(people, lists, book.policy, files)
    findings += review.findings if review else []
    return Settled(facts, places, told, withhold(people, findings, terms), findings, review)


def settle_again(settled: Settled, facts: pl.DataFrame, terms: Terms, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return the people of other facts about the same rows, by the same lists; ``findings`` are theirs."""
    places = place_persons(facts, terms)
    people = settle(facts, places, terms, settled.told)
    heard = settled.review.findings if settled.review else []
    return withhold(people, [*findings, *decide_findings(places, people, terms), *check_names(people), *heard], terms)
