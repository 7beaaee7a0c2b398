"""The settlement of one unit alone: what its own workbook says is owed, as the county's merge of it alone has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_validators.settlement.facts import gather_facts, select_facts
from canbao_validators.settlement.places import place_persons
from canbao_validators.settlement.settle import settle
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.withhold import withhold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.findings import Finding
    from canbao_validators.workbook import FilledWorkbook


def settle_unit(facts: pl.DataFrame, unit: str, findings: Sequence[Finding], terms: Terms) -> pl.DataFrame:
    """Return the settlement of a unit's rows, whichever of its villages wrote them: all count for the unit."""
    name = pl.lit(unit, dtype=pl.Categorical)
    whole = facts.with_columns(unit=name, township=name)
    return withhold(settle(whole, place_persons(whole, terms), terms), findings, terms)


def settle_workbook(filled: FilledWorkbook) -> pl.DataFrame:
    """Return the settlement of a checked workbook."""
    assert filled.book is not None
    assert filled.unit is not None
    policy = filled.book.policy
    facts = gather_facts([select_facts(filled, policy)])
    return settle_unit(facts, filled.unit.name, filled.findings, Terms(policy))
