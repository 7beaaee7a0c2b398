"""One row of a roster with everything that explains it: its computed columns, the policy year, the names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.names import ranked_categories, unit_names
from canbao_rulebook.tracing import trace_column
from canbao_validators.display import show_cell, show_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.policy import Category, Policy
    from canbao_rulebook.policy.people import Status
    from canbao_rulebook.roster import Roster
    from canbao_validators.workbook import FilledWorkbook

_NO_ARTICLE = ("", "—", "unknown")


@dataclass(frozen=True)
class Case:
    """A used row of a checked workbook. ``row`` is the sheet row."""

    filled: FilledWorkbook
    code: str
    row: int

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The row as a frame of one row, its computed columns included."""
        return self.filled.frames[self.code].filter(pl.col("row") == self.row)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The row's values by the names of the frame's columns."""
        return self.frame.row(0, named=True)

    @property
    def roster(self) -> Roster:
        """The roster whose row this is."""
        return self.filled.rosters[self.code]

    @property
    def policy(self) -> Policy:
        """The policy year of the workbook."""
        assert self.filled.book is not None
        return self.filled.book.policy

    @cached_property
    def names(self) -> Mapping[str, NamedValue]:
        """The policy's and the unit's names, as the columns were computed with them."""
        assert self.filled.book is not None
        return {**self.filled.book.names, **unit_names(self.filled.unit)}

    @cached_property
    def ranked(self) -> list[Category]:
        """The policy's categories by rank, the best first."""
        return ranked_categories(self.policy)

    def computed(self, field: str) -> Any:
        """Return a computed value; None when it is unknown, or when the policy year has no such column."""
        return self.values.get(f"{field}.computed")

    def shown(self, field: str) -> str:
        """Return a computed value as text, 待定 when it is unknown."""
        return show_value(self.roster.by_field[field], self.computed(field))

    def typed(self, field: str) -> str:
        """Return what was typed into a cell, or carried into it from another roster, as text."""
        column = self.roster.by_field.get(field)
        if column is None:
            return ""
        found, value = show_cell(column, self.values), self.values[field]
        return found or ("" if value is None else show_value(column, value))

    def number(self, field: str) -> float:
        """Return the number that formulas read in a typed cell: 0 when it holds none."""
        value = self.values.get(field)
        return value if isinstance(value, float) and value == value else 0.0  # noqa: PLR0124 - NaN is an empty cell

    @property
    def status(self) -> Status | None:
        """The special status of the person, when the notice knows it."""
        label = self.values.get("status") or ""
        return next((entry for entry in self.policy.eligibility.statuses if entry.label == label), None)

    def article(self, refs: Iterable[str | None]) -> str:
        """Return references as people cite them, those of the project's own defaults left out."""
        return self.policy.articles(ref for ref in dict.fromkeys(refs) if (ref or "") not in _NO_ARTICLE)

    def deciding_article(self, header: str) -> str:
        """Return the articles behind the branch that a computed column took in this row."""
        trace = trace_column(self.roster, header, self.frame, self.names)
        return self.article(self.names[name].source for name in trace.names)
