"""The merge held against the lists of others. A check whose list is not there is not made, and that is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.checks.amounts import check_amounts, check_two_lists
from canbao_county.lists.checks.arrivals import check_arrivals
from canbao_county.lists.checks.identities import check_claims, check_due
from canbao_county.lists.checks.insured import check_deceased, check_insured
from canbao_county.lists.checks.lapsed import check_lapsed, find_absent
from canbao_county.lists.checks.matter import Matter, NotMade
from canbao_county.lists.checks.names import check_names
from canbao_county.lists.checks.owners import Owners
from canbao_county.lists.checks.special import check_special
from canbao_county.lists.checks.verdicts import claim_verdicts
from canbao_rulebook.list_kinds import load_list_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_county.lists.stored import Lists
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy

__all__ = ["ListReview", "Matter", "NotMade", "claim_verdicts", "find_lapsed", "review_lists", "why_not_made"]


@dataclass(frozen=True)
class ListReview:
    """What the lists say about a merge: their findings, and which checks were not made for want of which list."""

    lists: Lists
    findings: list[Finding] = field(default_factory=list)
    not_made: list[NotMade] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many lists and rows there were, and how many checks were not made."""
        rows = sum(entry.frame.height for entry in self.lists.stored)
        return {"count": len(self.lists.stored), "rows": rows, "missing": len(self.not_made)}

    def as_dict(self) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        files = [
            {"file": entry.file, "kind": entry.kind.code, "agency": entry.agency or None, "rows": entry.frame.height}
            for entry in self.lists.stored
        ]
        return {"files": files, "not_made": [entry.as_dict() for entry in self.not_made]}


def review_lists(people: pl.DataFrame, lists: Lists, policy: Policy, files: Mapping[str, str]) -> ListReview:
    """Return all that the lists of others say about the people of a merge.

    ``people`` as ``gather_people`` gives them; ``files`` are the merged workbooks by the name of their unit.
    """
    matter = Matter(people, lists, policy, files)
    owners = Owners(matter)
    check_names(matter, owners)
    check_insured(matter)
    check_deceased(matter)
    check_claims(matter, owners)
    check_due(matter, owners)
    check_amounts(owners)
    check_two_lists(owners)
    check_arrivals(matter)
    check_special(matter, owners)
    check_lapsed(matter)
    return ListReview(lists, [*lists.findings, *matter.findings], list(dict.fromkeys(matter.not_made)))


def find_lapsed(people: pl.DataFrame, lists: Lists, policy: Policy, files: Mapping[str, str]) -> pl.DataFrame | None:
    """Return last year's insured without a row or an exemption this year, with ``unit``; None without that list.

    Columns of the kind ``last_year``; ``unit`` is "" where the list's township is not among the merged ones.
    """
    matter = Matter(people, lists, policy, files)
    if not lists.of_kind("last_year"):
        return None
    absent = find_absent(matter, "last_year")
    units = {name: matter.unit_of(name) for name in absent["township"].unique()}
    return absent.with_columns(unit=pl.col("township").replace_strict(units, default="", return_dtype=pl.String))


def why_not_made(entry: NotMade) -> str:
    """Return in words why a check was not made."""
    return dict(pair for pair in load_list_words("not_made") if len(pair) == 2)[entry.why]
